"""Compiled schemas in threads, processes and callbacks, copied, dropped, and with overrides."""

import copy
import inspect
import os
import pickle
import subprocess
import sys
import threading

import attrs
import pytest

import kbn_schema as s
from kbn_schema import Schema, ValidationError
from tests.hostile.helper import accepts, nested, refuses
from tests.hostile.test_lifecycle import SCHEMAS, VALUES
from tests.hostile.test_process import eager_switching, fresh_tree, together  # noqa: F401 - a fixture
from tests.processes import unmeasured
from tests.ways import compiled, interpreted


@pytest.mark.parametrize("round_", range(10))
def test_many_threads_may_compile_at_once(round_, eager_switching):  # noqa: F811
    """L1: all with the same answers, some before there is code, some after."""
    schema = fresh_tree()
    good, bad = nested(20, {"n": 1}, n="1"), nested(20, {"n": "wrong"}, n=1)
    sources = []

    def use(number):
        def run():
            if number % 2:
                schema.compile()
            for _ in range(5):
                assert 1 == schema.validate(good)["a"]["n"]
                assert 21 == len(schema.issues_of(bad)[0].path)
            sources.append(schema.source)

        return run

    assert [] == together(*map(use, range(16)))
    assert 1 == len(set(sources))


def test_many_threads_may_be_the_first_to_need_code(eager_switching):  # noqa: F811
    """L1: it is compiled on the way, by whoever gets there."""
    schemas = [fresh_tree() for _ in range(5)]

    def use():
        for schema in schemas:
            for _ in range(200):
                assert {"n": 1, "d": []} == schema.validate({"n": "1"})
                assert not schema.is_valid({"n": "x"})

    assert [] == together(*[use] * 16)


