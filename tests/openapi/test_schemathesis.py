"""Schemathesis against the served demo: its document says what the server does, and nothing else.

All of its checks and phases run, with good data and bad. What a document cannot say is in `schemathesis.toml`
and in `schemathesis_hooks`, each with its reason.
"""

import contextlib
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import attrs
import pytest

from kbn_schema import openapi

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CONFIG = HERE / "schemathesis.toml"
HOW_TO = (ROOT / "docs" / "how-to" / "test-with-schemathesis.md").read_text(encoding="utf-8")
EXAMPLES = 200
SERVE = "import kbn_schema.cli as cli; cli.main(['demo', '--serve'])"
# Hypothesis finds the same in each run where the rest of the suite does, too.
DETERMINISTIC = ["--generation-deterministic"] if os.environ.get("CI") == "true" else []


@attrs.frozen
class Run:
    """What `st run` came to."""

    status: int
    printed: str
    found: frozenset[tuple[str, str]]
    """What is wrong, and with which operation."""
    drew: Counter[str]
    """How many examples there were of each operation that were drawn at random, and not worked out."""


@contextlib.contextmanager
def serving(folder: Path, broken: str = "") -> Generator[str, None, None]:
    """The address of the demo, in a process of its own; *broken* is Python that is run there before."""
    arguments = [sys.executable, "-u", "-c", f"{broken}\n{SERVE}"]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        assert process.stdout is not None
        address = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        try:
            assert address is not None
            yield address[0]
        finally:
            process.kill()


def document_of(address: str, version: str | None = None) -> dict[str, Any]:
    query = "" if version is None else f"?version={version}"
    with urlopen(f"{address}/openapi.json{query}", timeout=10) as answer:
        document: dict[str, Any] = json.load(answer)
    return document


def fuzz(folder: Path, address: str, document: dict[str, Any], examples: int, *more: str) -> Run:
    """Run schemathesis in *folder*, where it leaves its notes."""
    (folder / "openapi.json").write_text(json.dumps(document))
    arguments = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "--no-color"),
        *("run", "openapi.json", "--url", address, "--checks", "all", "--mode", "all"),
        *("--max-examples", str(examples), "--continue-on-failure"),
        *("--report", "json,ndjson", "--report-json-path", "report.json", "--report-ndjson-path", "report"),
        *(*DETERMINISTIC, *more),
    ]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SCHEMATHESIS_HOOKS": "tests.openapi.schemathesis_hooks",
    }
    done = subprocess.run(
        arguments, cwd=folder, env=environment, capture_output=True, text=True, timeout=900, check=False
    )
    printed = done.stdout + done.stderr
    return Run(
        done.returncode, printed, frozenset(found(folder / "report.json")), Counter(drawn(folder / "report"))
    )


def found(report: Path) -> Iterator[tuple[str, str]]:
    for failure in json.loads(report.read_text())["failures"]:
        yield from [(failure["title"], operation) for operation in failure["operations"]]


def drawn(report: Path) -> Iterator[str]:
    with report.open() as lines:
        for line in lines:
            scenario = json.loads(line).get("ScenarioFinished", {})
            if scenario.get("phase") == "fuzzing":
                recorder = scenario["recorder"]
                yield from [recorder["label"]] * len(recorder.get("cases", ()))


