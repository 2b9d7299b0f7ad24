"""Values for a schema, as calls: some that fit, and what is near to them."""

import random
from typing import Any

from kbn_schema import MISSING, Schema
from tests.differential.fitting import Fitting
from tests.differential.nudges import Nudging


def draw_values(schema: Schema[Any], rng: random.Random, count: int) -> list[Any]:
    """Return so many values for *schema*: some fit, most differ from such a one in a place or two."""
    fitting, nudging = Fitting(rng), Nudging(rng)
    found = [MISSING] if rng.random() < 0.3 else []
    while len(found) < count:
        fitting.room = rng.choice([6, 20, 60])
        value = fitting.value(schema)
        found.append(value)
        found += [nudging.nudged(value) for _ in range(5)]
        found.append(nudging.nudged(nudging.nudged(value)))
        found += [nudging.junk(), nudging.deeper(value)]
    return found[:count]
