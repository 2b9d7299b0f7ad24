"""Schemas without a name: what `drift` says of their types, and what `annotated` writes."""

import difflib
import re
import time

import pytest

from kbn_schema.stubs.author.annotate import annotated
from kbn_schema.stubs.author.drift import drift
from kbn_schema.stubs.python.types import types_text
from tests.stubs.written import EXPRESSIONS, again, annotations, check, everything, messages, outlined

RICH = '''\
"""Notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_type

import kbn_schema.schema as s
from kbn_schema import schema
from kbn_schema.http import Request, Response, ResponseFactory, Router
from kbn_schema.schema import object, string

if TYPE_CHECKING:
    from _notes_types import (
        AlternativesRequest, AnyNoteRequest, EitherRequest, EntriesRequest, FindQuery, FindRequest,
        FirstRequest, ListedRequest, MaybeNoneRequest, MaybeRequest, NestedRequest, OpenRequest, PutRequest,
        SecondBody, TwiceRequest,
    )

router = Router("/api")
versioned = router.versioned.put("/versioned", access="internal")


@router.get("/find", validate={"query": schema.object({"page": schema.integer(), "in": schema.object({})})})
def find(context: Any, request: FindRequest, response: ResponseFactory) -> Response:
    return response.ok(body=request.query["page"])


@router.put("/put/{id}", validate={
    "request": {"params": object({"id": string()}), "body": s.object({"text": s.string()}), "query": s.any()},
    "response": {200: {"body": schema.object({"text": schema.string()})}},
})
async def put(context: Any, request: PutRequest, response: ResponseFactory) -> Response:
    assert_type(request.body["text"], str)
    return response.ok(body=request.params["id"])


@router.post("/listed", validate={"body": schema.array_of(schema.object({"a": schema.any()}))})
def listed(context: Any, request: ListedRequest, response: ResponseFactory) -> Response:
    return response.ok(body=request.body[0]["a"])


@router.post("/none", validate={"body": schema.nullable(schema.object({"b": schema.literal("b")}))})
def maybe_none(context: Any, request: MaybeNoneRequest, response: ResponseFactory) -> Response:
    return response.ok(body=request.body["b"] if request.body else "")


@router.post("/maybe", validate={"body": schema.maybe(schema.object({"m": schema.integer()}))})
def maybe(context: Any, request: MaybeRequest, response: ResponseFactory) -> Response:
    return response.ok(body=request.body["m"] if request.body else 0)


@router.post("/entries", validate={"body": schema.record_of(schema.string(), schema.object({"c": s.any()}))})
def entries(context: Any, request: EntriesRequest, response: ResponseFactory) -> Response:
    return response.ok(body=request.body["c"]["c"])


@router.post("/either", validate={"body": schema.one_of(
    schema.object({"a": schema.any()}), schema.object({"b": schema.any()}), schema.string(),
)})
def either(context: Any, request: EitherRequest, response: ResponseFactory) -> Response:
    return response.ok(body=request.body)


@router.post("/alternatives", validate={"body": schema.discriminated_union(
    "type", schema.object({"type": schema.literal("a"), "n": schema.number()}),
    schema.object({"type": schema.literal("b")}),
)})
def alternatives(context: Any, request: AlternativesRequest, response: ResponseFactory) -> Response:
    return response.ok(body=request.body["n"] if request.body["type"] == "a" else 0)


@versioned.add_version("1", validate={"body": schema.object({"one": schema.integer()})})
def first(context: Any, request: FirstRequest, response: ResponseFactory) -> Response:
    return response.ok(body=request.body["one"])


def second(context: Any, request: Request[Any, Any, SecondBody], response: ResponseFactory) -> Response:
    return response.ok(body=request.body["two"])


versioned.add_version("2", validate={"body": schema.object({"two": schema.integer()})}, handler=second)


def any_note(context: Any, request: AnyNoteRequest, response: ResponseFactory) -> Response:
    return response.ok(body=request.query["any"])


router.get("/any", validate={"query": schema.object({"any": schema.string()})})(any_note)


@router.get("/one", validate={"query": schema.object({"x": schema.string()})})
@router.get("/two", validate={"query": schema.object({"x": schema.integer()})})
def twice(context: Any, request: TwiceRequest, response: ResponseFactory) -> Response:
    return response.ok(body=request.query["x"])


@router.get("/open", validate={"query": schema.object({}, unknowns="allow")})
def open(context: Any, request: OpenRequest, response: ResponseFactory) -> Response:
    return response.ok(body=request.query["x"])


@router.get("/plain", validate={"query": schema.object({"page": schema.integer()})})
def plain(context: Any, request: Request, response: ResponseFactory) -> Response:
    return response.ok(body=request.query["x"])


@router.get("/late", validate=lambda: {"query": schema.object({"page": schema.integer()})})
def late(context: Any, request: Request[Any, FindQuery], response: ResponseFactory) -> Response:
    return response.ok(body=request.query["page"])


def more() -> None:
    local = schema.object({"local": schema.integer()})

    @router.get("/nested", validate={"params": schema.any(), "query": local})
    def nested(context: Any, request: NestedRequest, response: ResponseFactory) -> Response:
        return response.ok(body=request.query["local"])


more()
'''


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A folder with `RICH`, annotated, and its types."""
    folder = tmp_path_factory.mktemp("inline")
    with outlined(folder / "notes.py", RICH) as found:
        data = annotated(found)
        folder.joinpath("_notes_types.py").write_text(types_text(found))
    folder.joinpath("notes.py").write_bytes(data)
    return folder


def test_the_objects_that_handlers_ask_for_get_their_types(written):
    old, new = RICH.splitlines(), written.joinpath("notes.py").read_text().splitlines()
    added = [line[2:] for line in difflib.ndiff(old, new) if line[0] == "+"]
    changed = [re.findall(r'object\["(\w+)"\]\(', line) for line in added if "object[" in line]

    assert [
        ["FindQuery"], ["PutParams", "PutBody"], ["ListedBodyItem"], ["MaybeNoneBodyValue"], ["MaybeBody"],
        ["EntriesBodyValue"], ["EitherBody1", "EitherBody2"], ["AlternativesBodyA"], ["AlternativesBodyB"],
        ["FirstBody"], ["SecondBody"], ["AnyNoteQuery"], ["TwiceGetApiOneQuery"], ["TwiceGetApiTwoQuery"],
        ["NestedQuery"],
    ] == changed  # fmt: skip


def test_nothing_else_is_changed(written):
    old, new = (
        text[: text.index("    from _notes_types")] + text[text.index("\nrouter = ") :]
        for text in (RICH, written.joinpath("notes.py").read_text())
    )

    assert old == re.sub(r'object\["\w+"\]\(', "object(", new)


def test_what_was_annotated_is_right_and_stays_as_it_is(written):
    data = written.joinpath("notes.py").read_bytes()
    with outlined(written / "notes.py", data) as found:
        assert [] == drift(found)
        assert data == annotated(found)
        assert written.joinpath("_notes_types.py").read_text() == types_text(found)


def test_the_findings_of_the_run_that_annotates_are_those_of_the_next(tmp_path):
    text = HEAD + "if TYPE_CHECKING:\n    import re\n" + route('{"query": schema.object({}), "body": make()}')
    with outlined(tmp_path / "routes.py", text) as found:
        data = annotated(found)
        left = drift(again(found, data))
    with outlined(tmp_path / "routes.py", data) as found:
        assert ["the body of find"] == [one.name for one in left]
        assert left == drift(found)


def test_checkers_take_what_was_annotated_and_find_typos(written, tmp_path):
    text = written.joinpath("notes.py").read_text()
    typos = re.sub(r'(request\.(?:query|body|params)(?:\[0\])?)\["(\w+)"\]', r'\1["pgae"]', text)
    tmp_path.joinpath("_notes_types.py").write_text(written.joinpath("_notes_types.py").read_text())
    tmp_path.joinpath("notes.py").write_text(text)

    assert {} == check(tmp_path, "notes.py")
    tmp_path.joinpath("notes.py").write_text(typos)
    wrong = [number for number, line in enumerate(typos.splitlines(), 1) if '"pgae"' in line]
    said = check(tmp_path, "notes.py")
    assert len(wrong) > 9
    for text in said.values():
        told = {int(number) for number in re.findall(r"notes\.py:(\d+):", text)}
        silent = {number for number in wrong if number not in told}
        assert {
            line_of(typos, "def open"),
            line_of(typos, "def plain"),
            line_of(typos, "def entries"),
        } == silent


def line_of(text, mark):
    """The line below the one with *mark*."""
    return next(number for number, line in enumerate(text.splitlines(), 2) if line.startswith(mark))


HEAD = """\
from typing import TYPE_CHECKING, Any, Final
import enum
from kbn_schema import Schema, schema
from kbn_schema.http import Request, Response, ResponseFactory, Router
from kbn_schema.kinds.object import ObjectSchema
from tests import examples
class Color(enum.Enum):
    RED = "red"
