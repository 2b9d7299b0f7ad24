"""Dicts whose keys have a type of their own."""

from typing import TYPE_CHECKING, ClassVar

import attrs
from typing_extensions import TypeVar, Unpack

from kbn_schema import messages
from kbn_schema.kinds.base import Schema, T_co
from kbn_schema.kinds.entries import EntriesSchema
from kbn_schema.kinds.options import Options, Unknowns
from kbn_schema.messages import Message
from kbn_schema.plan import Entries, Plan

if TYPE_CHECKING:
    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.stubs import Hint, TypeWriter

K = TypeVar("K")
V = TypeVar("V")


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class MapSchema(EntriesSchema[T_co]):
    """See `map_of`."""

    combinator = "map_of"
    word = "map"
    type_message: ClassVar[Message] = messages.MAP_TYPE

    def plan(self) -> Plan:
        return Entries(self.key, self.value)

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.dict_of(self.key, self.value, keeps_keys=True)

    def term(self, out: "TermWriter") -> "Term":
        return out.record(self.key, self.value, unknowns=self.unknowns, keeps_keys=True)


def map_of(
    key: Schema[K],
    value: Schema[V],
    *,
    unknowns: Unknowns | None = None,
    **options: Unpack[Options[dict[K, V]]],
) -> MapSchema[dict[K, V]]:
    """Accept a dict whose keys and values fit, or its JSON text; yield a new `dict`.

    Unlike `record_of`, keys keep the type that *key* gives them: with number keys ``"2"``
    becomes 2. At most 100 keys may have the same hash, see promise 5 of
    ``docs/explanation/security.md``.

    Codes: ``keys_alike``, ``json`` for text that is no JSON, ``depth`` for what is nested more
    than 200 levels deep.

    Args:
        key: The schema of each key; its output must be hashable.
        value: The schema of each value.
        unknowns: What objects further down that state nothing inherit, see `object`.

    Raises:
        SchemaDefinitionError: *key* or *value* is no schema.

    Source:
        Kibana `schema.mapOf`, which yields a Map.

    Example:
        >>> from kbn_schema import schema
        >>> schema.map_of(schema.number(), schema.string()).validate({"1": "a"})
        {1: 'a'}
    """
    return MapSchema(key, value, unknowns=unknowns, **options)
