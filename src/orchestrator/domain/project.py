"""How a project moves from an idea to done: one table. Pure: no I/O, no clock, no framework."""

from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum

from orchestrator.errors import Conflict


class Stage(StrEnum):
    """Where a project stands, as everybody outside sees it."""

    BRAINSTORMING = "BRAINSTORMING"
    VISION_REVIEW = "VISION_REVIEW"
    PLANNING = "PLANNING"
    IN_PROGRESS = "IN_PROGRESS"
    PAUSED = "PAUSED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"


class Step(StrEnum):
    """What exactly is going on: work that we do, a question to a person, or rest."""

    TALKING = "talking"
    DRAFTING = "drafting"  # the vision is being written
    VISION = "vision"
    PREPARING = "preparing"  # the repository
    PRIMING = "priming"  # the builder reads the code
    ROADMAPPING = "roadmapping"
    ROADMAP = "roadmap"
    PLANNING = "planning"  # of one phase
    PLAN = "plan"
    BUILDING = "building"
    CHECKING = "checking"
    REPAIRING = "repairing"
    PROBLEM = "problem"
    RESULT = "result"
    LIMIT = "limit"  # all that it may cost is used
    PERMISSION = "permission"  # the builder wants what it may not do by itself
    MERGING = "merging"
    UNDOING = "undoing"
    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Signal(StrEnum):
    """What can happen to a project."""

    ASKED = "asked"  # for the vision
    EXTENDED = "extended"  # what was agreed gets a new wish
    FINISHED = "finished"
    NEXT_PHASE = "next_phase"
    NOTHING_LEFT = "nothing_left"  # to build: all that the vision still wants is there
    RED = "red"  # we looked at what was made, and it is not whole; a repair may still help
    FAILED = "failed"  # this cannot go on without a person
    SPENT = "spent"  # nor this, because the limit is used up
    ASKS = "asks"  # nor this, before the builder is allowed something
    APPROVED = "approved"
    CHANGES = "changes"
    REJECTED = "rejected"
    RETRIED = "retried"
    GONE_BACK = "gone_back"
    TAKEN_BACK = "taken_back"  # an answer, before anything came of it that cannot be undone
    STOPPED = "stopped"
    RESUMED = "resumed"
    CANCELLED = "cancelled"
    RESET = "reset"
    UNDO = "undo"
    PRIME = "prime"
    VALIDATE = "validate"


WORKING = frozenset({
    Step.DRAFTING, Step.PREPARING, Step.PRIMING, Step.ROADMAPPING, Step.PLANNING,
    Step.BUILDING, Step.CHECKING, Step.REPAIRING, Step.MERGING, Step.UNDOING,
})  # fmt: skip
MIDWAY = frozenset({Step.LIMIT, Step.PERMISSION})  # questions in the middle of something, which goes on after them
GATES = frozenset({Step.VISION, Step.ROADMAP, Step.PLAN, Step.PROBLEM, Step.RESULT}) | MIDWAY
BUILDS = frozenset({Step.PLANNING, Step.BUILDING, Step.REPAIRING})  # a builder works on a phase
AFTER_WORK = frozenset({Step.PLAN, Step.RESULT, Step.PROBLEM})  # decisions about what a builder did
OPEN = WORKING | GATES | {Step.TALKING}
IN_A_PHASE = frozenset(
    {Step.PLANNING, Step.PLAN, Step.BUILDING, Step.CHECKING, Step.REPAIRING, Step.RESULT, Step.MERGING}
)
BEFORE_PHASES = frozenset({Step.DRAFTING, Step.PREPARING, Step.PRIMING, Step.ROADMAPPING})
CAN_CHANGE = frozenset({Step.ROADMAP, Step.PLAN, Step.PROBLEM, Step.RESULT, Step.PAUSED, Step.COMPLETED})
CAN_UNDO = CAN_CHANGE | MIDWAY
TAKES = frozenset({Step.MERGING, Step.UNDOING})  # a phase into the app or out of it: that comes to its end
RESTS_FROM = MIDWAY | {Step.PAUSED}  # they remember where the project stood
# What may be put off for a change of the vision. Taking a phase in or out comes to its end first.
CAN_REST = CAN_CHANGE - {Step.PAUSED} | WORKING - {Step.DRAFTING, Step.MERGING, Step.UNDOING}

