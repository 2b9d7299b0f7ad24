import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbn_schema.http.fields import decode_percent, decode_query, decode_text, one_or_many
from kbn_schema.http.parts import Refusal


def refusal_of(call, *arguments, **options):
    with pytest.raises(Refusal) as refusal:
        call(*arguments, **options)
    return refusal.value


def outcome_of(call, *arguments):
    """What *call* returns, or the refusal that it raises."""
    try:
        return call(*arguments)
    except Refusal as refusal:
        return refusal


def calls_of(function):
    """How many calls *function* makes, of Python's functions and of C's: its work, without a clock."""
    count = 0

    def note(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        (b"", {}),
        (b"&&", {}),
        (b"a=1", {"a": ["1"]}),
        (b"a=1&b=2&a=3", {"a": ["1", "3"], "b": ["2"]}),
        (b"a", {"a": [""]}),
        (b"a=", {"a": [""]}),
        (b"=1", {"": ["1"]}),
        (b"a=b=c", {"a": ["b=c"]}),
        (b"a=x+y", {"a": ["x y"]}),
        (b"a=x%2By%26z%3D", {"a": ["x+y&z="]}),
        (b"a+b=1", {"a b": ["1"]}),
        (b"%61=1&a=2", {"a": ["1", "2"]}),
        (b"a=%C3%A9", {"a": ["é"]}),
        ("a=é".encode(), {"a": ["é"]}),
        (b"a=%00", {"a": ["\x00"]}),
        (b"a=1;b=2", {"a": ["1;b=2"]}),
        (b"a[b]=1&a.b=2&__proto__=3", {"a[b]": ["1"], "a.b": ["2"], "__proto__": ["3"]}),
    ],
)
def test_a_query_is_flat_fields_with_all_their_values(query, fields):
    assert fields == decode_query(query)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (b"a=%zz", "[request query]: malformed percent-encoding"),
        (b"a=%", "[request query]: malformed percent-encoding"),
        (b"a=%4", "[request query]: malformed percent-encoding"),
        (b"%4g=1", "[request query]: malformed percent-encoding"),
        (b"a=%ff", "[request query]: expected valid UTF-8"),
        (b"a=\xff", "[request query]: expected valid UTF-8"),
        (b"a=%ed%a0%80", "[request query]: expected valid UTF-8"),
        (b"a=%c0%af", "[request query]: expected valid UTF-8"),
        (b"&".join([b"a=1"] * 1001), "[request query]: expected at most [1000] fields"),
    ],
)
def test_a_query_that_could_be_read_in_two_ways_is_refused(query, message):
    refusal = refusal_of(decode_query, query)

    assert (400, message) == (refusal.status, refusal.message)


def test_a_form_names_itself_and_has_a_status_of_its_own_for_too_many_fields():
    many = refusal_of(decode_query, b"&" * 1000, "request body", too_many=413)
    malformed = refusal_of(decode_query, b"%", "request body", too_many=413)

    assert (413, "[request body]: expected at most [1000] fields") == (many.status, many.message)
    assert (400, "[request body]: malformed percent-encoding") == (malformed.status, malformed.message)


def test_a_thousand_fields_are_not_too_many():
    assert {"a": ["1"] * 1000} == decode_query(b"&".join([b"a=1"] * 1000))


@given(st.dictionaries(st.text(), st.lists(st.text(), min_size=1)))
def test_what_was_encoded_is_decoded(fields):
    def encoded(text):
        return "".join(f"%{byte:02x}" for byte in text.encode())

    pairs = [f"{encoded(name)}={encoded(value)}" for name, values in fields.items() for value in values]

    assert fields == decode_query("&".join(pairs).encode())


@given(st.binary() | st.text(st.sampled_from("ab=&+%zf0é\x00")).map(str.encode))
def test_whatever_comes_is_fields_or_refused(query):
    outcome = outcome_of(decode_query, query)

    if isinstance(outcome, Refusal):
        assert 400 == outcome.status
    else:
        assert all(type(text) is str for name, texts in outcome.items() for text in [name, *texts])


@pytest.mark.parametrize(
    "piece", [b"a=1&", b"a%20=%20&", b"&", b"a", b"=", b"%41", b"+"], ids=lambda piece: piece.decode()
)
def test_twice_as_long_a_query_costs_at_most_twice_the_work(piece):
    once, twice = (calls_of(lambda size=size: decode_query(piece * size)) for size in (400, 800))

    assert twice <= 2 * once


def test_an_empty_query_costs_nothing():
    assert 2 >= calls_of(lambda: decode_query(b"")) - calls_of(lambda: None)


def test_a_plus_in_a_path_is_a_plus():
    assert "a+b c" == decode_percent("a+b%20c", "request params")


def test_a_path_that_utf_8_cannot_hold_is_refused():
    assert 400 == refusal_of(decode_percent, "\udcff", "request params").status


@pytest.mark.parametrize(
    ("charset", "raw", "message"),
    [
        ("utf-8", b"\xff", "[request body]: expected valid UTF-8"),
        ("utf-8", b"\xed\xa0\x80", "[request body]: expected valid UTF-8"),
        ("us-ascii", "é".encode(), "[request body]: expected valid US-ASCII"),
    ],
)
def test_text_is_decoded_strictly(charset, raw, message):
    refusal = refusal_of(decode_text, raw, "request body", charset)

    assert (400, message) == (refusal.status, refusal.message)


def test_a_field_is_a_list_only_where_it_was_sent_more_than_once():
    assert {"a": "1", "b": ["2", "3"]} == one_or_many({"a": ["1"], "b": ["2", "3"]})
