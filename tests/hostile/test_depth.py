"""Area F: depth is counted by us, whatever the interpreter's limit and stack are."""

import functools
import json
import sys
import threading

import pytest

import kbn_schema as s
from kbn_schema import SchemaDefinitionError, ValidationError
from kbn_schema.kinds import json_input
from tests.hostile.helper import accepts, attempt, cpu, nested, raises_definition_error, refuses, settles

DEEP = [1_000, 100_000]


@functools.cache
def deep(kind, levels=50_000):
    """Return a deep value for that kind: built once, as nothing may change it."""
    return nested(levels, None, RECURSIVE[kind][1], **({"t": "x"} if kind == "tagged" else {}))


def tree():
    return s.object({"a": s.maybe(s.lazy("tree"))}, id="tree")


def recursive(wrap):
    """Return a schema that goes on inside *wrap* for ever."""
    schema = wrap(s.lazy(lambda: schema))
    return schema


# Each with the key that leads down: None for lists.
RECURSIVE = {
    "object": (tree, "a"),
    "array": (lambda: recursive(s.array_of), None),
    "record": (lambda: recursive(lambda inner: s.record_of(s.string(), inner)), "a"),
    "map": (lambda: recursive(lambda inner: s.map_of(s.string(), inner)), "a"),
    "union": (lambda: recursive(lambda inner: s.one_of(s.object({"a": inner}), s.object({"b": inner}))), "a"),
    "nullable": (lambda: recursive(lambda inner: s.object({"a": s.nullable(inner)})), "a"),
    "maybe": (lambda: recursive(lambda inner: s.array_of(s.maybe(s.nullable(inner)))), None),
    "conditional": (
        lambda: recursive(
            lambda inner: s.object({"a": s.conditional(s.context_ref("x"), 1, s.string(), s.maybe(inner))})
        ),
        "a",
    ),
    "tagged": (
        lambda: recursive(
            lambda inner: s.discriminated_union("t", s.object({"t": s.literal("x"), "a": s.maybe(inner)}))
        ),
        "a",
    ),
    "fresh": (lambda: fresh(), "a"),
}


def fresh():
    """F14: the callable returns a new schema each time."""
    return s.object({"a": s.maybe(s.lazy(fresh))})


def with_frames_used(frames, function):
    return function() if frames == 0 else with_frames_used(frames - 1, function)


def frames_in_use():
    frame, count = sys._getframe(), 0
    while frame:
        frame, count = frame.f_back, count + 1
    return count


def in_thread(function, stack):
    """Return what *function* returns in a thread with a small *stack*."""
    answers = []
    before = threading.stack_size(stack)
    try:
        thread = threading.Thread(target=lambda: answers.append(function()))
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join(60)
    return answers[0]


@pytest.fixture
def no_recursion_limit():
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(10**6)
    yield
    sys.setrecursionlimit(before)


def test_takes_two_hundred_levels():
    """F1: a level is a container; the one inside 200 others is one too many."""
    assert nested(199, {}) == accepts(tree(), nested(199, {}))
    error = refuses(tree(), nested(200, {}))

    assert "value is nested more than [200] levels deep" == error.issues[0].message
    assert 200 == len(error.path)


@pytest.mark.parametrize("kind", RECURSIVE)
def test_takes_a_hundred_levels_of_any_kind(kind):
    build, key = RECURSIVE[kind]
    beside = {"t": "x"} if kind == "tagged" else {}
    leaf = (
        []
        if key is None
        else {"union": {"a": 1}, "nullable": {"a": None}, "tagged": {"t": "x"}}.get(kind, {})
    )
    value = nested(100, leaf, key, **beside)
    if kind == "union":
        assert "depth" not in [issue.code for issue in refuses(build(), value).issues]
    else:
        assert value == accepts(build(), value)


