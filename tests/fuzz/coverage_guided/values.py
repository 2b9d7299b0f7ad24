"""Bytes become a value for one of twenty schemas; compiled code has to say of it what `check` says."""

import functools
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

import attrs

from kbn_schema import Schema, ValidationError, schema
from tests.fuzz import parts
from tests.fuzz.calls import build, spell_case
from tests.fuzz.calls import call as call_of
from tests.fuzz.compare import WAYS, Way, compare
from tests.fuzz.coverage_guided.notation import CONTEXTS, Reader
from tests.fuzz.coverage_guided.target import Target
from tests.hostile.helper import assert_presentable
from tests.near_miss import near_misses

s = schema


def form() -> Schema[Any]:
    inner = s.object({"a": s.any(), "b": s.maybe(s.array_of(s.string(), max_size=2))}, unknowns="allow")
    return s.object({
        "n": s.number(min=0, max=100, validate=parts.Watched("n", parts.short)),
        "l": s.array_of(s.number(), default=[]),
        "o": s.maybe(inner), "name": s.string(min_length=1, max_length=5), "value": s.boolean(default=True),
    })  # fmt: skip


def numbers() -> Schema[Any]:
    return s.array_of(s.object({
        "a": s.maybe(s.number(exclusive_min=0, exclusive_max=10)), "b": s.maybe(s.integer(min=-5, max=2**60)),
        "c": s.maybe(s.number(multiple_of=0.1)), "n": s.maybe(s.integer(multiple_of=3)),
        "value": s.maybe(s.number(unsafe=True, max=1e308)),
        "o": s.maybe(s.number(multiple_of=10**20, unsafe=True)),
    }))  # fmt: skip


def texts() -> Schema[Any]:
    return s.array_of(s.one_of([
        s.string(pattern="[a-z]{2,4}"), s.string(hostname=True),
        s.string(min_length=3, max_length=6, coerce_from_number=True),
        s.string(pattern=r"^\d+$", validate=parts.short), s.string(pattern=r"x\Z|"),
    ]))  # fmt: skip


def formats() -> Schema[Any]:
    kinds = {
        "a": s.ip(), "b": s.ip(versions=["ipv6"]), "c": s.uri(), "type": s.uri(scheme=["http", "git+ssh"]),
        "name": s.email(), "value": s.uuid(), "children": s.date(), "n": s.date_time(),
        "l": s.byte_size(min="1kb", max="1gb"), "o": s.duration(min="1s", max="1d"), "x": s.byte_size(),
        "1": s.duration(),
    }  # fmt: skip
    return s.object({name: s.maybe(kind) for name, kind in kinds.items()})


def scalars() -> Schema[Any]:
    return s.array_of(s.one_of([
        s.literal("5"), s.literal(1), s.literal(True), s.number(min=2), s.boolean(), s.literal(None),
        s.string(max_length=2), s.enum(["red", 5, False]), s.byte_size(), s.array_of(s.literal(0)),
    ]))  # fmt: skip


def tagged() -> Schema[Any]:
    return s.discriminated_union("type", [
        s.object({"type": s.literal("t0"), "a": s.number(), "b": s.maybe(s.string())}),
        s.object({"type": s.literal("t1"), "children": s.array_of(s.lazy("tree"))}, unknowns="ignore"),
        s.object({"type": s.string(), "value": s.any()}, unknowns="allow"),
    ], id="tree")  # fmt: skip


def half_tagged() -> Schema[Any]:
    return s.one_of([
        s.object({"type": s.literal("t0"), "a": s.number()}),
        s.object({"type": s.literal(1), "a": s.maybe(s.string())}),
        s.object({"a": s.string(), "b": s.boolean(default=False)}, unknowns="ignore"),
        s.array_of(s.number(), min_size=1),
        s.object({"b": s.number(), "a": s.record_of(s.string(), s.number())}),
    ])  # fmt: skip


def tree() -> Schema[Any]:
    leaf = s.nullable(s.one_of([s.number(), s.string(max_length=3)]))
    return s.object({"value": leaf, "children": s.array_of(s.lazy("node"), default=[])}, id="node")


def two_trees() -> Schema[Any]:
    one: Any = s.object({"a": s.maybe(s.lazy(lambda: two)), "n": s.maybe(s.number())}, unknowns="ignore")
    two: Any = s.object({"b": s.array_of(s.lazy(lambda: one), max_size=2)})
    return s.one_of([one, two])


