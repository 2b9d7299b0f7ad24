"""This module finds bounds that no value meets, and such as are never reached."""

import math
import re
from collections.abc import Iterator
from typing import Any, Final

from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.integer import IntegerSchema
from kbn_schema.kinds.number import NumberSchema
from kbn_schema.kinds.string import StringSchema
from kbn_schema.lint.covering import values_of
from kbn_schema.lint.findings import SchemaRule
from kbn_schema.lint.regex import lengths_of
from kbn_schema.lint.survey import Site, Survey, unwrapped
from kbn_schema.numbers import SAFE

# Above, numbers and integers as floats are not told apart.
EXACT: Final = 2**53


def _accepts_nothing(site: Site, _: Survey) -> Iterator[str]:
    schema = site.schema
    if isinstance(schema, StringSchema) and isinstance(schema.pattern, re.Pattern):
        low, high = lengths_of(schema.pattern)
        if schema.max_length is not None and low > schema.max_length:
            yield f"its pattern takes at least [{low}] characters, and max_length is [{schema.max_length}]"
        if schema.min_length is not None and high is not None and high < schema.min_length:
            yield f"its pattern takes at most [{high}] characters, and min_length is [{schema.min_length}]"
    if isinstance(schema, IntegerSchema) and _has_no_integer(schema):
        yield "there is no integer within its bounds"


def _has_no_integer(schema: Any) -> bool:
    low: list[int] = [math.ceil(schema.min)] if schema.min is not None else []
    low += [math.floor(schema.exclusive_min) + 1] if schema.exclusive_min is not None else []
    high: list[int] = [math.floor(schema.max)] if schema.max is not None else []
    high += [math.ceil(schema.exclusive_max) - 1] if schema.exclusive_max is not None else []
    if not low or not high:
        return False
    lowest, highest = max(low), min(high)
    step = schema.multiple_of
    if isinstance(step, int) and step > 0:
        lowest = -(-lowest // step) * step
    return lowest > highest


def _unreachable_bound(site: Site, _: Survey) -> Iterator[str]:
    schema = site.schema
    if type(schema) is not NumberSchema or schema.unsafe:
        return
    for name in ("max", "exclusive_max", "min", "exclusive_min"):
        bound = getattr(schema, name)
        beyond = bound is not None and (bound > EXACT if name.endswith("max") else bound < -EXACT)
        if beyond:
            yield f"its {name} is beyond what it takes, [{SAFE}] in size"


def _text_only(site: Site, _: Survey) -> Iterator[str]:
    wires = site.request_wires
    if wires != {"text"} or site.schema.combinator not in ("literal", "enum"):
        return
    schema: Schema[Any] = unwrapped(site.schema)
    others = [value for value in values_of(schema) or () if not isinstance(value, str)]
    if others:
        are = "its value is no text" if len(others) == 1 else f"[{len(others)}] of its values are no texts"
        yield f"{are}, and here come only texts"


RULES: Final = (
    SchemaRule(
        "accepts-nothing",
        "error",
        "Its bounds contradict one another, so that every value is refused.",
        "Change one of the bounds; to accept nothing, write never().",
        _accepts_nothing,
    ),
    SchemaRule(
        "unreachable-bound",
        "warning",
        "A number beyond 2**53 - 1 in size is refused, which the bound does not say.",
        "Write integer(), which is exact at any size, or unsafe=True, or a bound within.",
        _unreachable_bound,
    ),
    SchemaRule(
        "text-only",
        "error",
        "Params, queries, headers, forms and the keys of records hold only texts, and a literal or enum "
        'takes nothing else for its value: neither "1" for 1, nor "true" for True.',
        "Write the value as a text, or take a number() or boolean(), which read texts.",
        _text_only,
    ),
)
