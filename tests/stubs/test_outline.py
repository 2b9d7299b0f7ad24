"""What there is to write for a module: its variables, its routes, and what they are called."""

import importlib
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kbn_schema import SchemaDefinitionError
from kbn_schema.stubs.hints import ANY, Named, Union
from kbn_schema.stubs.homes import MARK
from kbn_schema.stubs.naming import type_name
from kbn_schema.stubs.outline import MISSING_ITSELF, UNDECLARED, Outline, RouteTypes, outline
from kbn_schema.stubs.source import Source

HEAD = "from kbn_schema import schema as s\nfrom kbn_schema.http import Router\nrouter = Router()\n"
HANDLER = "def {name}(context, request, response): ...\n"


@pytest.fixture
def outlined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Outline]]:
    """Yield what gives the outline of the last of some modules, by their texts."""
    monkeypatch.syspath_prepend(tmp_path)
    imported: set[str] = set()

    def outline_last(is_json: bool = False, **texts: str) -> Outline:
        for name, text in texts.items():
            tmp_path.joinpath(f"{name}.py").write_text(text)
        imported.update(texts)
        importlib.invalidate_caches()
        modules = [importlib.import_module(name) for name in texts]
        return outline(modules[-1], Source.read(tmp_path / f"{list(texts)[-1]}.py"), is_json=is_json)

    yield outline_last
    for name in imported:
        sys.modules.pop(name, None)


def names(found: Outline) -> list[str]:
    return [name for one in found.definitions for name in one.names]


def told(found: Outline, hint: Any) -> Any:
    """The name of what *hint* refers to."""
    return found.definition(hint.number).name if isinstance(hint, Named) else hint


def parts(found: Outline, route: RouteTypes) -> dict[str, Any]:
    return {part: told(found, hint) for part, hint in route.parts.items()}


def test_variables_are_those_that_the_module_assigns_in_order(outlined):
    found = outlined(
        schemas_of="from kbn_schema import schema as s\nother = s.object({'a': s.any()})\n",
        app=HEAD
        + "from schemas_of import other\nimport schemas_of\n"
        + "if True:\n    second = s.string()\nfirst = s.array_of(other)\n"
        + "def inside():\n    hidden = s.string()\nnumber = 1\n",
    )

    assert ["second", "first"] == list(found.variables)
    assert ["Second", "Other", "First"] == names(found)


def test_a_schema_that_is_imported_keeps_its_name(outlined):
    found = outlined(
        schemas_of="from kbn_schema import schema as s\nfind_query = s.object({'a': s.any()})\n",
        app=HEAD + "from schemas_of import find_query as query\n" + HANDLER.format(name="find")
        + "router.get('/a', validate={'query': query})(find)\n",
    )  # fmt: skip

    assert ["Query"] == names(found)


def test_a_part_is_called_after_its_handler_and_what_it_is(outlined):
    found = outlined(
        app=HEAD
        + HANDLER.format(name="find_all")
        + "o = lambda name: s.object({name: s.string()})\n"
        + "router.put('/a/{id}', validate={'request': {'params': o('id'), 'query': o('q'), 'body': o('b'),"
        + " 'headers': o('h')}, 'response': {200: {'body': o('r')}}})(find_all)\n"
    )
    (route,) = found.routes

    assert {name: f"FindAll{name.capitalize()}" for name in ("params", "query", "body", "headers")} == parts(
        found, route
    )
    assert {200: "FindAllResponse"} == {status: told(found, hint) for status, hint in route.responses.items()}
    assert ("FindAll", "FindAllRequest", ("id",)) == (route.name, route.request, route.parameters)


@pytest.mark.parametrize(
    ("responses", "expected"),
    [
        ("{200: {'body': o('a')}}", ["FindResponse"]),
        ("{201: {'body': o('a')}}", ["FindResponse"]),
        ("{404: {'body': o('a')}}", ["FindResponse404"]),
        ("{200: {'body': o('a')}, 404: {'body': o('b')}}", ["FindResponse200", "FindResponse404"]),
        ("{200: {'body': lambda: o('a')}}", ["FindResponse"]),
        ("{200: {}}", []),
    ],
)
def test_the_answer_of_a_call_that_succeeds_is_the_response(outlined, responses, expected):
    found = outlined(
        app=HEAD
        + HANDLER.format(name="find")
        + "o = lambda name: s.object({name: s.string()})\n"
        + f"router.get('/a', validate={{'request': {{}}, 'response': {responses}}})(find)\n"
    )

    assert expected == names(found)


