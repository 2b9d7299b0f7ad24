"""Whatever a file holds: a contract, or one line that says what is wrong, and where."""

import copy
import json
import re
from pathlib import Path

import pytest

from kbn_schema import contract, schema
from kbn_schema.contract import ContractError
from kbn_schema.contract.model import FORMAT
from kbn_schema.contract.shape import file_shape, route_shape, term_shape
from kbn_schema.http import Router
from kbn_schema.schema import __all__ as COMBINATORS
from tests.contract.told import holding, told
from tests.examples import EXAMPLES, TREE, even
from tests.steps import steps_of

STRANGERS = (None, True, 0, -1, 0.5, "", "a", "1", [], {}, ["a"], {"a": 1}, [None], {"type": "ref"}, 10**400)


SECURITY = {
    "authz": {
        "required_privileges": [
            "a",
            {"all_required": ["b", {"any_of": ["c", "d"]}], "any_required": ["e", {"all_of": ["f", "g"]}]},
        ]
    },
    "authc": {"enabled": "optional"},
}


def whole():
    """Return the data of a contract with all words and facts."""
    router = Router()
    body = schema.object(
        {f"p{index}": row.schema for index, row in enumerate(EXAMPLES) if row.schema.id is None}, id="all"
    )
    options = {"timeout": {"payload": 10}, "availability": {"stability": "beta"}, "xsrf_required": True}
    said = {"options": options, "security": SECURITY, "enable_query_version": True}
    foo = router.versioned.post("/foo/{id}", access="public", tags=["a"], summary="Foo", **said)
    responses = {
        200: {"body": body, "description": "fine", "headers": schema.object({"x-a": schema.integer()})},
        404: {"body": {"custom": lambda value, ok, bad_request: ok(value)}},
    }
    block = {"request": {"params": schema.object({"id": schema.uuid()}), "body": body}, "response": responses}
    foo.add_version(
        "2023-10-31",
        validate=block,
        handler=handler,
        deprecated={"message": "go", "reason": {"type": "remove"}},
    )
    foo.add_version("2024-10-31", validate={"body": schema.string(validate=even)}, handler=handler)
    router.get("/bar", validate={"query": TREE}, deprecated=True, discontinued="9.0")(handler)
    return json.loads(contract.of(router).to_json())


def handler(context, request, response):
    return response.ok()


WHOLE = whole()


def read(data):
    return contract.read(json.dumps(data).encode(), "old.json")


def places(data, path=()):
    """Yield the path of each value in *data*."""
    yield path
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, item in inside:
        yield from places(item, (*path, key))


def changed(data, path, value):
    """Return *data* with *value* at *path*."""
    if not path:
        return value
    made = copy.copy(data)
    made[path[0]] = changed(data[path[0]], path[1:], value)
    return made


def test_every_combinator_is_in_the_file():
    assert {row.name for row in EXAMPLES} == set(COMBINATORS)
    assert json.loads(read(WHOLE).to_json()) == WHOLE


def without(data, path):
    """Return *data* without what is at *path*."""
    *outer, last = path
    holder = data
    for key in outer:
        holder = holder[key]
    return changed(data, outer, {key: item for key, item in holder.items() if key != last})


def is_contract_or_one_line(data):
    """Whether *data* is a contract, which is the same once it was written and read."""
    try:
        found = read(data)
    except ContractError as error:
        told = str(error)
    else:
        assert contract.read(found.to_json(), "x") == found
        return True
    assert told.startswith("old.json: ")
    assert len(told.splitlines()) == 1
    assert len(told) < 4000
    return False


def test_whatever_stands_anywhere_is_a_contract_or_one_line():
    """A value of another type in each place."""
    small = {**WHOLE, "schemas": {**WHOLE["schemas"], "all": {"type": "any"}}}
    cases = [(small, path) for path in places(small)]
    for term in WHOLE["schemas"]["all"]["props"].values():
        alone = {**WHOLE, "routes": [], "schemas": {**WHOLE["schemas"], "all": term}}
        cases += [(alone, ("schemas", "all", *path)) for path in places(term)]
    answers = [
        is_contract_or_one_line(changed(data, path, stranger))
        for number, (data, path) in enumerate(cases)
        for stranger in STRANGERS[number % 3 :: 3]
    ]

    assert answers.count(False) > answers.count(True) > 300


