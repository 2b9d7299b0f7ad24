"""`from_schema`: what is drawn, what it shrinks to, and what is refused at the call."""

import json
import os
import subprocess
import sys
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument, Unsatisfiable

from kbn_schema import MISSING, Schema
from kbn_schema import schema as s
from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.problems import Failure
from kbn_schema.run import Run
from kbn_schema.testing import from_schema, invalid_from_schema
from tests.testing.drawing import plainest
from tests.testing.leaves import QUICK, drawn


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class Shout(Schema[str]):
    """A kind of a third party that says nothing of its values: texts in capitals."""

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        return value if isinstance(value, str) and value.isupper() else self.mismatch(value)


class SaidShout(Shout):
    def check(self, value: object, run: Run) -> Any:
        return super().check(value, run)

    def strategy(self, out: Any) -> Any:
        return out.st.sampled_from(["A", "B"])


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class Pair(Schema[list[Any]]):
    """A kind of a third party with a schema inside: two such values, as a list."""

    climb = 1
    item: Schema[Any] = attrs.field(kw_only=False)

    def check(self, value: object, run: Run) -> Any:
        if type(value) is not list or len(value) != 2:
            return self.mismatch(value)
        known = run.enter(self, value, value)
        if known is not MISSING:
            return known
        outcomes = [self.item.check(item, run) for item in value]
        failed = next((outcome for outcome in outcomes if type(outcome) is Failure), None)
        return run.leave(self, value, outcomes if failed is None else failed)

    def strategy(self, out: Any) -> Any:
        return out.st.lists(out.values(self.item).fitting, min_size=2, max_size=2)

    def children(self) -> tuple[Schema[Any], ...]:
        return (self.item,)


PAGE = s.object(
    {
        "page": s.integer(min=1),
        "size": s.integer(default=20),
        "sort": s.one_of(s.literal("name"), s.literal("date"), s.array_of(s.string())),
        "tags": s.array_of(s.string(), min_size=2, max_size=4),
        "note": s.maybe(s.string()),
        "owner": s.nullable(s.string()),
        "old": s.never(),
    },
    unknowns="allow",
)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (PAGE, {"page": 1, "sort": "name", "tags": ["", ""]}),
        (s.object({"a": s.object({"b": s.boolean()}), "c": s.maybe(s.any())}), {"a": {"b": False}}),
        (s.array_of(s.string()), []),
        (s.array_of(s.number(), min_size=3), [0, 0, 0]),
        (s.record_of(s.string(), s.number()), {}),
        (s.map_of(s.string(), s.number()), {}),
        (s.nullable(s.string()), None),
        (s.maybe(s.string()), MISSING),
        (s.one_of(s.never(), s.array_of(s.string(), min_size=1), s.boolean()), [""]),
        (s.one_of(s.object({"a": s.integer(), "b": s.integer()}), s.literal("x")), {"a": 0, "b": 0}),
        (
            s.discriminated_union(
                "type",
                s.object({"type": s.literal("a"), "of": s.string()}),
                s.object({"type": s.literal("b")}),
            ),
            {"type": "a", "of": ""},
        ),
        (s.any(), None),
    ],
)
def test_shrinks_to_the_plainest_value(schema, expected):
    assert expected == plainest(from_schema(schema))


@pytest.mark.parametrize(
    ("schema", "wanted", "expected"),
    [
        (PAGE, lambda value: "note" in value, {"page": 1, "sort": "name", "tags": ["", ""], "note": ""}),
        (PAGE, lambda value: len(value["tags"]) > 2, {"page": 1, "sort": "name", "tags": ["", "", ""]}),
        (s.array_of(s.boolean()), lambda value: True in value, [True]),
        (s.record_of(s.string(), s.integer()), lambda value: 7 in value.values(), {"": 7}),
        (s.nullable(s.string()), lambda value: value is not None, ""),
    ],
)
def test_shrinks_to_what_matters(schema, wanted, expected):
    assert expected == plainest(from_schema(schema), wanted)


