"""This module decides which fields of a query are lists.

A query string knows only texts that may be repeated, so the schema says what is meant: where it wants a
list, one value becomes a list of one. Elsewhere a field stays as it came, and a scalar that was sent
twice is a list, which its schema refuses.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import attrs

from kbn_schema.json_text import JsonTextError, read_json
from kbn_schema.kinds.array_of import ArraySchema
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.entries import EntriesSchema
from kbn_schema.kinds.lazy import LazySchema
from kbn_schema.kinds.object import ObjectSchema


@attrs.frozen
class FieldShape:
    """What may stand in one field: lists or not, and the schemas of what is no list."""

    takes_list: bool
    scalars: tuple[Schema[Any], ...]

    def shape(self, text: str) -> str | list[str]:
        """*text*, alone or as a list of one."""
        if not self.takes_list or _is_json_list(text) or any(s.is_valid(text) for s in self.scalars):
            return text
        return [text]


def _is_json_list(text: str) -> bool:
    # Kibana's lists also read JSON text; whoever sends `["a","b"]` means two items.
    if not text.startswith("["):
        return False
    try:
        return isinstance(read_json(text, duplicate_keys="last"), list)
    except JsonTextError:
        return False


class FieldShapes:
    """The shapes of all fields that the schema of a query knows."""

    def __init__(self, rule: object) -> None:
        self._schema: Schema[Any] | None = rule if isinstance(rule, Schema) else None

    def shape(self, fields: Mapping[str, list[str]]) -> dict[str, str | list[str]]:
        """*fields* as the schema expects them."""
        return {
            name: values if len(values) > 1 else self._one(name, values[0]) for name, values in fields.items()
        }

    def _one(self, name: str, text: str) -> str | list[str]:
        shape = self._by_name.get(name, self._of_others)
        return shape.shape(text) if shape else text

    # At the first request rather than when the route is declared: `lazy` may name what comes later.
    @cached_property
    def _by_name(self) -> dict[str, FieldShape]:
        found: dict[str, list[Schema[Any]]] = {}
        for kind in self._containers():
            if isinstance(kind, ObjectSchema):
                for name, prop in kind.get_prop_schemas().items():
                    found.setdefault(name, []).append(prop)
        return {name: _shape_of(props) for name, props in found.items()}

    @cached_property
    def _of_others(self) -> FieldShape | None:
        values = [kind.value for kind in self._containers() if isinstance(kind, EntriesSchema)]
        return _shape_of(values) if values else None

    def _containers(self) -> list[Schema[Any]]:
        return list(_alternatives(self._schema)) if self._schema is not None else []


def _shape_of(schemas: list[Schema[Any]]) -> FieldShape:
    kinds = [kind for schema in schemas for kind in _alternatives(schema)]
    scalars = tuple(kind for kind in kinds if not isinstance(kind, ArraySchema))
    return FieldShape(len(scalars) < len(kinds), scalars)


def _alternatives(schema: Schema[Any]) -> Iterator[Schema[Any]]:
    """The schemas that a value of *schema* may have to meet, behind maybe, nullable, one_of and the like."""
    seen: set[int] = set()
    waiting = [schema]
    while waiting:
        kind = waiting.pop(0)
        if id(kind) in seen:
            continue
        seen.add(id(kind))
        inside = kind.handed_on()
        waiting.extend(inside)
        # An id names a schema around this one, which cannot be the list that stands in its field.
        if not inside and not isinstance(kind, LazySchema):
            yield kind
