"""This module shows what would change in a file, as ``diff -u`` does."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import Match, SequenceMatcher
from typing import Final

from kbn_schema.wording import escape

NOWHERE: Final = "/dev/null"
CONTEXT: Final = 3
BOLD: Final = "1"
STYLES: Final = {"-": "31", "+": "32", "@": "36"}  # red, green, cyan
# `SequenceMatcher` is quadratic: it gets pieces of so many lines times so many.
SMALL: Final = 100_000

Pair = tuple[int, int]


def diff(name: str, old: bytes | None, new: bytes, *, coloured: bool = False) -> str:
    """The changes from *old* to *new* in the file *name*; *old* is None where there is no file."""
    name = escape(name).removeprefix("/")
    lines = list(_hunks(_lines(old or b""), _lines(new)))
    if lines:
        lines[:0] = [f"--- {NOWHERE if old is None else f'a/{name}'}", f"+++ b/{name}"]
    return "".join(f"{line}\n" for line in (_coloured(lines) if coloured else lines))


def _lines(data: bytes) -> list[str]:
    # Only "\n" ends a line; `splitlines` knows ten more.
    *lines, last = data.decode("utf-8", "backslashreplace").split("\n")
    return [*lines, f"{last}\n\\ No newline at end of file"] if last else lines


def _coloured(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        style = BOLD if number < 2 else STYLES.get(line[:1])
        yield line if style is None else f"\x1b[{style}m{line}\x1b[0m"


def _hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    for group in _Matched(old, new).get_grouped_opcodes(CONTEXT):
        (_, first, _, first_new, _), (*_, last, _, last_new) = group[0], group[-1]
        yield f"@@ -{_range(first, last)} +{_range(first_new, last_new)} @@"
        for tag, start, end, start_new, end_new in group:
            if tag == "equal":
                yield from (f" {line}" for line in old[start:end])
            else:
                yield from (f"-{line}" for line in old[start:end])
                yield from (f"+{line}" for line in new[start_new:end_new])


def _range(start: int, end: int) -> str:
    # Lines count from 1; nothing stands after the line before it.
    first = start + 1 if end > start else start
    return str(first) if end - start == 1 else f"{first},{end - start}"


class _Matched(SequenceMatcher[str]):
    """A matcher that is told which lines match: by `_matches`, in time linear in their number."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        super().__init__(None, "", "")
        self.a, self.b = old, new
        self._pairs = _matches(old, new)

    def get_matching_blocks(self) -> list[Match]:
        blocks: list[Match] = []
        for i, j in self._pairs:
            if blocks and (blocks[-1].a + blocks[-1].size, blocks[-1].b + blocks[-1].size) == (i, j):
                blocks[-1] = blocks[-1]._replace(size=blocks[-1].size + 1)
            else:
                blocks.append(Match(i, j, 1))
        return [*blocks, Match(len(self.a), len(self.b), 0)]


def _matches(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """The numbers of lines that stay: first those that each side has once, then what is between them."""
    found: list[Pair] = []
    waiting = [(0, len(old), 0, len(new))]
    while waiting:
        low, high, low_new, high_new = waiting.pop()
        while low < high and low_new < high_new and old[low] == new[low_new]:
            found.append((low, low_new))
            low, low_new = low + 1, low_new + 1
        while low < high and low_new < high_new and old[high - 1] == new[high_new - 1]:
            high, high_new = high - 1, high_new - 1
            found.append((high, high_new))
        one, other = old[low:high], new[low_new:high_new]
        if len(one) * len(other) <= SMALL:
            for i, j, size in SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks():
                found += [(low + i + step, low_new + j + step) for step in range(size)]
            continue
        anchors = [(low + i, low_new + j) for i, j in _anchors(one, other)]
        if anchors:
            starts = [(low, low_new), *((i + 1, j + 1) for i, j in anchors)]
            ends = [*anchors, (high, high_new)]
            waiting += [(i, k, j, m) for (i, j), (k, m) in zip(starts, ends, strict=True)]
            found += anchors
    return sorted(found)


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """The most lines that both sides have once, in the same order."""
    once = {line for line, count in Counter(old).items() if count == 1}
    once &= {line for line, count in Counter(new).items() if count == 1}
    place = {line: number for number, line in enumerate(new) if line in once}
    pairs = [(number, place[line]) for number, line in enumerate(old) if line in once]
    # The longest part of `pairs` in which the second numbers rise, too, by patience sorting.
    tops: list[int] = []
    last: list[int] = []
    before: list[int | None] = []
    for number, (_, j) in enumerate(pairs):
        pile = bisect_left(tops, j)
        before.append(last[pile - 1] if pile else None)
        tops[pile : pile + 1] = [j]
        last[pile : pile + 1] = [number]
    rising: list[Pair] = []
    current = last[-1] if last else None
    while current is not None:
        rising.append(pairs[current])
        current = before[current]
    return rising[::-1]
