"""Area H: an error says where and what was wanted, and nothing of what was sent."""

import copy
import json
import logging
import pickle
import subprocess
import sys
import traceback

import pytest

import kbn_schema as s
from kbn_schema import MISSING, ValidationError
from tests.hostile.helper import assert_presentable, cpu, nested, refuses

CONTROLS = [
    "a\n[CRITICAL] root login", "a\r\nSet-Cookie: x", "\x1b]0;title\x07", "\x1b[31mred", "a\x00b", "a\x7fb",
    "a\x85b", "a\x9b31m", "a\u202eb", "a\u2066b\u2069", "a\u200fb", "a\u2028b", "a\u2029b", "\ud800",
    "a\udfffb",
    "\ufeffa", "a\u00adb", "\U000e0041", "\ufffe", "\u061c", "\u180e",
]  # fmt: skip


@pytest.mark.parametrize("key", CONTROLS)
def test_keys_are_shown_escaped(key):
    """H1 to H3."""
    error = refuses(s.object({"a": s.maybe(s.any())}), {key: 1})
    assert "\n" not in str(error)
    for schema, value in [
        (s.record_of(s.string(), s.number()), {key: "x"}),
        (s.record_of(s.string(), s.record_of(s.string(), s.number())), {key: {key: "x"}}),
        (s.record_of(s.literal("a"), s.any()), {key: 1}),
        (s.map_of(s.literal("a"), s.any()), {key: 1}),
        (s.array_of(s.object({"a": s.object({})})), [{"a": {key: 1}}]),
        (
            s.object({"a": s.record_of(s.string(), s.number())}),
            {"a": json.dumps({key.replace("\ud800", ""): "x"})},
        ),
    ]:
        assert "\n" not in str(refuses(schema, value, shows=(value.get("a"),) if "a" in value else ()))


@pytest.mark.parametrize("key", CONTROLS)
def test_keys_are_shown_escaped_in_a_union(key):
    """H1 to H3: the lines are ours, what is in them is not."""
    union = s.one_of(s.object({"a": s.maybe(s.any())}), s.record_of(s.string(), s.number()))

    assert 3 == len(str(refuses(union, {key: "x"})).split("\n"))


SECRET = "hunter2-secret"
EVERY_KIND = [
    s.number(), s.number(unsafe=True), s.integer(), s.boolean(), s.literal("a"), s.literal(1),
    s.enum(["a", 1]), s.ip(),
    s.uri(), s.uri(scheme="http"), s.byte_size(), s.duration(), s.date(), s.date_time(), s.uuid(), s.email(),
    s.stream(),
    s.never(), s.object({}), s.array_of(s.any()), s.record_of(s.any(), s.any()), s.map_of(s.any(), s.any()),
    s.string(max_length=1), s.string(min_length=999), s.string(pattern="a"),
    s.string(hostname=True, max_length=9),
    s.one_of(s.number(), s.boolean()), s.one_of(s.number(), s.object({}), s.array_of(s.any())),
    s.nullable(s.number()),
    s.maybe(s.number()), s.discriminated_union("t", s.object({"t": s.literal("a")})),
    s.all_of(s.object({}), s.object({})),
    s.conditional(s.context_ref("a"), 1, s.number(), s.boolean()), s.lazy(lambda: s.number()),
    s.string(validate=lambda value: "no"), s.string(validate=lambda value: False), s.offering_based_schema(),
]  # fmt: skip
SECRETS = [
    SECRET, f" {SECRET} ", f"http:{SECRET} x", f"{SECRET}@x@y.z!", f'"{SECRET}', f'["{SECRET}',
    f'{{"{SECRET}": ',
    f"1{SECRET}", f"{SECRET}\n" + "x" * 300, f"2026-01-01T{SECRET}", f"-----{SECRET}\u202e\ud800",
]  # fmt: skip


@pytest.mark.parametrize("schema", EVERY_KIND)
@pytest.mark.parametrize("value", SECRETS)
def test_a_rejected_text_is_not_shown(schema, value):
    """H4: neither by us, nor by `float`, `json` or `re` in a chained traceback."""
    error = refuses(schema, value)
    everything = "".join(
        [*traceback.format_exception(error), repr(error), str(error.args), json.dumps(error.to_dict())]
    )

    assert "hunter2" not in everything
    assert error.__suppress_context__


@pytest.mark.parametrize("schema", EVERY_KIND)
@pytest.mark.parametrize(
    "value", [31337313373.5, -(31337**9), {"password": SECRET}, [[SECRET]], b"hunter2-secret"]
)
def test_a_rejected_value_is_not_shown(schema, value):
    """H4; what a schema accepts shows nothing either."""
    outcome = schema.issues_of({"a": value} if value == [[SECRET]] else value)

    assert "hunter2" not in str([issue.to_dict() for issue in outcome])
    assert "31337" not in str([issue.to_dict() for issue in outcome])


def test_siblings_are_not_shown():
    """H5."""
    schema = s.object(
        {"password": s.string(), "user": s.string(), "n": s.number()}, validate=lambda value: "no"
    )
    for value in (
        {"password": SECRET},
        {"password": SECRET, "user": 1, "n": []},
        {"password": SECRET, "x": SECRET},
    ):
        refuses(schema, value)
        refuses(s.array_of(schema), [value, value])
        refuses(s.one_of(schema, s.object({"password": s.number()})), value)
    refuses(schema, {"password": SECRET, "user": SECRET, "n": 1})
    refuses(schema, json.dumps({"password": SECRET, "user": 5}))
    refuses(schema, json.dumps({"password": SECRET, "user": 5}) + "}")


