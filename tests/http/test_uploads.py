import copy
import functools
import io
import pickle
import subprocess
import sys
import tracemalloc
import types
import unicodedata

import httpx2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage
from werkzeug.formparser import MultiPartParser
from werkzeug.test import encode_multipart

from kbn_schema import SchemaDefinitionError
from kbn_schema import schema as s
from kbn_schema.http.bodies import body_format
from kbn_schema.http.parts import Refusal, RequestParts
from kbn_schema.http.uploads import UploadedFile
from kbn_schema.run import Run
from kbn_schema.testing.anything import CHARACTERS
from tests.http.test_fields import calls_of, outcome_of, refusal_of

MULTIPART = body_format("post [/]", {"accepts": "multipart/form-data"}, s.any())
BOUNDARY = "xYzZY"
MIB = 2**20


def decoded(body, content_type=f"multipart/form-data; boundary={BOUNDARY}"):
    head = RequestParts("POST", "/", b"", [("content-type", content_type)])
    value, is_fields = MULTIPART.decode(head, body, len(body))
    assert is_fields
    return value


def part(content, *headers):
    return "".join(f"{header}\r\n" for header in headers).encode() + b"\r\n" + content


def form(*parts, boundary=BOUNDARY):
    line = f"--{boundary}".encode()
    return b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + b"--\r\n"


def field(name, content=b"1", *headers):
    return part(content, f'Content-Disposition: form-data; name="{name}"', *headers)


def file(name, filename, content=b"1", *headers):
    return part(content, f'Content-Disposition: form-data; name="{name}"; filename="{filename}"', *headers)


def named(rest, content=b"1"):
    return form(part(content, f"Content-Disposition: {rest}"))


def many(value):
    return value if type(value) is list else [value]


def told(value):
    return (type(value), value, getattr(value, "filename", None), getattr(value, "content_type", None))


# What is taken.


def test_texts_and_files_are_fields():
    fields = decoded(
        form(field("a", "é".encode()), file("b", "c.png", b"\xff\r\n", "Content-Type: image/png"))
    )

    assert {"a": "é", "b": b"\xff\r\n"} == fields
    assert (UploadedFile, b"\xff\r\n", "c.png", "image/png") == told(fields["b"])


def test_names_that_are_repeated_are_lists_in_order():
    body = form(field("a", b"1"), file("b", "x"), field("a", b"2"), file("a", "y", b"3"))

    assert {"a": ["1", "2", b"3"], "b": b"1"} == decoded(body)


@pytest.mark.parametrize("body", [b"--xYzZY--", b"--xYzZY--\r\n", b"\r\n--xYzZY--\r\n"])
def test_a_form_may_be_empty(body):
    assert {} == decoded(body)


@pytest.mark.parametrize("ending", [b"", b"\r\n", b"\n", b"\r\n\r\n"])
@pytest.mark.parametrize("start", [b"", b"\r\n"])
def test_a_line_break_before_and_line_breaks_behind_are_nothing(start, ending):
    assert {"a": "1"} == decoded(start + form(field("a")).removesuffix(b"\r\n") + ending)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\r\n",
        b"\r\n\r\n",
        b"-xYzZY",
        b"--xYzZy",
        b"a--xYzZY--\r\n",
        b"\n--xYzZY--\n",
        b"\r\r\n--xYzZ",
        b"\r\n--xyzzy--\r\n",
        b"\r\n-xYzZY--\r\n",
        b"\r--xYzZY--\r",
        b"--" * 1000,
        b"\r\n--" * 1000,
        b"\r\n--xYzZ" * 1000,
        b"\x00\x1a\xff",
    ],
)
def test_what_only_resembles_a_boundary_is_content(content):
    assert content == decoded(form(field("a"), file("b", "c", content), field("d")))["b"]