FLOW: dict[tuple[Step, Signal], Step] = {
    (Step.TALKING, Signal.ASKED): Step.DRAFTING,
    (Step.DRAFTING, Signal.FINISHED): Step.VISION,
    (Step.VISION, Signal.APPROVED): Step.PREPARING,
    (Step.VISION, Signal.CHANGES): Step.TALKING,
    (Step.VISION, Signal.REJECTED): Step.TALKING,
    (Step.PREPARING, Signal.FINISHED): Step.PRIMING,
    (Step.PRIMING, Signal.FINISHED): Step.ROADMAPPING,
    (Step.ROADMAPPING, Signal.FINISHED): Step.ROADMAP,
    (Step.ROADMAPPING, Signal.NOTHING_LEFT): Step.COMPLETED,
    (Step.ROADMAP, Signal.APPROVED): Step.PLANNING,
    (Step.ROADMAP, Signal.CHANGES): Step.ROADMAPPING,
    (Step.ROADMAP, Signal.REJECTED): Step.TALKING,
    (Step.PLANNING, Signal.FINISHED): Step.PLAN,
    (Step.PLANNING, Signal.RED): Step.PLANNING,
    (Step.PLAN, Signal.APPROVED): Step.BUILDING,
    (Step.PLAN, Signal.CHANGES): Step.PLANNING,
    (Step.PLAN, Signal.REJECTED): Step.PAUSED,
    (Step.BUILDING, Signal.FINISHED): Step.CHECKING,
    (Step.CHECKING, Signal.FINISHED): Step.RESULT,
    (Step.CHECKING, Signal.RED): Step.REPAIRING,
    (Step.REPAIRING, Signal.FINISHED): Step.CHECKING,
    (Step.RESULT, Signal.APPROVED): Step.MERGING,
    (Step.RESULT, Signal.CHANGES): Step.REPAIRING,
    (Step.RESULT, Signal.REJECTED): Step.PAUSED,
    (Step.MERGING, Signal.NEXT_PHASE): Step.PLANNING,
    (Step.MERGING, Signal.FINISHED): Step.COMPLETED,
    (Step.PROBLEM, Signal.GONE_BACK): Step.PAUSED,
    (Step.PROBLEM, Signal.REJECTED): Step.PAUSED,
    (Step.LIMIT, Signal.REJECTED): Step.PAUSED,
    (Step.UNDOING, Signal.FINISHED): Step.PAUSED,
    (Step.UNDOING, Signal.FAILED): Step.PAUSED,
    (Step.ROADMAP, Signal.PRIME): Step.PRIMING,
    (Step.RESULT, Signal.VALIDATE): Step.CHECKING,
    (Step.PROBLEM, Signal.VALIDATE): Step.CHECKING,
    **{(step, Signal.FAILED): Step.PROBLEM for step in WORKING - {Step.UNDOING}},
    **{(step, Signal.SPENT): Step.LIMIT for step in OPEN - MIDWAY},
    **{(step, Signal.ASKS): Step.PERMISSION for step in sorted(BUILDS)},
    **{(step, Signal.STOPPED): Step.PAUSED for step in OPEN},
    **{(step, Signal.CANCELLED): Step.CANCELLED for step in OPEN | {Step.PAUSED}},
    **{(step, Signal.RESET): Step.TALKING for step in Step if step is not Step.TALKING},
    **{(step, Signal.UNDO): Step.UNDOING for step in CAN_UNDO},
    **{(step, Signal.EXTENDED): Step.DRAFTING for step in CAN_CHANGE},
}