def conditionals() -> Schema[Any]:
    later = s.object({"c": s.number(default=s.sibling_ref("...a"))})
    return s.object({
        "type": s.string(), "a": s.conditional(s.sibling_ref("type"), "t0", s.number(), s.maybe(s.string())),
        "b": s.conditional(s.sibling_ref("a"), s.number(min=5), later, s.never()),
        "value": s.conditional(s.context_ref("serverless"), True, s.array_of(s.string()), s.maybe(s.any())),
        "name": s.string(default=s.sibling_ref("type")),
    })  # fmt: skip


def records() -> Schema[Any]:
    key = s.one_of([s.number(), s.literal("a"), s.string(min_length=2)])
    return s.record_of(key, s.array_of(s.record_of(s.string(), s.number())), validate=parts.accept)


def maps() -> Schema[Any]:
    return s.map_of(s.integer(), s.maybe(s.map_of(s.boolean(), s.any())))


def merged() -> Schema[Any]:
    some = s.object({"a": s.number(), "b": s.maybe(s.string())}, unknowns="allow")
    return s.all_of(
        [some, s.object({"c": s.array_of(s.number())}), s.object({"o": s.any(default=None)})],
        unknowns="ignore",
    )


def words() -> Schema[Any]:
    members = s.array_of(s.enum(parts.Color))
    return s.array_of(
        s.one_of([s.enum(parts.Level), s.enum(parts.Mixed), members, s.enum([1, "1", True, "a"])]), max_size=5
    )


def matrix() -> Schema[Any]:
    return s.array_of(s.array_of(s.array_of(s.integer(), max_size=3), min_size=1), min_size=1, max_size=4)


def loose() -> Schema[Any]:
    inner = s.object(
        {"a": s.object({"a": s.number()}, unknowns="forbid"), "b": s.any(default=[])}, unknowns="ignore"
    )
    return s.object({"o": inner, "l": s.array_of(inner, default=[])}, unknowns="allow")


def absent() -> Schema[Any]:
    return s.maybe(s.object({
        "a": s.nullable(s.number(default=5)), "b": s.nullable(s.maybe(s.string())),
        "c": s.number(default=s.context_ref("limit")),
        "n": s.maybe(s.nullable(s.array_of(s.maybe(s.number())))), "o": s.any(default={"a": [1]}),
    }))  # fmt: skip


def blobs() -> Schema[Any]:
    return s.object(
        {
            "a": s.maybe(s.buffer()),
            "b": s.maybe(s.stream()),
            "c": s.maybe(s.any()),
            "type": s.maybe(s.never()),
        }
    )


def offers() -> Schema[Any]:
    offer = s.offering_based_schema(serverless=s.number(), traditional=s.string(), default="x")
    return s.object({"a": offer, "b": s.offering_based_schema(serverless=s.object({"a": s.boolean()}))})


def authors() -> Schema[Any]:
    return s.object({
        "a": s.maybe(parts.Csv(s.number())), "b": s.number(validate=parts.key_error, default=1),
        "c": s.maybe(parts.Odd()),
        "n": s.any(validate=parts.Watched("n", parts.no_a), default=""), "name": s.maybe(parts.Shouting()),
        "o": s.maybe(s.object({"a": parts.Where()}, validate=parts.clear)),
    })  # fmt: skip


def wide() -> Schema[Any]:
    kinds = [s.number, s.string, s.boolean, s.integer]
    return s.object(
        {f"p{index}": s.maybe(kinds[index % 4]()) for index in range(24)} | {"a": s.lazy(wide_row)}
    )


def wide_row() -> Schema[Any]:
    row: Schema[Any] = s.array_of(
        s.one_of([s.object({"type": s.literal(f"t{i}"), "n": s.number(min=i)}) for i in range(12)])
    )
    return row


SCHEMAS: Final[list[Callable[[], Schema[Any]]]] = [
    form, numbers, texts, formats, scalars, tagged, half_tagged, tree, two_trees, conditionals, records, maps,
    merged, words, matrix, loose, absent, blobs, offers, authors, wide,
]  # fmt: skip


@functools.cache
def built(index: int) -> tuple[Schema[Any], Schema[Any]]:
    """Return a schema, compiled, and the same again as the reference."""
    return SCHEMAS[index]().compile(), SCHEMAS[index]()


@attrs.frozen
class Question:
    """What bytes ask: the number of a schema, one way to ask it, a value and a context, as parts."""

    index: int
    way: Way
    value: Any
    context: Any


