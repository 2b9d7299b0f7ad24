import contextlib
import importlib
import importlib.util
import json
import sys
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbn_schema import demo, schema
from kbn_schema.demo import router as declared
from kbn_schema.demo import transfer
from kbn_schema.demo.application import make_router
from kbn_schema.demo.schemas import attributes
from kbn_schema.demo.store import Store
from kbn_schema.http import RequestParts, TestClient

ROOT = "/api/saved_objects"
NDJSON = {"content-type": "application/x-ndjson"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
OLD, NEW = "2023-10-31", "2026-06-01"


def titled(title, **others):
    return {"attributes": {"title": title, **others}}


def line(id, **others):
    return json.dumps({"type": "dashboard", "id": id, **titled("A", **others)}) + "\n"


def total(client):
    return client.get(ROOT).json()["total"]


# What is saved


def test_a_created_object_is_found_again(client):
    created = client.post(f"{ROOT}/dashboard/a", json=titled("A", hits="7"))

    assert 201 == created.status
    assert {"title": "A", "description": "", "tags": [], "hits": 7} == created.json()["attributes"]
    assert created.json() == client.get(created.headers["location"]).json()


def test_an_id_is_made_up_where_none_is_given(client):
    created = client.post(f"{ROOT}/dashboard", json=titled("A"))

    assert created.json() == client.get(f"{ROOT}/dashboard/{created.json()['id']}").json()


def test_an_id_is_taken_once_for_each_type(client):
    types = ("dashboard", "dashboard", "visualization")

    assert [201, 409, 201] == [client.post(f"{ROOT}/{type}/a", json=titled("A")).status for type in types]


def test_a_deleted_object_is_gone(client):
    client.post(f"{ROOT}/dashboard/a", json=titled("A"))
    statuses = [
        client.request(method, f"{ROOT}/dashboard/a").status for method in ("DELETE", "DELETE", "GET")
    ]

    assert [204, 404, 404] == statuses


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
def test_find_selects_sorts_and_pages(client, query, ids):
    for path in ("dashboard/b", "dashboard/a", "visualization/c"):
        client.post(f"{ROOT}/{path}", json=titled(f"title {path[-1]}"))
    found = client.get(f"{ROOT}?{query}")

    assert (200, ids) == (found.status, [saved["id"] for saved in found.json()["saved_objects"]])


def test_find_tells_the_total_beside_the_page(client):
    for id in "abc":
        client.post(f"{ROOT}/dashboard/{id}", json=titled("A"))

    assert 3 == client.get(f"{ROOT}?per_page=1").json()["total"]


@pytest.mark.parametrize(
    ("query", "names"), [("fields=title", ["title"]), ("fields=tags&fields=hits", ["tags", "hits"])]
)
def test_find_gives_the_fields_that_were_asked_for(client, query, names):
    client.post(f"{ROOT}/dashboard/a", json=titled("A"))
    found = client.get(f"{ROOT}?{query}").json()["saved_objects"][0]

    assert names == list(found["attributes"])


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("GET", f"{ROOT}?page=0", None),
        ("GET", f"{ROOT}?per_page=101", None),
        ("GET", f"{ROOT}?sort=id;drop", None),
        ("GET", f"{ROOT}?fields=secret", None),
        ("GET", f"{ROOT}?page=1&page=2", None),
        ("GET", "/api/export?type=panel", None),
        ("GET", f"{ROOT}/panel/a", None),
        ("GET", f"{ROOT}/dashboard/A", None),
        ("GET", f"{ROOT}/dashboard/..%2Fa", None),
        ("POST", f"{ROOT}/dashboard/" + "a" * 37, titled("A")),
        ("POST", f"{ROOT}/dashboard/a", titled("")),
        ("POST", f"{ROOT}/dashboard/a", titled("A", hits=-1)),
        ("POST", f"{ROOT}/dashboard/a", titled("A", hits=10**9 + 1)),
        ("POST", f"{ROOT}/dashboard/a", {}),
        ("POST", f"{ROOT}/dashboard/a", None),
        ("PUT", f"{ROOT}/dashboard/a", titled("A")),
    ],
)
def test_a_bad_request_is_400_and_changes_nothing(client, method, target, body):
    given = {} if body is None else {"json": body}
    answer = client.request(method, target, **given)

    assert (400, 400) == (answer.status, answer.json()["statusCode"])
    assert 0 == total(client)


# Versions


