"""Dates."""

import datetime
from typing import TYPE_CHECKING, Any

import attrs

from kbn_schema import messages
from kbn_schema.exact import exact_str
from kbn_schema.exact_dates import exact_date
from kbn_schema.formats.date_time import read_date
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
class DateSchema(Schema[datetime.date]):
    """Accept the text of a date, such as ``2026-01-31``, or a `datetime.date`; yield a `datetime.date`.

    A `datetime.datetime` is refused: it is no date.

    Codes: ``format``.

    Source:
        RFC 3339, section 5.6, full-date.

    Example:
        >>> from kbn_schema import schema
        >>> schema.date().validate("2026-01-31")
        datetime.date(2026, 1, 31)
    """

    combinator = "date"
    expected = "string"

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        date = exact_date(value)
        if date is not None:
            return self.finish(date, run)
        text = exact_str(value)
        if text is None:
            return self.mismatch(value)
        found = read_date(text)
        return fail(messages.DATE, {"format": "date"}) if found is None else self.finish(found, run)

    def plan(self) -> Plan:
        return Call(str)

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        return out.text(format="date")

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.instance(datetime.date)

    def term(self, out: "TermWriter") -> "Term":
        return out.text(format="date")

    def strategy(self, out: "StrategyWriter") -> "Values":
        return out.dates()
