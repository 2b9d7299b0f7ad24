"""``kbn-schema replay``, as it is called."""

import gzip
import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.replay.recorded import TARGET, line, posted, traffic

ROOT = Path(__file__).parent.parent.parent
COMMAND = [sys.executable, "-m", "kbn_schema", "replay"]


def replay(*arguments, given=b"", target=TARGET):
    return subprocess.run(
        [*COMMAND, target, *arguments], cwd=ROOT, input=given, capture_output=True, check=False
    )


REPORT = """\
6 of 9 requests would be answered differently: 5 refused now, 1 accepted now
1 body not recorded: all else of the request was checked

POST /api/orders: 6 requests
  3 refused with 400 now
    3 body.user.name: max_length
    1 body.tags.[]: max_length
  1 refused with 415 then, and not now

GET /api/*/orders: 1 request
  1 refused with 404 now: no_route

PATCH /api/orders/{id}: 1 request
  1 refused with 405 now: no_method

2 cannot be told:
  1 answered 401 then, perhaps before they were validated
  1 answered 404 then, perhaps by the handler itself

2 lines cannot be read:
  line 3: it is not JSON
  line 12: [status] must be an integer from 100 to 599
"""

BAD = {"user": {"name": "secret-value"}}
GIVEN = b"".join(
    [
        posted(BAD),
        posted(BAD),
        b"secret\n",
        posted({**BAD, "tags": ["secret", "secret"]}),
        b"\n",
        posted({"user": {"name": "Ada"}}, 415),
        line(path="/api/secret/orders"),
        line("PATCH"),
        line(status=404),
        posted(BAD, 401),
        line("POST", "/api/orders", headers={"content-type": "application/json", "content-length": "5"}),
        line(status="secret"),
    ]
)


def test_the_report_has_counts_and_no_values():
    done = replay("-", given=GIVEN)

    assert REPORT == done.stdout.decode()
    assert (1, b"") == (done.returncode, done.stderr)


def test_the_report_for_programs_has_the_same():
    done = replay("-", "--format", "json", given=GIVEN)
    report = json.loads(done.stdout)

    assert (1, b"") == (done.returncode, done.stderr)
    assert (9, 6, 5, 1) == tuple(report[name] for name in ("requests", "different", "refused", "accepted"))
    assert {"401": 1, "404": 1} == report["undecided"]
    assert [{"line": 3, "reason": "it is not JSON"}] == report["unreadable"]["first"][:1]
    assert {
        "method": "POST", "route": "/api/orders", "version": "", "outcome": "refused", "status": 400,
        "path": "body.user.name", "code": "max_length", "count": 3,
    } in report["groups"]  # fmt: skip
    assert {
        "method": "POST", "route": "/api/orders", "version": "", "requests": 6, "refused": 3, "accepted": 1,
    } in report["routes"]  # fmt: skip
    assert b"secret" not in done.stdout


def test_a_contract_that_holds_is_fine(tmp_path):
    path = tmp_path / "traffic.ndjson"
    path.write_bytes(posted({"user": {"name": "Ada"}}) * 3)
    done = replay(str(path))

    assert b"0 of 3 requests would be answered differently\n" == done.stdout
    assert (0, b"") == (done.returncode, done.stderr)


