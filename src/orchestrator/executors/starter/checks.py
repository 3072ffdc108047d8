"""The test file of a phase: what each criterion becomes, as far as a prototype can show it."""

import re
from collections.abc import Mapping

from orchestrator.executors.starter import words
from orchestrator.executors.starter.project import Criterion, Feature, Phase

TURNS = re.compile(
    "[\u202a-\u202e\u2066-\u2069]"
)  # turn the direction of writing: code would read otherwise than it runs

# What is tried, in words for the plan: the end of the test's name, and the sentence.
TRIED = {
    "open": ("the_page_opens", "The page opens from the first page and has one heading with the feature's name."),
    "add": ("an_entry_is_listed", "What is typed into the form is stored and stands first in the list."),
    "keep": ("an_entry_survives_a_restart", "What was stored is still there after the site was stopped and started."),
    "refuse": ("wrong_input_is_refused", "Wrong or missing input gets a sentence beside the field; nothing is stored."),
    "safe": ("markup_is_shown_as_text", "Markup that somebody types in is shown as text."),
    "done": ("an_entry_is_marked_as_done", "An entry can be marked as done, and opened again."),
    "remove": ("an_entry_is_removed", "An entry can be removed, and no other goes with it."),
    "tour": ("the_tour_leads_here", "A step of the guided tour leads to the page."),
    "promise": ("the_promise_is_on_its_page", "It is not tried. It stands on the page of promises, word for word."),
}
MANY = 12
ALWAYS = ("open", "add", "refuse", "safe", "done", "remove", "tour")

HEAD = '''"""What phase {number} promises, tried on the running prototype. Made by the starter, which is not an AI."""

import unittest

from site_under_test import NASTY, FeaturePage, Site, phase, plain

SITE = Site()
setUpModule, tearDownModule = SITE.start, SITE.stop


class PhaseTest(unittest.TestCase):
    def test_everything_that_was_promised_is_written_down(self) -> None:
        """The page of promises names this phase, its outcome and each criterion."""
        text = SITE.get("/promises").page.text
        made = phase({number})
        for promise in (made["title"], made["outcome"], *(one["text"] for one in made["criteria"])):
            self.assertIn(plain(promise), text)

    def test_the_pages_of_this_phase_keep_what_was_typed_in(self) -> None:
        """Every feature of the phase takes an entry, and all of them are there after one restart."""
        pages = [FeaturePage(SITE, slug) for slug in phase({number})["pages"]]
        for page in pages:
            self.assertEqual(page.add("Kept overnight").status, 303)
        SITE.restart()
        for page in pages:
            self.assertTrue(page.entry("Kept overnight"), page.slug)

    def test_people_can_say_what_they_think(self) -> None:
        """What somebody says about this phase is kept and listed."""
        words = f"About phase {{phase({number})['number']}}"
        self.assertEqual(SITE.post("/feedback", {{"name": "Tom", "text": words}}).status, 303)
        self.assertIn(words, SITE.get("/feedback").page.entries[0])
'''
CLASS = """

class {name}(unittest.TestCase):
    def setUp(self) -> None:
        self.page = FeaturePage(SITE, "{slug}")
"""
TEST = '''
    def {name}(self) -> None:
        """{says}"""
{body}'''
BODIES = {
    "open": """
        answer = self.page.open()
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.page.h1, [plain(self.page.feature["title"])])
        self.assertIn(plain(self.page.feature["why"]), answer.page.text)
        self.assertTrue(self.page.on_the_first_page())
""",
    "add": """
        self.assertEqual(self.page.add("First {word}").status, 303)
        self.assertEqual(self.page.add("Second {word}").status, 303)
        self.assertIn("Second {word}", self.page.open().page.entries[0])
        self.assertTrue(self.page.entry("First {word}"))
""",
    "keep": """
        self.assertEqual(self.page.add("Kept {word}").status, 303)
        SITE.restart()
        self.assertTrue(self.page.entry("Kept {word}"))
""",
    "refuse": """
        before = self.page.open().page.entries
        for name, values in self.page.wrong():
            answer = SITE.post(self.page.path, values)
            self.assertEqual(answer.status, 400, name)
            self.assertIn(f'id="field-{{name}}-problem"', answer.html)
        self.assertEqual(self.page.open().page.entries, before)
""",
    "safe": """
        self.assertEqual(self.page.add(NASTY).status, 303)
        self.assertTrue(self.page.entry(NASTY))
        self.assertNotIn("script", self.page.open().page.tags)
""",
    "done": """
        self.page.add("Finish {word}")
        self.assertEqual(self.page.press("done", "Finish {word}").status, 303)
        self.assertTrue(self.page.entry("Finish {word}").startswith("Done"))
        self.assertEqual(self.page.press("open", "Finish {word}").status, 303)
        self.assertTrue(self.page.entry("Finish {word}").startswith("Finish"))
""",
    "remove": """
        self.page.add("Stays {word}")
        self.page.add("Goes {word}")
        self.assertEqual(self.page.press("remove", "Goes {word}").status, 303)
        self.assertEqual(self.page.entry("Goes {word}"), "")
        self.assertTrue(self.page.entry("Stays {word}"))
""",
    "tour": """
        self.assertEqual(self.page.open().status, 200)
        self.assertTrue(self.page.in_the_tour())
""",
    "promise": """
        promised = phase({number})["criteria"][{word}]
        self.assertIn(plain(promised["text"]), SITE.get("/promises").page.text)
""",
}
TAIL = """

if __name__ == "__main__":
    unittest.main()
"""


