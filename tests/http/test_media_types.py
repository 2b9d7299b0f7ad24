import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbn_schema import SchemaDefinitionError
from kbn_schema.http.media_types import accepted, read_media_type, split_parameters
from kbn_schema.http.parts import Refusal
from tests.hostile.helper import cpu
from tests.http.test_fields import outcome_of


@pytest.mark.parametrize(
    ("text", "name", "parameters"),
    [
        ("application/json", "application/json", {}),
        (" \tText/HTML ", "text/html", {}),
        ("text/plain;", "text/plain", {}),
        ("text/plain ; ;; a=b", "text/plain", {"a": "b"}),
        ("text/plain; Charset=UTF-8", "text/plain", {"charset": "UTF-8"}),
        ('text/plain; a="b, c; d=e"', "text/plain", {"a": "b, c; d=e"}),
        ('text/plain; a="\\"\\\\\\x"', "text/plain", {"a": '"\\x'}),
        ('text/plain; a=""', "text/plain", {"a": ""}),
        ('text/plain; a="é"; b="\t"', "text/plain", {"a": "é", "b": "\t"}),
        ("text/plain" + "; a=" + "b" * 300, "text/plain", {"a": "b" * 300}),
    ],
)
def test_a_header_is_a_name_and_parameters(text, name, parameters):
    media_type = read_media_type(text)

    assert (name, parameters) == (media_type.name, media_type.parameters)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "json",
        "application/",
        "/json",
        "application/json/x",
        "application /json",
        "application/json x",
        "application/json; a",
        "application/json; a=",
        "application/json; a =b",
        "application/json; a= b",
        'application/json; a="b',
        'application/json; a="b\\"',
        'application/json; a=b"c"',
        'application/json; a="\n"',
        'application/json; a="\\\x00"',
        "application/json\n",
        "application/jsön",
        "application/json; a=é",
        "application/ｊson",
        '"',
        '"a,b',
    ],
)
def test_what_is_malformed_is_none(text):
    assert read_media_type(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "application/json, application/json",
        "application/json,",
        ",",
        'application/json; a="b", text/plain; a="',
        "text/plain; a=b; a=b",
        'text/plain; a=b; A="c"',
    ],
)
def test_what_is_repeated_is_400(text):
    with pytest.raises(Refusal) as refusal:
        read_media_type(text)

    assert (400, True) == (refusal.value.status, "repeat" in refusal.value.message)


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("a/b", "utf-8"),
        ("a/b; charset=UTF8", "utf-8"),
        ('a/b; charset="Utf-8"', "utf-8"),
        ("a/b; charset=US-ASCII", "us-ascii"),
        ('a/b; charset=""', ""),
    ],
)
def test_a_charset_is_utf_8_unless_another_is_named(text, charset):
    assert charset == read_media_type(text).charset


def test_a_header_is_read_once():
    assert read_media_type("text/x; once=1") is read_media_type("text/x; once=1")


def test_long_headers_are_not_remembered():
    text = "text/x; a=" + "b" * 200

    assert read_media_type(text) is not read_media_type(text)


def test_parameters_are_split_with_their_quotes():
    assert ("form-data", [("name", '"a\\"b"'), ("filename*", "utf-8''x")]) == split_parameters(
        'Form-Data; Name="a\\"b"; filename*=utf-8\'\'x'
    )


@given(st.text() | st.text(st.sampled_from('ab/;=," \t\\*é\n')))
def test_whatever_comes_is_read_or_refused(text):
    outcome = outcome_of(read_media_type, text)

    assert not isinstance(outcome, Refusal) or outcome.status == 400


tokens = st.text(st.sampled_from("abcZ09!#$%&'*+.^_`|~-"), min_size=1)
texts = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"]) | st.just("\t"))


@given(tokens, tokens, st.dictionaries(tokens.map(str.lower), texts), st.randoms())
def test_what_was_written_is_read(kind, subtype, parameters, random):
    def quoted(text):
        return '"' + "".join(f"\\{c}" if c in '"\\' or random.random() < 0.2 else c for c in text) + '"'

    written = f"{kind}/{subtype}" + "".join(f"; {name}={quoted(text)}" for name, text in parameters.items())
    media_type = read_media_type(written)

    assert (f"{kind}/{subtype}".lower(), parameters) == (media_type.name, media_type.parameters)


@pytest.mark.parametrize(
    "text",
    [
        "application/json" + ";" * 600_000 + "x",
        "application/json;" + "a=b;" * 150_000 + '"',
        'application/json;a="' + "\\" * 600_000,
        'application/json;a="' + '\\"' * 300_000,
        '"' + '\\"' * 300_000,
        "a" * 600_000,
        "a/" + "a" * 600_000 + ",",
        "application/json;" + " " * 600_000 + "x",
        '"a",' * 150_000,
    ],
    ids=range(9),
)
def test_a_hostile_header_costs_linear_time(text):
    """No counter reaches inside of a pattern; were it quadratic, it would take many minutes."""
    with cpu(2):
        outcome = outcome_of(read_media_type, text)

    assert outcome is None or outcome.status == 400


@pytest.mark.parametrize(
    ("ranges", "taken", "refused"),
    [
        (["application/json"], ["application/json"], ["application/jsonx", "xapplication/json", "text/json"]),
        (["Text/*"], ["text/plain", "text/", "text/x+json"], ["text", "context/plain", "text/a/b"]),
        (
            ["application/*+json"],
            ["application/a+json", "application/+json", "application/a.b+c+json"],
            ["application/json", "application/a+jsonx", "application/a+json/b", "text/a+json"],
        ),
        (["*/*"], ["a/b", "multipart/form-data"], ["a"]),
        (["image/png", "text/*"], ["image/png", "text/x"], ["image/pngx", "image/p"]),
        (["a/b.c"], ["a/b.c"], ["a/bxc"]),
    ],
)
def test_ranges_take_what_they_name(ranges, taken, refused):
    pattern = accepted("post [/]", ranges)

    assert taken == [name for name in taken + refused if pattern.fullmatch(name)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "json",
        "*",
        "*/json",
        "text/*x",
        "text/*+",
        "te*t/plain",
        "text/**",
        "text/plain; charset=utf-8",
        "text/plain, text/html",
        " text/plain",
        "text/plain\n",
        "text/(.*)",
        None,
        1,
    ],
)
def test_a_range_that_is_none_is_the_authors_mistake(text):
    with pytest.raises(SchemaDefinitionError, match=r"^post \[/\]: options.body.accepts "):
        accepted("post [/]", ["text/plain", text])


def test_no_range_at_all_is_the_authors_mistake():
    with pytest.raises(SchemaDefinitionError, match="must name a media type"):
        accepted("post [/]", [])
