"""What is sent to SCAR and what its answers mean, word by word: every transcript that was seen of a running one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ground import scar_core
from orchestrator.domain.run import Job, RunKind
from orchestrator.executors.scar import commands, fence, replies
from orchestrator.executors.scar.transcript import Transcript

PLANNED = """## 📋 Implementation Plan Created

**Feature Branch:** `feature-x`
**Plan Location:** `.agents/plans/x.md`

@scar /command-invoke execute-github .agents/plans/x.md feature-x"""
DONE = """## ✅ Implementation Complete

**Pull Request:** https://github.com/acme/shop/pull/6
**Branch:** `feature-x`
**PR:** https://github.com/acme/shop/pull/7"""
EXITED = "⚠️ Error: Claude Code process exited with code 1. Try /reset if issue persists."
OK, NO_MODEL, AWAY = replies.FINISHED, replies.TROUBLES[5][1], replies.TROUBLES[7][1]
OVERLOADED = 'API Error: 529 {"type":"overloaded_error"}'

# (what SCAR said in one run, whether it says that all is well, what a person is told)
RUNS = {
    "prime": (["I'll analyze it.", "🔧 BASH\ngit ls-files | head -20", "## Project Overview"], True, OK),
    "plan": (["I'll plan it.", "🔧 BASH\ngit push", PLANNED], True, OK),
    "execute": (["I'll build it.", "🔧 BASH\nnpm test", DONE], True, OK),
    "a silence in the middle": (["I look.", "🔧 BASH\nsleep 8", "FINAL"], True, OK),
    "batch": (
        ["The agent is on the case...", "⏱️ Still working... (1m 0s, 3 tool calls)", "The answer"], True, OK,
    ),
    "batch without an answer": (["The agent is on the case..."], False, replies.NOTHING),
    "nothing": ([], False, replies.NOTHING),
    "only tools": (["🔧 BASH\nls"], False, replies.NOTHING),
    "http=400 stream": (['API Error: 400 {"type":"error"}', EXITED], False, "SCAR’s AI did not accept the work."),
    "http=401": (['API Error: 401 {"type":"error"}', EXITED], False, replies.KEY),
    "http=403": (['API Error: 403 {"type":"error"}', EXITED], False, replies.KEY),
    "http=404": (['API Error: 404 {"type":"error"}', EXITED], False, NO_MODEL),
    "http=429": (['API Error: 429 {"type":"error"}', EXITED], False, replies.LIMIT),
    "http=500": (['API Error: 500 {"type":"error"}', EXITED], False, AWAY),
    "an error of the AI without more": ([OVERLOADED], False, replies.BUSY),
    "http=400 batch": (["The agent is on the case...", EXITED], False, replies.TROUBLE),
    "killed": (
        ["I begin.", "⚠️ Error: Claude Code process terminated by signal SIGKILL. Try /reset if issue persists."],
        False, replies.CRASHED,
    ),
    "a limit": (["⚠️ AI rate limit reached. Please wait a moment."], False, replies.LIMIT),
    "its key": (["⚠️ AI service authentication error. Please check configuration."], False, replies.KEY),
    "a timeout": (["⚠️ Request timed out. The AI service may be slow."], False, "SCAR’s AI did not answer in time."),
    "its database": (
        ["⚠️ Database connection issue. Please try again."], False,
        "SCAR cannot reach its own database at the moment.",
    ),
    "its session": (["⚠️ Session error. Use /reset."], False, "SCAR has lost the thread of its work."),
    "unexpected": (["⚠️ An unexpected error occurred. Try /reset."], False, replies.TROUBLE),
    "twenty minutes": (
        ["❌ Task timed out after 20 minutes.", "⚠️ Error: stopped"], False, replies.TROUBLE,
    ),
    "twenty minutes, last": (
        ["❌ Task timed out after 20 minutes."], False, "SCAR gave up, because the work took longer than it allows.",
    ),
    "two hundred steps": (
        ["❌ Task exceeded maximum tool call limit (200)."], False,
        "SCAR gave up, because the work took more steps than it allows.",
    ),
    "no link": (
        ["No codebase configured. Use /clone <repo-url> first."], False,
        "SCAR does not know which app it is to work on.",
    ),
    "no command": (
        ["Command 'prime' not found. Use /commands to see available."], False,
        "SCAR does not know the command “prime”.",
    ),
    "no file": (["Failed to read command file: ENOENT"], False, "SCAR could not read the command that we gave it."),
    "usage": (["Usage: /command-invoke <name> [args...]"], False, "SCAR did not understand what we asked of it."),
    "a warning in the middle is no failure": (["⚠️ The tests are slow.", "Done."], True, OK),
}  # fmt: skip


