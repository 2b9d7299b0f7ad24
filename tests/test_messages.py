"""Every sentence a user can read, produced by a real validation: exact text, code and params.

One row or more per constant of `kbn_schema.messages`.
"""

import re
from typing import Any

import attrs
import pytest

from kbn_schema import MISSING, Schema, ValidationError, messages, schema
from kbn_schema.messages import Message

SAFE = 2**53 - 1


@attrs.frozen
class Row:
    """Validating *value* fails with *text* first, under the constant *name*."""

    name: str
    schema: Schema[Any]
    value: Any
    text: str
    code: str
    params: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.name} {self.text[:40]}"


def type_row(judge: Schema[Any], value: Any, expected: str, got: str) -> Row:
    text = f"expected value of type [{expected}] but got [{got}]"
    code = "required" if value is MISSING else "type"
    return Row("TYPE", judge, value, text, code, {"expected": expected, "got": got})


def broken() -> Any:
    raise RuntimeError("the database is down")


def mistaken(value: Any) -> bool:
    return broken()


def wrong(value: Any) -> bool:
    return False


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class Broken(Schema[Any]):
    """A kind with a bug."""

    def check(self, value: object, run: Any) -> Any:
        return broken()


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class Key(Schema[Any]):
    """What `validate_key` says of the prop "a" of *of*."""

    of: Any = attrs.field(kw_only=False)

    def validate(self, value: object = MISSING, *rest: Any, **options: Any) -> Any:
        return self.of.validate_key("a", value)


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class Text(Schema[Any]):
    """What `validate_json` says."""

    def validate(self, value: Any = MISSING, *rest: Any, **options: Any) -> Any:
        return schema.any().validate_json(value)


def json_row(name: str, value: Any, text: str, **params: Any) -> Row:
    code = "depth" if name == "JSON_DEPTH" else "json"
    return Row(name, Text(), value, f"the JSON text {text}", code, params)


def nested(levels: int) -> Any:
    return [nested(levels - 1)] if levels else []


DEEP = schema.array_of(schema.lazy(lambda: DEEP))
CIRCLE = schema.object({"type": schema.literal("circle"), "radius": schema.number()})
LINE = schema.object({"type": schema.literal("line")})
SHAPE = schema.discriminated_union("type", CIRCLE, LINE)
TAGS = {"property": "type", "expected": ["circle", "line"]}

