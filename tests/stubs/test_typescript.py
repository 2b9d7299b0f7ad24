"""The types in TypeScript, as its compiler sees them: they take what schemas take, and nothing else."""

import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from kbn_schema import Schema, SchemaDefinitionError
from tests.examples import EXAMPLES
from tests.stubs.made import outline_of, schemas_named
from tests.stubs.typescript_stories import STORIES
from tests.stubs.typescript_tools import Mistake, compiled, emitted, text_of, written
from tests.test_docs import ROOT, blocks_of
from tests.test_json_schema import checker, is_json, outputs, recorded, tree
from tests.test_laws import draws

# The files that the same types stand in.
KINDS = {"declared": "types.d.ts", "source": "types.ts"}
PAGE = ROOT / "docs" / "how-to" / "typescript-types.md"
# What types say nothing of.
BOUNDS = {
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength",
    "pattern", "format", "minItems", "maxItems", "propertyNames",
}  # fmt: skip
# Bytes are sent on their own or in a form, where JSON Schema says texts.
BYTES = {"buffer", "stream"}

# What the page says of several modules: their types have namespaces, and their routes are those of one API.
OF_SEVERAL = """\
import type { items, orders } from "./api.js";
import type { Routes } from "./routes.js";
export const keys: (keyof Routes)[] = ["GET /api/items/{id}", "POST /api/files"];
export const answers: [items.FindResponse, orders.FindResponse] = [{ id: "a", price: 1 }, { id: "b" }];
export const item: Routes["GET /api/items/{id}"]["response"] = answers[0];
// @ts-expect-error: no route of either
export const key: keyof Routes = "GET /api/orders";
"""

# Calls of the function of the page, and what it sends.
CALLS = """\
import { call } from "./client.js";
const sent = [];
globalThis.fetch = async (url, { method, headers: { "content-type": _, ...headers }, body = null }) => {
  sent.push([url, method, headers, body]);
  return new Response("{}");
};
const query = { page: 2, in: ["a"], deep: { x: 1 }, none: undefined };
await call("GET /api/items/{id}", { params: { id: "a/b" }, query, headers: { "x-tenant": "t" } });
await call("PUT /api/items", { body: { id: "a" } });
await call("GET /api/items/{id?} 2023-10-31", { params: { id: "a" } });
console.log(JSON.stringify(sent));
"""


@attrs.frozen
class Use:
    """A *value* that a program says is of the *type* of a schema; *is_right* if it is."""

    of: Schema[Any]
    type: str
    value: Any
    is_right: bool

    def __str__(self) -> str:
        return f"{self.of!r}: {json.dumps(self.value)}"


@attrs.frozen
class Found:
    """What the compiler says of all that is tested here."""

    mistakes: list[Mistake]
    uses: dict[str, list[Use]]

    def taken(self, program: str) -> list[tuple[Use, bool]]:
        """The uses of a *program*, and whether the compiler takes each."""
        lines = {one.line for one in self.mistakes if one.file == f"{program}.ts"}
        # The first line imports the types.
        return [(use, line not in lines) for line, use in enumerate(self.uses[program], start=2)]

    def within(self, folder: str) -> list[Mistake]:
        return [one for one in self.mistakes if one.file.startswith(f"{folder}/")]


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> Found:
    """All is compiled at once: to read the library of browsers takes longer than to read our files."""
    folder: Path = tmp_path_factory.mktemp("typescript")
    examples = schemas_named([example.schema for example in EXAMPLES])
    recorded = recorded_of_kibana()
    named = schemas_named([of for of, _ in recorded])
    for kind, file in KINDS.items():
        write(folder / kind / "examples" / file, text_of(examples))
        write(folder / kind / "recorded" / file, text_of(named))
        for name, (source, _) in STORIES.items():
            write(folder / kind / name / file, written(source, with_client=True))
    for name in ("shop", "items"):
        write(folder / "page" / f"{name}.d.ts", text_of(shop(), module=name, with_client=True))
    write(folder / "page" / "orders.d.ts", written(STORIES["routes"][0], with_client=True))
    write(folder / "page" / "uses.ts", OF_SEVERAL)

    for kind, (name, (source, uses)) in itertools.product(KINDS, STORIES.items()):
        write(folder / kind / name / "uses.ts", importing(written(source, with_client=True), uses))
    for block in blocks_of(PAGE):
        if (block.file or "").endswith(".ts"):
            write(folder / "page" / str(block.file), block.text)
    uses = {
        "declared/examples/inputs": uses_of_inputs(examples, map(draws, EXAMPLES)),
        "declared/examples/outputs": uses_of_outputs(examples),
        "declared/recorded/inputs": uses_of_inputs(named, [values for _, values in recorded]),
    }
    for program, of_program in uses.items():
        write(folder / f"{program}.ts", program_of(of_program))
    return Found(compiled(folder), uses)


