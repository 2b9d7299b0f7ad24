"""This module reads the ``validate`` block of a route and checks a request against it.

All parts are checked, so that one answer names every problem. The headline is that of the first part
that failed, in Kibana's order: params, query, body.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, Protocol, TypedDict, cast

import attrs

from kbn_schema.errors import SchemaDefinitionError, ValidationError
from kbn_schema.kinds.base import Schema
from kbn_schema.problems import fail_in_words
from kbn_schema.run import Run

PartName = Literal["params", "query", "body"]
PARTS: Final[tuple[PartName, ...]] = ("params", "query", "body")


class Rule(Protocol):
    """What a part is checked with: a schema, or anything else that has this method.

    It returns the output, or raises `ValidationError`, or another `ValueError` whose text is the error.
    """

    def validate(self, value: Any, /) -> Any: ...


class Parts(TypedDict, total=False):
    """The schemas of a request."""

    params: Rule
    query: Rule
    body: Rule


Validate = Literal[False] | Parts


@attrs.frozen(eq=False)
class Rules:
    """The ``validate`` block of a route, read; undeclared parts are None."""

    params: Rule | None = None
    query: Rule | None = None
    body: Rule | None = None

    @property
    def schemas(self) -> tuple[Schema[Any], ...]:
        """Those rules that are schemas."""
        return tuple(rule for rule in (self.params, self.query, self.body) if isinstance(rule, Schema))


@attrs.frozen
class ValidRequest:
    """The validated parts; those undeclared are ``{}``."""

    params: Any
    query: Any
    body: Any


class InvalidRequest(Exception):
    """A request did not fit; *errors* holds the error of each part that failed, in the order of parts."""

    def __init__(self, errors: Mapping[PartName, ValidationError]) -> None:
        super().__init__(errors)
        self.errors = errors

    @property
    def headline(self) -> str:
        """Kibana's text for the first problem."""
        return str(next(iter(self.errors.values())))

    def issues(self) -> list[dict[str, Any]]:
        """Every problem, JSON-ready; the path begins with the part."""
        return [
            {**issue.to_dict(), "path": [part, *issue.to_dict()["path"]]}
            for part, error in self.errors.items()
            for issue in error.issues
        ]


def read_rules(validate: object, where: str) -> Rules:
    """Read a ``validate`` block; *where* names the route in errors.

    Raises:
        SchemaDefinitionError: It is neither False nor a mapping of parts to schemas.
    """
    if validate is False:
        return Rules()
    if not isinstance(validate, Mapping):
        raise SchemaDefinitionError(f"{where}: 'validate' must be False or a mapping of {_listed(PARTS)}")
    declared = cast(Mapping[object, object], validate)
    for part, rule in declared.items():
        if part not in PARTS:
            raise SchemaDefinitionError(
                f"{where}: 'validate' has an unknown key [{part}], expected {_listed(PARTS)}"
            )
        if isinstance(rule, type) or not callable(getattr(rule, "validate", None)):
            raise SchemaDefinitionError(
                f"{where}: expected a schema, or an object with a method validate(value), at key: [{part}]"
            )
    return Rules(**cast(Parts, declared))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"[{name}]" for name in names)


def check_request(rules: Rules, params: object, query: Mapping[str, list[str]], body: object) -> ValidRequest:
    """Validate the decoded parts of a request.

    Raises:
        InvalidRequest: At least one part does not fit.
    """
    # A field that was sent once is a text, else a list; an `array_of` in a query takes both.
    fields = {name: texts[0] if len(texts) == 1 else texts for name, texts in query.items()}
    values: dict[PartName, object] = {"params": params, "query": fields, "body": body}
    valid: dict[str, Any] = {}
    errors: dict[PartName, ValidationError] = {}
    for part in PARTS:
        rule: Rule | None = getattr(rules, part)
        try:
            valid[part] = {} if rule is None else _apply(rule, values[part], part)
        except ValidationError as error:
            errors[part] = error
    if errors:
        raise InvalidRequest(errors)
    return ValidRequest(**valid)


def _apply(rule: Rule, value: object, part: PartName) -> Any:
    namespace = f"request {part}"
    if isinstance(rule, Schema):
        return rule.enforce(value, Run({}, fields=part == "query"), namespace)
    try:
        return rule.validate(value)
    except ValidationError as error:
        raise ValidationError(error.found, namespace) from error.__cause__
    except ValueError as error:
        raise ValidationError(fail_in_words(str(error)), namespace) from None