ROWS = [
    type_row(schema.string(), 1, "string", "number"),
    type_row(schema.string(), MISSING, "string", "undefined"),
    type_row(schema.any(), MISSING, "any", "undefined"),
    type_row(schema.boolean(), "yes", "boolean", "string"),
    type_row(schema.number(), True, "number", "boolean"),
    type_row(schema.number(), float("nan"), "number", "number"),
    type_row(schema.integer(), 1.5, "integer", "number"),
    type_row(schema.integer(), None, "integer", "null"),
    type_row(schema.buffer(), [], "Buffer", "Array"),
    type_row(schema.stream(), b"", "Stream", "Uint8Array"),
    type_row(schema.byte_size(), {}, "ByteSize", "Object"),
    type_row(schema.duration(), None, "moment.Duration", "null"),
    type_row(schema.ip(), 1, "string", "number"),
    type_row(schema.date(), 1, "string", "number"),
    type_row(schema.date_time(), 1, "string", "number"),
    type_row(schema.uuid(), MISSING, "string", "undefined"),
    type_row(schema.email(), {1}, "string", "Set"),
    type_row(schema.array_of(schema.any()), {}, "array", "Object"),
    type_row(schema.record_of(schema.string(), schema.any()), [], "object", "Array"),
    Row(
        "URI_TYPE",
        schema.uri(),
        1,
        "expected value of type [string] but got [number].",
        "type",
        {"expected": "string", "got": "number"},
    ),
    Row(
        "URI_TYPE",
        schema.uri(),
        MISSING,
        "expected value of type [string] but got [undefined].",
        "required",
        {"expected": "string", "got": "undefined"},
    ),
    Row(
        "PLAIN_OBJECT",
        schema.object({}),
        [],
        "expected a plain object value, but found [Array] instead.",
        "type",
        {"expected": "object", "got": "Array"},
    ),
    Row(
        "MAP_TYPE",
        schema.map_of(schema.string(), schema.any()),
        [],
        "expected value of type [Map] or [object] but got [Array]",
        "type",
        {"expected": "object", "got": "Array"},
    ),
    Row(
        "MAP_TYPE",
        schema.map_of(schema.string(), schema.any()),
        MISSING,
        "expected value of type [Map] or [object] but got [undefined]",
        "required",
        {"expected": "object", "got": "undefined"},
    ),
    Row(
        "DEFINED",
        schema.one_of(schema.string(), schema.number()),
        MISSING,
        "expected at least one defined value but got [undefined]",
        "required",
        {},
    ),
    Row("SPARSE", schema.array_of(schema.any()), [MISSING], "sparse array are not allowed", "required", {}),
    Row("UNEXPECTED", schema.never(), None, "a value wasn't expected to be present", "never", {}),
    Row(
        "JSON",
        schema.object({}),
        "{",
        "could not parse object value from json input",
        "json",
        {"expected": "object"},
    ),
    Row(
        "JSON",
        schema.array_of(schema.any()),
        "1,2",
        "could not parse array value from json input",
        "json",
        {"expected": "array"},
    ),
    Row(
        "JSON",
        schema.record_of(schema.string(), schema.any()),
        "",
        "could not parse record value from json input",
        "json",
        {"expected": "record"},
    ),
    Row(
        "JSON",
        schema.map_of(schema.string(), schema.any()),
        "x",
        "could not parse map value from json input",
        "json",
        {"expected": "map"},
    ),
    type_row(Text(), None, "JSON text", "null"),
    json_row("JSON_EMPTY", " ", "is empty"),
    json_row("JSON_UTF_8", b'"\xff"', "is not valid UTF-8"),
    json_row("JSON_BYTE_ORDER_MARK", "\ufeff1", "must not begin with a byte order mark"),
    json_row("JSON_SURROGATE", '"\\ud800"', "contains a lone surrogate"),
    json_row("JSON_MALFORMED", "[\n1 2]", "is malformed at line [2], column [3]", line=2, column=3),
    json_row("JSON_NAN", "[-Infinity]", "contains NaN or an infinity"),
    json_row("JSON_TOO_LARGE", "1e999", "contains a number too large to represent"),
    json_row("JSON_DIGITS", "9" * 4301, "contains an integer of more than [4300] digits", limit=4300),
    json_row("JSON_DUPLICATE_KEY", '{"a": 1, "a": 1}', "contains an object with a duplicate key"),
    json_row("JSON_DEPTH", "[" * 201, "is nested more than [200] levels deep", limit=200),
    Row(
        "MIN_LENGTH",
        schema.string(min_length=2),
        "a",
        "value has length [1] but it must have a minimum length of [2].",
        "min_length",
        {"limit": 2, "length": 1},
    ),
    Row(
        "MAX_LENGTH",
        schema.string(max_length=2),
        "abc",
        "value has length [3] but it must have a maximum length of [2].",
        "max_length",
        {"limit": 2, "length": 3},
    ),
    Row(
        "PATTERN",
        schema.string(pattern=r"\d+"),
        "a",
        r"value must match the pattern [\d+].",
        "pattern",
        {"pattern": r"\d+"},
    ),
    Row(
        "HOSTNAME",
        schema.string(hostname=True),
        "a_b",
        "value must be a valid hostname (see RFC 1123).",
        "format",
        {"format": "hostname"},
    ),
    Row(
        "IP",
        schema.ip(),
        "x",
        "value must be a valid ipv4 or ipv6 address",
        "format",
        {"format": "ip", "versions": ["ipv4", "ipv6"]},
    ),
    Row("URI", schema.uri(), "x", "value must be a valid URI (see RFC 3986).", "format", {"format": "uri"}),
    Row(
        "URI_SCHEME",
        schema.uri(scheme=["http", "git+ssh"]),
        "x",
        r"expected URI with scheme [http|git\+ssh].",
        "format",
        {"format": "uri", "scheme": ["http", "git+ssh"]},
    ),
    Row("EMAIL", schema.email(), "x", "value must be a valid e-mail address.", "format", {"format": "email"}),
    Row(
        "UUID", schema.uuid(), "x", "value must be a valid UUID (see RFC 9562).", "format", {"format": "uuid"}
    ),
    Row(
        "DATE",
        schema.date(),
        "x",
        "value must be a valid date, such as 2026-01-31 (see RFC 3339).",
        "format",
        {"format": "date"},
    ),
    Row(
        "DATE_TIME",
        schema.date_time(),
        "x",
        "value must be a valid date-time with an offset, such as 2026-01-31T12:00:00Z (see RFC 3339).",
        "format",
        {"format": "date-time"},
    ),
    Row(
        "TEXT",
        schema.buffer(),
        "\ud800",
        "value must be text that UTF-8 can hold.",
        "format",
        {"format": "utf-8"},
    ),
    Row(
        "SAFE_NUMBER",
        schema.number(),
        SAFE + 1,
        "value must be a safe number (at most 2^53 - 1 in size, with no digit lost).",
        "unsafe_number",
        {},
    ),
    Row("FINITE", schema.number(unsafe=True), float("inf"), "value cannot be infinity.", "unsafe_number", {}),
    Row("MIN", schema.number(min=1), 0, "Value must be equal to or greater than [1].", "min", {"limit": 1}),
    Row(
        "MAX",
        schema.integer(max=1.5),
        2,
        "Value must be equal to or lower than [1.5].",
        "max",
        {"limit": 1.5},
    ),
    Row(
        "EXCLUSIVE_MIN",
        schema.number(exclusive_min=1e21),
        0,
        "Value must be greater than [1e+21].",
        "exclusive_min",
        {"limit": 1e21},
    ),
    Row(
        "EXCLUSIVE_MAX",
        schema.integer(exclusive_max=1),
        1,
        "Value must be lower than [1].",
        "exclusive_max",
        {"limit": 1},
    ),
    Row(
        "MULTIPLE_OF",
        schema.number(multiple_of=0.1),
        0.25,
        "Value must be a multiple of [0.1].",
        "multiple_of",
        {"limit": 0.1},
    ),
    Row(
        "BYTE_SIZE",
        schema.byte_size(),
        "x",
        "Failed to parse value as byte value. Value must be either number of bytes, or follow the format "
        "<count>[b|kb|mb|gb] (e.g., '1024kb', '200mb', '1gb'), where the number is a safe positive integer.",
        "format",
        {"format": "byte_size"},
    ),
    Row(
        "UNSAFE_BYTE_SIZE",
        schema.byte_size(),
        -1,
        "Value in bytes is expected to be a safe positive integer.",
        "unsafe_number",
        {},
    ),
    Row(
        "DURATION",
        schema.duration(),
        "x",
        "Failed to parse value as time value. Value must be a duration in milliseconds, or follow the format "
        "<count>[ms|s|m|h|d|w|M|y] (e.g. '70ms', '5s', '3d', '1y', '1m30s'), where the duration is a safe "
        "positive integer.",
        "format",
        {"format": "duration"},
    ),
    Row(
        "UNSAFE_DURATION",
        schema.duration(),
        0.5,
        "Value in milliseconds is expected to be a safe positive integer.",
        "unsafe_number",
        {},
    ),
    Row(
        "QUANTITY_MIN",
        schema.byte_size(min=2048),
        1,
        "Value must be equal to or greater than [2kb]",
        "min",
        {"limit": "2kb"},
    ),
    Row(
        "QUANTITY_MAX",
        schema.duration(max="90s"),
        "2m",
        "Value must be equal to or less than [PT1M30S]",
        "max",
        {"limit": "PT1M30S"},
    ),
    Row("LITERAL", schema.literal("a"), "b", "expected value to equal [a]", "literal", {"expected": "a"}),
    Row(
        "LITERAL",
        schema.literal(None),
        MISSING,
        "expected value to equal [null]",
        "required",
        {"expected": None},
    ),
    Row(
        "ENUM",
        schema.enum(["a", 1, None]),
        True,
        "expected value to be one of [a, 1, null] but got [boolean]",
        "enum",
        {"expected": ["a", 1, None], "got": "boolean"},
    ),
    Row(
        "ENUM",
        schema.enum(["a"]),
        MISSING,
        "expected value to be one of [a] but got [undefined]",
        "required",
        {"expected": ["a"], "got": "undefined"},
    ),
    Row(
        "UNION_MISFIT",
        schema.one_of(schema.number(), schema.boolean()),
        "x",
        "types that failed validation: expected value of type [number] but got [string]; "
        "expected value of type [boolean] but got [string]",
        "union",
        {"alternatives": 2},
    ),
    Row(
        "UNION_CLOSEST",
        schema.one_of(schema.number(), schema.string(max_length=0)),
        "x",
        "types that failed validation, the closest is [1]",
        "union",
        {"alternatives": 2, "closest": 1},
    ),
    Row("TAG_REQUIRED", SHAPE, {}, '"type" property is required', "discriminator", TAGS),
    Row("TAG_REQUIRED", SHAPE, {"type": None}, '"type" property is required', "discriminator", TAGS),
    Row(
        "TAG_TYPE",
        SHAPE,
        {"type": 1},
        'expected "type" to be a string of ["circle", "line"] but got [number]',
        "discriminator",
        {**TAGS, "got": "number"},
    ),
    Row(
        "TAG_UNKNOWN",
        SHAPE,
        {"type": "li\nne"},
        'expected "type" to be one of ["circle", "line"] but got ["li\\nne"]',
        "discriminator",
        {**TAGS, "got": "string"},
    ),
    Row(
        "UNKNOWN_KEY",
        schema.object({}),
        {"a\n": 1},
        "Additional properties are not allowed ('a\\n' was unexpected)",
        "unknown_key",
        {"key": "a\\n"},
    ),
    Row(
        "UNKNOWN_EMPTY_KEY",
        schema.object({}),
        {"": 1},
        "Additional properties are not allowed (an unexpected property was found)",
        "unknown_key",
        {"key": ""},
    ),
    Row(
        "MIN_SIZE",
        schema.array_of(schema.any(), min_size=2),
        [1],
        "array size is [1], but cannot be smaller than [2]",
        "min_size",
        {"limit": 2, "size": 1},
    ),
    Row(
        "MAX_SIZE",
        schema.array_of(schema.any(), max_size=0),
        [1],
        "array size is [1], but cannot be greater than [0]",
        "max_size",
        {"limit": 0, "size": 1},
    ),
    Row(
        "KEYS_ALIKE",
        schema.map_of(schema.integer(), schema.any()),
        {n * (2**61 - 1): n for n in range(1, 102)},
        "too many keys have the same hash",
        "keys_alike",
        {},
    ),
    Row("DEPTH", DEEP, nested(200), "value is nested more than [200] levels deep", "depth", {"limit": 200}),
    Row("CUSTOM", schema.any(validate=wrong), 1, "value failed custom validation", "custom", {}),
    Row("CUSTOM", schema.any(validate=mistaken), 1, "value failed custom validation", "custom", {}),
    Row(
        "DEFAULT",
        schema.any(default=broken),
        MISSING,
        "the default value could not be computed",
        "default",
        {},
    ),
    Row(
        "NO_SIBLING",
        Key(schema.object({"a": schema.any(default=schema.sibling_ref("b")), "b": schema.any()})),
        MISSING,
        "the default value refers to a sibling, and there is none here",
        "default",
        {},
    ),
    Row("FAULT", Broken(), 1, "value could not be validated", "fault", {}),
]
SENTENCES = {name: value for name, value in vars(messages).items() if isinstance(value, Message)}

