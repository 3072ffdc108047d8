"""In which order nonsense is sent: enough for each address first, and what may end a visit after all that needs it."""

from orchestrator.evidence.ready import nonsense
from orchestrator.evidence.ready.routes import Route

BODY = {"type": "object", "properties": {"name": {"type": "string"}}}
ROUTES = (
    Route("POST", "/logout", body=BODY),
    Route("DELETE", "/notes/{id}"),
    Route("POST", "/notes", body=BODY),
    Route("GET", "/notes"),
)


def test_each_address_gets_what_counts_before_any_gets_more_and_who_may_leave_comes_last():
    pieces = {route.name: list(nonsense.wrong(route, at)) for at, route in enumerate(ROUTES)}
    assert {name: bool(known) for name, known in pieces.items()} == dict.fromkeys(pieces, True)

    sent = [piece.route.name for piece in nonsense.in_turn(pieces)]

    assert len(sent) == sum(map(len, pieces.values()))
    first = sent[: 3 * nonsense.FEWEST + 1]
    assert first == [
        *("POST /notes", "GET /notes", "POST /notes", "POST /notes"),
        *["DELETE /notes/{id}"] * nonsense.FEWEST,
        *["POST /logout"] * nonsense.FEWEST,
    ]
    assert sent.index("DELETE /notes/{id}") > sent.index("GET /notes")
