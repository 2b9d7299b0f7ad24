"""Examples: what each combinator accepts, what it makes of it, and what it refuses.

One row or more per name in `schema.__all__`. The laws (`tests/test_laws.py`) hold for all of
them and for their near misses; callables are functions of this module, so that they pickle.
"""

import datetime
import enum
import io
import re
import uuid
from typing import Any

import attrs

from kbn_schema import MISSING, ByteSize, Duration, Schema, schema

STREAM = io.BytesIO(b"stream")
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
NIL = uuid.UUID(int=0)


class Color(enum.Enum):
    RED = "red"
    BLUE = 2


def tree() -> Schema[Any]:
    return TREE


def even(value: Any) -> str | None:
    return "must be even" if value % 2 else None


def ten() -> int:
    return 10


def no_tags() -> list[str]:
    return []


@attrs.frozen
class Example:
    """A *schema* made with the combinator *name*: pairs of value and output, and values it refuses.

    *shares* says that the output may hold containers of the input (any, allowed unknowns).
    """

    name: str
    schema: Schema[Any]
    accepted: tuple[tuple[Any, Any], ...]
    refused: tuple[Any, ...]
    context: dict[str, Any] = attrs.field(factory=dict)
    shares: bool = False

    @property
    def values(self) -> list[Any]:
        return [value for value, _ in self.accepted] + list(self.refused)


def same(*values: Any) -> list[tuple[Any, Any]]:
    """Pairs for values that come out as they went in."""
    return [(value, value) for value in values]


def example(name: str, schema: Schema[Any], accepted: Any, refused: Any, **rest: Any) -> Example:
    return Example(name, schema, tuple(accepted), tuple(refused), **rest)


def exact(value: Any) -> Any:
    """Return a form of *value* that is equal only for equal values of equal types, however deep."""
    kind = type(value)
    if kind is dict:
        return kind, [(exact(key), exact(item)) for key, item in value.items()]
    if kind in (list, tuple):
        return kind, [exact(item) for item in value]
    return kind, repr(value) if kind is float else str(value) if kind is Duration else value


CIRCLE = schema.object({"type": schema.literal("circle"), "radius": schema.number(min=0)})
SQUARE = schema.object({"type": schema.literal("square"), "side": schema.number(min=0)})
OTHER = schema.object({"type": schema.string(), "name": schema.string()})
TREE = schema.object(
    {"name": schema.string(), "children": schema.array_of(schema.lazy(tree), default=no_tags)}
)