@pytest.mark.parametrize("start", [b"", b"\r\n"])
def test_a_part_may_end_with_its_headers(start):
    body = form(field("a"), file("b", "c"), file("d", "e", b"\r\n"), field("f")).replace(b"1\r\n--", b"--")

    assert {"a": "", "b": b"", "d": b"\r\n", "f": ""} == decoded(start + body)


def test_a_field_without_a_filename_is_text_whatever_its_type():
    assert {"a": '{"b": 1}'} == decoded(form(field("a", b'{"b": 1}', "Content-Type: application/json")))


def test_a_file_has_a_type_even_where_none_was_sent():
    assert "application/octet-stream" == decoded(form(file("a", "b")))["a"].content_type


def test_the_type_of_a_file_is_kept_as_it_was_sent():
    fields = decoded(form(file("a", "b", b"\xe9", "Content-Type: Text/CSV; charset=latin-1 ")))

    assert (b"\xe9", "Text/CSV; charset=latin-1") == (fields["a"], fields["a"].content_type)


def test_a_file_that_was_not_chosen_is_left_out():
    chosen = decoded(form(field("a", b""), file("b", "", b"", "Content-Type: application/octet-stream")))

    assert {"a": ""} == chosen


def test_a_file_without_a_name_or_without_content_is_a_file():
    fields = decoded(form(file("a", "", b"1"), file("b", "c", b"")))

    assert [(UploadedFile, b"1", ""), (UploadedFile, b"", "c")] == [
        told(value)[:3] for value in fields.values()
    ]


@pytest.mark.parametrize("encoding", ["binary", "8bit", "7BIT"])
def test_plain_transfer_encodings_are_none(encoding):
    header = f"Content-Transfer-Encoding: {encoding}"

    assert {"a": "=41", "b": b"=41"} == decoded(
        form(field("a", b"=41", header), file("b", "c", b"=41", header))
    )


def test_headers_that_mean_nothing_here_are_nothing():
    assert {"a": "1"} == decoded(
        form(field("a", b"1", "X-A: 1", "X-A: 2", "Content-Length: 1", "Content-ID: é"))
    )


# Names.


@pytest.mark.parametrize(
    ("disposition", "name", "filename"),
    [
        ('form-data; name="a"', "a", None),
        ("form-data; name=a", "a", None),
        ('Form-Data ;NAME="a";', "a", None),
        ('form-data; name=""', "", None),
        ('form-data; name="é b"', "é b", None),
        ('form-data; filename="b"; name="a"', "a", "b"),
        ('form-data; name="a; filename=b"', "a; filename=b", None),
        ('form-data; name="a%22b"', 'a"b', None),
        ('form-data; name="a%20b%"', "a%20b%", None),
        ('form-data; name="a\\"b\\\\c\\d"', 'a"b\\c\\d', None),
        ('form-data; name="a"; filename="C:\\dir\\b.txt"', "a", "C:\\dir\\b.txt"),
        ('form-data; name="a"; filename="\\\\host\\b.txt"', "a", "\\\\host\\b.txt"),
        ('form-data; name="a"; filename="../../etc/passwd"', "a", "../../etc/passwd"),
        ('form-data; name="a"; filename="\u202e.png"', "a", "\u202e.png"),
        ("form-data; name=a; filename=b; filename*=utf-8''c", "a", "b"),
        ('form-data; name=a; filename="=?utf-8?B?w6k=?="', "a", "=?utf-8?B?w6k=?="),
        ('form-data; name="__proto__"', "__proto__", None),
        ('form-data; name="a[b]"; x=y', "a[b]", None),
    ],
)
def test_names_are_read_as_browsers_and_older_clients_write_them(disposition, name, filename):
    ((found, value),) = decoded(named(disposition)).items()

    assert (name, filename) == (found, getattr(value, "filename", None))