@pytest.mark.parametrize("levels", DEEP)
@pytest.mark.parametrize("kind", RECURSIVE)
def test_refuses_any_depth(kind, levels):
    """F2, F3."""
    schema = RECURSIVE[kind][0]()
    with cpu(10):
        assert not schema.is_valid(deep(kind, levels))
        refuses(schema, deep(kind, levels))


@pytest.mark.parametrize("kind", RECURSIVE)
def test_refuses_any_depth_without_a_recursion_limit(kind, no_recursion_limit):
    """F11."""
    refuses(RECURSIVE[kind][0](), deep(kind))


@pytest.mark.parametrize("kind", RECURSIVE)
def test_refuses_any_depth_on_a_small_stack(kind):
    """F10: data built outside."""
    value = deep(kind)

    assert isinstance(in_thread(lambda: settles(RECURSIVE[kind][0](), value), 2**20), ValidationError)


@pytest.mark.parametrize("kind", ["object", "array"])
def test_hands_on_any_depth_where_anything_goes(kind):
    """F4: by reference, nothing is copied."""
    value = deep(kind)

    assert value is accepts(s.any(), value)
    assert value is accepts(s.object({}, unknowns="allow"), {"x": value})["x"]
    assert {} == accepts(s.object({}, unknowns="ignore"), {"x": value})
    assert {} == s.object({}).validate({"x": value}, strip_unknown_keys=True)
    assert value is accepts(s.array_of(s.any()), [value])[0]


SCALARS = [
    s.string(), s.number(), s.integer(), s.boolean(), s.literal(1), s.enum([1, 2]), s.ip(), s.uri(),
    s.byte_size(),
    s.duration(), s.date(), s.date_time(), s.uuid(), s.email(), s.buffer(), s.stream(), s.never(),
    s.object({}),
    s.string(hostname=True), s.string(coerce_from_number=True), s.nullable(s.string()),
    s.one_of(s.string(), s.number()),
]  # fmt: skip


@pytest.mark.parametrize("schema", SCALARS)
def test_scalars_do_not_look_inside(schema):
    """F5."""
    refuses(schema, deep("object"))
    refuses(schema, deep("array"))
    refuses(s.object({"x": schema}), {"x": deep("object")})


def cycles():
    one, two = {}, {}
    one["a"], two["a"] = two, one
    own, items = {}, []
    own["a"] = own
    items.append(items)
    return [one, own, items]


@pytest.mark.parametrize("kind", RECURSIVE)
def test_cycles_end(kind):
    """F6."""
    for value in cycles():
        with cpu(5):
            assert isinstance(settles(RECURSIVE[kind][0](), value), ValidationError)


def test_wide_cycles_end():
    """F6: a cycle that is entered by many keys could cost 2**200."""
    names = "abcdefgh"
    schema = s.object({name: s.maybe(s.lazy("wide")) for name in names}, id="wide")
    value = {}
    value.update(dict.fromkeys(names, value))
    items = []
    items.extend([items] * 8)
    with cpu(5):
        refuses(schema, value)
        refuses(recursive(s.array_of), items)
        refuses(s.one_of(schema, s.string()), value)


def test_anything_may_hold_a_cycle():
    """F7."""
    assert all(value is accepts(s.any(), value) for value in cycles())


@pytest.mark.parametrize("leaf", [{}, {"a": 1}])
@pytest.mark.parametrize(
    "around", [lambda schema: schema, s.nullable, lambda schema: s.one_of(s.string(), schema)]
)
def test_shared_parts_are_checked_once(around, leaf):
    """F8: 2**40 paths."""
    node = s.object({"a": s.maybe(s.lazy("node")), "b": s.maybe(s.lazy("node"))}, id="node")
    value = leaf
    for _ in range(40):
        value = {"a": value, "b": value}
    with cpu(12):
        settles(around(node), value)


def test_shared_lists_are_checked_once():
    """F8."""
    value = ["leaf"]
    for _ in range(40):
        value = [value, value]
    schema = s.one_of(s.string(), s.array_of(s.lazy(lambda: schema)))
    with cpu(12):
        accepts(schema, value)


