"""This module finds schemas that are called alike and are not."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from kbn_schema.kinds.base import Schema
from kbn_schema.lint.findings import SurveyRule
from kbn_schema.lint.survey import AnySchema, Site, Survey

MAX_PAIRS: Final = 10_000


def _duplicate_ids(survey: Survey) -> Iterator[tuple[Site, str]]:
    first: dict[str, Site] = {}
    for site in survey.sites.values():
        if site.schema.id is None:
            continue
        other = first.setdefault(site.schema.id, site)
        if other is not site and not _alike(site.schema, other.schema):
            yield site, f"[{other.place}] has its id, [{site.schema.id}], and is another schema"


def _alike(one: AnySchema, other: AnySchema) -> bool:
    """Whether two schemas say the same; in doubt they do."""
    met: set[tuple[AnySchema, AnySchema]] = set()
    waiting = [(one, other)]
    while waiting and len(met) < MAX_PAIRS:
        pair = waiting.pop()
        left, right = pair
        if left is right or pair in met:
            continue
        met.add(pair)
        children = left.children(), right.children()
        if type(left) is not type(right) or len(children[0]) != len(children[1]):
            return False
        if not _same_options(left, right):
            return False
        waiting.extend(zip(*children, strict=True))
    return True


def _same_options(one: AnySchema, other: AnySchema) -> bool:
    for field in attrs.fields(type(one)):
        left: Any = getattr(one, field.name)
        right: Any = getattr(other, field.name)
        if isinstance(left, Mapping) and isinstance(right, Mapping) and list(left) != list(right):
            return False
        if left is right or _holds_schemas(left) or _holds_schemas(right):
            continue
        try:
            if type(left) is not type(right) or left != right:
                return False
        except Exception:  # noqa: S112 - whatever an author's value does when it is compared
            continue
    return True


def _holds_schemas(value: Any) -> bool:
    """Whether schemas are in *value*, which are compared as children are."""
    inside: list[Any] = list(value.values()) if isinstance(value, Mapping) else [value]
    if isinstance(value, tuple):
        inside = [part for item in value for part in (item if isinstance(item, tuple) else (item,))]
    return any(isinstance(one, Schema) for one in inside)


RULES: Final = (
    SurveyRule(
        "duplicate-id",
        "warning",
        "Documents call a schema by its id: of two schemas with one id, one is called by another name.",
        "Give each its own id, or use one schema in both places.",
        _duplicate_ids,
    ),
)