class Even(Schema[int]):
    def check(self, value: object, run: Any) -> Any:
        return value
VALUES = ["a"]
def make() -> Schema[Any]:
    return schema.object({"made": schema.any()})
router = Router()
versioned = router.versioned.post("/v", access="internal")
"""


def route(block, annotation='"FindRequest"'):
    """A module's route with that *block*."""
    told = "" if annotation is None else f": {annotation}"
    return f'@router.post("/find", validate={block})\ndef find(context, request{told}, response): ...\n'


MADE = "has a type that checkers do not see; give it a variable of its own in the module"
FOUND = {
    "schema.object({})": 'has no type; write schema.object["FindBody"]({...})',
    "(schema.object)({})": 'has no type; write schema.object["FindBody"]({...})',
    "ObjectSchema({})": 'has no type; write ObjectSchema["FindBody"]({...})',
    "schema.maybe(schema.object({}))": 'has no type; write schema.object["FindBody"]({...})',
    "schema.one_of([schema.object({})])": 'has no type; write schema.object["FindBody"]({...})',
    "schema.object['Other']({})": "is made as [Other], which is another type; write [FindBody]",
    "schema.object[dict[str, Any]]({})":
        "is made as [dict[str, Any]], which is another type; write [FindBody]",
    "schema.object[Any]({})": "is made as [Any], which is another type; write [FindBody]",
    "schema.object['FindBody']({})":
        "is made as [FindBody], which is another type; "
        "write [FindBody] (with from _routes_types import FindBody)",
    "make()": MADE,
    "schema.array_of(make())": MADE,
    "schema.enum(['a', 'b'])": MADE,
    "schema.literal('a')": MADE,
    "schema.array_of(schema.literal('a'))": MADE,
    "schema.one_of([schema.object({'a': schema.any()}), schema.object({'b': schema.any()})])": MADE,
    "schema.lazy(make)": MADE,
    "schema.all_of(schema.object({}), schema.object({'a': schema.any()}))": MADE,
    "schema.object({}).extends({'a': schema.any()})": MADE,
    "schema.conditional(schema.context_ref('a'), 1, schema.string(), schema.integer())": MADE,
    "[schema.object({'a': schema.any()}) for _ in 'a'][0]": MADE,
    "schema.object({'a': schema.any()}) if VALUES else schema.string()": MADE,
}  # fmt: skip
NESTED = {
    "schema.nullable(schema.object({}))": "FindBodyValue",
    "schema.nullable(of=schema.object({}))": "FindBodyValue",
    "schema.record_of(value=schema.object({}), key=schema.string())": "FindBodyValue",
    "schema.maybe(schema.nullable(schema.object({})))": "FindBodyValue",
    "schema.array_of(schema.nullable(schema.object({})))": "FindBodyItem",
    "schema.array_of(schema.array_of(schema.object({})))": "FindBodyItemItem",
    "schema.map_of(schema.string(), schema.array_of(schema.object({})))": "FindBodyValueItem",
    "schema.one_of(schema.string(), schema.array_of(schema.object({})))": "FindBody2Item",
    "schema.one_of(schema.string(), schema.record_of(schema.string(), schema.object({})))": "FindBody2Value",
    "schema.one_of(schema.string(), schema.nullable(schema.object({})))": "FindBody2",
    "schema.one_of(schema.nullable(schema.one_of(schema.date(), schema.object({}))))": "FindBody2",
}
SILENT = [
    "schema.string()", "schema.array_of(schema.number())", "schema.enum(Color)", "schema.literal(None)",
    "schema.record_of(schema.string(), schema.date())", "Even()", "schema.array_of(Even())", "schema.any()",
    "schema.one_of(schema.string(), schema.integer())", "schema.object({}, unknowns='allow')",
    "schema.one_of([schema.string(), schema.uri()])", "schema.enum(VALUES)", "lambda value: value",
    "schema.array_of(schema.enum(VALUES))", "schema.never()", "schema.nullable(schema.boolean())",
    "examples.TREE", "schema.array_of(examples.TREE)", "schema.array_of(schema.object({})).item",
    "(lambda: schema.object({'a': schema.any()}))()", "schema.one_of(schema.any(), schema.object['X']({}))",
]  # fmt: skip