def test_a_path_is_a_tuple_whatever_its_keys_hold():
    """H6."""
    schema = s.record_of(s.string(), s.record_of(s.string(), s.array_of(s.number())))

    assert ('a.b[0]"', "", 1) == refuses(schema, {'a.b[0]"': {"": [1, "x"]}}).path


def test_unknown_keys_of_mixed_types_are_named():
    """H7: they cannot be sorted."""
    value = {1: 1, None: 1, "a": 1, (1, 2): 1, 1.5: 1, b"x": 1, True and "t": 1, frozenset(): 1, "b": 1}
    for unknowns in (None, "forbid", "allow"):
        error = refuses(s.object({}, unknowns=unknowns), value)
        assert {"unknown_key"} == {issue.code for issue in error.issues}
        assert all(type(key) in (int, str) for issue in error.issues for key in issue.path)


PROGRAM = """
import kbn_schema as s
u = s.one_of([s.object({c: s.literal(c)}) for c in "abcdefgh"] + [s.enum(["x", "y"]), s.ip()])
for schema, value in [(u, {"zz": 1}), (s.object({c: s.number() for c in "hgf"}), {c: [] for c in "abcdefg"})]:
    found = schema.issues_of(value)
    print([(i.path, i.code, i.message, sorted(i.params.items(), key=str)) for i in found])
    try: schema.validate(value)
    except s.ValidationError as error: print(error)
"""


def test_texts_do_not_depend_on_the_hash_seed():
    """H8."""
    outputs = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": str(seed)},
        ).stdout
        for seed in range(3)
    }

    assert 1 == len(outputs)


def recursive_union():
    branches = [s.object({"a": s.lazy(lambda: union), "k": s.literal(tag)}) for tag in ("x", "y")]
    union = s.one_of([*branches, s.string()])
    return union


FAILURES = [
    (s.number(), "x"), (s.object({"a": s.number()}), {"a": "x", "b": 1}),
    (recursive_union(), nested(30, 1, k="y")),
    (recursive_union(), nested(190, 1, k="y")), (s.array_of(s.number()), ["x"] * 200),
    (s.literal("a"), object()),
    (s.string(validate=lambda value: "no"), "x"),
    (s.discriminated_union("t", s.object({"t": s.literal("a")})), {}),
    (s.record_of(s.string(), s.number()), {"a\ud800": []}),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "value"), FAILURES)
def test_an_error_survives_copying(schema, value):
    """H9."""
    error = refuses(schema, value, None, "ns")
    copies = [copy.copy(error), copy.deepcopy(error)]
    copies += [pickle.loads(pickle.dumps(error, protocol)) for protocol in range(2, 6)]

    assert [ValidationError] * 6 == [type(other) for other in copies]
    assert {str(error)} == {str(other) for other in copies}
    assert all(error.to_dict() == other.to_dict() and error.path == other.path for other in copies)
    assert_presentable(copies[1])


def test_an_error_comes_back_from_another_process(tmp_path):
    """H9."""
    error = refuses(s.object({"a": s.number()}), {"a": "x"})
    program = "import pickle, sys; error = pickle.load(sys.stdin.buffer); print(error); raise error"
    done = subprocess.run([sys.executable, "-c", program], input=pickle.dumps(error), capture_output=True)

    assert str(error) == done.stdout.decode().strip()
    assert b"ValidationError: [a]: expected value of type [number] but got [string]" in done.stderr


def test_an_error_travels_like_any_other(caplog):
    """H10."""
    error = refuses(s.object({"a": s.number()}), {"a": "x"})
    with pytest.raises(ExceptionGroup) as group:
        raise ExceptionGroup("several", [error])
    with pytest.raises(RuntimeError) as chained:
        raise RuntimeError from error
    try:
        raise error
    except ValidationError:
        logging.getLogger("hostile").exception("it failed: %s %r", error, error)

    assert (error,) == group.value.exceptions
    assert "[a]: expected" in "".join(traceback.format_exception(chained.value))
    assert "[a]: expected" in caplog.text
    error.add_note("a note")
    assert "a note" in "".join(traceback.format_exception(error))


@pytest.mark.parametrize(("schema", "value"), FAILURES)
def test_texts_are_cheap_and_stay_the_same(schema, value):
    """H12."""
    error = refuses(schema, value)
    with cpu(2.5):
        assert 1 == len({str(error) for _ in range(200)})


def test_a_text_is_cut_between_characters():
    """The 4 KiB are bytes of UTF-8."""
    schema = s.one_of([s.object({"é" * 60 + f"{index:03}": s.number()}) for index in range(100)])
    text = str(refuses(schema, {}))

    assert 4000 < len(text.encode()) <= 4096


def test_wide_characters_count_as_their_bytes():
    schema = s.one_of([s.object({"\U0001f600" * 60 + f"{index:03}": s.number()}) for index in range(100)])
    refuses(schema, {})
    refuses(s.string(validate=lambda value: "\U0001f600" * 100_000), "x")
    refuses(s.string(), 1, None, "\U0001f600" * 5000)


def test_constants_of_the_author_are_shown_short():
    """H13: decided, allowed values are shown, cut to 64 characters and 20 values."""
    assert len(str(refuses(s.literal("k" * 10_000), "x"))) < 200
    assert len(str(refuses(s.enum([f"{index:04}" * 50 for index in range(500)]), "x"))) < 2000
    tagged = s.discriminated_union(
        "t", [s.object({"t": s.literal(f"{index:04}" * 50)}) for index in range(500)]
    )
    assert len(str(refuses(tagged, {"t": 1}))) < 2000


def test_a_missing_value_is_an_ordinary_error():
    for schema in EVERY_KIND:
        assert all(issue.path == () for issue in schema.issues_of(MISSING))