def test_a_named_pipe_is_read_as_a_stream(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen([*COMMAND, TARGET, tmp_path / "pipe"], cwd=ROOT, stdout=subprocess.PIPE) as process:
        (tmp_path / "pipe").write_bytes(posted(BAD))
        out, _ = process.communicate(timeout=30)

    assert (1, b"1 of 1 request would") == (process.returncode, out[:20])


@pytest.mark.parametrize(
    ("target", "traffic", "reason"),
    [
        (TARGET, "nowhere.ndjson", b"cannot read [nowhere.ndjson]: No such file or directory"),
        (TARGET, ".", b"cannot read [.]: Is a directory"),
        ("tests.replay.recorded:rooter", "-", b"has no router [rooter]; did you mean [router]?"),
        ("nowhere:router", "-", b"cannot import [nowhere]"),
        ("tests.replay.recorded:order", "-", b"is not a router"),
        ("recorded", "-", b"expected MODULE:ROUTER"),
        ("tests.replay.hostile:ending", "-", b"the schemas' own code ended the program: SystemExit"),
    ],
)
def test_what_cannot_be_asked_is_one_line(target, traffic, reason):
    done = replay(traffic, given=posted({}), target=target)
    said = [line for line in done.stderr.splitlines() if line != b"secret"]

    assert (2, b"", 1) == (done.returncode, done.stdout, len(said))
    assert said[0].startswith(b"kbn-schema: ")
    assert reason in said[0]


def test_a_standard_input_that_is_closed_cannot_be_asked():
    command = ["sh", "-c", 'exec "$@" <&-', "sh", *COMMAND, TARGET, "-"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)

    assert (2, b"", b"kbn-schema: standard input is closed\n") == (done.returncode, done.stdout, done.stderr)


def test_a_file_without_a_request_cannot_be_asked():
    done = replay("-", given=b"one\ntwo\n")

    assert (2, b"kbn-schema: no line of [-] is a recorded request\n") == (done.returncode, done.stderr)
    assert b"2 lines cannot be read" in done.stdout


@pytest.mark.parametrize("given", [b"", b"\n\n"])
def test_traffic_without_a_line_cannot_be_asked(tmp_path, given):
    (tmp_path / "empty.ndjson").write_bytes(given)
    of_file, of_stream = replay(tmp_path / "empty.ndjson"), replay("-", given=given)

    assert [(2, b""), (2, b"")] == [(done.returncode, done.stdout) for done in (of_file, of_stream)]
    assert b"kbn-schema: no line of [-] is a recorded request\n" == of_stream.stderr


@pytest.mark.parametrize("target", ["nowhere:router", "tests.replay.recorded:rooter"])
def test_the_router_has_to_be_there_though_nothing_was_recorded(target):
    done = replay("-", target=target)

    assert (2, b"") == (done.returncode, done.stdout)
    assert b"no line of" not in done.stderr


def test_a_rule_that_ends_the_program_tells_nothing_of_what_was_sent():
    done = replay("-", given=posted({"user": {"name": "private"}}), target="tests.replay.hostile:ending")

    assert (2, b"") == (done.returncode, done.stdout)
    assert b"private" not in done.stderr


def test_a_compressed_file_is_told_how_to_be_read(tmp_path):
    path = tmp_path / "traffic.ndjson.gz"
    path.write_bytes(gzip.compress(posted({})))

    assert (
        f"kbn-schema: [{path}] is compressed: zcat {path} | kbn-schema replay {TARGET} -\n"
        == replay(path).stderr.decode()
    )


def test_progress_is_shown_on_a_terminal(tmp_path):
    path = tmp_path / "traffic.ndjson"
    path.write_bytes(traffic(60_000))
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, TARGET, path, "--processes", "2"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=theirs
    )
    process.wait(60)
    os.close(theirs)

    assert b"[#" in os.read(ours, 10_000)
    os.close(ours)


def test_ctrl_c_ends_all_processes_at_once(tmp_path):
    path = tmp_path / "traffic.ndjson"
    path.write_bytes(posted({}) * 200_000)
    process = subprocess.Popen(
        [*COMMAND, "tests.replay.hostile:waiting", path, "--processes", "2"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    until(lambda: len(group_of(process.pid)) >= 3)
    os.killpg(process.pid, signal.SIGINT)
    out, error = process.communicate(timeout=20)

    assert (130, b"") == (process.returncode, out)
    assert b"Traceback" not in error
    until(lambda: group_of(process.pid) == [])


def test_a_command_that_is_killed_leaves_no_process(tmp_path):
    path = tmp_path / "traffic.ndjson"
    path.write_bytes(posted({}) * 200_000)
    process = subprocess.Popen(
        [*COMMAND, "tests.replay.hostile:waiting", path, "--processes", "2"],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    until(lambda: len(group_of(process.pid)) >= 4)
    process.kill()
    process.wait()

    until(lambda: group_of(process.pid) == [])


def group_of(group):
    """The processes that are alive in a *group*."""
    alive = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, number = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(number) == group and state != "Z":
            alive.append(stat.parent.name)
    return alive


def until(holds):
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)