def of_phase(phase: Phase, slugs: Mapping[str, str]) -> str:
    """The whole file. `slugs` are the addresses of the features, by id."""
    parts = [HEAD.format(number=phase.number)]
    parts += [_test(phase, one, "promise") for one in phase.criteria if kind(phase, one) == "promise"]
    for feature, named in class_names(phase, slugs).items():
        parts += [CLASS.format(name=named, slug=slugs[feature.id]), *_tests(phase, feature)]
    return "".join(parts) + TAIL


def class_names(phase: Phase, slugs: Mapping[str, str]) -> dict[Feature, str]:
    """How the tests of each feature are called together; no two alike."""
    named: dict[Feature, str] = {}
    for feature in phase.features:
        title = "".join(part.capitalize() for part in slugs[feature.id].split("_"))
        named[feature] = f"{title}{'Too' * (title in named.values())}"
    return {feature: f"{title}Test" for feature, title in named.items()}


def kind(phase: Phase, criterion: Criterion) -> str:
    """Which test shows it: one on its feature's page, or, where it has none in this phase, that it is written down."""
    ours = {feature.id for feature in phase.features}
    return words.shows(criterion.text) if criterion.feature in ours else "promise"


def name(criterion: Criterion, kind: str) -> str:
    return f"test_{_named(criterion)}_{TRIED[kind][0]}"


def always(phase: Phase, feature: Feature) -> tuple[str, ...]:
    """What is tried on every page; less from the thirteenth of a phase on, so that its tests end in seconds."""
    return ALWAYS if phase.features.index(feature) < MANY else ALWAYS[:1]


def _tests(phase: Phase, feature: Feature) -> list[str]:
    own = [criterion for criterion in phase.criteria if criterion.feature == feature.id]
    return [_test(phase, one, kind(phase, one)) for one in own] + [_plain_test(key) for key in always(phase, feature)]


def _test(phase: Phase, criterion: Criterion, kind: str) -> str:
    reach = "written down and not tried" if kind == "promise" else "as far as a prototype shows it"
    says = f"{safe(criterion.id)}, {reach}: {safe(criterion.text)}"
    word = phase.criteria.index(criterion) if kind == "promise" else _named(criterion)
    return _written(name(criterion, kind), says, BODIES[kind].format(word=word, number=phase.number))


def _plain_test(kind: str) -> str:
    named, says = TRIED[kind]
    return _written(f"test_{named}", says, BODIES[kind].format(word="thing"))


def _written(named: str, says: str, body: str) -> str:
    return TEST.format(name=named, says=says, body=body.removeprefix("\n"))


def _named(criterion: Criterion) -> str:
    """The id as part of a name: P1.2 becomes p1_2; anything stranger is told apart by its letters' numbers."""
    if re.fullmatch(r"[A-Z][0-9]+(\.[0-9]+)*", criterion.id):
        return criterion.id.lower().replace(".", "_")
    return words.slug(criterion.id, "")


def safe(text: str) -> str:
    """Words for a comment or a docstring: nothing in them can end it or mean anything to Python."""
    return words.plain(TURNS.sub("", text).replace("\\", "/").replace('"', "'"), 90)
