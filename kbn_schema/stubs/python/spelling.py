"""This module spells types in Python: as annotations, and as expressions that can be evaluated."""

from collections.abc import Iterable
from typing import Any, Final

from kbn_schema.kinds.options import Side
from kbn_schema.stubs.hints import (
    ANY,
    ClassOf,
    Constants,
    DictOf,
    Hint,
    ListOf,
    Named,
    Union,
    Word,
    inside,
)
from kbn_schema.stubs.outline import Outline
from kbn_schema.stubs.python.imports import Imports, is_late
from kbn_schema.stubs.text import literal

# Checkers and the interpreter do not read longer chains of `|`; pyright stops at 256.
MAX_CHAIN: Final = 50
# Of integers in a Literal: mypy reads no longer ones.
MAX_BITS: Final = 63


class Speller:
    """Spells the types of *outline* in a module with such *imports*."""

    def __init__(self, outline: Outline, imports: Imports) -> None:
        self._outline = outline
        self._imports = imports
        self._there: set[str] = set()

    def define(self, name: str) -> None:
        """Note that *name* is there when the module runs, from here on."""
        self._there.add(name)

    def annotation(self, hint: Hint, side: Side) -> str:
        """Return *hint* as an annotation, where those are not evaluated."""
        match hint:
            case Word("Any" | "Never"):
                return self._imports.name("typing", hint.name)
            case Word(name):
                return name
            case ClassOf(module, name):
                return self._imports.name(_PUBLIC.get(module, module), name)
            case Constants(values):
                return self._constants(values)
            case ListOf(item):
                return f"list[{self.annotation(item, side)}]"
            case DictOf(key, value):
                return f"dict[{self.annotation(key, side)}, {self.annotation(value, side)}]"
            case Union(members):
                return self.union([self.annotation(member, side) for member in members])
            case Named(number):
                definition = self._outline.definition(number)
                return definition.input_name if side == "input" else definition.name
            case _:  # the fields of a class that has no name here
                return self.annotation(DictOf(Word("str"), ANY), side)

    def expression(self, hint: Hint, side: Side) -> tuple[str, bool]:
        """Return *hint* as an expression, and whether that is one without quotes.

        Quotes stand around as much as they can; checkers read no escapes in them.
        """
        text = self.annotation(hint, side)
        if self.is_there(hint, side):
            return text, True
        quoted = _quoted(text)
        if quoted is not None:
            return quoted, False
        parts = [self.expression(part, side)[0] for part in inside(hint)]
        match hint:
            case ListOf():
                return f"list[{parts[0]}]", False
            case DictOf():
                return f"dict[{', '.join(parts)}]", False
            case _:
                return f"{self._imports.name('typing', 'Union')}[{', '.join(parts)}]", False

    def is_there(self, hint: Hint, side: Side) -> bool:
        """Return whether all that *hint* speaks of is there when the module runs."""
        if isinstance(hint, ClassOf):
            return not is_late(hint.module)
        if isinstance(hint, Named):
            return self.annotation(hint, side) in self._there
        return all(self.is_there(part, side) for part in inside(hint))

    def union(self, members: list[str]) -> str:
        """Return the union of *members*, which are spelled already."""
        if len(members) > MAX_CHAIN:
            return f"{self._imports.name('typing', 'Union')}[{', '.join(members)}]"
        return " | ".join(members)

    def _constants(self, values: Iterable[Any]) -> str:
        texts, others = [], dict[str, None]()
        for value in values:
            if isinstance(value, str):
                texts.append(literal(value))
            elif type(value) is not float and value.bit_length() <= MAX_BITS:
                texts.append(str(value))
            else:
                others[type(value).__name__] = None
        spelled = [f"{self._imports.name('typing', 'Literal')}[{', '.join(texts)}]"] if texts else []
        return " | ".join([*spelled, *others])


def _quoted(text: str) -> str | None:
    """*text* in quotes; None if that would need escapes."""
    if "\\" in text or ('"' in text and "'" in text):
        return None
    return f"'{text}'" if '"' in text else f'"{text}"'


# Where what is public is imported from.
_PUBLIC: Final = {"kbn_schema.quantities": "kbn_schema"}
