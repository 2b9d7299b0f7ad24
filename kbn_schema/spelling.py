"""Spell a schema as the Python that builds it again, for `repr`."""

import enum
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import attrs

from kbn_schema.wording import escape, type_word

MAX_REPR = 10_000
MAX_NESTING = 60
INFINITY = float("inf")


def spell_schema(schema: object) -> str:
    """Return *schema* (or a reference) as Python, cut to 10,000 characters and 60 levels."""
    text = "".join(_Speller().schema(schema))
    return text if len(text) <= MAX_REPR else text[: MAX_REPR - 3] + "..."


def is_default(field: "attrs.Attribute[Any]", value: object) -> bool:
    """Return whether *value* is what *field* has when its argument is left out."""
    if field.default is attrs.NOTHING:
        return False
    return value is field.default or (type(value) in (MappingProxyType, tuple) and not value)


def is_common(field: "attrs.Attribute[Any]") -> bool:
    """Return whether *field* is an option that every kind has."""
    return bool(getattr(field, "inherited"))  # noqa: B009 - attrs' stub lacks it


class _Speller:
    """Spells one schema; counts the levels and the text, so that any schema ends."""

    def __init__(self) -> None:
        self.level = 0
        self.room = MAX_REPR

    def schema(self, schema: object) -> str:
        kind: Any = type(schema)
        ours = kind.__module__.startswith("kbn_schema.")
        name = f"schema.{kind.combinator}" if ours else kind.__qualname__
        parts: list[str] = []
        # Positional arguments stand first, then the options of the kind, then the common ones.
        for field in sorted(attrs.fields(kind), key=lambda field: (field.kw_only, is_common(field))):
            value = getattr(schema, field.name)
            if not field.init or is_default(field, value):
                continue
            parts.append(self.argument(field, value))
        return f"{name}({', '.join(parts)})"

    def argument(self, field: "attrs.Attribute[Any]", value: object) -> str:
        # The options of a kind take lists and keep tuples; in a default they differ.
        text = self.spell(list(value) if type(value) is tuple and not is_common(field) else value)
        return f"{field.alias}={text}" if field.kw_only else text

    def spell(self, value: object) -> str:
        if self.level >= MAX_NESTING or self.room <= 0:
            return "..."
        self.level += 1
        text = self.nested(value)
        self.level -= 1
        self.room -= len(text)
        return text

    def nested(self, value: object) -> str:
        try:
            return self.spelled(value)
        except Exception:  # an object of the author's whose name or repr fails
            return f"<{type_word(value)}>"

    def spelled(self, value: object) -> str:
        if hasattr(type(value), "combinator"):
            return self.schema(value)
        if isinstance(value, Mapping):
            items = [f"{self.spell(key)}: {self.spell(item)}" for key, item in value.items()]
            return f"{{{', '.join(items)}}}"
        if isinstance(value, (tuple, list)):
            texts = ", ".join(self.spell(item) for item in value)
            return f"[{texts}]" if isinstance(value, list) else f"({texts},)"
        if isinstance(value, re.Pattern):
            return _spell_pattern(value)
        if callable(value):
            name = getattr(value, "__qualname__", None)
            return escape(name if isinstance(name, str) else repr(value))
        return _spell_plain(value)


def _spell_pattern(pattern: "re.Pattern[Any]") -> str:
    # What `string` makes of a text; see its `pattern`.
    return repr(pattern.pattern) if pattern.flags == re.ASCII else repr(pattern)


def _spell_plain(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 2048:
        return hex(value)  # the interpreter may refuse decimal text from 640 digits on
    if isinstance(value, enum.Enum):
        return f"{type(value).__qualname__}.{value.name}"
    if isinstance(value, float) and not -INFINITY < value < INFINITY:
        return f"float('{value}')"
    return repr(value)
