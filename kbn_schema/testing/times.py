"""This module draws the texts of dates and times, as RFC 3339 has them."""

import datetime
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from kbn_schema.formats.date_time import read_date, read_date_time
from kbn_schema.testing.edits import edited
from kbn_schema.testing.values import Faults, Values, other_types

NO_DATES: Final = (
    "", "today", "2026-02-30", "2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "20260101", "2026-01",
    "2026", "26-01-01", "0000-01-01", "+2026-01-01", "12026-01-01", "2026/01/01", "01-01-2026",
    "2026-01-01T00:00:00Z", "2026-W01-1", "2026-001", "2026-01-01Z", " 2026-01-01", "2026-01-01\n",
    "\u0662026-01-01",
)  # fmt: skip
NO_DATE_TIMES: Final = (
    "", "now", "2026-01-31", "12:00:00Z", "2026-01-31T12:00:00", "2026-01-31 12:00:00Z", "2026-01-31T12:00Z",
    "2026-01-31T24:00:00Z", "2026-01-31T12:60:00Z", "2026-01-31T12:00:61Z", "2026-01-31T12:00:60Z",
    "2026-01-30T23:59:60Z", "2026-02-30T12:00:00Z", "2026-01-31T12:00:00.Z", "2026-01-31T12:00:00,5Z",
    "2026-01-31T12:00:00+01", "2026-01-31T12:00:00+0100", "2026-01-31T12:00:00+24:00",
    "2026-01-31T12:00:00+01:60", "2026-01-31T12:00:00 Z", "2026-01-31T12:00:00ZZ",
    "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "1767225600", "2026-01-31T12:00:00\u2212 01:00",
)  # fmt: skip
# The plainest; the first and the last, seconds that were inserted, and an offset that nobody knows.
KNOWN: Final = (
    "2000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z",
    "0001-01-01T23:59:00+23:59", "1990-12-31T23:59:60Z", "1990-12-31T15:59:60-08:00",
    "2016-12-31T23:59:60.5Z", "2024-02-29T23:59:60Z", "2026-01-31T12:00:00-00:00", "2024-02-29T00:00:00Z",
    "2026-01-31T12:00:00.123456789Z",
)  # fmt: skip
# An offset leads neither before the year 1 nor past the year 9999 from here.
FIRST: Final = datetime.datetime(1, 1, 2)
LAST: Final = datetime.datetime(9999, 12, 30)


def dates() -> Values:
    """Return texts such as ``2000-01-01``."""
    fitting = st.dates().map(datetime.date.isoformat)

    def faults() -> Faults:
        wrong = edited(fitting, lambda text: read_date(text) is None, NO_DATES)
        return {"format": st.one_of(st.sampled_from(NO_DATES), wrong), "type": other_types(str)}

    return Values(fitting, faults)


def date_times() -> Values:
    """Return texts such as ``2000-01-01T00:00:00Z``, with fractions and offsets of all sorts."""
    fitting = _date_times()

    def faults() -> Faults:
        wrong = edited(fitting, lambda text: read_date_time(text) is None, NO_DATE_TIMES)
        return {"format": st.one_of(st.sampled_from(NO_DATE_TIMES), wrong), "type": other_types(str)}

    return Values(fitting, faults)


def _date_times() -> SearchStrategy[str]:
    days = st.datetimes(FIRST, LAST).map(lambda at: at.replace(microsecond=0).isoformat())
    fractions = st.one_of(st.just(""), st.text("0123456789", min_size=1, max_size=9).map(".".__add__))
    offsets = st.one_of(
        st.sampled_from(["Z", "z"]),
        st.builds("{}{:%H:%M}".format, st.sampled_from("+-"), st.times()),
    )
    marks = st.sampled_from("Tt")
    plain = st.builds(_date_time, days, marks, fractions, offsets)
    return st.one_of(plain, st.sampled_from(KNOWN))


def _date_time(day: str, mark: str, fraction: str, offset: str) -> str:
    return day.replace("T", mark) + fraction + offset
