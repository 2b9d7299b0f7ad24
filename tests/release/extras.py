"""Which modules each extra is for, and the tests that show that it brings all they need.

``python -m tests.release.extras NAME`` imports those modules, where nothing but the extra is installed, and
writes ``tests.txt`` and ``tools.txt``: the tests of the extra, and what those want besides.
"""

import argparse
import re
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import attrs

from tests.release.apart import tools

RUNNER = ["pytest", "pytest-xdist"]
# The contract of the adapters is about uploads, too, and is held to under real servers.
CONTRACT = ["gunicorn", "httptools", "hypercorn", "multipart", "uvicorn", "uvloop", "waitress"]
NAME = re.compile(r"[\w.-]+")


@attrs.frozen
class Extra:
    """What an extra is for: *modules* of kbn_schema, and *tests*, which want *tools* of the extra test."""

    modules: list[str]
    tests: list[str]
    tools: list[str] = attrs.field(factory=list)


def adapter(name: str, *tools: str) -> Extra:
    """The extra of an adapter: its tests, and its example as a program."""
    example = f"tests/adapters/test_examples.py::test_the_example_of_a_module_runs[{name}]"
    return Extra([f"adapters.{name}"], [f"tests/adapters/test_{name}.py", example], [*CONTRACT, *tools])


ADAPTERS = {
    "aiohttp": adapter("aiohttp"),
    "bottle": adapter("bottle", "webtest"),
    "django": adapter("django"),
    "falcon": adapter("falcon"),
    "fastapi": adapter("fastapi", "httpx", "httpx2", "openapi-spec-validator"),
    "flask": adapter("flask", "starlette"),
    "litestar": adapter("litestar", "httpx", "httpx2", "starlette"),
    "quart": adapter("quart"),
    "sanic": adapter("sanic", "sanic-testing"),
    "starlette": adapter("starlette", "fastapi", "flask", "httpx", "httpx2"),
    "tornado": adapter("tornado"),
}
EXTRAS = ADAPTERS | {
    "dask": Extra(["replay.cluster"], ["tests/replay/test_cluster.py"]),
    "httpx": Extra(["http.client"], ["tests/http/client"], [*CONTRACT, "httpx2", "hypothesis", "starlette"]),
    "hypothesis": Extra(["testing"], ["tests/testing"], ["multipart"]),
    "json": Extra(["json_fast"], ["tests/test_json_fast.py", "tests/test_json_text.py"], ["hypothesis"]),
    "multipart": Extra(["http.uploads"], ["tests/http/test_uploads.py"], ["flask", "httpx2", "hypothesis"]),
    "yaml": Extra(
        ["commands.documents", "commands.openapi"],
        ["tests/test_cli.py", "tests/openapi/test_openapi_command.py"],
    ),
}


def requirements(extra: Extra) -> list[str]:
    """What the tests of an *extra* want besides it, in the versions of the extra ``test``."""
    wanted = {*RUNNER, *extra.tools}
    return [tool for tool in tools() if (name := NAME.match(tool)) and name[0].lower() in wanted]


def main(name: str) -> None:
    if find_spec("pytest"):
        sys.exit("there is more than the extra already: use tox with -r, which makes the environment anew")
    extra = EXTRAS[name]
    for module in extra.modules:
        import_module(f"kbn_schema.{module}")
    for file, lines in (("tests.txt", extra.tests), ("tools.txt", requirements(extra))):
        Path(file).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("name", choices=EXTRAS)
    main(parser.parse_args().name)
