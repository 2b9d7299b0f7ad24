import time

import pytest

from kbn_schema.http import RequestParts
from kbn_schema.http.conditions import asked_range, has_failed, is_known, quoted_etag

NOON = "Sun, 06 Nov 1994 12:00:00 GMT"
BEFORE = "Sun, 06 Nov 1994 11:59:59 GMT"
AFTER = "Sun, 06 Nov 1994 12:00:01 GMT"


def asking(*headers, method="GET"):
    return RequestParts(method, "/", headers=headers)


@pytest.mark.parametrize(
    ("value", "known"),
    [
        ('"v1"', True),
        ('W/"v1"', True),
        ('"v0", "v1"', True),
        ('"v0","v1"', True),
        ('"v0",, ,W/"v1" ', True),
        ('"a,b", "v1"', True),
        ("*", True),
        (" * ", True),
        ('"v2"', False),
        ('"*"', False),
        ('*, "v2"', False),
        ("v1", False),
        ("'v1'", False),
        ('w/"v1"', False),
        ('x"v1"', False),
        ('"v1"x', False),
        ('"v0""v1"', False),
        ('"v1', False),
        ("", False),
        ('x, "v1"', True),
    ],
)
@pytest.mark.parametrize("etag", ['"v1"', 'W/"v1"'])
def test_if_none_match_compares_weakly(value, known, etag):
    assert known == is_known(asking(("if-none-match", value)), etag, None)


def test_lists_may_go_over_several_headers():
    head = asking(("If-None-Match", '"v0"'), ("x", "y"), ("If-None-Match", '"v1"'))

    assert is_known(head, '"v1"', None)
    assert not is_known(head, '"v2"', None)


@pytest.mark.parametrize(
    ("value", "known"),
    [
        (NOON, True),
        (AFTER, True),
        (BEFORE, False),
        ("Sunday, 06-Nov-94 12:00:00 GMT", True),
        ("Sunday, 06-Nov-94 11:59:59 GMT", False),
        ("Sun Nov  6 12:00:00 1994", True),
        ("Sun Nov  6 11:59:59 1994", False),
        (f" {NOON} ", True),
        ("Mon, 31 Feb 2000 12:00:00 GMT", False),
        ("Sun, 06 Nov 2094 25:00:00 GMT", False),
        ("Sun, 06 Nov 0000 12:00:00 GMT", False),
        ("Sun, 06 Nov 2094 12:00:00 +0000", False),
        ("Sun, 06 Nov 2094 12:00:00 +99999999999999", False),
        ("06 Nov 2094 12:00:00 GMT", False),
        ("sun, 06 nov 2094 12:00:00 gmt", False),
        (f"{AFTER}, {AFTER}", False),
        ("2094-11-06T12:00:00Z", False),
        ("3939148800", False),
        ("*", False),
        ("", False),
    ],
)
def test_if_modified_since_takes_http_dates_only(value, known):
    assert known == is_known(asking(("if-modified-since", value)), None, NOON)


@pytest.mark.parametrize("last_modified", [None, "yesterday", "Mon, 31 Feb 2000 12:00:00 GMT"])
def test_what_has_no_date_was_not_unmodified(last_modified):
    assert not is_known(asking(("if-modified-since", AFTER)), '"v1"', last_modified)
    assert not has_failed(asking(("if-unmodified-since", BEFORE)), '"v1"', last_modified)


def test_a_repeated_date_is_none():
    twice = [("if-modified-since", AFTER), ("if-modified-since", AFTER)]

    assert not is_known(asking(*twice), None, NOON)


@pytest.mark.parametrize("value", ['"v2"', "malformed"])
def test_tags_go_before_dates(value):
    head = asking(("if-none-match", value), ("if-modified-since", AFTER))

    assert not is_known(head, '"v1"', NOON)
    assert not is_known(head, None, NOON)


def test_any_tag_is_known_without_a_tag():
    assert is_known(asking(("if-none-match", "*")), None, NOON)
    assert not is_known(asking(("if-none-match", '"None"')), None, NOON)


@pytest.mark.parametrize(
    ("method", "known"), [("GET", True), ("HEAD", True), ("POST", False), ("PUT", False)]
)
def test_only_get_and_head_are_known(method, known):
    """For any other, something was done."""
    assert known == is_known(asking(("if-none-match", "*"), method=method), '"v1"', None)
    assert known == is_known(asking(("if-modified-since", AFTER), method=method), None, NOON)


@pytest.mark.parametrize(
    ("value", "etag", "failed"),
    [
        ('"v1"', '"v1"', False),
        ('"v0", "v1"', '"v1"', False),
        ("*", '"v1"', False),
        ("*", None, False),
        ('"v2"', '"v1"', True),
        ('W/"v1"', '"v1"', True),
        ('"v1"', 'W/"v1"', True),
        ('W/"v1"', 'W/"v1"', True),
        ('"v1"', None, True),
        ("malformed", '"v1"', True),
    ],
)
def test_if_match_compares_strongly(value, etag, failed):
    assert failed == has_failed(asking(("if-match", value)), etag, None)


@pytest.mark.parametrize(
    ("value", "failed"), [(BEFORE, True), (NOON, False), (AFTER, False), ("malformed", False)]
)
def test_if_unmodified_since_fails_after_a_change(value, failed):
    assert failed == has_failed(asking(("if-unmodified-since", value)), None, NOON)
    assert not has_failed(asking(("if-match", "*"), ("if-unmodified-since", value)), None, NOON)


