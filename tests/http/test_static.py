import asyncio
import contextlib
import os
import resource
import socket
import tempfile
import time
import tracemalloc
from email.utils import formatdate
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from kbn_schema import SchemaDefinitionError
from kbn_schema.http import RequestParts, Router, TestClient, static
from kbn_schema.http.responses import ResponseFactory
from kbn_schema.http.static import static_handler

YEAR_2000 = 946_684_800
OLD = ("Sat, 01 Jan 2000 00:00:00 GMT", f'"{YEAR_2000 * 10**9:x}-a"')
SECRET = b"secret"


def ask(handler, path, *headers, method="GET", encoded=None):
    encoded = quote(path) if encoded is None else encoded
    head = RequestParts(method, f"/assets/{encoded}", headers=headers)
    request = SimpleNamespace(method=method, path=head.path, params={"path": path}, _head=head)
    return handler({}, request, ResponseFactory())


def body_of(answer):
    return b"".join(answer.body)


def opened():
    return len(os.listdir("/dev/fd"))


@pytest.fixture(autouse=True)
def _closes_its_files():
    before = opened()
    yield
    assert before == opened()


@pytest.fixture(autouse=True, params=["in steps", "at once"])
def _way(request, monkeypatch):
    """As where a folder can be opened from, and as where it cannot."""
    monkeypatch.setattr(static, "_OPENS_IN_STEPS", request.param == "in steps")


@pytest.fixture
def folder(tmp_path):
    """What is served, next to what is not."""
    folder = tmp_path / "public"
    (folder / "sub" / "deep").mkdir(parents=True)
    (folder / "page.html").write_bytes(b"<p>page</p>")
    (folder / "sub" / "deep" / "é a.txt").write_bytes(b"nested")
    (folder / "digits.bin").write_bytes(b"0123456789")
    os.utime(folder / "digits.bin", (YEAR_2000, YEAR_2000))
    (folder / ".env").write_bytes(SECRET)
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_bytes(SECRET)
    (tmp_path / "secret.txt").write_bytes(SECRET)
    (tmp_path / "public-not").mkdir()
    (tmp_path / "public-not" / "secret.txt").write_bytes(SECRET)
    return folder


def test_a_file_is_sent_as_what_it_is(folder):
    answer = ask(static_handler(folder), "digits.bin")

    assert 200 == answer.status
    assert {
        "content-type": "application/octet-stream",
        "content-length": "10",
        "etag": OLD[1],
        "last-modified": OLD[0],
        "accept-ranges": "bytes",
        "cache-control": "no-cache",
    } == answer.headers
    assert b"0123456789" == body_of(answer)


@pytest.mark.parametrize(
    "declared", [str, Path, lambda folder: f"{folder}/sub/..", lambda folder: f"{folder}/"]
)
def test_a_directory_may_be_written_in_any_way(folder, declared):
    handler = static_handler(declared(folder))

    assert b"<p>page</p>" == body_of(ask(handler, "page.html"))
    assert b"nested" == body_of(ask(handler, "sub/deep/é a.txt"))