def read(data: bytes) -> Question:
    reader = Reader(data)
    index, chosen = reader.byte() % len(SCHEMAS), reader.byte()
    way, context = WAYS[chosen % len(WAYS)], CONTEXTS[chosen // len(WAYS) % len(CONTEXTS)]
    return Question(index, way, reader.value(), context)


def judge(data: bytes) -> None:
    question = read(data)
    try:
        value, context = build(question.value), build(question.context)
    except RuntimeError:  # a key that raises when it is compared stands beside another
        return
    judged, reference = built(question.index)
    answer = compare(judged, value, context, reference, [question.way])
    if answer.kind == "refused" and question.way is WAYS[0]:
        assert_refusal(judged, value, context)


def assert_refusal(judged: Schema[Any], value: Any, context: Any) -> None:
    try:
        judged.validate(value, context)
    except ValidationError as error:
        assert_presentable(error)


def shown(data: bytes) -> str:
    question = read(data)
    name = SCHEMAS[question.index].__name__
    return spell_case(call_of(f"coverage_guided.values.{name}"), question.value, question.context)


def seeds() -> Iterator[bytes]:
    for index, fitting in enumerate(FITTING):
        for value in fitting:
            yield bytes((index, 8)) + text_of(value)
            for number, near in enumerate(near_misses(value)):
                if number % 7 == index % 7 and is_json(near):
                    yield bytes((index, 8 + number % 4)) + text_of(near)


def text_of(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def is_json(value: Any) -> bool:
    try:
        json.dumps(value)
    except TypeError:
        return False
    return True


# Some values for each schema.
FITTING: Final[list[list[Any]]] = [
    [{"n": 5, "name": "a"}, {"n": "7", "l": [1], "o": {"a": 1, "b": ["x"], "c": 2}, "name": "abc",
    "value": "false"}],
    [[{"a": 5, "b": 7, "c": 0.3, "n": "9", "value": 1e300, "o": 10**21}]],
    [["abc", "localhost", 12345, "77", ""]],
    [{"a": "1.2.3.4", "b": "::1", "c": "urn:a", "type": "http://a.com", "name": "ada@example.org"},
     {"value": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "children": "2026-01-31",
     "n": "2026-01-31T12:00:00.5+01:00"},
     {"l": "1kb", "o": "1m", "x": 5, "1": "PT1S"}],
    [["5", 1, True, 7, False, None, "ab", "red", 5, "1kb", [0]]],
    [{"type": "t0", "a": 1}, {"type": "t1", "children": [{"type": "t0", "a": 1, "b": "x"}], "x": 1},
    {"type": "x", "value": 1}],
    [{"type": "t0", "a": 1}, {"type": 1, "a": "x"}, {"a": "x", "b": True}, [1, "2"], {"a": {"x": 1}, "b": 1}],
    [{"value": 1, "children": [{"value": None, "children": [{"value": "abc"}]}]}],
    [{"a": {"b": [{"n": 1}, {}]}, "x": 1}, {"b": []}],
    [{"type": "t0", "a": 7, "b": {}, "value": ["x"]}, {"type": "x", "a": "y", "name": "z"}],
    [{"a": [{"x": 1}], "7": [], "ab": []}],
    [{"1": {"true": 1}, "2": None, "-3": {"false": []}}],
    [{"a": 1, "b": "x", "c": [1], "x": 1}, {"a": 1, "c": [], "o": {}}],
    [["red", 1, "1", True, ["red"], 2]],
    [[[[1, 2], []], [[3]]]],
    [{"o": {"a": {"a": 1}, "x": 1}, "l": [{"a": {"a": 2}}], "x": [1]}],
    [{"a": None, "b": None, "n": [1, None]}, {"a": 1, "b": "x", "c": 2, "n": None, "o": 1}],
    [{"a": "é", "c": [1]}, {}],
    [{"a": 1, "b": {"a": True}}, {"a": "x"}],
    [{"a": "1,2", "c": 1, "name": "x", "o": {"a": 1}}, {"a": [1], "n": "b"}],
    [{"p0": 1, "p1": "x", "p2": True, "p3": 1, "p4": "5",
    "a": [{"type": "t3", "n": 3}, {"type": "t11", "n": 12}]}],
]  # fmt: skip

TARGET = Target(
    "values", judge, shown, seeds, max_bytes=300, traces_comparisons=False,
    words=(
        b"{}", b"[]", b'""', b'"type"', b'"a":', b'"b":', b'"children":', b'"t0"', b'"t1"', b"null", b"true",
        b"1e999", b"NaN", b"-0.0", b"9007199254740993", b'"5"', b'"1kb"', b'"PT1S"', b"&\x00", b"@\x10",
        b'b"a"',
        b'"{\\"a\\":1}"', b"[[[[", b'"2026-02-29"', b'"::1"', b'"true"', b'"[1]"',
    ),
)  # fmt: skip
