"""What the classes of all kinds have in common: identities with keyword options, that tell themselves."""

import inspect

import attrs
import pytest

import kbn_schema as s
from kbn_schema.plan import absence_of
from kbn_schema.problems import Failure
from kbn_schema.run import Run
from tests.examples import EXAMPLES, IDS

# What may be given without its name: what a schema is about, and not how.
POSITIONAL = {
    "LiteralSchema": ["value"],
    "EnumSchema": ["values"],
    "ObjectSchema": ["props"],
    "MaybeSchema": ["of"],
    "NullableSchema": ["of"],
    "ArraySchema": ["item"],
    "RecordSchema": ["key", "value"],
    "MapSchema": ["key", "value"],
    "OneOfSchema": ["alternatives"],
    "DiscriminatedUnionSchema": ["discriminator", "alternatives"],
    "ConditionalSchema": ["left", "right", "then", "otherwise"],
    "LazySchema": ["target"],
}
BY_KIND = {type(example.schema): example.schema for example in EXAMPLES}
over_all_kinds = pytest.mark.parametrize("one", BY_KIND.values(), ids=[kind.__name__ for kind in BY_KIND])


@over_all_kinds
def test_only_what_it_is_about_is_positional(one):
    found = inspect.signature(type(one)).parameters.values()

    assert POSITIONAL.get(type(one).__name__, []) == [
        option.name for option in found if option.kind is not option.KEYWORD_ONLY
    ]


@over_all_kinds
def test_each_is_equal_to_itself_only(one):
    assert one == one
    assert one != attrs.evolve(one)
    assert 1 == len({one, one})


@over_all_kinds
def test_each_is_spelled_as_the_call_that_makes_it(one):
    assert repr(one).startswith("schema.")


@over_all_kinds
def test_each_can_be_kept_with_what_was_made_of_it(one):
    assert one.compile().__dict__["_source"].text == one.source


@over_all_kinds
def test_each_says_whether_it_has_a_default_by_true_or_false(one):
    assert type(one.has_default) is bool


@over_all_kinds
def test_none_can_be_changed(one):
    for option in attrs.fields(type(one)):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(one, option.name, 1)


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_what_takes_a_missing_value_is_not_required(example):
    is_refused = type(example.schema.outcome(s.MISSING, Run({}))) is Failure

    assert is_refused or not absence_of(example.schema).required


def nested(levels, **options):
    """Objects inside each other, the innermost with a default and *options*."""
    deep = s.object({"leaf": s.number(default=1)}, **options)
    for _ in range(levels - 1):
        deep = s.object({"a": deep})
    return deep


@pytest.mark.parametrize(("levels", "at_once"), [(1, True), (2, True), (20, True), (21, False), (60, False)])
def test_a_missing_object_of_objects_is_made_at_once_up_to_20_levels(levels, at_once):
    absence = nested(levels).absence()

    assert at_once is not absence.asks
    assert nested(levels).validate() == nested(levels).compile().validate()
    assert not at_once or (levels, nested(levels).validate()) == (absence.levels, absence.make())


def test_a_missing_object_with_an_authors_check_is_left_to_it():
    asked = []
    missing = nested(2, validate=asked.append)

    assert missing.absence().asks
    assert {"a": {"leaf": 1}} == missing.compile().validate()
    assert [{"leaf": 1}] == asked
