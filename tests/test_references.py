"""What references read, and how far they climb."""

import copy
import pickle
from types import MappingProxyType

import pytest

import kbn_schema as s
from kbn_schema.references import Reference, walk

NESTED = {"a": {"b": [10, {"c": 1}]}, "": {"": 2}, "n": None}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a", NESTED["a"]),
        ("a.b.0", 10),
        ("a.b.1.c", 1),
        ("n", None),
        (".", 2),
    ],
)
def test_walks_along_keys_and_indices(path, found):
    assert found == walk(NESTED, path.split("."))


@pytest.mark.parametrize(
    "path", ["x", "a.x", "a.b.2", "a.b.-1", "a.b.c", "a.b.0.x", "n.x", "a.b.00000000000", "a.b.١"]
)
def test_what_is_not_there_is_missing(path):
    assert s.MISSING is walk(NESTED, path.split("."))


@pytest.mark.parametrize("build", [s.context_ref, s.sibling_ref])
@pytest.mark.parametrize("path", ["", ".", "..", None, 1, ["a"]])
def test_a_reference_wants_a_dotted_path(build, path):
    with pytest.raises(s.SchemaDefinitionError) as error:
        build(path)

    name = build.combinator
    assert f"{name}() takes a dotted path, such as {name}('a.b')" == str(error.value)


@pytest.mark.parametrize(
    ("path", "levels", "keys"),
    [("a", 1, ["a"]), ("a.b", 1, ["a", "b"]), (".a", 0, ["a"]), ("..a", 1, ["a"]), ("...a.b", 2, ["a", "b"])],
)
def test_leading_dots_climb(path, levels, keys):
    reference = s.sibling_ref(path)

    assert (levels, keys) == (reference.levels, reference.keys)


@pytest.mark.parametrize("reference", [s.context_ref("a.b"), s.sibling_ref("...a")])
def test_spells_pickles_and_copies_as_what_it_is(reference):
    copies = [
        eval(repr(reference), {"schema": s.schema}),
        pickle.loads(pickle.dumps(reference)),
        copy.deepcopy(reference),
    ]

    assert [(type(reference), reference.path)] * 3 == [(type(other), other.path) for other in copies]


def test_a_context_reference_reads_the_context():
    port = s.object({"port": s.number(default=s.context_ref("a.b.0"))})

    assert {"port": 10} == port.validate({}, NESTED)


def test_a_context_may_be_of_mappings_of_any_kind():
    context = MappingProxyType({"a": MappingProxyType({"b": [5601]})})

    assert 5601 == s.number(default=s.context_ref("a.b.0")).validate(s.MISSING, context)


@pytest.mark.parametrize("context", [None, {}, {"a": 1}, {"a": {}}, {"a": {"b": []}}])
def test_what_the_context_lacks_leaves_the_value_out(context):
    port = s.object({"port": s.number(default=s.context_ref("a.b.0"))})

    assert {} == port.validate({}, context)


def test_a_value_out_of_the_context_is_handed_out_as_a_copy():
    context = {"tags": ["a"]}
    output = s.object({"tags": s.array_of(s.string(), default=s.context_ref("tags"))}).validate({}, context)
    output["tags"].append("b")

    assert {"tags": ["a"]} == context


def test_a_sibling_reference_reads_the_validated_sibling():
    spread = s.object({"low": s.number(), "high": s.number(default=s.sibling_ref("low"))})

    assert {"low": 3, "high": 3} == spread.validate({"low": " 3 "})


def test_one_dot_reads_in_the_value_itself():
    pet = s.conditional(
        s.sibling_ref(".kind"), "cat", s.object({"kind": s.any(), "lives": s.number()}), s.any()
    )

    assert {"kind": "cat", "lives": 9} == pet.validate({"kind": "cat", "lives": "9"})
    assert {"kind": "dog", "lives": "9"} == pet.validate({"kind": "dog", "lives": "9"})


def test_a_reference_that_does_not_say_how_it_reads_is_a_bug_that_does_not_leave_validate():
    with pytest.raises(s.ValidationError) as error:
        s.any(default=Reference("a")).validate()

    assert NotImplementedError is type(error.value.__cause__)


def test_a_sibling_reference_reads_the_default_of_the_sibling():
    spread = s.object({"high": s.number(default=s.sibling_ref("low")), "low": s.number(default=7)})

    assert {"low": 7, "high": 7} == spread.validate({})