def test_a_directory_is_resolved_when_it_is_declared(folder, monkeypatch):
    link = folder.parent / "current"
    link.symlink_to("public")
    monkeypatch.chdir(folder.parent)
    handlers = [static_handler("current"), static_handler("public"), static_handler(link)]
    monkeypatch.chdir("/")
    link.unlink()
    link.symlink_to("public-not")

    assert [b"<p>page</p>"] * 3 == [body_of(ask(handler, "page.html")) for handler in handlers]
    assert [404] * 3 == [ask(handler, "secret.txt").status for handler in handlers]


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("a.html", "text/html; charset=utf-8"),
        ("a.txt", "text/plain; charset=utf-8"),
        ("a.css", "text/css; charset=utf-8"),
        ("A.JS", "text/javascript; charset=utf-8"),
        ("a.mjs", "text/javascript; charset=utf-8"),
        ("a.json", "application/json; charset=utf-8"),
        ("a.js.map", "application/json; charset=utf-8"),
        ("a.webmanifest", "application/manifest+json; charset=utf-8"),
        ("a.svg", "image/svg+xml"),
        ("a.png", "image/png"),
        ("a.wasm", "application/wasm"),
        ("a.woff2", "font/woff2"),
        ("a.tar.gz", "application/gzip"),
        ("a.js.gz", "application/gzip"),
        ("a.svgz", "application/gzip"),
        ("a.js.br", "application/octet-stream"),
        ("a.css.bz2", "application/octet-stream"),
        ("a.unheard-of", "application/octet-stream"),
        ("LICENSE", "application/octet-stream"),
        ("html", "application/octet-stream"),
        ("a.html ; charset=x,y.png", "image/png"),
    ],
)
def test_the_type_is_that_of_the_name(tmp_path, name, content_type):
    (tmp_path / name).touch()
    answer = ask(static_handler(tmp_path), name)
    answer.body.close()

    assert content_type == answer.headers["content-type"]
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "missing",
        "missing/page.html",
        "page.html/",
        "page.html/x",
        "/page.html",
        "sub//deep/é a.txt",
        # Folders.
        "sub",
        "sub/",
        "sub/deep",
        # Out of the folder.
        "..",
        "../secret.txt",
        "sub/../../secret.txt",
        "sub/../page.html",
        "./page.html",
        "sub/./deep/é a.txt",
        "../public/page.html",
        "../public-not/secret.txt",
        "..\\secret.txt",
        "sub\\..\\page.html",
        "sub\\deep",
        "\\page.html",
        "/etc/passwd",
        "//etc/passwd",
        "etc/passwd",
        "C:/windows/win.ini",
        "C:page.html",
        "page.html::$DATA",
        "page.html:",
        "\\\\?\\C:\\windows",
        # Names that another system takes for a file that is there.
        "page.html.",
        "page.html ",
        "page.html\x00",
        "page.html\x00.png",
        "\x00",
        "page.html\n",
        "\x7f",
        "\ud800",
        "\udcff.txt",
        # Hidden.
        ".env",
        ".git/config",
        ".git",
        "...",
        # Long.
        "a" * 256,
        "a" * 5000,
        "a/" * 5000,
        "sub/" + "é" * 200,
    ],
)
def test_what_is_no_file_in_the_folder_is_not_found(folder, path):
    answer = ask(static_handler(folder), path, encoded=quote(path, errors="surrogatepass"))

    assert (404, "Not Found", {}) == (answer.status, answer.body, answer.headers)


@pytest.mark.parametrize("name", ["a\\b", "a:b", "a.", "a ", "a\n", "\x7f", ".a", "...", "a\\..\\b"])
def test_a_name_that_is_another_one_elsewhere_is_not_found(tmp_path, name):
    """Also where a file has it."""
    (tmp_path / name).touch()

    assert 404 == ask(static_handler(tmp_path), name).status


def test_no_path_is_not_found(folder):
    head = RequestParts("GET", "/assets")
    request = SimpleNamespace(method="GET", path=head.path, params={}, _head=head)

    assert 404 == static_handler(folder)({}, request, ResponseFactory()).status


@pytest.mark.parametrize("encoded", ["sub%2Fdeep/%C3%A9%20a.txt", "sub/deep%2f%C3%A9%20a.txt"])
def test_an_encoded_slash_is_not_found(folder, encoded):
    """A proxy in front may have taken it for a part of a name."""
    assert 404 == ask(static_handler(folder), "sub/deep/é a.txt", encoded=encoded).status