@pytest.mark.parametrize("name", RUNS)
def test_how_a_run_ended_is_read_from_what_was_said(name):
    said, ok, sentence = RUNS[name]

    verdict = replies.judged(said)

    assert (verdict.ok, verdict.sentence) == (ok, sentence)


def test_the_places_that_a_result_names_are_read_whatever_is_bold_and_the_last_counts():
    planned, done = replies.judged([PLANNED]), replies.judged([DONE])

    assert (planned.plan, planned.branch) == (".agents/plans/x.md", "feature-x")
    assert (done.branch, done.pull) == ("feature-x", "https://github.com/acme/shop/pull/7")
    assert replies.judged(["Branch: feature-y"]).branch == "feature-y"
    assert replies.judged([f"{PLANNED}\n\n**Feature Branch:** feature-z"]).branch == "feature-z"


@pytest.mark.parametrize(
    ("text", "sentence", "kind"),
    [
        ("🔧 BASH\nnpm test", "Is running the tests.", "tool"),
        ("🔧 BASH\ngit commit -m x", "Is making a save point.", "tool"),
        ("🔧 BASH\nls", "Is trying something out.", "tool"),
        ("🔧 READ\nReading: app.py", "Is reading.", "tool"),
        ("🔧 EDIT\nEditing: app.py", "Changed a file.", "tool"),
        ("🔧 GREP\nfoo", "Is looking for the right place.", "tool"),
        ("🔧 MCP_THING", "Is working.", "tool"),
        ("The agent is on the case...", "SCAR has begun.", "note"),
        ("⏱️ Still working... (1m 0s, 3 tool calls)", "SCAR is still at work.", "note"),
        ("I have looked.", "Explains what it is doing.", "text"),
    ],
)
def test_signs_of_life_are_told_in_plain_words(text, sentence, kind):
    activity = replies.activity(text)

    assert (activity.sentence, activity.kind) == (sentence, kind)


def test_set_up_answers_are_read():
    status = (
        "Platform: test\nAI Assistant: claude\n\nCodebase: demo\nRepository: https://x/demo\n\n"
        "Current Working Directory: /w/demo\nWorktree: worktrees/feature-1\nActive Session: 1a2b3c4d..."
    )
    assert replies.linked(status) == ("demo", "https://x/demo", "feature-1")
    assert replies.linked(scar_core.NO_STATUS) == ("", "", "")
    listed = "Registered Commands:\n\nprime - .agents/commands/prime.md\nexecute - .claude/commands/execute.md"
    assert replies.commands(listed)["prime"] == ".agents/commands/prime.md"


@pytest.mark.parametrize(
    ("said", "asks"), [("Which colour?\n\n1. Red?\n2. **Green?**", True), ("All is planned.", False), ("", False)]
)
def test_questions_are_seen(said, asks):
    assert replies.questions(said) is asks


def test_a_fence_separates_one_run_from_all_others():
    mine, other = fence.around("key", 1), fence.around("key", 2)
    said = ["before", unknown(mine.before), unknown(mine.before), "one", "two"]

    assert fence.within(said, other) is None
    assert fence.within(said, mine) == ["one", "two"]
    assert not fence.answered(said, mine.after)
    said += [unknown(mine.after), unknown(mine.after), "after"]
    assert fence.within(said, mine) == ["one", "two"]
    assert fence.within([unknown(mine.before), "set up again", *said], mine) == ["one", "two"]
    assert not fence.answered([f"Unknown command: {mine.after}b"], mine.after)
    assert not fence.answered([f"As I said: Unknown command: {mine.after}"], mine.after)


def unknown(mark: str) -> str:
    return scar_core.UNKNOWN.format(name=mark.removeprefix("/"))