@pytest.mark.parametrize(("value", "said"), FOUND.items())
def test_what_checkers_do_not_see_of_a_part_is_found(tmp_path, value, said):
    text = HEAD + route(f'{{"request": {{"body": {value}}}}}')

    assert [f"{line_of(text, '@router') - 1}: the body of find {said}"] == messages(tmp_path, text)


@pytest.mark.parametrize(("value", "name"), NESTED.items())
def test_objects_are_found_in_what_is_made_of_them(tmp_path, value, name):
    (found,) = messages(tmp_path, HEAD + route(f'{{"body": {value}}}'))

    wanted = f'an object in the body of find has no type; write schema.object["{name}"]({{...}})'
    assert wanted == found.partition(": ")[2]


@pytest.mark.parametrize(
    ("alternatives", "names"),
    [
        ("schema.object({'a': schema.string()}), schema.object({'a': schema.integer()})", ["1", "2"]),
        ("known, schema.object({'a': schema.string()})", ["2"]),
        ("schema.object({}), schema.object({'a': schema.string()}), schema.string()", ["1", "2"]),
        ("schema.object({}), schema.object(PROPS)", ["1", "2"]),
        ("schema.object(PROPS), schema.object({'a': schema.string()}), known", ["2"]),
    ],
)
def test_alternatives_are_told_apart_by_their_props_or_their_order(tmp_path, alternatives, names):
    text = HEAD + "known = schema.object({'k': schema.any()})\nPROPS = {'p': schema.any()}\n"
    text += route(f'{{"body": schema.one_of({alternatives})}}')

    found = [one for one in messages(tmp_path, text) if " has no type; " in one]

    assert names == [re.findall(r"FindBody(\d)", one)[0] for one in found]


def test_a_request_that_is_imported_in_a_function_is_a_plain_one(tmp_path):
    text = "from kbn_schema import schema\nfrom kbn_schema.http import Router\n"
    text += "router = Router()\ndef more():\n    from kbn_schema.http import Request\n"
    text += '    @router.post("/find", validate={"body": schema.object({})})\n'
    text += "    def find(context, request: Request, response): ...\nmore()\n"

    assert [] == messages(tmp_path, text)


@pytest.mark.parametrize("value", SILENT)
def test_what_checkers_see_or_cannot_be_told_is_left_alone(tmp_path, value):
    assert [] == messages(tmp_path, HEAD + route(f'{{"body": {value}}}'))


def test_a_function_that_says_what_it_makes_is_believed(tmp_path):
    types = "if TYPE_CHECKING:\n    from _routes_types import FindBody\n"
    makes = 'def made() -> "Schema[{}]":\n    return schema.object({{"made": schema.any()}})\n'
    for name, said in {"FindBody": [], "Any": [MADE], "dict[str, Any]": [MADE]}.items():
        text = HEAD + types + makes.format(name) + route('{"body": made()}')
        assert said == [one.partition(" find ")[2] for one in messages(tmp_path, text)]


@pytest.mark.parametrize(
    "annotation",
    [None, "Request", "'Request'", "Any", "'Any'", "object", "Request[Any, Any, dict[str, Any]]",
     "'Request[Any, FindQuery]'", "Request[Any, Any, Any]", "Alias"],
)  # fmt: skip
def test_nothing_is_asked_for_where_the_handler_does_not_say_what_it_gets(tmp_path, annotation):
    types = "if TYPE_CHECKING:\n    from _routes_types import FindQuery\nAlias = Request\n"
    for value in FOUND:
        text = HEAD + types + route(f'{{"body": {value}}}', annotation)

        assert [one for one in messages(tmp_path, text) if " is made as " not in one] == []


