from datetime import UTC, date, datetime

import pytest

import kbn_schema as s


@pytest.mark.parametrize("value", ["2026-01-31", date(2026, 1, 31)])
def test_yields_a_date(value):
    assert date(2026, 1, 31) == s.date().validate(value)


@pytest.mark.parametrize(
    "value", ["2026-02-29", "2026-1-31", "20260131", "2026-01-31T00:00:00Z", " 2026-01-31", ""]
)
def test_refuses_text_that_is_no_date(value):
    assert ["format"] == [issue.code for issue in s.date().issues_of(value)]


@pytest.mark.parametrize("value", [datetime(2026, 1, 31), datetime(2026, 1, 31, tzinfo=UTC), 0, None])
def test_refuses_other_types_and_a_datetime_is_one(value):
    assert ["type"] == [issue.code for issue in s.date().issues_of(value)]


def test_makes_a_subclass_of_date_exact():
    class Day(date):
        pass

    found = s.date().validate(Day(2026, 1, 31))

    assert (date, date(2026, 1, 31)) == (type(found), found)