def test_links_are_followed_inside_the_folder(folder):
    (folder / "link.html").symlink_to("page.html")
    (folder / "absolute").symlink_to(folder / "page.html")
    (folder / "sub" / "up").symlink_to("..")
    (folder / "inner").symlink_to("sub/deep")
    (folder / "twice").symlink_to("sub/up/link.html")
    handler = static_handler(folder)
    paths = ["link.html", "absolute", "sub/up/page.html", "sub/up/sub/up/page.html", "twice"]

    assert [b"<p>page</p>"] * 5 == [body_of(ask(handler, path)) for path in paths]
    assert b"nested" == body_of(ask(handler, "inner/é a.txt"))


def test_a_link_may_lead_to_a_hidden_name():
    """So does each file of a ConfigMap in Kubernetes."""
    with tempfile.TemporaryDirectory() as root:
        Path(root, "..2024").mkdir()
        Path(root, "..2024", "page.html").write_bytes(b"page")
        Path(root, "..data").symlink_to("..2024")
        Path(root, "page.html").symlink_to("..data/page.html")
        handler = static_handler(root)

        assert b"page" == body_of(ask(handler, "page.html"))
        assert 404 == ask(handler, "..data/page.html").status


@pytest.mark.parametrize(
    "target", ["../secret.txt", "../public-not/secret.txt", "/etc/passwd", "..", "gone", "link", ".", "sub"]
)
def test_links_out_of_the_folder_to_nothing_and_to_themselves_are_not_found(folder, target):
    (folder / "link").symlink_to(target)
    handler = static_handler(folder)

    assert [404, 404] == [ask(handler, path).status for path in ("link", "link/secret.txt")]


def test_what_is_exchanged_for_a_link_while_it_is_opened_is_not_found(folder, monkeypatch):
    """A writer who wins the race between the look at the path and its opening gains nothing."""
    resolve, swaps = os.path.realpath, []

    def resolve_and_swap(path, **options):
        real = resolve(path, **options)
        while swaps:
            swaps.pop()()
        return real

    def swap(name, target):
        os.rename(folder / name, folder / "away")
        (folder / name).symlink_to(target)

    (folder / "sub" / "secret.txt").write_bytes(b"public")
    handler = static_handler(folder)
    monkeypatch.setattr(os.path, "realpath", resolve_and_swap)
    swaps.append(lambda: swap("sub", "../public-not"))
    assert 404 == ask(handler, "sub/secret.txt").status
    os.rename(folder / "away", folder / "back")

    swaps.append(lambda: swap("page.html", "../secret.txt"))
    assert 404 == ask(handler, "page.html").status


def test_a_folder_that_has_gone_is_not_found(tmp_path):
    (tmp_path / "public").mkdir()
    handler = static_handler(tmp_path / "public")
    (tmp_path / "public").rmdir()

    assert 404 == ask(handler, "page.html").status


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_only_regular_files_are_sent(tmp_path, monkeypatch, method):
    monkeypatch.chdir(tmp_path)  # the path of a socket is short
    os.mkfifo("fifo.txt")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind("socket.txt")
    with listener:
        answers = [ask(static_handler("."), name, method=method) for name in ("fifo.txt", "socket.txt")]

    assert [404, 404] == [answer.status for answer in answers]


