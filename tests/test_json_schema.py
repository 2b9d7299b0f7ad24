"""The JSON Schema of each kind: it accepts what `validate` accepts, in each dialect, on both sides."""

import datetime
import json
import os
import re
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from typing import Any

import attrs
import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from openapi_spec_validator import validate as validate_document

from kbn_schema import MISSING, ByteSize, Schema, SchemaDefinitionError, SchemaError, schema
from kbn_schema.http.rendering import to_json
from kbn_schema.references import Reference
from tests.conformance import translate
from tests.conformance.test_config_schema import CASES
from tests.examples import EXAMPLES, IDS, Color, Example
from tests.near_miss import near_misses
from tests.test_laws import JSON, draws

DIALECTS = ("2020-12", "openapi-3.1", "openapi-3.0")
SIDES = ("input", "output")

# Why a document and `validate` may differ, and how often they do at most in the examples and their near
# misses: what the document accepts beyond, what it refuses. Look at what changed before you raise one.
VALIDATOR = "a `validate` function"
CONDITIONAL = "a conditional, whose branches are alternatives"
COERCED = "a text that is coerced, but not within bounds"
QUANTITY = "the text of a size or a duration, beside the bounds"
FORMAT = "a format, read in another way"
IN_EXAMPLES = {VALIDATOR: (28, 0), CONDITIONAL: (46, 0), COERCED: (61, 0), QUANTITY: (15, 0), FORMAT: (12, 1)}
# The same, in all that was recorded of Kibana.
IN_RECORDED = {
    VALIDATOR: (466, 0),
    CONDITIONAL: (720, 0),
    COERCED: (835, 0),
    QUANTITY: (192, 0),
    FORMAT: (158, 24),
}
DURATION = schema.duration().json_schema()["pattern"]
OF_QUANTITIES = {"byte_size", "duration"}
OF_FORMATS = {"date", "date_time", "email", "ip", "uri", "uuid"}

over_all_examples = pytest.mark.parametrize("example", EXAMPLES, ids=IDS)


def checker(document: dict[str, Any]) -> Any:
    return jsonschema_rs.Draft202012Validator(document, validate_formats=True)


def is_json(value: Any) -> bool:
    """Whether *value* could have come out of JSON text."""
    match value:
        case dict():
            return all(type(key) is str and is_json(key) for key in value) and all(
                map(is_json, value.values())
            )
        case list():
            return all(map(is_json, value))
        case str():
            return value.isascii() or not any("\ud800" <= char <= "\udfff" for char in value)
        case float():
            return -float("inf") < value < float("inf")
    return value is None or type(value) in (bool, int)


def tree(of: Schema[Any]) -> Iterator[Schema[Any]]:
    met: set[Schema[Any]] = set()
    waiting = [of]
    while waiting:
        current = waiting.pop()
        if current not in met:
            met.add(current)
            yield current
            waiting.extend((*current.children(), *current.handed_on()))


def rebuilt(of: Schema[Any], change: Any) -> Schema[Any]:
    """*of* with its insides changed, and what its callables return."""
    if of.combinator == "lazy" and callable(of.target):
        return schema.lazy(lambda: change(of.called()))
    return of.rebuild(change)


def without_validators(of: Schema[Any]) -> Schema[Any]:
    without = rebuilt(of, without_validators)
    return without if of.validator is None else attrs.evolve(without, validate=None)


def without_choices(of: Schema[Any]) -> Schema[Any]:
    """The schema with alternatives in place of conditionals."""
    if of.combinator != "conditional":
        return rebuilt(of, without_choices)
    branches = [without_choices(branch) for branch in of.children()]
    union = schema.one_of(branches)
    return schema.maybe(union) if any(branch.is_valid(MISSING) for branch in [*branches, of]) else union


def why(of: Schema[Any], value: Any, context: Any, is_coerced: bool) -> str | None:
    """Why *of* refuses what its document accepts, or the other way round; None for no good reason."""
    accepted = of.is_valid(value, context)
    if without_validators(of).is_valid(value, context) != accepted:
        return VALIDATOR
    if is_coerced:
        return COERCED
    if without_choices(without_validators(of)).is_valid(value, context) != accepted:
        return CONDITIONAL
    kinds = {kind.combinator for kind in tree(of)}
    if kinds & OF_QUANTITIES:
        return QUANTITY
    is_host = any(getattr(kind, "hostname", False) for kind in tree(of))
    return FORMAT if is_host or kinds & OF_FORMATS else None


def differences(of: Schema[Any], values: list[Any], context: Any) -> Iterator[tuple[str | None, bool, Any]]:
    """Each value that the document and `validate` answer differently: why, and whether it is accepted."""
    broad, narrow = (checker(of.json_schema(dialect=dialect)) for dialect in ("2020-12", "openapi-3.1"))
    for value in values:
        if is_json(value):
            told, found = broad.is_valid(value), of.is_valid(value, context)
            if told != found:
                yield why(of, value, context, told and not narrow.is_valid(value)), told, value


def grown(found: list[tuple[str | None, bool, Any]], known: dict[str, tuple[int, int]]) -> dict[str, Any]:
    """The reasons for which there are more differences than *known*; all are printed."""
    count = Counter((reason, told) for reason, told, _ in found)
    table = {str(reason): (count[reason, True], count[reason, False]) for reason, _ in count}
    for reason, (beyond, refused) in sorted(table.items()):
        print(f"{beyond:6} accepted beyond, {refused:4} refused: {reason}")  # noqa: T201 - with pytest -rP
    return {
        reason: numbers
        for reason, numbers in table.items()
        if any(number > most for number, most in zip(numbers, known.get(reason, (0, 0)), strict=True))
    }


def test_a_document_accepts_what_its_schema_accepts():
    found = [
        difference
        for example in EXAMPLES
        for difference in differences(example.schema, draws(example), example.context)
    ]

    assert [] == [(told, value) for reason, told, value in found if reason is None]
    assert {} == grown(found, IN_EXAMPLES)


