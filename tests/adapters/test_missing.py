"""What an adapter says where its framework is not installed."""

import subprocess
import sys

import pytest

from tests.adapters.named import FRAMEWORKS


def run(program):
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_extra_is_named_where_the_framework_is_missing(framework):
    output = run(f"import sys; sys.modules['{framework}'] = None; import kbn_schema.adapters.{framework}")

    last = f"ModuleNotFoundError: {framework} is not installed: pip install 'kbn-schema[{framework}]'"
    assert last == output.strip().splitlines()[-1]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_what_is_missing_inside_a_framework_is_not_explained_away(framework):
    block = "import sys; sys.modules['anyio'] = sys.modules['werkzeug'] = None"
    output = run(f"{block}; import kbn_schema.adapters.{framework}")

    assert "kbn-schema[" not in output.strip().splitlines()[-1]


def test_a_framework_is_imported_by_its_adapter_alone():
    imports = "import sys, kbn_schema.http, kbn_schema.adapters.asgi, kbn_schema.adapters.wsgi"
    frameworks = "flask", "werkzeug", "starlette", "anyio", "uvicorn", "gunicorn"

    assert "[]" == run(f"{imports}; print([name for name in {frameworks!r} if name in sys.modules])").strip()
