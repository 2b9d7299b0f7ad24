"""Area E: unions cost a sum and not a product, and a failed branch leaves nothing behind."""

import json

import pytest

import kbn_schema as s
from kbn_schema import MISSING
from tests.hostile.helper import Counter, accepts, cpu, nested, raises_definition_error, refuses


def recursive_union(*more):
    """Return ``T = one_of({a: T, k: "x"}, {a: T, k: "y"}, string)``, which looks inside twice."""
    branches = [s.object({"a": s.lazy(lambda: union), "k": s.literal(tag)}) for tag in ("x", "y")]
    union = s.one_of([*branches, s.string(), *more])
    return union


@pytest.mark.parametrize("value", [[], {}, set(), bytearray(), [[]], {"a": []}, slice(1)])
def test_literals_take_values_that_have_no_hash(value):
    """E1."""
    refuses(s.one_of([s.literal("a"), s.literal(1), s.literal(None)]), value)
    refuses(s.enum(["a", 1, None]), value)


TAGGED = s.discriminated_union(
    "type",
    s.object({"type": s.literal("a"), "x": s.maybe(s.number())}),
    s.object({"type": s.literal("b"), "y": s.maybe(s.number())}),
)


@pytest.mark.parametrize(
    "tag", [[], {}, 1, True, float("nan"), None, b"a", ("a",), object(), set(), 1j, "c", "", "a "]
)
def test_a_tag_may_be_anything(tag):
    """E2."""
    assert "discriminator" == refuses(TAGGED, {"type": tag}).issues[0].code


def test_a_tag_may_be_missing():
    """E2."""
    assert "discriminator" == refuses(TAGGED, {}).issues[0].code
    assert "discriminator" == refuses(TAGGED, {b"type": "a"}).issues[0].code
    assert "discriminator" == refuses(TAGGED, MISSING).issues[0].code


def test_a_fallback_takes_any_tag():
    fallback = s.object({"type": s.any()})
    schema = s.discriminated_union("type", s.object({"type": s.literal("a")}), fallback)
    tags = [[], {}, 1, None, ("a",)]

    assert tags == [accepts(schema, {"type": tag})["type"] for tag in tags]


@pytest.mark.parametrize("tag", ["secret" * 1000, "secret\n\x1b[2J", "secret\u202e\ud800", 'secret"]'])
def test_an_unknown_tag_is_quoted_short_and_escaped(tag):
    """The one exception of R3, Kibana's own."""
    text = str(refuses(TAGGED, {"type": tag}, shows=(tag,)))

    assert len(text) < 200


@pytest.mark.parametrize("depth", [10, 40, 100])
def test_a_recursive_union_costs_what_its_value_is_long(depth):
    """E3: naive is 2**depth."""
    with cpu(5):
        output = accepts(recursive_union(), nested(depth, "leaf", k="y"))

    assert nested(depth, "leaf", k="y") == output


@pytest.mark.parametrize("depth", [10, 40, 100, 190])
def test_a_recursive_union_reports_in_proportion(depth):
    """E4: an error for each level, not 2**depth."""
    with cpu(5):
        error = refuses(recursive_union(), nested(depth, 1, k="y"))

    assert len(error.issues) <= 2 * depth + 5


@pytest.mark.parametrize("wrong", [1, "leaf"])
@pytest.mark.parametrize("depth", [4, 10, 14])
@pytest.mark.usefixtures("one_way")
def test_a_recursive_union_reads_json_text_once(depth, wrong):
    """E3, E4 where each level is JSON text in JSON text: the base is the number of alternatives."""
    calls = Counter()
    union = s.one_of(
        [
            s.object(
                {
                    "a": s.lazy(lambda: union),
                    "k": s.literal(
                        tag,
                    ),
                }
            )
            for tag in "wxyz"
        ]
        + [s.number(validate=calls)]
    )
    value = json.dumps(wrong)
    for _ in range(depth):
        value = json.dumps({"a": value, "k": "none"})
    with cpu(5):
        refuses(union, value, shows=(value,))

    # A number inside is met once for each alternative of the level above.
    assert calls.calls <= 4


def test_a_recursive_union_over_arrays():
    """E5."""
    union = s.one_of(
        [s.array_of(s.lazy(lambda: union)), s.array_of(s.lazy(lambda: union), min_size=2), s.string()]
    )
    with cpu(5):
        refuses(union, nested(24, 1, None))
        accepts(union, nested(24, "leaf", None))
        refuses(union, nested(100, 1, None))


