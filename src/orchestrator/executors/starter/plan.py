"""The plan of a phase as a document: what will be there, and which tests will show it."""

import re
from collections.abc import Iterable, Sequence

from orchestrator.executors.starter import checks, site, words
from orchestrator.executors.starter.project import Feature, Phase, Project

ASKED = """
## What you asked for

You wrote:

{quote}

**What I can do with it:** keep it word for word. It stands in this plan, and when the phase is built it stands on its
pages under “Noted for the next version”, where nobody overlooks it.

**What I cannot do:** understand it. I am not an AI, so I change neither a form nor a rule because of it. A builder that
is one, or a person, can.
"""

RISKS = """
## Risks

- The forms are chosen by single words in the titles. A form can miss what you meant.
- What is special in your app (its rules, sums and suggestions) is shown by a form and a list. It is not worked out.
- The tests show that the prototype does what a prototype can, not that the finished app keeps its promises.
"""

READINESS = """
## Readiness

| question | with this phase |
|---|---|
| Does it do what you asked? | It shows the idea of each feature. The real rules are missing. |
| Is it tested? | Yes, as far as a prototype goes: the tests named above try the real site. |
| Is it safe? | Typed text stays text, and it listens on this machine only. Nobody signs in: keep secrets out of it. |
| Does it keep running? | What is typed in survives a restart. There are no backups and no monitoring. |
| Is it fast enough? | For a few people who try it. It was not tried with many. |
| Is it explained and allowed? | The README says how to start and test it. Licence and data protection are for later. |
"""


def document(project: Project, phase: Phase, ground: site.Ground, asked: Sequence[str]) -> str:
    features = "".join(_feature(project, ground, feature) for feature in phase.features)
    return (
        f"# Plan for phase {phase.number}: {text(phase.title)}\n\n"
        f"<!-- {site.MARK} -->\n\n"
        "I am the starter: I make clickable prototypes with real tests, by fixed rules. I am not an AI, and what\n"
        "I make is not the finished app.\n\n"
        f"## Who it is for\n\n{text(project.who) or 'The vision does not say.'}\n\n"
        f"## Outcome\n\n{text(phase.outcome) or text(phase.title)}\n"
        f"{features or _nothing(phase)}{_asked(asked)}\n"
        f"## Acceptance criteria\n\n{_criteria(phase)}\n"
        f"## Tests, written first\n\n{_tests(phase, ground)}\n"
        f"## Files\n\n{_files(project, phase, ground)}{RISKS}{READINESS}"
    )


def place(phase: Phase) -> str:
    return f".agents/plans/phase-{phase.number}.md"


def text(value: str) -> str:
    """Words in which nothing is markup."""
    return re.sub(r"([\\`*_\[\]<>|~#&])", r"\\\1", " ".join(value.split()))


def quoted(asked: str) -> str:
    """What somebody wrote, word for word."""
    return "\n".join(f"> {line}".rstrip() for line in asked.splitlines())


def _feature(project: Project, ground: site.Ground, feature: Feature) -> str:
    fields = words.fields(feature.title, feature.description)
    labels = ", ".join(f"{field['label']}{'' if field['required'] else ' (if you like)'}" for field in fields)
    return (
        f"\n## {text(feature.id)}: {text(feature.title)}\n\n"
        f"**Who:** {text(project.who) or 'the people of the vision'}\\\n"
        f"**Wants:** {text(feature.title)}. {text(feature.description)}\\\n"
        f"**Because:** {text(project.why(feature))}\n\n"
        f"A page with a form ({labels}) and the list of what was typed in. Entries can be marked as done and removed.\n"
        f"Its address is `f/{ground.slugs[feature.id]}`, and the guided tour leads there.\n"
    )


def _asked(asked: Sequence[str]) -> str:
    return ASKED.format(quote="\n\n".join(quoted(note) for note in asked)) if asked else ""


def _nothing(phase: Phase) -> str:
    return f"\nPhase {phase.number} names no feature of the vision. It gets its place on the page of promises.\n"


def _criteria(phase: Phase) -> str:
    lines = [
        f"- **{text(one.id)}** {text(one.text)}\\\n  Shown by `{checks.name(one, kind)}`: {checks.TRIED[kind][1]}\n"
        for one in phase.criteria
        for kind in [checks.kind(phase, one)]
    ]
    return "".join(lines) or "The roadmap names none for this phase.\n"


def _tests(phase: Phase, ground: site.Ground) -> str:
    lines = ["They are saved before the pages are made, and they fail until then.\n\n"]
    lines += [f"- `{path}`\n" for path in (*site.base_tests(), *site.phase_tests(ground, phase))]
    for feature, named in checks.class_names(phase, ground.slugs).items():
        cases = ", ".join(f"`test_{checks.TRIED[kind][0]}`" for kind in checks.always(phase, feature))
        lines.append(f"  - `{named}` for {text(feature.id)}: {cases}, and one for each of its criteria\n")
    return "".join(lines)


def _files(project: Project, phase: Phase, ground: site.Ground) -> str:
    return _paths(site.phase_files(ground, project, phase, "")) + _base(ground)


def _base(ground: site.Ground) -> str:
    where = f"`{ground.within}app.py` and `{ground.within}prototype/`"
    shelter = "Your repository has files of these names of its own. They stay as they are.\n" if ground.within else ""
    return f"- where they are not there yet: the site itself in {where}, README and .gitignore\n\n{shelter}"


def _paths(files: Iterable[str]) -> str:
    return "".join(f"- `{path}`\n" for path in files)