def recorded_of_kibana() -> list[tuple[Schema[Any], list[Any]]]:
    """All schemas that were recorded, each once, and what was tried of it."""
    schemas: dict[str, tuple[Schema[Any], list[Any]]] = {}
    for of, values, _ in recorded():
        schemas.setdefault(repr(of), (of, []))[1].append(values[0])
    return list(schemas.values())


def uses_of_inputs(named: Mapping[str, Schema[Any]], values: Iterable[Iterable[Any]]) -> list[Use]:
    """What JSON Schema, bounds aside, says of the *values* for each schema."""
    variables = outline_of(named, is_json=True).variables
    uses: dict[tuple[str, str], Use] = {}
    for (name, of), some in zip(named.items(), values, strict=True):
        check = checker(without_bounds(of.json_schema(dialect="openapi-3.1")))
        for value in filter(is_json, some):
            is_right = check.is_valid(value)
            uses[name, json.dumps(value)] = Use(of, variables[name].input_name, value, is_right)
    return list(uses.values())


def uses_of_outputs(named: Mapping[str, Schema[Any]]) -> list[Use]:
    """What examples make of what they accept, as it is sent."""
    variables = outline_of(named, is_json=True).variables
    uses: dict[tuple[str, str], Use] = {}
    for (name, of), example in zip(named.items(), EXAMPLES, strict=True):
        for sent in outputs(example):
            uses[name, json.dumps(sent)] = Use(of, variables[name].name, sent, True)
    return list(uses.values())


def without_bounds(described: Any, *, are_names: bool = False) -> Any:
    """*described*, without what types do not say."""
    if isinstance(described, list):
        return [without_bounds(one) for one in described]
    if not isinstance(described, dict):
        return "number" if described == "integer" else described
    return {
        key: without_bounds(value, are_names=key in ("properties", "schemas"))
        for key, value in described.items()
        if are_names or key not in BOUNDS
    }


def program_of(uses: list[Use]) -> str:
    lines = [
        f"export const use{number}: t.{use.type} = {json.dumps(use.value)};"
        for number, use in enumerate(uses)
    ]
    return "\n".join(['import type * as t from "./types.js";', *lines, ""])


def importing(types: str, uses: str) -> str:
    """*uses*, with an import of those of the *types* that they name."""
    declared = re.findall(r"^export (?:type|interface) (\w+)", types, re.MULTILINE)
    used = set(re.findall(r"\w+", uses))
    names = ", ".join(name for name in declared if name in used)
    return f'import type {{ {names} }} from "./types.js";\n{uses}'


def shop() -> dict[str, Any]:
    """The module of the page."""
    (block,) = [block for block in blocks_of(PAGE) if block.file == "shop.py"]
    names: dict[str, Any] = {}
    exec(block.text, names)
    return {name: value for name, value in names.items() if name != "__builtins__"}


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_the_types_are_right_in_either_kind_of_file(found):
    assert [] == [one for one in found.mistakes if one.file.endswith((*KINDS.values(), "shop.d.ts"))]


@pytest.mark.parametrize("schemas", ["examples", "recorded"])
def test_a_type_of_inputs_takes_all_that_is_accepted_and_not_coerced(schemas, found):
    uses = [(use, taken) for use, taken in found.taken(f"declared/{schemas}/inputs") if use.is_right]

    assert [] == [str(use) for use, taken in uses if not taken and not is_told_otherwise(use)]
    assert len(uses) > 500


def is_told_otherwise(use: Use) -> bool:
    """Whether it has bytes, keys that are ignored (which are typos), or those of JavaScript's own objects."""
    kinds = list(tree(use.of))
    is_ignored = any(getattr(kind, "unknowns", None) == "ignore" for kind in kinds)
    is_special = any("toString" in getattr(kind, "props", {}) for kind in kinds)
    return is_ignored or is_special or bool(BYTES & {kind.combinator for kind in kinds})


def test_a_type_of_inputs_takes_nothing_else_bounds_aside(found):
    uses = [(use, taken) for use, taken in found.taken("declared/examples/inputs") if not use.is_right]

    assert [] == [str(use) for use, taken in uses if taken]
    assert len(uses) > 500


def test_a_type_of_outputs_takes_all_outputs(found):
    assert [] == [str(use) for use, taken in found.taken("declared/examples/outputs") if not taken]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("story", STORIES)
def test_programs_are_told_of_their_mistakes_and_of_no_others(story, kind, found):
    assert [] == found.within(f"{kind}/{story}")


