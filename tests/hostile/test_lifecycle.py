"""Area M: schemas are copied, pickled, printed and dropped like plain values."""

import copy
import gc
import pickle
import subprocess
import sys
import threading
import traceback
import warnings
import weakref

import pytest

import kbn_schema as s
from kbn_schema import SchemaError, ValidationError
from tests.hostile.helper import PAYLOADS, accepts, assert_clean, nested, refuses


def tree():
    return s.object({"a": s.maybe(s.lazy("tree")), "n": s.number(default=1)}, id="tree")


def recursive():
    schema = s.object({"a": s.maybe(s.lazy(lambda: schema))})
    return schema


def check(value):
    return "no"


def factory():
    return s.number()


SCHEMAS = [
    s.any(), s.boolean(), s.never(), s.buffer(), s.stream(), s.string(min_length=1, pattern="[a-z]"),
    s.number(min=1),
    s.literal("a"), s.object({"a": s.number(), "b": s.maybe(s.any())}, unknowns="ignore"),
    s.array_of(s.number()),
    s.record_of(s.string(), s.any()), s.map_of(s.any(), s.any()), s.maybe(s.number()), s.nullable(s.number()),
    s.one_of(s.number(), s.boolean()), s.discriminated_union("t", s.object({"t": s.literal("a")})),
    s.byte_size(min="1kb"),
    s.conditional(s.context_ref("a"), 1, s.number(), s.any()), s.lazy(factory), s.duration(default="1m"),
    tree(),
    s.ip(versions=["ipv6"]), s.uri(scheme="http"), s.integer(max=10**50), s.enum(["a", 1]), s.date(),
    s.date_time(),
    s.uuid(), s.email(), s.number(validate=check),
    s.object({"l": s.any(), "d": s.any(default=s.sibling_ref("l"))}),
]  # fmt: skip
VALUES = [
    1,
    "a",
    None,
    [],
    [1],
    {},
    {"a": "1", "x": 1},
    {"t": "a"},
    {"l": 1},
    "1m",
    "::1",
    "http://a",
    b"",
    {"a": {}},
    True,
]


def results(schema):
    return [
        repr(schema.validate(value)) if schema.is_valid(value) else schema.issues_of(value)
        for value in VALUES
    ]


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, *(
    lambda schema, protocol=protocol: pickle.loads(pickle.dumps(schema, protocol)) for protocol in range(2, 6)
)])  # fmt: skip
@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_copy_behaves_the_same(schema, duplicate):
    """M1, M2: before and after the first use."""
    early = duplicate(schema)
    expected = results(schema)
    late = duplicate(schema)

    assert str(expected) == str(results(early)) == str(results(late))
    assert repr(schema) == repr(late)


def test_unpickling_runs_no_text():
    """M2: a pickle holds arguments, and no source."""
    for payload in PAYLOADS[:20]:
        schema = pickle.loads(pickle.dumps(s.object({payload: s.literal(payload)}, title=payload)))
        assert {payload: payload} == accepts(schema, {payload: payload})


def test_a_lambda_is_not_pickled():
    """M2: a clear error."""
    with pytest.raises((TypeError, AttributeError, pickle.PicklingError)):
        pickle.dumps(s.string(validate=lambda value: None))


CYCLE = []
CYCLE.append(CYCLE)


class BadName:
    __qualname__ = "x\n\x1b[31m"

    def __call__(self, value=None):
        return 1

    def __repr__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    "schema",
    [
        *SCHEMAS, recursive(), s.object({f"prop {index}": s.string(title="x" * 50) for index in range(2000)}),
        s.object({"\ud800\n\x1b[2J": s.literal("\ud800\u2028")}, title="\u202e", meta={"x-\0": "\u2066"}),
        s.literal(10**5000), s.string(pattern="x" * 100_000), s.string(default="x" * 1_000_000),
        s.any(default=CYCLE),
        s.any(examples=[CYCLE, "x" * 100_000]), s.enum([f"v{index}" for index in range(5000)]),
        s.any(default=(1,) * 9999),
        s.any(default=b"x" * 100_000), s.any(default={1, 2}), s.any(default=lambda: 1), s.any(validate=print),
        s.any(default=float("nan")), s.any(default=-0.0), s.string(pattern="\x1b\ud800"),
    ],
)  # fmt: skip
def test_repr_is_short_and_printable(schema):
    """M3."""
    assert_clean(repr(schema), 10_000)
    assert_clean(str(schema), 10_000)


@pytest.mark.parametrize(
    "make",
    [lambda: s.any(default=BadName()), lambda: s.any(examples=[BadName]), lambda: s.any(validate=BadName())],
)
def test_repr_survives_objects_of_the_author(make):
    """M3."""
    assert_clean(repr(make()), 10_000)