@pytest.mark.parametrize("kind", RECURSIVE)
@pytest.mark.parametrize("free", [60, 100, 150, 220, 300, 400])
def test_little_stack_is_no_error_of_the_interpreter(kind, free):
    """F9, R1: what is deep is refused, wherever the stack ends: also in a callable of `lazy`."""
    value, schema = deep(kind, 190), RECURSIVE[kind][0]()
    used = sys.getrecursionlimit() - frames_in_use() - free

    assert with_frames_used(used, lambda: schema.is_valid(value)) in (True, False)


def test_a_flat_schema_needs_little_stack():
    """F9."""
    schema = s.object({"a": s.number(), "b": s.array_of(s.string())})
    used = sys.getrecursionlimit() - frames_in_use() - 60

    assert {"a": 1, "b": ["x"]} == with_frames_used(used, lambda: schema.validate({"a": 1, "b": ["x"]}))


def itself():
    schema = s.lazy(lambda: schema)
    return schema


def each_other():
    one = s.lazy(lambda: two)
    two = s.lazy(lambda: one)
    return one


CIRCLES = {
    "itself": itself,
    "each other": each_other,
    "one_of": lambda: recursive(lambda inner: s.one_of(inner, s.string())),
    "one_of later": lambda: recursive(lambda inner: s.one_of(s.string(), inner)),
    "maybe": lambda: recursive(s.maybe),
    "nullable": lambda: recursive(s.nullable),
    "conditional": lambda: recursive(lambda inner: s.conditional(s.context_ref("a"), 1, inner, s.string())),
    "deep": lambda: recursive(lambda inner: s.maybe(s.nullable(s.one_of(s.string(), s.lazy(lambda: inner))))),
    "id": lambda: s.one_of([s.string(), s.lazy("x")], id="x"),
}


@pytest.mark.parametrize("name", CIRCLES)
@pytest.mark.parametrize("value", [1, "x", None, {}, [], {"a": {"a": 1}}])
def test_a_schema_that_is_nothing_but_itself_ends(name, value):
    """F12, F13: at its first use, or a refusal of every value."""
    schema = CIRCLES[name]()
    with cpu(2):
        outcome = attempt(schema, value)
    assert not isinstance(outcome, SchemaDefinitionError) or "lazy" in str(outcome)


def test_a_callable_is_called_once():
    """F14."""
    calls = []

    def factory():
        calls.append(1)
        return s.object({"a": s.maybe(s.lazy(factory))})

    schema = factory()
    for _ in range(20):
        refuses(schema, nested(20, 1))

    assert len(calls) <= 22


@pytest.mark.parametrize(
    "factory", [lambda: None, lambda: 5, lambda: s.string, lambda: 1 / 0, lambda: {}[0], int]
)
def test_a_callable_that_gives_no_schema_is_a_definition_error(factory):
    """F15."""
    raises_definition_error(lambda: s.lazy(factory).validate(1))
    raises_definition_error(lambda: s.object({"a": s.lazy(factory)}).validate({"a": 1}))


def test_the_callables_own_error_is_the_cause():
    """F15."""
    with pytest.raises(SchemaDefinitionError) as caught:
        s.lazy(lambda: 1 / 0).validate(1)

    assert ZeroDivisionError is type(caught.value.__cause__)


JSON_TEXTS = [
    "[" * 100_000, "[" * 100_000 + "]" * 100_000, '{"a":' * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000,
    "NaN", "[NaN]", '{"a":NaN}', "[Infinity]", '{"a":-Infinity}', "[1e999]", "[-1e999]",
    "[" + "1" * 5000 + "]", "",
    " ", "\ufeff[]", '["\\ud800"]', "[\ud800]", "[1,]", "{'a':1}", "[01]", "[1] x", "\0", '["\n"]', "nul",
    '{"a" 1}',
    "[" + "[]," * 10_000 + "[]", '{"' * 1000, "//", "/*[]*/[]", "[1_0]", "[\uff11]", "[+1]", "[.5]", "[0x1]",
]  # fmt: skip


