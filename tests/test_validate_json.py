"""`validate_json`: what `validate` says of the value that strict JSON spells."""

import io
import json
import pickle
import sys
from pathlib import Path

import attrs
import pytest

from kbn_schema import MISSING, Schema, ValidationError, schema
from kbn_schema.json_text import read_json
from tests.examples import EXAMPLES, IDS
from tests.same import same, shown_error

PAGE = schema.object({"page": schema.integer(), "tags": schema.array_of(schema.string(), default=[])})


def error_of(judge, data, *arguments, **options):
    with pytest.raises(ValidationError) as caught:
        judge.validate_json(data, *arguments, **options)
    return caught.value


@pytest.mark.parametrize("data", ['{"page": 1}', b'{"page": 1}', ' {"page" : 1.0}\n', b'{"\\u0070age":"1"}'])
def test_takes_text_and_bytes(data):
    assert {"page": 1, "tags": []} == PAGE.validate_json(data)


def written(values):
    for value in values:
        try:
            text = json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
        except (TypeError, ValueError):  # a UnicodeEncodeError is one, too
            continue
        yield text


def answer(ask, data, context):
    try:
        return ask(data, context)
    except ValidationError as error:
        return shown_error(error)


@pytest.mark.parametrize("row", EXAMPLES, ids=IDS)
def test_says_what_validate_says_of_the_value(row):
    for text in written([*(value for value, _ in row.accepted), *row.refused]):
        expected = answer(row.schema.validate, json.loads(text), row.context)

        assert same(expected, answer(row.schema.validate_json, text, row.context))


def test_hands_on_context_namespace_and_option():
    judge = schema.object(
        {"a": schema.number(default=schema.context_ref("one")), "b": schema.maybe(schema.number())}
    )

    assert {"a": 1} == judge.validate_json('{"c": 2}', {"one": 1}, strip_unknown_keys=True)
    assert str(error_of(judge, '{"b": []}', {}, "body")).startswith("[body.b]: ")
    assert str(error_of(judge, "{", {}, "body")).startswith("[body]: ")


@pytest.mark.parametrize("compiled", [True, False])
def test_is_the_same_before_and_after_compiling(compiled):
    judge = schema.object({"a": schema.array_of(schema.number(max=5), max_size=3)})
    if compiled:
        judge.compile()

    assert {"a": [1, 2.5]} == judge.validate_json(b'{"a": [1, 2.5]}')
    assert ("a", 1) == error_of(judge, b'{"a": [1, 9]}').path


def test_calls_the_validate_of_a_kind_that_has_its_own():
    @attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
    class Echo(Schema):
        def validate(self, value=MISSING, context=None, namespace=None, *, strip_unknown_keys=False):
            return value, context, namespace, strip_unknown_keys

    assert ([1], {"a": 1}, "body", True) == Echo().validate_json(
        "[1]", {"a": 1}, "body", strip_unknown_keys=True
    )


@pytest.mark.parametrize(
    ("data", "code", "params"),
    [
        ("", "json", {}),
        (b"\n ", "json", {}),
        ('{"page": secret}', "json", {"line": 1, "column": 10}),
        ('{\n "page": 1,\n  2}', "json", {"line": 3, "column": 3}),
        ('{"é": "é" 1}', "json", {"line": 1, "column": 11}),
        ('{"page": 1, "page": 1}', "json", {}),
        ("\ufeff{}", "json", {}),
        (b"\xef\xbb\xbf{}", "json", {}),
        (b'{"page": "\xff"}', "json", {}),
        ('{"page": "\ud800"}', "json", {}),
        ('{"page": "\\ud800"}', "json", {}),
        ("[NaN]", "json", {}),
        ("[1e999]", "json", {}),
        ("9" * 4301, "json", {"limit": 4300}),
        ("[" * 201 + "]" * 201, "depth", {"limit": 200}),
    ],
)
def test_refuses_what_is_no_strict_json(data, code, params):
    error = error_of(PAGE, data)

    assert [((), code, params)] == [(issue.path, issue.code, issue.params) for issue in error.issues]
    assert "secret" not in f"{error!r} {error.to_dict()}"
    assert (None, None) == (error.__cause__, error.__context__)
    assert same(shown_error(error), shown_error(pickle.loads(pickle.dumps(error))))


