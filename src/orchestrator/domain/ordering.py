"""In which order features are built and how many phases they make, heeding what a person said about it. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil

from orchestrator.domain import plain
from orchestrator.domain.brief import Brief, Feature
from orchestrator.domain.editing import find

MOST = 8  # phases
PER_PHASE = 1.5  # features, as long as there are few

_FEWER = re.compile(
    r"(?:please )?(?:make it |i want |i'd like |we need )?(?:fewer|less|not so many) (?:phases|steps)", re.IGNORECASE
)
_MORE = re.compile(
    r"(?:please )?(?:make it |i want |i'd like |we need )?(?:more|smaller) (?:phases|steps)", re.IGNORECASE
)
_COUNT = re.compile(
    rf"(?:please )?(?:make it |i want |i'd like |do it |build it )?(?:in |only |just )*"
    rf"(?P<n>\d{{1,2}}|{'|'.join(plain.NUMBERS[1:])}) (?:phases?|steps?)(?: only)?",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"(?:please )?(?:start with|begin with|(?:do|build|make|put) )?\s*(?P<x>.+?)(?: (?:should (?:come|be)|comes"
    r"|must (?:come|be)|to be))?"
    r" (?:first|at the start|as soon as possible|earlier)|(?:please )?(?:start|begin) with (?P<y>.+)",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"(?:please )?(?:(?:do|build|make|put|leave) )?(?P<x>.+?)(?: (?:should (?:come|be)|comes|must (?:come|be)"
    r"|can (?:come|be|wait)|to be))?"
    r" (?:last|at the end|later|for later|until the end)",
    re.IGNORECASE,
)
_WITH = re.compile(
    r"(?:please )?(?:(?:do|build|make|put|combine) )?(?P<x>.+?) (?:together with|in the same phase as"
    r"|along with) (?P<y>.+)"
    r"|(?:please )?(?:(?:do|build|make|put|combine) )?(?P<v>.+?) and (?P<w>.+?) (?:together|in (?:one|the same) phase)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Order:
    """`bound` are pairs of features that share a phase."""

    features: tuple[Feature, ...]
    phases: int
    bound: tuple[tuple[str, str], ...] = ()
    done: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()

    @property
    def groups(self) -> list[list[Feature]]:
        """The features of each phase. The early phases are the smaller ones, so that there is soon something to try."""
        blocks = _blocks(self.features, self.bound)
        count = min(self.phases, len(blocks), MOST)
        return [[f for block in part for f in block] for part in _dealt(blocks, count)]

    @property
    def says(self) -> str:
        """What became of the notes."""
        heeded = f"Done as you asked: {plain.listed(self.done)}." if self.done else ""
        quoted = plain.listed([f"“{plain.cut(note, 120)}”" for note in self.unclear])
        puzzled = f"Not understood, so not used: {quoted}. {HOW}" if quoted else ""
        return " ".join(filter(None, (heeded, puzzled)))


HOW = "You can write “fewer phases”, “more phases”, or the name of a feature with “first” or “last”."


def arranged(features: Sequence[Feature], notes: Iterable[str]) -> Order:
    """The order that the priorities give, changed by each note that is understood."""
    order = Order(tuple(features), min(MOST, ceil(len(features) / PER_PHASE)))
    for note in notes:
        for wish in re.split(r"[\n;]+|(?<=[.!?])\s+|,\s+(?:and |then )?", note):
            if words := plain.bare(plain.one_line(plain.clean(wish))):
                order = _heeded(order, words)
    return order


def _heeded(order: Order, note: str) -> Order:
    for understood in (_counted, _together, _moved):
        if (after := understood(order, note)) is not None:
            return replace(after, done=(*order.done, plain.uncapital(plain.cut(note, 80))))
    return replace(order, unclear=(*order.unclear, note))


def _counted(order: Order, note: str) -> Order | None:
    if _FEWER.fullmatch(note):
        return replace(order, phases=max(1, order.phases - max(1, order.phases // 3)))
    if _MORE.fullmatch(note):
        return replace(order, phases=min(MOST, order.phases + max(1, order.phases // 3)))
    if found := _COUNT.fullmatch(note):
        count = int(found["n"]) if found["n"].isdigit() else plain.NUMBERS.index(found["n"].casefold())
        return replace(order, phases=count) if 1 <= count <= MOST else None
    return None


def _together(order: Order, note: str) -> Order | None:
    if not (found := _WITH.fullmatch(note)):
        return None
    one, other = _meant(order, found["x"] or found["v"]), _meant(order, found["y"] or found["w"])
    if one is None or other is None or one is other:
        return None
    return replace(order, bound=(*order.bound, (one.id, other.id)))


def _moved(order: Order, note: str) -> Order | None:
    for form, to_front in ((_FIRST, True), (_LAST, False)):
        if (found := form.fullmatch(note)) and (feature := _named(order, found)):
            others = tuple(f for f in order.features if f is not feature)
            return replace(order, features=(feature, *others) if to_front else (*others, feature))
    return None


def _named(order: Order, found: re.Match[str]) -> Feature | None:
    return next((feature for words in found.groups() if words and (feature := _meant(order, words))), None)


def _meant(order: Order, words: str) -> Feature | None:
    return find(Brief(features=order.features), plain.bare(words))


def _blocks(features: Sequence[Feature], bound: Sequence[tuple[str, str]]) -> list[list[Feature]]:
    """What must share a phase stands together, where its first part stood."""
    blocks = [[feature] for feature in features]
    for pair in bound:
        mine = [block for block in blocks if any(f.id in pair for f in block)]
        if len(mine) > 1:
            blocks = [
                [feature for part in mine for feature in part] if block is mine[0] else block
                for block in blocks
                if block not in mine[1:]
            ]
    return blocks


def _dealt(blocks: Sequence[list[Feature]], count: int) -> list[Sequence[list[Feature]]]:
    if not count:
        return []
    size, more = divmod(len(blocks), count)
    sizes = [size] * (count - more) + [size + 1] * more
    starts = [sum(sizes[:place]) for place in range(count)]
    return [blocks[start : start + n] for start, n in zip(starts, sizes, strict=True)]