def test_what_explains_a_failure_finds_nothing_plainer():
    """Hypothesis tries other values of each part, and keeps what takes fewer draws."""
    schema = s.object({"a": s.integer(), "b": s.one_of(s.array_of(s.string(), min_size=1), s.literal("x"))})

    assert {"a": 0, "b": [""]} == find(from_schema(schema), lambda _: True, settings=QUICK)


def test_all_of_an_object_is_met():
    values = drawn(from_schema(PAGE), 200)

    assert {True, False} == {"note" in value for value in values}
    assert {True, False} == {"size" in value for value in values}
    assert {False} == {"old" in value for value in values}
    assert {str, list} <= {type(value["sort"]) for value in values}
    assert {2, 3, 4} == {len(value["tags"]) for value in values if type(value["tags"]) is list}
    assert any(value.keys() - PAGE.get_prop_schemas().keys() for value in values)


def test_unknown_keys_are_drawn_only_where_they_may_be():
    inner = s.object({"a": s.integer()})
    kept = s.object({"a": s.integer()}, unknowns="ignore")

    assert all(value.keys() == {"a"} for value in drawn(from_schema(inner), 50))
    assert any(value.keys() > {"a"} for value in drawn(from_schema(kept), 50))
    assert any(
        item.keys() > {"a"} for value in drawn(from_schema(s.array_of(inner, unknowns="ignore")), 100)
        for item in value if isinstance(item, dict)
    )  # fmt: skip


def test_inputs_are_json():
    schema = s.object({"a": PAGE, "b": s.map_of(s.integer(), s.duration()), "c": s.nullable(s.date_time())})

    assert all(json.loads(json.dumps(value)) == value for value in drawn(from_schema(schema), 50))


def test_containers_in_others_are_sometimes_json_text_but_never_the_root():
    schema = s.object({"a": s.object({"b": s.integer()}), "c": s.array_of(s.integer())})
    values = drawn(from_schema(schema), 300)

    assert {dict} == {type(value) for value in values}
    assert {dict, str} == {type(value["a"]) for value in values}
    assert {list, str} == {type(value["c"]) for value in values}
    assert all(schema.is_valid(value) for value in values)


def test_what_json_has_not_is_never_text():
    schema = s.array_of(s.object({"s": s.stream()}), min_size=1)

    assert all(type(item) is dict for value in drawn(from_schema(schema), 100) for item in value)


def test_outputs_are_what_validate_yields():
    schema = s.object(
        {"at": s.date(), "size": s.byte_size(default="1kb"), "of": s.map_of(s.integer(), s.any())}
    )
    values = drawn(from_schema(schema, side="output"), 50)

    assert all(value == schema.validate(value) and value.keys() >= {"at", "size"} for value in values)
    assert {int} == {type(key) for value in values for key in value.get("of", ())}


def test_the_context_is_read():
    schema = s.conditional(s.context_ref("kind"), "number", s.integer(), s.boolean())

    assert 0 == plainest(from_schema(schema, context={"kind": "number"}))
    assert False is plainest(from_schema(schema, context={"kind": "other"}))
    assert False is plainest(from_schema(schema))


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (s.integer(min=3, max=3), "3"),
        (s.boolean(), "false"),
        (s.string(min_length=1, max_length=1), "0"),
        (s.enum(["a"]), "a"),
    ],
)
def test_keys_are_texts(key, expected):
    assert {expected: None} == plainest(from_schema(s.record_of(key, s.literal(None))), bool)


@pytest.mark.parametrize("key", [s.literal(5), s.object({}), s.one_of([s.never()]), s.stream()])
def test_no_entry_has_a_key_that_json_cannot_have_or_that_is_none(key):
    assert {"{}"} == {repr(value) for value in drawn(from_schema(s.map_of(key, s.any())), 50)}


def test_maybe_never_is_anything():
    values = drawn(from_schema(s.object({"a": s.maybe(s.never())})), 50)

    assert {True, False} == {"a" in value for value in values}


