"""What SCAR's answers mean: signs of life, set-up, and how a run ended. Its word is never proof. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.domain.run import Activity
from orchestrator.executors import speech
from orchestrator.executors.speech import SAID, SAYS, Step
from orchestrator.executors.troubles import SAYS as SAYS_OF
from orchestrator.executors.troubles import UNTOLD, Kind
from orchestrator.executors.watch import CRASHED, ENDS, TROUBLE

START = re.compile(r".{1,80} is on the case\.\.\.\s*")
HEARTBEAT = re.compile(r"⏱️? ?Still working\.\.\.")
TOOL = re.compile(r"(?:🔧|📝|✏️|🔍|📂|📖|🌐|💻|🤖|📋) ?(?P<name>[A-Z][A-Z_]{2,})(?:\n(?P<rest>.*))?", re.DOTALL)
FAILED = re.compile(r"(?:⚠️?|❌)\s")
PARTS = "\n\n---\n\n"  # between the texts that are sent as one
KINDS = {
    "BASH": "execute", "READ": "read", "WRITE": "edit", "EDIT": "edit", "MULTIEDIT": "edit", "NOTEBOOKEDIT": "edit",
    "GREP": "search", "GLOB": "search", "LS": "search", "WEBFETCH": "fetch", "WEBSEARCH": "fetch",
    "TODOWRITE": "switch_mode",
}  # fmt: skip
NOTHING = "SCAR came to its end without a word, so we take it that nothing was done."
FINISHED = ENDS["end_turn"]
ASKS = "SCAR has questions before it can go on. Answer them by asking for a change, and it plans again."
LONG = 4000
NAME = "SCAR"
KEY, BUSY, MONEY = (SAYS_OF[kind].format(name=NAME) for kind in (Kind.SIGN_IN, Kind.BUSY, Kind.MONEY))
LIMIT = f"{SAYS_OF[Kind.LIMIT].format(name=NAME)} {UNTOLD}"
# What SCAR says when something went wrong, in the order in which it is looked for.
TROUBLES = (
    (re.compile(r"(?i)Task timed out after"), "SCAR gave up, because the work took longer than it allows."),
    (re.compile(r"(?i)maximum tool call limit"), "SCAR gave up, because the work took more steps than it allows."),
    (re.compile(r"(?i)credit balance is too low|exceeded your current quota"), MONEY),
    (re.compile(r"(?i)rate limit|API Error: 429"), LIMIT),
    (re.compile(r"(?i)authentication error|API Error: 40[13]"), KEY),
    (re.compile(r"API Error: 404"), "SCAR’s AI model is not there. Whoever runs SCAR has to choose another one."),
    (re.compile(r"API Error: (?:503|529)"), BUSY),
    (re.compile(r"API Error: 5\d\d"), "SCAR’s AI does not answer at the moment. Try again later."),
    (re.compile(r"API Error:"), "SCAR’s AI did not accept the work."),
    (re.compile(r"(?i)terminated by signal"), CRASHED),
    (re.compile(r"(?i)Request timed out"), "SCAR’s AI did not answer in time."),
    (re.compile(r"(?i)Database connection issue"), "SCAR cannot reach its own database at the moment."),
    (re.compile(r"(?i)Session error"), "SCAR has lost the thread of its work."),
)  # fmt: skip
REFUSALS = (
    (re.compile(r"No codebase configured"), "SCAR does not know which app it is to work on."),
    (re.compile(r"Command '(?P<name>[^']*)' not found"), "SCAR does not know the command “{name}”."),
    (re.compile(r"Unknown command: /(?P<name>\S*)"), "SCAR does not know the command “{name}”."),
    (re.compile(r"Failed to read command file"), "SCAR could not read the command that we gave it."),
    (re.compile(r"Usage:"), "SCAR did not understand what we asked of it."),
    (re.compile(r"Failed to |Failed:"), "SCAR could not begin with what we asked of it."),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a run ended by its own word; the places that it names are hints where to look, not facts."""

    ok: bool
    sentence: str
    said: str = ""
    plan: str = ""
    branch: str = ""
    pull: str = ""


