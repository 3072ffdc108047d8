"""A report as text for people, as Markdown, and as plain values for programs. Pure."""

from typing import Any

from orchestrator.domain.ready import board
from orchestrator.domain.ready.items import ITEMS, TOTAL, Category
from orchestrator.domain.ready.report import Answer, Evidence, Report, State

MARKS = {
    State.PROVEN: "✓",
    State.NOT_NEEDED: "–",
    State.ATTESTED: "✎",
    State.OUT_OF_DATE: "~",
    State.FAILED: "✗",
    State.NOT_CHECKED: "?",
}
SAID = {
    State.PROVEN: "proven",
    State.NOT_NEEDED: "not needed",
    State.ATTESTED: "vouched for",
    State.OUT_OF_DATE: "out of date",
    State.FAILED: "failed",
    State.NOT_CHECKED: "not checked",
}


def values(report: Report) -> dict[str, Any]:
    """For programs."""
    return {
        "score": report.score,
        "total": TOTAL,
        "ready": report.ready,
        "verdict": report.verdict,
        "band": report.band,
        "commit": report.commit,
        "at": report.at.isoformat(),
        "hours": report.hours,
        "items": [_item(answer) for answer in report.answers],
        "categories": {name: {"proven": done, "total": total} for name, (done, total) in report.categories.items()},
        "promises": board.values(report.board),
    }


def _item(answer: Answer) -> dict[str, Any]:
    vouched = answer.vouched
    return {
        "id": answer.item.id,
        "category": answer.item.category,
        "title": answer.item.title,
        "question": answer.item.question,
        "state": answer.state,
        "star": answer.item.star,
        "sentence": answer.sentence,
        "evidence": [_evidence(one) for one in answer.evidence],
        "recommendation": "" if answer.counts else answer.item.advice,
        "priority": answer.item.priority,
        "hours": 0 if answer.counts else answer.item.hours,
        "attested": {"by": vouched.by, "sentence": vouched.sentence, "until": vouched.until.isoformat()}
        if vouched
        else None,
    }


def _evidence(one: Evidence) -> dict[str, Any]:
    return {
        "what": one.what,
        "commit": one.commit,
        "at": one.at.isoformat(),
        "exit_code": one.exit_code,
        "excerpt": one.excerpt,
        "sha256": one.sha256,
        "seconds": round(one.seconds, 2),
    }


def text(report: Report) -> str:
    """For a terminal: the verdict, each group, and what is left with what to do about it."""
    lines = [
        report.verdict,
        f"{report.score} of {TOTAL}, for {report.commit[:10]} on {report.at:%Y-%m-%d %H:%M} UTC.",
        "",
    ]
    for category in Category:
        done, total = report.categories[category]
        lines += [f"{category.capitalize()}: {done} of {total}"]
        lines += [f"  {MARKS[one.state]} {one.item.id:<4}{_star(one)}{one.sentence}" for one in report.of(category)]
    lines += board.text(report.board)
    if report.missing:
        lines += ["", f"What is left, about {report.hours:g} hours:"]
        lines += [f"  {one.item.id:<4} {one.item.priority}: {one.item.advice}" for one in report.missing]
    return "\n".join(lines)


def markdown(report: Report) -> str:
    """A document of its own."""
    lines = [
        f"# {report.verdict}",
        "",
        f"**{report.score} of {TOTAL}**, for `{report.commit[:10]}` on {report.at:%Y-%m-%d %H:%M} UTC.",
    ]
    lines += ["", "| part | proven | of |", "| --- | --- | --- |"]
    lines += [f"| {name.capitalize()} | {done} | {total} |" for name, (done, total) in report.categories.items()]
    if report.missing:
        lines += ["", "## What is left", "", f"About {report.hours:g} hours in all.", ""]
        lines += ["| | question | state | what to do | how urgent | hours |", "| --- | --- | --- | --- | --- | --- |"]
        lines += [_left(one) for one in report.missing]
    lines += board.markdown(report.board)
    for category in Category:
        lines += ["", f"## {category.capitalize()}", ""]
        for answer in report.of(category):
            lines += _paragraph(answer)
    return "\n".join(lines) + "\n"


def _left(one: Answer) -> str:
    cells = (
        one.item.id,
        one.item.question,
        SAID[one.state],
        one.item.advice,
        str(one.item.priority),
        f"{one.item.hours:g}",
    )
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _paragraph(answer: Answer) -> list[str]:
    lines = [f"- **{answer.item.id} {answer.item.title}** ({SAID[answer.state]}): {_cell(answer.sentence)}"]
    for one in answer.evidence:
        ended = f", exit code {one.exit_code}" if one.exit_code is not None else ""
        took = f", {one.seconds:.1f} s" if one.seconds else ""
        lines.append(
            f"  - `{one.what.replace('`', '')[:300]}` at `{one.commit[:10]}`{ended}{took}, log `{one.sha256[:12]}`"
        )
    return lines


def _star(answer: Answer) -> str:
    return "★ " if answer.item.star else "  "


def _cell(said: str) -> str:
    return " ".join(said.replace("|", "\\|").replace("<", "&lt;").split())


def checklist() -> str:
    """All questions, for whoever goes through them by hand: part by part, with what to do where one is open."""
    parts = []
    for category in Category:
        mine = [item for item in ITEMS if item.category is category]
        lines = [
            f"- {one.id}{' ★' * one.star}{' ⓐ' * one.vouch} {one.title}. {one.question} {one.advice}" for one in mine
        ]
        parts.append("\n".join([f"### {category.capitalize()}", "", *lines]))
    return "\n\n".join(parts)