def test_a_sibling_that_is_not_there_leaves_the_value_out():
    spread = s.object({"low": s.maybe(s.number()), "high": s.number(default=s.sibling_ref("low"))})

    assert {} == spread.validate({})


def test_a_reference_goes_into_a_sibling():
    spread = s.object({"range": s.array_of(s.number()), "last": s.number(default=s.sibling_ref("range.1"))})

    assert {"range": [1, 2], "last": 2} == spread.validate({"range": [1, "2"]})


def test_three_dots_read_beside_the_object_around():
    page = s.object(
        {"size": s.number(), "sort": s.object({"limit": s.number(default=s.sibling_ref("...size"))})}
    )

    assert {"size": 5, "sort": {"limit": 5}} == page.validate({"size": 5, "sort": {}})


def test_an_array_counts_as_a_level():
    page = s.object(
        {
            "size": s.number(),
            "sorts": s.array_of(s.object({"limit": s.number(default=s.sibling_ref("....size"))})),
        }
    )

    assert {"size": 5, "sorts": [{"limit": 5}, {"limit": 1}]} == page.validate(
        {"size": 5, "sorts": [{}, {"limit": 1}]}
    )


def test_each_array_counts_as_a_level():
    item = s.object({"limit": s.number(default=s.sibling_ref(".....size"))})
    page = s.object({"size": s.number(), "sorts": s.array_of(s.array_of(item))})

    assert {"size": 5, "sorts": [[{"limit": 5}]]} == page.validate({"size": 5, "sorts": [[{}]]})


@pytest.mark.parametrize(
    "wrap",
    [s.maybe, s.nullable, lambda of: s.one_of(s.boolean(), of), lambda of: s.lazy(lambda: of)],
    ids=["maybe", "nullable", "one_of", "lazy"],
)
def test_a_schema_that_hands_the_value_on_is_no_level(wrap):
    sort = s.object({"limit": s.number(default=s.sibling_ref("...size"))})
    page = s.object({"size": s.number(), "sort": wrap(sort)})

    assert {"size": 5, "sort": {"limit": 5}} == page.validate({"size": 5, "sort": {}})


def test_a_reference_further_in_orders_the_checks():
    sort = s.object({"limit": s.number(default=s.sibling_ref("...size"))})
    page = s.object({"sort": s.maybe(sort), "size": s.number()})

    assert {"sort": {"limit": 5}, "size": 5} == page.validate({"sort": {}, "size": "5"})


class Claim:
    """A key that has the hash of the name of a prop, and says that it is it."""

    asked = 0

    def __hash__(self):
        return hash("a")

    def __eq__(self, other):
        self.asked += 1
        return True


class Text(str):
    pass


def test_a_key_that_claims_to_be_another_is_not_read():
    judge = s.conditional(s.sibling_ref(".a"), 1, s.any(validate=lambda _: "read"), s.any())
    claim = Claim()

    assert judge.is_valid({claim: 1})
    assert 0 == claim.asked
    assert ["read"] * 2 == [str(judge.issues_of({key: 1, 2: 3})[0].message) for key in ("a", Text("a"))]


@pytest.mark.parametrize("is_compiled", [False, True])
def test_a_path_is_read_once_the_prop_that_it_begins_with_was_judged(is_compiled):
    sizes = s.object({"least": s.number(default=5)})
    page = s.object({
        "low": s.number(default=s.sibling_ref("sizes.least")),
        "sort": s.object({"limit": s.number(default=s.sibling_ref("...sizes.least"))}),
        "sizes": sizes,
    })  # fmt: skip
    if is_compiled:
        page.compile()

    assert {"low": 5, "sort": {"limit": 5}, "sizes": {"least": 5}} == page.validate({"sort": {}, "sizes": {}})


@pytest.mark.parametrize("combinator", [s.record_of, s.map_of])
def test_nothing_outside_an_entry_can_be_seen(combinator):
    entry = s.object({"limit": s.number(default=s.sibling_ref("....size"))})
    page = s.object({"size": s.number(), "sorts": combinator(s.string(), entry)})

    assert {"size": 5, "sorts": {"a": {}}} == page.validate({"size": 5, "sorts": {"a": {}}})