def operations_of(document: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{method.upper()} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def test_the_demo_does_what_its_document_says(tmp_path: Path) -> None:
    with serving(tmp_path) as address:
        document = document_of(address)
        run = fuzz(tmp_path, address, document, EXAMPLES)

    assert 0 == run.status, run.printed
    assert set(operations_of(document)) == {name for name, count in run.drew.items() if count >= EXAMPLES}


@pytest.mark.parametrize("version", ["oldest", "newest"])
def test_the_demo_does_what_the_document_of_one_version_says(tmp_path: Path, version: str) -> None:
    """Only the operations that are described in another way than in the document of all versions are run."""
    with serving(tmp_path) as address:
        document, every = document_of(address, version), operations_of(document_of(address))
        different = {
            name: operation for name, operation in operations_of(document).items() if operation != every[name]
        }
        chosen = [f"--include-operation-id={operation['operationId']}" for operation in different.values()]
        run = fuzz(tmp_path, address, document, EXAMPLES, *chosen)

    assert {"POST /api/saved_objects/{type}", "POST /api/saved_objects/{type}/{id}"} <= set(different)
    assert 0 == run.status, run.printed
    assert set(different) == {name for name, count in run.drew.items() if count >= EXAMPLES}


TWO_VERSIONS = """
from wsgiref.simple_server import make_server
from kbn_schema import schema
from kbn_schema.adapters import wsgi
from kbn_schema.http import Router

def versions(resolution):
    router = Router(version_resolution=resolution)
    route = router.versioned.get("/api/names", access="public")
    for version, field, left in (
        ("2024-01-31", "limit", ["a"]), ("2025-01-31", "size", {"total": 1}),
    ):
        query = schema.object({field: schema.integer(min=1, max=9, default=1)})
        total = schema.object({"total": schema.integer()})
        body = schema.array_of(schema.string()) if field == "limit" else total
        route.add_version(
            version, validate={"request": {"query": query}, "response": {200: {"body": body}}},
            handler=lambda context, request, response, left=left: response.ok(body=left),
        )
    return router

def serve(resolution):
    server = make_server("127.0.0.1", 0, wsgi.mount(None, versions(resolution)))
    print(f"http://127.0.0.1:{server.server_port}")
    server.serve_forever()
"""


@pytest.mark.parametrize(
    ("resolution", "version", "is_clean"),
    [("oldest", "oldest", True), ("none", "newest", True), ("oldest", "newest", False)],
)
def test_a_document_is_clean_of_the_version_that_is_served_or_has_to_be_named(
    tmp_path: Path, resolution: str, version: str, is_clean: bool
) -> None:
    made: dict[str, Any] = {}
    exec(TWO_VERSIONS, made)
    document = openapi.document(made["versions"](resolution), api_version=version)
    with serving(tmp_path, broken=f"{TWO_VERSIONS}\nserve({resolution!r})") as address:
        run = fuzz(tmp_path, address, document, 10, "--phases=coverage,fuzzing")

    assert is_clean is (run.status == 0), run.printed


def tell_lies(document: dict[str, Any]) -> None:
    """Make *document* untrue, of each operation in another way."""
    told = operations_of(document)
    for parameter in told["GET /api/saved_objects"]["parameters"]:
        parameter["schema"].pop("enum", None)
    del told["PUT /api/saved_objects/{type}/{id}"]["responses"]["412"]
    export = told["GET /api/export"]["responses"]["200"]["content"]
    export["text/csv"] = export.pop("application/x-ndjson")
    told["GET /openapi.json"]["responses"]["200"]["content"]["application/json"]["schema"]["type"] = "array"
    for content in told["POST /api/saved_objects/{type}"]["requestBody"]["content"].values():
        content["schema"]["properties"]["attributes"]["properties"]["title"]["maxLength"] = 50


def test_schemathesis_finds_what_is_not_true(tmp_path: Path) -> None:
    """Else it would be no proof that it finds nothing."""
    with serving(
        tmp_path, broken="import kbn_schema.demo.store as a; a.SavedObjects.delete = None"
    ) as address:
        document = document_of(address)
        tell_lies(document)
        run = fuzz(tmp_path, address, document, 20, "--phases=coverage,fuzzing")

    assert 1 == run.status
    assert {
        ("Schema-valid request rejected", "GET /api/saved_objects"),
        ("Undocumented status code", "PUT /api/saved_objects/{type}/{id}"),
        ("Undocumented Content-Type", "GET /api/export"),
        ("Response violates schema", "GET /openapi.json"),
        ("Schema-violating request accepted", "POST /api/saved_objects/{type}"),
        ("Server error", "DELETE /api/saved_objects/{type}/{id}"),
    } <= run.found


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A folder with the files that the how-to has its reader save; few examples are enough here."""
    files = re.findall(r"Save this as `(\S+)`:\n\n```python\n(.*?)^```$", HOW_TO, re.DOTALL | re.MULTILINE)
    for name, content in files:
        (tmp_path / name).write_text(content.replace("max_examples=100", "max_examples=10"))
    return tmp_path


def ran(page: Path, arguments: str) -> tuple[int, str]:
    """How a command of ours, or of schemathesis, ends in the folder of the page, and what it says."""
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(arguments)],
        cwd=page, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_the_commands_of_the_how_to_find_nothing(page: Path) -> None:
    write, run, *_ = re.findall(r"^(?:kbn-schema openapi|st run) .*$", HOW_TO, re.MULTILINE)
    serve = "server = make_server('127.0.0.1', 0, app); print(server.server_port); server.serve_forever()"
    arguments = [sys.executable, "-u", "-c", f"from shop import app, make_server; {serve}"]
    written, _ = ran(page, write.replace("kbn-schema", "kbn_schema"))
    with subprocess.Popen(
        arguments, cwd=page, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            here = run.replace("st run", "schemathesis.cli run").replace("8000", port).replace("200", "10")
            status, printed = ran(page, here)
        finally:
            process.kill()

    assert (0, 0) == (written, status), printed


def test_the_test_of_the_how_to_finds_nothing(page: Path) -> None:
    status, printed = ran(page, "pytest -q -p no:cacheprovider shop_test.py")

    assert 0 == status, printed
    assert "2 passed" in printed


def test_no_check_is_switched_off() -> None:
    configured = tomllib.loads(CONFIG.read_text())
    checks = [operation.get("checks", {}) for operation in configured.pop("operations")]

    assert {} == configured
    assert [["positive_data_acceptance"], []] == [list(one) for one in checks]
    assert [["expected-statuses"]] == [list(rules) for one in checks for rules in one.values()]
