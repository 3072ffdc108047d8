"""The rules on words, and files made from whatever people may call things."""

import ast
import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starter_door import SUPPER, ask, checks, repository

from orchestrator.executors.starter import plan, project, site, words

NASTY = (
    "",
    "'''\"\"\"\\",
    "<script>alert('x')</script> {root} %s {number}",
    "../../etc/passwd",
    "-m $(rm -rf /) `x`",
    "مخطط الأسبوع 🍲\u202e",
    "null\u0000 half\ud800 line\nbreak\u2028",
    "</title><img src=x onerror=alert(1)>",
    "verylongword" * 60,
)
anything = st.sampled_from(NASTY) | st.text(max_size=40)


@st.composite
def visions(draw):
    ids = draw(st.lists(anything, max_size=6))
    some = st.lists(st.sampled_from([*ids, "F1"]), max_size=4)
    criteria = st.fixed_dictionaries({"id": anything, "text": anything, "feature": st.sampled_from([*ids, ""])})
    phase = {"title": anything, "outcome": anything, "features": some, "criteria": st.lists(criteria, max_size=4)}
    feature = {"title": anything, "description": anything, "priority": st.just("HIGH")}
    return {
        **{key: draw(anything) for key in ("name", "summary", "who", "problem")},
        "features": [{"id": id, **draw(st.fixed_dictionaries(feature))} for id in ids],
        "journey": draw(st.lists(anything, max_size=3)),
        "phases": [{"number": 1, **draw(st.fixed_dictionaries(phase))}],
    }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(vision=visions(), asked=anything)
def test_whatever_things_are_called_the_files_are_sound(tmp_path, vision, asked):
    (tmp_path / ".agents").mkdir(exist_ok=True)
    (tmp_path / project.PLACE).write_text(json.dumps(vision))

    about = project.read(tmp_path)
    phase = about.phase(1)
    ground = site.survey(tmp_path, about)
    tests = site.phase_tests(ground, phase)
    files = site.phase_files(ground, about, phase, words.prose(asked)) | site.base(ground, about)
    document = plan.document(about, phase, ground, [asked])

    assert all(re.fullmatch(r"[A-Za-z0-9_./]{1,160}", path) and ".." not in path for path in files | tests)
    assert len({path.lower() for path in files}) == len(phase.features) + 1 + len(site.base(ground, about))
    for path, text in files.items():
        text.encode()
        assert site.MARK in text[:1000]
        assert not path.endswith(".json") or json.loads(text)
    (text,) = tests.values()
    tree = ast.parse(text)
    methods = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]
    described = [ast.get_docstring(one) or "" for one in methods]
    assert sum(bool(re.search(", (as far as a prototype|written down)", one)) for one in described) == len(
        phase.criteria
    )
    for kind in (one for one in ast.walk(tree) if isinstance(one, ast.ClassDef)):
        names = [one.name for one in kind.body if isinstance(one, ast.FunctionDef)]
        assert len(names) == len(set(names)), "no test takes the place of another"
    assert not re.search(r"(?<!\\)<(?!!-- Made by)", document.replace(plan.quoted(asked), ""))


async def test_a_prototype_with_nasty_names_passes_its_own_tests(tmp_path):
    features = [{"id": f"F{n}", "title": name, "description": name} for n, name in enumerate(NASTY)]
    criteria = [{"id": f"P1.{n}", "text": name, "feature": f"F{n}"} for n, name in enumerate(NASTY)]
    phase = {"number": 1, "title": NASTY[2], "outcome": NASTY[6], "criteria": criteria}
    shown = {"name": NASTY[2], "summary": NASTY[7], "who": NASTY[5], "problem": NASTY[1], "journey": NASTY}
    vision = {"features": features, "phases": [{**phase, "features": [one["id"] for one in features]}], **shown}
    tree = repository(tmp_path, vision)

    await ask(tree, "/plan-feature 1", f"/execute 1\n## What the person asked for\n{NASTY[7]}")

    code, output = checks(tree)
    assert code == 0, output


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Plan the week", "title day"),
        ("Booking a table", "title day"),
        ("Make the shopping list", "item amount"),
        ("Collect recipes", "title text"),
        ("Signing up for the swim club", "name contact"),
        ("Compare prices", "name price"),
        ("Rate a dinner", "title stars"),
        ("Planet guide", "title note"),
        ("مخطط", "title note"),
        ("", "title note"),
    ],
)
def test_the_fields_fit_the_feature(title, names):
    assert " ".join(str(field["name"]) for field in words.fields(title, "")) == names


def test_the_title_counts_before_the_description_and_a_week_has_weekdays():
    assert words.fields("Rate a dinner", "in a list")[1]["name"] == "stars"
    assert words.fields("Swap a meal", "on the shopping list")[0]["name"] == "item"
    assert [words.fields(title, "")[1]["kind"] for title in ("Plan the week", "Plan a trip")] == ["weekday", "date"]


@pytest.mark.parametrize(
    ("criterion", "kind"),
    [
        ("A dinner can be put on a day", "add"),
        ("It is still there the next day", "keep"),
        ("Bought things are ticked off", "done"),
        ("Old entries can be deleted", "remove"),
        ("A missing name is explained", "refuse"),
        ("Somebody new understands it by the tour", "tour"),
    ],
)
def test_a_criterion_gets_the_test_that_comes_nearest(criterion, kind):
    assert words.shows(criterion) == kind


def test_two_ids_never_share_an_address():
    ids = ["F1", "f1", "F 1", "F_1", "F-1", "🍕", "🍔", "", "x" * 100, "x" * 101, "1", "A"]
    slugs = {words.slug(id, "The same") for id in ids}

    assert len(slugs) == len(ids)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", slug) for slug in slugs)
    assert words.slug("F1", "Plan the week") == "f1_plan_the_week"


def test_why_a_feature_is_there_is_a_line_of_the_vision():
    journey = ["Sunday: Nadia plans the week.", "Monday: the shopping list."]

    assert words.why("Make the shopping list", journey, "Hunger", "") == journey[1]
    assert words.why("Swap a meal", journey, "Hunger", "Dinner") == "Hunger"
    assert words.why("Swap a meal", [], "", "Dinner") == "Dinner"
    assert words.why("Swap a meal", [], "", "") == "It is part of the vision."


def test_a_title_that_changes_keeps_its_address(tmp_path):
    made = tmp_path / "prototype/features/f1_plan_the_week.json"
    made.parent.mkdir(parents=True)
    made.write_text(json.dumps({"about": site.MARK, "id": "F1"}))
    (made.parent / "broken.json").write_text(f'["{site.MARK}"]')
    renamed = json.loads(json.dumps(SUPPER).replace("Plan the week", "Plan seven days"))
    (tmp_path / ".agents").mkdir()
    (tmp_path / project.PLACE).write_text(json.dumps(renamed))

    ground = site.survey(tmp_path, project.read(tmp_path))

    assert ground.slugs["F1"] == "f1_plan_the_week"
    assert ground.there == {"F1"}


def test_the_templates_ship_with_the_package():
    names = {path.name for path in Path(site.__file__).parent.joinpath("templates").rglob("*")}

    assert {"app.py.txt", "server.py.txt", "style.css", "test_base.py.txt", "gitignore.txt", "README.md.txt"} <= names
