"""Points in time."""

import datetime
from typing import TYPE_CHECKING, Any

import attrs

from kbn_schema import messages
from kbn_schema.exact import exact_str
from kbn_schema.exact_dates import exact_datetime
from kbn_schema.formats.date_time import read_date_time
from kbn_schema.kinds.base import Schema
from kbn_schema.missing import MISSING
from kbn_schema.plan import Call, Plan
from kbn_schema.problems import fail
from kbn_schema.run import Run

if TYPE_CHECKING:
    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.json_schema import SchemaWriter
    from kbn_schema.stubs import Hint, TypeWriter
    from kbn_schema.testing.values import Values
    from kbn_schema.testing.writer import StrategyWriter


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class DateTimeSchema(Schema[datetime.datetime]):
    """Accept the text of a date and time with an offset, or an aware `datetime`; yield an aware `datetime`.

    ``2026-01-31T12:00:00Z`` and ``2026-01-31t12:00:00.5+01:00`` are such texts. One without
    offset, and a naive `datetime`, are refused: they name no point in time. What is finer than
    a microsecond is cut off.

    Codes: ``format``.

    Source:
        RFC 3339, section 5.6, date-time.

    Example:
        >>> from kbn_schema import schema
        >>> schema.date_time().validate("2026-01-31T12:00:00Z")
        datetime.datetime(2026, 1, 31, 12, 0, tzinfo=datetime.timezone.utc)
    """

    combinator = "date_time"
    expected = "string"

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        text = exact_str(value)
        found = exact_datetime(value) if text is None else read_date_time(text)
        if found is None and text is None:
            return self.mismatch(value)
        if found is not None and found.utcoffset() is None:
            found = None
        return fail(messages.DATE_TIME, {"format": "date-time"}) if found is None else self.finish(found, run)

    def plan(self) -> Plan:
        return Call(str)

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        return out.text(format="date-time")

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.instance(datetime.datetime)

    def term(self, out: "TermWriter") -> "Term":
        return out.text(format="date_time")

    def strategy(self, out: "StrategyWriter") -> "Values":
        return out.date_times()
