"""What a turn with a language model costs beside the model: processor time, waiting, tokens and calls."""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ParamSpec

from _filled import fill, talking
from _measure import MS, Caller, Figure, median, publish, spread, timed
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession

from ground.model_api import ModelApi
from ground.model_values import Asked, Gives
from ground.scripted import says
from ground.server import Server
from orchestrator import app, runtime, telemetry
from orchestrator.conversation import note, turn
from orchestrator.conversation.command import perform
from orchestrator.conversation.look import Look, look
from orchestrator.conversation.talking import Reply
from orchestrator.domain.command import Actor, Say
from orchestrator.models.lazy import Lazy
from orchestrator.models.live import Live, history
from orchestrator.settings import Settings
from orchestrator.store import messages, people

REPLY = "Thank you, that is a good measure: one shop a week. Where would you mostly look at the plan, on your phone?"
TURNS, SAYS, FIRSTS = 150, 3, 40
PAUSE = 5.0  # seconds in which a person reads the reply and thinks
RESTLESS = 100
CROWDS = (1, 20, 100, 200)
MODEL, KEY = "anthropic:claude-sonnet-5", "none"
TOKEN = "po_" + "t" * 40
P = ParamSpec("P")
CHARACTERS = 4  # of English that make about one token, by the providers' own rule of thumb


@asynccontextmanager
async def model(whole: float) -> AsyncIterator[str]:
    """A model in a process of its own whose answer takes so many seconds. Gives its address."""
    pieces = 10
    first, pause = whole * MS / 2, whole * MS / 2 / pieces
    command = ["-m", "ground.model_api", "--first", f"{first}", "--pause", f"{pause}", "--pieces", f"{pieces}"]
    child = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
    assert child.stdout
    try:
        yield (await child.stdout.readline()).decode().strip()
    finally:
        child.terminate()
        await child.wait()


def served(folder: Path, url: str) -> Server:
    """A server of its own that talks with this model."""
    return Server(
        folder / "data", rate_limits="off", budget=0, anthropic_base_url=url, model=MODEL, anthropic_api_key=KEY
    )


@asynccontextmanager
async def here(folder: Path, url: str) -> AsyncIterator[Actor]:
    """The whole product in this process; turns are begun by whoever measures them."""
    await fill(folder, TOKEN, 0)
    real, app.DOES["turn"] = app.DOES["turn"], _not_now
    settings = Settings(
        data_dir=folder,
        anthropic_base_url=url,
        reconcile_s=600,
        budget=0,
        model=MODEL,
        anthropic_api_key=SecretStr(KEY),
    )
    async with app.working(await app.compose(settings, telemetry.metrics())):
        owner = (await runtime.read(people.all))[0]
        yield Actor(owner.id, owner.name)
    app.DOES["turn"] = real


async def _not_now(project_id: str, sequence: int) -> None:
    """Leave the message unanswered."""