@pytest.mark.parametrize("limit", [None, "no_recursion_limit"])
@pytest.mark.parametrize("text", JSON_TEXTS)
def test_hostile_json_text_is_refused(text, limit, request):
    """F18; of two equal keys the last one counts, as recorded."""
    if limit:
        request.getfixturevalue(limit)
    with cpu(5):
        for schema in (s.object({}), s.array_of(s.number()), s.record_of(s.string(), s.number()), tree()):
            assert "fault" != refuses(schema, text).issues[0].code


def test_a_document_that_uses_up_the_stack_is_too_deep(monkeypatch):
    def read(*arguments):
        return read(*arguments)

    monkeypatch.setattr(json_input, "read_json", read)
    with pytest.raises(s.ValidationError) as error:
        s.any().validate_json("1")

    assert ["depth"] == [issue.code for issue in error.value.issues]


def test_json_text_inside_json_text_counts_on():
    value = "{}"
    for _ in range(12):
        value = json.dumps({"a": value})
    value = nested(195, value)

    assert "depth" in [issue.code for issue in refuses(tree(), value).issues]


@pytest.mark.parametrize("same", [True, False])
@pytest.mark.parametrize("limit", [None, "no_recursion_limit"])
def test_comparing_deep_siblings_ends(limit, same, request):
    """F11, K8: a condition compares whatever `any` let in."""
    if limit:
        request.getfixturevalue(limit)
    schema = s.object(
        {
            "left": s.any(),
            "right": s.any(),
            "value": s.conditional(s.sibling_ref("left"), s.sibling_ref("right"), s.string(), s.number()),
        }
    )
    for kind in ("object", "array"):
        right = deep(kind) if same else deep(kind, 50_001)
        with cpu(10):
            settles(schema, {"left": deep(kind), "right": right, "value": "x"})
    cyclic = cycles()[1]
    other = cyclic if same else cycles()[1]
    with cpu(10):
        settles(schema, {"left": cyclic, "right": other, "value": "x"})


def test_a_deep_default_by_reference_ends():
    schema = s.object({"left": s.any(), "value": s.any(default=s.sibling_ref("left"))})
    for value in (deep("object"), deep("array"), *cycles()):
        with cpu(10):
            settles(schema, {"left": value})


def test_a_condition_that_asks_itself_ends():
    schema = s.conditional(s.context_ref("x"), s.lazy(lambda: schema), s.string(), s.number())
    with cpu(5):
        attempt(schema, 1, {"x": 1})


def test_deep_schemas_work():
    """B3, B4: the schema, and not the data, is deep."""
    schema = s.number()
    for _ in range(3000):
        schema = s.array_of(schema)
    assert [] == accepts(schema, [])
    refuses(schema, nested(3000, 1, None))
    repr(schema)


def defaults(levels):
    schema = s.string(default="x")
    for _ in range(levels):
        schema = s.object({"a": schema})
    return schema


@pytest.mark.parametrize("free", [100, 200, 300, 400, 500])
def test_missing_objects_are_made_wherever_the_stack_ended_while_compiling(free):
    schema = defaults(150)
    with_frames_used(sys.getrecursionlimit() - frames_in_use() - free, schema.compile)

    assert [nested(150, "x")] * 2 == [schema.validate(), schema.validate({})]


def test_missing_objects_inside_each_other_are_too_deep():
    schema = defaults(2000).compile()

    assert ["depth"] == [issue.code for issue in schema.issues_of(s.MISSING)]


def test_missing_objects_inside_themselves_end():
    """A missing object counts as an empty one; one that needs itself would go on for ever."""
    schema = s.object({"a": s.lazy(lambda: schema)})
    with cpu(2):
        refuses(schema, {})
        refuses(s.one_of(schema, s.string()), {})
