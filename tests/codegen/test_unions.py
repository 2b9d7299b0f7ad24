"""Which alternative takes a value: compiled code knows by types what `check` finds by asking in order."""

import contextlib

import pytest

from kbn_schema import SchemaDefinitionError, ValidationError, schema
from tests.examples import EXAMPLES, IDS, exact
from tests.near_miss import near_misses
from tests.ways import compiled, interpreted

OTHERS = {
    "any": lambda: schema.any(),
    "number": lambda: schema.number(),
    "literals": lambda: schema.enum([1, True, "a", None, 1.5]),
}


def unions(judge, other):
    """The union of both, in both orders."""
    for alternatives in ([judge, other()], [other(), judge]):
        # `maybe` is no alternative, and a name stands for one schema.
        with contextlib.suppress(SchemaDefinitionError):
            yield schema.one_of(alternatives)


def answer(way, judge, value, context):
    try:
        return exact(way(judge, value, context))
    except ValidationError as error:
        return str(error)


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_the_alternative_that_check_chooses_is_chosen(example, other):
    values = example.values + [near for value, _ in example.accepted for near in near_misses(value)]
    for union in unions(example.schema, OTHERS[other]):
        for value in [*values, 1, 1.0, True, "1", "true", "", None, [], {}, "[]", "{}"]:
            expected = answer(interpreted, union, value, example.context)

            assert expected == answer(compiled, union, value, example.context)
