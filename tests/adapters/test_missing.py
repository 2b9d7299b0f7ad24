"""What an adapter says where its framework is not installed, and what else it needs: nothing."""

import json
import subprocess
import sys

import pytest

from tests.adapters.named import ADAPTERS, FRAMEWORKS

# What a framework is made of itself.
BENEATH = {"fastapi": {"starlette"}, "quart": {"flask"}}
SERVERS_AND_CLIENTS = {"gunicorn", "httpx", "hypercorn", "uvicorn", "waitress", "werkzeug"}

IMPORT_EACH = """
import importlib, json, sys, types

class Missing:
    def __init__(self, name):
        self.name = name
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] == self.name:
            raise ModuleNotFoundError("No module named " + name, name=name)

told, names = {{}}, {names}
for name in names:
    for known in list(sys.modules):
        if known.startswith("kbn_schema.adapters.") or known.partition(".")[0] in names:
            del sys.modules[known]
    {spoil}
    try:
        importlib.import_module("kbn_schema.adapters." + name)
    except ImportError as error:
        told[name] = str(error)
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, Missing)]
print(json.dumps(told))
"""

IMPORT_THE_CORE = """
import importlib, pkgutil, kbn_schema
for module in pkgutil.walk_packages(kbn_schema.__path__, "kbn_schema."):
    if not module.name.startswith(("kbn_schema.adapters.", "kbn_schema.http.client", "kbn_schema.__main__")):
        importlib.import_module(module.name)
"""


def run(program):
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert 0 == done.returncode, done.stderr
    return done.stdout


def without(names):
    return f"import sys; sys.modules.update(dict.fromkeys({sorted(names)}))"


@pytest.fixture(scope="module")
def where_it_is_missing():
    return json.loads(
        run(IMPORT_EACH.format(names=FRAMEWORKS, spoil="sys.meta_path.insert(0, Missing(name))"))
    )


@pytest.fixture(scope="module")
def where_it_is_broken():
    return json.loads(
        run(IMPORT_EACH.format(names=FRAMEWORKS, spoil="sys.modules[name] = types.ModuleType(name)"))
    )


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_extra_is_named_where_the_framework_is_missing(framework, where_it_is_missing):
    expected = f"{framework} is not installed: pip install 'kbn-schema[{framework}]'"

    assert expected == where_it_is_missing[framework]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_what_is_missing_inside_a_framework_is_not_explained_away(framework, where_it_is_broken):
    assert "not installed" not in where_it_is_broken[framework]


def test_what_a_framework_is_missing_is_not_explained_away():
    adapter = "import kbn_schema.adapters.flask"
    program = f"{without({'werkzeug'})}\ntry: {adapter}\nexcept ImportError as error: print(error.name)"

    assert run(program).startswith("werkzeug")


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_an_adapter_imports_no_other_framework(adapter):
    others = set(FRAMEWORKS) - {adapter} - BENEATH.get(adapter, set())
    needless = others | (set() if adapter in FRAMEWORKS else SERVERS_AND_CLIENTS)

    run(f"{without(needless)}\nimport kbn_schema.adapters.{adapter}")


def test_the_core_imports_no_framework():
    run(without({*FRAMEWORKS, *SERVERS_AND_CLIENTS}) + IMPORT_THE_CORE)


BARE = """
import sys

class Bare:
    def find_spec(self, name, path, target=None):
        top = name.partition(".")[0]
        if top not in {{*sys.stdlib_module_names, "attr", "attrs", "typing_extensions", "kbn_schema"}}:
            raise ModuleNotFoundError("No module named " + name, name=top)

sys.meta_path.insert(0, Bare())
import kbn_schema.adapters.{name}
"""


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_in_a_bare_environment_each_adapter_names_its_own_extra(name):
    """Where nothing is installed, what a framework needs is not there either."""
    done = subprocess.run(
        [sys.executable, "-c", BARE.format(name=name)], capture_output=True, text=True, timeout=60
    )

    assert (
        f"ModuleNotFoundError: {name} is not installed: pip install 'kbn-schema[{name}]'"
        == (done.stderr.splitlines()[-1])
    )
