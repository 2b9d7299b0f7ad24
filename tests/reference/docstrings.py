"""This module takes a docstring apart: what it says first, and what under each heading."""

import inspect
import re
from collections.abc import Mapping
from typing import Any, Final

import attrs

SECTIONS: Final = ("Args", "Returns", "Raises", "Source", "Example")

_HEADING: Final = re.compile(rf"^({'|'.join(SECTIONS)}):$", re.MULTILINE)
_ENTRY: Final = re.compile(r"^    (\w+): ", re.MULTILINE)
_IMPORT: Final = ">>> from kbn_schema import schema\n"
_CODES: Final = "Codes: "
_CODE: Final = re.compile(r"``(\w+)``")


@attrs.frozen
class Docstring:
    """What a docstring says; texts are as they stand there, without indentation."""

    summary: str
    """The first sentence."""
    prose: tuple[str, ...]
    """The paragraphs after it, but those of `codes`."""
    codes: str
    """The paragraph about the codes of issues, empty if there is none."""
    args: Mapping[str, str]
    raises: Mapping[str, str]
    source: str
    example: str
    """Without the import of `schema`, which the pages have once."""

    @classmethod
    def of(cls, thing: Any) -> "Docstring":
        """The docstring of a class or a function."""
        said, *rest = _HEADING.split(inspect.cleandoc(thing.__doc__ or ""))
        sections = dict(zip(rest[::2], rest[1::2], strict=True))
        first, *paragraphs = said.strip().split("\n\n")
        summary, _, more = first.partition(". ")
        prose = ([more] if more else []) + [text for text in paragraphs if not text.startswith(_CODES)]
        codes = [text for text in paragraphs if text.startswith(_CODES)]
        return cls(
            summary if summary.endswith(".") else f"{summary}.",
            tuple(prose),
            "\n\n".join(codes),
            _entries(sections.get("Args", "")),
            _entries(sections.get("Raises", "")),
            inspect.cleandoc(sections.get("Source", "")),
            inspect.cleandoc(sections.get("Example", "")).replace(_IMPORT, ""),
        )

    @property
    def listed_codes(self) -> tuple[str, ...]:
        """The codes that the docstring names."""
        return tuple(_CODE.findall(self.codes.replace("``literal(None)``", "")))


def _entries(section: str) -> dict[str, str]:
    _, *found = _ENTRY.split(section)
    return {name: text.strip() for name, text in zip(found[::2], found[1::2], strict=True)}