async def made(owner: Actor, said: int = 0) -> str:
    """A project with so many messages."""

    async def fill_in(db: AsyncSession) -> str:
        row = await talking(db, owner, "Project")
        for number in range(said // 2):
            text = f"This is message {number}. We shop on Saturdays, and Ella does not eat fish. " * 2
            messages.said(db, row, text, owner, unanswered=False)
            messages.reply(db, row, REPLY)
        await db.flush()
        return row.id

    return await runtime.tx(fill_in)


async def asked_for(owner: Actor, project: str, number: int) -> int:
    """Say something, and give the place of the message that now waits."""
    outcome = await perform(Say(project, f"We shop once a week, on day {number}"), owner, f"{project}-{number}")
    return int(outcome["sequence"])


async def processor(folder: Path) -> list[Figure]:
    """A turn beside a call of Pydantic AI alone with the same prompt, the same form and the same model."""
    ours, bare = [], []
    async with model(0) as url, here(folder, url) as owner:
        lazy = runtime.runtime().model
        assert isinstance(lazy, Lazy)
        live = await lazy.loaded()
        project = await made(owner, 20)
        for number in range(TURNS):
            sequence = await asked_for(owner, project, number)
            seen = await runtime.read(look, project, sequence)
            assert seen
            bare.append(await _spent(_alone, live, seen))
            ours.append(await _spent(turn.turn, project, sequence))
    more = median(ours) - median(bare)
    return [
        Figure(
            "processor time of a turn", "", *spread(ours), f"{median(ours) / median(bare):.2f} times the call alone"
        ),
        Figure("the same call with Pydantic AI alone", "", *spread(bare)),
        Figure("what a turn adds", "4 ms", f"{more * MS:.1f} ms"),
    ]


async def _alone(live: Live, seen: Look) -> None:
    """The call, without us around it."""
    prompt = note.prompt(seen)
    running = live.agent(Reply).run_stream_events(
        [prompt.card, prompt.lines[-1].text],
        model=live.models[0],
        message_history=history(prompt.lines[:-1]),
        instructions=prompt.rules,
        model_settings=live.how(prompt.rules),
    )
    async with running as events:
        async for _ in events:
            pass


async def _spent(do: Callable[P, Awaitable[object]], *args: P.args, **kwargs: P.kwargs) -> float:
    begun = time.process_time()
    await do(*args, **kwargs)
    return time.process_time() - begun


async def crowds(folder: Path, whole: float) -> list[Figure]:
    """How long people wait beyond the model, and how many turns a second one process does for those who never pause."""
    figures = []
    async with model(whole) as url:
        server = served(folder, url)
        ids = await fill(server.data, server.token, max(CROWDS))
        async with server:
            callers = [await Caller.at(server.port, server.token) for _ in ids]

            async def person(who: int, begins: float, pause: float, waits: list[float]) -> None:
                await asyncio.sleep(begins)  # people do not speak in unison
                for number in range(SAYS):
                    begun = time.perf_counter()
                    path = f"/api/v1/projects/{ids[who]}/messages?wait=60"
                    said = await callers[who].call("POST", path, {"text": f"We shop on day {number}"})
                    assert said["reply"], said
                    waits.append(time.perf_counter() - begun - whole)
                    await asyncio.sleep(pause)

            await person(0, 0, 0, [])
            for crowd in CROWDS:
                waits: list[float] = []
                every = (whole + PAUSE) / crowd
                await asyncio.gather(*(person(who, every * who, PAUSE, waits) for who in range(crowd)))
                told = f"{crowd} {'person' if crowd == 1 else 'people'} at once"
                target = "100 ms" if whole > 1 and crowd <= 100 else ""
                figures.append(Figure(f"beyond a model of {whole:g} s, {told}", target, *spread(waits)))
            begun = time.perf_counter()
            await asyncio.gather(*(person(who, 0, 0, []) for who in range(RESTLESS)))
            turns = RESTLESS * SAYS / (time.perf_counter() - begun)
            told = f"turns a second of one process, {RESTLESS} people who never pause, model of {whole:g} s"
            figures.append(Figure(told, "", f"{turns:.0f}"))
    return figures


async def pages(folder: Path) -> list[Figure]:
    """A page for programs, while nobody talks and while a slow model thinks about two hundred turns."""
    async with model(10) as url:  # half of it passes before its first piece
        server = served(folder, url)
        ids = await fill(server.data, server.token, max(CROWDS))
        async with server:
            caller = await Caller.at(server.port, server.token)

            async def look(_: int) -> None:
                await caller.call("GET", "/api/v1/projects?limit=20")

            await caller.call("POST", f"/api/v1/projects/{ids[0]}/messages?wait=30", {"text": "We shop on Mondays"})
            before = await timed(look, 100)
            say = [
                server.http.post(f"/api/v1/projects/{id}/messages", json={"text": "We shop on Fridays"}) for id in ids
            ]
            await asyncio.gather(*say)
            await asyncio.sleep(3)  # all of them have asked the model now, and it does not speak yet
            during = await timed(look, 100)
    quiet = f"{spread(before)[0]} and {spread(before)[1]} while nobody talks"
    return [
        Figure("a page of projects while 200 turns wait for a model that thinks for 5 s", "", *spread(during), quiet)
    ]


async def first_words(folder: Path) -> list[Figure]:
    """From the model's first piece until a program that follows has it."""
    asked_at: list[float] = []

    def answers(_: Asked) -> Gives:
        asked_at.append(time.perf_counter())
        return says(REPLY)

    taken = []
    async with ModelApi(answers) as api:
        server = served(folder, api.anthropic)
        project = (await fill(server.data, server.token, 1))[0]
        async with server, server.http.stream("GET", f"/api/v1/projects/{project}/events") as following:
            lines = following.aiter_lines()
            await anext(lines)
            for number in range(FIRSTS + 5):
                say = server.http.post(f"/api/v1/projects/{project}/messages", json={"text": f"Day {number}"})
                saying = asyncio.create_task(say)
                async for line in lines:
                    if line == "event: message.delta":
                        taken.append(time.perf_counter() - asked_at[-1])
                        break
                await saying
                async for line in lines:
                    if line.startswith("data") and json.loads(line[6:]).get("role") == "assistant":
                        break
    return [Figure("from the model’s first piece until a program that follows has it", "50 ms", *spread(taken[5:]))]


async def lengths(folder: Path) -> list[Figure]:
    """What goes to the model with a short, a long and a very long conversation, and how often it is asked."""
    figures: list[Figure] = []
    sizes: dict[int, int] = {}
    last = 0

    def answers(asked: Asked) -> Gives:
        nonlocal last
        if "memory" in asked.schema["properties"]:
            return Gives(args={"memory": "- They shop on Saturdays.\n- Ella does not eat fish.\n" * 8})
        last = len(asked.system) + sum(len(text) for _, text in asked.said)
        return says(REPLY)

    async with ModelApi(answers) as api, here(folder, api.anthropic) as owner:
        for said in (10, 50, 200, 1000):
            project = await made(owner, said)
            for number in range(2):  # the first one has its memory made
                await turn.turn(project, await asked_for(owner, project, number))
            sizes[said] = last
            beside = f"{sizes[said] / sizes[50]:.2f} times that of 50" if 50 in sizes else ""
            figures.append(
                Figure(f"read for a turn after {said:,} messages", "", f"{_tokens(sizes[said])}", "", beside)
            )
        project, before = await made(owner), len(api.asked)
        for number in range(100):
            await turn.turn(project, await asked_for(owner, project, number))
        calls = (len(api.asked) - before) / 100
        figures.append(
            Figure("calls of the model per turn, over 100 turns", "1.0", f"{calls:.2f}", "", "with its memory")
        )
    return figures


def _tokens(characters: int) -> str:
    return f"about {characters // CHARACTERS:,} tokens"


async def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures = await processor(folder / "cpu")
        figures += await first_words(folder / "first")
        for whole in (0.05, 2.0):
            figures += await crowds(folder / f"crowd-{whole}", whole)
        figures += await pages(folder / "pages")
        figures += await lengths(folder / "lengths")
    publish("talk", figures)


if __name__ == "__main__":
    asyncio.run(main())
