"""Area A for compiled code: no text of an author or of data becomes source, and it runs with few names."""

import builtins
import gc
import json
import linecache
import os
import re
import subprocess
import sys
import traceback
import tracemalloc
import types
from pathlib import Path

import pytest

import kbn_schema as s
from kbn_schema import ValidationError
from kbn_schema.codegen.runtime import NAMES
from tests.examples import EXAMPLES, IDS
from tests.hostile import helper
from tests.hostile.generated import MARK, foreign, marked_schema, words
from tests.hostile.helper import accepts, refuses
from tests.hostile.test_names import GENERATED, Colour, EvilInt, Level, PlainText

ROOT = Path(s.__file__).parents[1]
# Ten thousand take two minutes: SCHEMAS=10000 pytest tests/hostile/test_generated.py
SCHEMAS = int(os.environ.get("SCHEMAS", "400"))

FLAG = "kbn_schema_was_injected"
EVIL = f'__import__("builtins").__dict__.update({FLAG}=1)'
PAYLOADS = [payload.replace(helper.EVIL, EVIL) for payload in helper.PAYLOADS]


def ran() -> bool:
    return hasattr(builtins, FLAG)


def payload_schemas(payload):
    """Return schemas that hold *payload* wherever a text may stand, with a good and a bad value."""
    pattern = re.escape(payload)
    branch, other = (s.object({payload: s.literal(tag), "n": s.number()}) for tag in (payload, "other"))
    return [
        (s.object({payload: s.number(default=1)}), {payload: "1"}, {payload: []}),
        (s.object({payload: s.string(default=payload)}), {}, {payload: 1}),
        (s.object({"a": s.any(default=[payload])}, default={payload: payload}), {}, {payload: 1}),
        (s.literal(payload), payload, payload + "x"),
        (s.enum([payload, 1]), payload, payload + "x"),
        (s.one_of(s.literal(payload), s.literal("b"), s.literal(1)), payload, payload + "x"),
        (s.string(pattern=pattern), payload, "x" + payload),
        (s.array_of(s.string(pattern=re.compile(pattern))), [payload], ["x" + payload]),
        (s.record_of(s.literal(payload), s.number()), {payload: 1}, {payload + "x": 1}),
        (s.map_of(s.string(), s.number()), {payload: 1}, {payload: "x"}),
        (s.discriminated_union(payload, branch, other), {payload: payload, "n": 1}, {payload: "y"}),
        (s.one_of(branch, other), {payload: "other", "n": 1}, {payload: "other"}),
        (s.string(validate=lambda value: payload if value else None), "", payload),
        (s.object({"a": s.any()}, title=payload, description=payload, meta={payload: payload}), {"a": 1}, {}),
        (s.object({"a": s.any(default=s.context_ref("a"))}, id=payload.replace(".", "")), {}, {payload: 1}),
    ]  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_text_wherever_it_stands(payload):
    """A1 to A16, for compiled code and for `check`."""
    for schema, good, bad in payload_schemas(payload):
        accepts(schema, good)
        refuses(schema, bad, shows=(payload, payload + "x", "y"))
        assert [] == foreign(schema.source)
        assert "injected" not in schema.source
    assert not ran()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_makes_no_difference_to_the_source(payload):
    """A1 to A16: but for its order among others, which is fixed."""
    plain = [schema.source for schema, *_ in payload_schemas("plain")]

    assert plain == [schema.source for schema, *_ in payload_schemas(payload)]


@pytest.mark.parametrize(
    "names",
    [
        ["a b", "a_b", "a-b"], ["\ufb01", "fi"], ["\u212a", "K"], ["__secret"], GENERATED, sorted(NAMES),
        ["__debug__", "None", "class", "lambda", "", " "],
        ["out_1", "left_1", "value_1", "KEY_1", "SCHEMA_1"],
    ],
)  # fmt: skip
def test_names_stay_apart(names):
    """A22 to A26."""
    schema = s.object({name: s.number() for name in names})
    inner = s.array_of(s.one_of(schema, s.object({names[0]: s.boolean()})))
    value = {name: index for index, name in enumerate(names)}

    assert value == accepts(schema, value)
    assert [value] == accepts(inner, [value])
    assert [] == foreign(schema.source) + foreign(inner.source)


