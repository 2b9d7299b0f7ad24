"""This module narrows schemas to what a part of a request can carry.

A path, a query, headers and forms have texts alone, so null, say, is no value there; and a path has no empty
ones. What is narrowed takes less than the schema, never more, and refuses all that the schema refuses.
"""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from kbn_schema.http.uploads import UploadedFile
from kbn_schema.kinds.any import AnySchema
from kbn_schema.kinds.array_of import ArraySchema
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.buffer import BufferSchema
from kbn_schema.kinds.discriminated_union import DiscriminatedUnionSchema
from kbn_schema.kinds.entries import EntriesSchema
from kbn_schema.kinds.enum import EnumSchema
from kbn_schema.kinds.literal import LiteralSchema
from kbn_schema.kinds.maybe import MaybeSchema
from kbn_schema.kinds.never import NeverSchema
from kbn_schema.kinds.nullable import NullableSchema
from kbn_schema.kinds.object import ObjectSchema
from kbn_schema.kinds.one_of import OneOfSchema
from kbn_schema.kinds.stream import StreamSchema
from kbn_schema.kinds.string import StringSchema
from kbn_schema.missing import MISSING
from kbn_schema.testing.anything import CHARACTERS
from kbn_schema.testing.hand import Hand
from kbn_schema.testing.heights import NOTHING_NEEDED, Need
from kbn_schema.testing.nodes import Node, Shape, Way
from kbn_schema.testing.objects import Members
from kbn_schema.testing.values import Faults, Values

if TYPE_CHECKING:
    from kbn_schema.testing.writer import StrategyWriter

S = Schema[Any]


@attrs.frozen(eq=False)
class Carrier:
    """A part of a request that has texts only."""

    texts: Callable[[int, int | None], SearchStrategy[str]]
    """The texts from one length to another that it can carry."""
    loses_keys: bool = False
    """Whether a key too few or too many makes it another request, or is not looked at."""
    items: "Carrier | None" = None
    """What the items of a list are told by; None where a list may be written as JSON."""
    has_files: bool = False


def carried(
    schema: S,
    carrier: Carrier,
    required: Collection[str] = (),
    kept: Collection[Any] = (),
    names: Collection[str] = (),
) -> S | None:
    """*schema*, which takes an object, narrowed to what *carrier* can have; None where that is nothing.

    Props that are *required* are always there. What is *kept* is left as it is. A record has *names*, where
    there are some, of which those *required* are always there.
    """
    match schema:
        case _ if schema in kept:
            return schema
        case MaybeSchema() | NullableSchema():
            return carried(schema.of, carrier, required, kept, names)
        case OneOfSchema() | DiscriminatedUnionSchema():
            return _union(
                schema, [carried(one, carrier, required, kept, names) for one in schema.alternatives]
            )
        case ObjectSchema():
            return _object(schema, carrier, required, kept)
        case EntriesSchema() if names:
            value = carried_text(schema.value, carrier, kept=kept)
            members = (
                {name: value if name in required else MaybeSchema(value) for name in names} if value else {}
            )
            return FieldsSchema(members, carrier=carrier) if members else None
        case _:
            return schema


def carried_text(
    schema: S, carrier: Carrier, is_required: bool = True, kept: Collection[Any] = ()
) -> S | None:
    """*schema*, narrowed to the values that *carrier* can have as one text; None where that is nothing."""
    if schema in kept or schema.id in kept:
        return schema
    narrowed = _narrowed(schema, carrier, kept)
    if is_required:
        return narrowed if narrowed is None or narrowed.default is MISSING else _without_default(narrowed)
    may_be_absent = isinstance(schema, MaybeSchema | NeverSchema) or schema.has_default
    if not may_be_absent:
        return narrowed
    if narrowed is None:
        return NeverSchema()
    return narrowed if narrowed.has_default else MaybeSchema(narrowed)


def _object(
    schema: ObjectSchema[Any], carrier: Carrier, required: Collection[str], kept: Collection[Any]
) -> S | None:
    props: dict[str, S] = {}
    for name, prop in schema.props.items():
        narrowed = carried_text(prop, carrier, name in required, kept)
        if narrowed is None:
            return None
        props[name] = narrowed
    return _of_class(FieldsSchema, attrs.evolve(schema, props=props), carrier)


def _narrowed(schema: S, carrier: Carrier, kept: Collection[Any]) -> S | None:
    """What is left of *schema* where a value is there."""
    match schema:
        case MaybeSchema() | NullableSchema():
            return carried_text(schema.of, carrier, kept=kept)
        case OneOfSchema():
            return _union(schema, [carried_text(one, carrier, kept=kept) for one in schema.alternatives])
        case StringSchema() if schema.pattern is None and not schema.hostname:
            return _of_class(TextSchema, schema, carrier)
        case AnySchema():
            return _of_class(TextSchema, schema, carrier)
        case LiteralSchema():
            return schema if isinstance(schema.value, str) else None
        case EnumSchema():
            return schema if any(isinstance(value, str) for _, value in schema.outputs) else None
        case NeverSchema():
            return None
        case BufferSchema() | StreamSchema():
            return FileSchema() if carrier.has_files else None
        case ArraySchema():
            return _array(schema, carrier, kept)
        case _:
            return schema