@pytest.mark.parametrize(
    "disposition",
    [
        "",
        "form-data",
        "form-data; filename=b",
        "attachment; name=a",
        "form-data; name=a; name=b",
        "form-data; name=a; NAME=a",
        'form-data; name=a; filename=b; filename="c"',
        "form-data; name=a; filename*=utf-8''b",
        "form-data; name*=utf-8''a",
        'form-data; name="a',
        'form-data; name="a\\"',
        'form-data; name="a"b"',
        "form-data; name=a b",
        "form-data; name=é",
        "form-data name=a",
        "form-data, name=a",
        "form-data/x; name=a",
        'form-data; name="a%0Ab"',
        'form-data; name="a%0D"',
        'form-data; name="a\x00"',
        'form-data; name="a\nb"',
        'form-data; name="a\rb"',
        'form-data; name="a\tb"',
        'form-data; name="a\x7f"',
        'form-data; name="a\x85"',
        'form-data; name="a"; filename="b\x00.png"',
        'form-data; name="a"; filename="b\x1b[2J"',
    ],
)
def test_a_part_whose_name_could_be_read_in_two_ways_is_400(disposition):
    assert 400 == refusal_of(decoded, named(disposition)).status


# What is refused.


@pytest.mark.parametrize("boundary", ["", "a ", "a\tb", "é", "a;b", 'a"b', "a" * 71, "a" * 100_000])
def test_a_malformed_boundary_is_400(boundary):
    quoted = boundary.replace('"', '\\"')
    refusal = refusal_of(
        decoded, form(field("a"), boundary=boundary), f'multipart/form-data; boundary="{quoted}"'
    )

    assert (400, True) == (refusal.status, "must have a boundary of at most [70]" in refusal.message)


@pytest.mark.parametrize("rest", ["", "; boundary=xYzZY; boundary=xYzZY", "; boundary=xYzZY; Boundary=b"])
def test_a_missing_or_repeated_boundary_is_400(rest):
    assert 400 == refusal_of(decoded, form(field("a")), f"multipart/form-data{rest}").status


@pytest.mark.parametrize("rest", ["boundary=", "boundary", "boundary=a=b", "boundary=a b", 'boundary="a'])
def test_a_header_that_is_malformed_is_415(rest):
    assert 415 == refusal_of(decoded, form(field("a")), f"multipart/form-data; {rest}").status


@pytest.mark.parametrize("boundary", ["a", "-", "--", "--a--", "a b", "'()+_,-./:=?", "a" * 70])
def test_a_boundary_may_be_odd(boundary):
    body = form(field("a"), file("b", "c", b"--"), boundary=boundary)

    assert {"a": "1", "b": b"--"} == decoded(body, f'multipart/form-data; boundary="{boundary}"')


@pytest.mark.parametrize("charset", ["latin-1", "utf-16"])
def test_a_form_in_another_charset_is_415(charset):
    content_type = f"multipart/form-data; boundary={BOUNDARY}; charset={charset}"

    assert 415 == refusal_of(decoded, form(field("a")), content_type).status


WHOLE = form(field("a"), file("b", "c.txt", b"abc", "Content-Type: text/plain")).removesuffix(b"\r\n")


@pytest.mark.parametrize("size", range(1, len(WHOLE)))
def test_a_truncated_body_is_400(size):
    assert 400 == refusal_of(decoded, WHOLE[:size]).status