@pytest.mark.parametrize("asked", [is_known, has_failed])
def test_without_conditions_all_goes_on(asked):
    assert not asked(asking(("accept", "*/*"), ("range", "bytes=0-1")), '"v1"', NOON)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("bytes=0-0", range(1)),
        ("bytes=0-4", range(5)),
        ("bytes=4-9", range(4, 10)),
        ("bytes=4-99", range(4, 10)),
        ("bytes=4-999999999999999999", range(4, 10)),
        ("bytes=004-05", range(4, 6)),
        ("bytes=9-", range(9, 10)),
        ("bytes=0-", range(10)),
        ("bytes=-1", range(9, 10)),
        ("bytes=-10", range(10)),
        ("bytes=-11", range(10)),
        ("BYTES=0-0", range(1)),
        (" bytes=0-0\t", range(1)),
        # There is no such byte: 416.
        ("bytes=10-", range(0)),
        ("bytes=10-10", range(0)),
        ("bytes=999999999999999999-", range(0)),
        ("bytes=-0", range(0)),
        # Malformed, or more than one range: the whole.
        ("bytes=5-4", None),
        ("bytes=11-10", None),
        ("bytes=-", None),
        ("bytes=--1", None),
        ("bytes=", None),
        ("bytes", None),
        ("bytes=a-b", None),
        ("bytes=0x1-2", None),
        ("bytes=+1-2", None),
        ("bytes=1 -2", None),
        ("bytes =1-2", None),
        ("bytes=1-2-3", None),
        ("bytes=\xb2-3", None),
        ("bytes=\u0661-\u0663", None),
        ("byte\u017f=1-2", None),
        ("bytes=0-0,2-2", None),
        ("bytes=0-0,", None),
        ("items=0-0", None),
        ("bytes=" + "9" * 5000 + "-", None),
        ("", None),
    ],
)
def test_a_range_is_that_of_its_bytes(value, wanted):
    assert wanted == asked_range(asking(("range", value)), 10, '"v1"', NOON)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [("bytes=0-", range(0)), ("bytes=0-0", range(0)), ("bytes=-0", range(0)), ("bytes=-1", None)],
)
def test_of_nothing_a_range_is_empty_or_the_whole(value, wanted):
    assert wanted == asked_range(asking(("range", value)), 0, '"v1"', NOON)


@pytest.mark.parametrize("method", ["HEAD", "POST"])
def test_only_get_has_ranges(method):
    assert asked_range(asking(("range", "bytes=0-0"), method=method), 10, '"v1"', NOON) is None


def test_a_repeated_range_is_none():
    assert asked_range(asking(("range", "bytes=0-0"), ("range", "bytes=0-0")), 10, '"v1"', NOON) is None


@pytest.mark.parametrize(
    ("values", "etag", "same"),
    [
        (['"v1"'], '"v1"', True),
        (['"a,b"'], '"a,b"', True),
        ([' "v1" '], '"v1"', True),
        (['"v2"'], '"v1"', False),
        (['W/"v1"'], '"v1"', False),
        (['W/"v1"'], 'W/"v1"', False),
        (['"v1"'], 'W/"v1"', False),
        (['"v1"'], None, False),
        (['"v1", "v2"'], '"v1"', False),
        (['"v1"', '"v1"'], '"v1"', False),
        (["*"], '"v1"', False),
        (["v1"], '"v1"', False),
        ([""], '"v1"', False),
        ([NOON], '"v1"', True),
        (["Sunday, 06-Nov-94 12:00:00 GMT"], '"v1"', True),
        ([AFTER], '"v1"', False),
        ([BEFORE], '"v1"', False),
        ([NOON, NOON], '"v1"', False),
    ],
)
def test_if_range_keeps_the_range_for_the_same_state_only(values, etag, same):
    head = asking(("range", "bytes=0-0"), *(("if-range", value) for value in values))

    assert (range(1) if same else None) == asked_range(head, 10, etag, NOON)


def test_no_date_is_the_date_of_nothing():
    head = asking(("range", "bytes=0-0"), ("if-range", "malformed"))

    assert asked_range(head, 10, '"v1"', None) is None
    assert asked_range(head, 10, '"v1"', "malformed") is None


@pytest.mark.parametrize(
    ("text", "quoted"),
    [("a", '"a"'), ('"a"', '"a"'), ('W/"a"', 'W/"a"'), ("W/a", '"W/a"'), ("a,b", '"a,b"'), ("", '""')],
)
def test_an_etag_gets_quotes_where_it_has_none(text, quoted):
    assert quoted == quoted_etag(text)


@pytest.mark.parametrize("text", ['a"b', '"a"b"', "a b", "a\n", '"a"\n', 'x"a"', '"', "\u2603", "a\x7f"])
def test_an_etag_has_neither_space_nor_quote(text):
    with pytest.raises(ValueError, match=r"the header \[etag\] must not have a space or a quote in it"):
        quoted_etag(text)


@pytest.mark.parametrize("name", ["if-none-match", "if-match", "if-range", "if-modified-since", "range"])
@pytest.mark.parametrize(
    "piece", ['W/"', '"', ",", ", ", '"a" ', '"a", ', ',"', "bytes=1", "Sun, ", "9", " "]
)
def test_hostile_values_cost_linear_time(name, piece):
    head = asking((name, piece * 60_000), ("range", "bytes=0-0"))
    start = time.process_time()
    is_known(head, '"v1"', NOON)
    has_failed(head, '"v1"', NOON)
    asked_range(head, 10, '"v1"', NOON)

    assert time.process_time() - start < 0.5