def recorded() -> Iterator[tuple[Schema[Any], list[Any], Any]]:
    for case in CASES:
        if "op" in case or "stage" in case or case.get("options", {}).get("stripUnknownKeys"):
            continue
        value, context = (
            translate.value(case[key]) if key in case else MISSING for key in ("input", "context")
        )
        try:
            built = translate.schema(case["schema"])
            built.json_schema()
        except (SchemaError, TypeError):
            continue
        yield built, [value, *near_misses(value)], None if context is MISSING else context


def test_a_document_accepts_what_was_recorded_of_kibana():
    found = [
        difference
        for built, values, context in recorded()
        for difference in differences(built, values, context)
    ]

    assert [] == [(told, value) for reason, told, value in found if reason is None]
    assert {} == grown(found, IN_RECORDED)


@settings(max_examples=300, deadline=None)
@given(example=st.sampled_from(EXAMPLES), value=JSON)
def test_a_document_refuses_no_json_that_its_schema_accepts(example, value):
    found = list(differences(example.schema, [value], example.context))

    assert [] == [value for reason, told, value in found if reason != FORMAT and (reason is None or not told)]


def as_json(output: Any) -> Any:
    """The output as a client gets it; MISSING where JSON has no such thing."""
    try:
        return json.loads(to_json(output))
    except (TypeError, ValueError):  # bytes, say, or NaN
        return MISSING


def outputs(example: Example) -> list[Any]:
    of, context = example.schema, example.context
    found = [of.validate(value, context) for value in draws(example) if of.is_valid(value, context)]
    return [told for output in found if output is not MISSING and (told := as_json(output)) is not MISSING]


# Why what fits the document of outputs may be no output, and how often at most: what is refused as an input,
# and what comes out otherwise, for a text may not say what it was.
EARLIER = "an earlier alternative reads the text that a later one yielded"
SPELLED_ANEW = "keys and times come out in one spelling"
REFERRED = "a default that refers to what is there makes an output of what lacks a prop"
NO_JSON = "JSON has neither bytes nor streams"
IN_OUTPUTS = {
    EARLIER: (0, 15),
    SPELLED_ANEW: (0, 6),
    REFERRED: (0, 8),
    NO_JSON: (8, 37),
    CONDITIONAL: (41, 13),
    FORMAT: (12, 0),
}
OF_OUTPUTS = {
    "one_of": EARLIER, "date_time": SPELLED_ANEW, "duration": SPELLED_ANEW, "record_of": SPELLED_ANEW,
    "buffer": NO_JSON, "stream": NO_JSON, "conditional": CONDITIONAL,
}  # fmt: skip


def why_no_output(of: Schema[Any]) -> str | None:
    kinds = {kind.combinator for kind in tree(of)}
    if any(isinstance(kind.default, Reference) for kind in tree(of)):
        return REFERRED
    if any(getattr(kind, "hostname", False) for kind in tree(of)):
        return FORMAT
    reasons = (reason for kind, reason in OF_OUTPUTS.items() if kind in kinds)
    return next(reasons, FORMAT if kinds & OF_FORMATS else None)


def unlike_outputs(example: Example) -> Iterator[tuple[str | None, bool, Any]]:
    """Each value that fits, and is no output: why, whether it is refused, and what it is."""
    check, of = checker(example.schema.json_schema("output")), without_validators(example.schema)
    for value in filter(is_json, draws(example)):
        if check.is_valid(value):
            is_refused = not of.is_valid(value, example.context)
            if is_refused or as_json(of.validate(value, example.context)) != value:
                yield why_no_output(example.schema), is_refused, value


@over_all_examples
def test_outputs_fit_the_document_of_outputs(example):
    check = checker(example.schema.json_schema("output"))

    left_out = [output for output in outputs(example) if not check.is_valid(output)]

    assert (["0.0.0.00"] if example.name == "ip" and len(left_out) == 1 else []) == left_out


def test_what_fits_the_document_of_outputs_is_an_output():
    found = [unlike for example in EXAMPLES for unlike in unlike_outputs(example)]

    assert [] == [value for reason, _, value in found if reason is None]
    assert {} == grown(found, IN_OUTPUTS)


# Any kind inside of another: what is there, and what the value becomes.
AROUND: dict[str, tuple[Any, Any]] = {
    "object": (lambda of: schema.object({"p": of}), lambda value: {"p": value}),
    "ignores": (lambda of: schema.object({"p": of}, unknowns="ignore"), lambda value: {"p": value, "q": 1}),
    "array_of": (schema.array_of, lambda value: [value]),
    "record_of": (lambda of: schema.record_of(schema.string(), of), lambda value: {"k": value}),
    "keys": (lambda of: schema.record_of(of, schema.literal(1)), lambda value: {value: 1}),
    "nullable": (schema.nullable, lambda value: value),
    "maybe": (schema.maybe, lambda value: value),
    "one_of": (lambda of: schema.one_of(of, schema.literal("?"), schema.literal(None)), lambda value: value),
    "lazy": (lambda of: schema.object({"p": schema.lazy(lambda: of)}), lambda value: {"p": value}),
    "tagged": (
        lambda of: schema.discriminated_union(
            "t", schema.object({"t": schema.literal("a"), "p": of}), schema.object({"t": schema.literal("b")})
        ),
        lambda value: {"t": "a", "p": value},
    ),
}
# Here the values of an example stand without their near misses; COERCED is of keys only, which are texts.
IN_OTHERS = {VALIDATOR: (5, 0), CONDITIONAL: (12, 0), COERCED: (6, 0), QUANTITY: (2, 0), FORMAT: (1, 0)}


def inside_of(example: Example, name: str) -> Iterator[Any]:
    _, put = AROUND[name]
    for value in example.values:
        if value is not MISSING and (name != "keys" or type(value) is str):
            yield put(value)
    yield from (
        put("?"),
        "?",
        None,
        [],
        {},
        {"p": None},
        {"t": "a"},
        {"t": "b"},
        {"t": "c"},
        {"?": 1},
        {"k": 2},
    )


