"""Names of types, from those of variables, props, ids and handlers."""

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbn_schema.stubs.naming import pascal, type_name

ANY_TEXT = st.text(st.characters())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("find_query", "FindQuery"),
        ("FIND_QUERY", "FindQuery"),
        ("find-query", "FindQuery"),
        ("findQuery", "FindQuery"),
        ("FindQuery", "FindQuery"),
        ("HTTPError", "HTTPError"),
        ("HTTP_ERROR", "HttpError"),
        ("_private", "Private"),
        ("a", "A"),
        ("A", "A"),
        ("v1", "V1"),
        ("2023-10-31", "T20231031"),
        ("get /a/{id?}", "GetAId"),
        ("größe", "GrU00F6xU00DFxe"),
        ("ﬁ", "UFB01x"),
        ("none", "None_"),
        ("true", "True_"),
        ("", "Empty"),
        ("_", "U005Fx"),
        ("-", "U002Dx"),
        ("😀", "U1F600x"),
        ("\ud800", "UD800x"),
        ("a\nimport os", "AImportOs"),
    ],
)
def test_is_one_word_of_ascii(text, name):
    assert name == type_name(text)


@given(ANY_TEXT)
def test_a_name_is_one_in_both_languages(text):
    name = type_name(text)

    assert name.isascii()
    assert name.isidentifier()
    assert not keyword.iskeyword(name)
    assert name[0].isupper()


@given(ANY_TEXT, st.sampled_from(["Params", "Query", "Body", "Headers", "Response", "Response404"]))
def test_a_name_with_a_part_of_a_route_keeps_what_it_begins_with(text, part):
    """Such names are made of a name; on its own, a name may change again: `aA` is `AA`, and that `Aa`."""
    assert type_name(text).rstrip("_") + part == type_name(type_name(text) + part)


@given(st.sets(st.text(st.characters(min_codepoint=128), min_size=1), max_size=3))
def test_texts_of_foreign_characters_are_told_apart(texts):
    assert len(texts) == len({pascal(text) for text in texts})
