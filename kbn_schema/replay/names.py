"""This module tells where an issue lies without a word that a client sent.

Of a path, only the names that a schema knows are shown: an index is ``[]``, and any other key is ``*``.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from kbn_schema.kinds.array_of import ArraySchema
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.entries import EntriesSchema
from kbn_schema.kinds.lazy import LazySchema
from kbn_schema.kinds.object import ObjectSchema
from kbn_schema.problems import Path
from kbn_schema.wording import show_key

INDEX: Final = "[]"
UNKNOWN: Final = "*"
# Of recursive schemas there are paths of any length.
MAX_KEYS: Final = 12
MORE: Final = "..."

Names = Mapping[str, Schema[Any]]
# A schema that may be meant, and the schemas around it by their ids.
Place = tuple[Schema[Any], Names]


def folded(part: str, rule: object, path: Path) -> str:
    """*path* in a *part* of a request, as far as its *rule* knows it: ``body.users.[].name``."""
    shown = [part]
    places: list[Place] = [(rule, {})] if isinstance(rule, Schema) else []
    for key in path[:MAX_KEYS]:
        places = _around(places)
        if type(key) is int:
            shown.append(INDEX)
        else:
            is_known = any(isinstance(schema, ObjectSchema) and key in schema.props for schema, _ in places)
            shown.append(str(show_key(str(key))) if is_known else UNKNOWN)
        places = [(child, names) for schema, names in places for child in _below(schema, key)]
    return ".".join([*shown, MORE] if len(path) > MAX_KEYS else shown)


def _around(places: Iterable[Place]) -> list[Place]:
    """The *places*, and all that are asked about the same value there."""
    met: dict[int, Place] = {}
    waiting = list(places)
    while waiting:
        schema, names = waiting.pop()
        if id(schema) in met:
            continue
        names = names if schema.id is None else {**names, schema.id: schema}
        met[id(schema)] = (schema, names)
        waiting.extend((inner, names) for inner in schema.handed_on())
        if isinstance(schema, LazySchema) and isinstance(schema.target, str) and schema.target in names:
            waiting.append((names[schema.target], names))
    return list(met.values())


def _below(schema: Schema[Any], key: str | int) -> tuple[Schema[Any], ...]:
    if isinstance(schema, ObjectSchema):
        prop = schema.props.get(str(key))
        return () if prop is None else (prop,)
    if isinstance(schema, ArraySchema):
        return (schema.item,)
    return (schema.value,) if isinstance(schema, EntriesSchema) else ()
