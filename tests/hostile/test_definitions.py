"""Area N: an author's mistake is found when the schema is built, and said in words."""

import collections
import functools

import pytest

import kbn_schema as s
from kbn_schema import SchemaDefinitionError, SchemaError
from tests.hostile.helper import PAYLOADS, assert_clean, cpu, raises_definition_error

NAN = float("nan")


class Awkward:
    """Raises in each method that a careless message would call."""

    def _raise(self, *args):
        raise RuntimeError("a method was called")

    __repr__ = __str__ = __eq__ = __hash__ = __len__ = __iter__ = __bool__ = __format__ = __contains__ = (
        _raise
    )


class UnhashableMeta(type):
    __hash__ = None

    def __eq__(cls, other):
        return True


class OfUnhashableMeta(metaclass=UnhashableMeta):
    pass


async def wait(value):
    return None


MISTAKES = {
    # N4 to N7
    "crossed": lambda: s.number(min=2, max=1),
    "crossed integer": lambda: s.integer(min=2, max=1),
    "crossed exclusive": lambda: s.number(exclusive_min=1, max=1),
    "crossed exclusives": lambda: s.number(exclusive_min=1, exclusive_max=1),
    "crossed sizes": lambda: s.byte_size(min="2kb", max="1kb"),
    "crossed durations": lambda: s.duration(min="2s", max="1s"),
    "nan": lambda: s.number(min=NAN),
    "nan max": lambda: s.integer(max=NAN),
    "infinite": lambda: s.number(max=float("inf")),
    "text bound": lambda: s.number(min="1"),
    "bool bound": lambda: s.number(min=True),
    "reference bound": lambda: s.number(min=s.context_ref("a")),
    "multiple of 0": lambda: s.number(multiple_of=0),
    "multiple of -1": lambda: s.number(multiple_of=-1),
    "multiple of nan": lambda: s.number(multiple_of=NAN),
    "bad size": lambda: s.byte_size(min="1tb"),
    "bad duration": lambda: s.duration(max="soon"),
    "bool size": lambda: s.byte_size(min=True),
    "bad default size": lambda: s.byte_size(default="lots"),
    "bad default duration": lambda: s.duration(default="soon"),
    # N8 to N12
    "negative length": lambda: s.string(min_length=-1),
    "float length": lambda: s.string(max_length=1.0),
    "text length": lambda: s.string(max_length="1"),
    "bool length": lambda: s.string(max_length=True),
    "crossed lengths": lambda: s.string(min_length=2, max_length=1),
    "crossed array": lambda: s.array_of(s.any(), min_size=2, max_size=1),
    "negative array": lambda: s.array_of(s.any(), max_size=-1),
    "float array": lambda: s.array_of(s.any(), min_size=NAN),
    # N13 to N17
    "no item": lambda: s.array_of(5),
    "class as item": lambda: s.array_of(s.string),
    "no prop": lambda: s.object({"a": 5}),
    "class as prop": lambda: s.object({"a": s.string}),
    "None as prop": lambda: s.object({"a": None}),
    "no alternative": lambda: s.one_of([s.string(), 5]),
    "alternatives are one number": lambda: s.one_of(5),
    "no maybe": lambda: s.maybe(None),
    "no nullable": lambda: s.nullable("x"),
    "no record key": lambda: s.record_of(str, s.any()),
    "no record value": lambda: s.record_of(s.string(), {}),
    "no map key": lambda: s.map_of(None, s.any()),
    "no branch": lambda: s.conditional(s.context_ref("a"), 1, 5, s.any()),
    "no otherwise": lambda: s.conditional(s.context_ref("a"), 1, s.any(), None),
    "no left": lambda: s.conditional("a", 1, s.any(), s.any()),
    "no part": lambda: s.all_of(s.string()),
    "part twice": lambda: s.all_of(s.object({"a": s.any()}), s.object({"a": s.any()})),
    "no tagged": lambda: s.discriminated_union("t", 5),
    "no tag name": lambda: s.discriminated_union(5, s.object({})),
    # N18 to N20
    "number as name": lambda: s.object({1: s.any()}),
    "None as name": lambda: s.object({None: s.any()}),
    "bytes as name": lambda: s.object({b"a": s.any()}),
    "props are a list": lambda: s.object([("a", s.any())]),
    "props are None": lambda: s.object(None),
    "props are text": lambda: s.object("a"),
    "unknowns typo": lambda: s.object({}, unknowns="forbidden"),
    "unknowns bool": lambda: s.object({}, unknowns=True),
    "unknowns list": lambda: s.array_of(s.any(), unknowns=["allow"]),
    "unknowns of record": lambda: s.record_of(s.any(), s.any(), unknowns="Allow"),
    # N21 to N24
    "empty one_of": lambda: s.one_of([]),
    "empty enum": lambda: s.enum([]),
    "text as enum": lambda: s.enum("abc"),
    "number as enum": lambda: s.enum(5),
    "value twice": lambda: s.enum([1, 1.0]),
    "literal nan": lambda: s.literal(NAN),
    "literal infinity": lambda: s.literal(float("inf")),
    "literal list": lambda: s.literal([1]),
    "literal dict": lambda: s.literal({}),
    "literal bytes": lambda: s.literal(b"a"),
    "literal class": lambda: s.literal(str),
    "literal object": lambda: s.literal(Awkward()),
    "literal odd object": lambda: s.literal(OfUnhashableMeta()),
    "enum nan": lambda: s.enum([NAN]),
    "lazy number": lambda: s.lazy(5),
    "lazy nothing": lambda: s.lazy(""),
    "lazy None": lambda: s.lazy(None),
    "lazy schema": lambda: s.lazy(s.string()),
    # N25, N26
    "validate is text": lambda: s.string(validate="check"),
    "validate is async": lambda: s.string(validate=wait),
    "validate is async in a partial": lambda: s.string(validate=functools.partial(wait)),
    # options of every kind
    "title": lambda: s.string(title=5),
    "description": lambda: s.string(description=b"x"),
    "id": lambda: s.string(id=5),
    "id with a period": lambda: s.object({}, id="a.b"),
    "empty id": lambda: s.object({}, id=""),
    "id twice": lambda: s.object({"a": s.object({}, id="x")}, id="x"),
    "meta": lambda: s.string(meta=[1]),
    "deprecated": lambda: s.string(deprecated="yes"),
    "versions": lambda: s.ip(versions=["ipv5"]),
    "no version": lambda: s.ip(versions=[]),
    "no scheme": lambda: s.uri(scheme=[]),
    "empty scheme": lambda: s.uri(scheme=""),
    "reference to nothing": lambda: s.context_ref(""),
    "reference to dots": lambda: s.sibling_ref("..."),
    "reference to a number": lambda: s.sibling_ref(5),
    "pick": lambda: s.object({}).pick("a"),
    "omit": lambda: s.object({}).omit("a"),
    "extends with no schema": lambda: s.object({}).extends({"a": 5}),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found_when_the_schema_is_built(name):
    with cpu(2):
        text = raises_definition_error(MISTAKES[name])

    assert "\n" not in text
    assert "object at 0x" not in text


@pytest.mark.parametrize("option", ["mni", "maxLength", "defaultValue", "required", "__class__", "Validate"])
def test_an_unknown_option_is_an_error(option):
    """N27."""
    for combinator in (
        s.string,
        s.number,
        lambda **options: s.array_of(s.any(), **options),
        lambda **o: s.one_of(s.any(), **o),
    ):
        with pytest.raises((TypeError, SchemaDefinitionError)):
            combinator(**{option: 1})


@pytest.mark.parametrize(
    "awkward", [Awkward(), OfUnhashableMeta(), [], {}, set(), collections.UserDict(), ..., 1j, b"x"]
)
def test_any_object_in_the_wrong_place_is_a_definition_error(awkward):
    """N: whatever it is, it is not asked."""
    for build in (
        lambda: s.array_of(awkward), lambda: s.object({"a": awkward}), lambda: s.maybe(awkward),
        lambda: s.literal(awkward),
        lambda: s.number(min=awkward), lambda: s.string(max_length=awkward),
        lambda: s.string(pattern=awkward),
        lambda: s.lazy(awkward), lambda: s.byte_size(min=awkward), lambda: s.duration(max=awkward),
        lambda: s.enum([awkward]), lambda: s.string(title=awkward), lambda: s.string(id=awkward),
        lambda: s.string(validate=awkward), lambda: s.conditional(awkward, 1, s.any(), s.any()),
        lambda: s.one_of(s.any(), awkward), lambda: s.discriminated_union(awkward, s.object({})),
        lambda: s.context_ref(awkward), lambda: s.string(deprecated=awkward),
    ):  # fmt: skip
        raises_definition_error(build)


@pytest.mark.parametrize("payload", [*PAYLOADS, "\n" * 1000, "x" * 100_000])
def test_the_text_of_a_definition_error_is_escaped(payload):
    """N28."""
    builds = [
        lambda: s.object({payload: 5}), lambda: s.string(pattern="(" + payload),
        lambda: s.object({}).pick(payload),
        lambda: s.all_of(s.object({payload: s.any()}), s.object({payload: s.any()})),
        lambda: s.discriminated_union(payload, s.object({})), lambda: s.object({}, unknowns=payload),
        lambda: s.discriminated_union("t", [s.object({"t": s.literal(payload)})] * 2),
        lambda: s.ip(versions=[payload]),
        lambda: s.object({"a": s.any(id=payload), "b": s.any(id=payload)}), lambda: s.number(min=payload),
        lambda: s.object({payload: s.any(), "x": s.any(default=s.sibling_ref("x"))}),
        lambda: s.lazy(payload).validate(1), lambda: s.byte_size(min=payload),
        lambda: s.duration(default=payload),
    ]  # fmt: skip
    for build in builds:
        with pytest.raises(SchemaDefinitionError) as caught:
            build()
        assert_clean(str(caught.value), 65_536 if len(payload) < 1000 else 2**20)


def test_a_definition_error_is_a_schema_error_and_a_value_error():
    assert issubclass(SchemaDefinitionError, SchemaError)
    assert issubclass(SchemaDefinitionError, ValueError)