@pytest.mark.parametrize(
    "annotation",
    ["'FindRequest'", "'t.FindRequest'", "Request[Any, Any, 'FindBody']", "'Request[Any, Any, FindBody]'",
     "'FindRequest | OtherRequest'", "Alias", "Annotated['FindRequest', 1]", "Loop"],
)  # fmt: skip
def test_handlers_say_in_many_ways_what_they_get(tmp_path, annotation):
    types = (
        "if TYPE_CHECKING:\n    from _routes_types import FindBody\nAlias = 'FindRequest'\nLoop = 'Loop'\n"
    )
    types += "from typing import Annotated\n"

    (found,) = messages(tmp_path, HEAD + types + route('{"body": schema.object({})}', annotation))

    assert found.endswith('the body of find has no type; write schema.object["FindBody"]({...})')


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (route("{'response': {200: {'body': schema.object['X']({})}}, 'request': {}}", None),
         "the answer 200 of find is made as [X], which is another type; write [FindResponse]"),
        (route("{'request': {}, 'response': {204: {}, 200: {'body': schema.object['X']({})}}}", None),
         "the answer 200 of find is made as [X], which is another type; write [FindResponse200]"),
        (route("{'request': {}, 'response': {200: {'body': lambda: schema.object['X']({})}}}", None),
         "the answer 200 of find is made as [X], which is another type; write [FindResponse]"),
        (route("lambda: {'body': schema.object['X']({})}", None),
         "the body of find is made as [X], which is another type; write [FindBody]"),
        (route("{'body': schema.object({'in': schema.object['X']({})})}", None),
         "an object in the body of find is made as [X], which is another type; write [FindBodyIn]"),
        ("q: 'Schema[Q]' = schema.object({'in': schema.array_of(schema.object['X']({}))})\n",
         "an object in q is made as [X], which is another type; write [QInItem]"),
        (route("{'body': schema.object['FindBodyInput']({'a': schema.integer(default=1)})}", None),
         "the body of find is made as [FindBodyInput], the type of what is sent and not of what comes out; "
         "write [FindBody]"),
    ],
)  # fmt: skip
def test_a_type_that_is_told_has_to_be_right_wherever_it_is(tmp_path, text, said):
    types = "if TYPE_CHECKING:\n    from _routes_types import FindBodyInput, Q\n"
    (found,) = messages(tmp_path, HEAD + types + text)
    assert found.endswith(said)
    new = annotations(tmp_path, HEAD + types + text)

    wanted = re.findall(r"\[(\w+)\]$", said)[0]
    assert f'schema.object["{wanted}"]('.encode() in new
    assert [] == messages(tmp_path, new.decode())


