import re

import pytest

from kbn_schema.adapters.templates import tried_shape, url_of


@pytest.mark.parametrize(
    ("path", "values", "url"),
    [
        ("/", {}, "/"),
        ("/a.b/é", {}, "/a.b/%C3%A9"),
        ("/a/{id}", {"id": "b/c é%?#"}, "/a/b%2Fc%20%C3%A9%25%3F%23"),
        ("/a/{id}/", {"id": 7}, "/a/7/"),
        ("/a/{id?}", {}, "/a"),
        ("/{id?}", {}, "/"),
        ("/a/{id?}", {"id": "b/c"}, "/a/b%2Fc"),
        ("/a/{x}/{rest*}", {"x": "1", "rest": "b/c d"}, "/a/1/b/c%20d"),
        ("/a/{x}/{rest*}", {"x": "1"}, "/a/1"),
        ("/a", {"id": "b"}, "/a"),
    ],
)
def test_urls_are_built(path, values, url):
    assert url == url_of(path, values)


@pytest.mark.parametrize("path", ["/a/{id}", "/{id}/{rest*}"])
def test_a_url_without_its_parameter_is_an_error(path):
    with pytest.raises(KeyError, match="id"):
        url_of(path, {"rest": "b"})


@pytest.mark.parametrize(
    ("pattern", "shape"),
    [
        ("/a", "/a"),
        ("/a/{[^/]+}", "/a/{}"),
        (r"/a/{\d+}/b", "/a/{}/b"),
        ("/a/{[a-z]+}", "/a/{}"),
        ("/a/{.*}", "/a/{*}"),
        ("/{[^/]+}/{.*}", "/{}/{*}"),
        ("/{[^{}]+}/{[^/]+}", "/{*}/{}"),
        (r"/{\w+}/{[\w/]+}", "/{}/{*}"),
        ("/{b|c}", None),
        (r"/{\d+}/{[a-z]+}", None),
    ],
)
def test_a_parameter_that_takes_slashes_is_a_rest(pattern, shape):
    literals = re.split(r"\{.*?\}(?=/|$)", pattern)
    expression = re.compile(re.sub(r"\{(.*?)\}(?=/|$)", r"(\1)", pattern))

    def find(path):
        match = expression.fullmatch(path)
        return match and match.groups()

    assert shape == tried_shape(literals, find)
