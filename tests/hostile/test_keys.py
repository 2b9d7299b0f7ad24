"""Area K: unknown and special keys are data, and references read data only."""

import pytest

import kbn_schema as s
from tests.hostile.helper import accepts, cpu, raises_definition_error, refuses, settles

SPECIAL = [
    "__class__", "__proto__", "__dict__", "__init__", "__globals__", "__reduce__", "__slots__", "__getattr__",
    "constructor", "prototype", "toString", "hasOwnProperty", "validate", "check", "props", "default", "",
    ".", "a.b",
]  # fmt: skip


@pytest.mark.parametrize("key", SPECIAL)
def test_special_keys_are_keys(key):
    """K1 to K3."""
    assert (key,) == refuses(s.object({"x": s.maybe(s.any())}), {key: 1}).path
    kept = accepts(s.object({}, unknowns="allow"), {key: 1})
    assert {key: 1} == kept
    assert dict is type(kept)
    assert {} == accepts(s.object({}, unknowns="ignore"), {key: 1})
    assert {key: 1} == accepts(s.object({key: s.number()}), {key: "1"})
    assert {key: 1} == accepts(s.record_of(s.string(), s.number()), {key: "1"})
    assert {key: 5} == accepts(s.object({key: s.number(default=5)}), {})


@pytest.mark.parametrize("outer", ["allow", "ignore", "forbid"])
@pytest.mark.parametrize("inner", ["allow", "ignore", "forbid"])
def test_each_object_judges_its_own_keys(outer, inner):
    """K4."""
    schema = s.object({"a": s.object({}, unknowns=inner)}, unknowns=outer)
    results = {"allow": {"u": 1}, "ignore": {}, "forbid": None}

    for key, unknowns in (("u", outer), ("a", inner)):
        value = {"a": {}, "u": 1} if key == "u" else {"a": {"u": 1}}
        outcome = settles(schema, value)
        if unknowns == "forbid":
            assert ("u",) == outcome.path[-1:]
        else:
            assert results[unknowns] == (
                outcome["a"] if key == "a" else {k: v for k, v in outcome.items() if k == "u"}
            )


@pytest.mark.parametrize(
    "key",
    [
        "Name",
        "name ",
        " name",
        "name\0",
        "na\u200bme",
        "\ufb01",
        "nаme",
        "name\n",
        "NAME",
        "\u006eame\u0301",
        b"name",
        0,
        None,
    ],
)
def test_a_key_that_resembles_a_name_is_another(key):
    """K5."""
    error = refuses(s.object({"name": s.maybe(s.any()), "fi": s.maybe(s.any())}), {key: 1})

    assert ["unknown_key"] == [issue.code for issue in error.issues]


def test_never_is_a_word_about_presence():
    """K6: as recorded, `maybe(never())` takes anything; `never` alone is absent."""
    assert {} == accepts(s.object({"a": s.never()}), {})
    refuses(s.object({"a": s.never()}), {"a": None})
    assert {"a": 1} == accepts(s.object({"a": s.maybe(s.never())}), {"a": 1})


def test_ignored_keys_cost_little():
    """K7."""
    value = {"a": 1, **{f"unknown {index}": 1 for index in range(100_000)}}
    with cpu(0.5):
        assert {"a": 1} == accepts(s.object({"a": s.number()}, unknowns="ignore"), value)


def depends_on(left, right="x"):
    return s.object(
        {
            "l": s.maybe(s.any()),
            "v": s.conditional(s.sibling_ref(left), right, s.literal("then"), s.literal("else")),
        }
    )


@pytest.mark.parametrize(
    "left", [None, 1, True, [], {}, "y", [1], {"x": 1}, float("nan"), set(), b"x", object(), 1j]
)
def test_a_sibling_may_be_anything(left):
    """K8: it is compared without hashing or coercing."""
    assert "else" == accepts(depends_on("l"), {"l": left, "v": "else"})["v"]
    refuses(depends_on("l"), {"l": left, "v": "then"})


@pytest.mark.parametrize(
    "path", ["l.a", "l.0", "l.a.b.c", "l.__class__", "l.-1", "l.9999999999", "...l", "......l", "q"]
)
@pytest.mark.parametrize("left", [None, 1, [], {}, "xy", [[]], {"a": None}])
def test_a_reference_that_leads_nowhere_is_missing(path, left):
    """K8: attributes are never read."""
    assert "else" == accepts(depends_on(path), {"l": left, "v": "else"})["v"]