@contextlib.contextmanager
def nobody():
    """Not root, who may read anything."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_what_may_not_be_read_is_not_found():
    with tempfile.TemporaryDirectory() as root:
        for name, mode in (("open", 0o711), ("closed", 0o600)):
            Path(root, name).mkdir()
            Path(root, name, "page.html").write_bytes(b"page")
            Path(root, name).chmod(mode)
        Path(root, "page.html").touch(mode=0o200)
        Path(root).chmod(0o755)
        handler = static_handler(root)

        with nobody():
            assert 404 == ask(handler, "page.html").status
            assert 404 == ask(handler, "closed/page.html").status
            assert b"page" == body_of(ask(handler, "open/page.html"))
        Path(root, "closed").chmod(0o700)


def test_a_fault_of_ours_is_no_404(folder):
    """Which might be kept, and would tell nobody."""
    handler = static_handler(folder)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.open(os.devnull, os.O_RDONLY)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, limits[1]))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            ask(handler, "page.html")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_an_empty_file_is_empty(tmp_path):
    (tmp_path / "empty.txt").touch()
    handler = static_handler(tmp_path)
    whole = ask(handler, "empty.txt")
    part = ask(handler, "empty.txt", ("range", "bytes=0-"))
    suffix = ask(handler, "empty.txt", ("range", "bytes=-5"))

    assert (200, "0", b"") == (whole.status, whole.headers["content-length"], body_of(whole))
    assert (416, "bytes */0") == (part.status, part.headers["content-range"])
    assert (200, b"") == (suffix.status, body_of(suffix))


def test_to_head_is_said_what_get_would_send(folder):
    handler = static_handler(folder)
    get = ask(handler, "digits.bin")
    head = ask(handler, "digits.bin", ("range", "bytes=0-0"), method="HEAD")
    get.body.close()
    head.body.close()

    assert (200, get.headers) == (head.status, head.headers)


@pytest.mark.parametrize(
    "header",
    [("If-None-Match", OLD[1]), ("If-None-Match", "*"), ("If-Modified-Since", OLD[0])],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_file_that_is_known_is_not_sent(folder, header, method):
    handler = static_handler(folder, {"X-Own": "1"})
    answer = ask(handler, "digits.bin", header, ("range", "bytes=0-0"), method=method)

    assert (304, None) == (answer.status, answer.body)
    assert (OLD[1], "no-cache", "1") == tuple(answer.headers[k] for k in ("etag", "cache-control", "x-own"))


@pytest.mark.parametrize(
    "header", [("If-Match", '"other"'), ("If-Unmodified-Since", "Fri, 31 Dec 1999 23:59:59 GMT")]
)
def test_a_condition_that_fails_is_412(folder, header):
    answer = ask(static_handler(folder), "digits.bin", header, ("if-none-match", "*"))

    assert (412, "Precondition Failed") == (answer.status, answer.body)


@pytest.mark.parametrize(
    ("header", "body", "content_range"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=4-", b"456789", "bytes 4-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=9-100", b"9", "bytes 9-9/10"),
        ("bytes=0-9", b"0123456789", "bytes 0-9/10"),
    ],
)
def test_a_range_is_206(folder, header, body, content_range):
    answer = ask(static_handler(folder), "digits.bin", ("Range", header))

    assert (206, content_range) == (answer.status, answer.headers["content-range"])
    assert (str(len(body)), OLD[1]) == (answer.headers["content-length"], answer.headers["etag"])
    assert body == body_of(answer)


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=-0"])
def test_a_range_of_nothing_is_416(folder, header):
    answer = ask(static_handler(folder, {"cache-control": "max-age=60"}), "digits.bin", ("range", header))

    assert (416, "Range Not Satisfiable") == (answer.status, answer.body)
    assert {"content-range": "bytes */10"} == answer.headers


@pytest.mark.parametrize("header", ["bytes=0-0,2-2", "bytes=3-2", "lines=0-0", "x"])
def test_other_ranges_are_the_whole(folder, header):
    answer = ask(static_handler(folder), "digits.bin", ("range", header))

    assert (200, b"0123456789") == (answer.status, body_of(answer))


@pytest.mark.parametrize(("if_range", "status"), [(OLD[0], 206), (OLD[1], 206), ('"other"', 200), ("x", 200)])
def test_a_range_of_another_state_is_the_whole(folder, if_range, status):
    answer = ask(static_handler(folder), "digits.bin", ("range", "bytes=0-0"), ("if-range", if_range))
    answer.body.close()

    assert status == answer.status


def tag_of(handler, path):
    answer = ask(handler, path, method="HEAD")
    answer.body.close()
    return answer.headers["etag"]


def test_a_tag_is_weak_while_a_change_might_not_show(folder):
    """Of two changes within one tick of the clock, the second leaves no trace."""
    handler = static_handler(folder)
    fresh = tag_of(handler, "page.html")
    answer = ask(handler, "page.html", ("range", "bytes=0-0"), ("if-range", fresh))
    answer.body.close()

    assert fresh.startswith('W/"')
    assert 200 == answer.status
    assert 304 == ask(handler, "page.html", ("if-none-match", fresh)).status
    assert 304 == ask(handler, "digits.bin", ("if-none-match", f"W/{OLD[1]}")).status


@pytest.mark.parametrize(
    "change", [lambda file: os.utime(file, ns=(0, 1)), lambda file: os.truncate(file, 9)]
)
def test_a_change_makes_another_tag(folder, change):
    handler = static_handler(folder)
    os.utime(folder / "digits.bin", ns=(0, 0))
    before = tag_of(handler, "digits.bin")
    change(folder / "digits.bin")

    assert before != tag_of(handler, "digits.bin")


@pytest.mark.parametrize(
    ("changed", "shown"),
    [(YEAR_2000 * 10**9 + 999_999_999, YEAR_2000), (-(10**9), 0), (4_000_000_000 * 10**9, None)],
)
def test_no_file_was_changed_in_the_future(folder, changed, shown):
    os.utime(folder / "page.html", ns=(0, changed))
    earliest = time.time()
    answer = ask(static_handler(folder), "page.html")
    answer.body.close()
    expected = [formatdate(now, usegmt=True) for now in (earliest, time.time())]

    assert answer.headers["last-modified"] in (
        expected if shown is None else [formatdate(shown, usegmt=True)]
    )


def test_a_large_file_is_read_in_pieces(tmp_path):
    size = 5 * 2**30
    with open(tmp_path / "large.bin", "wb") as file:
        file.truncate(size)
        file.seek(size - 3)
        file.write(b"end")
    handler = static_handler(tmp_path)
    whole = ask(handler, "large.bin")
    tracemalloc.start()
    sizes = [len(next(whole.body)) for _ in range(100)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    whole.body.close()
    end = ask(handler, "large.bin", ("range", f"bytes={size - 4}-"))

    assert (str(size), [65_536] * 100) == (whole.headers["content-length"], sizes)
    assert peak < 300_000
    assert (b"\x00end", f"bytes {size - 4}-{size - 1}/{size}") == (body_of(end), end.headers["content-range"])


def test_a_file_that_grows_is_cut(folder):
    answer = ask(static_handler(folder), "digits.bin")
    with open(folder / "digits.bin", "ab") as file:
        file.write(b"more")

    assert b"0123456789" == body_of(answer)


def test_a_file_that_shrinks_breaks_off(folder):
    (folder / "digits.bin").write_bytes(b"x" * 100_000)
    answer = ask(static_handler(folder), "digits.bin")
    first = next(answer.body)
    os.truncate(folder / "digits.bin", 70_000)
    second = next(answer.body)

    assert 70_000 == len(first + second)
    with pytest.raises(EOFError, match="a static file has become shorter while it was sent"):
        next(answer.body)
    assert [] == list(answer.body)


def test_a_file_is_closed_with_its_last_byte_and_may_be_closed_before(folder):
    handler = static_handler(folder)
    before = opened()
    read, stopped, unread = (ask(handler, "digits.bin") for _ in range(3))
    assert before + 3 == opened()
    assert b"0123456789" == next(read.body)
    assert before + 2 == opened()
    stopped.body.close()
    stopped.body.close()
    unread.body.close()

    assert before == opened()
    assert [] == [*read.body, *stopped.body, *unread.body]


def test_own_headers_go_with_every_file(folder):
    own = {"Cache-Control": "max-age=60", "X-Own": ["a", "b"], "Content-Type": "text/plain"}
    handler = static_handler(folder, own)
    own.clear()
    answers = [ask(handler, "digits.bin"), ask(handler, "digits.bin", ("range", "bytes=0-0"))]
    for answer in answers:
        answer.body.close()

    for headers in (answer.headers for answer in answers):
        assert ("max-age=60", ["a", "b"]) == (headers["cache-control"], headers["x-own"])
        assert "text/plain" == headers["content-type"]


def test_own_headers_do_not_go_with_errors(folder):
    """Nobody should keep a 404 for a year."""
    handler = static_handler(folder, {"cache-control": "max-age=31536000, immutable"})

    assert {} == ask(handler, "missing").headers
    assert {} == ask(handler, "digits.bin", ("if-match", '"x"')).headers


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        (["x"], "headers must be a mapping, but is [Array]"),
        ({1: "x"}, "the name of a header must be a string, but is [number]"),
        ({"a b": "x"}, "a header has a malformed name"),
        ({"x": "a\r\nb"}, "the header [x] must be text without control characters"),
        ({"x": 1}, "the header [x] must be text without control characters"),
        ({"Connection": "close"}, "the header [connection] is for the server to send"),
        ({"ETag": "x"}, "the header [ETag] is another for each file: remove it"),
        ({"content-length": "1"}, "the header [content-length] is another for each file: remove it"),
    ],
)
def test_headers_that_cannot_be_sent_are_refused_when_declared(tmp_path, headers, reason):
    with pytest.raises(SchemaDefinitionError) as error:
        static_handler(tmp_path, headers)

    assert f"Router.static(): {reason}" == str(error.value)


@pytest.mark.parametrize(
    ("directory", "reason"),
    [
        ("missing", "there is no directory [missing]"),
        ("file", "there is no directory [file]"),
        (Path("missing"), "there is no directory [missing]"),
        ("", "there is no directory []"),
        ("a\x00b", "there is no directory [a\\x00b]"),
        (b"there", "the directory must be a path, but is [Uint8Array]"),
        (None, "the directory must be a path, but is [null]"),
        (1, "the directory must be a path, but is [number]"),
    ],
)
def test_a_directory_must_be_there_when_it_is_declared(tmp_path, monkeypatch, directory, reason):
    monkeypatch.chdir(tmp_path)
    Path("file").touch()

    with pytest.raises(SchemaDefinitionError) as error:
        static_handler(directory)

    assert f"Router.static(): {reason}" == str(error.value)


@pytest.fixture
def client(folder):
    router = Router("/base")
    router.static("/assets", folder, headers={"x-own": "1"})
    return TestClient(router)


def test_a_router_serves_a_folder(client):
    answer = client.get("/base/assets/sub/deep/%C3%A9%20a.txt")

    assert (200, b"nested") == (answer.status, answer.body)
    assert ("6", "text/plain; charset=utf-8", "no-cache", "nosniff", "1") == tuple(
        answer.headers[name]
        for name in ("content-length", "content-type", "cache-control", "x-content-type-options", "x-own")
    )


@pytest.mark.parametrize("headers", [{}, {"range": "bytes=0-0"}])
def test_a_router_answers_head(client, headers):
    get = client.get("/base/assets/digits.bin")
    head = client.head("/base/assets/digits.bin", headers=headers)

    assert (200, b"", get.headers.pairs) == (head.status, head.body, head.headers.pairs)


def test_a_router_answers_conditions(client):
    def status(**headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.get("/base/assets/digits.bin", headers=named).status

    assert 304 == status(if_none_match=OLD[1])
    assert 200 == status(if_none_match='"other"', if_modified_since=OLD[0])
    assert 304 == status(if_modified_since=OLD[0])
    assert 412 == status(if_match='"other"')
    assert 206 == status(range="bytes=0-0", if_range=OLD[1])
    assert 200 == status(range="bytes=0-0", if_range='"other"')


def test_a_router_says_304_without_a_body(client):
    answer = client.get("/base/assets/digits.bin", headers={"if-none-match": OLD[1]})

    assert (304, b"", OLD[1], "no-cache") == (
        answer.status,
        answer.body,
        answer.headers["etag"],
        answer.headers["cache-control"],
    )
    assert {"content-length", "content-type"}.isdisjoint(answer.headers)


def test_a_router_answers_ranges(client):
    part = client.get("/base/assets/digits.bin", headers={"range": "bytes=2-4"})
    none = client.get("/base/assets/digits.bin", headers={"range": "bytes=10-"})

    assert (206, b"234", "bytes 2-4/10", "3") == (
        part.status,
        part.body,
        part.headers["content-range"],
        part.headers["content-length"],
    )
    assert (416, "bytes */10") == (none.status, none.headers["content-range"])
    assert {
        "statusCode": 416,
        "error": "Range Not Satisfiable",
        "message": "Range Not Satisfiable",
    } == none.json()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/base/assets", 404),
        ("/base/assets/", 404),
        ("/base/assets/sub", 404),
        ("/base/assets/sub/", 404),
        ("/base/assets/missing", 404),
        ("/base/assets/page.html/", 404),
        ("/base/assets//page.html", 404),
        ("/base/assets/..", 400),
        ("/base/assets/../secret.txt", 400),
        ("/base/assets/%2e%2e", 400),
        ("/base/assets/%2e%2e/secret.txt", 400),
        ("/base/assets/.%2e/secret.txt", 400),
        ("/base/assets/..%2fsecret.txt", 400),
        ("/base/assets/..%5csecret.txt", 400),
        ("/base/assets/sub/..%2f..%2fsecret.txt", 400),
        ("/base/assets/%252e%252e%252fsecret.txt", 404),
        ("/base/assets/..%c0%afsecret.txt", 400),
        ("/base/assets/%00", 404),
        ("/base/assets/page.html%00.png", 404),
        ("/base/assets/%2fetc/passwd", 404),
        ("/base/assets//etc/passwd", 404),
        ("//etc/passwd", 404),
        ("/base/assets/%5c%5chost%5cshare", 404),
        ("/base/assets/C%3a%5cwindows", 404),
        ("/base/assets/sub%2fdeep%2f%C3%A9%20a.txt", 404),
        ("/base/assets/.env", 404),
        ("/base/assets/%2eenv", 404),
        ("/base/assets/%zz", 400),
        ("/base/assets/out", 404),
        ("/base/assets/fifo", 404),
    ],
)
def test_no_request_leaves_the_folder(folder, client, path, status):
    (folder / "out").symlink_to("../secret.txt")
    os.mkfifo(folder / "fifo")
    answer = client.get(path)

    assert status == answer.status
    assert {"statusCode", "error", "message"} == set(answer.json())
    assert SECRET not in answer.body
    assert str(folder).encode() not in answer.body
    assert "x-own" not in answer.headers


def test_a_router_closes_what_it_does_not_send(folder):
    router = Router()
    router.static("/", folder)
    before = opened()
    answer = router.handle(RequestParts("GET", "/digits.bin"))
    assert before + 1 == opened()
    answer.body.close()

    assert before == opened()


def test_an_event_loop_sends_a_file_too(folder):
    router = Router()
    router.static("/", folder)

    async def send(read):
        answer = await router.handle_async(RequestParts("GET", "/digits.bin"))
        chunks = [chunk async for chunk in answer.body] if read else []
        await answer.body.aclose()
        return b"".join(chunks)

    assert b"0123456789" == asyncio.run(send(read=True))
    assert b"" == asyncio.run(send(read=False))


def test_a_folder_that_is_not_there_is_refused_by_the_router(tmp_path):
    with pytest.raises(SchemaDefinitionError, match=r"there is no directory \["):
        Router().static("/assets", tmp_path / "missing")


@pytest.mark.parametrize(
    ("directory", "headers"), [("nowhere", None), (5, None), (".", {"etag": "1"}), (".", {"x-a": "\n"})]
)
def test_a_declaration_that_is_refused_is_named(directory, headers):
    with pytest.raises(SchemaDefinitionError, match=r"^The static files at \[/base/assets\]: "):
        Router("/base").static("/assets", directory, headers=headers)
