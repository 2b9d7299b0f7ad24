import pytest

import kbn_schema as s


@pytest.mark.parametrize("scheme", ["https", ["https"], ("http", "https")])
def test_a_scheme_may_be_one_or_many(scheme):
    assert [True, False] == [s.uri(scheme=scheme).is_valid(text) for text in ("https://a", "ftp://a")]


@pytest.mark.parametrize("text", ["HTTP://a", "https:/a", "httpx://a", " http://a", "http://a\n"])
def test_a_scheme_is_compared_exactly(text):
    assert ["format"] == [issue.code for issue in s.uri(scheme="http").issues_of(text)]


@pytest.mark.parametrize("scheme", ["", [], [""], [1], ["http", None]])
def test_schemes_that_are_no_text_are_refused(scheme):
    with pytest.raises(s.SchemaDefinitionError) as error:
        s.uri(scheme=scheme)

    assert "uri(): scheme must be a text such as 'https', or a list of them" == str(error.value)


def test_schemes_are_facts_of_the_issue():
    assert {"format": "uri", "scheme": ["a", "b"]} == s.uri(scheme=["a", "b"]).issues_of("c:d")[0].params