def test_what_is_not_declared_is_told_from_what_a_function_checks(outlined):
    found = outlined(
        app=HEAD
        + HANDLER.format(name="find")
        + "def check(value, result): return result.ok(value)\n"
        + "router.get('/a', validate={'query': check})(find)\n"
        + "router.get('/b', validate=False)(find)\n"
    )

    assert [
        {"params": UNDECLARED, "query": ANY, "headers": UNDECLARED, "body": UNDECLARED},
        dict.fromkeys(("params", "query", "headers", "body"), UNDECLARED),
    ] == [parts(found, route) for route in found.routes]


def test_a_part_that_may_be_left_out_may_be_missing_for_its_handler_alone(outlined):
    text = HEAD + "@router.post('/a', validate={'body': s.maybe(s.string())})\n" + HANDLER.format(name="keep")
    route = outlined(app=text).routes[0]
    of_clients = outlined(True, wire=text).routes[0]

    assert isinstance(route.parts["body"], Union)
    assert MISSING_ITSELF in route.parts["body"].members
    assert isinstance(of_clients.parts["body"], Named)


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        (
            "router.get('/a', validate=False)(find)\nrouter.post('/a', validate=False)(find)\n",
            [("FindGetA", "FindRequest"), ("FindPostA", "FindRequest")],
        ),
        (
            "v = router.versioned.get('/a', access='public')\n"
            "v.add_version('2023-10-31', validate=False, handler=find)\n"
            "v.add_version('2024-10-31', validate=False, handler=find)\n",
            [("FindV20231031", "FindRequest"), ("FindV20241031", "FindRequest")],
        ),
        (
            "v = router.versioned.get('/a', access='public')\n"
            "v.add_version('2023-10-31', validate=False, handler=find)\n"
            "def find(context, request, response): ...\n"
            "v.add_version('2024-10-31', validate=False, handler=find)\n",
            [("FindV20231031", "FindV20231031Request"), ("FindV20241031", "FindV20241031Request")],
        ),
        (
            "router.get('/a/{id?}', validate=False)(lambda context, request, response: ...)\n",
            [("GetAId", "GetAIdRequest")],
        ),
        (
            "class FindAll:\n    def __call__(self, context, request, response): ...\n"
            "router.get('/a', validate=False)(FindAll())\n",
            [("FindAll", "FindAllRequest")],
        ),
    ],
    ids=["methods", "versions", "handlers", "lambda", "instance"],
)
def test_routes_of_one_handler_are_told_apart_and_its_requests_are_not(outlined, routes, expected):
    found = outlined(app=HEAD + HANDLER.format(name="find") + routes)

    assert expected == [(route.name, route.request) for route in found.routes]


def test_routes_of_an_imported_router_are_those_whose_handlers_are_here(outlined):
    found = outlined(
        routers=HEAD + HANDLER.format(name="theirs") + "router.get('/a', validate=False)(theirs)\n",
        app="from routers import router\n"
        + HANDLER.format(name="mine")
        + "router.get('/b', validate=False)(mine)\n",
    )

    assert ["Mine"] == [route.name for route in found.routes]


def test_what_is_one_for_python_may_be_one_for_clients(outlined):
    text = HEAD + "one = s.object({'a': s.date()})\n"

    assert [["One", "OneInput"], ["One"]] == [names(outlined(is_json, app=text)) for is_json in (False, True)]


def test_a_route_and_a_variable_of_one_name_are_refused(outlined):
    text = (
        HEAD
        + "find_query = s.object({'a': s.any()})\n"
        + HANDLER.format(name="find")
        + "router.get('/a', validate={'query': s.object({'b': s.any()})})(find)\n"
    )

    with pytest.raises(SchemaDefinitionError) as error:
        outlined(app=text)
    assert str(error.value).startswith(
        "two types would be called [FindQuery]: that of [find_query] and that of [get /a, query]; "
    )


def test_a_variable_that_is_another_name_for_a_type_leads_to_it(outlined):
    found = outlined(app=HEAD + "one = s.maybe(s.object({'a': s.any()}))\ntwo = one\n")

    assert ["One"] == names(found)
    assert {"one": "One", "two": "One"} == {name: one.name for name, one in found.variables.items()}


def test_objects_that_stand_in_for_others_are_not_woken_up(outlined):
    found = outlined(
        app=HEAD
        + "class Proxy:\n    @property\n    def __class__(self): raise RuntimeError('no request')\n"
        + "proxy = Proxy()\nname = s.string()\n"
    )

    assert ["name"] == list(found.variables)