def test_a_client_that_names_no_version_gets_the_oldest_and_a_warning(old_client):
    answer = old_client.post(f"{ROOT}/dashboard/a", json=titled("A", tags=" q3,, emea "))

    assert (201, ["q3", "emea"]) == (answer.status, answer.json()["attributes"]["tags"])
    assert OLD == answer.headers["elastic-api-version"]
    assert '299 kbn_schema "send tags as a list, to version 2026-06-01"' == answer.headers["warning"]


def test_the_newest_version_takes_a_list_and_warns_of_nothing(client):
    answer = client.post(f"{ROOT}/dashboard/a", json=titled("A", tags=["q3", "a, b"]))

    assert (201, ["q3", "a, b"]) == (answer.status, answer.json()["attributes"]["tags"])
    assert (NEW, None) == (answer.headers["elastic-api-version"], answer.headers.get("warning"))


@pytest.mark.parametrize(("version", "tags"), [(OLD, ["q3"]), (NEW, "q3")])
def test_the_tags_of_one_version_are_a_mistake_in_the_other(router, version, tags):
    answer = TestClient(router, version).post(f"{ROOT}/dashboard/a", json=titled("A", tags=tags))

    assert (400, version) == (answer.status, answer.headers["elastic-api-version"])
    assert [["body", "attributes", "tags"]] == [i["path"] for i in answer.json()["attributes"]["issues"]]


@pytest.mark.parametrize(
    ("tags", "status"), [("a," * 9, 201), ("a" * 50, 201), ("a," * 10, 400), ("a" * 51, 400)]
)
def test_a_text_of_tags_holds_what_a_list_may_hold(old_client, tags, status):
    assert status == old_client.post(f"{ROOT}/dashboard/a", json=titled("A", tags=tags)).status


@pytest.mark.parametrize(("version", "status"), [("1", 200), ("2", 400), (NEW, 400)])
def test_the_count_is_internal_so_its_versions_are_numbers(client, version, status):
    client.post(f"{ROOT}/dashboard/a", json=titled("A"))
    answer = client.get("/internal/saved_objects/_count", headers={"elastic-api-version": version})

    assert status == answer.status
    assert status == 400 or {"dashboard": 1} == answer.json()


# The state of an object


def test_a_client_that_has_an_object_is_told_so(client):
    etag = client.post(f"{ROOT}/dashboard/a", json=titled("A")).headers["etag"]
    statuses = [
        client.get(f"{ROOT}/dashboard/a", headers={"if-none-match": tag}).status
        for tag in (etag, f'"0", W/{etag}', '"0"')
    ]

    assert [304, 304, 200] == statuses


def test_an_object_is_replaced_in_the_state_that_the_client_knows(client):
    first = client.post(f"{ROOT}/dashboard/a", json=titled("A", hits=3)).headers["etag"]
    replace = [
        client.put(f"{ROOT}/dashboard/a", json=titled(title), headers={"if-match": first}) for title in "BC"
    ]
    now = client.get(f"{ROOT}/dashboard/a")

    assert [200, 412] == [answer.status for answer in replace]
    assert ("B", 0) == (now.json()["attributes"]["title"], now.json()["attributes"]["hits"])
    assert 1 == client.get(f"{ROOT}?search=B").json()["total"]
    assert replace[0].headers["etag"] == now.headers["etag"] != first


def test_what_is_not_there_cannot_be_replaced(client):
    answer = client.put(f"{ROOT}/dashboard/a", json=titled("A"), headers={"if-match": '"1"'})

    assert (404, 0) == (answer.status, total(client))


@pytest.mark.parametrize("tag", ["*", "1", 'W/"1"', '"1", "2"', '"x"', '""'])
def test_the_state_must_be_one_etag(client, tag):
    answer = client.put(f"{ROOT}/dashboard/a", json=titled("A"), headers={"if-match": tag})

    assert (400, ["headers", "if-match"]) == (answer.status, answer.json()["attributes"]["issues"][0]["path"])


# Export and import


def multipart(content):
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="../a"\r\n'
        b"Content-Type: application/x-ndjson\r\n\r\n" + content + b"\r\n--x--\r\n"
    )
    return {"headers": {"content-type": "multipart/form-data; boundary=x"}, "body": body}


WAYS = {
    "as it is": lambda content: {"headers": NDJSON, "body": content},
    "in a form": lambda content: {"headers": FORM, "body": urlencode({"file": content})},
    "as a browser sends a text area": lambda content: {
        "headers": FORM,
        "body": urlencode({"file": content.replace(b"\n", b"\r\n")}),
    },
}
if importlib.util.find_spec("multipart"):
    WAYS["as a file of a form"] = multipart


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_what_was_exported_can_be_imported(client, way):
    client.post(f"{ROOT}/dashboard/a", json=titled("line\u2028line", tags=["ä", "b,c"], hits=3))
    client.post(f"{ROOT}/visualization", json=titled("B", description="\n"))
    exported = client.get("/api/export").body
    with Store() as other:
        there = TestClient(make_router(other))
        answer = there.post("/api/import", **way(exported))
        again = there.get("/api/export").body

    assert (200, {"imported": 2}) == (answer.status, answer.json())
    assert exported == again


