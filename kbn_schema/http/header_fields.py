"""This module picks the headers that a rule sees out of those that were sent."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import attrs

from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.http.mistakes import refuse
from kbn_schema.http.parts import RequestParts
from kbn_schema.kinds.base import Schema

WRAPPERS: Final = frozenset({"maybe", "nullable", "lazy", "one_of"})


@attrs.frozen
class HeaderName:
    """A header that a schema declares: its prop, its name in lower case, and whether a list is wanted."""

    prop: str
    name: str
    many: bool


def header_names(rule: object) -> tuple[HeaderName, ...] | None:
    """The headers that *rule* declares; None where it is no schema of an object, perhaps an optional one."""
    inner = _alternatives(rule) if isinstance(rule, Schema) else []
    if len(inner) != 1:
        return None
    props: Mapping[str, Schema[Any]] | None = getattr(inner[0], "props", None)
    if props is None:
        return None
    return tuple(HeaderName(prop, prop.lower(), _wants_list(kind)) for prop, kind in props.items())


def require_header_names(rule: object, where: str) -> None:
    """Refuse a schema of headers with two props for one of them, or one for a header that cannot come."""
    seen: set[str] = set()
    for header in header_names(rule) or ():
        if header.name in seen:
            refuse(where, f"headers has two props for the header [{header.name}]; case does not count")
        seen.add(header.name)
        if "_" in header.name:
            # Servers drop such headers, or take them for those with a hyphen.
            advice = header.prop.replace("_", "-").strip("-") or "-"
            refuse(where, f"headers has a prop [{header.prop}]: write [{advice}]")


def _wants_list(kind: Schema[Any]) -> bool:
    inner = _alternatives(kind)
    return bool(inner) and all(one.combinator == "array_of" for one in inner)


def _alternatives(kind: Schema[Any]) -> list[Schema[Any]]:
    """What *kind* is without wrappers, or is one of; null apart, which no header is."""
    found: list[Schema[Any]] = []
    waiting = [kind]
    met: set[int] = set()
    while waiting:
        kind = waiting.pop()
        if id(kind) in met:
            continue
        met.add(id(kind))
        inside = _handed_on(kind) if kind.combinator in WRAPPERS else ()
        if inside:
            waiting.extend(inside)
        elif not _is_null(kind):
            found.append(kind)
    return found


def _handed_on(kind: Schema[Any]) -> tuple[Schema[Any], ...]:
    try:
        return kind.handed_on()
    except SchemaDefinitionError:  # a lazy schema may name what comes later
        return ()


def _is_null(kind: Schema[Any]) -> bool:
    is_none = kind.combinator == "literal" and getattr(kind, "value", ...) is None
    return is_none or kind.combinator == "never"


def select_headers(names: tuple[HeaderName, ...] | None, head: RequestParts) -> dict[str, object]:
    """The headers that a rule sees: those it declares, or all where it is no object.

    Repeats are joined with commas, or split and kept where a list is wanted (RFC 9110, section 5.3).
    """
    if names is None:
        return {name: ", ".join(head.header(name)) for name, _ in head.headers}
    return pick_headers(names, head.header)


def pick_headers(names: Iterable[HeaderName], values_of: Callable[[str], Sequence[str]]) -> dict[str, object]:
    """The headers *names* by their props, of those whose values *values_of* finds by name."""
    found = ((wanted, values_of(wanted.name)) for wanted in names)
    return {
        wanted.prop: _split(values) if wanted.many else ", ".join(values)
        for wanted, values in found
        if values
    }


def _split(values: Iterable[str]) -> list[str]:
    items = (item.strip(" \t") for value in values for item in _ITEM.findall(value))
    return [item for item in items if item]


# RFC 9110, section 5.6.1: a comma inside a quoted string does not end an item. A quote that is not closed
# reaches to the end, so that no text is looked at twice.
_ITEM = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*+"?+)++', re.DOTALL)
