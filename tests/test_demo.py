import contextlib
import io
import json
import re
import signal
import socket
import subprocess
import sys
import threading
from http.client import HTTPConnection

import pytest

from kbn_schema import cli
from kbn_schema.demo import serve, steps
from kbn_schema.demo.routes import attributes, make_router
from kbn_schema.demo.screen import Screen, lay_out
from kbn_schema.demo.store import Conflict, Store
from kbn_schema.http import RequestParts

ROOT = "/api/saved_objects"


class Deadline:
    """Calls *stop* after some *seconds*, unless it is closed before."""

    def __init__(self, seconds, stop):
        self._timer = threading.Timer(seconds, stop)
        self._timer.start()

    def close(self):
        self._timer.cancel()
        self._timer.join()


@pytest.fixture
def store():
    with Store() as store:
        yield store


@pytest.fixture
def ask(store):
    router = make_router(store)

    def send(method, target, body=None):
        path, _, query = target.partition("?")
        data = None if body is None else json.dumps(body).encode()
        headers = [("content-type", "application/json")] if body is not None else []
        answer = router.handle(RequestParts(method, ROOT + path, query.encode(), headers, data))
        return answer.status, json.loads(answer.body) if answer.body else None

    return send


def titled(title, **others):
    return {"attributes": {"title": title, **others}}


def test_the_demo_shows_every_step_and_is_fine(capsys):
    status = cli.main(["demo"])
    out, err = capsys.readouterr()

    assert (0, "") == (status, err)
    assert all(f"  {step.method} {step.target}\n" in out for step in steps.STEPS)
    assert {"201", "200", "409", "400", "415", "404", "405", "204"} <= set(
        re.findall(r"^  (\d{3}) ", out, re.M)
    )
    assert '"did_you_mean": "description"' in out


def test_the_demo_fits_80_columns_and_has_no_colour_in_a_file(capsys):
    cli.main(["demo"])
    out = capsys.readouterr().out

    assert max(map(len, out.splitlines())) <= 80
    assert "\x1b" not in out


def test_an_unexpected_answer_fails_the_demo(capsys, monkeypatch):
    monkeypatch.setattr(serve, "STEPS", (steps.Step("Odd", "GET", f"{ROOT}/_find", 418), steps.STEPS[0]))
    status = cli.main(["demo"])

    assert 1 == status
    assert "1 of 2 answers were not as expected." in capsys.readouterr().out


def test_the_demo_takes_a_port_that_is_free(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status = cli.main(["demo", "--port", str(port)])

    assert 2 == status
    assert f"kbn-schema: cannot listen on port [{port}]: " in capsys.readouterr().err


def test_serve_keeps_running_until_ctrl_c():
    arguments = [sys.executable, "-m", "kbn_schema", "demo", "--serve"]
    with (
        subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process,
        contextlib.closing(Deadline(30, process.kill)),
    ):
        shown = "".join(process.stdout.readline() for _ in range(8))
        port = int(re.search(r"http://127\.0\.0\.1:(\d+) ", shown)[1])
        with contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            connection.request("GET", f"{ROOT}/dashboard/a%2Fb?x=%zz")
            answer = connection.getresponse()
            answer.read()
        log = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)

    assert (400, 0, 2) == (answer.status, process.returncode, shown.count("curl -i '"))
    assert '"GET /api/saved_objects/dashboard/a%2Fb?x=%zz HTTP/1.1" 400' in log


@pytest.mark.parametrize("no_color", ["", "1"])
def test_colours_are_for_terminals_whose_owner_wants_them(monkeypatch, no_color):
    monkeypatch.setenv("NO_COLOR", no_color)
    stream = io.StringIO()
    stream.isatty = lambda: True
    Screen(stream).answer(404, "Not Found", b"{}")

    assert ("\x1b[33m" in stream.getvalue()) == (not no_color)


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (b"{}", ["{}"]),
        (b'{"a":[1,2]}', ['{"a": [1, 2]}']),
        (
            b'{"abc":[11111,22222,33333]}',
            ["{", '  "abc": [', "    11111,", "    22222,", "    33333", "  ]", "}"],
        ),
        (b'[{"a":1},{"bcdefghijklm":2}]', ["[", '  {"a": 1},', '  {"bcdefghijklm": 2}', "]"]),
        (b'"a text that is longer"', ['"a text that is', '    longer"']),
        (b"not json", ["not json"]),
    ],
)
def test_a_body_is_laid_out_with_as_much_in_a_line_as_fits(body, lines):
    assert lines == lay_out(body, 21)


