"""This module is the list of all rules; a new one is added to the family that it belongs to."""

from typing import Final

from kbn_schema.lint.findings import Rule
from kbn_schema.lint.rules import (
    bounds,
    identity,
    open_ends,
    patterns,
    presence,
    references,
    routes,
    unions,
    validators,
    values,
)
from kbn_schema.lint.silences import INVALID_SILENCE, UNUSED_SILENCE

FAMILIES: Final = (
    open_ends, patterns, bounds, presence, values, validators, unions, references, identity, routes
)  # fmt: skip

RULES: Final[tuple[Rule, ...]] = (
    *(rule for family in FAMILIES for rule in family.RULES),
    UNUSED_SILENCE,
    INVALID_SILENCE,
)
