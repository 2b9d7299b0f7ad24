"""This module tells which strategy of an author drew nothing that fits, once a search has come to nothing."""

import contextlib
from collections.abc import Mapping
from typing import Any, Final

import hypothesis
from hypothesis.errors import HypothesisException
from hypothesis.strategies import SearchStrategy

from kbn_schema.errors import SchemaError
from kbn_schema.kinds.base import Schema
from kbn_schema.problems import Issue
from kbn_schema.testing.naming import unfitting

LOOK: Final = hypothesis.settings(
    max_examples=50,
    database=None,
    deadline=None,
    derandomize=True,
    phases=[hypothesis.Phase.generate],
    suppress_health_check=(hypothesis.HealthCheck.filter_too_much, hypothesis.HealthCheck.too_slow),
    verbosity=hypothesis.Verbosity.quiet,
)


def blamed(given: Mapping[Schema[Any], SearchStrategy[Any]]) -> str | None:
    """The sentence about the first of *given*, by its schema, that draws nothing that fits; None for none."""
    for schema, values in given.items():
        issues = _drawn(schema, values)
        if issues and all(issues):
            return unfitting(schema, issues[0][0])
    return None


def _drawn(schema: Schema[Any], values: SearchStrategy[Any]) -> list[tuple[Issue, ...]]:
    """What *schema* has against each of some *values*."""
    found: list[tuple[Issue, ...]] = []

    def look(value: Any) -> None:
        # What refers to things around it cannot be asked alone.
        with contextlib.suppress(SchemaError):
            found.append(schema.issues_of(value))

    with contextlib.suppress(HypothesisException):
        LOOK(hypothesis.given(values)(look))()
    return found
