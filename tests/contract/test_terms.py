"""Laws of terms, over all kinds, and what is told of each."""

import json
import pickle
import re
import time
from typing import Any

import attrs
import pytest

from kbn_schema import MISSING, Schema, SchemaDefinitionError, contract, schema
from kbn_schema.contract import TermWriter, number
from kbn_schema.contract.terms import MAX_SIZE
from kbn_schema.http import Router
from kbn_schema.run import Run
from tests.contract.told import contract_of, holding, told
from tests.examples import EXAMPLES, IDS, TREE, Color, even, ten, tree


def all_schemas():
    """Return all schemas of the examples, whole and part."""
    found: dict[Any, None] = {}
    waiting = [row.schema for row in EXAMPLES]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found[current] = None
            waiting.extend((*current.children(), *current.handed_on()))
    return list(found)


def odd(value):
    return None if value % 2 else "must be odd"


@pytest.mark.parametrize("row", EXAMPLES, ids=IDS)
def test_a_term_is_the_same_once_it_was_written_and_read(row):
    found = holding(*told(row.schema))

    again = contract.read(found.to_json(), "x.json")

    assert again == found
    assert again.to_json() == found.to_json()


@pytest.mark.parametrize("row", EXAMPLES, ids=IDS)
def test_equal_schemas_have_equal_terms(row):
    if row.schema is TREE:
        return  # a copy is another one than the function in it returns

    assert told(row.schema) == told(pickle.loads(pickle.dumps(row.schema)))


def test_the_word_of_each_kind_is_its_own_but_for_what_accepts_the_same():
    words = {name: told(one)[0]["type"] for name, one in bare_schemas().items()}

    assert {
        "AnySchema": "any", "ArraySchema": "array", "BooleanSchema": "boolean", "BufferSchema": "bytes",
        "ByteSizeSchema": "quantity", "ConditionalSchema": "conditional", "DateSchema": "string",
        "DateTimeSchema": "string", "DiscriminatedUnionSchema": "union", "DurationSchema": "quantity",
        "EmailSchema": "string", "EnumSchema": "values", "IntegerSchema": "integer", "IpSchema": "string",
        "LazySchema": "ref", "LiteralSchema": "values", "MapSchema": "record", "MaybeSchema": "optional",
        "NeverSchema": "nothing", "NullableSchema": "nullable", "NumberSchema": "number",
        "ObjectSchema": "object", "OneOfSchema": "union", "RecordSchema": "record",
        "StreamSchema": "stream", "StringSchema": "string", "UriSchema": "string", "UuidSchema": "string",
    } == words  # fmt: skip


A, B = schema.object({"type": schema.literal("a")}), schema.object({"type": schema.literal("b")})
BOUNDS = {"min": -7, "max": 70, "exclusive_min": -7, "exclusive_max": 70, "multiple_of": 3}
# Another value for each option that is not common to all kinds.
OPTIONS: dict[str, dict[str, Any]] = {
    "ArraySchema": {"item": schema.uuid(), "min_size": 1, "max_size": 7, "unknowns": "allow"},
    "ByteSizeSchema": {"min": "2b", "max": "7gb"},
    "ConditionalSchema": {
        "left": schema.context_ref("z"), "right": "z", "then": schema.uuid(), "otherwise": schema.uuid(),
    },
    "DiscriminatedUnionSchema": {"discriminator": "kind", "alternatives": (A, B)},
    "DurationSchema": {"min": "2ms", "max": "7d"},
    "EnumSchema": {"values": ("z",)},
    "IntegerSchema": BOUNDS,
    "IpSchema": {"versions": ["ipvfuture"]},
    "LiteralSchema": {"value": "z"},
    "MapSchema": {"key": schema.uuid(), "value": schema.uuid(), "unknowns": "allow"},
    "MaybeSchema": {"of": schema.uuid()},
    "NullableSchema": {"of": schema.uuid()},
    "NumberSchema": {**BOUNDS, "unsafe": True},
    "ObjectSchema": {"props": {"z": schema.uuid()}, "unknowns": "allow"},
    "OneOfSchema": {"alternatives": (schema.uuid(), schema.date())},
    "RecordSchema": {"key": schema.uuid(), "value": schema.uuid(), "unknowns": "allow"},
    "StringSchema": {
        "min_length": 1, "max_length": 70, "pattern": re.compile("z", re.IGNORECASE), "hostname": True,
        "coerce_from_number": True,
    },
    "UriSchema": {"scheme": ["ftp"]},
}  # fmt: skip
COMMON = {
    "default": ten, "validate": odd, "title": "z", "description": "z", "deprecated": True, "examples": [7],
    "id": "z", "meta": {"x-z": 7},
}  # fmt: skip
# The barest schema of each kind with options: it takes any change.
BARE = {
    "DiscriminatedUnionSchema": schema.discriminated_union(
        "type",
        schema.object({"type": schema.literal("b"), "kind": schema.literal("c")}),
    ),
    "LazySchema": schema.lazy(tree),
    "MaybeSchema": schema.maybe(schema.any()),
    "NumberSchema": schema.number(),
    "ObjectSchema": schema.object({}),
    "IntegerSchema": schema.integer(),
    "StringSchema": schema.string(),
}


