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
    "home": ("the_first_page_leads_everywhere", "The first page says what it is and for whom, and links to each page."),
    "walk": ("the_tour_shows_the_way", "The guided tour goes step by step and leads to every page of the phase."),
    "voice": ("feedback_is_listed", "What somebody says is kept and stands first on the page of feedback."),
    "lasting": ("everything_is_still_there", "What was entered on every page is there after a stop and a start."),
    "before": ("earlier_phases_still_work", "Every page of the phases before takes an entry and shows it."),
    "promise": ("the_promise_is_on_its_page", "It is not tried. It stands on the page of promises, word for word."),
}
WHOLE = (  # what a promise that belongs to no feature is about
    ("before", re.compile(r"\bphases? before\b|\bearlier phases?\b", re.IGNORECASE)),
    ("lasting", re.compile(r"\bstopped\b|\brestart", re.IGNORECASE)),
    ("voice", re.compile(r"\bfeedback\b", re.IGNORECASE)),
    ("walk", re.compile(r"\btour\b", re.IGNORECASE)),
    ("home", re.compile(r"\bfirst page\b", re.IGNORECASE)),
)
MANY = 12
ALWAYS = ("open", "add", "refuse", "safe", "done", "remove", "tour")

HEAD = '''"""What phase {number} promises, tried on the running prototype. Made by the starter, which is not an AI."""

import unittest

from site_under_test import NASTY, FeaturePage, Site, phase, plain, vision

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
    "home": """
        page, about = SITE.get("/").page, vision()
        self.assertIn(plain(about["name"])[:100], page.h1[0])
        self.assertIn(plain(about.get("who", ""))[:200], page.text)
        for slug in phase({number})["pages"]:
            self.assertTrue(FeaturePage(SITE, slug).on_the_first_page(), slug)
""",
    "walk": """
        self.assertEqual(SITE.get("/tour/1").status, 200)
        for slug in phase({number})["pages"]:
            self.assertTrue(FeaturePage(SITE, slug).in_the_tour(), slug)
""",
    "voice": """
        self.assertEqual(SITE.post("/feedback", {{"name": "Ada", "text": "Heard {number}"}}).status, 303)
        self.assertIn("Heard {number}", SITE.get("/feedback").page.entries[0])
""",
    "lasting": """
        pages = [FeaturePage(SITE, slug) for slug in phase({number})["pages"]]
        for page in pages:
            self.assertEqual(page.add("Lasting {number}").status, 303)
        SITE.restart()
        for page in pages:
            self.assertTrue(page.entry("Lasting {number}"), page.slug)
""",
    "before": """
        for number in [one["number"] for one in vision()["phases"] if one["number"] < {number}]:
            for slug in phase(number)["pages"]:
                page = FeaturePage(SITE, slug)
                self.assertEqual(page.add("Still works").status, 303, slug)
                self.assertTrue(page.entry("Still works"), slug)
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
    parts += [_test(phase, one, kind(phase, one)) for one in phase.criteria if not _on_a_page(phase, one)]
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
    """Which test shows it: one on its feature's page, one of the whole app, or else that it is written down."""
    if _on_a_page(phase, criterion):
        return words.shows(criterion.text)
    return next((kind for kind, about in WHOLE if about.search(criterion.text)), "promise")


def _on_a_page(phase: Phase, criterion: Criterion) -> bool:
    return criterion.feature in {feature.id for feature in phase.features}


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
