"""This module finds requests that may be as large, or hold as much, as a client likes."""

import re
from collections.abc import Iterator
from typing import Any, Final

from kbn_schema.kinds.any import AnySchema
from kbn_schema.kinds.array_of import ArraySchema
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.entries import EntriesSchema
from kbn_schema.kinds.maybe import MaybeSchema
from kbn_schema.kinds.never import NeverSchema
from kbn_schema.kinds.object import ObjectSchema
from kbn_schema.kinds.string import StringSchema
from kbn_schema.lint.covering import values_of
from kbn_schema.lint.findings import SchemaRule
from kbn_schema.lint.regex import lengths_of
from kbn_schema.lint.survey import Site, Survey


def longest(schema: StringSchema) -> int | None:
    """Return how long a text may be that *schema* accepts; None where there is no limit."""
    limits = [schema.max_length]
    if schema.hostname:
        limits.append(253)  # RFC 1123, section 2.1
    if isinstance(schema.pattern, re.Pattern):
        limits.append(lengths_of(schema.pattern)[1])
    return min((limit for limit in limits if limit is not None), default=None)


def _unbounded_string(site: Site, _: Survey) -> Iterator[str]:
    schema = site.schema
    if site.in_requests and isinstance(schema, StringSchema) and longest(schema) is None:
        yield "it takes a text of any length"


def _unbounded_array(site: Site, _: Survey) -> Iterator[str]:
    if site.in_requests and isinstance(site.schema, ArraySchema) and site.schema.max_size is None:
        yield "it takes any number of items"


def _unbounded_record(site: Site, _: Survey) -> Iterator[str]:
    schema = site.schema
    if not site.in_requests or not isinstance(schema, EntriesSchema):
        return
    if schema.validator is None and values_of(schema.key) is None:
        yield "it takes any number of entries"


def _unknown_keys(site: Site, _: Survey) -> Iterator[str]:
    if site.in_requests and isinstance(site.schema, ObjectSchema) and site.schema.unknowns == "allow":
        yield "it takes keys that it does not know, with any values"


def _accepts_anything(site: Site, _: Survey) -> Iterator[str]:
    schema: Schema[Any] = site.schema
    if not site.in_requests:
        return
    if type(schema) is AnySchema and schema.validator is None:
        yield "it takes any value"
    if isinstance(schema, MaybeSchema) and isinstance(schema.of, NeverSchema):
        yield "it takes any value: maybe(never()) does not forbid it"


RULES: Final = (
    SchemaRule(
        "unbounded-string",
        "warning",
        "A client can send a text as long as a whole body may be, and all that handles it has to cope.",
        "Set max_length, or a pattern that ends; a limit that is generous is a limit.",
        _unbounded_string,
    ),
    SchemaRule(
        "unbounded-array",
        "warning",
        "A client can send as many items as fit a body, and each costs what a handler does for it.",
        "Set max_size.",
        _unbounded_array,
    ),
    SchemaRule(
        "unbounded-record",
        "warning",
        "A client can send as many entries as fit a body, with keys of its own.",
        "Give it an enum as key, or a validate function that counts the entries.",
        _unbounded_record,
    ),
    SchemaRule(
        "unknown-keys",
        "warning",
        "What nobody has declared reaches the handler unchecked, and a misspelt key is taken in silence.",
        'Leave out unknowns="allow", or declare the keys; of free keys, a record_of checks the values.',
        _unknown_keys,
    ),
    SchemaRule(
        "accepts-anything",
        "warning",
        "What a client sends reaches the handler unchecked, however deep or large it is.",
        "Say what is accepted; to forbid a prop, write never().",
        _accepts_anything,
    ),
)
