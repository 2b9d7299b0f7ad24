import pytest

from kbn_schema import SchemaDefinitionError
from kbn_schema.http.parts import Refusal
from kbn_schema.http.paths import PathTable, parse_template

WHERE = "The [get] at [/here]"


def table_of(*templates):
    table = PathTable()
    for text in templates:
        table.add("GET", parse_template(text, WHERE), text, WHERE)
    return table


def first(table, path):
    match = next(table.find(path), None)
    return match and (match.route, match.params())


@pytest.mark.parametrize(
    ("template", "path", "params"),
    [
        ("/", "/", {}),
        ("/a/b", "/a/b", {}),
        ("/a:b/c:", "/a:b/c:", {}),
        ("/a/b", "/%61/b", {}),
        ("/café", "/caf%C3%A9", {}),
        ("/a/{id}", "/a/1", {"id": "1"}),
        ("/a/{id}", "/a/x%2Fy", {"id": "x/y"}),
        ("/a/{id}", "/a/x+y%20z", {"id": "x+y z"}),
        ("/a/{id}", "/a/caf%C3%A9", {"id": "café"}),
        ("/a/{id}", "/a/%D9%A1", {"id": "١"}),
        ("/a/{id}", "/a/...", {"id": "..."}),
        ("/{a}/x/{b}", "/1/x/2", {"a": "1", "b": "2"}),
        ("/a/{id?}", "/a", {}),
        ("/a/{id?}", "/a/", {}),
        ("/a/{id?}", "/a/1", {"id": "1"}),
        ("/a/{rest*}", "/a", {}),
        ("/a/{rest*}", "/a/", {}),
        ("/a/{rest*}", "/a/b", {"rest": "b"}),
        ("/a/{rest*}", "/a/b/%63/", {"rest": "b/c/"}),
        ("/{rest*}", "/", {}),
        ("/{rest*}", "/a/b", {"rest": "a/b"}),
    ],
)
def test_a_template_takes_its_paths(template, path, params):
    assert (template, params) == first(table_of(template), path)


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("/a", "/a/"),
        ("/a/", "/a"),
        ("/a", "/A"),
        ("/a", "a"),
        ("/a", "//a"),
        ("/a", ""),
        ("/a", "*"),
        ("/a/{id}", "/a"),
        ("/a/{id}", "/a/"),
        ("/a/{id}", "/a/b/c"),
        ("/a/{id?}", "/a/b/c"),
        ("/a/{id?}", "/a//"),
        ("/a/b", "/a%2Fb"),
        ("/a/{rest*}", "/ab"),
    ],
)
def test_a_template_leaves_other_paths(template, path):
    assert first(table_of(template), path) is None


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/a/b", "/a/b"),
        ("/a/c", "/a/{id}"),
        ("/a", "/a/{rest*}"),
        ("/a/c/d", "/a/{id}/d"),
        ("/a/b/d", "/a/{id}/d"),
        ("/a/b/e", "/a/{rest*}"),
    ],
)
def test_a_literal_goes_before_a_parameter_and_a_parameter_before_a_rest(path, template):
    table = table_of("/a/{rest*}", "/a/{id}", "/a/b", "/a/{id}/d")

    assert template == next(table.find(path)).route


@pytest.mark.parametrize(
    "path", ["/a/%zz", "/a/%", "/a/%ff", "/a/%ed%a0%80", "/a/.", "/a/..", "/a/%2e%2E", "/a/b/%2e."]
)
def test_a_parameter_that_is_malformed_or_a_step_is_refused(path):
    match = next(table_of("/a/{rest*}").find(path))

    with pytest.raises(Refusal) as refusal:
        match.params()

    assert 400 == refusal.value.status


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("", "must start with a slash"),
        ("a", "must start with a slash"),
        ("/{id?}/a", "only at its end"),
        ("/{rest*}/a", "only at its end"),
        ("/{id}/{id}", "names the parameter [id] twice"),
        ("/{id", "neither a plain text nor a parameter"),
        ("/id}", "neither a plain text nor a parameter"),
        ("/{}", "neither a plain text nor a parameter"),
        ("/{1}", "neither a plain text nor a parameter"),
        ("/{a-b}", "neither a plain text nor a parameter"),
        ("/x{id}", "neither a plain text nor a parameter"),
        ("/{id*2}", "neither a plain text nor a parameter"),
        ("/a?b", "neither a plain text nor a parameter"),
        ("/a b", "neither a plain text nor a parameter"),
        ("/a%20b", "neither a plain text nor a parameter"),
        ("/a/../b", "neither a plain text nor a parameter"),
        ("/<id>", "segment [<id>] that is neither a plain text nor a parameter: write {name}, {name?} or"),
        ("/a/<int:id>/b", "segment [<int:id>] that is neither a plain text nor a parameter: write {name}"),
        ("/a<", "neither a plain text nor a parameter"),
        ("/a>b", "neither a plain text nor a parameter"),
        ("/:id", "segment [:id] that is neither a plain text nor a parameter: write {name}"),
        ("/a/:", "neither a plain text nor a parameter"),
    ],
)
def test_a_bad_template_is_the_authors_mistake(template, reason):
    with pytest.raises(SchemaDefinitionError) as error:
        parse_template(template, WHERE)

    assert str(error.value).startswith(f"{WHERE}: the path [{template}] ")
    assert reason in str(error.value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/a", "/a"),
        ("/{x}", "/{y}"),
        ("/a", "/a/{id?}"),
        ("/a/", "/a/{id?}"),
        ("/a/{x}", "/a/{id?}"),
        ("/a", "/a/{rest*}"),
        ("/{x*}", "/{y*}"),
    ],
)
def test_two_routes_cannot_take_the_same_path(one, other):
    with pytest.raises(SchemaDefinitionError) as error:
        table_of(one, other)

    assert f"{WHERE}: the route [get] [{other}] takes the same paths as [{one}]" == str(error.value)


def test_a_route_that_was_refused_leaves_no_trace():
    table = table_of("/a/{x}")

    with pytest.raises(SchemaDefinitionError):
        table.add("GET", parse_template("/a/{id?}", WHERE), "late", WHERE)

    assert first(table, "/a") is None


def test_a_path_of_a_hundred_thousand_segments_is_only_a_path():
    table = table_of("/a/{b}", "/{rest*}")

    assert "/{rest*}" == next(table.find("/a" * 100_000)).route


@pytest.mark.parametrize("value", ["..", ".", "%2e%2e", "..%2fb", "a%2f..%2fb", "..%5cb", "a%5C.%5Cb"])
@pytest.mark.parametrize("template", ["/f/{id}", "/f/{rest*}"])
def test_no_step_out_of_a_folder_gets_through(template, value):
    table = PathTable()
    table.add("GET", parse_template(template, WHERE), None, WHERE)
    [match] = table.find(f"/f/{value}")

    with pytest.raises(Refusal) as refused:
        match.params()

    assert 400 == refused.value.status


@pytest.mark.parametrize(("value", "decoded"), [("a%2Fb", "a/b"), ("..a", "..a"), ("a..%2Fb", "a../b")])
def test_what_only_looks_like_a_step_gets_through(value, decoded):
    table = PathTable()
    table.add("GET", parse_template("/f/{id}", WHERE), None, WHERE)
    [match] = table.find(f"/f/{value}")

    assert {"id": decoded} == match.params()