def test_an_empty_text_is_no_missing_value():
    assert "json" == error_of(schema.string(default="x"), "").issues[0].code
    assert "json" == error_of(schema.maybe(schema.string()), "").issues[0].code


@pytest.mark.parametrize(
    ("data", "got"),
    [
        (None, "null"),
        (MISSING, "undefined"),
        (1, "number"),
        ({"page": 1}, "Object"),
        (["{}"], "Array"),
        (bytearray(b'{"page": 1}'), "Uint8Array"),
        (memoryview(b'{"page": 1}'), "Object"),
        (io.BytesIO(b'{"page": 1}'), "Object"),
        (Path("page.json"), "Object"),
    ],
)
def test_refuses_what_is_neither_bytes_nor_text(data, got):
    issue = error_of(PAGE, data).issues[0]

    assert ("type", {"expected": "JSON text", "got": got}) == (issue.code, issue.params)


class LyingText(str):
    """Text that says it is another in every way there is."""

    def encode(self, *arguments):
        return b'{"page": 666}'

    def __str__(self):
        return '{"page": 666}'

    def __iter__(self):
        raise RuntimeError

    __len__ = __getitem__ = __eq__ = __iter__
    __hash__ = None
    startswith = strip = __str__


class LyingBytes(bytes):
    """Bytes that say they are others in every way there is."""

    def decode(self, *arguments):
        return '{"page": 666}'

    def __bytes__(self):
        return b'{"page": 666}'

    def __iter__(self):
        raise RuntimeError

    __len__ = __getitem__ = __eq__ = __iter__
    __hash__ = None
    count = translate = replace = startswith = decode


@pytest.mark.parametrize(("kind", "held"), [(LyingText, '{"page": 1}'), (LyingBytes, b'{"page": 1}')])
def test_takes_a_lying_subclass_by_what_it_holds(kind, held):
    assert {"page": 1, "tags": []} == PAGE.validate_json(kind(held))


def test_an_object_that_claims_to_be_bytes_is_none():
    class Claiming:
        __class__ = bytes

    assert "type" == error_of(PAGE, Claiming()).issues[0].code


@pytest.fixture
def digits():
    """Set the interpreter's limit of digits, and put it back."""
    limit = sys.get_int_max_str_digits()
    yield sys.set_int_max_str_digits
    sys.set_int_max_str_digits(limit)


@pytest.mark.parametrize("limit", [0, 640, 4300])
def test_the_limit_of_digits_is_ours(limit, digits):
    digits(limit)

    assert 10**4300 - 1 == schema.integer().validate_json("9" * 4300)
    assert 1 - 10**700 == schema.integer().validate_json("-" + "9" * 700)
    assert {"limit": 4300} == error_of(schema.integer(), "9" * 4301).issues[0].params
    assert {"limit": 4300} == error_of(schema.integer(), "9" * 100_000).issues[0].params


@pytest.fixture
def recursion():
    """Set the interpreter's limit of recursion, and put it back."""
    limit = sys.getrecursionlimit()
    yield sys.setrecursionlimit
    sys.setrecursionlimit(limit)


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":', "[[],"])
def test_the_limit_of_depth_is_ours(opening, recursion):
    recursion(1_000_000)

    assert "depth" == error_of(schema.any(), opening * 200_000).issues[0].code


def test_nothing_else_is_raised_where_the_stack_ends():
    deep = "[" * 190 + "]" * 190
    found = set()

    def dive():
        try:
            dive()
            found.add(told())
        except RecursionError:  # not even a call is possible
            found.add("nothing")

    def told():
        try:
            return len(schema.any().validate_json(deep))
        except ValidationError as error:
            return error.issues[0].code

    dive()

    assert found <= {1, "depth", "nothing"}
    assert 1 in found


@pytest.mark.parametrize(
    "text", ["-0", "-0.0", "1.0", "1e2", "18446744073709551616", "9" * 40, "0.1", "5e-324", "1e22"]
)
def test_numbers_come_out_as_the_standard_library_reads_them(text):
    assert same(json.loads(text), schema.any().validate_json(text))
    assert same(json.loads(text), read_json(text.encode()))