@pytest.mark.parametrize(
    ("make", "good", "bad"),
    [
        (lambda: s.object({PlainText("a"): s.number()}), {"a": 1}, {"a": "x"}),
        (lambda: s.object({Colour.RED: s.number()}), {"red": 1}, {"a": 1}),
        (lambda: s.literal(EvilInt(5)), 5, 6),
        (lambda: s.number(min=EvilInt(1), max=EvilInt(3)), 2, 4),
        (lambda: s.array_of(s.any(), min_size=EvilInt(1), max_size=EvilInt(2)), [1], []),
        (lambda: s.string(min_length=EvilInt(1), max_length=EvilInt(2)), "a", ""),
        (lambda: s.literal(Level.HIGH), 5, 1),
        (lambda: s.number(min=Level.LOW), 1, 0),
        (lambda: s.literal(10**5000), 10**5000, 10**5000 + 1),
        (lambda: s.number(max=10**5000, unsafe=True), 10**5000, 10**5000 + 1),
        (lambda: s.integer(min=-(10**5000)), -(10**5000), -(10**5000) - 1),
        (lambda: s.literal(-0.0), 0.0, 1),
        (lambda: s.number(min=5e-324), 1e-323, 0),
        (lambda: s.number(max=1e308, unsafe=True), 1e308, 1.7e308),
        (lambda: s.integer(max=2**63), 2**63, 2**63 + 1),
        (lambda: s.number(exclusive_min=-0.0), 1e-323, 0.0),
        (lambda: s.string(default="\ud800", pattern="\ud800"), "\ud800", "a"),
        (lambda: s.enum([1, True, "1", None, 1.5]), True, 0),
        (lambda: s.one_of(s.literal(1), s.literal(True)), True, 0),
    ],
)
def test_constants_count_by_value(make, good, bad):
    """A27 to A33."""
    schema = make()
    inside = s.object({"a": schema, "b": s.maybe(s.array_of(schema))})
    accepts(schema, good)
    refuses(schema, bad)
    accepts(inside, {"a": good, "b": [good]})
    refuses(inside, {"a": good, "b": [good, bad]})

    assert [] == foreign(schema.source) + foreign(inside.source)


def test_no_text_of_the_author_is_in_the_source_of_any_schema():
    """A35: neither text nor number that is not ours, no matter what the schema is made of."""
    schemas = [schema for number in range(SCHEMAS) if (schema := marked_schema(f"a35:{number}"))]
    sources = [schema.source for schema in schemas]

    assert len(sources) > 0.8 * SCHEMAS
    assert [] == [source for source in sources if MARK in source or foreign(source)]
    assert len(set().union(*map(words, sources))) < 70


def test_the_source_does_not_depend_on_what_was_compiled_before():
    once = [schema.source for number in range(60) if (schema := marked_schema(f"x:{number}"))]
    again = [schema.source for number in reversed(range(60)) if (schema := marked_schema(f"x:{number}"))]

    assert once == again[::-1]


def test_the_source_does_not_depend_on_the_seed_of_hashes():
    program = """
import hashlib
from tests.examples import EXAMPLES
from tests.hostile.generated import marked_schema
schemas = [row.schema for row in EXAMPLES] + [marked_schema(f"h:{number}") for number in range(60)]
print(hashlib.sha256("".join(schema.source for schema in schemas if schema).encode()).hexdigest())
"""
    runs = [run(program, PYTHONHASHSEED=seed) for seed in ("0", "1", "4242")]

    assert 1 == len(set(runs))


def run(program, *flags, **environment):
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **environment}
    done = subprocess.run([sys.executable, *flags, "-c", program], capture_output=True, env=env, timeout=120)

    assert (0, b"") == (done.returncode, done.stderr[-3000:])
    return done.stdout.decode()


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_the_names_that_generated_code_sees_are_few(example):
    """A36."""
    space = namespace(example.schema)
    allowed = space["__builtins__"]

    assert type(allowed) is dict
    assert set() == {"eval", "exec", "compile", "open", "__import__", "globals", "getattr", "input"} & set(
        allowed
    )
    assert [] == [name for name, value in space.items() if isinstance(value, types.ModuleType)]
    assert [] == [name for name, value in allowed.items() if isinstance(value, types.ModuleType)]
    assert all(name.startswith("__") or re.search("_[0-9]+$|^validate$", name) for name in space)


def namespace(schema):
    return schema.compile().validate.__globals__


def test_generated_code_does_not_change_the_names_it_sees():
    """A36."""
    before = dict(NAMES)
    for row in EXAMPLES[:20]:
        space = dict(namespace(row.schema))
        for value in row.values:
            row.schema.is_valid(value, row.context)
        assert space == namespace(row.schema)

    assert before == NAMES


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_the_source_stands_in_linecache_under_a_name_that_is_no_file(example):
    filename = example.schema.compile().validate.__code__.co_filename
    linecache.checkcache()

    assert re.fullmatch("<kbn_schema [a-z_]+ [0-9]+>", filename)
    assert not os.path.exists(filename)
    assert example.schema.source == "".join(linecache.getlines(filename))


@pytest.mark.parametrize("word", ["two words", "a\nb", "1", "\u00e9"])
def test_the_source_of_a_kind_with_any_word_is_named_as_others_are(word):
    kind = type("Kind", (s.Schema,), {"combinator": word, "check": lambda self, value, run: value})

    assert re.fullmatch("<kbn_schema schema [0-9]+>", kind().compile().validate.__code__.co_filename)


def test_all_functions_of_a_schema_are_in_its_file():
    leaf = s.object({"a": s.number()})
    schema = s.object({"a": leaf, "b": leaf, "c": s.array_of(leaf)}).compile()
    functions = [value for value in namespace(schema).values() if isinstance(value, types.FunctionType)]
    ours = [function for function in functions if function.__globals__ is namespace(schema)]

    assert len(ours) >= 2
    assert {schema.validate.__code__.co_filename} == {function.__code__.co_filename for function in ours}


