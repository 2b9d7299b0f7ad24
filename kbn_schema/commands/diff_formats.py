"""This module tells changes as text, as JSON and as Markdown."""

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import attrs

from kbn_schema.commands.allowances import Judged
from kbn_schema.diff import Change
from kbn_schema.diff.places import dotted
from kbn_schema.wording import escape

FORMAT: Final = "kbn-schema diff"
FORMAT_VERSION: Final = 1
# Of levels, as a person reads them.
WORDS: Final = {"ERR": "breaking", "WARN": "warning", "INFO": "compatible"}
STYLES: Final = {"breaking": "31", "warning": "33", "compatible": "32", "allowed": "36"}
BOLD: Final = "1"


def count(changes: Iterable[Judged]) -> dict[str, int]:
    """How many changes there are of each sort: breaking, allowed, warning, compatible."""
    found = Counter(word(judged) for judged in changes)
    return {name: found[name] for name in _ORDER}


def word(judged: Judged) -> str:
    """What a change is: breaking, allowed, warning or compatible."""
    return "allowed" if judged.allowance is not None else WORDS[judged.change.level]


def text(changes: Sequence[Judged], *, coloured: bool = False) -> str:
    """The changes for a terminal, under the routes and versions that they concern."""
    paint = _painted if coloured else _plain
    lines: list[str] = []
    met = _Met()
    for where, group in _by_endpoint(changes):
        lines.append(paint(escape(where), BOLD))
        for judged in group:
            lines += _told(judged, paint, is_repeated=met.again(judged.change))
        lines.append("")
    return "\n".join([*lines, _summary(changes), ""])


class _Met:
    """The changes that were told: one of a schema that many routes share is explained once."""

    def __init__(self) -> None:
        self._keys: set[tuple[Any, ...]] = set()

    def again(self, change: Change) -> bool:
        """Whether the same was told elsewhere; it is from now on."""
        key = (change.rule, change.level, change.direction, change.before, change.after, change.message)
        is_known = key in self._keys and change.before != change.after
        self._keys.add(key)
        return is_known


def _told(judged: Judged, paint: Callable[[str, str], str], *, is_repeated: bool) -> Iterator[str]:
    change, kind = judged.change, word(judged)
    place = " ".join(part for part in (_side(change), dotted(change.path)) if part)
    head = f"  {paint(f'{kind:<10}', STYLES[kind])}  {escape(place)}{' ' if place else ''}[{change.rule}]"
    if is_repeated and judged.allowance is None:
        yield f"{head}, as above"
        return
    yield head
    if change.before != change.after:
        yield f"              {_shown(change.before)} -> {_shown(change.after)}"
    if change.message:
        yield f"              {escape(change.message)}"
    if judged.allowance is not None:
        yield f"              allowed until {judged.allowance.expires}: {escape(judged.allowance.reason)}"
    elif change.advice:
        yield f"              {escape(change.advice)}"


def _side(change: Change) -> str:
    return "" if change.direction == "-" else change.direction


def _shown(told: str | None) -> str:
    return "nothing" if told is None else escape(told)


def _summary(changes: Sequence[Judged]) -> str:
    if not changes:
        return "nothing changed"
    told = [
        f"{number} {name}{'s' if name == 'warning' and number > 1 else ''}"
        for name, number in count(changes).items()
        if number
    ]
    return ", ".join(told)


def _plain(text: str, style: str) -> str:
    return text


def _painted(text: str, style: str) -> str:
    return f"\x1b[{style}m{text}\x1b[0m"


def _by_endpoint(changes: Iterable[Judged]) -> Iterator[tuple[str, list[Judged]]]:
    def where(judged: Judged) -> str:
        change = judged.change
        version = f", version {change.version}" if change.version else ""
        return f"{change.method} {change.route}{version}".strip() or "all routes"

    for name, group in itertools.groupby(changes, where):
        yield name, sorted(group, key=lambda judged: _ORDER.index(word(judged)))


def as_json(changes: Sequence[Judged], asked: Mapping[str, Any]) -> str:
    """The changes for programs; *asked* is what was asked for."""
    listed = [_listed(judged) for judged in changes]
    found = {"format": FORMAT, "version": FORMAT_VERSION, **asked, **count(changes), "changes": listed}
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _listed(judged: Judged) -> dict[str, Any]:
    allowance = judged.allowance
    allowed = (
        {}
        if allowance is None
        else {"allowed": {"reason": allowance.reason, "expires": allowance.expires.isoformat()}}
    )
    return {"verdict": WORDS[judged.change.level], **attrs.asdict(judged.change), **allowed}


def markdown(changes: Sequence[Judged]) -> str:
    """The changes for a comment in a review: a table for each route and version that they concern."""
    lines = [f"**{_summary(changes)}**", ""]
    met = _Met()
    for where, group in _by_endpoint(changes):
        lines += [f"### {_code(where)}", "", *_HEAD]
        lines += [_row(judged, is_repeated=met.again(judged.change)) for judged in group]
        lines.append("")
    return "\n".join(lines)


def _row(judged: Judged, *, is_repeated: bool) -> str:
    change = judged.change
    place = " ".join(part for part in (_side(change), dotted(change.path)) if part)
    told = [change.message[:1].upper() + change.message[1:]]
    if judged.allowance is not None:
        told.append(f"Allowed until {judged.allowance.expires}: {judged.allowance.reason}")
    elif is_repeated:
        told = ["As above"]
    elif change.advice:
        told.append(change.advice)
    cells = [
        word(judged),
        *("" if cell is None else _code(cell) for cell in (change.rule, place, change.before, change.after)),
        " ".join(f"{_prose(sentence.removesuffix('.'))}." for sentence in told if sentence),
    ]
    return f"| {' | '.join(cells)} |"


def _code(told: str) -> str:
    """*told* as code: as many backticks around it as it takes."""
    shown = escape(told).replace("|", "\\|")
    if not shown:
        return ""
    longest = max((len(list(run)) for tick, run in itertools.groupby(shown) if tick == "`"), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown[0] == "`" or shown[-1] == "`" else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def _prose(told: str) -> str:
    """*told* as text in which no character means anything."""
    return "".join(f"\\{char}" if char in _MARKUP else char for char in escape(told))


_HEAD: Final = (
    "| | rule | where | before | after | why, and what to do |",
    "| --- | --- | --- | --- | --- | --- |",
)
_ORDER: Final = ("breaking", "allowed", "warning", "compatible")
_MARKUP: Final = frozenset("\\`*_{}[]<>#|~!&@$")
