"""Values for a schema, as calls: some that fit, what is near to them, what fits another schema, and junk."""

import functools
import random
from typing import Any

from kbn_schema import MISSING, Schema, SchemaDefinitionError
from tests.fuzz.calls import build
from tests.fuzz.draw import seeded
from tests.fuzz.fitting import Fitting
from tests.fuzz.nudges import Nudging
from tests.fuzz.schemas import draw_schema

FITTING, NUDGED, OTHERS = 0.4, 0.4, 0.15  # the rest is junk
OTHER_SCHEMAS = 40
# What no error may show. It is put into texts of values only, never into keys, which errors do show.
MARKER = "S3CRET"
MARKED_SHARE = 0.1  # of the texts in a value


def draw_values(schema: Schema[Any], rng: random.Random, count: int, hostile: bool = True) -> list[Any]:
    """Return so many values for *schema*, of which *hostile* ones are no JSON at times."""
    fitting, nudging = Fitting(rng), Nudging(rng, hostile=hostile)
    found: list[Any] = []
    if hostile and rng.random() < 0.3:
        found.append(MISSING)
    base: Any = None
    while len(found) < count:
        roll = rng.random()
        if roll < FITTING or not found:
            fitting.room = rng.choice([6, 20, 60])
            base = fitting.value(schema)
            value = base
        elif roll < FITTING + NUDGED:
            value = nudging.deeper(base) if hostile and rng.random() < 0.08 else nudging.nudged(base)
            for _ in range(rng.choice([0, 0, 1, 2])):
                value = nudging.nudged(value)
        elif roll < FITTING + NUDGED + OTHERS:
            fitting.room = 20
            value = fitting.value(_another(schema, rng))
        else:
            value = nudging.junk()
        found.append(marked(value, rng) if rng.random() < 0.5 else value)
    return found


def marked(value: Any, rng: random.Random) -> Any:
    """Return a copy of *value* in which some texts, but no keys, hold the marker."""
    if type(value) is str:
        return value + MARKER if len(value) < 100 and rng.random() < 2 * MARKED_SHARE else value
    if type(value) is list:
        return [marked(item, rng) for item in value]
    if type(value) is dict:
        return {key: marked(item, rng) for key, item in value.items()}
    return value


def _another(schema: Schema[Any], rng: random.Random) -> Schema[Any]:
    """Return a schema inside *schema*, or one that has nothing to do with it."""
    inner = schema.children()
    return rng.choice(inner) if inner and rng.random() < 0.5 else rng.choice(_other_schemas())


@functools.cache
def _other_schemas() -> list[Schema[Any]]:
    found: list[Schema[Any]] = []
    number = 0
    while len(found) < OTHER_SCHEMAS:
        number += 1
        try:
            found.append(build(draw_schema(seeded("others", number), room=8)))
        except SchemaDefinitionError:
            continue
    return found