@pytest.mark.parametrize("make", [tree, recursive])
def test_a_dropped_schema_is_collected(make):
    """M4."""
    schema = make()
    accepts(schema, {"a": {"a": {}}})
    refuses(schema, {"a": {"b": 1}})
    watched = weakref.ref(schema)
    del schema
    gc.collect()

    assert watched() is None


def test_the_traceback_of_a_check_shows_the_authors_line():
    """M5."""

    def explode(value):
        raise KeyError("the author's line")

    error = refuses(s.object({"a": s.any(validate=explode)}), {"a": 1})
    text = "".join(traceback.format_exception(error))

    assert 'raise KeyError("the author\'s line")' in text
    assert "direct cause" in text


def test_importing_has_no_effect():
    """M6."""
    program = """
import sys, threading, warnings
warnings.simplefilter("error")
events = []
bad = ("socket.", "subprocess.")
sys.addaudithook(lambda event, args: events.append(event) if event.startswith(bad) else None)
def state():
    return threading.active_count(), sys.getrecursionlimit(), sys.getswitchinterval(), list(warnings.filters)
before = state()
import kbn_schema
assert before == state()
assert not events, events
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True)

    assert (0, b"", b"") == (done.returncode, done.stdout, done.stderr)


def interpreter():
    return (
        sys.getrecursionlimit(), sys.getswitchinterval(), sys.get_int_max_str_digits(),
        list(warnings.filters),
        threading.active_count(), sys.gettrace(), gc.isenabled(), threading.stack_size(),
    )  # fmt: skip


@pytest.mark.parametrize(
    "value", [nested(10_000, 1), "1" * 9999, 10**5000, float("nan"), "[" * 10_000, "é.com"]
)
@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_interpreter_is_left_as_it_was(schema, value):
    """M7."""
    before = interpreter()
    schema.is_valid(value)
    tree().is_valid(value)

    assert before == interpreter()


def test_nothing_is_compiled_imported_or_opened_by_a_second_call():
    """R6, A34, for a schema that was used before."""
    program = """
import sys, kbn_schema as s
schema = s.object({
    "a": s.number(multiple_of=0.1), "s": s.string(pattern="[a-z]+", hostname=True),
    "d": s.maybe(s.duration()),
    "u": s.maybe(s.uuid()), "t": s.maybe(s.date_time()), "l": s.maybe(s.array_of(s.nullable(s.ip()))),
}, id="x")
values = [{"a": "1.5", "s": "abc", "d": "1s", "t": "2026-01-01T00:00:00Z"}, {}, {"aa": 1, "l": [5]}, "{", 5]
def use():
    for value in values:
        for issue in schema.issues_of(value): issue.to_dict()
        try: schema.validate(value)
        except s.ValidationError as error: str(error), repr(error), error.to_dict()
use()
events = []
bad = ("compile", "exec", "import", "open", "socket.", "subprocess.", "os.", "ctypes.")
sys.addaudithook(lambda event, args: events.append(event) if event.startswith(bad) else None)
use()
sys.stdout.write(repr(events))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True)

    assert (b"[]", b"") == (done.stdout, done.stderr)


def test_a_schema_keeps_what_it_closes_over():
    """M8."""

    def build():
        limit, names = 5, ["a"]
        return s.object(
            {
                "a": s.number(validate=lambda value: "no" if value > limit else None),
                "b": s.any(default=lambda: names[0]),
            }
        )

    schema = build()
    gc.collect()

    assert {"a": 1, "b": "a"} == accepts(schema, {"a": 1})
    refuses(schema, {"a": 6})


def test_an_override_is_not_skipped():
    """M9."""

    class Shouting(type(s.string())):
        def check(self, value, run):
            return value.upper() if isinstance(value, str) else self.mismatch(value)

    schema = s.object({"a": Shouting()})

    assert {"a": "X"} == accepts(schema, {"a": "x"})
    assert "X" == accepts(s.one_of(s.number(), Shouting()), "x")
    refuses(schema, {"a": 1})


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_schema_cannot_be_changed(schema):
    for name in ("default", "validate", "check", "anything"):
        with pytest.raises(AttributeError):
            setattr(schema, name, 1)


@pytest.mark.parametrize("key", ["__class__", "toString", "", "\ud800\x1b[2J", "k" * 10_000, "{0}"])
def test_an_unknown_key_of_validate_key_is_named_short(key):
    with pytest.raises(SchemaError) as caught:
        s.object({"a": s.any()}).validate_key(key, 1)

    assert not isinstance(caught.value, ValidationError)
    assert_clean(str(caught.value), 300)