def test_an_array_that_has_to_be_long_repeats_items_without_sharing_them():
    values = drawn(from_schema(s.array_of(s.array_of(s.string()), min_size=500)), 5)

    assert all(len(value) >= 500 for value in values)
    lists = [[id(item) for item in value if type(item) is list] for value in values]
    assert all(len(set(ids)) == len(ids) for ids in lists)


def test_many_props_are_left_out_mostly():
    schema = s.object({f"prop_{number}": s.maybe(s.boolean()) for number in range(300)})
    sizes = sorted(len(value) for value in drawn(from_schema(schema), 20))

    assert 0 == sizes[0]
    assert 0 < sizes[-1] < 30


# --- the author's own check ---


def tens(value: int) -> str | None:
    return "must be a multiple of 10" if value % 10 else None


def test_values_pass_the_authors_check():
    schema = s.object(
        {"a": s.integer(min=0, max=1000, validate=tens)}, validate=lambda value: value["a"] < 500
    )
    numbers = {schema.validate(value)["a"] for value in drawn(from_schema(schema), 50)}

    assert len(numbers) > 3
    assert all(number % 10 == 0 and number < 500 for number in numbers)


def test_examples_help_where_next_to_nothing_passes():
    schema = s.string(validate=lambda value: value in ("magic", "wand"), examples=["wrong", "magic", "wand"])

    assert {"magic", "wand"} == set(drawn(from_schema(schema)))


def test_what_refuses_everything_is_unsatisfiable_with_a_hint():
    schema = s.object({"a": s.string(validate=lambda value: "no")})

    with pytest.raises(
        Unsatisfiable, match=r"schema.string\(validate=.*its validate refused all of 300 values"
    ):
        drawn(from_schema(schema))


def test_using_replaces_a_schema_by_itself_or_by_its_id():
    secret = s.string(validate=lambda value: value.startswith("magic-"))
    schema = s.object({"a": secret, "b": s.string(id="named")})
    using = {secret: st.just("magic-1"), "named": st.just("x")}

    assert all(value == {"a": "magic-1", "b": "x"} for value in drawn(from_schema(schema, using=using)))
    assert {"a": "magic-1", "b": "x"} == plainest(from_schema(schema, side="output", using=using))


def test_what_is_drawn_by_using_is_checked():
    schema = s.integer(validate=tens)

    assert {0, 10, 20} == set(drawn(from_schema(schema, using={schema: st.integers(0, 20)}), 100))


@pytest.mark.parametrize("values", [st.just("bad"), st.sampled_from(["bad", "sad"]), st.text(max_size=3)])
def test_values_of_a_user_that_never_pass_are_named(values):
    """Also where they are few: Hypothesis has tried all of them before anything can be told."""
    schema = s.string(min_length=5, validate=str.isalpha)

    with pytest.raises(
        Unsatisfiable,
        match=r"^using: the strategy for schema\.string\(min_length=5, validate=str\.isalpha\) drew no value "
        r"that fits: value has length \[\d\] but it must have a minimum length of \[5\]\.",
    ):
        drawn(from_schema(s.object({"a": schema}), using={schema: values}))


def test_one_value_that_does_not_pass_is_told_of():
    schema = s.enum(["no"], validate=lambda value: "no")

    with pytest.raises(Unsatisfiable, match="its validate refused all of 300 values"):
        drawn(from_schema(schema))


def test_using_gives_values_to_what_has_none():
    loop = s.object({"again": s.lazy("loop")}, id="loop")

    with pytest.raises(Unsatisfiable):
        from_schema(loop)
    assert {"again": 1} == plainest(from_schema(s.object({"again": loop}), using={"loop": st.just(1)}))


# --- kinds of third parties ---


def test_a_kind_that_says_nothing_is_drawn_from_its_examples_and_default():
    schema = Shout(examples=["A", "b", "C"], default="D")

    assert {"A", "C", "D"} == set(drawn(from_schema(schema)))