def test_an_export_is_a_file_of_one_object_in_each_line(client):
    client.post("/api/import", headers=NDJSON, body=line("a") + line("b"))
    exported = client.get("/api/export")

    assert ["a", "b"] == [json.loads(text)["id"] for text in exported.text.splitlines()]
    assert "application/x-ndjson" == exported.headers["content-type"]
    assert "attachment; filename=objects.ndjson" == exported.headers["content-disposition"]
    assert "content-length" not in exported.headers


def test_an_export_may_be_of_one_type(client):
    client.post(f"{ROOT}/dashboard/a", json=titled("A"))

    assert [b"", True] == [
        client.get("/api/export?type=visualization").body,
        client.get("/api/export?type=dashboard").body.startswith(b'{"type": "dashboard", "id": "a"'),
    ]


def test_an_import_is_all_or_nothing(client):
    client.post(f"{ROOT}/dashboard/b", json=titled("B"))
    answer = client.post("/api/import", headers=NDJSON, body=line("a") + line("b") + line("c"))

    assert (409, "Saved object [dashboard/b] conflict") == (answer.status, answer.json()["message"])
    assert 1 == total(client)


def test_an_import_may_overwrite(client):
    for _ in range(2):
        answer = client.post("/api/import?overwrite=true", headers=NDJSON, body=line("a") + line("b"))

        assert (200, {"imported": 2}) == (answer.status, answer.json())
    assert 2 == total(client)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (line("a") + line("B") + line("C"), ["line", 2, "id"]),
        (line("a", hits=-1), ["line", 1, "attributes", "hits"]),
        (line("a") + "\n" + line("b"), ["line", 2]),
        ("[]", ["line", 1]),
        ("{", ["line", 1]),
        (b"\xff", ["line", 1]),
    ],
)
def test_a_mistake_in_a_file_is_told_with_its_line(client, body, path):
    answer = client.post("/api/import", headers=NDJSON, body=body)

    assert (400, ["body", *path]) == (answer.status, answer.json()["attributes"]["issues"][0]["path"])
    assert 0 == total(client)


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (FORM, "fil=x", 400),
        (FORM, "file=&overwrite=true", 400),
        (FORM, "file=%7b&file=%7b", 400),
        (FORM, "", 400),
        (NDJSON, None, 400),
        ({"content-type": "application/json"}, "{}", 415),
        ({"content-type": "text/html"}, "{}", 415),
        (NDJSON, b" " * 1_048_577, 413),
    ],
)
def test_what_is_no_upload_is_refused(client, headers, body, status):
    assert status == client.post("/api/import", headers=headers, body=body).status


def test_files_of_forms_are_taken_only_with_the_library_for_them(monkeypatch, store):
    monkeypatch.setitem(sys.modules, "multipart", None)
    for name in ("application", "router", "routes", "transfer", "versions"):
        monkeypatch.delattr(demo, name)  # they are imported anew, for this test
        monkeypatch.delitem(sys.modules, f"kbn_schema.demo.{name}")
    client = TestClient(importlib.import_module("kbn_schema.demo.application").make_router(store))
    answer = client.post("/api/import", **multipart(line("a").encode()))

    assert ["application/x-www-form-urlencoded"] == transfer.forms()
    assert 415 == answer.status
    assert 200 == client.post("/api/import", **WAYS["in a form"](line("a").encode())).status


# Units of work and hooks


class WatchedStore(Store):
    def __init__(self):
        super().__init__()
        self.log = []

    @contextlib.contextmanager
    def begin(self, *, writes=True):
        self.log.append("write" if writes else "read")
        try:
            with super().begin(writes=writes) as saved_objects:
                yield saved_objects
        except BaseException as error:
            self.log.append(type(error).__name__)
            raise
        else:
            self.log.append("kept")


@pytest.fixture
def watched():
    with WatchedStore() as store:
        yield store