def test_a_process_forked_while_another_thread_compiles_can_compile():
    """L4."""
    program = """
import os, sys, threading, time, warnings
warnings.simplefilter("ignore")
import kbn_schema as s
sys.setswitchinterval(1e-6)
stop = False
def make(): return s.object({"a": s.maybe(s.array_of(s.number())), "b": s.string(pattern="[a-z]+")})
def busy():
    while not stop: make().compile().is_valid({"b": "x"})
shared = make()
threads = [threading.Thread(target=busy) for _ in range(3)]
for thread in threads: thread.start()
for _ in range(10):
    child = os.fork()
    if child == 0:
        for schema in (shared, make()):
            schema.compile()
            if not schema.is_valid({"a": [1], "b": "x"}) or schema.is_valid({"b": 1}): os._exit(1)
        os._exit(0)
    until = time.monotonic() + 25
    while (done := os.waitpid(child, os.WNOHANG)) == (0, 0) and time.monotonic() < until: time.sleep(0.005)
    if done[0] == 0: os.kill(child, 9); os.waitpid(child, 0)
    if done[1] or done[0] == 0: stop = True; sys.exit(f"the child ended with {done}")
stop = True
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=300, env=unmeasured())

    assert (0, b"") == (done.returncode, done.stderr)


def test_a_check_may_validate_and_compile_with_the_same_schema():
    """L5."""
    schema = s.object(
        {"a": s.any()},
        validate=lambda value: (
            None if value["a"] == 0 else schema.compile().validate({"a": value["a"] - 1}) and None
        ),
    )

    assert {"a": 20} == accepts(schema, {"a": 20})


@pytest.mark.parametrize(
    "use", [Schema.compile, lambda schema: schema.is_valid({"a": 1}), lambda schema: schema.source]
)
def test_a_factory_may_use_the_schema_that_is_being_compiled(use):
    """L5: it is asked by the compiler."""
    uses = []

    def factory():
        uses.append(1)
        if len(uses) < 5:
            use(schema)
        return s.number()

    schema = s.object({"a": s.lazy(factory)})
    schema.compile()

    assert {"a": 1} == schema.validate({"a": "1"})
    assert len(uses) <= 5


def test_a_default_may_validate_with_the_same_schema():
    schema = s.object({"a": s.any(default=lambda: schema.validate({"a": 1})["a"])}).compile()

    assert {"a": 1} == schema.validate({})


@pytest.mark.parametrize("failing", ["factory", "lookup"])
def test_a_lazy_that_leads_nowhere_fails_in_the_same_way(failing):
    def factory():
        raise LookupError

    schema = s.object({"a": s.maybe(s.lazy(factory if failing == "factory" else "nowhere"))})
    assert {} == accepts(schema, {})
    texts = []
    for way in (interpreted, compiled):
        with pytest.raises(s.SchemaDefinitionError) as caught:
            way(schema, {"a": 1})
        texts.append(str(caught.value))

    assert texts[0] == texts[1]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_compiled_schema_pickles_as_if_it_were_not(schema):
    """M2: no code is in the pickle, and the copy compiles its own."""
    fresh = pickle.dumps(pickle.loads(pickle.dumps(schema)))
    schema.compile()
    again = pickle.loads(pickle.dumps(schema))

    assert fresh == pickle.dumps(schema)
    assert repr(again) == repr(schema)
    assert schema.source == again.source
    assert schema.validate is not again.validate
    for value in VALUES:
        assert str(again.issues_of(value)) == str(schema.issues_of(value))


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_a_copy_of_a_compiled_schema_is_the_schema(duplicate):
    """M1."""
    schema = s.object({"a": s.number()}).compile()

    assert schema is duplicate(schema)
    assert schema is duplicate([schema])[0]


def test_a_changed_copy_of_a_compiled_schema_compiles_anew():
    """M1: code speaks for one schema only."""
    schema = s.object({"a": s.number()}).compile()
    wider = schema.extends({"b": s.string()})
    ignoring = schema.extends_deep(unknowns="ignore")
    evolved = attrs.evolve(schema, validate=lambda value: "no")

    assert {"a": 1, "b": "x"} == accepts(wider, {"a": 1, "b": "x"})
    assert {"a": 1} == accepts(ignoring, {"a": 1, "b": "x"})
    refuses(evolved, {"a": 1})
    assert {"a": 1} == accepts(schema, {"a": 1})
    assert {} == accepts(schema.partial(), {})
    assert {} == accepts(schema.omit("a"), {})


def test_compiling_again_does_nothing():
    schema = s.object({"a": s.number()})
    assert schema is schema.compile()
    validate, source = schema.validate, schema.source

    assert schema is schema.compile()
    assert validate is schema.validate
    assert source == schema.source


def test_compile_returns_a_schema_that_is_as_immutable_as_before():
    schema = s.object({"a": s.number()}).compile()
    for name in ("validate", "source", "compile", "_compiled", "anything"):
        with pytest.raises(AttributeError):
            setattr(schema, name, 1)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_compiled_code_has_the_signature_of_the_method(schema):
    schema.compile()
    expected, found = (inspect.signature(way) for way in (Schema.validate, schema.validate))

    assert [(p.name, p.kind, p.default) for p in list(expected.parameters.values())[1:]] == [
        (p.name, p.kind, p.default) for p in found.parameters.values()
    ]


def test_arguments_are_taken_by_position_and_by_name():
    schema = s.object({"a": s.any(default=s.context_ref("c"))}).compile()

    assert {"a": 1} == schema.validate({}, {"c": 1}) == schema.validate(value={}, context={"c": 1})
    assert {"a": 1} == schema.validate(context={"c": 1})
    for wrong in (lambda: schema.validate({}, {}, "n", True), lambda: schema.validate({}, other=1)):
        with pytest.raises(TypeError):
            wrong()


@pytest.mark.parametrize(
    "namespace", [None, "", "body", "a\nb", "\ud800", "x" * 10_000, 5, ["a"], b"a", object]
)
def test_a_namespace_is_shown_as_by_check(namespace):
    schema = s.object({"a": s.number()})
    texts = []
    for way in (interpreted, compiled):
        with pytest.raises(ValidationError) as caught:
            way(schema, {"a": "x"}, None, namespace if isinstance(namespace, str) else None)
        texts.append(str(caught.value))
    with pytest.raises(ValidationError) as caught:
        schema.validate({"a": "x"}, None, namespace)

    assert texts == [str(caught.value)] * 2


class Doubling(type(s.object({}))):
    """Overrides what users call."""

    def validate(self, value=s.MISSING, *rest, **options):
        return [super().validate(value, *rest, **options)] * 2


class Counting(type(s.object({}))):
    """Overrides what `validate` calls."""

    calls = []  # noqa: RUF012 - the test clears it

    def enforce(self, value, run, namespace):
        self.calls.append("enforce")
        return super().enforce(value, run, namespace)

    def outcome(self, value, run, *rest):
        self.calls.append("outcome")
        return super().outcome(value, run, *rest)


def test_an_override_of_validate_is_not_hidden():
    """M9."""
    schema = Doubling({"a": s.number()})
    before = schema.validate({"a": "1"})
    schema.compile()

    assert [{"a": 1}] * 2 == before == schema.validate({"a": "1"})
    assert {"a": 1} == s.object({"b": schema}).compile().validate({"b": {"a": 1}})["b"]


def test_overrides_of_what_validate_calls_are_not_skipped():
    """M9: an author who overrides `enforce`, say to log, sees every validation."""
    schema = Counting({"a": s.number()})
    Counting.calls.clear()
    schema.validate({"a": 1})
    before = list(Counting.calls)
    Counting.calls.clear()
    schema.compile().validate({"a": 1})

    assert before == Counting.calls


@pytest.mark.parametrize("method", ["check", "finish", "missing", "mismatch", "get_default"])
def test_an_override_in_a_subclass_is_not_skipped(method):
    """M9, at the root and inside; `tests.fuzz` has more of them."""
    seen = []

    def override(self, *args):
        seen.append(method)
        return getattr(super(kind, self), method)(*args)

    kind = type("Kind", (type(s.number()),), {method: override})
    schema = kind(default=list) if method == "get_default" else kind()
    around = s.object({"a": schema, "b": s.array_of(schema, default=[])})
    for judge, values in ((schema, [s.MISSING, 1, "x"]), (around, [{}, {"a": 1}, {"a": "x"}, {"b": [1]}])):
        for value in values:
            seen.clear()
            judge.issues_of(value)
            before = len(seen)
            seen.clear()
            judge.compile().issues_of(value)
            assert before == len(seen)


def test_a_method_of_the_class_that_is_patched_later_counts_where_it_is_asked():
    """M9: what is compiled is compiled, but `check` is still what decides about bad values."""
    schema = s.object({"a": s.number()}).compile()

    assert "type" == refuses(schema, {"a": []}).issues[0].code


def test_a_dropped_compiled_schema_is_collected_though_it_is_recursive():
    """M4."""
    import gc
    import weakref

    schema = fresh_tree().compile()
    schema.is_valid({"a": {"a": {}}})
    watched = weakref.ref(schema), weakref.ref(schema.validate)
    del schema
    gc.collect()

    assert [None, None] == [ref() for ref in watched]


def test_validate_can_be_kept_without_the_schema():
    """A bound method keeps its object alive, and so does the function that hides it."""
    import gc

    validate = fresh_tree().compile().validate
    gc.collect()

    assert {"n": 1, "d": []} == validate({"n": "1"})
    with pytest.raises(ValidationError):
        validate({"n": "x"})


def test_deep_data_in_a_thread_with_a_small_stack_is_refused():
    """F10 for compiled code."""
    schema = fresh_tree().compile()
    value = nested(100_000, {})
    answers = []
    before = threading.stack_size(2**18)
    try:
        thread = threading.Thread(target=lambda: answers.append(schema.is_valid(value)))
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join(60)

    assert [False] == answers


def test_compiling_writes_no_file(tmp_path):
    program = "import kbn_schema as s; s.object({'a': s.number()}).compile().validate({'a': 1})"
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, cwd=tmp_path, env=env)

    assert (0, b"", b"") == (done.returncode, done.stdout, done.stderr)
    assert [] == list(tmp_path.iterdir())
