"""Whatever GitHub sends, also broken, twice and out of order, is answered, and has no effect that it must not have."""

import contextlib
import json
import random
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from channels.github.issue import Town
from channels.github.test_github_hearing import said
from channels.test_hooks import SECRET, headers
from ground import github_examples as examples
from ground import site as sites
from ground.site import Site
from ground.stores import Originals
from orchestrator.channels.github import channel
from orchestrator.channels.ports import Refusal, TryAgain
from orchestrator.domain import deliveries
from orchestrator.errors import NotUnderstood
from orchestrator.runtime import read, runtime
from orchestrator.store import gates, pages, suggestions
from orchestrator.store.arrivals import Arrival
from orchestrator.web import hooks

SEED, TIMES = 7, 12
SLUG = "Codertocat/Hello-World"
OURS = {*deliveries.TALK, *deliveries.STATE}


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    settings = SimpleNamespace(
        github_webhook_secret=SecretStr(SECRET), github_hook_addresses="off", webhooks_from="", scar_bot=""
    )

    def routes(app: FastAPI) -> None:
        hooks.install(app, lambda: settings, app.state.security.tx)

    async with Originals(tmp_path, lambda: None).copy("sqlite") as store, sites.running(store, routes) as site:
        yield site


async def test_every_event_is_acknowledged_and_what_is_broken_is_refused_but_never_by_a_fault_of_ours(site: Site):
    dice, client, codes = random.Random(SEED), site.program(), dict[int, int]()
    for event, payloads in examples.all_there_are().items():
        for payload in payloads:
            spoken = examples.speaking(payload)
            assert await sent(client, event, payload, codes) in {200, 202}, event
            assert await sent(client, event, spoken, codes) in {200, 202}, event
            times = TIMES if event in OURS else 1
            for wrong in examples.broken(spoken, dice, times):
                assert await sent(client, event, wrong, codes) in {200, 202, 422}, (event, wrong)
    assert codes[202] > 100
    assert codes[422] > 100


async def sent(client: Any, event: str, payload: dict[str, Any], codes: dict[int, int]) -> int:
    body = json.dumps(payload).encode()
    key = f"{sum(codes.values())}"
    how = headers(body, x_github_event=event, x_github_delivery=key)
    code = (await client.post("/webhooks/github", content=body, headers=how)).status_code
    codes[code] = codes.get(code, 0) + 1
    return code


async def test_nobody_unknown_and_nothing_broken_has_any_effect(here: Town):
    ana = await here.link(here.ana)
    project = await here.project(ana, hub=SLUG)
    gate = await here.decision(ana, project)
    before, taken = await said(project), 0
    github = channel(runtime().settings)
    for arrival in delivered(random.Random(SEED)):
        taken += 1
        with contextlib.suppress(Refusal, TryAgain, NotUnderstood):
            await github.take(arrival)
    await here.calm()

    assert taken > 300
    assert (await read(gates.get, gate.id)).status == "PENDING"
    assert await said(project) == before
    assert len((await read(pages.page, ana.id)).standings) == 1
    assert {row.text for row in await read(suggestions.open, project)} <= {"yes please\n\n/approve", "yes please"}


def delivered(dice: random.Random) -> list[Arrival]:
    """What would be kept of all these, in any order, some of it twice."""
    found: list[Arrival] = []
    for event in sorted(OURS):
        for payload in examples.all_there_are()[event]:
            spoken = examples.speaking(payload)
            for one in (spoken, *examples.broken(spoken, dice, TIMES)):
                try:
                    lane = deliveries.github(event, one)
                except NotUnderstood:
                    continue
                if lane:
                    found.append(Arrival("github", str(len(found)), event, lane, json.dumps(one).encode()))
    found += dice.sample(found, len(found) // 10)
    dice.shuffle(found)
    return found
