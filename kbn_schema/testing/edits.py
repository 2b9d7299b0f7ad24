"""This module makes texts wrong by one edit."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

INSERTED: Final = ("!", " ", "\n", "a", "0", "-", "\u00e9", "%", ".", "\x00")


def edited(
    base: SearchStrategy[str], refuses: Callable[[str], bool], instead: Sequence[str]
) -> SearchStrategy[str]:
    """Return texts that are one edit away from one of *base*, and that *refuses* tells to be wrong.

    Args:
        base: Texts that fit.
        refuses: Whether a text is wrong.
        instead: Wrong texts, at least one, for those that no edit makes wrong.
    """

    @st.composite
    def wrong(draw: st.DrawFn) -> str:
        edits = [text for text in _edits(draw(base)) if refuses(text)]
        return draw(st.sampled_from(edits or list(instead)))

    found: SearchStrategy[str] = wrong()
    return st.nothing() if base.is_empty else found


def _edits(text: str) -> Iterator[str]:
    """Yield texts that differ from *text* at its begin, in its middle or at its end."""
    found: dict[str, None] = {}
    for place in (0, len(text) // 2, len(text)):
        before, char, after = text[:place], text[place : place + 1], text[place + 1 :]
        for inserted in INSERTED:
            found[before + inserted + char + after] = None
            found[before + inserted + after] = None
        found[before + after] = None
        found[before + char.swapcase() + after] = None
    found |= {text[:-1]: None, text[1:]: None, text + text: None}
    found.pop(text, None)
    yield from found