def test_whatever_is_missing_it_is_a_contract_or_one_line():
    paths = [path for path in places(WHOLE) if path and isinstance(path[-1], str)]

    answers = [is_contract_or_one_line(without(WHOLE, path)) for path in paths[::5]]

    assert min(answers.count(True), answers.count(False)) > 20


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the JSON text is empty"),
        (b"\xff\xfe", "the JSON text is not valid UTF-8"),
        (b"\xef\xbb\xbf{}", "the JSON text must not begin with a byte order mark"),
        (b"<<<<<<< HEAD\n{}", "the JSON text is malformed at line [1], column [1]"),
        (b'{"a": 1, "a": 2}', "the JSON text contains an object with a duplicate key"),
        (b"[" * 3_000_000, "the JSON text is nested more than [200] levels deep"),
        (b'{"a":' * 500_000, "the JSON text is nested more than [200] levels deep"),
        (b"[]", "this is no contract: write one with kbn-schema snapshot"),
        (b'{"openapi": "3.1.0"}', "this is no contract: write one with kbn-schema snapshot"),
        (b'{"format": "kbn-schema contract"}', "[version]: expected value to equal [1]"),
        (
            b'{"format": "kbn-schema contract", "version": 2}',
            "the contract is of version [2], and [1] is known here; "
            "it was written by a newer kbn-schema: use that one",
        ),
        (
            b'{"format": "kbn-schema contract", "version": 0}',
            "the contract is of version [0], and [1] is known here; write it again with kbn-schema snapshot",
        ),
    ],
)
def test_what_is_no_contract_is_one_clear_line(data, message):
    def refused():
        with pytest.raises(ContractError, match=re.escape(f"a\\nb.json: {message}") + r"\Z"):
            contract.read(data, "a\nb.json")

    refused()

    assert steps_of(refused) < 1_000


def schemas(**terms):
    return {**WHOLE, "routes": [], "schemas": terms}


def ref(name):
    return {"type": "ref", "to": name}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (schemas(a=ref("b")), "[schemas.a]: it refers to [b], which is not in [schemas]"),
        (
            schemas(a={"type": "object", "props": {"type": {"type": "array", "items": ref("b")}}}),
            "[schemas.a.props.type.items]: it refers to [b], which is not in [schemas]",
        ),
        (schemas(a=ref("a")), "[schemas.a]: it refers only to itself"),
        (schemas(a=ref("b"), b=ref("c"), c=ref("b")), "[schemas.b]: it refers only to itself"),
        (
            schemas(a={"type": "union", "of": [{"type": "any"}, {"type": "nullable", "of": ref("a")}]}),
            "[schemas.a]: it refers only to itself",
        ),
        (
            schemas(a={"type": "future"}),
            'expected "type" to be one of ',
        ),
        (schemas(a={"type": "future"}), "perhaps it was written by a newer kbn-schema: use that one"),
        (schemas(a={"type": "any", "most": 3}), "[schemas.a.most]: "),
        (schemas(a={"type": "any", "most": 3}), "perhaps it was written by a newer kbn-schema: use that one"),
        (
            schemas(a={"type": "number", "min": "5"}),
            "[schemas.a.min]: a value of type [string] is not written so",
        ),
        (
            schemas(a={"type": "object", "props": "{}"}),
            "[schemas.a.props]: a value of type [string] is not written so",
        ),
        (schemas(a={"type": "any", "deprecated": 1}), "[schemas.a.deprecated]: "),
        (schemas(a={"type": "number", "multiple_of": 0}), "[schemas.a.multiple_of]: "),
        (schemas(a={"type": "integer", "multiple_of": {"integer": "-0x1"}}), "[schemas.a.multiple_of]: "),
        (schemas(a={"type": "string", "max_length": -1}), "[schemas.a.max_length]: "),
        (schemas(a={"type": "array", "items": {"type": "any"}, "min_size": 0.5}), "[schemas.a.min_size]: "),
        (schemas(a={"type": "string", "format": "ip"}), "[schemas.a]: the format [ip] has versions"),
        (
            schemas(a={"type": "string", "format": "uuid", "max_length": 3}),
            "[schemas.a]: a text of this format has no [max_length]",
        ),
        (
            schemas(a={"type": "union", "of": {"a": {"type": "any"}}}),
            "[schemas.a]: alternatives with names have a discriminator",
        ),
        (
            schemas(a={"type": "union", "of": [{"type": "any"}], "discriminator": "type"}),
            "[schemas.a]: a list of alternatives has no discriminator",
        ),
        (schemas(a={"type": "function", "name": "f"}), "[schemas.a]: "),
        ({**WHOLE, "routes": [*WHOLE["routes"], WHOLE["routes"][0]]}, "[routes.2]: the route is there twice"),
        (
            changed(WHOLE, ("routes", 1, "default_version"), "1999-01-01"),
            "[routes.1.default_version]: there is no such version",
        ),
        (
            changed(WHOLE, ("routes", 1, "query_version"), False),
            "[routes.1.query_version]: ",
        ),
        ({**WHOLE, "more": 1}, "[more]: "),
    ],
)
def test_what_makes_no_sense_is_told_with_its_place(data, message):
    with pytest.raises(ContractError) as error:
        read(data)

    assert message in str(error.value)