@pytest.mark.parametrize("combinator", [s.record_of, s.map_of])
def test_inside_an_entry_siblings_can_be_seen(combinator):
    entry = s.object({"low": s.number(), "high": s.number(default=s.sibling_ref("low"))})

    assert {"a": {"low": 1, "high": 1}} == combinator(s.string(), entry).validate({"a": {"low": 1}})


def test_above_the_root_there_is_nothing():
    page = s.object({"size": s.number(default=s.sibling_ref(".....size"))})

    assert {} == page.validate({})


def test_two_levels_of_the_same_value_under_other_siblings_are_told_apart():
    """A union remembers what it checked; that must not carry a sibling from one place to another."""
    shared: dict[str, object] = {}
    inner = s.object({"limit": s.number(default=s.sibling_ref("...size"))})
    side = s.object({"size": s.number(), "inner": inner})
    pair = s.one_of(s.array_of(side.extends({"more": s.number()})), s.array_of(side))

    assert [{"size": 1, "inner": {"limit": 1}}, {"size": 2, "inner": {"limit": 2}}] == pair.validate(
        [{"size": 1, "inner": shared}, {"size": 2, "inner": shared}]
    )


def test_what_depends_on_a_failed_sibling_is_not_judged():
    rule = s.object(
        {
            "type": s.enum(["a", "b"]),
            "value": s.conditional(s.sibling_ref("type"), "a", s.number(), s.string()),
            "copy": s.string(default=s.sibling_ref("value")),
            "other": s.number(),
        }
    )

    assert [("type",), ("other",)] == [
        issue.path for issue in rule.issues_of({"type": "x", "value": None, "copy": 1, "other": "y"})
    ]


def test_what_depends_on_a_failed_sibling_further_in_is_not_judged():
    sort = s.object({"limit": s.number(default=s.sibling_ref("...size"))})
    page = s.object({"sort": sort, "size": s.number()})

    assert [("size",)] == [issue.path for issue in page.issues_of({"sort": {"limit": "x"}, "size": "y"})]


@pytest.mark.parametrize(
    "props",
    [
        {"a": s.any(default=s.sibling_ref("a"))},
        {"a": s.any(default=s.sibling_ref("b")), "b": s.any(default=s.sibling_ref("a"))},
        {
            "a": s.any(default=s.sibling_ref("b")),
            "b": s.conditional(s.sibling_ref("c"), 1, s.any(), s.any()),
            "c": s.object({"d": s.any(default=s.sibling_ref("...a"))}),
        },
    ],
    ids=["itself", "two", "three"],
)
def test_references_in_a_circle_cannot_be_built(props):
    with pytest.raises(s.SchemaDefinitionError) as error:
        s.object(props)

    assert f"object(): the sibling references of {', '.join(props)} run in a circle" == str(error.value)


def test_a_reference_to_another_level_is_no_circle():
    inner = s.object({"a": s.any(default=s.sibling_ref("...a"))})

    assert {"a": 1, "inner": {"a": 1}} == s.object({"inner": inner, "a": s.any()}).validate(
        {"a": 1, "inner": {}}
    )


@pytest.mark.parametrize(
    ("schema", "value", "output"),
    [
        (
            s.object({"b": s.conditional(s.sibling_ref("kind"), "x", s.number(), s.any())}, unknowns="allow"),
            {"kind": "x", "b": "1"},
            {"kind": "x", "b": 1},
        ),
        (
            s.object({"b": s.any(default=s.sibling_ref("kind"))}, unknowns="ignore"),
            {"kind": "x"},
            {"b": "x"},
        ),
        (
            s.object({"o": s.object({"b": s.any(default=s.sibling_ref("...kind.0"))})}, unknowns="ignore"),
            {"kind": ["x"], "o": {}},
            {"o": {"b": "x"}},
        ),
        (
            s.array_of(s.conditional(s.sibling_ref("0"), "x", s.string(), s.number())),
            ["x", "y"],
            ["x", "y"],
        ),
    ],
)
def test_what_has_no_schema_is_read_as_it_came(schema, value, output):
    assert output == schema.validate(value)


def test_what_has_a_schema_is_read_validated():
    pair = s.object({"a": s.number(), "b": s.any(default=s.sibling_ref("a"))})

    assert {"a": 1, "b": 1} == pair.validate({"a": "1"})