EXAMPLES = [
    example("any", schema.any(), same(None, 1, "a", [1, {"a": None}], {}, STREAM), [MISSING], shares=True),
    example("any", schema.any(default={"a": [1]}), [(MISSING, {"a": [1]}), (0, 0)], [], shares=True),
    example(
        "boolean",
        schema.boolean(),
        [(True, True), (False, False), ("true", True), (" False\n", False), ("TRUE", True)],
        [0, 1, "1", "yes", "", None, [True], {}, MISSING],
    ),
    example(
        "boolean",
        schema.boolean(default=False, title="flag", deprecated=True),
        [(MISSING, False), (True, True)],
        [0],
    ),
    example(
        "buffer",
        schema.buffer(),
        [(b"a", b"a"), ("é", b"\xc3\xa9"), ("", b"")],
        [1, None, [1], MISSING, "\ud800"],
    ),
    example("stream", schema.stream(), same(STREAM), ["a", b"a", None, {}, MISSING]),
    example(
        "string",
        schema.string(),
        same("", "a", " é\n", "1", "\u0000", "😀"),
        [1, True, None, ["a"], {}, b"a", MISSING],
    ),
    example(
        "string",
        schema.string(min_length=2, max_length=3, pattern="[a-z]+"),
        same("ab", "abc"),
        ["a", "abcd", "AB", "a1", "ab\n", "éé", 12],
    ),
    example(
        "string",
        schema.string(pattern=re.compile("[a-z]+", re.IGNORECASE), default="x"),
        [("aB", "aB"), (MISSING, "x")],
        ["a1", ""],
    ),
    example(
        "string",
        schema.string(hostname=True),
        same("localhost", "a.example.org", "1.2.3.4", "::1"),
        ["", "a_b", "-a", "a b", 1],
    ),
    example(
        "string",
        schema.string(coerce_from_number=True, max_length=3),
        [(1, "1"), (1.5, "1.5"), (2.0, "2"), (-0.0, "0"), ("abc", "abc")],
        [True, None, 1000, [1]],
    ),
    example(
        "number",
        schema.number(),
        [
            (1, 1),
            (1.5, 1.5),
            (1.0, 1.0),
            ("2", 2),
            (" 2.50 ", 2.5),
            ("1e2", 100.0),
            (-0.0, -0.0),
            (2**53 - 1, 2**53 - 1),
        ],
        [
            True,
            None,
            "",
            "a",
            "1_0",
            "0x1",
            "١",
            2**53,
            float("nan"),
            float("inf"),
            "Infinity",
            [1],
            {},
            MISSING,
        ],
    ),
    example(
        "number", schema.number(min=1, max=3), [(1, 1), (3, 3), ("2.5", 2.5)], [0, 4, 0.999, "3.001", "0"]
    ),
    example(
        "number",
        schema.number(exclusive_min=0, exclusive_max=1, multiple_of=0.1),
        [(0.1, 0.1), (0.3, 0.3), ("0.7", 0.7)],
        [0, 1, 0.25, 1.1, -0.1],
    ),
    example(
        "number",
        schema.number(unsafe=True, default=ten, validate=even),
        [(2**64, 2**64), ("18446744073709551616", 2**64), (1e300, 1e300), (MISSING, 10)],
        [float("inf"), "1e999", 3, "a"],
    ),
    example(
        "integer",
        schema.integer(),
        [
            (1, 1),
            (1.0, 1),
            ("-7", -7),
            (" 8\t", 8),
            (10**30, 10**30),
            ("9" * 30, int("9" * 30)),
            (1e300, int(1e300)),
        ],
        [1.5, "1.0", "1e2", "", True, None, float("nan"), float("inf"), [1], {}, MISSING],
    ),
    example(
        "integer",
        schema.integer(min=-1, max=9, exclusive_max=9.5, multiple_of=2),
        [(0, 0), ("8", 8), (8.0, 8)],
        [-2, -1, 9, 10, 7, "0.0"],
    ),
    example(
        "integer",
        schema.integer(exclusive_min=0, validate=even, default=2),
        [(MISSING, 2), (4, 4)],
        [0, 1, 3],
    ),
    example("literal", schema.literal("asc"), same("asc"), ["ASC", "asc ", "", None, 1, ["asc"], MISSING]),
    example("literal", schema.literal(1), [(1, 1), (1.0, 1)], [True, "1", 2, None]),
    example("literal", schema.literal(True), same(True), [1, 1.0, "true", False, None]),
    example("literal", schema.literal(None), same(None), [0, "", False, "null", [], {}, MISSING]),
    example(
        "enum",
        schema.enum(["asc", "desc", 1, None]),
        [*same("asc", None), (1.0, 1)],
        ["ASC", True, "1", [], MISSING],
    ),
    example(
        "enum",
        schema.enum(Color, default=Color.RED),
        [
            ("red", Color.RED),
            (2, Color.BLUE),
            (2.0, Color.BLUE),
            (Color.RED, Color.RED),
            (MISSING, Color.RED),
        ],
        ["RED", "2", True, None, ["red"]],
    ),
    example(
        "byte_size",
        schema.byte_size(),
        [
            ("1kb", ByteSize(1024)),
            (5, ByteSize(5)),
            ("7", ByteSize(7)),
            (2.0, ByteSize(2)),
            ("1GB", ByteSize(2**30)),
        ],
        ["1.5kb", "", "kb", -1, 1.5, True, None, [1], MISSING],
    ),
    example(
        "byte_size",
        schema.byte_size(min="1kb", max="2kb", default="1kb"),
        [("1024b", ByteSize(1024)), (2048, ByteSize(2048)), (MISSING, ByteSize(1024))],
        [1023, 2049, "3kb", 0],
    ),
    example(
        "duration",
        schema.duration(),
        [
            ("1m30s", Duration(90_000)),
            (5, Duration(5)),
            ("PT1M30S", Duration(90_000)),
            ("7", Duration(7)),
            ("1M", Duration(months=1)),
            (datetime.timedelta(seconds=1), Duration(1000)),
        ],
        ["", "1.5s", "s", -1, 1.5, True, None, [1], datetime.timedelta(seconds=-1), MISSING],
    ),
    example(
        "duration",
        schema.duration(min="1s", max="1m", default="2s"),
        [("1s", Duration(1000)), (60_000, Duration(60_000)), (MISSING, Duration(2000))],
        [999, 60_001, "2m", 0],
    ),
    example(
        "ip",
        schema.ip(),
        same("1.2.3.4", "::1", "0.0.0.0"),
        ["1.2.3", "256.1.1.1", "::1/64", "", 1, None, MISSING],
    ),
    example("ip", schema.ip(versions=["ipv6"]), same("::1"), ["1.2.3.4", "::g"]),
    example(
        "uri",
        schema.uri(),
        same("http://a.com", "mailto:ada@example.org", "urn:isbn:1"),
        ["a.com", "http://", "", "http://a b", 1, None, MISSING],
    ),
    example("uri", schema.uri(scheme="https"), same("https://a.com/?b#c"), ["http://a.com", "HTTPS://a.com"]),
    example(
        "uri",
        schema.uri(scheme=["http", "git+ssh"]),
        same("http://a", "git+ssh://a"),
        ["https://a", "ftp://a"],
    ),
    example(
        "date_time",
        schema.date_time(),
        [("1970-01-01T00:00:00Z", EPOCH), ("1970-01-01t00:00:00.000z", EPOCH), (EPOCH, EPOCH)],
        [
            "1970-01-01",
            "1970-01-01T00:00:00",
            "1970-01-01 00:00:00Z",
            datetime.datetime(1970, 1, 1),
            0,
            None,
            MISSING,
        ],
    ),
    example(
        "date",
        schema.date(),
        [("1970-01-01", EPOCH.date()), (EPOCH.date(), EPOCH.date())],
        ["1970-1-1", "1970-02-30", "1970-01-01T00:00:00Z", EPOCH, 0, None, MISSING],
    ),
    example(
        "uuid",
        schema.uuid(default=NIL),
        [("00000000-0000-0000-0000-000000000000", NIL), (NIL, NIL), (MISSING, NIL)],
        ["0" * 32, "{00000000-0000-0000-0000-000000000000}", "", 0, None],
    ),
    example(
        "email",
        schema.email(),
        same("ada@example.org"),
        ["ada", "ada@", "a b@example.org", "", 1, None, MISSING],
    ),
    example(
        "object",
        schema.object(
            {"a": schema.number(), "b": schema.maybe(schema.string()), "c": schema.boolean(default=True)}
        ),
        [
            ({"a": 1}, {"a": 1, "c": True}),
            ({"c": "false", "b": "x", "a": "2"}, {"c": False, "b": "x", "a": 2}),
            ('{"a": 1}', {"a": 1, "c": True}),
        ],
        [
            {},
            {"a": "x"},
            {"a": 1, "d": 2},
            {"a": 1, "b": None},
            {"a": 1, 2: 3},
            None,
            [],
            [{"a": 1}],
            "{",
            "1",
            MISSING,
        ],
    ),
    example(
        "object", schema.object({}), [({}, {}), ("{}", {}), (MISSING, {})], [{"a": 1}, {1: 1}, [], None, ""]
    ),
    example(
        "object",
        schema.object({"a": schema.object({"b": schema.number()})}, unknowns="ignore"),
        [({"a": {"b": 1, "x": 1}, "y": {}}, {"a": {"b": 1}})],
        [{"a": {"x": 1}}, {}, {"a": []}],
    ),
    example(
        "object",
        schema.object(
            {"a": schema.number(default=1)}, unknowns="allow", default={"z": [], "a": 1}, id="settings"
        ),
        [
            (MISSING, {"z": [], "a": 1}),
            ({"z": {"y": 1}}, {"z": {"y": 1}, "a": 1}),
            ({"a": 2, "": None}, {"a": 2, "": None}),
        ],
        [{"a": None}, {1: 2}],
        shares=True,
    ),
    example(
        "array_of",
        schema.array_of(schema.number()),
        [([], []), ([1, "2"], [1, 2]), ("[1, 2]", [1, 2])],
        [None, 1, "1", "1,2", {}, (1,), ["a"], [[1]], [None], [MISSING], MISSING],
    ),
    example(
        "array_of",
        schema.array_of(
            schema.object({"a": schema.maybe(schema.any())}), min_size=1, max_size=2, default=[{}]
        ),
        [([{}], [{}]), ([{"a": 1}, {}], [{"a": 1}, {}]), (MISSING, [{}])],
        [[], [{}, {}, {}], [{"b": 1}], "[]"],
        shares=True,
    ),
    example(
        "record_of",
        schema.record_of(schema.string(max_length=2), schema.number()),
        [({}, {}), ({"a": "1", "b": 2}, {"a": 1, "b": 2}), ('{"a": 1}', {"a": 1})],
        [{"abc": 1}, {"a": "x"}, {"a": None}, {1: 1}, [], None, "x", MISSING],
    ),
    example(
        "record_of",
        schema.record_of(schema.number(), schema.any()),
        [({" 2 ": [], 3: 1}, {"2": [], "3": 1})],
        [{"a": 1}],
        shares=True,
    ),
    example(
        "map_of",
        schema.map_of(schema.number(), schema.array_of(schema.string())),
        [({}, {}), ({"1": ["a"], 2: []}, {1: ["a"], 2: []}), ('{"1": []}', {1: []})],
        [{"a": []}, {"1": "a"}, {"1": [1]}, [], None, MISSING],
    ),
    example(
        "maybe", schema.maybe(schema.number(min=1, default=2)), [(MISSING, MISSING), ("1", 1)], [None, 0, "a"]
    ),
    example(
        "nullable",
        schema.nullable(schema.number(min=1)),
        [(MISSING, None), (None, None), ("1", 1)],
        [0, "a", "null"],
    ),
    example(
        "one_of",
        schema.one_of(schema.number(), schema.boolean(), schema.string(max_length=2)),
        [("1", 1), (1.5, 1.5), ("true", True), ("ab", "ab"), (False, False)],
        ["abc", None, [], {}, [1], MISSING],
    ),
    example("one_of", schema.one_of([schema.string()], default="x"), [("a", "a"), (MISSING, "x")], [1, None]),
    example(
        "one_of",
        schema.one_of([CIRCLE, SQUARE, schema.array_of(CIRCLE)]),
        [
            ({"type": "circle", "radius": "1"}, {"type": "circle", "radius": 1}),
            ({"type": "square", "side": 0}, {"type": "square", "side": 0}),
            ([{"type": "circle", "radius": 2}], [{"type": "circle", "radius": 2}]),
        ],
        [{"type": "circle", "side": 1}, {"type": "square", "side": -1}, {"type": "x"}, {}, [{}], None],
    ),
    example(
        "union",
        schema.union([schema.literal("a"), schema.literal("b")]),
        same("a", "b"),
        ["c", "A", None, MISSING],
    ),
    example(
        "discriminated_union",
        schema.discriminated_union("type", [CIRCLE, SQUARE, OTHER]),
        [
            ({"type": "circle", "radius": "1"}, {"type": "circle", "radius": 1}),
            ({"side": 1, "type": "square"}, {"side": 1, "type": "square"}),
            ({"type": "line", "name": "a"}, {"type": "line", "name": "a"}),
        ],
        [{"type": "circle", "side": 1}, {"type": "line"}, {"type": 1}, {}, None, "{}", [], MISSING],
    ),
    example(
        "discriminated_union",
        schema.discriminated_union("type", CIRCLE, SQUARE, default={"type": "square", "side": 1}),
        [
            (MISSING, {"type": "square", "side": 1}),
            ({"type": "circle", "radius": 0}, {"type": "circle", "radius": 0}),
        ],
        [{"type": "line"}, {"type": None}, {"type": 1}, {"type": "Circle", "radius": 0}],
    ),
    example(
        "all_of",
        schema.all_of([schema.object({"a": schema.number()}), schema.object({"b": schema.string()})]),
        [({"b": "x", "a": "1"}, {"b": "x", "a": 1})],
        [{}, {"a": 1}, {"a": 1, "b": "x", "c": 1}, None],
    ),
    example(
        "intersection",
        schema.intersection(
            schema.object({"a": schema.number()}), schema.object({}, unknowns="allow"), unknowns="ignore"
        ),
        [({"a": 1, "c": 1}, {"a": 1})],
        [{}, None],
    ),
    example("never", schema.never(), [(MISSING, MISSING)], [None, 0, "", [], {}]),
    example(
        "never", schema.object({"a": schema.never()}), [({}, {}), (MISSING, {})], [{"a": None}, {"a": 1}]
    ),
    example(
        "conditional",
        schema.object(
            {
                "value": schema.conditional(
                    schema.sibling_ref("type"), "number", schema.number(), schema.string()
                ),
                "type": schema.string(default="number"),
            }
        ),
        [
            ({"type": "number", "value": "5"}, {"type": "number", "value": 5}),
            ({"type": "text", "value": "5"}, {"type": "text", "value": "5"}),
            ({"value": 5}, {"value": 5, "type": "number"}),
        ],
        [{"type": "number", "value": "a"}, {"type": "text", "value": 5}, {"type": 1, "value": 5}, {}],
    ),
    example(
        "conditional",
        schema.conditional(
            schema.context_ref("limit"), schema.number(min=5), schema.string(), schema.boolean(), default="x"
        ),
        [("a", "a"), ("true", "true"), (MISSING, "x")],
        [True, 1, None],
        context={"limit": "7"},
    ),
    example(
        "conditional",
        schema.conditional(
            schema.context_ref("a"), schema.context_ref("b"), schema.never(), schema.integer()
        ),
        [(1, 1), ("2", 2)],
        [None, "a", MISSING],
        context={"a": {"x": 1}, "b": {"x": True}},
    ),
    example(
        "offering_based_schema",
        schema.offering_based_schema(serverless=schema.boolean(), traditional=schema.string()),
        [(True, True), ("true", True)],
        ["a", 1, None, MISSING],
        context={"serverless": True},
    ),
    example(
        "offering_based_schema",
        schema.offering_based_schema(serverless=schema.boolean()),
        [(MISSING, MISSING)],
        [True],
    ),
    example(
        "context_ref",
        schema.object({"port": schema.number(default=schema.context_ref("server.ports.1"))}),
        [({}, {"port": 5601}), ({"port": 1}, {"port": 1}), (MISSING, {"port": 5601})],
        [{"port": None}],
        context={"server": {"ports": [80, 5601]}},
    ),
    example(
        "sibling_ref",
        schema.object(
            {
                "high": schema.number(default=schema.sibling_ref("low")),
                "low": schema.number(),
                "deep": schema.object({"top": schema.number(default=schema.sibling_ref("...high"))}),
            }
        ),
        [
            ({"low": "3"}, {"low": 3, "high": 3, "deep": {"top": 3}}),
            ({"deep": {"top": 1}, "low": 3, "high": 4}, {"deep": {"top": 1}, "low": 3, "high": 4}),
        ],
        [{}, {"low": "x"}, {"low": 3, "deep": []}],
    ),
    example(
        "lazy",
        TREE,
        [
            ({"name": "a"}, {"name": "a", "children": []}),
            ({"name": "a", "children": [{"name": "b", "children": []}]},) * 2,
        ],
        [
            {},
            {"name": "a", "children": [{}]},
            {"name": "a", "children": {}},
            {"name": "a", "children": [None]},
        ],
    ),
    example(
        "lazy",
        schema.object(
            {"value": schema.integer(), "next": schema.maybe(schema.lazy("link"))},
            id="link",
            description="A list.",
        ),
        [({"value": 1, "next": {"value": "2"}}, {"value": 1, "next": {"value": 2}}), ({"value": 0},) * 2],
        [{"next": {"value": 1}}, {"value": 1, "next": {"next": 1}}, {"value": 1, "next": None}],
    ),
    example("lazy", schema.lazy(tree), [({"name": "a"}, {"name": "a", "children": []})], [None, {}, MISSING]),
]

IDS = [f"{index}-{row.name}" for index, row in enumerate(EXAMPLES)]

assert {row.name for row in EXAMPLES} == set(schema.__all__), "each combinator has an example"