@pytest.mark.parametrize(
    "body",
    [
        b"preamble\r\n" + WHOLE,
        b"\r\n\r\n" + WHOLE,
        b"\n" + WHOLE,
        b" " + WHOLE,
        WHOLE + b"\r\nepilogue",
        WHOLE + b" ",
        WHOLE + b"--",
        WHOLE + b"\r\n" + WHOLE,
        WHOLE + b"\r\n--xYzZY--",
        b"--xYzZY--" + WHOLE,
        b"--xYzZY--\r\n" + WHOLE,
        WHOLE.replace(b"\r\n", b"\n"),
        WHOLE.replace(b"\r\n", b"\r"),
        WHOLE.replace(b"\r\n\r\n", b"\n\n"),
        WHOLE.replace(b"xYzZY\r\n", b"xYzZY \r\n"),
        WHOLE.replace(b"xYzZY\r\n", b"xYzZYx\r\n"),
        WHOLE.replace(b"xYzZY", b"xyzzy"),
        b"--xYzZY\r\n--xYzZY--",
        b"--xYzZY\r\n\r\n--xYzZY--",
        b"--xYzZY\r\n\r\n\r\n--xYzZY--",
        b"--xYzZYxYzZY--",
        form(field("a", b"--xYzZY")),
        form(field("a", b"--xYzZYx")),
        form(b"Content-Disposition: form-data; name=a", field("b", b"\r\n")),
        form(b"Content-Disposition: form-data; name=a", field("b", b"")),
        form(field("b", b""), b"Content-Disposition: form-data; name=a"),
        form(field("a", b"--xYzZY\n")),
        form(file("a", "b", b"--xYzZY--"), field("c")),
        b"{}",
        b"a=1",
    ],
)
def test_a_body_that_is_framed_otherwise_is_400(body):
    assert 400 == refusal_of(decoded, body).status


@pytest.mark.parametrize(
    "headers",
    [
        [],
        ["Content-Type: text/plain"],
        ["Content-Disposition: form-data; name=a", "Content-Disposition: form-data; name=b"],
        ["Content-Disposition: form-data; name=a", "content-disposition: form-data; name=a"],
        ["Content-Disposition: form-data; name=a", "Content-Type: text/plain", "Content-Type: text/plain"],
        ["Content-Disposition: form-data; name=a", "Content-Type: text"],
        ["Content-Disposition: form-data; name=a; filename=b", "Content-Type: text\x00"],
        ["Content-Disposition: form-data; name=a", "Content-Transfer-Encoding: base64"],
        ["Content-Disposition: form-data; name=a; filename=b", "Content-Transfer-Encoding: quoted-printable"],
        ["Content-Disposition: form-data; name=a", *["Content-Transfer-Encoding: binary"] * 2],
        ["Content-Disposition: form-data; name=a", "Content-Length: 2"],
        ["Content-Disposition: form-data; name=a", "Content-Length: 0"],
        ["Content-Disposition: form-data; name=a", "Content-Length: -1"],
        ["Content-Disposition: form-data; name=a", "Content-Length: 01"],
        ["Content-Disposition: form-data; name=a", "Content-Length: " + "0" * 4000],
        ["Content-Disposition: form-data;", " name=a"],
        ["Content-Disposition: form-data"],
        ["Content-Disposition: form-data; filename=a"],
        ["Content-Disposition: form-data; name=a", "no colon"],
        ["Content-Disposition: form-data; name=a", ": empty"],
        ["Content-Disposition: form-data; name=a", "X\x00: 1"],
    ],
)
def test_a_part_with_contradictory_or_malformed_headers_is_400(headers):
    assert 400 == refusal_of(decoded, form(part(b"1", *headers))).status


@pytest.mark.parametrize("rest", ['x*="; name=a"', 'filename="b"; x*="; name=a"'])
def test_a_name_inside_of_another_parameter_is_none(rest):
    """The parser of the library, which does not know `x*`, finds it there."""
    refusal = refusal_of(decoded, named(f"form-data; {rest}"))

    assert (400, True) == (refusal.status, refusal.message.endswith(", a part has no name"))


def test_a_header_that_is_no_utf_8_is_400():
    body = form(field("a")).replace(b'"a"', b'"\xff"')

    assert 400 == refusal_of(decoded, body).status


@pytest.mark.parametrize("content", [b"\xff", b"\xed\xa0\x80", b"\xe9t\xe9"])
def test_a_text_that_is_no_utf_8_is_400(content):
    refusal = refusal_of(decoded, form(field("a", content)))

    assert (400, "[request body]: expected valid UTF-8") == (refusal.status, refusal.message)


