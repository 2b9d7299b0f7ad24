import datetime

import pytest

import kbn_schema as s
from kbn_schema import Duration

MINUTE = datetime.timedelta(minutes=1)


def codes(schema, value):
    return [issue.code for issue in schema.issues_of(value)]


@pytest.mark.parametrize("value", ["1m", "60s", "60000", 60_000, 60_000.0, "PT1M", MINUTE, Duration(60_000)])
def test_yields_a_duration(value):
    found = s.duration().validate(value)

    assert (Duration, MINUTE) == (type(found), found)


@pytest.mark.parametrize(
    ("value", "text"), [("25h", "PT25H"), ("1d1h", "P1DT1H"), ("13M", "P1Y1M"), (90_000, "PT1M30S")]
)
def test_keeps_the_parts_that_were_given(value, text):
    assert text == str(s.duration().validate(value))


def test_reads_what_it_prints():
    printed = str(s.duration().validate("1y2M3d4h5m6s7ms"))

    assert printed == str(s.duration().validate(printed))


@pytest.mark.parametrize("bound", ["1m", 60_000, "PT1M", MINUTE, Duration(60_000)])
def test_bounds_are_texts_numbers_or_durations_and_inclusive(bound):
    assert [["min"], []] == [codes(s.duration(min=bound), time) for time in (59_999, 60_000)]
    assert [[], ["max"]] == [codes(s.duration(max=bound), time) for time in (60_000, 60_001)]


def test_a_bound_of_0_counts():
    assert ["max"] == codes(s.duration(max=0), 1)


@pytest.mark.parametrize("default", ["1m", 60_000, MINUTE, Duration(60_000), lambda: "1m"])
def test_a_default_is_a_duration(default):
    found = s.duration(default=default).validate()

    assert (Duration, MINUTE) == (type(found), found)


@pytest.mark.parametrize("value", [datetime.timedelta(seconds=-1), datetime.timedelta.max, -1, 0.5, 2**53])
def test_refuses_unsafe_durations(value):
    assert ["unsafe_number"] == codes(s.duration(), value)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (
            {"min": "2m", "max": "90s"},
            "duration(): min=PT2M and max=PT1M30S accept nothing: min must not exceed max",
        ),
        ({"min": "x"}, "duration(): min is no duration that can be read"),
        ({"max": None, "min": -1}, "duration(): min is no duration that can be read"),
        ({"max": []}, "duration(): max is no duration that can be read"),
        ({"default": "x"}, "duration(): default is no duration"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, text):
    with pytest.raises(s.SchemaDefinitionError) as error:
        s.duration(**options)

    assert text == str(error.value)


def test_spells_itself_as_python():
    bounded = s.duration(min="1M", default="25h")
    again = eval(repr(bounded), {"schema": s.schema, "Duration": Duration})

    assert ("P1M", "PT25H", repr(bounded)) == (str(again.min), str(again.default), repr(again))
