"""Look for a case in which compiled code and `check` differ; each case follows from a seed and a number."""

import random
from collections.abc import Iterator
from typing import Any

import attrs

from kbn_schema import Schema, SchemaDefinitionError
from tests.differential.calls import Call, build, named, spell_case
from tests.differential.compare import compare
from tests.differential.schemas import draw_schema
from tests.differential.values import draw_values

CONTEXTS = [None, None, named("parts.CONTEXT"), named("parts.READ_ONLY"), named("parts.MAPPING"), {}]
VALUES_PER_SCHEMA = 16


@attrs.frozen
class Case:
    """A schema, a value and a context, as calls."""

    schema: Call
    value: Any
    context: Any

    def __str__(self) -> str:
        return spell_case(self.schema, self.value, self.context)

    def difference(self) -> AssertionError | None:
        """Return the failed assertion, if the case can be built and the two ways differ."""
        try:
            judged, reference = build(self.schema), build(self.schema)
            value, context = build(self.value), build(self.context)
        except Exception:  # while a case is made smaller, it may become nonsense
            return None
        try:
            compare(judged, value, context, reference)
        except AssertionError as error:
            return error
        return None


def draw_cases(seed: str, number: int) -> Iterator[Case]:
    """Yield the cases of one random schema: none, if the combinators refuse it."""
    rng = random.Random(f"{seed}:{number}")
    part = draw_schema(rng)
    try:
        schema: Schema[Any] = build(part)
        values = draw_values(schema, rng, VALUES_PER_SCHEMA)
    except SchemaDefinitionError:
        return
    for value in values:
        if can_be_built(value):
            yield Case(part, value, rng.choice(CONTEXTS))


def can_be_built(value: Any) -> bool:
    """Return whether *value* can be: a key that raises when it is compared may stand beside another."""
    try:
        build(value)
    except RuntimeError:
        return False
    return True