def test_a_text_in_another_charset_is_415():
    header = "Content-Type: text/plain; charset=iso-8859-1"

    assert 415 == refusal_of(decoded, form(field("a", b"1", header))).status


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (form(*[field("a")] * 1001), "[request body]: expected at most [1000] parts, "),
        (form(*[file("a", "b")] * 1001), "[request body]: expected at most [1000] parts, "),
        (form(field("a", b"1", *["X: 1"] * 8)), "headers of at most [4096] bytes"),
        (form(field("a", b"1", *["X: 1"] * 100_000)), "headers of at most [4096] bytes"),
        (form(field("a" * 4096)), "headers of at most [4096] bytes"),
        (form(field("a", b"1", "X: " + "a" * MIB)), "headers of at most [4096] bytes"),
        (form(field("a", b"1" * 500_001)), "[request body]: expected at most [500000] bytes in a field"),
        (form(field("a", b"1", "Content-Length: 9999")), "[request body]: expected at most "),
    ],
)
def test_too_much_is_413(body, message):
    refusal = refusal_of(decoded, body)

    assert (413, True) == (refusal.status, message in refusal.message)


def test_as_much_as_may_be_is_taken():
    assert {"a": ["1"] * 1000} == decoded(form(*[field("a")] * 1000))
    assert {"a": "1" * 500_000} == decoded(form(field("a", b"1" * 500_000)))
    assert {"a": b"1" * 500_001} == decoded(form(file("a", "b", b"1" * 500_001)))
    assert {"a": "1"} == decoded(form(field("a", b"1", *["X: 1"] * 7)))


# Work.


@pytest.mark.parametrize(
    "made",
    [
        lambda size: form(*[field("a")] * size),
        lambda size: form(*[file(f"n{index}", "b", b"--") for index in range(size)]),
        lambda size: form(file("a", "b", b"--" * size * 1000)),
        lambda size: form(file("a", "b", b"\r\n--xYzZ" * size * 100)),
        lambda size: form(file("a", "b", b"\r\n" * size * 1000)),
        lambda size: form(*[field("a", b"1", *["X: " + ';a="\\"' * 500] * 7)] * size),
        lambda size: form(field("a", b"1", *["X: 1"] * size)),
        lambda size: b"--xYzZY\r\n" * size,
        lambda size: form(*[field("a", b"")] * size).replace(b"\r\n\r\n\r\n", b"\r\n\r\n"),
        lambda size: b"--xYzZY\r\n" + b"--" * size * 1000,
        lambda size: b"--" * size * 1000,
    ],
)
def test_twice_as_much_costs_at_most_twice_the_work(made):
    bodies = [made(size) for size in (200, 400)]
    once, twice = (calls_of(functools.partial(outcome_of, decoded, body)) for body in bodies)

    assert twice <= 2 * once


def test_a_file_is_held_a_few_times_at_most():
    body = form(file("a", "b", bytes(4 * MIB)))
    tracemalloc.start()
    try:
        decoded(body)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak <= 2.1 * len(body)


# Whatever comes.


def can_be_quoted(name):
    """Browsers do not quote what they quote with, nor backslashes."""
    return not name.endswith("\\") and not any(mark in name for mark in ("%22", "%0A", "%0D"))


def is_content(content):
    return b"\r\n--xYzZY" not in b"\r\n" + content


parts = st.lists(st.sampled_from([b"\r\n", b"--", b"xYzZY", b"xYzZ", b"\n", b"a"])).map(b"".join)
contents = (st.binary() | parts).filter(is_content)
characters = CHARACTERS.filter(lambda character: unicodedata.category(character) != "Cc")
names = st.text(characters | st.sampled_from('"\\%;')).filter(can_be_quoted)
media_types = st.sampled_from(["text/plain", "image/PNG; a=b"])
files = st.builds(UploadedFile, contents, names.filter(bool), media_types)
texts = st.text(CHARACTERS).filter(lambda text: is_content(text.encode()))


def encoded(name, value):
    name = name.replace('"', "%22")
    if isinstance(value, str):
        return field(name, value.encode())
    return file(name, value.filename.replace('"', "%22"), bytes(value), f"Content-Type: {value.content_type}")