def recursive():
    schema = s.object({"a": s.lazy(lambda: schema), "b": s.number()}, default={})
    return schema


def test_the_source_leaves_linecache_with_its_schema():
    before = set(linecache.cache)
    schema = recursive().compile()
    filename = schema.validate.__code__.co_filename
    assert set(linecache.cache) - before == {filename}
    del schema
    gc.collect()

    assert filename not in linecache.cache


def test_memory_comes_back_with_dropped_schemas():
    """G9 for compiled code."""

    def make():
        for number in range(150):
            schema = s.object(
                {f"key {number}": s.array_of(s.one_of(s.number(), s.string(default="x")))}
            ).compile()
            schema.is_valid({f"key {number}": [1, "x", None]})

    make()
    gc.collect()
    before = len(linecache.cache)
    tracemalloc.start()
    for _ in range(10):
        make()
    gc.collect()
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert before == len(linecache.cache)
    assert grown < 2**20


def test_memory_does_not_grow_with_what_is_validated():
    """G10 for compiled code: no cache that is keyed by input grows for ever."""
    schema = s.object({"n": s.number(), "t": s.string(), "r": s.record_of(s.string(), s.number())}).compile()

    def use(start):
        for number in range(start, start + 5000):
            value = {"n": str(number), "t": f"text {number}", "r": {f"key {number}": f"{number}.5"}}
            schema.is_valid(value if number % 2 else {**value, f"x{number}": 1, "n": f"no {number}"})

    use(0)
    gc.collect()
    tracemalloc.start()
    use(10_000)
    gc.collect()
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert grown < 2**20


def interrupt(value):
    raise KeyboardInterrupt


def test_a_traceback_through_a_check_shows_the_generated_line():
    """M5."""
    schema = s.object({"a": s.array_of(s.any(), validate=interrupt)}).compile()
    with pytest.raises(KeyboardInterrupt) as caught:
        schema.validate({"a": [1]})
    frames = traceback.extract_tb(caught.value.__traceback__)
    (generated,) = [frame for frame in frames if frame.filename.startswith("<kbn_schema")]

    assert generated.line
    assert generated.line == schema.source.splitlines()[generated.lineno - 1].strip()
    assert "raise KeyboardInterrupt" == frames[-1].line


def test_a_traceback_of_an_error_shows_the_generated_line():
    schema = s.object({"a": s.number()}).compile()
    with pytest.raises(ValidationError) as caught:
        schema.validate({"a": "x"})
    text = "".join(traceback.format_exception(caught.value))

    assert f'File "{schema.validate.__code__.co_filename}"' in text
    assert schema.source.splitlines()[-1].strip() in text


def test_nothing_is_compiled_imported_or_opened_after_compile():
    """A34, R6: each example on its own, good and bad values, texts and dicts of the errors."""
    program = """
import json, sys
from tests.examples import EXAMPLES
from tests.near_miss import near_misses
from kbn_schema import ValidationError
watching, events = False, []
bad = ("compile", "exec", "import", "open", "socket.", "subprocess.", "os.", "ctypes.", "marshal.", "code.")
def note(event, args):
    if watching and event.startswith(bad): events.append((event, repr(args)[:200]))
sys.addaudithook(note)
for row in EXAMPLES:
    values = row.values + [near for value, _ in row.accepted for near in near_misses(value)]
    row.schema.compile()
    watching = True
    for value in values:
        row.schema.is_valid(value, row.context)
        try:
            row.schema.validate(value, row.context, "request body", strip_unknown_keys=True)
            row.schema.validate(value, row.context)
        except ValidationError as error:
            str(error), repr(error), error.to_dict()
            [repr(issue) for issue in row.schema.issues_of(value, row.context)]
    watching = False
    sys.stdout.write(f"{row.name} {events}\\n" if events else "")
    events.clear()
"""
    assert "" == run(program)


@pytest.mark.parametrize("index", range(0, len(EXAMPLES), 4))
def test_the_first_schema_of_a_process_needs_nothing_more_either(index):
    """A34: what an earlier schema brought with it does not help."""
    program = f"""
import sys
from tests.examples import EXAMPLES
from kbn_schema import ValidationError
watching, events = False, []
bad = ("compile", "exec", "import", "open", "socket.", "subprocess.", "os.", "ctypes.")
def note(event, args):
    if watching and event.startswith(bad): events.append((event, repr(args)[:200]))
sys.addaudithook(note)
row = EXAMPLES[{index}]
row.schema.compile()
watching = True
for value in row.values:
    try:
        row.schema.validate(value, row.context)
    except ValidationError as error:
        str(error), error.to_dict()
watching = False
sys.stdout.write(repr(events))
"""
    assert "[]" == run(program)


def test_the_source_is_python_that_reads_well():
    """Lines of ordinary length, four blanks an indentation, no tabs, no semicolons."""
    lines = [line for row in EXAMPLES for line in row.schema.source.splitlines()]

    assert [] == [line for line in lines if "\t" in line or ";" in line or line != line.rstrip()]
    assert [] == [line for line in lines if (len(line) - len(line.lstrip())) % 4]
    assert json.dumps(lines).isascii()