def _array(schema: ArraySchema[Any], carrier: Carrier, kept: Collection[Any]) -> S | None:
    if carrier.items is None and not isinstance(schema.item, BufferSchema | StreamSchema):
        return schema
    item = carried_text(schema.item, carrier.items or carrier, kept=kept)
    if item is None:
        return None
    return attrs.evolve(schema, item=item, min_size=max(schema.min_size or 0, 1))


def _union(schema: Any, alternatives: list[S | None]) -> S | None:
    left = tuple(one for one in alternatives if one is not None)
    return attrs.evolve(schema, alternatives=left) if left else None


def _without_default(schema: S) -> S:
    return attrs.evolve(schema, default=MISSING)


def _of_class(kind: type[Any], schema: S, carrier: Carrier) -> S:
    fields: Mapping[str, Any] = {
        field.alias: getattr(schema, field.name) for field in attrs.fields(type(schema)) if field.init
    }
    return cast(S, kind(**fields, carrier=carrier))


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class TextSchema(StringSchema):
    """A string without a pattern, of such texts as a part can carry."""

    combinator = "string"

    carrier: Carrier

    def strategy(self, out: "StrategyWriter") -> Values:
        values = out.texts(min_length=self.min_length, max_length=self.max_length)
        fitting = self.carrier.texts(self.min_length or 0, self.max_length)
        return Values(fitting, lambda: _without_types(values.faults()))


def _without_types(faults: Faults) -> Faults:
    """*faults* but for values of other types, which would arrive as texts."""
    return {code: wrong for code, wrong in faults.items() if code != "type"}


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class FieldsSchema(ObjectSchema[Any]):
    """An object that travels as fields, and not as one value."""

    combinator = "object"

    carrier: Carrier

    def strategy(self, out: "StrategyWriter") -> "Shape":
        return Fields(cast(Members, super().strategy(out)), self.carrier.loses_keys)


class Fields(Members):
    """Fields cannot be anything but an object; where that *loses_keys*, only their values may be wrong."""

    def __init__(self, members: Members, loses_keys: bool) -> None:
        super().__init__(members._props, members._unknowns)
        self._loses_keys = loses_keys

    def fault_need(self) -> Need:
        wants_keys = any(not prop.may_be_absent for prop in self._props)
        if not self._loses_keys and (wants_keys or self._unknowns in (None, "forbid")):
            return NOTHING_NEEDED
        return Need([prop.node for prop in self._props], every=False, levels=1)

    def ways(self, hand: Hand, spared: str | None) -> list[Way]:
        if not self._loses_keys:
            return super().ways(hand, spared)
        props = [prop for prop in self._props if prop.name != spared and prop.node.can_break]
        return [partial(self._changed, prop, Node.break_) for prop in props]

    def _misfits(self) -> list[Way]:
        return []


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class FileSchema(StreamSchema):
    """A file of a form."""

    combinator = "stream"

    def strategy(self, out: "StrategyWriter") -> Values:
        return Values(FILES)


def _segments(least: int, most: int | None) -> SearchStrategy[str]:
    # Neither dots nor a character that parts segments: no router takes `.` and `..` in a path.
    return _sized(st.characters(exclude_categories=["Cs"], exclude_characters="./\\"), max(least, 1), most)


def _any_texts(least: int, most: int | None) -> SearchStrategy[str]:
    return _sized(CHARACTERS, least, most)


def _body_texts(least: int, most: int | None) -> SearchStrategy[str]:
    # An empty body is none, and a byte order mark is refused.
    letters = st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff")
    return _sized(letters, max(least, 1), most)


def _header_texts(least: int, most: int | None) -> SearchStrategy[str]:
    # Latin-1, as far as it is visible; RFC 9110, section 5.5.
    visible = st.characters(max_codepoint=255, exclude_categories=["Cc"])
    return _sized(visible, least, most).filter(lambda text: text == text.strip(" "))


def _header_items(least: int, most: int | None) -> SearchStrategy[str]:
    # A comma ends an item, and a quote that is open does not end; RFC 9110, section 5.6.1.
    visible = st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters=',"')
    return _sized(visible, max(least, 1), most)


def _sized(alphabet: SearchStrategy[str], least: int, most: int | None) -> SearchStrategy[str]:
    return (
        st.nothing()
        if most is not None and most < least
        else st.text(alphabet, min_size=least, max_size=most)
    )


PATH: Final = Carrier(_segments, loses_keys=True)
FIELDS: Final = Carrier(_any_texts)
TEXTS: Final = Carrier(_body_texts)
FORM_WITH_FILES: Final = Carrier(_any_texts, has_files=True)
HEADERS: Final = Carrier(_header_texts, items=Carrier(_header_items))
FILES: Final = st.builds(
    UploadedFile,
    st.binary(max_size=64),
    st.sampled_from(["file.txt", "a b.png", "é.bin", "../file"]),
    st.sampled_from(["text/plain", "application/octet-stream"]),
)