def test_a_sibling_is_read_as_it_was_validated():
    """K8."""
    schema = s.object(
        {
            "v": s.conditional(s.sibling_ref("l"), 1, s.literal("then"), s.literal("else")),
            "l": s.number(default=1),
        }
    )

    assert "then" == accepts(schema, {"v": "then"})["v"]
    assert "then" == accepts(schema, {"v": "then", "l": " 1 "})["v"]
    refuses(schema, {"v": "then", "l": "2"})


def test_a_prop_whose_sibling_failed_is_not_judged():
    """K8: what the sender wrote in `l` decides nothing until it is right."""
    schema = s.object(
        {
            "v": s.conditional(s.sibling_ref("l"), 1, s.literal("then"), s.literal("else")),
            "w": s.conditional(s.sibling_ref("v"), "then", s.any(), s.never()),
            "l": s.number(),
        }
    )

    assert [("l",)] == [issue.path for issue in refuses(schema, {"l": "wrong text", "v": 1, "w": 1}).issues]


def test_references_that_run_in_a_circle_are_a_definition_error():
    """K8."""

    def by(name):
        return s.conditional(s.sibling_ref(name), 1, s.any(), s.maybe(s.any()))

    raises_definition_error(lambda: s.object({"a": by("b"), "b": by("a")}))
    raises_definition_error(
        lambda: s.object({"a": by("b"), "b": by("c"), "c": s.any(default=s.sibling_ref("a"))})
    )
    raises_definition_error(lambda: s.object({"a": by("a")}))


@pytest.mark.parametrize("context", [None, {}, {"dev": None}, {"other": 1}, 5, [], "dev", {"dev": {"a": {}}}])
def test_a_context_that_lacks_what_is_asked_is_missing(context):
    """K9."""
    schema = s.object({"v": s.conditional(s.context_ref("dev"), True, s.literal("dev"), s.literal("prod"))})

    assert {"v": "prod"} == accepts(schema, {"v": "prod"}, context)
    refuses(schema, {"v": "dev"}, context)
    assert {} == accepts(s.object({"d": s.string(default=s.context_ref("dev.a.b"))}), {}, context)


@pytest.mark.parametrize(
    "value", [{"dev": True}, {"context": {"dev": True}}, {"v": "dev", "dev": True}, {"$dev": True}]
)
def test_data_is_never_context(value):
    """K9."""
    schema = s.object(
        {"v": s.conditional(s.context_ref("dev"), True, s.literal("dev"), s.literal("prod"))},
        unknowns="allow",
    )

    assert (
        "[v]"
        == str(refuses(schema, {"v": "dev", **value} if "v" not in value else value, shows=("dev",)))[:3]
    )


def test_an_unknown_key_is_compared_with_names_by_content():
    """What was meant is a name of the schema, and not the sender's text."""
    error = refuses(s.object({"user_name": s.maybe(s.any())}), {"user_nam\u202ee": 1, "user-name": 1})

    assert {"user_name"} == {
        issue.params["did_you_mean"] for issue in error.issues if "did_you_mean" in issue.params
    }


def test_keys_that_become_one_do_not_hide_an_error():
    """Record keys are judged one by one, also where the later one counts."""
    schema = s.record_of(s.number(), s.number())

    assert {"1": 2} == accepts(schema, {"1": 1, "1.0": 2})
    refuses(schema, {"1": "wrong text", "1.0": 2})
    refuses(schema, {"1": 1, "1.0": "wrong text"})


@pytest.mark.parametrize("spell", [lambda n: str(10**400 + n), lambda n: "1" * 70 + str(n)])
def test_large_keys_of_a_record_stay_apart(spell):
    """A key is never shortened: that is for messages."""
    for key in (s.integer(), s.number(unsafe=True), s.string()):
        outcome = settles(s.record_of(key, s.number()), {spell(0): 1, spell(1): 2})
        assert not isinstance(outcome, dict) or outcome == {spell(0): 1, spell(1): 2}


@pytest.mark.parametrize("keys", [[(1, 2), (3, 4)], [b"a", b"b"], [frozenset([1]), frozenset([2])]])
def test_keys_that_are_no_scalar_do_not_become_one(keys):
    outcome = settles(s.record_of(s.any(), s.number()), dict.fromkeys(keys, 1))

    assert not isinstance(outcome, dict) or len(keys) == len(outcome)
