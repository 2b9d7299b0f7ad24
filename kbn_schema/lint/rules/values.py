"""This module finds defaults and examples that are not what their own schema accepts."""

from collections.abc import Iterator
from typing import Any, Final

from kbn_schema.errors import SchemaDefinitionError, ValidationError
from kbn_schema.kinds.conditional import ConditionalSchema
from kbn_schema.kinds.lazy import LazySchema
from kbn_schema.lint.findings import Advised, SchemaRule
from kbn_schema.lint.guard import Failed
from kbn_schema.lint.survey import AnySchema, Site, Survey
from kbn_schema.missing import MISSING
from kbn_schema.problems import Failure
from kbn_schema.references import Reference
from kbn_schema.run import Run

# Those whose sentence says what was wanted, and nothing of what was given but its type or size.
TOLD: Final = frozenset({
    "type", "required", "min_length", "max_length", "pattern", "format", "min", "max", "exclusive_min",
    "exclusive_max", "multiple_of", "min_size", "max_size", "unsafe_number", "enum", "literal", "never",
})  # fmt: skip

CHANGE: Final = "Change the default, or let the schema accept it."


def _refused_default(site: Site, survey: Survey) -> Iterator[str | Advised]:
    default: Any = site.schema.default
    if default is MISSING or isinstance(default, Reference):
        return
    if callable(default):
        made = survey.guard.call(lambda: site.schema.adopt_made(default()))
        if isinstance(made, Failed):
            reason = made.told("the callable that makes its default {}")
            yield from () if reason is None else (reason,)
            return
        default = made.value
    reason = refused(site, default, survey)
    if reason is None:
        return
    message = f"it refuses its own default: {reason}"
    yield message if default is not None else Advised(message, f"{CHANGE[:-1]}: nullable() takes None.")


def _refused_example(site: Site, survey: Survey) -> Iterator[str]:
    for index, example in enumerate(site.schema.examples):
        reason = refused(site, example, survey)
        if reason is not None:
            yield f"it refuses its own example {index}: {reason}"


def refused(site: Site, value: Any, survey: Survey) -> str | None:
    """Return why the schema of *site* refuses *value*; None where it does not, or it depends."""
    if _depends(site.schema):
        return None

    def check() -> Any:
        run = Run({})
        run.named = site.named
        return site.schema.outcome(value, run)

    checked = survey.guard.call(check)
    if isinstance(checked, Failed):
        # What a `lazy` fails to find is told where it is.
        return None if checked.reason == f"raised [{SchemaDefinitionError.__name__}]" else checked.reason
    return _told(checked.value) if type(checked.value) is Failure else None


def _told(failure: Failure) -> str | None:
    issue = ValidationError(failure).issues[0]
    if issue.code == "default":
        return None  # of another schema inside, where it is told
    return issue.message.rstrip(".") if issue.code in TOLD else f"[{issue.code}]"


def _depends(schema: AnySchema) -> bool:
    """Whether what is accepted depends on other values than the one that is checked."""
    met: set[AnySchema] = set()
    waiting = [schema]
    while waiting:
        current = waiting.pop()
        if current in met:
            continue
        met.add(current)
        if isinstance(current, ConditionalSchema):
            return True
        if not isinstance(current, LazySchema):
            waiting.extend(current.children())
    return False


RULES: Final = (
    SchemaRule(
        "refused-default",
        "error",
        "A default is trusted and not checked, so a handler gets what the schema promises it will not.",
        CHANGE,
        _refused_default,
    ),
    SchemaRule(
        "refused-example",
        "error",
        "Documents show the example to people, who try it and are refused.",
        "Change the example; it is what a client sends.",
        _refused_example,
    ),
)
