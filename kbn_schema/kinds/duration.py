"""Lengths of time."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import attrs

from kbn_schema import messages
from kbn_schema.exact import exact_number, exact_str
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.bounds import out_of_quantity_bounds, quantity_bounds
from kbn_schema.kinds.definition import refuse
from kbn_schema.missing import MISSING, Missing
from kbn_schema.plan import Call, Plan
from kbn_schema.problems import fail
from kbn_schema.quantities import MAX_SAFE_INTEGER, Duration, Unparsable
from kbn_schema.references import Reference
from kbn_schema.run import Run

if TYPE_CHECKING:
    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.json_schema import SchemaWriter
    from kbn_schema.stubs import Hint, TypeWriter
    from kbn_schema.testing.values import Values
    from kbn_schema.testing.writer import StrategyWriter

# For JSON Schema, which cannot compare a text with the bounds; its format `duration` has no fractions.
PRINTED = (
    r"P(?=[0-9T])(?:[0-9]+W|(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?"
    r"(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]{1,3})?S)?)?)"
)
SPELLED = rf"^(?:{PRINTED}|(?:(?:0|[1-9][0-9]*)(?:ms|[smhdwMyY]))+[0-9]*|[0-9]+)$"


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class DurationSchema(Schema[Duration]):
    """Accept a duration such as ``"1m30s"``, or milliseconds; yield a `Duration`, a `timedelta`.

    Units are ms, s, m, h, d, w, M (months) and y; counts are whole, may be glued together and
    repeat. ISO 8601 text, such as ``"PT1M30S"``, is read too, bare digits are milliseconds, and
    of a `timedelta` all whole milliseconds count. A `Duration` has *milliseconds*, and prints as
    ISO 8601.

    Codes: ``format`` for text that is no duration, ``unsafe_number`` for milliseconds that are
    negative, not whole or above 2**53 - 1, ``min``, ``max``.

    Args:
        default: As for all kinds. A text or a number is read when the schema is built, and what a
            callable returns when it is called.
        min: Shortest duration, inclusive: a text, a number of milliseconds or a `timedelta`.
        max: Longest duration, inclusive: a text, a number of milliseconds or a `timedelta`.

    Raises:
        SchemaDefinitionError: a bound or the default is no duration, or *min* is above *max*.

    Source:
        Kibana `schema.duration`, which uses moment: a month is 30 days, a year 365.

    Example:
        >>> from kbn_schema import schema
        >>> wait = schema.duration(max="1h").validate("1m30s")
        >>> wait.milliseconds, str(wait)
        (90000, 'PT1M30S')
    """

    combinator = "duration"
    expected = "moment.Duration"

    default: "str | int | timedelta | Callable[[], str | int | timedelta] | Reference | Missing" = MISSING  # type: ignore[assignment]  # pyright: ignore[reportIncompatibleVariableOverride]
    min: str | int | timedelta | None = None
    max: str | int | timedelta | None = None

    def prepare(self) -> None:
        quantity_bounds(self, read_duration)

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        try:
            duration = read_duration(value)
        except Unparsable:
            return fail(messages.DURATION, {"format": "duration"})
        except ValueError:
            return fail(messages.UNSAFE_DURATION)
        except TypeError:
            return self.mismatch(value)
        failure = out_of_quantity_bounds(self, duration)
        return self.finish(duration, run) if failure is None else failure

    def plan(self) -> Plan:
        return Call(str, int, float)

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        if not out.is_input:
            return out.text(pattern=f"^{PRINTED}$" if out.is_exact else None)
        least, most = (0, MAX_SAFE_INTEGER) if out.is_exact else (None, None)
        least = least if self.min is None else read_duration(self.min).milliseconds
        most = most if self.max is None else read_duration(self.max).milliseconds
        return out.quantity(SPELLED, out.bounds(least, most))

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.instance(Duration, sent=("str", "int"), taken=timedelta)

    def term(self, out: "TermWriter") -> "Term":
        least = None if self.min is None else read_duration(self.min).milliseconds
        most = None if self.max is None else read_duration(self.max).milliseconds
        return out.quantity("milliseconds", least, most)

    def strategy(self, out: "StrategyWriter") -> "Values":
        least = None if self.min is None else read_duration(self.min).milliseconds
        most = None if self.max is None else read_duration(self.max).milliseconds
        return out.durations(least, most)

    def adopt_default(self, value: Any) -> Any:
        try:
            return read_duration(value)
        except ValueError:
            refuse(self, "default is no duration")
        except TypeError:
            return value  # defaults are trusted

    def adopt_made(self, value: Any) -> Any:
        return self.adopt_default(value)


def read_duration(value: Any) -> Duration:
    """Return the duration that *value* is or spells; raise `ValueError`, or `TypeError` for another type."""
    if type(value) is Duration:
        return value
    text = exact_str(value)
    if text is not None:
        return Duration.parse(text)
    if issubclass(type(value), timedelta):
        # Floor division on the builtin type: a subclass may lie in its own.
        return Duration.of(timedelta.__floordiv__(value, timedelta(milliseconds=1)))
    number = exact_number(value)
    if number is None:
        raise TypeError
    return Duration.of(number)
