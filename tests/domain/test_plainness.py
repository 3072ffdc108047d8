"""Texts for people hold no code, no words of the trade and no shouting; good sentences and other languages pass."""

import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_sentences import BAD, ELSEWHERE, ELSEWHERE_BAD, GOOD, HARD_TEXT

from orchestrator.conversation import asking
from orchestrator.domain import jargon, question
from orchestrator.domain.plainness import HARDEST, Kind, findings, mended, reading_grade
from orchestrator.domain.roadmap import Criterion, PlannedPhase

PHASE = PlannedPhase(
    number=2,
    title="Plan the week",
    outcome="You can plan seven dinners.",
    features=("F1",),
    criteria=(Criterion(id="P2.1", text="The plan is still there tomorrow.", feature="F1"),),
)
PIECES = st.sampled_from(
    [
        *(
            "`",
            "```",
            "```py\n",
            "~~~\n",
            "[",
            "](",
            "](http://a.b/c)",
            ")",
            "(",
            "![",
            "<b>",
            "</b>",
            "<",
            ">",
            "<!--",
        ),
        *(
            "!",
            "!!",
            "?!",
            "¡",
            "！",
            "？",
            "🎉",
            "👩‍👧",
            "\ufe0f",
            "\u200d",
            "*",
            "**",
            "_",
            "#",
            "- ",
            "Assistant:",
            "AI: ",
        ),
        *(
            "<think>",
            "</think>",
            "https://a.b/c",
            "www.a.b",
            "app.py",
            " ",
            "  ",
            "\n",
            "\n\n\n",
            "\t",
            "\r",
            ".",
            ",",
            '"',
        ),
        *(
            "commit",
            "a commit",
            "Commits",
            "the branch",
            "A new PR",
            "pull request",
            "PRs",
            "is",
            "an MVP",
            "API key",
            "API",
        ),
        *(
            "unit test",
            "unit",
            "language model",
            "large",
            "LLM",
            "merged",
            "push",
            "edge case",
            "feature",
            "the",
            "This",
        ),
        *(
            "URL",
            "test suite",
            "passes",
            "sprint",
            "milestone",
            "next",
            "executor",
            "ich",
            "und",
            "für",
            "é",
            "中",
            "s",
            "a",
        ),
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=30).map("".join), st.lists(PIECES).map(" ".join))
ADVERSE = [
    *(
        "[",
        "[[a](",
        "](",
        "`",
        "```",
        "<",
        "<a =",
        "<!--",
        "(",
        "!",
        "?",
        " ",
        " \n",
        "a_",
        "a.",
        "Aa",
        "/a",
        "./",
        "a/",
    ),
    *(
        "😀 ",
        "0a",
        '{ "',
        "“",
        "„",
        "a branch ",
        "API ",
        "pull request ",
        "git a ",
        "Assistant: ",
        "<think>",
        "A’",
        "F1 ",
    ),
    *("www.!", "https://", "...", "e.g. ", "a-b.", "中", "a new PR "),
]


def kinds(text: str, **more: object) -> set[Kind]:
    return {finding.kind for finding in findings(text, **more)}


def our_own_words() -> Iterator[str]:
    yield from (
        asking.NOT_AN_AI,
        asking.OFFER,
        asking.WRITE,
        asking.UNKNOWN,
        asking.NOTHING,
        asking.ENOUGH,
        asking.LEAVE,
    )
    for asked in asking.QUESTIONS.values():
        yield from (asked.text, asked.means, asked.why, asked.again, *asked.quick)
    yield from asking.GLOSSARY.values()
    yield from question.AFTER.values()
    proof = question.Proof(("12 checks passed.",), ("The page is slow.",), tries=2)
    for decision in (
        question.vision("Supper Sorted", 1, ("Who pays is open.",), "One feature is new."),
        question.roadmap([PHASE], 1, "You said: the week first.", "The builder is ready."),
        question.plan(PHASE, "plan-2", 1),
        question.result(PHASE, proof, last=True),
        question.problem("Two checks stayed red.", 2, proof, building=True),
    ):
        yield from (decision.question, decision.why, decision.on_yes, decision.on_no, *decision.considerations)
        yield from (fact for _, fact in decision.facts)
        yield from (part for way in decision.ways for part in (way.label, way.sentence))


@pytest.mark.parametrize("text", [*GOOD, *ELSEWHERE])
def test_good_sentences_pass_and_stay_as_they_are(text):
    assert findings(text) == ()
    assert mended(text) == text


@pytest.mark.parametrize("text", sorted(set(our_own_words())))
def test_our_own_words_pass(text):
    assert findings(text) == ()
    assert mended(text) == text


@pytest.mark.parametrize(("text", "kind"), [*BAD, *ELSEWHERE_BAD])
def test_bad_sentences_are_found_out_for_what_is_wrong_with_them(text, kind):
    assert kinds(text) == {Kind(kind)}


def test_there_are_enough_samples_of_all_kinds():
    assert min(len(GOOD), len(BAD)) >= 60
    assert {Kind(kind) for _, kind in BAD} == set(Kind)