@pytest.mark.parametrize("schema", [Shout(), Shout(examples=["a"]), Shout(default=str), s.array_of(Shout())])
def test_a_kind_that_says_nothing_and_has_no_examples_is_an_error_that_helps(schema):
    with pytest.raises(InvalidArgument, match="Shout does not say its values: give it a method `strategy`"):
        from_schema(schema)


def test_using_stands_in_for_a_kind_that_says_nothing():
    shout = Shout()

    assert ["X"] == plainest(from_schema(s.array_of(shout, min_size=1), using={shout: st.just("X")}))


def test_a_kind_may_say_a_plain_strategy():
    assert {"A", "B"} == set(drawn(from_schema(SaidShout())))
    assert "a" not in drawn(from_schema(s.array_of(SaidShout(), min_size=1)))


def test_a_subclass_that_changes_the_check_is_not_spoken_for():
    class Odd(type(s.integer())):  # type: ignore[misc]
        def check(self, value: object, run: Run) -> Any:
            return super().check(value, run)

    with pytest.raises(InvalidArgument, match="Odd does not say"):
        from_schema(Odd())


def test_a_kind_may_draw_what_is_inside():
    schema = s.object({"of": Pair(s.object({"a": s.integer(min=5)}))})

    assert {"of": [{"a": 5}, {"a": 5}]} == plainest(from_schema(schema))
    assert all(schema.is_valid(value) for value in drawn(from_schema(schema)))


def test_a_kind_has_no_value_where_what_it_draws_inside_has_none():
    with pytest.raises(Unsatisfiable):
        from_schema(Pair(s.never()))


def test_what_a_kind_draws_inside_ends():
    schema = s.one_of(s.integer(), Pair(s.lazy("pair")), id="pair")

    assert all(schema.is_valid(value) for value in drawn(from_schema(schema), 100))


def test_the_values_inside_may_be_drawn_by_themselves():
    """A third party may draw them anywhere."""
    kept: list[Any] = []

    class Keeper(SaidShout):
        def check(self, value: object, run: Run) -> Any:
            return super().check(value, run)

        def strategy(self, out: Any) -> Any:
            kept.append(out.values(s.integer(min=3)).fitting)
            kept.append(out.values(s.never()).fitting)
            return out.st.just("A")

    with pytest.raises(Unsatisfiable):
        from_schema(Keeper())
    assert 3 == plainest(kept[0])
    with pytest.raises(Unsatisfiable):
        drawn(kept[1])


# --- what is refused at the call ---

NOTHING = [
    s.never(),
    s.object({"a": s.one_of([s.never()])}),
    s.array_of(s.integer(min=1, max=4, multiple_of=5), min_size=1),
    s.one_of(s.never(), s.object({"a": s.lazy(lambda: s.one_of([s.never()]))})),
    s.array_of(s.string(), min_size=1_000_000),
    s.nullable(s.never()).of,
    s.conditional(s.context_ref("a"), 1, s.string(), s.never()),
]


@pytest.mark.parametrize("schema", NOTHING, ids=repr)
def test_what_has_no_value_is_unsatisfiable_at_the_call(schema):
    with pytest.raises(Unsatisfiable, match="no value fits"):
        from_schema(schema)


@pytest.mark.parametrize("large", [s.array_of(s.any(), min_size=10**6), s.string(min_length=10**9)], ids=repr)
def test_what_is_only_too_large_to_be_drawn_is_not_called_impossible(large):
    with pytest.raises(Unsatisfiable) as error:
        from_schema(s.object({"a": large}))

    shown = f"schema.object({{'a': {large}}})"
    assert f"no value fits {shown} and is small enough to be drawn: see {large}" == str(error.value)


@pytest.mark.parametrize(
    "schema", [s.string(pattern=r"\d+(?=px)"), s.string(pattern=r"(\w)(\w)\2\1", min_length=5)], ids=repr
)
def test_a_pattern_that_nothing_matches_is_named(schema):
    around = s.object({"a": schema, "b": s.string()})

    with pytest.raises(Unsatisfiable, match=r"none of 40 values of schema\.object\(\{'a': schema\.string"):
        drawn(from_schema(around), 100)