@pytest.mark.parametrize(
    "text",
    [
        'def find(context, request: "FindRequest", response): ...\n{call}(find)\n',
        'def find(context, request: "FindRequest", response): ...\nsame = find\n{call}(find)\n',
        'def more():\n    @{call}\n    def find(context, request: "FindRequest", response): ...\nmore()\n',
        '@{call}\nasync def find(context, request: "FindRequest", response, /): ...\n',
        '@{call}\n@wrapping\ndef find(context, request: "FindRequest", response): ...\n',
        'class Views:\n    def find(self, context, request: "FindRequest", response): ...\n'
        "views = Views()\n{call}(views.find)\n",
        '@versioned.add_version("1", validate={{"body": {value}}})\n'
        'def find(context, request: "FindRequest", response): ...\n',
        'def find(context, request: "FindRequest", response): ...\n'
        'versioned.add_version(version="1", validate={{"body": {value}}}, handler=find)\n',
        'def more():\n    part = {value}\n    @router.post("/find", validate={{"body": part}})\n'
        '    def find(context, request: "FindRequest", response): ...\nmore()\n',
        "def more():\n    part = {value}\n    def inner():\n"
        '        @router.post("/find", validate={{"body": part}})\n'
        '        def find(context, request: "FindRequest", response): ...\n    inner()\nmore()\n',
        'if versioned:\n    @{call}\n    def find(context, request: "FindRequest", response): ...\n'
        'else:\n    @router.put("/a", validate={{}})\n    def find(context, request: int, response): ...\n',
        'for path in ["/a", "/a/b"]:\n    @router.post(path, validate={{"body": body}})\n'
        '    @router.put(path, validate={{"body": {value}}})\n'
        '    def find(context, request: "FindRequest", response): ...\n    break\n',
    ],
)
def test_routes_are_declared_in_many_ways(tmp_path, text):
    head = HEAD + (
        "import functools\n"
        "def wrapping(f):\n    @functools.wraps(f)\n    def inner(*args): ...\n    return inner\n"
        "body = schema.string()\n"
    )
    value = 'schema.object({"a": schema.any()})'
    call = f'router.post("/find", validate={{"body": {value}}})'

    (found,) = messages(
        tmp_path,
        head + text.replace("{call}", call).replace("{value}", value).replace("{{", "{").replace("}}", "}"),
    )

    assert re.search(r'of find has no type; write schema.object\["Find\w*Body"\]', found)


@pytest.mark.parametrize(
    "text",
    [
        "block = {'body': schema.object({})}\n" + route("block"),
        route("{**{'body': schema.object({})}}"),
        "options = {'validate': {'body': schema.object({})}}\n"
        '@router.post("/find", **options)\ndef find(context, request: "FindRequest", response): ...\n',
        "def more(kind):\n    part = kind\n" + '    @router.post("/find", validate={"body": part})\n'
        '    def find(context, request: "FindRequest", response): ...\nmore(schema.object({}))\n',
        "def more():\n    part = schema.object({})\n    part = part.extends({'a': schema.any()})\n"
        '    @router.post("/find", validate={"body": part})\n'
        '    def find(context, request: "FindRequest", response): ...\nmore()\n',
        "def more():\n    part = schema.object({})\n    def inner():\n"
        "        from tests.examples import TREE as part\n"
        '        @router.post("/find", validate={"body": part})\n'
        '        def find(context, request: "FindRequest", response): ...\n    inner()\nmore()\n',
        'def more(schema):\n    @router.post("/find", validate={"body": schema.object({})})\n'
        '    def find(context, request: "FindRequest", response): ...\n'
        "class Mine:\n    def object(self, props): return schema.string()\nmore(Mine())\n",
        'post = router.post\n@post("/find", validate={"body": schema.object({})})\n'
        'def find(context, request: "FindRequest", response): ...\n',
        "handler = lambda context, request, response: None\n"
        'router.post("/find", validate={"body": schema.object({})})(handler)\n',
        'for name in ["a", "b"]:\n'
        '    @router.post(f"/{name}", validate={"body": schema.object({name: make()})})\n'
        '    def find(context, request: "FindRequest", response): ...\n',
    ],
)
def test_what_cannot_be_followed_is_left_alone(tmp_path, text):
    text = f"{HEAD}if TYPE_CHECKING:\n    from _routes_types import FindRequest\n{text}"

    assert [] == messages(tmp_path, text)
    assert text.encode() == annotations(tmp_path, text)