@given(st.dictionaries(names, st.lists(texts | files, min_size=1), max_size=5))
@example({"a": [UploadedFile(b"", "b", "text/plain"), ""]})
def test_what_was_encoded_is_decoded(fields):
    body = form(*[encoded(name, value) for name, values in fields.items() for value in values])
    found = {name: many(value) for name, value in decoded(body).items()}

    assert {name: [told(value) for value in values] for name, values in fields.items()} == {
        name: [told(value) for value in values] for name, values in found.items()
    }


pieces = st.sampled_from(
    [
        *(b"--xYzZY", b"--xYzZY\r\n", b"\r\n--xYzZY--", b"--", b"\r\n", b"\n", b"\r"),
        *(b";", b'"', b"\\", b"%22", b"=", b"*", b"\xff", b" ", b":", b"; charset=", b'; filename="b"'),
        *(b"Content-Disposition: form-data; name=a", b"Content-Type: text/plain", b"Content-Length: 1"),
        *(b"Content-Transfer-Encoding: base64", b"X: 1"),
    ]
)
raw = st.lists(pieces | st.binary(max_size=3), min_size=1, max_size=20).map(b"".join).filter(bool)


@given(raw | raw.map(lambda body: b"--xYzZY\r\n" + body + b"\r\n--xYzZY--"))
def test_whatever_comes_is_fields_or_refused(body):
    outcome = outcome_of(decoded, body)

    if isinstance(outcome, Refusal):
        assert outcome.status in (400, 413, 415)
        assert outcome.message.isprintable()
    else:
        assert all(type(name) is str for name in outcome)


def read_by_werkzeug(body):
    parser = MultiPartParser(stream_factory=lambda *_, **__: io.BytesIO())
    fields, files = parser.parse(io.BytesIO(body), BOUNDARY.encode(), len(body))
    contents = [(name, file.read()) for name, file in files.items(multi=True)]
    return sorted([*((name, text.encode()) for name, text in fields.items(multi=True)), *contents])


lines = st.sampled_from([b"--xYzZY", b"--", b"", b"a", b"X: 1", b"Content-Disposition: form-data; name=a"])
odd_contents = st.lists(lines, max_size=4).map(b"\r\n".join)
odd_parts = st.builds(
    lambda blank, content: b"Content-Disposition: form-data; name=a" + blank + content,
    st.sampled_from([b"\r\n\r\n", b"\r\n", b"", b"; filename=b\r\n\r\n"]),
    odd_contents,
)


@settings(max_examples=300)
@given(st.lists(odd_parts, min_size=1, max_size=4))
@example([b"Content-Disposition: form-data; name=a", b"Content-Disposition: form-data; name=a\r\n\r\n"])
def test_what_is_taken_means_the_same_to_another_parser(parts):
    """Else what one has judged harmless could be something else to the next."""
    body = form(*parts)
    outcome = outcome_of(decoded, body)

    if not isinstance(outcome, Refusal):
        values = [(name, value) for name, found in outcome.items() for value in many(found)]
        assert read_by_werkzeug(body) == sorted(
            (name, value.encode() if isinstance(value, str) else bytes(value)) for name, value in values
        )


@given(st.binary(max_size=4), st.integers(0, len(WHOLE)), st.integers(0, 3))
def test_a_form_with_a_few_bytes_changed_is_fields_or_refused(insert, start, dropped):
    outcome = outcome_of(decoded, WHOLE[:start] + insert + WHOLE[start + dropped :])

    assert not isinstance(outcome, Refusal) or outcome.status in (400, 413, 415)


# Clients.


def by_httpx(texts, files):
    files = {name: (file.filename, bytes(file), file.content_type) for name, file in files.items()}
    request = httpx2.Request("POST", "http://localhost/", data=texts, files=files)
    return request.headers["content-type"], request.read()


