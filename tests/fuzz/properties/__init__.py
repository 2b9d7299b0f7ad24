"""The properties that are looked at on each drawn schema and its values, one in each file."""

import functools
import os
from importlib import import_module
from importlib.util import find_spec

from tests.fuzz.property import Property

MODULES = [
    "properties.definitions", "properties.fast_is_check", "properties.all_ways", "properties.idempotent",
    "properties.only_validation_errors", "properties.unchanged", "properties.unshared", "properties.silent",
    "properties.other_process", "properties.metamorphic", "properties.strategies", "judges.json_schema",
    "properties.cost", "properties.vocabulary", "http", "judges.pydantic",
]  # fmt: skip


@functools.cache
def load(names: tuple[str, ...] = ()) -> list[Property]:
    """Return all properties, or those of these *names*, in the order in which they are looked at."""
    found: list[Property] = []
    # For tests of the driver, which need properties that do not hold, and no others.
    for module in os.environ.get("KBN_SCHEMA_FUZZ_MODULES", "").split() or MODULES:
        if find_spec(f"tests.fuzz.{module}") is None:
            continue
        loaded = import_module(f"tests.fuzz.{module}")
        found += loaded.PROPERTIES if hasattr(loaded, "PROPERTIES") else [loaded.PROPERTY]
    unknown = set(names) - {prop.name for prop in found}
    if unknown:
        raise ValueError(
            f"no property {', '.join(sorted(unknown))}; there are {', '.join(p.name for p in found)}"
        )
    return [prop for prop in found if not names or prop.name in names]