def test_the_page_shows_what_is_written():
    whole, client = (text_of(shop(), module="shop", with_client=flag) for flag in (False, True))
    shown = [block.text for block in blocks_of(PAGE) if block.language == "text" and block.file is None]

    assert [whole, client.removeprefix(whole.replace("FILE", "FILE --client")).lstrip("\n")] == shown


def test_the_page_shows_what_the_compiler_says(found):
    sessions = "".join(block.text for block in blocks_of(PAGE) if block.language == "console")
    told = [
        f"{one.file.removeprefix('page/')}({one.line},{one.column}): {one.text}"
        for one in found.within("page")
    ]

    assert sorted(re.findall(r"^\w+\.ts\(.*$", sessions, re.MULTILINE)) == sorted(told)


def test_the_function_of_the_page_sends_all_that_requests_have(tmp_path):
    """It is run as it is, but for the types."""
    (block,) = [block for block in blocks_of(PAGE) if block.file == "client.ts"]
    write(tmp_path / "shop.d.ts", text_of(shop(), module="shop", with_client=True))
    write(tmp_path / "client.ts", block.text)
    write(tmp_path / "package.json", '{"type": "module"}')
    write(tmp_path / "run.js", CALLS)
    emitted(tmp_path)
    done = subprocess.run(
        ["node", "run.js"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )

    assert "" == done.stderr
    assert [
        ["/api/items/a%2Fb?page=2&in=%5B%22a%22%5D&deep=%7B%22x%22%3A1%7D", "GET", {"x-tenant": "t"}, None],
        ["/api/items?", "PUT", {}, '{"id":"a"}'],
        ["/api/items/a?", "GET", {"elastic-api-version": "2023-10-31"}, None],
    ] == json.loads(done.stdout)


@pytest.mark.parametrize(
    ("source", "name", "owners"),
    [
        (
            "find_request = schema.object({})\n"
            "@router.get('/a', validate={'query': find_request})\n"
            "def find(context, request, response): ...",
            "FindRequest",
            ("find_request", "requests of get /api/a"),
        ),
        (
            "find_response = schema.object({'a': schema.string()})\n"
            "answers = {200: {'body': find_response}, 201: {'body': schema.string()}}\n"
            "@router.get('/a', validate={'request': {}, 'response': answers})\n"
            "def find(context, request, response): ...",
            "FindResponse",
            ("find_response", "answers of get /api/a"),
        ),
        ("route_map = schema.object({})", "RouteMap", ("route_map", "all routes")),
        ("shop_client = schema.string()", "ShopClient", ("shop_client", "the client")),
    ],
)
def test_two_types_of_one_name_are_refused_by_name(source, name, owners):
    with pytest.raises(SchemaDefinitionError) as error:
        written(source, with_client=True)

    assert f"two types would be called [{name}]: that of [{owners[0]}] and that of [{owners[1]}]; " in str(
        error.value
    )


def test_two_routes_of_one_name_are_refused_by_name():
    source = (
        "other = Router('/api')\n"
        "@router.get('/a', validate=False)\n"
        "def find(context, request, response): ...\n"
        "@other.get('/a', validate=False)\n"
        "def list_all(context, request, response): ...\n"
    )

    assert "FindRequest" in written(source)
    with pytest.raises(
        SchemaDefinitionError, match=r"two routes would be called \[GET /api/a\]: .*\[Find\].*\[ListAll\]"
    ):
        written(source, with_client=True)


def test_names_of_a_client_are_free_without_one():
    assert "export interface RouteMap {" in written("route_map = schema.object({'a': schema.string()})")


def test_a_handler_called_new_is_a_method_and_constructs_nothing():
    text = written(
        "@router.get('/a', validate=False)\ndef new(context, request, response): ...\n", with_client=True
    )

    assert '  "new"(options' in text


def test_a_module_without_types_is_a_module():
    assert written("") == (
        "// Generated by kbn-schema; do not edit, but run: kbn-schema stubs shop --ts FILE\n"
        "/* eslint-disable */\n"
        "export {};\n"
    )


def test_the_text_is_the_same_under_every_hash_seed(tmp_path):
    script = (
        "from tests.stubs.typescript_tools import text_of, written\n"
        "from tests.stubs.typescript_stories import STORIES\n"
        "from tests.stubs.made import schemas_named\n"
        "from tests.examples import EXAMPLES\n"
        "import sys\n"
        "sys.stdout.buffer.write(text_of(schemas_named([row.schema for row in EXAMPLES])).encode())\n"
        "sys.stdout.buffer.write(written(STORIES['routes'][0], with_client=True).encode())\n"
    )
    root = Path(__file__).parents[2]
    texts = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=root, env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            capture_output=True, check=True, timeout=60,
        ).stdout
        for seed in ("0", "1")
    }  # fmt: skip

    assert [b"// Generated by"] == [text[:15] for text in texts]
