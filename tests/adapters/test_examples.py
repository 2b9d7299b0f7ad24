"""The example of each adapter is a program: saved and run as it stands, but for the port, it answers."""

import importlib
import socket
import subprocess
import sys
import textwrap
import time

import pytest

from tests.adapters.named import ADAPTERS
from tests.adapters.servers import ROOT, send

# An AWS Lambda has no port; its example is run in its own tests.
SERVED = [name for name in ADAPTERS if name != "aws_lambda"]


def example_of(adapter):
    text = importlib.import_module(f"kbn_schema.adapters.{adapter}").__doc__
    lines = text.splitlines(keepends=True)[1:]
    return textwrap.dedent("".join(line for line in lines if line.startswith("    ") or not line.strip()))


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def answer_of(process, port, target):
    for _ in range(1000):
        try:
            return send(port, "GET", target)
        except ConnectionRefusedError:
            assert process.poll() is None, "the example has ended"
            time.sleep(0.01)
    raise AssertionError("the example does not answer")


@pytest.mark.parametrize("adapter", SERVED)
def test_the_example_of_a_module_runs(adapter, tmp_path):
    port = free_port()
    program = tmp_path / "example.py"
    program.write_text(example_of(adapter).replace("8000", str(port)))
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, program], cwd=ROOT, stdout=log, stderr=log)
        try:
            answer = answer_of(process, port, "/api/hello/you")
        finally:
            process.kill()
            process.wait()

    assert (200, b'{"hello":"you"}') == (answer.status, answer.body)
