"""What travels between an adapter and a router."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kbn_schema.http import ResponseParts
from kbn_schema.http.parts import Refusal, RequestParts, declared_length, too_large


def refusal_of(call, *arguments):
    with pytest.raises(Refusal) as refusal:
        call(*arguments)
    return refusal.value


@pytest.mark.parametrize(
    ("values", "length"),
    [([], None), (["0"], 0), (["10"], 10), (["010"], 10), (["10", "10"], 10), (["10, 10"], 10)],
)
def test_a_declared_length_is_read(values, length):
    assert length == declared_length(values, 10)


@pytest.mark.parametrize(
    ("status", "values"),
    [
        (413, ["11"]),
        (413, ["9" * 10_000]),
        (400, ["-1"]),
        (400, ["+1"]),
        (400, ["1_0"]),
        (400, ["١"]),
        (400, [""]),
        (400, ["1", "2"]),
        (400, ["1, 2"]),
    ],
)
def test_a_length_over_the_limit_is_413_and_a_malformed_one_400(status, values):
    assert status == refusal_of(declared_length, values, 10).status


def test_header_names_are_in_lower_case_and_keep_their_order():
    parts = RequestParts("GET", "/", b"", [("X-A", "1"), ("x-a", "2")], None)

    assert ["1", "2"] == parts.header("x-a")


def test_a_header_that_was_not_sent_has_no_values():
    assert [] == list(RequestParts("GET", "/").header("x"))


def test_any_iterable_of_pairs_is_taken_and_read_once():
    parts = RequestParts("GET", "/", headers=iter([("X", "1")]))

    assert ((("x", "1"),), ["1"]) == (parts.headers, parts.header("x"))


names = st.sampled_from(["a", "b", "x-c"])
values = st.text(st.characters(max_codepoint=255)).map(lambda value: value.strip(" \t"))


@given(st.lists(st.tuples(names, values)))
@example([("a", "1"), ("b", "2")])
@example([("a", "1"), ("a", "2")])
def test_headers_as_bytes_are_the_same_as_text(pairs):
    text = RequestParts("GET", "/", headers=pairs)
    raw = RequestParts("GET", "/", headers=[(n.encode(), v.encode("latin-1")) for n, v in pairs])

    assert text.headers == raw.headers == tuple(pairs)
    for name in ("a", "b", "x-c", "none"):
        assert list(text.header(name)) == list(raw.header(name)) == [v for n, v in pairs if n == name]


@pytest.mark.parametrize(("status", "phrase"), [(200, "OK"), (413, "Content Too Large"), (299, "Unknown")])
def test_an_answer_has_a_phrase(status, phrase):
    assert phrase == ResponseParts(status, (), b"").phrase


def test_what_is_too_large_says_how_large_it_may_be():
    refusal = too_large(10)

    assert (413, "the request body must not exceed [10] bytes") == (refusal.status, refusal.message)


@pytest.mark.parametrize("value", [" a ", "\ta\t", b"a ", b" \ta"])
def test_space_around_a_value_is_not_part_of_it(value):
    name = "x-a" if isinstance(value, str) else b"x-a"
    parts = RequestParts("GET", "/", headers=[(name, value)])

    assert (("a",), (("x-a", "a"),)) == (tuple(parts.header("x-a")), parts.headers)
