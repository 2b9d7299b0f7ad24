"""Laws: what the docstrings of the combinators say is all that there is to say, and the tables are true."""

import ast
import inspect
import re

import pytest

from kbn_schema import Schema, ValidationError, schema
from kbn_schema.kinds.options import Options
from tests.examples import exact
from tests.reference.combinators import COMMON, GROUPS, METHODS, Combinator, combinators
from tests.reference.docstrings import Docstring
from tests.reference.issues import kinds_of, met, problems
from tests.reference.rows import Row, _pairs, definitions, rows

# What every kind may say; a docstring lists the codes beside these.
CODES_OF_ALL = {"type", "required", "custom", "default", "fault"}
BOUND = re.compile(r"^(min|max|exclusive_min|exclusive_max|(min|max)_\w+)$")
# A bound, and a value that is just at it.
AT_THE_BOUND = {
    "string": (2, "ab"),
    "number": (2, 2),
    "integer": (2, 2),
    "byte_size": (2, 2),
    "duration": (2, 2),
    "array_of": (2, [1, 2]),
}

over_all = pytest.mark.parametrize("one", combinators(), ids=lambda one: one.names[0])


def bounds_of(one: Combinator) -> list[str]:
    return [name for name in one.options if BOUND.match(name)]


BOUNDS = [(one, name) for one in combinators() for name in bounds_of(one)]
over_all_bounds = pytest.mark.parametrize(
    ("one", "name"), BOUNDS, ids=[f"{one.names[0]}-{name}" for one, name in BOUNDS]
)


def test_every_combinator_has_its_place():
    grouped = [name for group in GROUPS.values() for name in group]

    assert sorted(schema.__all__) == sorted(name for one in combinators() for name in one.names)
    assert len(grouped) == len(set(grouped)) == len(combinators())


@over_all
def test_every_argument_is_described(one):
    assert [] == [name for name in one.parameters if not one.doc.args.get(name)]


@over_all
def test_no_argument_is_described_that_is_not_there(one):
    known = {*one.parameters, *(COMMON if one.has_common_options else ())}

    assert [] == [name for name in one.doc.args if name not in known]


def test_every_common_option_is_described():
    assert sorted(Options.__annotations__) == sorted(Docstring.of(Schema).args)


@over_all
def test_every_argument_has_a_type(one):
    assert [] == [name for name in one.doc.args if one.type_of(name) in ("", "Any")]


@over_all
def test_a_docstring_says_what_goes_in_and_what_comes_out(one):
    beginning = "Refer to " if one.is_reference else "Accept "

    assert one.doc.summary.startswith(beginning)
    assert one.is_reference or "; yield " in one.doc.summary


@over_all
def test_a_docstring_has_an_example_and_a_source(one):
    assert one.doc.example.startswith(">>> ")
    assert one.doc.source.endswith(".")


@over_all
def test_a_docstring_says_what_a_wrong_definition_raises(one):
    assert bool(one.doc.args) == ("SchemaDefinitionError" in one.doc.raises)


@over_all
def test_sections_stand_in_their_order(one):
    found = re.findall(r"^(Args|Raises|Source|Example):$", inspect.cleandoc(one.thing.__doc__), re.MULTILINE)

    assert [name for name in ("Args", "Raises", "Source", "Example") if name in found] == found


@over_all_bounds
def test_a_bound_says_whether_it_is_inclusive_and_is(one, name):
    bound, value = AT_THE_BOUND[one.names[0]]
    inner = [schema.any()] if one.names[0] == "array_of" else []
    (said,) = re.findall(r"\b(inclusive|exclusive)\b", one.doc.args[name])

    assert (said == "inclusive") == one.thing(*inner, **{name: bound}).is_valid(value)


def test_there_are_bounds():
    assert {*AT_THE_BOUND} == {one.names[0] for one, _ in BOUNDS}


@over_all
def test_every_code_that_is_listed_is_met(one):
    found = {code for _, code in met(kinds_of(one))} | ({"depth"} if is_refused_when_deep(one) else set())

    assert [] == [code for code in one.doc.listed_codes if code not in found]


def is_refused_when_deep(one: Combinator) -> bool:
    """Whether the container that a combinator makes takes 200 levels of itself, and not 201."""
    inside = schema.lazy("whole")
    make = {
        "object": lambda: schema.object({"1": schema.maybe(inside)}, id="whole"),
        "all_of": lambda: schema.all_of(schema.object({"1": schema.maybe(inside)}), id="whole"),
        "array_of": lambda: schema.array_of(inside, id="whole"),
        "record_of": lambda: schema.record_of(schema.string(), inside, id="whole"),
        "map_of": lambda: schema.map_of(schema.string(), inside, id="whole"),
    }.get(one.names[0])
    if make is None:
        return False
    fits, deeper = (nested(levels, one.names[0] == "array_of") for levels in (200, 201))
    return make().is_valid(fits) and ["depth"] == [issue.code for issue in make().issues_of(deeper)]


def nested(levels: int, is_list: bool) -> object:
    value: object = [] if is_list else {}
    for _ in range(levels - 1):
        value = [value] if is_list else {"1": value}
    return value


def test_every_code_that_is_met_is_listed():
    listed = {kind: set(one.doc.listed_codes) for one in combinators() for kind in kinds_of(one)}
    found = set()
    for judge, problem in problems():
        known = set().union(*(listed.get(inside.combinator, set()) for inside in tree(judge)))
        if problem.message.code not in known | CODES_OF_ALL:
            found.add((judge.combinator, problem.message.code))

    assert set() == found


def tree(judge: Schema) -> set[Schema]:
    """A schema, and those inside, also behind a `lazy`."""
    met: set[Schema] = set()
    waiting = [judge]
    while waiting:
        current = waiting.pop()
        if current not in met:
            met.add(current)
            behind = [current.called()] if callable(getattr(current, "target", None)) else []
            waiting += [*current.children(), *behind]
    return met


@pytest.mark.parametrize("name", METHODS)
def test_every_method_that_is_shown_is_there(name):
    assert Docstring.of(inspect.getattr_static(Schema, name)).summary.endswith(".")


@pytest.fixture(scope="module")
def names():
    """What the program on the page defines, beside what a reader of it has."""
    found = {}
    exec("from kbn_schema import schema, MISSING\n" + definitions(), found)
    return found


@pytest.mark.parametrize("row", rows(), ids=[f"{at}-{row.example.name}" for at, row in enumerate(rows())])
def test_a_reader_who_tries_the_table_sees_what_it_says(row: Row, names):
    judge = eval(row.schema, names)
    context = row.context and eval(row.context, names)

    assert [exact(eval(output, names)) for _, output in row.accepted] == [
        exact(judge.validate(eval(value, names), context)) for value, _ in row.accepted
    ]
    for value in row.refused:
        with pytest.raises(ValidationError):
            judge.validate(eval(value, names), context)


def test_pairs_of_another_form_are_refused():
    with pytest.raises(ValueError, match="expected"):
        _pairs(ast.parse("[a]", mode="eval").body)


def test_refused_values_that_fare_alike_share_a_line():
    (row,) = (row for row in rows() if row.schema == "schema.boolean()")

    assert (
        '`0`, `1`, `"1"`, `"yes"`, `""`, `None`, `[True]`, `{}`',
        "`type`: `expected value of type [boolean] but got [...]`",
    ) == row.lines[-2]