def bare_schemas():
    first = {type(one).__name__: one for one in reversed(all_schemas()) if one.id is None}
    return {**first, **BARE}


@pytest.mark.parametrize("name", [name for name in bare_schemas() if name != "LazySchema"])
def test_another_value_of_an_option_is_another_term(name):
    """No option is left out of the contract: one that is added needs a value here."""
    bare = bare_schemas()[name]
    before = told(bare)

    for field in attrs.fields(type(bare)):
        if field.init:
            value = (OPTIONS.get(name, {}) | COMMON)[field.alias]
            assert told(attrs.evolve(bare, **{field.alias: value})) != before, field.name


def test_what_a_lazy_stands_for_is_told():
    def other():
        return schema.uuid()

    assert told(schema.lazy(tree)) != told(schema.lazy(other))
    assert {"type": "ref", "to": "tree"} == told(schema.lazy(tree))[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (schema.number(default=1), schema.number(default=2)),
        (schema.any(default=None), schema.any()),
        (schema.any(default={1}), schema.any(default={2})),
        (schema.any(default=float("nan")), schema.any(default=float("inf"))),
        (schema.buffer(default=b"a"), schema.buffer(default=b"b")),
        (schema.number(default=ten), schema.number(default=lambda: 11)),
        (schema.number(default=schema.context_ref("a")), schema.number(default=schema.sibling_ref("a"))),
        (schema.number(validate=even), schema.number(validate=odd)),
        (schema.any(meta={"x": {1}}), schema.any(meta={"x": {2}})),
        (schema.any(examples=[{1}]), schema.any(examples=[{2}])),
        (schema.string(pattern="a"), schema.string(pattern=re.compile("a"))),
        (schema.string(pattern=re.compile("a")), schema.string(pattern=re.compile("a", re.IGNORECASE))),
        (schema.literal(1), schema.literal(True)),
        (schema.literal(10**5000), schema.literal(10**5000 + 1)),
        (schema.number(min=10**5000, unsafe=True), schema.number(min=10**5001, unsafe=True)),
        (schema.record_of(schema.string(), schema.any()), schema.map_of(schema.string(), schema.any())),
        (schema.one_of(schema.number(), schema.string()), schema.one_of(schema.string(), schema.number())),
        (
            schema.conditional(schema.context_ref("a"), 1, schema.any(), schema.never()),
            schema.conditional(schema.context_ref("a"), "1", schema.any(), schema.never()),
        ),
        (
            schema.conditional(schema.context_ref("a"), {1}, schema.any(), schema.never()),
            schema.conditional(schema.context_ref("a"), {2}, schema.any(), schema.never()),
        ),
        (
            schema.conditional(schema.context_ref("a"), schema.number(), schema.any(), schema.never()),
            schema.conditional(schema.context_ref("a"), schema.string(), schema.any(), schema.never()),
        ),
        (schema.object({}), schema.object({}, unknowns="forbid")),  # that one inherits nothing
    ],
)
def test_what_is_not_the_same_is_told_otherwise(one, other):
    assert json.dumps(told(one)) != json.dumps(told(other))


def test_the_order_of_props_makes_no_difference():
    one = schema.object({"a": schema.number(), "b": schema.string()})
    other = schema.object({"b": schema.string(), "a": schema.number()})

    assert contract_of(one).to_json() == contract_of(other).to_json()


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (schema.string(), {"type": "string"}),
        (
            schema.string(min_length=0, pattern="a", title="T"),
            {"type": "string", "title": "T", "min_length": 0, "pattern": "a"},
        ),
        (
            schema.string(pattern=re.compile("a", re.IGNORECASE)),
            {"type": "string", "pattern": "a", "flags": ["IGNORECASE", "UNICODE"]},
        ),
        (schema.ip(), {"type": "string", "format": "ip", "versions": ["ipv4", "ipv6"]}),
        (schema.uri(scheme=["b", "a"]), {"type": "string", "format": "uri", "scheme": ["a", "b"]}),
        (schema.byte_size(max="1kb"), {"type": "quantity", "unit": "bytes", "max": 1024}),
        (schema.duration(min="1s"), {"type": "quantity", "unit": "milliseconds", "min": 1000}),
        (
            schema.enum(Color, default=Color.RED),
            {"type": "values", "default": {"value": "red"}, "values": ["red", 2]},
        ),
        (
            schema.number(default=schema.sibling_ref("..a.b")),
            {"type": "number", "default": {"sibling_ref": "..a.b"}},
        ),
        (schema.maybe(schema.never()), {"type": "optional", "of": {"type": "any"}}),
        (schema.array_of(schema.never()), {"type": "array", "items": {"type": "any"}}),
        (
            schema.array_of(schema.any(), max_size=3, unknowns="ignore"),
            {"type": "array", "items": {"type": "any"}, "max_size": 3, "unknowns": "ignore"},
        ),
        (
            schema.discriminated_union("type", B, A, schema.object({"type": schema.string()})),
            {
                "type": "union",
                "discriminator": "type",
                "of": {
                    "a": {"type": "object", "props": {"type": {"type": "values", "values": ["a"]}}},
                    "b": {"type": "object", "props": {"type": {"type": "values", "values": ["b"]}}},
                },
                "other": {"type": "object", "props": {"type": {"type": "string"}}},
            },
        ),
    ],
)
def test_a_term_says(one, expected):
    assert (expected, {}) == told(one)


def test_a_default_is_not_made():
    def fail():
        raise AssertionError

    term, _ = told(schema.object({"a": schema.any(default=fail)}))

    assert {"made_by", "fingerprint"} == term["props"]["a"]["default"].keys()


def test_a_number_too_long_for_json_stays_a_number():
    term, _ = told(schema.integer(min=-(10**5000), max=3))

    assert (-(10**5000), 3) == (number(term["min"]), number(term["max"]))


@pytest.mark.parametrize(
    "one",
    [
        schema.object({"\ud800": schema.any()}),
        schema.any(title="\ud800", description="\ud800", id="\ud800", meta={"\ud800": "\ud800"}),
        schema.any(default="\ud800", examples=["\ud800"]),
        schema.string(pattern="\ud800"),
        schema.literal("\ud800"),
        schema.discriminated_union("\ud800", schema.object({"\ud800": schema.literal("\ud801")})),
        schema.any(default=schema.context_ref("\ud800")),
        schema.uri(scheme=["\ud800"]),
        schema.any(meta={1: 2}),
        schema.any(default=object()),
        schema.any(default=type),
    ],
    ids=lambda one: re.sub(r" at 0x\w+", "", repr(one)),
)
def test_what_json_has_not_is_told_all_the_same(one):
    found = contract_of(one)

    assert found == contract.read(found.to_json(), "x.json")


def test_a_default_that_nests_deeply_is_told():
    deep: list[Any] = []
    for _ in range(195):
        deep = [deep]
    found = contract_of(schema.any(default=deep, examples=[deep], meta={"x-deep": deep}))

    assert found == contract.read(found.to_json(), "x.json")


# --- what stands apart ---


def test_which_findings_are_meant_is_no_part_of_it():
    silenced = schema.string(meta={"lint_ignore": {"unbounded-string": "a log line"}})

    assert ({"type": "string"}, {}) == told(silenced)


def test_a_schema_with_an_id_is_told_once():
    user = schema.object({"name": schema.string()}, id="user")

    term, schemas = told(schema.object({"a": user, "b": schema.maybe(user)}))

    assert {"type": "ref", "to": "user"} == term["props"]["a"] == term["props"]["b"]["of"]
    assert {"user": {"type": "object", "id": "user", "props": {"name": {"type": "string"}}}} == schemas


def test_two_contents_of_one_id_are_two():
    one, other = schema.string(id="x"), schema.number(id="x")

    _, schemas = told(schema.array_of(schema.any()))
    router = Router()
    router.post("/a", validate={"body": one})(lambda context, request, response: None)
    router.post("/b", validate={"body": other})(lambda context, request, response: None)
    router.post("/c", validate={"body": schema.string(id="x")})(lambda context, request, response: None)

    assert {"x": "string", "x-2": "number"} == {
        name: term["type"] for name, term in contract.of(router).schemas.items()
    }
    assert {} == schemas