def test_checkers_take_each_kind_of_part_and_variables_where_we_ask_for_them(tmp_path):
    """Of all that is not found, and of all that was mended as the findings say, checkers see the type."""
    values = [
        one
        for texts in EXPRESSIONS.values()
        for one in texts
        if not re.search("COLORS|context_ref|nullable.schema.never", one)
    ]
    values += [f"schema.{around}" for around in AROUND]
    with outlined(tmp_path / "author.py", parts(values, set())) as found:
        vague = {int(one.name.rpartition("part")[2]) for one in drift(found) if MADE in one.message}
    with outlined(tmp_path / "author.py", parts(values, vague)) as found:
        data = annotated(found)
        tmp_path.joinpath("_author_types.py").write_text(types_text(found))
    with outlined(tmp_path / "author.py", data) as found:
        assert [] == drift(found)
        assert data == annotated(found)

    assert {} == check(tmp_path, "author.py")
    assert 10 < len(vague) < len(values) - 20


OBJECT = "object({'in': schema.enum(['a', 'b']), 'more': schema.object({'z': schema.any()})})"
AROUND = [
    OBJECT,
    f"array_of(schema.array_of(schema.{OBJECT}))",
    f"maybe(schema.nullable(schema.{OBJECT}))",
    f"map_of(schema.string(), schema.maybe(schema.array_of(schema.{OBJECT})))",
    f"one_of(schema.string(), schema.nullable(schema.{OBJECT}))",
    f"one_of(schema.array_of(schema.{OBJECT}), schema.{OBJECT})",
    f"one_of(schema.record_of(schema.string(), schema.{OBJECT}), schema.object({{'o': schema.any()}}))",
    "one_of(" + ", ".join(f"schema.object({{'{key}': schema.any()}})" for key in "abcd") + ")",
    "one_of(" + ", ".join(f"schema.object({{'{key}': schema.any()}})" for key in "abcde") + ")",
    "one_of([" + ", ".join(f"schema.object({{'{key}': schema.any()}})" for key in "ab") + "])",
    "one_of(schema.object({'a': schema.string()}), schema.object({'a': schema.integer()}))",
    "discriminated_union('t', [schema.object({'t': schema.literal('a')})])",
    "nullable(schema.object({}, unknowns='allow'))",
    "array_of(schema.object({'a': schema.any()}, unknowns='allow'))",
]


def parts(values, named):
    """A module with a route for each of *values*; those with numbers in *named* have variables."""
    head = written_head().replace("from typing import Any, Final", TYPES)
    head += "from kbn_schema.http import Response, ResponseFactory, Router\nrouter = Router()\n"
    lines = []
    for number, value in enumerate(values):
        if number in named:
            lines.append(f"named_{number} = {value}\n")
            value = f"named_{number}"
        lines.append(
            f'@router.post("/{number}", validate={{"body": {value}}})\n'
            f'def part{number}(context: Any, request: "Part{number}Request", response: ResponseFactory)'
            " -> Response:\n    return response.ok()\n"
        )
    imports = "".join(f"    from _author_types import Part{number}Request\n" for number in range(len(values)))
    return head.replace("# types\n", f"if TYPE_CHECKING:\n{imports}") + "".join(lines)


TYPES = "from typing import TYPE_CHECKING, Any, Final\n# types"


def written_head():
    return everything().partition("each_0")[0]


def test_a_thousand_routes_take_little_time(tmp_path):
    lines = [
        f'    @router.post("/{number}", validate={{"body": schema.object({{"a": schema.string()}})}})\n'
        f'    def find{number}(context, request: "Find{number}Request", response): ...\n'
        for number in range(1000)
    ]
    with outlined(tmp_path / "author.py", f"{HEAD}def more():\n{''.join(lines)}more()\n") as found:
        start = time.process_time()
        count = len(drift(found))

    assert 1000 == count
    assert time.process_time() - start < 2  # only that it is not quadratic
