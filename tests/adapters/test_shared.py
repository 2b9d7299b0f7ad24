"""Which paths of an app a router would hide, and how paths are written."""

import pytest

from kbn_schema.adapters.shared import encode, normal, require_new, require_no_clash
from kbn_schema.http import Router


def router_of(*paths):
    router = Router()
    for path in paths:
        router.get(path, validate=False)(lambda context, request, response: response.ok())
    return router


HIDDEN = [
    ("/a", "/a"),
    ("/a/{id}", "/a/{}"),
    ("/a/{id}", "/a/b"),
    ("/a/{id}", "/a/x{}"),
    ("/a/{id?}", "/a"),
    ("/a/{id?}", "/a/{}"),
    ("/a/{rest*}", "/a/{}"),
    ("/a/{rest*}", "/a/{}/{}"),
    ("/a/{rest*}", "/a/{*}"),
    ("/a/{rest*}", "/a"),
    ("/{one}/{two}/{three}", "/a/{}/b"),
    ("/{rest*}", "/a/{*}"),
    ("/é/{id}", "/é/{}"),
]
REACHED = [
    ("/a", "/a/"),
    ("/a", "/{}"),
    ("/a/b", "/a/{}"),
    ("/a/{id}", "/a"),
    ("/a/{id}", "/a/{*}"),
    ("/a/{id}", "/b/{}"),
    ("/a/{one}/{two}", "/a/{*}"),
    ("/a/{one}/{two}/{rest*}", "/a/{*}"),
    ("/a/{rest*}", "/{}"),
    ("/a/{rest*}", "/{*}"),
]


@pytest.mark.parametrize(("path", "own"), HIDDEN)
def test_a_path_that_is_all_taken_is_hidden(path, own):
    with pytest.raises(ValueError, match=r"the app's own route \[name\] would never be reached") as error:
        require_no_clash(router_of("/other", path), [("name", own)])

    assert f"on [{path}]" in str(error.value)


@pytest.mark.parametrize(("path", "own"), REACHED)
def test_a_path_of_which_something_is_left_is_not_hidden(path, own):
    require_no_clash(router_of(path), [("name", own)])


@pytest.mark.parametrize("goes_first", [True, False])
def test_a_route_behind_one_that_takes_all_of_it_is_refused(goes_first):
    wide, narrow = router_of("/a/{rest*}"), router_of("/a/{id}")
    new, old = (wide, narrow) if goes_first else (narrow, wide)

    with pytest.raises(ValueError, match=r"the route \[/a/\{id\}\] would .* on \[/a/\{rest\*\}\]"):
        require_new(new, [old], goes_first)
    require_new(old, [new], goes_first)


@pytest.mark.parametrize(("value", "name"), [(None, "NoneType"), (Router, "type Router"), ("a", "str")])
def test_what_is_no_router_is_refused(value, name):
    with pytest.raises(TypeError, match=rf"^expected a Router but got \[{name}\]$"):
        require_new(value, [])


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/%61dmin/%2e%7e", "/admin/.~"),
        ("/a%2fb", "/a%2Fb"),
        ("/caf%c3%A9", "/caf%C3%A9"),
        ("/%2561", "/%2561"),
        ("/%zz%", "/%zz%"),
        ("/a%20b%3fc%23", "/a%20b%3Fc%23"),
        ('/a|"^`\\{}é', "/a%7C%22%5E%60%5C%7B%7D%E9"),
    ],
)
def test_a_path_in_normal_form_has_no_escapes_that_it_does_not_need(path, shown):
    assert (shown, shown) == (normal(path), normal(normal(path)))


@pytest.mark.parametrize("text", ["/", "/a b/é/%", "/!$&'()*+,;=:@~-._"])
def test_an_encoded_path_is_in_normal_form(text):
    assert encode(text) == normal(encode(text))