@pytest.mark.parametrize(
    ("method", "target", "options", "log"),
    [
        ("GET", ROOT, {}, ["read", "kept"]),
        ("HEAD", ROOT, {}, ["read", "kept"]),
        ("HEAD", "/api/export", {}, ["read", "kept"]),
        ("GET", "/api/export", {}, ["read", "kept"]),
        ("POST", f"{ROOT}/dashboard/a", {"json": titled("A")}, ["write", "kept"]),
        ("GET", f"{ROOT}/dashboard/a", {}, ["read", "Absent"]),
        ("DELETE", f"{ROOT}/dashboard/a", {}, ["write", "Absent"]),
        ("GET", f"{ROOT}?page=0", {}, []),
        ("POST", f"{ROOT}/dashboard/a", {"json": {}}, []),
        ("PATCH", f"{ROOT}/dashboard/a", {}, []),
    ],
)
def test_each_valid_request_is_one_unit_of_work(watched, method, target, options, log):
    TestClient(make_router(watched)).request(method, target, **options)

    assert log == watched.log


def test_a_unit_of_work_lasts_until_the_stream_is_closed(watched):
    router = make_router(watched)
    TestClient(router).post("/api/import", headers=NDJSON, body=line("a") + line("b"))
    del watched.log[:]
    stream = router.handle(RequestParts("GET", "/api/export")).body
    first = next(stream)
    during = list(watched.log)
    stream.close()

    assert b'"id": "a"' in first
    assert (["read"], ["read", "kept"]) == (during, watched.log)


def test_what_a_handler_did_is_undone_where_its_answer_does_not_fit(store, router, client):
    @router.post(
        "/broken",
        validate={"request": False, "response": {200: {"body": schema.object({"a": schema.string()})}}},
    )
    def broken(saved_objects, request, response):
        saved_objects.create("dashboard", "a", {"title": "A"})
        return response.ok(body={"a": 1})

    answer = client.post("/broken")

    assert (500, 0) == (answer.status, total(client))
    assert "Failed output validation: [response body.a]" in answer.json()["message"]


def test_a_full_store_takes_no_more(client, monkeypatch):
    monkeypatch.setattr(declared, "MAX_OBJECTS", 1)
    statuses = [client.post(f"{ROOT}/dashboard/{id}", json=titled("A")).status for id in "ab"]
    message = client.post("/api/import", headers=NDJSON, body=line("c")).json()["message"]

    assert ([201, 507], "the store is full: it has [1] objects or more") == (statuses, message)
    assert 204 == client.delete(f"{ROOT}/dashboard/a").status


@pytest.mark.parametrize("target", ["/", "/assets/index.html", "/assets/none", ROOT, f"{ROOT}?page=0"])
def test_each_answer_says_what_a_page_may_do_with_it(client, target):
    assert declared.CONTENT_POLICY == client.get(target).headers["content-security-policy"]


# Whatever is sent

texts = st.text(st.characters(exclude_categories=["Cs"]))
any_attributes = st.fixed_dictionaries(
    {"title": st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=100)},
    optional={
        "description": texts,
        "tags": st.lists(
            st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=50), max_size=10
        ),
        "hits": st.integers(0, 10**9) | st.integers(0, 10**9).map(str),
    },
)


@settings(max_examples=50, deadline=None)
@given(any_attributes)
def test_every_answer_is_as_its_route_declares(given_attributes):
    """The router checks its answers: one that does not fit is a 500."""
    with Store() as store:
        client = TestClient(make_router(store), version="newest")
        created = client.post(f"{ROOT}/dashboard/a", json={"attributes": given_attributes})
        headers = {"if-match": created.headers["etag"]}
        others = [
            client.get(f"{ROOT}/dashboard/a"),
            client.put(f"{ROOT}/dashboard/a", json={"attributes": given_attributes}, headers=headers),
            client.get(f"{ROOT}?fields=tags"),
            client.get("/internal/saved_objects/_count"),
            client.post("/api/import?overwrite=true", headers=NDJSON, body=client.get("/api/export").body),
        ]
        after = client.get(f"{ROOT}/dashboard/a").json()["attributes"]

    assert (201, [200] * 5) == (created.status, [answer.status for answer in others])
    assert attributes.validate(given_attributes) == created.json()["attributes"] == after


@settings(max_examples=50, deadline=None)
@given(st.lists(texts, max_size=12).map(",".join))
def test_a_text_of_tags_is_taken_or_refused(tags):
    with Store() as store:
        answer = TestClient(make_router(store)).post(f"{ROOT}/dashboard/a", json=titled("A", tags=tags))

    assert answer.status in (201, 400)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=60) | st.just(line("a").encode()), st.sampled_from(list(WAYS.values())))
def test_a_file_is_taken_or_refused(content, way):
    with Store() as store:
        answer = TestClient(make_router(store)).post("/api/import", **way(content))

    assert answer.status in (200, 400)