@pytest.mark.parametrize("schema", NOTHING[:5], ids=repr)
def test_what_has_no_value_is_left_out_where_it_may_be(schema):
    assert {} == drawn(from_schema(s.object({"a": s.maybe(schema)})))[0]
    assert {"[]"} == {repr(value) for value in drawn(from_schema(s.array_of(s.one_of([schema]))))}
    assert {"None"} == {repr(value) for value in drawn(from_schema(s.nullable(schema)))}


@pytest.mark.parametrize("make", [from_schema, invalid_from_schema])
@pytest.mark.parametrize("schema", [s.string, "string", None])
def test_what_is_no_schema_is_refused(make, schema):
    with pytest.raises(InvalidArgument, match="expected a schema but got"):
        make(schema)


def test_another_side_is_refused():
    with pytest.raises(InvalidArgument, match="side must be 'input' or 'output'"):
        from_schema(s.string(), side="both")  # type: ignore[call-overload]  # pyright: ignore


@pytest.mark.parametrize("key", ["nobody", s.string()])
def test_using_what_is_not_there_is_refused(key):
    with pytest.raises(InvalidArgument, match="is neither a schema in there nor the id of one"):
        from_schema(s.object({"a": s.string(id="a")}), using={key: st.none()})


def test_using_may_name_what_the_context_does_not_choose():
    schema = s.conditional(s.context_ref("a"), 1, s.string(id="one"), s.integer(id="other"))
    using = {"one": st.just("x"), "other": st.just(2)}

    assert "x" == plainest(from_schema(schema, context={"a": 1}, using=using))
    assert 2 == plainest(from_schema(schema, using=using))


def test_a_lazy_that_leads_nowhere_is_refused():
    with pytest.raises(SchemaDefinitionError, match="no schema around it has the id"):
        from_schema(s.object({"a": s.lazy("nobody")}))


# --- the package ---


def test_the_schema_is_as_it_was():
    schema = s.object({"a": s.integer()})
    before = dict(vars(schema))
    drawn(from_schema(schema))

    assert before == vars(schema)


def test_ordinary_settings_and_health_checks_are_fine():
    @given(from_schema(PAGE), invalid_from_schema(PAGE))
    @settings(max_examples=50, database=None, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    def property_(valid: Any, invalid: Any) -> None:
        assert PAGE.is_valid(valid)
        assert not PAGE.is_valid(invalid)

    property_()


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_without_hypothesis_the_error_names_the_extra():
    done = run("import sys; sys.modules['hypothesis'] = None; import kbn_schema.testing")

    assert 1 == done.returncode
    assert "kbn_schema.testing needs Hypothesis: pip install 'kbn-schema[hypothesis]'" in done.stderr


def test_to_import_the_package_does_not_import_hypothesis():
    done = run(
        "import sys, kbn_schema as s; s.string().compile().validate('a'); print('hypothesis' in sys.modules)"
    )

    assert "False\n" == done.stdout


def test_the_first_draw_does_not_try_all_code_points(tmp_path):
    """Hypothesis tells who takes two seconds for it that the draw is too slow; it keeps what it found."""
    script = (
        "from hypothesis import HealthCheck, given, settings\n"
        "from kbn_schema import schema as s\n"
        "from kbn_schema.testing import from_schema, invalid_from_schema\n"
        "shape = s.object({'a': s.string(), 'b': s.any(), 'c': s.buffer()}, unknowns='allow')\n"
        "quietly = settings(max_examples=20, suppress_health_check=list(HealthCheck))\n"
        "quietly(given(from_schema(shape), invalid_from_schema(shape))(lambda valid, invalid: None))()\n"
    )
    environment = {**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path)}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment)

    assert [] == [path.name for path in tmp_path.rglob("codec-*")]