def test_a_created_object_is_found_again(ask):
    status, created = ask("POST", "/dashboard/a", titled("A", hits="7"))

    assert 201 == status
    assert {"title": "A", "description": "", "tags": [], "hits": 7} == created["attributes"]
    assert (200, created) == ask("GET", "/dashboard/a")


def test_an_id_is_made_up_where_none_is_given(ask):
    _, created = ask("POST", "/dashboard", titled("A"))

    assert (200, created) == ask("GET", f"/dashboard/{created['id']}")


def test_an_id_is_taken_once_for_each_type(ask):
    statuses = [
        ask("POST", f"/{type}/a", titled("A"))[0] for type in ("dashboard", "dashboard", "visualization")
    ]

    assert [201, 409, 201] == statuses


def test_a_deleted_object_is_gone(ask):
    ask("POST", "/dashboard/a", titled("A"))

    assert [204, 404, 404] == [ask(method, "/dashboard/a")[0] for method in ("DELETE", "DELETE", "GET")]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", ["b", "a", "c"]),
        ("sort=title", ["a", "b", "c"]),
        ("sort=-title", ["c", "b", "a"]),
        ("sort=-created", ["c", "a", "b"]),
        ("per_page=2", ["b", "a"]),
        ("per_page=2&page=2", ["c"]),
        ("page=3", []),
        ("search=B", ["b"]),
        ("search=%25", []),
        ("search='", []),
        ("type=visualization", ["c"]),
    ],
)
def test_find_selects_sorts_and_pages(ask, query, ids):
    for path in ("dashboard/b", "dashboard/a", "visualization/c"):
        ask("POST", f"/{path}", titled(f"title {path[-1]}"))
    status, found = ask("GET", f"/_find?{query}")

    assert (200, ids) == (status, [saved["id"] for saved in found["saved_objects"]])


def test_find_tells_the_total_beside_the_page(ask):
    for id in "abc":
        ask("POST", f"/dashboard/{id}", titled("A"))

    assert 3 == ask("GET", "/_find?per_page=1")[1]["total"]


@pytest.mark.parametrize(
    ("query", "names"), [("fields=title", ["title"]), ("fields=tags&fields=hits", ["tags", "hits"])]
)
def test_find_gives_the_fields_that_were_asked_for(ask, query, names):
    ask("POST", "/dashboard/a", titled("A"))
    found = ask("GET", f"/_find?{query}")[1]["saved_objects"][0]

    assert names == list(found["attributes"])


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("GET", "/_find?page=0", None),
        ("GET", "/_find?per_page=101", None),
        ("GET", "/_find?sort=id;drop", None),
        ("GET", "/_find?fields=secret", None),
        ("GET", "/_find?page=1&page=2", None),
        ("GET", "/panel/a", None),
        ("GET", "/dashboard/A", None),
        ("GET", "/dashboard/..%2Fa", None),
        ("POST", "/dashboard/" + "a" * 37, titled("A")),
        ("POST", "/dashboard/a", titled("")),
        ("POST", "/dashboard/a", titled("A", hits=-1)),
        ("POST", "/dashboard/a", {}),
        ("POST", "/dashboard/a", None),
    ],
)
def test_a_bad_request_is_400_and_changes_nothing(ask, method, target, body):
    status, error = ask(method, target, body)

    assert (400, 400) == (status, error["statusCode"])
    assert 0 == ask("GET", "/_find")[1]["total"]


def test_the_store_serves_many_threads_at_once(store):
    outcomes = []

    def create(n):
        try:
            store.create("dashboard", str(n % 10), {"title": "A"})
            outcomes.append("created")
        except Conflict:
            outcomes.append("conflict")

    threads = [threading.Thread(target=create, args=(n,)) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert (10, 30) == (outcomes.count("created"), outcomes.count("conflict"))


def test_the_schemas_of_the_demo_can_be_asked_from_the_command_line(tmp_path, capsys):
    (tmp_path / "a.json").write_text('{"title": "A"}')

    assert 0 == cli.main(["validate", "kbn_schema.demo.routes:attributes", str(tmp_path / "a.json")])
    assert {"title": "A", "description": "", "tags": [], "hits": 0} == attributes.validate({"title": "A"})