@pytest.mark.parametrize(
    "security",
    [
        {"authz": []},
        {"authc": {"enabled": []}},
        {"authz": {"required_privileges": [5]}},
        {"authz": {"required_privileges": [{"all_required": [{"any_of": [["a"]]}]}]}},
        {"authz": {"required_privileges": [{"any_required": [{"all_of": 5}]}]}},
    ],
)
def test_a_security_is_what_a_route_may_say(security):
    place = ("routes", 1, "versions", "2023-10-31", "security")

    with pytest.raises(ContractError, match=r"^old\.json: \[routes\.1\.versions\..*security"):
        read(changed(WHOLE, place, security))


def test_recursion_through_a_value_is_fine():
    found = read(schemas(a={"type": "array", "items": ref("b")}, b={"type": "optional", "of": ref("a")}))

    assert {"type": "array", "items": ref("b")} == found.target(ref("a"))


def test_routes_come_out_in_order():
    data = {**WHOLE, "routes": WHOLE["routes"][::-1]}

    assert read(WHOLE) == read(data)


def leading_on(size):
    """Schemas each of which leads to all behind it."""
    many = [f"s{index}" for index in range(size)]
    return {name: {"type": "union", "of": [ref(other) for other in many[index + 1 :]] or [{"type": "any"}]}
            for index, name in enumerate(many)}  # fmt: skip


def test_very_many_references_are_read_in_steps_as_many_as_they_are():
    few, many = (json.dumps(schemas(**leading_on(size))).encode() for size in (50, 100))
    contract.read(few, "x")

    # Of twice as many schemas, there are four times as many references.
    assert steps_of(lambda: contract.read(many, "x")) < 4.5 * steps_of(lambda: contract.read(few, "x"))


def test_a_value_of_an_authors_may_be_anything():
    found = holding(*told(schema.any(default={"type": "ref", "to": "nowhere"}, meta={"type": {"props": 1}})))

    assert found == contract.read(found.to_json(), "x")


def test_the_reference_knows_every_word_and_fact():
    page = (Path(__file__).parent.parent.parent / "docs/reference/contract-file.md").read_text(
        encoding="utf-8"
    )
    named = set(re.findall(r"[`\"]([a-z_]+)[`\"]", page))
    objects = [file_shape(), route_shape(), *term_shape().alternatives]
    known = set()
    while objects:
        current = objects.pop()
        known |= {current.value} if current.combinator == "literal" else set()
        known |= current.props.keys() if current.combinator == "object" else set()
        objects.extend(() if current.combinator == "lazy" else current.children())

    assert not {word for word in known if isinstance(word, str)} - named - {FORMAT}