# Moves whose target the project itself remembers. Without a memory the table above decides.
RETURNS: dict[tuple[Step, Signal], str] = {
    (Step.PAUSED, Signal.RESUMED): "paused_from",
    (Step.PROBLEM, Signal.RETRIED): "failed_at",
    (Step.PROBLEM, Signal.CHANGES): "failed_at",
    (Step.LIMIT, Signal.APPROVED): "paused_from",
    (Step.LIMIT, Signal.CHANGES): "paused_from",
    (Step.PERMISSION, Signal.APPROVED): "paused_from",
    (Step.PERMISSION, Signal.CHANGES): "paused_from",  # a no that says what to do instead
    (Step.PERMISSION, Signal.REJECTED): "paused_from",
    (Step.VISION, Signal.REJECTED): "change_from",
    **{(step, Signal.TAKEN_BACK): "answered" for step in Step if step not in TAKES | {Step.CANCELLED}},
}

ANSWERS = frozenset({Signal.APPROVED, Signal.CHANGES, Signal.REJECTED, Signal.RETRIED, Signal.GONE_BACK})
# What may happen after an answer without making it too late to take that back: the work that it began, and a Stop.
FOLLOWS = frozenset({
    Signal.FINISHED, Signal.NOTHING_LEFT, Signal.RED, Signal.FAILED, Signal.SPENT, Signal.ASKS, Signal.STOPPED,
})  # fmt: skip

# After these, "resume" does not ask the same question again but makes a new plan.
PLANS_ANEW = {
    (Step.PLAN, Signal.REJECTED),
    (Step.RESULT, Signal.REJECTED),
    (Step.PROBLEM, Signal.GONE_BACK),
    (Step.UNDOING, Signal.FINISHED),
}
STAGE = {
    Step.TALKING: Stage.BRAINSTORMING,
    Step.DRAFTING: Stage.BRAINSTORMING,
    Step.VISION: Stage.VISION_REVIEW,
    Step.PREPARING: Stage.PLANNING,
    Step.PRIMING: Stage.PLANNING,
    Step.ROADMAPPING: Stage.PLANNING,
    Step.ROADMAP: Stage.PLANNING,
    Step.PAUSED: Stage.PAUSED,
    Step.COMPLETED: Stage.COMPLETED,
    Step.CANCELLED: Stage.CANCELLED,
}
SAID = {
    Step.TALKING: "still being talked about",
    Step.DRAFTING: "having its vision written",
    Step.VISION: "waiting for an answer about the vision",
    Step.PREPARING: "being set up",
    Step.PRIMING: "being looked at",
    Step.ROADMAPPING: "being split into phases",
    Step.ROADMAP: "waiting for an answer about the phases",
    Step.PLANNING: "planning a phase",
    Step.PLAN: "waiting for an answer about a plan",
    Step.BUILDING: "building a phase",
    Step.CHECKING: "checking a phase",
    Step.REPAIRING: "repairing a phase",
    Step.PROBLEM: "stuck and waiting for an answer",
    Step.RESULT: "waiting for somebody to try a phase",
    Step.LIMIT: "waiting for an answer about the limit",
    Step.PERMISSION: "waiting for an answer about what its builder may do",
    Step.MERGING: "taking a phase into the app",
    Step.UNDOING: "undoing a phase",
    Step.PAUSED: "paused",
    Step.COMPLETED: "finished",
    Step.CANCELLED: "cancelled",
}
ASKED_FOR = {
    Signal.ASKED: "have its vision written",
    Signal.EXTENDED: "take a new wish",
    Signal.APPROVED: "take a yes",
    Signal.CHANGES: "take a wish for changes",
    Signal.REJECTED: "take a no",
    Signal.RETRIED: "try again",
    Signal.GONE_BACK: "go back",
    Signal.TAKEN_BACK: "have an answer taken back",
    Signal.STOPPED: "be paused",
    Signal.RESUMED: "go on",
    Signal.CANCELLED: "be cancelled",
    Signal.RESET: "start over",
    Signal.UNDO: "undo a phase",
    Signal.PRIME: "be looked at",
    Signal.VALIDATE: "be checked",
}


