"""The two ways in which a schema is asked: by `check`, which is the reference, and by its compiled code."""

from collections.abc import Callable, Mapping
from typing import Any

from kbn_schema import MISSING, Schema, ValidationError
from kbn_schema.problems import Failure
from kbn_schema.run import Run


def interpreted(
    schema: Schema[Any],
    value: object = MISSING,
    context: Mapping[str, Any] | None = None,
    namespace: str | None = None,
    *,
    strip_unknown_keys: bool = False,
) -> Any:
    """Do what `validate` does, by `check`."""
    outcome = schema.outcome(value, Run({} if context is None else context, strip=strip_unknown_keys))
    if type(outcome) is Failure:
        raise ValidationError(outcome, namespace) from outcome.cause
    return outcome


def compiled(
    schema: Schema[Any],
    value: object = MISSING,
    context: Mapping[str, Any] | None = None,
    namespace: str | None = None,
    *,
    strip_unknown_keys: bool = False,
) -> Any:
    """Do what `validate` does, by compiled code."""
    schema.compile()
    return schema.validate(value, context, namespace, strip_unknown_keys=strip_unknown_keys)


WAYS: list[Callable[..., Any]] = [interpreted, compiled]
