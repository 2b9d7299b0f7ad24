"""The types of what authors give and get: the common options, and copies of them."""

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Generic, Literal, TypedDict

from typing_extensions import TypeVar

from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.missing import Missing
from kbn_schema.references import Reference

T = TypeVar("T")

Unknowns = Literal["forbid", "ignore", "allow"]
Side = Literal["input", "output"]
Dialect = Literal["2020-12", "openapi-3.1", "openapi-3.0"]
NO_META: Mapping[str, Any] = MappingProxyType({})
# The key of `meta`, and of a route's options, for what is no part of a contract: which findings are meant.
LINT_IGNORE = "lint_ignore"


class OtherOptions(TypedDict, Generic[T], total=False):
    """The common options but the default."""

    validate: Callable[[T], object]
    title: str
    description: str
    deprecated: bool
    examples: Sequence[Any]
    id: str
    meta: Mapping[str, Any]


class Options(OtherOptions[T], Generic[T], total=False):
    """The common options, for combinators that are functions."""

    default: T | Callable[[], T] | Reference


class Changes(TypedDict, total=False):
    """The common options, for `ObjectSchema.extends`; MISSING resets one."""

    default: Any
    validate: Callable[[Any], object] | Missing
    title: str | Missing
    description: str | Missing
    deprecated: bool | Missing
    examples: Sequence[Any] | Missing
    id: str | Missing
    meta: Mapping[str, Any] | Missing


def own_examples(examples: Sequence[Any]) -> Sequence[Any]:
    """Return a copy of *examples*; what is no list is refused later, with the other options."""
    if isinstance(examples, (str, bytes)) or not isinstance(examples, Iterable):
        return examples
    return tuple(_copied("examples", examples)) if examples else ()


def own_meta(meta: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a copy of *meta* that cannot be changed; what is no mapping is refused later."""
    if meta is NO_META:
        return NO_META
    return MappingProxyType(_copied("meta", dict(meta))) if isinstance(meta, Mapping) else meta


def _copied(name: str, value: T) -> T:
    try:
        return copy.deepcopy(value)
    except Exception as error:  # of an object of the author's, or what is nested too deeply
        raise SchemaDefinitionError(f"{name} cannot be copied; give plain values") from error


class Structure(TypedDict):
    """One line of `Schema.get_schema_structure`."""

    path: list[str]
    type: str