def test_modules_whose_types_are_not_generated_are_told(outlined):
    texts = {
        "values": "from kbn_schema import schema as s\nname = s.object({'a': s.string()})\n",
        "unused": "from kbn_schema import schema as s\nother = s.string()\n",
        "app": HEAD + "from values import name\nfrom unused import other\nnames = s.array_of(name)\n",
    }

    assert ("values",) == outlined(**texts).untyped


def test_modules_whose_types_are_generated_are_not(outlined, tmp_path):
    values = "from kbn_schema import schema as s\nname = s.object({'a': s.string()})\n"
    tmp_path.joinpath("_values_types.py").write_text(f"{MARK}\nclass Name(TypedDict):\n    a: str\n")

    found = outlined(values=values, app=HEAD + "from values import name\nnames = s.array_of(name)\n")

    assert ((), ["_values_types"]) == (found.untyped, [one.home for one in found.definitions if one.home])


@pytest.mark.parametrize(
    ("mark", "more", "repeated"),
    [
        (MARK, "", False),
        ("# By hand.", "", True),
        (MARK, "os.remove(values.__file__)", True),
        (MARK, "values.__file__ = None", True),
        (MARK, "values.__file__ = values.__file__ + 'c'", True),
    ],
    ids=["generated", "by hand", "source gone", "no source", "compiled"],
)
def test_types_are_imported_from_where_they_were_generated_for_a_source(
    outlined, tmp_path, mark, more, repeated
):
    values = "from kbn_schema import schema as s\nname = s.object({'a': s.string()})\n"
    tmp_path.joinpath("_values_types.py").write_text(f"{mark}\nclass Name(TypedDict):\n    a: str\n")

    found = outlined(
        values=values,
        app=HEAD + f"import os, values\nfrom values import name\n{more}\nnames = s.array_of(name)\n",
    )

    assert [None if repeated else "_values_types", None] == [one.home for one in found.definitions]
    assert (("values",) if mark != MARK else ()) == found.untyped


@pytest.fixture
def typed(outlined, tmp_path):
    """Gives the names of the types of clients of the last of some modules; of all, types are generated."""

    def names_of(**texts):
        for name, text in texts.items():
            classes = re.findall(r"^(\w+) = s\.", text, re.MULTILINE)
            types = "".join(f"class {type_name(one)}(TypedDict):\n" for one in classes)
            tmp_path.joinpath(f"_{name}_types.py").write_text(f"{MARK}\n{types}")
        return names(outlined(True, **texts))

    return names_of


def test_what_clients_send_is_called_as_in_the_module_with_its_types(typed):
    values = "from kbn_schema import schema as s\nmoney = s.object({'a': s.string()})\n"
    app = HEAD + "from values import item as thing\nall_items = s.array_of(thing)\n"

    assert ["Money", "Item", "AllItems"] == typed(
        values=values + "item = s.object({'price': money})\n", app=app
    )


@pytest.mark.parametrize(
    ("others", "own", "expected"),
    [
        ("money = s.object({'b': s.string()})\n", "", ["ItemPrice", "Item", "AllItems"]),
        ("", "money = s.string()\n", ["Money", "ItemPrice", "Item", "AllItems"]),
        ("", "from other import money\n", ["ItemPrice", "Item", "AllItems"]),
    ],
    ids=["typed", "own", "imported"],
)
def test_what_is_called_as_something_else_is_called_after_its_place(typed, others, own, expected):
    start = "from kbn_schema import schema as s\n"
    values = "money = s.object({'a': s.string()})\nitem = s.object({'price': money})\n"
    app = HEAD + "from values import item\n" + own + "all_items = s.array_of(item)\n"

    assert expected == typed(
        values=start + values, other=start + (others or "money, _ = s.string(), 1\n"), app=app
    )


def test_a_schema_is_not_at_home_where_it_is_imported(outlined, tmp_path):
    """What is called alike there is a type of something else."""
    third = "from kbn_schema import schema as s\nfind_filter = s.object({'third': s.integer()})\n"
    other = (
        "from kbn_schema import schema as s\nfrom third import find_filter\n"
        "find = s.object({'filter': s.object({'text': s.string()})})\n"
    )
    tmp_path.joinpath("_other_types.py").write_text(f"{MARK}\nclass FindFilter(TypedDict):\n    text: str\n")

    found = outlined(
        third=third,
        other=other,
        app=HEAD + "from other import find_filter\nfilters = s.array_of(find_filter)\n",
    )

    assert [None, None] == [one.home for one in found.definitions]
