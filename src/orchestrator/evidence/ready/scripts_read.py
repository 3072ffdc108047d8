"""Finds what is wrong with tests that are written in JavaScript by reading them: left out, hollow, or steered."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from orchestrator.evidence import script_tests, tamper
from orchestrator.evidence.cases import Case
from orchestrator.evidence.places import NOT_OURS, SCRIPTS, TEST_FOLDERS, beside_tests, is_product, is_script_test
from orchestrator.evidence.ready import mapped, script_settings
from orchestrator.evidence.ready.suite import Kind, Lines, Outcome, Result, Run, Told
from orchestrator.evidence.script_tests import Script
from orchestrator.evidence.words import counted, listed

Texts = Mapping[str, str]
DECIDES = re.compile(
    r"\bprocess\s*\.\s*(?:exit|reallyExit|abort)\s*\(|\bprocess\s*\.\s*exitCode\s*=|\bprocess\s*\.\s*on\s*\(\s*['\"](?:exit|beforeExit|uncaught|unhandled)"
    r"|\bprocess\.(?:stdout|stderr)\.write\s*=|\bassert(?:\.\w+)*\s*=(?![=>])|Module\._|require\.cache|require\.extensions"
    r"|\b(?:globalThis|global)\s*(?:\.\s*|\[\s*['\"]\s*)(?:it|test|expect|describe|assert|process|Error)\b"
    r"|\bprocess\s*\.\s*(?:send|channel|binding|_\w+)\b|\bparentPort\b|__vitest\w*|__tinypool\w*|\bexpect\s*\.\s*setState"
    r"|['\"](?:node:)?(?:inspector|v8|worker_threads)['\"]|\bexpect(?:\.\w+)*\s*=(?![=>])"
    r"|\b(?:vi|jest)\s*\.\s*(?:\w*[mM]ock\w*)\(\s*['\"](?:vitest|@jest/\w+|(?:node:)?(?:assert|test)(?:/strict)?)['\"]"
    r"|\bError\.prototype|\bregister(?:Hooks)?\s*\(|\b__defineGetter__|\bObject\.defineProperty\(\s*(?:assert|process|test)"
)
SHADOWED = re.compile(
    r"(?<![\w.$])(?:const|let|var|function|class)\s+(?:expect|assert|test|it)\s*(?:=\s*(?!(?:await\s|require\b|chai\b|\w+\.))|\()"
)
BABEL = re.compile(r"babel\.config\.\w+|\.babelrc(?:\.\w+)?|\.swcrc")
REWRITES = re.compile(r"\bvisitor\b|['\"]\.{1,2}/[^'\"]*['\"]|\b(?:__dirname|resolve)\b")
RETRIES = re.compile(r"\bretryTimes\s*\(|(?<![\w.])retry\s*:\s*(?!0\b|false\b)\w|\bthis\.retries\s*\(")
TRIES = re.compile(r"(?<![\w.$])try\s{0,9}\{")
NOTHING = re.compile(r"\s{0,9}catch\s{0,9}(?:\([^()]{0,80}\)\s{0,9})?\{\s*\}")
FAILING = re.compile(r"\b(?:it|test)(?:\.\w+)*\.(?:fails|failing)\b")
KNOWS = re.compile(
    r"NODE_TEST_CONTEXT|\bNODE_V8_COVERAGE\b|JEST_WORKER_ID|\bVITEST\b|NODE_ENV['\"\]]*\s*[!=]==?\s*['\"]test|import\.meta\.vitest"
)
TOLERATED = 10  # of a hundred tests, how many may only see that nothing breaks
WHOLE = re.compile(r"playwright|puppeteer|selenium|webdriver")
STARTS = re.compile(r"\b(?:spawn|spawnSync|exec|execFile|execSync|execFileSync|fork)\s*[()]")
TOGETHER = re.compile(
    r"supertest|\bfetch\s*\(|child_process|node:fs|['\"]fs['\"]|node:http|node:net|sqlite|['\"]pg['\"]|mkdtemp|listen\s*\("
)
LABELS = {
    Kind.END_TO_END: re.compile(r"e2e|end-?to-?end|browser|acceptance|system|journeys?"),
    Kind.INTEGRATION: re.compile(r"integration|functional|api"),
    Kind.UNIT: re.compile(r"units?"),
}
CONFIGURATION = re.compile(
    r"\.config\.\w+$|^\.?eslintrc|^gulpfile|^gruntfile|^(?:vitest|jest)[.-]setup\.\w+$|^setup-?tests?\.\w+$",
    re.IGNORECASE,
)
TAKES_IN = re.compile(r"(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\()\s*['\"]\.{1,2}/(?:[^'\"]*/)?([^'\"/]+)['\"]")


def decided(texts: Texts, hooks: Iterable[str] = ()) -> str:
    """What decides instead of the tests. `hooks` are files that are run before them."""
    for path, text in texts.items():
        if BABEL.fullmatch(PurePosixPath(path).name) and (found := REWRITES.search(script_tests.script(text).plain)):
            return f"{path} has code rewritten by the project itself before it is run: {' '.join(found[0].split())}"
    before = early(hooks)
    for path, text in _scripts(texts).items():
        plain = script_tests.script(text).plain
        near = beside_tests(path) or path in before
        if near and (found := DECIDES.search(plain) or SHADOWED.search(plain)):
            return f"{path} decides by itself what becomes of the tests: {' '.join(found[0].split())}"
        if near and (found := RETRIES.search(plain)):
            return f"{path} has tests tried again until they pass: {' '.join(found[0].split())}"
        if not near and KNOWS.search(plain) and not CONFIGURATION.search(PurePosixPath(path).name):
            return f"{path}: The app looks whether it is being tested, and may behave otherwise then."
    return ""


def little(texts: Texts) -> str:
    """What is left out, or proves nothing."""
    return next(_little(texts), "")


def _little(texts: Texts) -> Iterator[str]:
    suites = {path: one for path, one in tamper.suites(texts).items() if PurePosixPath(path).suffix in SCRIPTS}
    for path, one in suites.items():
        if one.only:
            yield f"{path} has “only” in it, so the other tests are not run."
    for path, text in _scripts(texts).items():
        if is_script_test(path) and FAILING.search(script_tests.script(text).plain):
            yield f"{path} has tests that pass only when they fail, so they prove nothing."
        if is_script_test(path) and _caught(script_tests.script(text)):
            yield f"{path} catches what its own checks find, so it cannot fail."
        lost = [name for name in _names(text) if TEST_FOLDERS & set(PurePosixPath(path).parts[:-1])]
        if lost and not is_script_test(path) and not _imported(path, texts):
            yield f"The tests in {path} are never run, because of its name: {listed(lost)}."
    cases = [(path, case) for path, one in suites.items() for case in one.cases.values() if not case.skipped]
    if cannot := [(path, case) for path, case in cases if not case.sites and (case.hollow or case.swallowed)]:
        yield f"{counted(len(cannot), 'test')} cannot fail, whatever the app does: {_listed(cannot)}."
    nothing = [(path, case) for path, case in cases if not case.sites]
    if len(nothing) * 100 > TOLERATED * len(cases):
        yield f"{len(nothing)} of {counted(len(cases), 'test')} check nothing: {_listed(nothing)}."


def _caught(one: Script) -> bool:
    """Whether there is a check whose failure ends in nothing."""
    for match in TRIES.finditer(one.bare):
        end = one.end(match.end() - 1)
        if NOTHING.match(one.bare, end) and script_tests.CHECK.search(one.bare, match.end(), end):
            return True
    return False


def _names(text: str) -> list[str]:
    one = script_tests.script(text)
    return list(script_tests.suite(one, script_tests.helpers([one])).cases)


def _imported(path: str, texts: Texts) -> bool:
    return any(
        PurePosixPath(path).stem in text for other, text in texts.items() if other != path and beside_tests(other)
    )


def _listed(found: list[tuple[str, Case]]) -> str:
    return listed([f"{path}: {case.name}" for path, case in found])


def missing(texts: Texts, run: Run) -> str:
    """What is there, by reading, and of which the run knows too little."""
    for path, one in tamper.suites(texts).items():
        known = [result for result in run.results if result.file == path]
        if PurePosixPath(path).suffix in SCRIPTS and len(known) < len(one.cases):
            return f"{counted(len(one.cases) - len(known), 'test')} in {path} never ran."
    return _unreached(texts, run)


def _unreached(texts: Texts, run: Run) -> str:
    """Checks in tests whose line did not run, by what was measured."""
    for path in (path for path in run.lines if is_script_test(path)):
        one, missed = script_tests.script(texts[path]), run.lines[path].missed
        lost = [at for match in script_tests.CHECK.finditer(one.bare) if (at := _line(one, match.start())) in missed]
        if lost and not any(result.file == path and result.outcome is Outcome.SKIPPED for result in run.results):
            say = "is" if len(lost) == 1 else "are"
            return f"{counted(len(lost), 'check')} in {path} {say} never reached, first in line {lost[0]}."
    return ""


def _line(one: Script, at: int) -> int:
    return one.bare.count("\n", 0, at) + 1


def files(texts: Texts) -> tuple[str, ...]:
    """All files of the product. What it takes in is part of it, even where it is named like settings."""
    found = [path for path in _scripts(texts) if is_product(path) and not path.endswith((".d.ts", ".d.mts", ".d.cts"))]
    named = {path for path in found if CONFIGURATION.search(PurePosixPath(path).name)}
    taken = {word for path in found if path not in named for word in TAKES_IN.findall(texts[path])}
    return tuple(
        path for path in found if path not in named or {PurePosixPath(path).name, PurePosixPath(path).stem} & taken
    )


def hidden(texts: Texts, _run: Run) -> str:
    """Files of the product that lie where tests do."""
    for path in files(texts):
        for found in re.findall(r"(?:from|import|require\()\s*['\"](\.[^'\"]+)['\"]", texts[path]):
            if TEST_FOLDERS & set(PurePosixPath(found).parts):
                return f"{path} uses code that lies among the tests, where it is not measured: “{found}”."
    if evals := [
        path
        for path in files(texts)
        if re.search(r"\beval\s*\(|new Function\s*\(", script_tests.script(texts[path]).plain)
    ]:
        return f"Code is kept as text, so nobody can say whether tests reach it: {listed(evals)}."
    return ""


def measured(texts: Texts, run: Run) -> dict[str, Lines]:
    """Those that no test loads as well; what is run before the tests is no part of the product."""
    product = set(files(texts)) - early(run.hooks)
    return {path: run.lines.get(path) or Lines(missed=mapped.code(path, texts[path])) for path in sorted(product)}


def early(hooks: Iterable[str]) -> set[str]:
    """The files that are run before the tests."""
    return {PurePosixPath(path.removeprefix(f"{script_settings.HERE}/")).as_posix() for path in hooks}


def excused(_texts: Texts, _one: Result) -> bool:
    return False


def told(texts: Texts, results: tuple[Result, ...]) -> tuple[Told, ...]:
    """The kind of each test, by where it lies and what its file uses."""
    suites, found = tamper.suites(texts), []
    for one in results:
        does, says = _does(texts, one.file), _label(one.file)
        kind = does if says is Kind.END_TO_END else says or does
        if says is Kind.INTEGRATION and does is Kind.UNIT:
            kind = Kind.UNIT
        suite = suites.get(one.file)
        checks = suite is not None and not suite.mocks and any(case.sites for case in suite.cases.values())
        real = one.outcome is Outcome.PASSED and checks and does is not Kind.UNIT
        found.append(Told(one, kind, says if says and says is not kind else None, real))
    return tuple(found)


def _does(texts: Texts, path: str) -> Kind:
    plain = script_tests.script(texts.get(path, "")).plain
    if WHOLE.search(plain) or (STARTS.search(plain) and any(_called(one) in plain for one in files(texts))):
        return Kind.END_TO_END
    return Kind.INTEGRATION if TOGETHER.search(plain) or STARTS.search(plain) else Kind.UNIT


def _called(path: str) -> str:
    return PurePosixPath(path).name


def _label(path: str) -> Kind | None:
    at = PurePosixPath(path)
    words = [*at.parts[:-1], *re.split(r"[._-]", at.name)]
    return next((kind for kind, pattern in LABELS.items() if any(pattern.fullmatch(word) for word in words)), None)


def _scripts(texts: Texts) -> dict[str, str]:
    return {
        path: text
        for path, text in texts.items()
        if PurePosixPath(path).suffix in SCRIPTS and not NOT_OURS & set(PurePosixPath(path).parts)
    }