def can(step: Step, signal: Signal) -> bool:
    """Say whether the table has such a move."""
    return (step, signal) in FLOW or (step, signal) in RETURNS


@dataclass(frozen=True, slots=True)
class Before:
    """Where a project stood at a question, kept as long as the answer may be taken back."""

    step: Step
    phase: int
    phases: int
    tries: int
    paused_from: Step | None
    failed_at: Step | None
    undo_from: Step | None
    change_from: Step | None

    @classmethod
    def of(cls, project: "Project") -> "Before":
        return cls(**{field.name: getattr(project, field.name) for field in fields(cls)})


@dataclass(frozen=True, slots=True)
class Project:
    """What the rows say about one project. `moves` counts its moves and is the fence of everything that works."""

    id: str
    name: str
    step: Step = Step.TALKING
    leg: int = 0  # counts the times that work began; names the job that carries it
    moves: int = 0
    phase: int = 0  # the one at hand, 1 to `phases`; 0 before the roadmap is approved
    phases: int = 0
    tries: int = 0  # repairs since the phase was last planned or built
    paused_from: Step | None = None
    failed_at: Step | None = None
    undo_from: Step | None = None  # where a project stood that is having a phase undone
    change_from: Step | None = None  # where a project stood whose agreed vision is to be changed
    before: Before | None = None  # the answer that may still be taken back

    @property
    def answered(self) -> Step | None:
        """The question whose answer may still be taken back."""
        return self.before.step if self.before else None

    @property
    def stage(self) -> Stage:
        """A question in the middle of something has the stage of that, PROBLEM the one in which it arose."""
        at = self.stands
        if at is Step.PROBLEM and self.failed_at:
            at = self.failed_at
        return STAGE.get(at, Stage.IN_PROGRESS)

    @property
    def stands(self) -> Step:
        """Where in its work it is: at a question in the middle of something, where that will go on."""
        return self.paused_from if self.step in MIDWAY and self.paused_from else self.step

    @property
    def key(self) -> str:
        """Names the work at hand, not an attempt at it: the same after a crash, on whichever process."""
        return f"{self.id}-{self.moves}-{self.step}"

    @property
    def can_change(self) -> bool:
        """Whether the vision that was agreed may be changed now; one change at a time."""
        at = self.paused_from if self.step is Step.PAUSED else self.step
        unwritten = at is Step.PROBLEM and self.failed_at is Step.DRAFTING
        return self.step in CAN_CHANGE and at in CAN_REST and self.change_from is None and not unwritten

    @property
    def can_validate(self) -> bool:
        """Whether there is something built that can be checked once more."""
        return self.step is Step.RESULT or (self.step is Step.PROBLEM and self.failed_at is Step.BUILDING)

    def after(self, signal: Signal) -> "Project":
        """The project after this signal. Raises Conflict, with a sentence, where the table has no such move."""
        step = self._next(signal)
        if signal is Signal.TAKEN_BACK and self.before:
            return replace(self, **asdict(self.before), moves=self.moves + 1, before=None)
        begins = step in WORKING and self.step not in WORKING
        return replace(
            self,
            step=step,
            leg=self.leg + begins,
            moves=self.moves + 1,
            phase=self._phase(signal),
            tries=self._tries(step, signal),
            paused_from=self._paused_from(step, signal),
            failed_at=self._failed_at(step, signal),
            undo_from=self._undo_from(step, signal),
            change_from=self._change_from(step, signal),
            before=self._before(step, signal),
        )

    def may(self, signal: Signal) -> bool:
        """Whether it has such a move now."""
        return can(self.step, signal) and self._may(signal)

    def _next(self, signal: Signal) -> Step:
        if (field := RETURNS.get((self.step, signal))) and (step := getattr(self, field)):
            return self._back_to(step, field)
        if (step := FLOW.get((self.step, signal))) and self._may(signal):
            return step
        asked = ASKED_FOR.get(signal, f"take “{signal}”")
        raise Conflict(f"{self.name} is {SAID[self.step]}, so it cannot {asked} now.")

    def _back_to(self, step: Step, field: str) -> Step:
        """A question is asked anew. Work that was paused for a change stays paused until somebody lets it go on."""
        return Step.PAUSED if field == "change_from" and step in WORKING else step

    def _may(self, signal: Signal) -> bool:
        if signal is Signal.EXTENDED:
            return self.can_change
        if signal is Signal.VALIDATE:
            return self.can_validate
        if signal is Signal.TAKEN_BACK:
            return self.before is not None
        return signal is not Signal.UNDO or self.change_from is None

    def _before(self, step: Step, signal: Signal) -> Before | None:
        """A newer answer takes the place of the one before; what takes a phase into the app makes it too late."""
        if step in TAKES:
            return None
        if self.step in GATES and signal in ANSWERS:
            return Before.of(self)
        return self.before if signal in FOLLOWS else None

    def _phase(self, signal: Signal) -> int:
        if signal is Signal.RESET:
            return 0
        first = self.step is Step.ROADMAP and signal is Signal.APPROVED
        return self.phase + 1 if first or signal is Signal.NEXT_PHASE else self.phase

    def _tries(self, step: Step, signal: Signal) -> int:
        if signal is Signal.RED:
            return self.tries + 1
        return 0 if step in {Step.PLANNING, Step.BUILDING} else self.tries

    def _paused_from(self, step: Step, signal: Signal) -> Step | None:
        if step not in RESTS_FROM:
            return None
        if self.step in MIDWAY:
            return self.paused_from
        if (self.step, signal) == (Step.UNDOING, Signal.FAILED):
            return self.undo_from
        if (self.step, signal) in PLANS_ANEW:
            return Step.TALKING if self.failed_at in BEFORE_PHASES else Step.PLANNING
        return self.change_from if (self.step, signal) == (Step.VISION, Signal.REJECTED) else self.step

    def _undo_from(self, step: Step, signal: Signal) -> Step | None:
        """Where the first undo began: asking again while it is paused does not make it begin there."""
        if signal is Signal.UNDO and self.paused_from is not Step.UNDOING:
            return self.paused_from if self.step in RESTS_FROM else self.step
        return self.undo_from if Step.UNDOING in (step, self.paused_from) or self._pauses_undo(step) else None

    def _pauses_undo(self, step: Step) -> bool:
        return self.step is Step.UNDOING and step in RESTS_FROM

    def _change_from(self, step: Step, signal: Signal) -> Step | None:
        """A problem that the change itself runs into takes the place of the one before: that is then tried again."""
        if signal is Signal.EXTENDED:
            return self.paused_from or self.step
        ended = self.step is Step.VISION and signal in {Signal.APPROVED, Signal.REJECTED}
        if ended or signal in {Signal.RESET, Signal.CANCELLED}:
            return None
        fails = step is Step.PROBLEM and self.step in WORKING
        return self.failed_at if fails and self.change_from is Step.PROBLEM else self.change_from

    def _keeps_failure(self, step: Step, signal: Signal) -> bool:
        lasts = Step.PROBLEM in (step, self.step) or step in {*RESTS_FROM, Step.UNDOING}
        return lasts or self._change_from(step, signal) is Step.PROBLEM

    def _failed_at(self, step: Step, signal: Signal) -> Step | None:
        """Where to try again. What was built is built again: its checks cannot turn green by themselves."""
        if step is Step.PROBLEM and self.step in WORKING:
            return Step.BUILDING if self.step in {Step.CHECKING, Step.REPAIRING} else self.step
        return self.failed_at if self._keeps_failure(step, signal) else None