def by_werkzeug(texts, files):
    storages = {
        name: FileStorage(io.BytesIO(file), file.filename, name, file.content_type)
        for name, file in files.items()
    }
    boundary, body = encode_multipart({**texts, **storages})
    return f'multipart/form-data; boundary="{boundary}"', body


@pytest.mark.parametrize("client", [by_httpx, by_werkzeug])
def test_what_clients_send_is_understood(client):
    texts = {"a": "1", "é x": "zwei\r\n3", "empty": ""}
    files = {"f": UploadedFile(b"\x00\xff\r\n--", "é.bin", "image/png"), "g": UploadedFile(b"", "g", "a/b")}
    content_type, body = client(texts, files)
    fields = decoded(body, content_type)

    assert {name: told(value) for name, value in {**texts, **files}.items()} == {
        name: told(value) for name, value in fields.items()
    }


# Files.


def test_a_file_is_its_bytes():
    assert b"abc" == UploadedFile(b"abc", "a")
    assert 3 == len(UploadedFile(b"abc", "a"))


def test_a_buffer_yields_the_content_and_a_stream_the_file():
    fields = decoded(form(file("a", "b", b"abc"), file("c", "d", b"def")))
    valid = s.object({"a": s.buffer(), "c": s.stream()}).enforce(fields, Run({}, fields=True), "request body")

    assert (bytes, b"abc") == (type(valid["a"]), valid["a"])
    assert fields["c"] is valid["c"]


def test_a_text_is_no_file():
    fields = decoded(form(file("a", "b", b"abc")))

    assert not s.object({"a": s.string()}).is_valid(fields)


def test_a_file_is_read_from_its_start_to_its_end():
    upload = UploadedFile(b"abcdef")

    assert [b"", b"ab", b"c", b"def", b"", b""] == [
        upload.read(0),
        upload.read(2),
        upload.read(1),
        upload.read(),
        upload.read(),
        upload.read(5),
    ]
    assert b"abcdef" == upload
    assert b"abcdef" == UploadedFile(b"abcdef").read(None)
    assert type(upload.read()) is bytes


@pytest.mark.parametrize("show", [repr, str, "{}".format, "{0!s}".format, lambda upload: f"{[upload]}"])
def test_a_file_never_shows_its_content(show):
    shown = show(UploadedFile(b"secret", "a\n\u202e" + "b" * 100, "text/plain"))

    assert "secret" not in shown
    assert shown.isprintable()
    assert "content_type='text/plain', size=6)" in shown


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda file: pickle.loads(pickle.dumps(file))])
def test_a_file_can_be_copied(copied):
    upload = UploadedFile(b"abc", "a", "b/c")
    upload.read(1)

    assert told(upload) == told(copied(upload))
    assert b"bc" == copied(upload).read()


# The library.


@pytest.mark.parametrize("found", [None, types.ModuleType("multipart")], ids=["none", "another"])
@pytest.mark.parametrize(
    "accepts", ["multipart/form-data", "multipart/*", "*/*", ["text/*", "MULTIPART/Form-Data"]]
)
def test_without_its_library_a_route_cannot_be_declared(monkeypatch, found, accepts):
    monkeypatch.setitem(sys.modules, "multipart", found)

    with pytest.raises(SchemaDefinitionError, match=r"^post \[/\]: .*pip install 'kbn-schema\[multipart\]'"):
        body_format("post [/]", {"accepts": accepts}, s.any())


@pytest.mark.parametrize(
    ("rule", "options"),
    [
        (s.any(), {}),
        (s.any(), {"accepts": "text/*"}),
        (s.buffer(), {}),
        (s.stream(), {"accepts": "multipart/*"}),
    ],
)
def test_the_library_is_not_needed_by_other_routes(monkeypatch, rule, options):
    monkeypatch.setitem(sys.modules, "multipart", None)

    assert body_format("post [/]", options, rule).accepts


def test_the_library_is_not_imported_before_it_is_needed():
    code = "import sys, kbn_schema.http.bodies; sys.exit('multipart' in sys.modules)"

    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode
