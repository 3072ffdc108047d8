"""Whether one person can get at what is another’s: Ana makes things, Ben tries every address on each of them.

A refusal counts only where Ana herself is let in, and what is hers is read again afterwards.
"""

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from orchestrator.domain.ready.report import Evidence
from orchestrator.evidence.ready import addresses, database, derived, made_up, people, routes, things
from orchestrator.evidence.ready.asks import Asked
from orchestrator.evidence.ready.people import Person
from orchestrator.evidence.ready.proof import Found, failed, not_needed, proven, unchecked
from orchestrator.evidence.ready.routes import Route
from orchestrator.evidence.ready.things import Thing
from orchestrator.evidence.words import counted, listed

REFUSED = frozenset({401, 403, 404})
DOORS = re.compile(r"log-?in|sign-?in|auth", re.IGNORECASE)
OWNERS = ("user", "username", "user_id", "owner", "owner_id", "author", "email", "person", "account", "q", "search")
NO_ADDRESSES = "It does not say which addresses it has (OpenAPI), so nobody could try what is another’s."
NOTHING_MADE = "Nothing that belongs to one person could be made, so nothing could be tried on it."
KNOWS = re.compile(r"password|passwd|authoriz|cookie|session|sign.?in|log.?in|bearer", re.IGNORECASE)
LOOKS, BETWEEN_S = 10, 0.2
AGAIN = 2  # who is refused, and yet something changed, tries again: what changes by itself does not heed him
UNFIT = frozenset({400, 422})
LIMITED = 429


@dataclass(slots=True)
class Trial:
    """What was tried, what was let through, and what could not be told."""

    asked: Asked
    ana: Person
    ben: Person
    hers: list[Thing] = field(default_factory=list)
    his: list[Thing] = field(default_factory=list)
    diary: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)  # in all that Ana ever wrote
    opened: set[str] = field(default_factory=set)  # addresses that are declared as public
    known: dict[str, str] = field(default_factory=dict)  # the ids of Ana’s things, by what they are
    later: dict[str, tuple[Thing, Route, str]] = field(default_factory=dict)  # what was not there for Ana to read, yet
    read: int = 0
    changed: int = 0


async def authorised(asked: Asked) -> Found:
    if nothing := _knows_nobody(asked):
        return nothing
    if not asked.document:
        return unchecked(NO_ADDRESSES)
    trial = Trial(asked, *await people.two(asked))
    made = await things.all_made(trial.ana, asked)
    if not made:
        return unchecked(NOTHING_MADE, _evidence(trial))
    trial.hers += made
    trial.his = await things.all_made(trial.ben, asked)
    if missing := {one.made_by.path for one in made} - {one.made_by.path for one in trial.his}:
        trial.unclear.append(f"Ben could make nothing at {listed(sorted(missing))}")
    await _controlled(trial)
    trial.marks |= {thing.mark for thing in made}
    trial.known |= {thing.kind: thing.id for thing in made}
    trial.opened |= {one.path for one in routes.read(asked.document) if one.open and one.method == "GET"}
    await _looked_around(trial)
    await _elsewhere(trial)
    await _come(trial)
    for thing in reversed(made):  # what lies in others first
        await _tried(trial, thing)
    _unfound(trial)
    _overheard(trial)
    return _judged(trial)


def _knows_nobody(asked: Asked) -> Found | None:
    """Not needed only where it keeps nothing, takes nothing in, and knows no people."""
    methods = {one.method for one in routes.read(asked.document)}
    if methods | {one.method for one in addresses.of(asked.look.texts)} != {"GET"} or not methods:
        return None
    code = asked.look.files("*.py", "*.js", "*.ts", "*.mjs")
    nothing = database.without(asked.look)
    if nothing and nothing.evidence and not any(KNOWS.search(text) for text in code.values()):
        return not_needed("It keeps nothing, takes nothing in and knows no people.", asked.look.read(code))
    return None


async def _controlled(trial: Trial) -> None:
    """Ben is somebody: he sees what is his. Otherwise his refusals say nothing."""
    for thing in trial.his:
        readable = [path for route, path in things.about(trial.asked, thing) if route.method == "GET"]
        seen = [(await trial.ben.ask("GET", path)).text for path in (*readable, thing.path)]
        if not any(thing.mark in text for text in seen):
            trial.unclear.append(f"Ben does not see what he made at {thing.made_by.path}")
    trial.ben.answers.clear()


async def _tried(trial: Trial, thing: Thing) -> None:
    """Every address that is about it, the one that takes it away at last. Ben first, then Ana herself."""
    own = sorted(things.about(trial.asked, thing), key=lambda one: (one[0].method != "GET", things.late(one[0])))
    reads = [path for route, path in own if route.method == "GET" and not route.query] or [thing.path]
    reads = [path for path in reads if not await _goes_on(trial.ana, path)]
    await _settled(trial.ana, reads)
    if thing.mark in str(list((await _state(trial.ana, reads)).values())):
        trial.read += 1
    else:
        trial.unclear.append(f"Ana does not see what she made at {thing.made_by.path}")
    hidden = list(things.unsaid(trial.asked, thing))
    reading = [(route, path) for route, path in own if route.method == "GET"]
    for (route, path), answer in zip(reading, await _together(trial, thing, reads, reading), strict=True):
        await _told(trial, thing, route, path, answer)
    for route, path in own[len(reading) :]:
        if route.method == "DELETE":
            await _together(trial, thing, reads, hidden)
            hidden = []
        answer, fits = await _fitting(trial, thing, reads, route, path)
        await _told(trial, thing, fits, path, answer)
        if answer is not None and not answer.is_success:
            await _settled(trial.ana, reads)
    await _together(trial, thing, reads, hidden)


async def _told(trial: Trial, thing: Thing, route: Route, path: str, answer: httpx.Response | None) -> None:
    """What his answer says; nothing more where he changed something, which is told already."""
    if answer is None:
        return
    if answer.is_success or (answer.is_redirect and not DOORS.search(answer.headers.get("location", ""))):
        _let_in(trial, route, path, thing, answer)
    else:
        await _refused(trial, route, path, thing, answer)


async def _fitting(
    trial: Trial, thing: Thing, reads: list[str], route: Route, path: str
) -> tuple[httpx.Response | None, Route]:
    """Ben’s try with all that the address takes, or with less of it, where that does not go together."""
    first = await _attempted(trial, thing, reads, route, path)
    for less in things.smaller(route) if first is not None and first.status_code in UNFIT else ():
        answer = await _attempted(trial, thing, reads, less, path)
        if answer is None or answer.status_code not in UNFIT:
            return answer, less
    return first, route


async def _together(
    trial: Trial, thing: Thing, reads: list[str], tries: Sequence[tuple[Route, str]]
) -> list[httpx.Response | None]:
    """Ben tries all of them, and only where something is another afterwards each of them alone, to see which it was."""
    answers, moved, his = await _attempt(trial, thing, reads, tries)
    if moved:
        known = len(trial.wrong)
        alone = [await _attempted(trial, thing, reads, route, path) for route, path in tries]
        names = listed(list(dict.fromkeys(route.name for route, _ in tries))[:3])
        if his and len(trial.wrong) == known:  # what is gone cannot be taken away again
            trial.wrong.append(f"One of {names} and others lets somebody else change what is Ana’s")
        elif len(trial.wrong) == known:
            trial.unclear.append(f"something of Ana’s changed by itself while Ben tried {names} and others")
        return alone
    trial.diary += [
        f"Ben: {one[0].method} {one[1]} → {answer.status_code}" for one, answer in zip(tries, answers, strict=True)
    ]
    return list(answers)


async def _attempted(trial: Trial, thing: Thing, reads: list[str], route: Route, path: str) -> httpx.Response | None:
    """Ben tries; None where that changed what is Ana’s, whatever he was answered."""
    [answer], moved, his = await _attempt(trial, thing, reads, [(route, path)])
    trial.diary.append(f"Ben: {route.method} {path} → {answer.status_code}")
    if not moved:
        return answer
    for turn in range(2, 2 + AGAIN if answer.status_code in REFUSED and not his else 2):
        await _settled(trial.ana, reads)
        _, moved, his = await _attempt(trial, thing, reads, [(route, path)], turn)
        if not moved:
            trial.unclear.append(f"something of Ana’s changed by itself while Ben tried {route.name}")
            return answer
        if his:
            break
    trial.wrong.append(f"{route.name} lets somebody else change what is Ana’s ({answer.status_code})")
    return None


async def _attempt(
    trial: Trial, thing: Thing, reads: list[str], tries: Sequence[tuple[Route, str]], turn: int = 1
) -> tuple[list[httpx.Response], bool, bool]:
    """What Ben was answered at each, whether something of Ana’s is another now, and whether it is surely his doing."""
    word = made_up.mark()
    before = await _state(trial.ana, reads)
    steady = await _state(trial.ana, reads)
    answers = [
        await trial.ben.ask(route.method, path, **_handed(trial, route, thing, word, turn)) for route, path in tries
    ]
    after = await _state(trial.ana, reads)
    gone = any(after[read] not in {steady[read], LIMITED} for read in reads)
    return answers, _moved(before, steady, after), gone or word in str(after)


def _handed(trial: Trial, route: Route, thing: Thing, word: str, turn: int = 1) -> dict[str, Any]:
    """What would change everything about it; where it asks for the id of a thing, this one’s."""
    return things.handed(route, word, turn, known={**trial.known, thing.kind: thing.id, "": thing.id})


def _let_in(trial: Trial, route: Route, path: str, thing: Thing, answer: httpx.Response) -> None:
    if route.open and route.method == "GET":
        trial.opened.add(path)
        trial.unclear.append(f"{route.name} shows it to everybody and is declared as public")
    elif route.method == "GET" and thing.mark not in answer.text:
        trial.unclear.append(f"{route.name} answers {answer.status_code} to Ben, without what is Ana’s")
    else:
        does = "read" if route.method == "GET" else "change"
        trial.wrong.append(f"{route.name} lets somebody else {does} what is Ana’s ({answer.status_code})")


async def _refused(trial: Trial, route: Route, path: str, thing: Thing, bens: httpx.Response) -> None:
    """Only what Ana herself is not refused says something about Ben."""
    word = made_up.mark()
    trial.marks.add(word)
    hers = await trial.ana.ask(route.method, path, **_handed(trial, route, thing, word))
    trial.diary.append(f"Ana: {route.method} {path} → {hers.status_code}")
    if bens.status_code in REFUSED or bens.is_redirect:
        if route.method == "GET" and hers.status_code == httpx.codes.NOT_FOUND:
            trial.later[route.name] = (thing, route, path)
        elif hers.status_code in REFUSED or hers.status_code >= httpx.codes.INTERNAL_SERVER_ERROR or hers.is_redirect:
            trial.unclear.append(f"{route.name} refuses Ana as well ({hers.status_code})")
        trial.changed += route.method != "GET" and hers.is_success
    elif bens.status_code != httpx.codes.METHOD_NOT_ALLOWED or hers.status_code != bens.status_code:
        trial.unclear.append(f"{route.name} answers {bens.status_code} to Ben, which refuses nobody")
    if route.method != "GET" and hers.is_success:
        await _come(trial)


async def _come(trial: Trial) -> None:
    """What has come into being by what she did is tried at once: it may be gone when she does the next thing."""
    come = await derived.found(trial.ana, trial.asked, trial.hers, trial.marks)
    if any(thing.mark == thing.id for thing in come):
        await derived.found(trial.ben, trial.asked, trial.his, ())  # so that he is shown what everybody is
    for thing in come:
        if thing.mark != thing.id or not any(thing.id in text for _, text in trial.ben.answers):
            trial.hers.append(thing)
            trial.known.setdefault(thing.kind, thing.id)
            await _tried(trial, thing)
    for name, (thing, route, path) in list(trial.later.items()):
        if (await trial.ana.ask("GET", path)).is_success:
            del trial.later[name]
            await _told(trial, thing, route, path, await trial.ben.ask("GET", path))


async def _settled(ana: Person, reads: Iterable[str]) -> None:
    """Wait until nothing goes on by itself any more, so that Ben is not blamed for it; a moment at most."""
    for _ in range(LOOKS):
        before = await _state(ana, reads)
        await asyncio.sleep(BETWEEN_S)
        if before == await _state(ana, reads):
            return


async def _goes_on(ana: Person, path: str) -> bool:
    """Whether it is a stream of events, which has no end at which it could be compared."""
    return "event-stream" in (await ana.ask("GET", path)).headers.get("content-type", "")


async def _state(ana: Person, reads: Iterable[str]) -> dict[str, Any]:
    """All that Ana sees of it."""
    found: dict[str, Any] = {}
    for path in reads:
        answer = await ana.ask("GET", path)
        said = people.said_in(answer)
        found |= {f"{path} {where}": value for where, value in made_up.leaves(answer.text if said is None else said)}
        found[path] = answer.status_code
    return found


def _moved(before: dict[str, Any], steady: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether something is another now that does not change by itself."""
    unseen = {key for key, value in after.items() if value == LIMITED}  # it let even Ana look only so often
    same = [key for key in before if key in steady and before[key] == steady[key] != LIMITED]
    return any(after.get(key, ...) != steady[key] for key in same if key.partition(" ")[0] not in unseen)


async def _looked_around(trial: Trial) -> None:
    """Ben goes to every page and list, with every question that could bring him what is Ana’s."""
    known = routes.read(trial.asked.document)
    plain = [one for one in known if one.method == "GET" and "{" not in one.path]
    hidden = {one.path for one in addresses.of(trial.asked.look.texts) if one.method == "GET" and one.plain == one.path}
    plain += [Route("GET", path) for path in sorted({"/", *hidden} - {one.path for one in plain})]
    for route in plain:
        for asking in ("", *_questions(route, trial.ana, trial.marks)):
            await trial.ben.ask("GET", f"{route.path}{asking}")


async def _elsewhere(trial: Trial) -> None:
    """Addresses of which we do not know what they are about: Ben tries them with all that is Ana’s."""
    for route in _uncovered(trial):
        for value in (*trial.known.values(), *trial.ana.ids, trial.ana.name):
            word = made_up.mark()
            await trial.ben.ask(route.method, route.at(value), **things.handed(route, word, 1, known=trial.known))


def _uncovered(trial: Trial) -> list[Route]:
    covered = {route.name for thing in trial.hers for route, _ in things.about(trial.asked, thing)}
    known = [one for one in routes.read(trial.asked.document) if "{" in one.path and one.name not in covered]
    return [one for one in known if not things.NOT_THINGS.search(f"{one.path} {one.words}")]


def _unfound(trial: Trial) -> None:
    """What could not be tried on anything of hers, to the end."""
    missing = [route.name for route in _uncovered(trial) if route.method != "GET"]
    trial.unclear += [f"{name} has nothing for Ana, either" for name in trial.later]
    trial.unclear += [f"nothing of Ana’s could be found that {name} is about" for name in missing]


def _overheard(trial: Trial) -> None:
    """No answer that Ben ever got has in it what is Ana’s."""
    for what, text in trial.ben.answers:
        if any(mark in text for mark in trial.marks):
            public = what.startswith("GET") and what.removeprefix("GET ").partition("?")[0] in trial.opened
            (trial.unclear if public else trial.wrong).append(f"{what.partition('?')[0]} shows Ben what is Ana’s")


def _questions(route: Route, ana: Person, marks: set[str]) -> list[str]:
    """By her name, by her id, by the beginning of what she wrote."""
    names = [name for name in route.query if name.lower() in OWNERS] or list(route.query)[:4]
    words = [ana.name, ana.email, *ana.ids, *(mark[:8] for mark in list(marks)[:2]), "1", "true", "all"]
    return [f"?{name}={word}" for name in names for word in words]


def _judged(trial: Trial) -> Found:
    evidence = _evidence(trial)
    if wrong := list(dict.fromkeys(trial.wrong)):
        return failed(f"{wrong[0]}." if len(wrong) == 1 else f"{wrong[0]}, and {len(wrong) - 1} more.", evidence)
    if unclear := list(dict.fromkeys(trial.unclear)):
        return unchecked(f"Nobody got at what is another’s, but not all could be told: {unclear[0]}.", evidence)
    changing = any(route.method != "GET" for one in trial.hers for route, _ in things.about(trial.asked, one))
    if not trial.read or (changing and not trial.changed):
        return unchecked("We did not see Ana read and change what is hers, so refusals say nothing.", evidence)
    said = f"{counted(len(trial.hers), 'thing')} of Ana’s, {counted(len(trial.diary), 'attempt')}"
    return proven(f"Ben got at nothing that is Ana’s, and she at all of it: {said}.", evidence)


def _evidence(trial: Trial) -> Evidence:
    said = "\n".join([*trial.wrong, *trial.unclear, *trial.diary[:40]])
    return trial.asked.seen("as two people, each with things of their own", said=said)
