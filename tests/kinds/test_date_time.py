from datetime import UTC, date, datetime, timedelta, timezone

import pytest

import kbn_schema as s

EAST = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("value", "output"),
    [
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31t12:00:00.5+01:00", datetime(2026, 1, 31, 12, 0, 0, 500_000, tzinfo=EAST)),
        (datetime(2026, 1, 31, tzinfo=EAST), datetime(2026, 1, 31, tzinfo=EAST)),
    ],
)
def test_yields_an_aware_datetime(value, output):
    found = s.date_time().validate(value)

    assert (output, output.utcoffset()) == (found, found.utcoffset())


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 1, 31),
        "2026-01-31T12:00:00",
        "2026-01-31",
        "2026-13-01T00:00:00Z",
        "2026-01-31 12:00:00Z",
        "",
        "now",
    ],
)
def test_refuses_what_names_no_point_in_time(value):
    assert ["format"] == [issue.code for issue in s.date_time().issues_of(value)]


@pytest.mark.parametrize("value", [0, 1.5, date(2026, 1, 31), None, True, ["2026-01-31T12:00:00Z"]])
def test_refuses_other_types(value):
    assert ["type"] == [issue.code for issue in s.date_time().issues_of(value)]


def test_makes_a_subclass_of_datetime_exact():
    class Stamp(datetime):
        @property
        def year(self):
            return 1

    output = s.date_time().validate(Stamp(2026, 1, 31, 12, tzinfo=UTC, fold=1))

    assert (datetime, datetime(2026, 1, 31, 12, tzinfo=UTC), 1) == (type(output), output, output.fold)


def test_a_default_may_be_made_anew():
    clock = s.date_time(default=lambda: datetime.now(UTC))

    assert clock.validate() <= clock.validate()
