"""Whether one sees how it is doing, and is called when it is not: dashboards and rules of alerts by their content."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.evidence.places import beside_tests
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.proof import Found, Proof, failed, proven
from orchestrator.evidence.ready.yamls import mappings, part, read
from orchestrator.evidence.words import counted, short

WORD = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
# What monitoring itself has, and the usual exporters.
USUAL = re.compile(
    r"(?:up|process_\w+|python_\w+|node_\w+|nodejs_\w+|go_\w+|probe_\w+|scrape_\w+|container_\w+|kube_\w+|pg_\w+|mysql_\w+"
    r"|redis_\w+|nginx_\w+|http_(?:requests?|request_duration_seconds|server)\w*|machine_\w+|alertmanager_\w+|prometheus_\w+)"
)
NOT_FIGURES = {
    *(
        "sum",
        "rate",
        "irate",
        "avg",
        "max",
        "min",
        "count",
        "by",
        "without",
        "increase",
        "histogram_quantile",
        "on",
        "or",
    ),
    *(
        "and",
        "unless",
        "absent",
        "absent_over_time",
        "topk",
        "bottomk",
        "delta",
        "deriv",
        "predict_linear",
        "vector",
        "time",
    ),
    *(
        "group_left",
        "group_right",
        "ignoring",
        "bool",
        "offset",
        "clamp_min",
        "clamp_max",
        "round",
        "abs",
        "ceil",
        "floor",
    ),
    *(
        "avg_over_time",
        "max_over_time",
        "min_over_time",
        "sum_over_time",
        "count_over_time",
        "changes",
        "resets",
        "scalar",
    ),
    *(
        "label_replace",
        "quantile",
        "stddev",
        "le",
        "inf",
        "nan",
        "sort",
        "sort_desc",
        "last_over_time",
        "day_of_week",
        "hour",
    ),
}
ENDINGS = re.compile(r"_(?:total|bucket|sum|count|created|seconds|bytes|info)$")
COMPARES = re.compile(r"[<>]=?|==|!=|\babsent(?:_over_time)?\s*\(|\bchanges\s*\(|\bunless\b")
SPAN = re.compile(r"(\d+)(ms|s|m|h|d|w)")
SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
FEWEST_PANELS, LONGEST_S = 3, 86400


async def dashboards(look: Look) -> Found:
    """Prove it by a dashboard whose pictures ask for figures that there are."""
    bad, path_of = "", ""
    for path, text in look.files("*.json").items():
        known = _board(text)
        if known is None or beside_tests(path):
            continue
        panels = list(_panels(known.get("panels")))
        why = _empty(panels) or _foreign(look, [query for panel in panels for query in _queries(panel)], path)
        if not why:
            return proven(f"{path} shows {counted(len(panels), 'picture')} of how it is doing.", look.read([path]))
        bad, path_of = bad or f"{path} {why}.", path_of or path
    if bad:
        return failed(bad, look.read([path_of]))
    return failed("There is no dashboard.")


def _board(text: str) -> dict[str, Any] | None:
    if '"panels"' not in text:
        return None
    try:
        known = json.loads(text)
    except (ValueError, RecursionError):
        return None
    known = known.get("dashboard", known) if isinstance(known, dict) else None
    return known if isinstance(known, dict) and isinstance(known.get("panels"), list) else None


def _panels(rows: object, depth: int = 3) -> Iterator[dict[str, Any]]:
    for one in mappings(rows):
        if one.get("type") == "row" and depth:
            yield from _panels(one.get("panels"), depth - 1)
        elif one.get("type") not in {"row", "text", "news"}:
            yield one


def _queries(panel: Mapping[str, Any]) -> Iterator[str]:
    for target in mappings(panel.get("targets")):
        said = target.get("expr") or target.get("rawSql") or target.get("query")
        if isinstance(said, str) and said.strip() and not target.get("hide"):
            yield said


def _empty(panels: list[dict[str, Any]]) -> str:
    full = [panel for panel in panels if any(_queries(panel)) and str(panel.get("title", "")).strip()]
    if len(full) < FEWEST_PANELS:
        return f"has {counted(len(full), 'picture')} with a title and a question, which is too little"
    return "" if len(full) == len(panels) else "has pictures that ask for nothing"


def _foreign(look: Look, queries: list[str], path: str) -> str:
    """Figures that nothing here counts."""
    for query in queries:
        if re.match(r"\s*select\b", query, re.IGNORECASE):
            continue
        figures = list(_figures(query))
        if not figures:
            return f"asks for no figure in “{short(query, 60)}”"
        if unknown := next((one for one in figures if not _counted(look, one, path)), ""):
            return f"asks for “{short(unknown, 60)}”, which nothing here counts"
    return ""


def _figures(query: str) -> Iterator[str]:
    """The names of figures in a question of Prometheus: without texts, labels and functions."""
    plain = re.sub(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", " ", query)
    plain = re.sub(r"\{[^{}]*\}|\[[^\[\]]*\]", " ", plain)
    plain = re.sub(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)", " ", plain, flags=re.IGNORECASE)
    for found in WORD.finditer(re.sub(r"\$\w+|\$\{\w+\}|\b\d[\w.]*", " ", plain)):
        if found[0].lower() not in NOT_FIGURES:
            yield found[0]


def _counted(look: Look, figure: str, path: str) -> bool:
    """Named in the code, or one of the usual ones, or made by a rule."""
    if USUAL.fullmatch(figure):
        return True
    names = {figure, ENDINGS.sub("", figure), ENDINGS.sub("", ENDINGS.sub("", figure))}
    return any(
        any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in names) or _prefixed(text, figure)
        for other, text in look.texts.items()
        if other != path and (_is_code(other) or f"record: {figure}" in text)
    )


def _is_code(path: str) -> bool:
    return path.endswith((".py", ".js", ".ts", ".mjs", ".go", ".rb", ".java", ".rs")) and not beside_tests(path)


def _prefixed(text: str, figure: str) -> bool:
    """A name that is put together from a prefix of the project and the rest."""
    first, _, rest = ENDINGS.sub("", figure).partition("_")
    return (
        bool(rest)
        and re.search(rf"namespace\s*=\s*['\"]{re.escape(first)}['\"]", text) is not None
        and f'"{rest}"' in text
    )


async def alerts(look: Look) -> Found:
    """Prove it by rules that call somebody when a figure of it is out of bounds."""
    good: dict[str, int] = {}
    for path, text in look.files("*.yml", "*.yaml", "*.rules").items():
        if "alert:" not in text or beside_tests(path):
            continue
        rules = list(_rules(text))
        if not rules:
            return failed(f"{path} has no rules that can be read.", look.read([path]))
        if why := next((why for rule in rules if (why := _wrong(look, rule, path))), ""):
            return failed(f"{path} {why}.", look.read([path]))
        good[path] = len(rules)
    if not good:
        return failed("Nothing calls for help when it is down, slow or full.")
    return proven(f"{counted(sum(good.values()), 'rule')} in {next(iter(good))} call for help.", look.read(good))


def _rules(text: str) -> Iterator[dict[Any, Any]]:
    for document in read(text) or ():
        groups = part(document, "groups") or part(document, "spec", "groups")
        for group in mappings(groups):
            yield from (rule for rule in mappings(group.get("rules")) if "alert" in rule)


def _wrong(look: Look, rule: Mapping[Any, Any], path: str) -> str:
    why = next(_faults(look, rule, path), "")
    return f"has a rule “{short(str(rule.get('alert')), 60)}” {why}" if why else ""


def _faults(look: Look, rule: Mapping[Any, Any], path: str) -> Iterator[str]:
    said = str(rule.get("expr") or "")
    if not said.strip():
        yield "without a question"
    if not _balanced(said):
        yield "whose question cannot be read"
    if not COMPARES.search(said):
        yield "that compares nothing"
    if not list(_figures(said)):
        yield "that asks for no figure"
    if why := _foreign(look, [said], path):
        yield f"that {why}"
    spans = SPAN.findall(str(rule.get("for", "")))
    if not spans:
        yield "that does not say for how long it must be so"
    if sum(int(number) * SECONDS[unit] for number, unit in spans) > LONGEST_S:
        yield "that waits for more than a day"


def _balanced(said: str) -> bool:
    plain = re.sub(r"\"[^\"]*\"|'[^']*'", "", said)
    return all(plain.count(one) == plain.count(other) for one, other in ("()", "{}", "[]"))


PROOFS = (Proof("O9", dashboards), Proof("O10", alerts))