def test_a_finding_says_which_words_and_where():
    text = "I made a commit, see app.py."
    assert [(finding.text, text[finding.at :][: len(finding.text)]) for finding in findings(text)] == [
        ("commit", "commit"),
        ("app.py", "app.py"),
    ]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("I want it on PostgreSQL.", "We keep it in PostgreSQL."),
        ("can you commit it?", "The last commit is safe, and I committed the changes."),
        ("Our repositories are full", "Your repository is ready."),
        ("I read about pull requests", "I opened a pull request."),
        ("Do you have an api?", "The API is there, APIs are fine."),
        ("Look at https://www.example.com/soup/", "I looked at https://example.com/soup today."),
        ("it is in app.py", "I changed app.py."),
        ("our app is called supperSorted", "We start with supperSorted."),
        ("It is for the Yahoo! group", "The Yahoo! group gets a page."),
        ("It is for the SWIMMERS", "The SWIMMERS come first."),
    ],
)
def test_people_are_answered_with_the_words_that_they_used_first(said, answer):
    assert findings(answer)
    assert findings(answer, said_by_person=said) == ()
    assert mended(answer, said_by_person=said) == answer


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("I made a commit.", "I made a save point."),
        ("The last three commits are safe.", "The last three save points are safe."),
        ("Every Commit counts.", "Every Save point counts."),
        ("I pushed the branch.", "I pushed the trial copy."),
        ("It is on a feature branch.", "It is on a trial copy."),
        ("I opened a pull request.", "I opened draft changes."),
        ("A pull request is open.", "Draft changes are open."),
        ("A new PR was opened.", "New draft changes were opened."),
        ("This pull request isn’t ready.", "These draft changes aren’t ready."),
        ("Pull requests wait for you.", "Draft changes wait for you."),
        ("The test suite passes.", "The tests pass."),
        ("You need an API key.", "You need a key."),
        ("It is an unit test.", "It is a test."),
        ("We found a edge case.", "We found an unusual case."),
        ("We plan an MVP.", "We plan a first version."),
        ("The LLM is slow.", "The AI model is slow."),
        ("Each pull request counts.", "Each pull request counts."),
        ("PR #12 is open.", "PR #12 is open."),
        ("The pull request adds a page.", "The pull request adds a page."),
        ("The commit message is short.", "The commit message is short."),
        ("I committed the changes.", "I committed the changes."),
        ("I will commit the changes.", "I will commit the changes."),
        ("We commit code and push the branches.", "We commit code and push the trial copies."),
        ("We commit to two evenings.", "We commit to two evenings."),
        ("Der Commit ist da und das ist gut.", "Der Commit ist da und das ist gut."),
        ("Here:\n```py\nx = 1\n```\nDone.", "Here:\n\nDone."),
        ("Here: ```py\nx = 1\n``` and done.", "Here: and done."),
        ("```markdown\nAll is **well**.\n```", "All is **well**."),
        ("Done.\n```\nx = 1", "Done."),
        ("Look at `the list` first.", "Look at the list first."),
        ("See [the list](https://a.b/c) first.", "See the list first."),
        ("See https://a.b/c, then rest.", "See, then rest."),
        ("![soup](https://a.b/c.png) Soup it is.", "Soup it is."),
        ("This is <b>bold</b>, <!-- and --> x < y.", "This is bold, and x < y."),
        ("<think>They want soup.</think>Soup it is.", "Soup it is."),
        ("Great!!! Is it?! Yes!", "Great. Is it? Yes."),
        ("好的！！下一步？", "好的。下一步？"),
        ("Well done 🎉🎉. Go on 👩‍👧 now ✅", "Well done. Go on now"),
        ("Assistant: Assistant: hello.", "Hello."),
        ("**AI:** hello.", "Hello."),
        ("- one\n  - two\n\n\n\n- **three**   four \n", "- one\n  - two\n\n- **three** four"),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_what_has_only_one_repair_is_repaired(text, plain):
    assert mended(text) == plain


@given(TEXTS)
def test_mending_twice_is_mending_once(text):
    assert mended(mended(text)) == mended(text)


@given(TEXTS, TEXTS)
def test_any_text_can_be_looked_at_and_mended_and_hardly_grows(text, said):
    for finding in findings(text, said_by_person=said):
        assert 0 <= finding.at <= len(text)
    assert len(mended(text, said_by_person=said)) <= len(text) + 16 * len(text.split())


@given(st.sampled_from(sorted(jargon.NOUNS)))
def test_the_plain_words_are_plain(name):
    assert all(findings(f"We saw the {words} of Tom.") == () for words in jargon.NOUNS[name] if words)


@pytest.mark.parametrize("piece", ADVERSE)
def test_work_grows_with_the_text_and_not_faster(piece):
    """Calls are counted; a search that tries the rest of the text from every place would not end before the timeout."""
    once, twice = (calls((piece * 8_000)[:size]) for size in (4_000, 8_000))
    assert twice <= 2.5 * once + 1_000
    long = (piece * 100_000)[:100_000] + "x"
    findings(long)
    assert mended(mended(long)) == mended(long)


def calls(text: str) -> int:
    count = 0

    def called(*_: object) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        findings(text)
        mended(text)
    finally:
        sys.setprofile(before)
    return count


def test_a_hard_text_has_a_higher_grade_and_little_or_foreign_text_has_none():
    easy = "We plan the week. You pick the soup. Tom buys it in the shop."
    assert 0 < reading_grade(easy) + 4 < HARDEST < reading_grade(HARD_TEXT)
    assert reading_grade("Internationalisation is the consideration.") == 0.0
    assert reading_grade(" ".join(ELSEWHERE[:3])) == 0.0


@pytest.mark.parametrize(("limit", "found"), [(10, set()), (9, {Kind.LONG})])
def test_a_text_may_be_as_long_as_was_allowed(limit, found):
    assert kinds("Ten chars.", limit=limit) == found


@pytest.mark.parametrize(("most", "found"), [(0, 2), (1, 1), (2, 0)])
def test_as_many_questions_may_be_asked_as_were_allowed(most, found):
    text = "Who is it for? You said “who pays?” and that is open. And when?"
    assert len(findings(text, questions=most)) == found