def test_a_tower_around_a_recursive_union():
    """E6."""
    tower = recursive_union()
    for level in range(30):
        tower = (s.nullable, s.maybe, s.one_of)[level % 3](tower)
    with cpu(10):
        refuses(tower, nested(40, 1, k="y"))
        accepts(tower, nested(40, "leaf", k="y"))


def test_many_failing_branches():
    """E7."""
    many = s.one_of([s.object({f"p{index}": s.number()}) for index in range(500)])
    nest = s.string()
    for _ in range(5):
        nest = s.one_of([s.object({"a": nest, "k": s.literal(str(index))}) for index in range(6)])
    with cpu(10):
        refuses(many, {"p": 1})
        refuses(many, [])
        refuses(nest, nested(5, 1, k="none"))
        refuses(s.array_of(many), [{}] * 1000)


def test_a_failed_branch_leaves_nothing_behind():
    """E8."""
    one = s.object(
        {"a": s.number(), "d": s.number(default=1), "n": s.array_of(s.number()), "x": s.literal("x")}
    )
    two = s.object({"a": s.string(), "e": s.number(default=2), "n": s.any(), "x": s.any()})
    value = {"a": "1", "n": ["1"], "x": "y"}

    assert {"a": "1", "n": ["1"], "x": "y", "e": 2} == accepts(s.one_of(one, two), value)


def test_the_first_match_wins():
    """E9: decided as recorded, the reverse order coerces."""
    assert "1" == accepts(s.one_of(s.string(), s.number()), "1")
    assert 1 == accepts(s.one_of(s.number(), s.string()), "1")


@pytest.mark.parametrize(
    "branches",
    [
        [s.object({})],
        [s.object({"t": s.literal("a")}), s.object({})],
        [s.object({"t": s.literal("a")}), s.object({"t": s.literal("a")})],
        [s.object({"t": s.literal(1)})],
        [s.object({"t": s.literal(True)})],
        [s.object({"t": s.string()}), s.object({"t": s.string()})],
        [s.string()],
        [],
        [s.one_of(s.object({"t": s.literal("a")}), s.object({"t": s.literal("b")}))],
    ],
)
def test_tags_must_tell_branches_apart(branches):
    """E10. A tag that is no literal makes a fallback, as recorded."""
    raises_definition_error(lambda: s.discriminated_union("t", branches))


@pytest.mark.usefixtures("one_way")
def test_a_check_is_called_once_for_each_node_and_value():
    """E11."""
    check = Counter("no")
    leaf = s.object({"n": s.number()}, validate=check)
    schema = leaf
    for index in range(8):
        schema = s.one_of([s.object({"a": schema, "k": s.literal(tag + str(index))}) for tag in "xyz"])
    refuses(schema, nested(8, {"n": 1}, k="none"))

    assert 1 == check.calls


def test_a_record_of_wrong_entries_stops_early():
    """E12."""
    check = Counter()
    schema = s.record_of(s.string(validate=check), s.one_of([s.number(), s.boolean()]))
    refuses(schema, {f"k{index}": "wrong" for index in range(100_000)}, shows=("wrong",))

    assert check.calls <= 200


def test_the_memory_of_a_union_does_not_mix_up_strip():
    """The same value met under another `unknowns` has another answer."""
    inner = s.object({"a": s.number()})
    schema = s.one_of(
        [s.object({"x": inner, "k": s.literal("1")}), s.object({"x": inner, "k": s.any()}, unknowns="ignore")]
    )

    assert {"x": {"a": 1}, "k": "2"} == accepts(schema, {"x": {"a": 1, "b": 2}, "k": "2"})


def test_the_memory_of_a_union_does_not_mix_up_siblings():
    """The same object met beside another sibling has another answer."""
    inner = s.object({"n": s.conditional(s.sibling_ref("...k"), "num", s.number(), s.string())})
    item = s.object({"k": s.string(), "x": inner})
    shared = {"n": "1"}
    value = [{"k": "num", "x": shared}, {"k": "text", "x": shared}]

    output = accepts(s.one_of(s.array_of(item), s.string()), value)

    assert [1, "1"] == [entry["x"]["n"] for entry in output]
