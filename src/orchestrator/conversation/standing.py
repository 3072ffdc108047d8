"""What is answered when the questions are over: while a decision waits, while work goes on, and after the end."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from orchestrator.conversation import asking, hearing, noting, questions, said
from orchestrator.conversation.exchange import Heard, Turn, Wants
from orchestrator.domain import answer, delta
from orchestrator.domain.brief import Brief
from orchestrator.domain.editing import Edit, apply_all
from orchestrator.domain.gate import Decision
from orchestrator.domain.project import BEFORE_PHASES, GATES, IN_A_PHASE, OPEN, SAID, WORKING, Step

_WAITS = {
    Step.VISION: "The vision waits for your answer. Approve it, or tell me what to change, for example “add "
    "reminders”.",
    Step.ROADMAP: "The list of phases waits for your answer. To change it, choose Ask for changes and write "
    "what you want.",
    Step.PLAN: "The plan of the next phase waits for your answer. To change it, choose Ask for changes.",
    Step.RESULT: "A phase is ready to try and waits for your answer. If something is off, choose Ask for changes.",
    Step.LIMIT: "All that this project may cost is used, so the work waits for your answer. Approve the new limit, or "
    "choose Ask for changes and write another sum. Nothing more is being spent.",
    Step.PERMISSION: "The builder wants something that it may not do by itself, and waits for your leave. Nothing is "
    "being spent. Press one of the buttons, or write “yes”, “yes, always” or “no”.",
    Step.PROBLEM: "The work is stuck and waits for your answer. Nothing is lost, and nothing is being spent.",
    Step.PAUSED: "The project is paused. Nothing is lost. Write “resume” to go on.",
    Step.COMPLETED: "All phases are built. Tell me what you would like to add, for example “add reminders”.",
    Step.CANCELLED: "This project is cancelled. Write “start over” to begin again with the idea.",
}
_WORKS = "The project is {step}. You need not do anything. Write “stop” to pause it."
_LATER = {
    Step.PAUSED: "It is in the brief now and comes after the phase at hand.",
    Step.PERMISSION: "It is in the brief now and comes after the phase at hand.",
    Step.DRAFTING: "It comes with the next version of the vision.",
}
_AFTER_PHASE = (
    "What does not belong to this phase comes after it, or you ask to see what would change as soon as this step is "
    "done."
)
_AFTER_THAT = "It does not change what is being prepared now. It comes after that."
_AT_DECISION = (
    "It is in the brief now and comes after this phase. "
    "If it belongs to the open question, choose Ask for changes there."
)
_OFFER = (
    f"To see what it would change in the vision that was agreed, press “{delta.SHOW}”. "
    "Nothing changes without your yes."
)
_NOTED = "It is in the brief now."
_NOT_THAT = "If it belongs to the open question, choose Ask for changes there instead."
SHOWS = "I write down what would change, and you decide about it. Until then everything stays as agreed."
_LATER_ASK = "When this step is done, you can ask to see what would change."
_SOUNDS_YES = "That sounds like a yes. To be sure, please press Approve or write “yes”."
_YES_BUT = (
    "That sounds like a yes with a wish, so nothing is decided. If something should be different, choose "
    "Ask for changes and say what. If it is good as it is, press Approve."
)
_SOUNDS_LEAVE = "That sounds like a yes. To be sure, press one of the buttons, or write “yes” or “yes, always”."
_LEAVE_BUT = (
    "That sounds like a yes with a wish, so nothing is decided. Press one of the buttons; what the builder should do "
    "instead or besides you can write beside them."
)
SOUNDS_YES = frozenset({_SOUNDS_YES, _SOUNDS_LEAVE})  # where there are buttons to press, another sentence is shorter
_SOUNDS_NO_LEAVE = "That sounds like a no. To be sure, please press No, or write “no”."
_SOUNDS_NO = "That sounds like a no. To be sure, please press Reject or Ask for changes, or write “no”."
_WHICH = "An answer counts only for the question that is open. Please press its button."
NEW_VERSION = "I will write a new version of the vision, and you decide about it."
REWRITES = frozenset({Step.VISION, Step.COMPLETED})


def heard(turn: Turn) -> Heard:
    """The answer in every step but the interview itself."""
    same = Heard("", turn.brief, None)
    if (wants := said.wanted(turn.text)) is Wants.WRITE_VISION:
        return _write(turn)
    if wants:
        return _wanted(turn, wants)
    if spoken := questions.answered(turn):
        return replace(same, reply=f"{spoken}\n\n{where(turn.step)}")
    if turn.step in GATES and answer.unmistakable(turn.text) in {Decision.APPROVE, Decision.REJECT}:
        return replace(same, reply=_WHICH)
    return _changed(turn) or replace(same, reply=_talk(turn))


def where(step: Step) -> str:
    """One sentence or two about where the project stands."""
    return _WAITS.get(step) or _WORKS.format(step=SAID[step])


def _changed(turn: Turn) -> Heard | None:
    """A wish for a change goes into the brief; whether it also starts a new vision depends on the step."""
    asks = questions.is_question(turn.text) and not hearing.is_request(turn.text, turn.brief)
    if turn.step is Step.CANCELLED or asks:
        return None
    meant = hearing.hear(turn.text, turn.brief, None, turn.history, talking=False)
    if not meant.edits:
        return None
    edits = hearing.changed(turn.brief, meant.edits)
    after = apply_all(turn.brief, edits)
    said_back, notes = told(turn.brief, after, edits, meant)
    if not edits:
        return Heard(f"{said_back} {where(turn.step)}", turn.brief, None)
    wants = Wants.WRITE_VISION if turn.step in REWRITES else None
    offers = wants is None and turn.agreed is not None and delta.is_new(after, turn.agreed)
    then = _offer(turn.step) if offers else _consequence(turn)
    return Heard(f"{said_back} {then}".strip(), after, None, wants, notes, (delta.SHOW,) if offers else ())


def told(before: Brief, after: Brief, edits: Sequence[Edit], meant: hearing.Meant) -> tuple[str, tuple[str, ...]]:
    """What became of an understood message: a reply, and the notes beside it."""
    put_right = [edit for edit in edits if edit in meant.corrected]
    notes = (*noting.corrections(put_right), *noting.limits(after, meant.edits))
    missed = noting.missed(meant.edits, edits)
    said_back = noting.noted(before, after, [edit for edit in edits if edit not in put_right])
    reply = " ".join(filter(None, (said_back, missed)))
    return reply or ("" if edits else "I have that already."), notes


def _consequence(turn: Turn) -> str:
    if turn.step in REWRITES:
        return NEW_VERSION
    if turn.step in GATES - {Step.PERMISSION}:
        return _AT_DECISION
    return _LATER.get(turn.step) or (_AFTER_PHASE if turn.step in IN_A_PHASE else _AFTER_THAT)


def _offer(step: Step) -> str:
    return " ".join([_NOTED, *([_NOT_THAT] if step in GATES else []), _OFFER])


def _talk(turn: Turn) -> str:
    """What is said to anything else: never a guess at what was meant."""
    waits = turn.step in GATES - {Step.PERMISSION}
    leave = turn.step is Step.PERMISSION
    says = (
        (leave and said.nearly_yes(turn.text), _LEAVE_BUT if said.reserved(turn.text) else _SOUNDS_LEAVE),
        (leave and said.nearly_no(turn.text), _SOUNDS_NO_LEAVE),
        (waits and said.nearly_yes(turn.text) and said.reserved(turn.text), _YES_BUT),
        (waits and said.nearly_yes(turn.text), _SOUNDS_YES),
        (waits and said.nearly_no(turn.text), _SOUNDS_NO),
        (turn.words in said.GREETING, f"Hello. {where(turn.step)}"),
        (turn.words in said.THANKS, f"You are welcome. {where(turn.step)}"),
        (turn.words in said.CANCEL_WHAT, CANCEL),
        (questions.is_question(turn.text), f"I cannot answer that: {asking.NOT_AN_AI} {where(turn.step)}"),
        (True, f"I did not understand that: {asking.NOT_AN_AI} {where(turn.step)}"),
    )
    return next(sentence for fits, sentence in says if fits)


CANCEL = "If you mean the whole project, write “cancel the project”. To take a break, write “pause”."


def _wanted(turn: Turn, wants: Wants) -> Heard:
    possible, reply = _POSSIBLE[wants](turn.step)
    return Heard(reply, turn.brief, None, wants if possible else None)


def _pause(step: Step) -> tuple[bool, str]:
    if step in OPEN:
        return True, "I stop here. Nothing is lost. Write “resume” to go on."
    return False, f"Nothing is being worked on. {where(step)}"


def _resume(step: Step) -> tuple[bool, str]:
    if step is Step.PAUSED:
        return True, "We go on where we stopped."
    return False, where(step)


def _cancel(step: Step) -> tuple[bool, str]:
    if step in OPEN or step is Step.PAUSED:
        return True, "I cancel the project. What was made so far is kept. Write “start over” to begin again."
    return False, where(step)


def _write(turn: Turn) -> Heard:
    """Where something was agreed, its change; whoever asks too early or for nothing is told so."""
    if turn.agreed is None:
        known = where(turn.step) if turn.step in WORKING else f"There is a vision already. {where(turn.step)}"
        more = _LATER_ASK if turn.step in WORKING - BEFORE_PHASES else ""
        return Heard(f"{known} {more}".strip(), turn.brief, None)
    if not delta.is_new(turn.brief, turn.agreed):
        return Heard(f"{delta.NOTHING_NEW} {where(turn.step)}", turn.brief, None)
    return Heard(SHOWS, turn.brief, None, Wants.WRITE_VISION)


def _reset(_: Step) -> tuple[bool, str]:
    return True, "We begin again with the idea. What was made so far is kept."


def _prime(step: Step) -> tuple[bool, str]:
    return False, f"The builder looks again at what is there when the phases are to be decided. {where(step)}"


def _validate(step: Step) -> tuple[bool, str]:
    return False, f"Checks can run again when a phase was built and waits for you. {where(step)}"


def _status(step: Step) -> tuple[bool, str]:
    return True, where(step)


_POSSIBLE: dict[Wants, Callable[[Step], tuple[bool, str]]] = {
    Wants.PAUSE: _pause,
    Wants.RESUME: _resume,
    Wants.CANCEL: _cancel,
    Wants.RESET: _reset,
    Wants.PRIME: _prime,
    Wants.VALIDATE: _validate,
    Wants.STATUS: _status,
}