@pytest.mark.parametrize("name", AROUND)
def test_a_document_accepts_what_its_schema_accepts_inside_of_another(name):
    around, _ = AROUND[name]
    found = [
        (reason or (COERCED if name == "keys" and told else None), told, value)
        for example in EXAMPLES
        for reason, told, value in differences(
            around(example.schema), list(inside_of(example, name)), example.context
        )
    ]

    assert [] == [(told, value) for reason, told, value in found if reason is None]
    assert {} == grown(found, IN_OTHERS)


@pytest.mark.parametrize("name", AROUND)
def test_outputs_fit_the_document_of_outputs_inside_of_another(name):
    around, _ = AROUND[name]
    left_out = []
    for example in EXAMPLES:
        of = around(example.schema)
        check = checker(of.json_schema("output"))
        values = [value for value in inside_of(example, name) if of.is_valid(value, example.context)]
        told = [as_json(of.validate(value, example.context)) for value in values]
        left_out += [output for output in told if output is not MISSING and not check.is_valid(output)]

    assert [] == left_out


def parts_of(document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema alone, and what it refers to."""
    return document, document.pop("components", {}).get("schemas", {})


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("dialect", "version"), [("openapi-3.0", "3.0.3"), ("openapi-3.1", "3.1.0")])
@over_all_examples
def test_openapi_documents_are_valid(example, dialect, version, side):
    described, schemas = parts_of(example.schema.json_schema(side, dialect))
    document = {
        "openapi": version,
        "info": {"title": "examples", "version": "1"},
        "paths": {},
        "components": {"schemas": {**schemas, "Example": described}},
    }

    validate_document(document)


@over_all_examples
def test_a_document_of_openapi_3_0_refuses_nothing_that_3_1_accepts(example):
    """But null beside what has no `type`, which 3.0 has no other word for than Kibana's."""
    if example.schema.combinator == "stream":
        pytest.skip("an object, as in Kibana: JSON has no streams")
    if getattr(example.schema, "fallback", None) is not None:
        pytest.skip("a discriminator, as in Kibana, is in the way of other tags")
    check = OAS30Validator(
        example.schema.json_schema(dialect="openapi-3.0"), format_checker=oas30_format_checker
    )
    narrow = checker(example.schema.json_schema(dialect="openapi-3.1"))
    # The validator of 3.0 reckons in binary, and takes 1.0 for no integer.
    values = [value for value in draws(example) if is_json(value) and not has_null_or_float(value)]

    assert [] == [value for value in values if narrow.is_valid(value) and not check.is_valid(value)]


def has_null_or_float(value: Any) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is None or isinstance(value, float) or any(map(has_null_or_float, inside))


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("dialect", DIALECTS)
@over_all_examples
def test_a_document_is_json_and_new_each_time(example, dialect, side):
    first = example.schema.json_schema(side, dialect)
    text = json.dumps(first, allow_nan=False)
    spoil(first)

    assert text == json.dumps(example.schema.json_schema(side, dialect))


def spoil(value: Any) -> None:
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        spoil(part)
    if isinstance(value, dict | list):
        value.clear()


@over_all_examples
def test_no_container_stands_twice_in_a_document(example):
    found = list(containers(example.schema.json_schema()))

    assert len(found) == len(set(found))


def containers(value: Any) -> Iterator[int]:
    if isinstance(value, dict | list):
        yield id(value)
        for part in value.values() if isinstance(value, dict) else value:
            yield from containers(part)


def told(of: Schema[Any], dialect: Any = "openapi-3.1", side: Any = "input") -> dict[str, Any]:
    return of.json_schema(side, dialect)


@pytest.mark.parametrize(
    ("of", "in_31", "in_30"),
    [
        (
            schema.number(min=1, exclusive_max=3, multiple_of=0.5),
            {"type": "number", "minimum": 1, "exclusiveMaximum": 3, "multipleOf": 0.5},
            {"type": "number", "minimum": 1, "maximum": 3, "exclusiveMaximum": True, "multipleOf": 0.5},
        ),
        (
            schema.integer(min=2, exclusive_min=1, max=3, exclusive_max=3.5),
            {"type": "integer", "minimum": 2, "maximum": 3},
            {"type": "integer", "minimum": 2, "maximum": 3},
        ),
        (
            schema.integer(min=1, exclusive_min=1, exclusive_max=3, max=3),
            {"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 3},
            {
                "type": "integer",
                "minimum": 1,
                "exclusiveMinimum": True,
                "maximum": 3,
                "exclusiveMaximum": True,
            },
        ),
        (
            schema.number(),
            {"type": "number", "minimum": 1 - 2**53, "maximum": 2**53 - 1},
            {"type": "number"},
        ),
        (schema.number(unsafe=True), {"type": "number"}, {"type": "number"}),
        (
            schema.literal("a"),
            {"type": "string", "const": "a"},
            {"type": "string", "enum": ["a"]},
        ),
        (schema.literal(None), {"type": "null"}, {"nullable": True, "enum": [None]}),
        (
            schema.enum(["a", 1, None]),
            {"enum": ["a", 1, None]},
            {"enum": ["a", 1, None], "nullable": True},
        ),
        (schema.enum(Color), {"enum": ["red", 2]}, {"enum": ["red", 2]}),
        (
            schema.one_of(schema.literal("a"), schema.enum(["b", "c"]), schema.literal("a")),
            {"type": "string", "enum": ["a", "b", "c"]},
            {"type": "string", "enum": ["a", "b", "c"]},
        ),
        (
            schema.one_of(schema.literal(1), schema.literal(True)),
            {"anyOf": [{"type": "integer", "const": 1}, {"type": "boolean", "const": True}]},
            {"anyOf": [{"type": "integer", "enum": [1]}, {"type": "boolean", "enum": [True]}]},
        ),
        (
            schema.one_of(schema.one_of(schema.string(), schema.boolean()), schema.string(), schema.never()),
            {"anyOf": [{"type": "string"}, {"type": "boolean"}]},
            {"anyOf": [{"type": "string"}, {"type": "boolean"}]},
        ),
        (schema.one_of(schema.never(), schema.boolean()), {"type": "boolean"}, {"type": "boolean"}),
        (
            schema.one_of(
                schema.nullable(schema.one_of(schema.string(), schema.boolean())), schema.integer()
            ),
            {
                "anyOf": [{"type": "string"}, {"type": "boolean"}, {"type": "integer"}, {"type": "null"}],
            },
            {"anyOf": [{"type": "string"}, {"type": "boolean"}, {"type": "integer"}], "nullable": True},
        ),
        (
            schema.enum([1.0, 1.5]),
            {"type": "number", "enum": [1.0, 1.5]},
            {"type": "number", "enum": [1.0, 1.5]},
        ),
        (schema.literal(2.0), {"type": "integer", "const": 2}, {"type": "integer", "enum": [2]}),
        (schema.one_of(schema.never()), {"not": {}}, {"not": {}}),
        (schema.one_of(schema.any(), schema.boolean()), {}, {"nullable": True}),
        (
            schema.nullable(schema.boolean(default=True)),
            {"type": ["boolean", "null"], "default": None},
            {"type": "boolean", "nullable": True, "default": None},
        ),
        (
            schema.nullable(schema.enum(["a"])),
            {"type": ["string", "null"], "enum": ["a", None], "default": None},
            {"type": "string", "nullable": True, "enum": ["a", None], "default": None},
        ),
        (
            schema.nullable(schema.one_of(schema.string(), schema.boolean())),
            {"anyOf": [{"type": "string"}, {"type": "boolean"}, {"type": "null"}], "default": None},
            {"anyOf": [{"type": "string"}, {"type": "boolean"}], "nullable": True, "default": None},
        ),
        (
            schema.nullable(schema.nullable(schema.string())),
            {"type": ["string", "null"], "default": None},
            {"type": "string", "nullable": True, "default": None},
        ),
        (
            schema.nullable(schema.ip()),
            {
                "anyOf": [
                    {"type": "string", "anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]},
                    {"type": "null"},
                ],
                "default": None,
            },
            {
                "type": "string",
                "oneOf": [{"format": "ipv4"}, {"format": "ipv6"}],
                "nullable": True,
                "default": None,
            },
        ),
        (schema.nullable(schema.any()), {"default": None}, {"nullable": True, "default": None}),
        (
            schema.nullable(schema.never()),
            {"type": "null", "default": None},
            {"nullable": True, "enum": [None], "default": None},
        ),
        (schema.maybe(schema.number(unsafe=True, default=1)), {"type": "number"}, {"type": "number"}),
        (schema.maybe(schema.never()), {}, {"nullable": True}),
        (
            schema.string(hostname=True),
            {"type": "string", "anyOf": [{"format": f} for f in ("idn-hostname", "ipv4", "ipv6")]},
            {"type": "string", "format": "hostname"},
        ),
        (
            schema.uri(scheme=["http", "git+ssh"]),
            {"type": "string", "format": "uri", "pattern": "^(?:http|git\\+ssh):[\\s\\S]*$"},
            {"type": "string", "format": "uri"},
        ),
        (
            schema.nullable(schema.ip(default="::1", versions=["ipv4", "ipv6"])),
            {
                "anyOf": [
                    {"type": "string", "anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]},
                    {"type": "null"},
                ],
                "default": None,
            },
            {
                "type": "string",
                "oneOf": [{"format": "ipv4"}, {"format": "ipv6"}],
                "nullable": True,
                "default": None,
            },
        ),
        (
            schema.one_of(schema.string(default="x"), schema.boolean(default=True)),
            {"anyOf": [{"type": "string"}, {"type": "boolean"}]},
            {"anyOf": [{"type": "string"}, {"type": "boolean"}]},
        ),
        (
            schema.duration(),
            {"type": ["string", "integer"], "pattern": DURATION, "minimum": 0, "maximum": 2**53 - 1},
            {"anyOf": [{"type": "string"}, {"type": "number"}]},
        ),
        (
            schema.buffer(),
            {"type": "string", "contentMediaType": "application/octet-stream"},
            {"type": "string", "format": "binary"},
        ),
        (
            schema.record_of(schema.enum(["a", "b"]), schema.boolean()),
            {
                "type": "object",
                "properties": {"a": {"type": "boolean"}, "b": {"type": "boolean"}},
                "additionalProperties": False,
            },
            {
                "type": "object",
                "properties": {"a": {"type": "boolean"}, "b": {"type": "boolean"}},
                "additionalProperties": False,
            },
        ),
        (
            schema.record_of(schema.string(max_length=2), schema.boolean(), description="Flags."),
            {
                "description": "Flags.",
                "type": "object",
                "additionalProperties": {"type": "boolean"},
                "propertyNames": {"type": "string", "maxLength": 2},
            },
            {
                "description": 'Flags.\n\nEach key fits {"type": "string", "maxLength": 2}.',
                "type": "object",
                "additionalProperties": {"type": "boolean"},
            },
        ),
        (
            schema.map_of(schema.integer(min=0), schema.boolean()),
            {
                "type": "object",
                "additionalProperties": {"type": "boolean"},
                "propertyNames": {"type": "string", "pattern": r"^\s*[+-]?[0-9]+\s*$"},
            },
            {
                "type": "object",
                "additionalProperties": {"type": "boolean"},
                "description": r'Each key fits {"type": "string", "pattern": "^\\s*[+-]?[0-9]+\\s*$"}.',
            },
        ),
        (
            schema.map_of(schema.duration(min="1s"), schema.boolean()),
            {
                "type": "object",
                "additionalProperties": {"type": "boolean"},
                "propertyNames": {"type": "string", "pattern": DURATION},
            },
            {
                "type": "object",
                "additionalProperties": {"type": "boolean"},
                "description": f"Each key fits {json.dumps({'type': 'string', 'pattern': DURATION})}.",
            },
        ),
        (
            schema.record_of(schema.enum(["a"], id="Key"), schema.boolean()),
            {"type": "object", "properties": {"a": {"type": "boolean"}}, "additionalProperties": False},
            {"type": "object", "properties": {"a": {"type": "boolean"}}, "additionalProperties": False},
        ),
        (
            schema.record_of(schema.string(pattern="a" * 1000), schema.boolean()),
            {
                "type": "object",
                "additionalProperties": {"type": "boolean"},
                "propertyNames": {"type": "string", "pattern": f"^{'a' * 1000}$"},
            },
            {"type": "object", "additionalProperties": {"type": "boolean"}},
        ),
        (
            schema.enum(["a", None]),
            {"type": ["string", "null"], "enum": ["a", None]},
            {"type": "string", "nullable": True, "enum": ["a", None]},
        ),
        (
            schema.nullable(schema.enum(["a", None])),
            {"type": ["string", "null"], "enum": ["a", None], "default": None},
            {"type": "string", "nullable": True, "enum": ["a", None], "default": None},
        ),
        (
            schema.record_of(schema.never(), schema.any()),
            {"type": "object", "additionalProperties": False},
            {"type": "object", "additionalProperties": False},
        ),
    ],
    ids=lambda value: value.combinator if isinstance(value, Schema) else "",
)
def test_what_the_openapi_dialects_say(of, in_31, in_30):
    assert (in_31, in_30) == (told(of), told(of, "openapi-3.0"))


def test_text_for_bytes_is_any_text_where_it_is_coerced():
    in_2020_12 = schema.buffer().json_schema()

    assert {"$schema": in_2020_12["$schema"], "type": "string"} == in_2020_12
    outputs = [of.json_schema("output")["contentMediaType"] for of in (schema.buffer(), schema.stream())]
    assert ["application/octet-stream"] * 2 == outputs


def test_texts_that_are_coerced_are_in_2020_12_only():
    of = schema.object({"a": schema.boolean(), "b": schema.array_of(schema.string(coerce_from_number=True))})

    assert {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": ["object", "string"],
        "properties": {
            "a": {
                "type": ["boolean", "string"],
                "pattern": r"^\s*(?:[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])\s*$",
            },
            "b": {
                "type": ["array", "string"],
                "items": {"type": ["string", "number"]},
                "pattern": r"^[ \t\n\r]*\[[\s\S]*\][ \t\n\r]*$",
                "contentMediaType": "application/json",
            },
        },
        "required": ["a", "b"],
        "additionalProperties": False,
        "pattern": r"^[ \t\n\r]*\{[\s\S]*\}[ \t\n\r]*$",
        "contentMediaType": "application/json",
    } == of.json_schema()
    assert {
        "type": "object",
        "properties": {"a": {"type": "boolean"}, "b": {"type": "array", "items": {"type": "string"}}},
        "required": ["a", "b"],
        "additionalProperties": False,
    } == told(of)
    assert "pattern" not in str(of.json_schema("output"))


def always() -> str:
    return "always"


def fails() -> str:
    raise RuntimeError


@pytest.mark.parametrize(
    ("of", "default"),
    [
        (schema.string(default=""), ""),
        (schema.any(default=None), None),
        (schema.boolean(default=False), False),
        (schema.byte_size(default="1kb"), 1024),
        (schema.duration(default="1m"), "PT1M"),
        (schema.enum(Color, default=Color.BLUE), 2),
        (schema.uuid(default=uuid.UUID(int=1)), "00000000-0000-0000-0000-000000000001"),
        (
            schema.date_time(default=datetime.datetime(2026, 1, 31, tzinfo=datetime.UTC)),
            "2026-01-31T00:00:00+00:00",
        ),
        (schema.array_of(schema.string(), default=("a",)), ["a"]),
        (schema.array_of(schema.string(), default=list), []),
        (schema.string(default=always), "always"),
        (schema.duration(default=lambda: "1s"), "PT1S"),
    ],
    ids=str,
)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_default_is_told_as_json(of, default, dialect):
    assert default == told(of, dialect)["default"]


@pytest.mark.parametrize("side", SIDES)
@over_all_examples
def test_a_default_that_is_told_fits_the_document(example, side):
    document = example.schema.json_schema(side)

    assert checker(document).is_valid(document.get("default")) or "default" not in document


@pytest.mark.parametrize(
    "of",
    [
        schema.string(),
        schema.string(default=schema.context_ref("a")),
        schema.uuid(default=uuid.uuid4),
        schema.string(default=fails),
        schema.buffer(default=b"a"),
        schema.any(default={1, 2}),
        schema.any(default={1: 2}),
        schema.any(default=float("nan")),
        schema.any(default="\ud800"),
        schema.any(default=10**5000),
    ],
    ids=lambda of: of.combinator,
)
def test_a_default_that_is_no_json_or_not_always_the_same_is_not_told(of):
    assert "default" not in told(of)


def test_a_default_that_contains_itself_is_not_told():
    circle: list[Any] = []
    circle.append(circle)

    assert {"examples": [1]} == told(schema.any(default=circle, examples=[circle, 1], meta={"x-c": circle}))


INNER = schema.object({"a": schema.maybe(schema.string())})
PRESENCE = {
    "plain": (schema.string(), True, True),
    "default": (schema.string(default="x"), False, True),
    "made": (schema.string(default=always), False, True),
    "referred": (schema.string(default=schema.context_ref("a")), False, False),
    "maybe": (schema.maybe(schema.string(default="x")), False, False),
    "nullable": (schema.nullable(schema.string()), False, True),
    "optional props": (INNER, False, True),
    "required props": (schema.object({"a": schema.string()}), True, True),
    "deep": (schema.object({"a": schema.object({"b": INNER})}), False, True),
    "array": (schema.array_of(INNER), True, True),
    "union": (schema.one_of(INNER), True, True),
    "chosen": (schema.conditional(schema.context_ref("a"), 1, schema.never(), schema.string()), False, False),
    "lazy": (schema.lazy(lambda: INNER), False, True),
    "tagged": (
        schema.discriminated_union("t", schema.object({"t": schema.literal("a")})),
        True,
        True,
    ),
    "untagged, referred": (
        schema.discriminated_union(
            "t",
            schema.object({"t": schema.literal("a")}),
            schema.object({"t": schema.string()}, default=schema.context_ref("a")),
        ),
        False,
        False,
    ),
    "untagged": (
        schema.discriminated_union(
            "t", schema.object({"t": schema.literal("a")}), schema.object({"t": schema.string(default="b")})
        ),
        False,
        True,
    ),
}


@pytest.mark.parametrize("name", PRESENCE)
@pytest.mark.parametrize("side", SIDES)
def test_what_may_be_left_out_is_not_required(name, side):
    prop, required_in, required_out = PRESENCE[name]
    found = told(schema.object({"p": prop}), side=side).get("required", [])

    assert (["p"] if (required_in if side == "input" else required_out) else []) == found
    assert required_in or schema.object({"p": prop}).is_valid({}, {"a": 1})


def test_an_object_in_itself_is_required_and_one_behind_maybe_is_not():
    def endless() -> Any:
        return around

    around = schema.object({"x": schema.lazy(endless)})
    named = schema.object({"x": schema.lazy("named")}, id="named")
    ends: Any = schema.object({"x": schema.maybe(schema.lazy(lambda: ends))})

    assert ["x"] == told(around)["components"]["schemas"]["endless"]["required"]
    assert ["x"] == told(named)["components"]["schemas"]["named"]["required"]
    assert not around.is_valid({})
    assert "required" not in told(schema.object({"x": ends}))


def test_a_prop_that_must_not_be_there_is_left_out_unless_others_may():
    props = {"a": schema.never()}
    forbids, allows, drops = (schema.object(props, unknowns=u) for u in ("forbid", "allow", "ignore"))

    assert {} == told(forbids)["properties"]
    assert {"a": {"not": {}}} == told(allows)["properties"] == told(drops)["properties"]
    assert {} == told(drops, side="output")["properties"]


def test_unknown_keys_are_told_as_they_are_inherited():
    inner = schema.object({})
    around = schema.object(
        {"a": schema.array_of(inner), "b": schema.record_of(schema.string(), inner, unknowns="forbid")},
        unknowns="ignore",
    )
    properties = told(around)["properties"]

    assert (True, True, False) == (
        told(around)["additionalProperties"],
        properties["a"]["items"]["additionalProperties"],
        properties["b"]["additionalProperties"]["additionalProperties"],
    )
    assert "True" not in str(told(around, side="output"))


def test_annotations_are_told_in_each_dialect():
    of = schema.string(
        title="Name",
        description="A name.",
        deprecated=True,
        examples=["a", b"b", datetime.date(2026, 1, 31)],
        meta={
            "x-order": 1,
            "x-set": {1},
            "other": 1,
            "availability": {"stability": "beta", "since": "8.1.0"},
        },
    )
    common = {"title": "Name", "description": "A name.", "type": "string", "deprecated": True}
    more = {"x-order": 1, "x-state": "Beta; added in 8.1.0"}

    assert {**common, "examples": ["a", "2026-01-31"], **more} == told(of)
    assert {**common, "example": "a", **more} == told(of, "openapi-3.0")


def test_annotations_of_a_union_win_over_those_of_its_only_alternative():
    of = schema.one_of([schema.string(title="inner", description="inner")], title="outer")

    assert {"title": "outer", "description": "inner", "type": "string"} == told(of)


def test_a_schema_with_an_id_is_named_and_its_title_is_the_id():
    item = schema.string(id="Item")
    of = schema.object({"a": item, "b": schema.array_of(item), "c": schema.nullable(item)})
    document = told(of)

    assert {"Item": {"title": "Item", "type": "string"}} == document["components"]["schemas"]
    assert {
        "a": {"$ref": "#/components/schemas/Item"},
        "b": {"type": "array", "items": {"$ref": "#/components/schemas/Item"}},
        "c": {"anyOf": [{"$ref": "#/components/schemas/Item"}, {"type": "null"}], "default": None},
    } == document["properties"]
    assert {"$ref": "#/$defs/Item"} == of.json_schema()["properties"]["a"]


def test_the_root_may_be_named():
    assert {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": "#/$defs/Name",
        "$defs": {"Name": {"title": "A name", "type": "string"}},
    } == schema.string(id="Name", title="A name").json_schema()


def test_beside_a_reference_stands_what_a_dialect_allows():
    of = schema.one_of([schema.string(id="Name")], description="Who.")

    assert {"$ref": "#/components/schemas/Name", "description": "Who."} == parts_of(told(of))[0]
    assert {"description": "Who.", "allOf": [{"$ref": "#/components/schemas/Name"}]} == parts_of(
        told(of, "openapi-3.0")
    )[0]


def test_one_name_for_two_schemas_is_numbered_unless_they_say_the_same():
    def twice(first: Schema[Any], second: Schema[Any]) -> Schema[Any]:
        return schema.object({"a": schema.lazy(lambda: first), "b": schema.lazy(lambda: second)})

    alike = told(twice(schema.string(id="N"), schema.string(id="N")))
    different = told(twice(schema.string(id="N"), schema.boolean(id="N")))

    assert {"N": {"title": "N", "type": "string"}} == alike["components"]["schemas"]
    assert {"$ref": "#/components/schemas/N"} == alike["properties"]["b"]
    assert ["N", "N-2"] == [*different["components"]["schemas"]]
    assert {"$ref": "#/components/schemas/N-2"} == different["properties"]["b"]


def test_recursive_schemas_of_one_name_are_told_apart_by_what_they_lead_to():
    def node(leaf: Schema[Any]) -> Schema[Any]:
        return schema.object({"leaf": leaf, "next": schema.maybe(schema.lazy("node"))}, id="node")

    def leaf(kind: Any) -> Schema[Any]:
        return schema.object({"value": kind}, id="leaf")

    texts, flags, again = (
        node(leaf(schema.string())),
        node(leaf(schema.boolean())),
        node(leaf(schema.string())),
    )
    of = schema.object({str(i): schema.lazy(lambda n=n: n) for i, n in enumerate([texts, flags, again])})
    document = told(of)

    assert {"node", "node-2", "leaf", "leaf-2"} == document["components"]["schemas"].keys()
    assert ["node", "node-2", "node"] == [
        prop["$ref"].rpartition("/")[2] for prop in document["properties"].values()
    ]


def test_ids_become_names_that_openapi_allows():
    of = schema.object({"a": schema.string(id="a b/é~#%"), "b": schema.boolean(id="a_b_")}, id="__proto__")

    assert ["__proto__", "a_b_", "a_b_-2"] == [*told(of)["components"]["schemas"]]


def test_keys_that_are_named_are_told_by_name_where_a_document_can_say_it():
    """OpenAPI 3.0 tells keys in a description, where no reference leads anywhere."""
    keys = schema.lazy(lambda: schema.string(max_length=2, id="Key"))
    of = schema.record_of(schema.one_of(keys, schema.literal("long")), schema.boolean())
    in_31, in_30 = told(of), told(of, "openapi-3.0")

    assert {"$ref": "#/components/schemas/Key"} == in_31["propertyNames"]["anyOf"][0]
    assert ["Key"] == [*in_31["components"]["schemas"]]
    assert (
        'Each key fits {"anyOf": [{"type": "string"}, {"type": "string", "enum": ["long"]}]}.'
        == in_30["description"]
    )
    assert "components" not in in_30


def test_a_tag_names_its_alternative_that_has_no_id():
    of = schema.discriminated_union(
        "kind",
        schema.object({"kind": schema.literal("a")}, id="A"),
        schema.object({"kind": schema.literal("b")}),
        schema.one_of(
            schema.object({"kind": schema.literal("c")}),
            schema.object({"kind": schema.literal("c"), "x": schema.any()}),
        ),
    )
    described, schemas = parts_of(told(of))

    assert {
        "propertyName": "kind",
        "mapping": {
            "a": "#/components/schemas/A",
            "b": "#/components/schemas/b",
            "c": "#/components/schemas/c",
        },
    } == described["discriminator"]
    assert [{"$ref": ref} for ref in described["discriminator"]["mapping"].values()] == described["oneOf"]
    assert ["A", "b", "c"] == [*schemas]
    assert ["anyOf"] == [*schemas["c"]]


def test_the_alternative_for_other_tags_is_listed_for_other_tags():
    tagged = schema.object({"t": schema.literal("a")})
    other = schema.object({"t": schema.string()}, unknowns="allow", id="Other")
    of = schema.discriminated_union("t", tagged, other)
    described, _ = parts_of(told(of))
    in_30, _ = parts_of(told(of, "openapi-3.0"))
    tag = {"t": {"type": "string", "const": "a"}}
    not_a = {"type": "object", "properties": tag, "required": ["t"]}

    assert {
        "oneOf": [{"$ref": "#/components/schemas/a"}, {"$ref": "#/components/schemas/Other", "not": not_a}]
    } == described
    assert ["discriminator", "oneOf"] == [*in_30]
    assert {"$ref": "#/components/schemas/Other"} == in_30["oneOf"][1]["allOf"][0]


def test_json_text_has_no_tag_but_may_be_for_other_tags():
    tagged = schema.object({"t": schema.literal("a")})
    alone = schema.discriminated_union("t", tagged)
    with_other = schema.discriminated_union("t", tagged, schema.object({"t": schema.string()}))
    text = '{"t": "a"}'

    assert [False, True] == [of.is_valid(text) for of in (alone, with_other)]
    assert [False, True] == [checker(of.json_schema()).is_valid(text) for of in (alone, with_other)]


def test_a_union_with_nothing_but_other_tags_takes_nothing():
    assert {"not": {}} == told(schema.discriminated_union("t", schema.object({"t": schema.string()})))


def test_what_is_nested_deeply_is_written_apart():
    deep: Schema[Any] = schema.string()
    for _ in range(3000):
        deep = schema.array_of(deep)
    document = json.loads(json.dumps(deep.json_schema()))

    assert len(document["$defs"]) == len(set(document["$defs"])) == 59


@pytest.mark.parametrize("around", [schema.nullable, schema.maybe, lambda of: schema.object({"a": of})])
def test_any_depth_that_can_be_built_can_be_told(around):
    deep: Schema[Any] = schema.maybe(schema.string())
    for _ in range(500):
        deep = around(deep)

    assert json.dumps([told(deep, dialect, side) for dialect in DIALECTS for side in SIDES])


def test_what_is_shared_a_lot_is_written_once():
    shared: Schema[Any] = schema.string()
    for _ in range(60):
        shared = schema.object({"a": shared, "b": shared})

    assert 20_000 > len(json.dumps(told(shared)))


def test_what_is_shared_a_little_is_written_where_it_stands():
    shared = schema.object({"a": schema.string()})

    assert "components" not in told(schema.object({"a": shared, "b": shared}))


SURROGATE, CONTROLS = "\ud800", "\x00\x1b[31m\u202e\u2028\x7f\n"
NESTED: list[Any] = []
for _ in range(10_000):
    NESTED = [NESTED]


def around(times: int, make: Any, inner: Schema[Any]) -> Schema[Any]:
    for _ in range(times):
        inner = make(inner)
    return inner


class Unkind(dict[str, Any]):
    """A mapping of an author's that does nothing that it is asked."""

    def get(self, *arguments: Any) -> Any:
        raise RuntimeError

    def __iter__(self) -> Any:
        raise RuntimeError


HOSTILE: dict[str, Any] = {
    "many props": lambda: schema.object({f"p{i}": schema.string(min_length=1) for i in range(5000)}),
    "many ids": lambda: schema.object({f"p{i}": schema.object({}, id=f"i{i}") for i in range(3000)}),
    "many of one id": lambda: schema.object(
        {f"p{i}": schema.lazy(lambda i=i: schema.string(id="x", max_length=i)) for i in range(3000)}
    ),
    "many values": lambda: schema.enum([f"v{i}" for i in range(10_000)]),
    "many tags": lambda: schema.discriminated_union(
        "t", [schema.object({"t": schema.literal(f"{i}")}) for i in range(1000)]
    ),
    "tagged keys": lambda: schema.record_of(
        schema.discriminated_union("t", schema.object({"t": schema.literal("a")})), schema.any()
    ),
    "levels": lambda: around(200, lambda of: schema.object({"a": of}), schema.string()),
    "levels of keys": lambda: around(1000, lambda of: schema.record_of(of, schema.any()), schema.string()),
    "shared keys": lambda: around(60, lambda of: schema.record_of(of, of), schema.string()),
    "shared alternatives": lambda: around(40, lambda of: schema.one_of(of, of), schema.string()),
    "controls": lambda: schema.object(
        {CONTROLS: schema.string(pattern=re.escape(CONTROLS))},
        title=CONTROLS,
        description=CONTROLS,
        id=CONTROLS,
    ),
    "surrogates": lambda: schema.string(
        title=SURROGATE,
        description=SURROGATE,
        id=SURROGATE,
        pattern=SURROGATE,
        examples=[SURROGATE],
        meta={
            f"x-{SURROGATE}": 1,
            "x-a": SURROGATE,
            "availability": {"stability": "beta", "since": SURROGATE},
        },
    ),
    "surrogates in props": lambda: schema.object({SURROGATE: schema.string()}),
    "surrogates in values": lambda: schema.enum([SURROGATE, "a"]),
    "surrogates in keys": lambda: schema.record_of(schema.enum([SURROGATE, "a"]), schema.any()),
    "surrogates in tags": lambda: schema.discriminated_union(
        "t",
        *(schema.object({"t": schema.literal(tag)}) for tag in (SURROGATE, "b")),
        schema.object({"t": schema.any()}),
    ),
    "surrogates in the name of tags": lambda: schema.discriminated_union(
        SURROGATE, schema.object({SURROGATE: schema.literal("a")}), schema.object({SURROGATE: schema.any()})
    ),
    "meta": lambda: schema.string(
        meta={"x-a": Unkind(a=1), "x-b": {1: 2}, "x-c": {3}, 5: 1, "availability": Unkind(a=1)}
    ),
    "availability": lambda: schema.string(meta={"availability": {"stability": ["beta"]}}),
    "patterns": lambda: schema.object(
        {
            "conditional": schema.string(pattern="(a)?(?(1)b|c)"),
            "nested": schema.string(pattern="(?:a|" * 300 + "a" + ")" * 300),
            "long": schema.string(pattern="(?:a|b)" * 1000),
        }
    ),
    "large numbers": lambda: schema.object(
        {
            "size": schema.array_of(schema.any(), min_size=0, max_size=10**5000),
            "length": schema.string(max_length=10**5000),
            "bound": schema.integer(min=-(10**5000), max=10**400),
            "multiple": schema.integer(multiple_of=10**5000),
            "value": schema.literal(10**5000),
            "values": schema.enum([10**5000, 1]),
        }
    ),
    "values that are no JSON": lambda: schema.any(
        default=lambda: NESTED, examples=[float("nan"), {"a": float("inf")}, 10**5000, b"", {1: 2}]
    ),
    "a default that raises": lambda: schema.string(default=fails),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_an_author_gives_the_document_is_json(name):
    of = HOSTILE[name]()
    documents = [told(of, dialect, side) for dialect in DIALECTS for side in SIDES]

    assert documents == json.loads(json.dumps(documents, allow_nan=False, ensure_ascii=False).encode())


def test_what_json_cannot_name_is_not_required():
    of = schema.object({SURROGATE: schema.string(), "a": schema.string()})

    assert (["a"], ["a"]) == (told(of)["required"], [*told(of)["properties"]])


def test_a_tag_that_json_cannot_say_leaves_the_others():
    rest = schema.object({"t": schema.string(), "x": schema.any()}, id="Rest")
    tags = [schema.object({"t": schema.literal(tag)}) for tag in (SURROGATE, "b")]
    some = schema.discriminated_union("t", *tags)
    none = schema.discriminated_union("t", tags[0], rest)

    assert {"b": "#/components/schemas/b"} == told(some)["discriminator"]["mapping"]
    assert {"$ref": "#/components/schemas/Rest"} == parts_of(told(none))[0]
    assert {"not": {}} == told(schema.discriminated_union("t", tags[0]))


def test_texts_of_an_author_are_data():
    hostile = ["$ref", "$defs", "__proto__", "", 'a"b', "{}", "\n", "#/components/schemas/x"]
    of = schema.object(
        {name: schema.literal(name) for name in hostile},
        description="</script>",
        examples=[{"$ref": "#/x"}],
        default={"$ref": 1},
        unknowns="allow",
    )
    document = told(of)

    assert {name: {"type": "string", "const": name} for name in hostile} == document["properties"]
    assert ([{"$ref": "#/x"}], {"$ref": 1}, "</script>") == (
        document["examples"],
        document["default"],
        document["description"],
    )


def test_a_document_does_not_depend_on_hashes():
    program = (
        "import json\nfrom tests.examples import EXAMPLES\n"
        "print(json.dumps([row.schema.json_schema() for row in EXAMPLES]))"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert 1 == len(texts)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("sent",), "side must be 'input' or 'output'"),
        (("input", "draft-07"), "dialect must be '2020-12', 'openapi-3.1' or 'openapi-3.0'"),
        (("input", []), "dialect must be"),
    ],
)
def test_another_side_or_dialect_is_refused(arguments, message):
    with pytest.raises(SchemaDefinitionError, match=message):
        schema.string().json_schema(*arguments)


def test_a_lazy_schema_that_leads_nowhere_is_refused():
    with pytest.raises(SchemaDefinitionError, match=r"no schema around it has the id \[nowhere\]"):
        schema.object({"a": schema.lazy("nowhere")}).json_schema()


def test_a_kind_that_says_nothing_may_be_anything():
    class Shout(schema.string):
        """Another check, with the description of the class it is made from."""

        def check(self, value: object, run: Any) -> Any:
            return self.missing(run) if value is MISSING else self.finish(value, run)

    assert {"title": "x"} == told(Shout(title="x", max_length=3))
    assert {"type": "string", "maxLength": 3} == told(schema.string(max_length=3))


def test_a_size_is_a_number_of_bytes_once_it_is_read():
    bounds = {"minimum": 1, "maximum": 1024}
    of = schema.byte_size(min=1, max="1kb", default=ByteSize(5))

    assert {"type": "integer", **bounds, "default": 5} == told(of, side="output")
    assert {"anyOf": [{"type": "string"}, {"type": "number", **bounds}], "default": 5} == told(
        of, "openapi-3.0"
    )