def test_an_id_is_that_of_the_schema_around():
    """One schema may stand in two that have the same id: the reference in it has two meanings."""
    shared = schema.object({"again": schema.maybe(schema.lazy("node"))}, id="shared")
    text = schema.object({"shared": shared, "value": schema.string()}, id="node")
    number = schema.object({"shared": shared, "value": schema.number()}, id="node")

    _, schemas = told(schema.one_of(schema.array_of(text)))
    router = Router()
    router.post("/a", validate={"body": text})(lambda context, request, response: None)
    router.post("/b", validate={"body": number})(lambda context, request, response: None)
    found = contract.of(router)

    assert {"node", "shared"} == schemas.keys()
    for route, word in zip(found.routes, ("string", "number"), strict=True):
        node = found.target(route.versions[""].request["body"])
        inner = found.target(node["props"]["shared"])
        again = found.target(inner["props"]["again"]["of"])
        assert again is node
        assert word == again["props"]["value"]["type"]


def test_recursion_is_a_reference():
    term, schemas = told(TREE)

    assert {"type": "ref", "to": "tree"} == term
    assert term == schemas["tree"]["props"]["children"]["items"]


def made_anew():
    return schema.object({"next": schema.maybe(schema.lazy(made_anew))})


def test_a_lazy_by_id_says_that_it_wants_a_value_where_its_target_does_not():
    target = schema.object({"next": schema.lazy("node"), "a": schema.string()}, id="node", default={})

    assert {"type": "ref", "to": "node", "required": True} == told(target)[1]["node"]["props"]["next"]


def test_a_lazy_that_makes_its_schema_anew_ends():
    _, schemas = told(made_anew())

    assert 1 == len(schemas)


def test_a_lazy_that_leads_nowhere_is_an_error_that_names_the_route():
    with pytest.raises(SchemaDefinitionError, match=r"The \[post\] at \[/a\]: lazy\(\): no schema around it"):
        contract_of(schema.object({"a": schema.lazy("nowhere")}))


def test_what_is_shared_without_end_is_small():
    shared = schema.object({"x": schema.string()})
    for _ in range(100):
        shared = schema.object({"a": shared, "b": shared})
    start = time.process_time()

    data = contract_of(shared).to_json()

    assert len(data) < 100_000
    assert time.process_time() - start < 2


def test_what_nests_deeply_is_told():
    deep = schema.object({"x": schema.string()})
    for _ in range(200):
        deep = schema.array_of(schema.object({"a": deep}))
    found = contract_of(deep)

    assert found == contract.read(found.to_json(), "x.json")


def test_a_schema_that_is_large_but_shares_nothing_stays_in_its_place():
    wide = schema.object({f"a{index}": schema.string() for index in range(2 * MAX_SIZE)})

    assert {} == told(wide)[1]


# --- kinds of others ---


ANY_TEXT = schema.string()


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class Colors(Schema[Any]):
    shades: int = 3
    shape: Any = None
    item: Schema[Any] = ANY_TEXT

    def check(self, value, run: Run):
        return self.missing(run) if value is MISSING else self.item.check(value, run)

    def children(self):
        return (self.item,)


class Spoken(Colors):
    def term(self, out: TermWriter):
        return out.text(max_length=self.shades)


class Changed(Spoken):
    def check(self, value, run: Run):
        return value


def test_a_kind_that_says_nothing_is_told_by_its_name_and_options():
    term, _ = told(Colors(shades=7, title="T", shape={1}, meta={"x": {2}}))

    opaque = term.pop("opaque")
    assert 16 == len(term["check"].pop("fingerprint"))
    assert {"options.shape", "meta.x"} == opaque.keys()
    assert {
        "type": "custom",
        "title": "T",
        "name": "tests.contract.test_terms.Colors",
        "check": {"name": "tests.contract.test_terms.Colors.check"},
        "options": {"shades": 7},
        "inside": [{"type": "string"}],
    } == term


@pytest.mark.parametrize(
    "other", [Colors(shades=4), Colors(shape={1}), Colors(item=schema.uuid()), Changed(), Colors(default=1)]
)
def test_another_kind_is_another_term(other):
    found = contract_of(other)

    assert told(Colors()) != told(other)
    assert found == contract.read(found.to_json(), "x.json")


def test_a_kind_says_itself_in_our_words():
    assert {"type": "string", "title": "T", "max_length": 3} == told(Spoken(title="T"))[0]


def test_a_term_speaks_for_the_class_that_states_it():
    assert "custom" == told(Changed())[0]["type"]