over_all_rows = pytest.mark.parametrize("row", ROWS, ids=str)


def error_of(row: Row) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        row.schema.validate(row.value)
    return caught.value


def test_every_sentence_has_a_row():
    assert set(SENTENCES) == {row.name for row in ROWS}


@over_all_rows
def test_a_row_stands_under_the_name_of_its_sentence(row):
    literal_parts = re.split(r"\{\w+\}", SENTENCES[row.name].text)

    assert re.fullmatch(".*".join(map(re.escape, literal_parts)), row.text)


@over_all_rows
def test_says_what_is_wrong_with_its_code_and_params(row):
    issue = error_of(row).issues[0]

    assert (row.text, row.code, row.params) == (issue.message, issue.code, issue.params)


@over_all_rows
def test_begins_the_text_of_the_error(row):
    # Kibana's first line of a union, whose alternatives follow in lines of their own; no issue has it.
    text = "types that failed validation:" if row.code == "union" else row.text

    assert text in str(error_of(row)).split("\n")[0]


@over_all_rows
def test_repeats_nothing_that_was_sent(row):
    issue = error_of(row).issues[0]

    assert row.code == "discriminator" or repr(row.value) not in (issue.message, repr(issue.params))


def test_codes_are_words_of_lower_case():
    assert [] == [message.code for message in SENTENCES.values() if not re.fullmatch("[a-z_]+", message.code)]


def test_no_two_sentences_are_alike():
    assert len(SENTENCES) == len({message.text for message in SENTENCES.values()})


def test_a_message_spells_itself():
    message = Message("isbn", "expected [{digits}] digits")

    assert "Message('isbn', 'expected [{digits}] digits')" == repr(message)
    assert "Message('required', 'expected [{digits}] digits')" == repr(message.required())
