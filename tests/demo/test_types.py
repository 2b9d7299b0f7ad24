"""The types of the demo: they are what `kbn-schema stubs` writes, and hold for those who call it."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from kbn_schema.http.client import Client, HttpFetchError
from kbn_schema.stubs.client.classes import client_text
from kbn_schema.stubs.outline import outline
from kbn_schema.stubs.source import Source
from kbn_schema.stubs.typescript.declarations import declarations_text
from tests.stubs.typescript_tools import compiled

# Those that others import first.
MODULES = ("schemas", "routes", "versions", "transfer")


def wire_outline(name):
    module = importlib.import_module(f"kbn_schema.demo.{name}")
    return outline(module, Source.read(Path(module.__file__)), is_json=True)


@pytest.fixture
def client_of(tmp_path, monkeypatch, router):
    """Generates, imports and makes the client of a module of the demo, over the router itself."""
    monkeypatch.syspath_prepend(tmp_path)

    def make(name):
        text = client_text(wire_outline(name))
        tmp_path.joinpath(f"demo_{name}_client.py").write_text(text, encoding="utf-8")
        module = importlib.import_module(f"demo_{name}_client")
        monkeypatch.delitem(sys.modules, f"demo_{name}_client")
        return getattr(module, f"{name.title()}Client")(Client(router=router))

    return make


@pytest.mark.parametrize("name", MODULES)
def test_the_types_are_those_of_the_schemas(name):
    command = [sys.executable, "-m", "kbn_schema", "stubs", f"kbn_schema.demo.{name}", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stdout)


def test_every_module_with_routes_or_schemas_has_types():
    folder = Path(importlib.import_module("kbn_schema.demo").__file__).parent

    assert {f"_{name}_types.py" for name in MODULES} == {path.name for path in folder.glob("_*_types.py")}
    assert {
        path.stem
        for path in folder.glob("[!_]*.py")
        if "schema.object(" in path.read_text("utf-8") or "validate=" in path.read_text("utf-8")
    } == set(MODULES)


def test_a_typed_client_makes_finds_replaces_and_deletes(client_of):
    objects, versions = client_of("routes"), client_of("versions")
    where = {"type": "dashboard", "id": "sales"}
    made = versions.create_with_list(params=where, body={"attributes": {"title": "Sales", "tags": ["q3"]}})
    found = objects.find(query={"fields": ["title"], "sort": "-title"})
    replaced = objects.replace(
        params=where,
        headers={"if-match": f'"{made["version"]}"'},
        body={"attributes": {"title": "New"}},
    )

    assert [{"title": "Sales"}] == [saved["attributes"] for saved in found["saved_objects"]]
    assert ("New", "New") == tuple(
        one["attributes"]["title"] for one in (replaced, objects.get(params=where))
    )
    assert objects.delete(params=where) is None
    assert {} == versions.count_by_type()


def test_a_typed_client_calls_the_version_that_its_method_names(client_of):
    versions = client_of("versions")
    where = {"type": "dashboard", "id": "a"}
    with pytest.warns(DeprecationWarning, match="send tags as a list"):
        made = versions.create_with_text(params=where, body={"attributes": {"title": "A", "tags": "x, y"}})

    assert ["x", "y"] == made["attributes"]["tags"]


def test_a_typed_client_raises_what_the_demo_answers(client_of):
    with pytest.raises(HttpFetchError) as refused:
        client_of("routes").get(params={"type": "dashboard", "id": "none"})

    assert 404 == refused.value.response.status_code


def test_typescript_takes_the_declarations_of_all_modules(tmp_path):
    for name in MODULES:
        text = declarations_text(wire_outline(name), with_client=True)
        tmp_path.joinpath(f"{name}.ts").write_text(text, encoding="utf-8")
    page = """
import type { FindQueryInput, FindResponse, RoutesClient } from "./routes";
export async function titles(client: RoutesClient, query: FindQueryInput): Promise<string[]> {
  const found: FindResponse = await client.find({ query });
  // @ts-expect-error
  found.saved_object;
  // @ts-expect-error
  await client.find({ query: { sort: "titel" } });
  return found.saved_objects.map((saved) => saved.attributes?.title ?? saved.id);
}
"""
    tmp_path.joinpath("page.ts").write_text(page, encoding="utf-8")

    assert [] == compiled(tmp_path)