def judged(messages: Sequence[str]) -> Verdict:
    """The last word counts; an error of the AI counts wherever it stands, and so does a refusal to begin."""
    spoken = [text for text in messages if not is_sign(text)]
    if not spoken:
        return Verdict(ok=False, sentence=NOTHING)
    said = "\n\n".join(spoken)[-LONG:]
    trouble = next((text for text in spoken if text.startswith("API Error:")), "")
    if FAILED.match(spoken[-1]) or trouble:
        return Verdict(ok=False, sentence=troubled(trouble or spoken[-1]), said=said)
    if refused := refusal(spoken[0]):
        return Verdict(ok=False, sentence=refused, said=said)
    whole = "\n".join(spoken)
    return Verdict(True, FINISHED, said, _plan(whole), _field(whole, "Feature Branch", "Branch"), _pull(whole))


def is_sign(text: str) -> bool:
    """Whether it only says that SCAR is at work."""
    return bool(is_start(text) or HEARTBEAT.match(text) or tool(text))


def is_start(text: str) -> bool:
    return START.fullmatch(text) is not None


def tool(text: str) -> re.Match[str] | None:
    """A step of the builder; an answer that only begins with such a sign is longer."""
    found = TOOL.fullmatch(text)
    return found if found and PARTS not in text else None


def refusal(text: str) -> str:
    """What a refusal to begin means; empty for anything else."""
    for pattern, sentence in REFUSALS:
        if found := pattern.match(text):
            return sentence.format(**found.groupdict())
    return ""


def troubled(text: str) -> str:
    return next((sentence for pattern, sentence in TROUBLES if pattern.search(text)), TROUBLE)


def activity(text: str) -> Activity | None:
    """What to tell a person of a message, if anything."""
    if is_start(text):
        return Activity("SCAR has begun.")
    if HEARTBEAT.match(text):
        return Activity("SCAR is still at work.")
    if found := tool(text):
        name, rest = found["name"], (found["rest"] or "").strip()
        step = Step(kind=KINDS.get(name, "other"), title=rest)
        return Activity(_sentence(step), "tool", {"title": rest[:500], "kind": step.kind, "status": "in_progress"})
    return Activity(SAID, "text", {"said": text[-LONG:]}) if text.strip() else None


def questions(said: str) -> bool:
    """Whether it ended in asking something."""
    return any(line.rstrip(" *_)").endswith("?") for line in said.strip().splitlines()[-12:])


def linked(status: str) -> tuple[str, str, str]:
    """From `/status`: the repository's name, its address, and the branch of the worktree; empty where there is none."""
    if "No codebase configured" in status:
        return "", "", ""
    name, url, tree = (_line(status, word) for word in ("Codebase", "Repository", "Worktree"))
    return name, url, tree.rstrip("/").rsplit("/", 1)[-1]


def commands(listed: str) -> dict[str, str]:
    """From `/commands`: where each command is read from."""
    return dict(re.findall(r"^(\S+) - (\S+)\s*$", listed, re.MULTILINE))


def _sentence(step: Step) -> str:
    if step.kind == "edit":
        return speech.changed(1)
    return speech.runs(step) if step.kind == "execute" else SAYS.get(step.kind, "Is working.")


def _line(text: str, name: str) -> str:
    found = re.search(rf"^{name}: *(.*)$", text, re.MULTILINE)
    return found[1].strip() if found else ""


def _field(text: str, *names: str) -> str:
    """What stands behind a name, whatever is bold or in backticks; where there are several, the last one."""
    for name in names:
        if found := re.findall(rf"^[\s*>-]*{name}:?\**:?\s*\**`?([^\s`*]+)", text, re.MULTILINE):
            return str(found[-1])
    return ""


def _plan(text: str) -> str:
    return _field(text, "Plan Location", "Plan")


def _pull(text: str) -> str:
    found = re.findall(r"https?://[^\s)>\]`*]+/pull/\d+", text)
    return found[-1] if found else ""
