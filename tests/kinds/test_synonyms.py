"""Whoever comes from another library is told what a combinator and an option are called here."""

import re
from functools import partial

import pytest

import kbn_schema as s
from kbn_schema import schema
from kbn_schema.kinds import synonyms
from kbn_schema.kinds.options import Options

ITEM = s.string()
# Options of combinators, by the name of each.
OPTIONS = {
    option
    for kind in (s.string, s.integer, s.object, type(s.array_of(ITEM)))
    for option in kind.__init__.__code__.co_varnames
}


@pytest.mark.parametrize(
    ("combinator", "option", "hint"),
    [
        (s.integer, "ge", "did you mean [min]?"),
        (s.integer, "minimum", "did you mean [min]?"),
        (s.integer, "lte", "did you mean [max]?"),
        (s.number, "gt", "did you mean [exclusive_min]?"),
        (s.number, "exclusiveMaximum", "did you mean [exclusive_max]?"),
        (s.number, "multipleOf", "did you mean [multiple_of]?"),
        (s.duration, "gt", "write [min], which includes its limit"),
        (s.string, "lt", "write [max_length], which includes its limit"),
        (s.string, "min", "did you mean [min_length]?"),
        (s.string, "max_size", "did you mean [max_length]?"),
        (s.string, "regex", "did you mean [pattern]?"),
        (s.any, "default_factory", "did you mean [default]?"),
        (s.any, "validators", "did you mean [validate]?"),
        (s.string, "required", "a value is required unless it has a default or stands in maybe(...)"),
        (s.string, "optional", "write maybe(string(...))"),
        (s.string, "nullable", "write nullable(string(...))"),
        (s.string, "choices", "write enum([...])"),
        (s.string, "format", "write the combinator of the format, such as email() or date_time()"),
    ],
)
def test_an_option_of_another_library_is_told_in_our_words(combinator, option, hint):
    with pytest.raises(TypeError) as error:
        combinator(**{option: 1})

    assert f"{combinator.combinator}(): there is no option [{option}]; {hint}" == str(error.value)


@pytest.mark.parametrize(
    ("build", "option", "hint"),
    [
        (partial(s.object, {}), "extra", "did you mean [unknowns]?"),
        (partial(s.object({}).extends, {}), "extra", "did you mean [unknowns]?"),
        (partial(s.array_of, ITEM), "min_length", "did you mean [min_size]?"),
        (partial(s.array_of, ITEM), "maxItems", "did you mean [max_size]?"),
        (partial(s.one_of, ITEM), "discriminator", "write discriminated_union(...)"),
    ],
    ids=["object", "extends", "array_of", "array_of, in camel case", "one_of"],
)
def test_an_option_of_what_takes_something_is_told_alike(build, option, hint):
    with pytest.raises(TypeError) as error:
        build(**{option: "ignore"})

    assert str(error.value).endswith(f"(): there is no option [{option}]; {hint}")


@pytest.mark.parametrize("option", ["ge", "gt", "regex", "extra"])
def test_an_option_that_the_combinator_has_not_is_not_told(option):
    with pytest.raises(TypeError) as error:
        s.boolean(**{option: 1})

    assert str(error.value).startswith(f"boolean(): there is no option [{option}], expected [default], [")


def test_every_answer_is_a_combinator():
    named = {name.partition("(")[0] for name in synonyms.COMBINATORS}

    assert named <= set(schema.__all__)


def test_every_answer_is_an_option():
    named = {option for options in synonyms.OPTIONS for option in options.split()}

    assert named <= OPTIONS | set(Options.__annotations__)
    assert set(synonyms.INCLUSIVE) <= set(synonyms.OPTIONS)


@pytest.mark.parametrize("table", [synonyms.COMBINATORS, synonyms.OPTIONS, synonyms.ADVICE])
def test_every_name_is_found(table):
    names = [name for names in table.values() for name in names.split()]

    assert [synonyms.plain(name) for name in names] == names


def test_every_advice_can_be_followed():
    told = {
        call for advice in synonyms.ADVICE for call in re.findall(r"(\w+)\(", advice.format(schema="string"))
    }

    assert told <= set(schema.__all__)