def test_a_transcript_that_does_not_go_on_is_lost_even_if_it_is_longer():
    transcript = Transcript()
    assert transcript.add([("1", "a"), ("2", "a"), ("3", "b")]) == ["a", "b"]
    assert transcript.add([("1", "a"), ("2", "a"), ("3", "b"), ("4", "b"), ("5", "c")]) == ["c"]
    assert not transcript.lost

    assert transcript.add([(str(number), "x") for number in range(6, 16)]) == ["x"]
    assert transcript.lost


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
AWKWARD = st.one_of(WORDS, st.text("\"'$&@ \\\n\t`1{}ARGUMENTS", max_size=60))


@given(AWKWARD)
def test_whatever_is_quoted_arrives_as_one_argument_on_one_line_with_nothing_filled_in(text):
    sent = f"/command-invoke plan {commands.quoted(text)}"
    name, arguments = scar_core.parsed(sent)

    assert "\n" not in sent
    assert (name, len(arguments)) == ("command-invoke", 2)
    assert scar_core.filled("<$1>", arguments[1:]) == f"<{arguments[1]}>"
    assert scar_core.filled("<$ARGUMENTS>", arguments[1:]) == f"<{arguments[1]}>"
    meant = " ".join(text.replace('"', "'").replace("$", commands.NO_DOLLAR).split())
    assert arguments[1] == (meant or "-")


@given(st.text("abc/ :.'\"-_$é", min_size=1, max_size=30).filter(str.strip))
def test_an_address_arrives_as_one_argument(text):
    assert len(scar_core.parsed(f"/clone {commands.word(text)}")[1]) == 1


@given(st.sampled_from([RunKind.PLAN, RunKind.EXECUTE, RunKind.REPAIR]), st.integers(1, 99))
def test_a_command_says_where_to_read_and_where_to_work_whatever_the_work_is(kind, phase):
    job = Job("key", kind, None, 'Anything: " $1 @scar\n', project="p", phase=phase)  # type: ignore[arg-type]
    branch = f"feature-{phase}-the-list"

    name, *arguments = scar_core.parsed(commands.invoke(job, branch))[1]

    assert name == commands.NAMES[kind]
    if kind is RunKind.PLAN:
        found = re.search(r"what (\S+) says, on the branch ([\w-]+) and", scar_core.filled("$ARGUMENTS", arguments))
        arguments = list(found.groups()) if found else []
    assert arguments == [f".agents/asked/phase-{phase}.md", branch]


@given(st.text(min_size=1, max_size=300), st.text(min_size=1, max_size=300))
def test_conversations_have_names_that_scar_takes_and_different_ones_for_different_phases(project, branch):
    name = commands.conversation(project, branch)

    assert len(name) <= commands.LONGEST_ID
    assert name != commands.conversation(project, f"{branch}-2")


@given(st.text("0123456789+- abc.", min_size=1, max_size=12).filter(lambda name: name == name.strip()))
def test_the_number_of_an_app_is_used_where_its_name_would_be_taken_for_one(name):
    others = ["aaa", "bbb", name]
    listed = "Repositories:\n\n" + "\n".join(f"{n}. {each}" for n, each in enumerate(others, 1))

    which = commands.which(name, listed)

    number = scar_core.number(which)
    assert others[number - 1] == name if number is not None else which == name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://github.com/acme/shop.git", "shop"),
        ("https://github.com/acme/shop/", "shop"),
        ("https://github.com/acme/a.github.io", "ahub.io"),
        ("file:///data/app-1", "app-1"),
    ],
)
def test_the_name_that_scar_gives_its_copy_is_known(url, name):
    assert commands.folder(url) == name


def test_messages_stay_below_what_scar_takes():
    assert commands.fits("x" * 99_000)
    assert not commands.fits("x" * 100_000)
    assert not commands.fits("ü" * 20_000)


def test_jobs_are_the_same_when_a_person_wants_the_same():
    def job(prompt: str) -> Job:
        return Job("key", RunKind.EXECUTE, None, prompt)  # type: ignore[arg-type]

    plain, failed = job("Build."), job("Build.\n\n## What failed\n\n> SCAR is still at work\n")
    wished = job("Build.\n\n## What the person asked for\n\n> green\n")
    assert commands.identity(plain) == commands.identity(failed) != commands.identity(wished)
