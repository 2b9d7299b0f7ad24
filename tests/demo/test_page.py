from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest

from kbn_schema.demo.routes import ASSETS

PAGE = (ASSETS / "index.html").read_text()


class Elements(HTMLParser):
    """The elements of a page: name and attributes."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def each(self, *tags):
        return [attributes for tag, attributes in self.found if tag in tags]


@pytest.fixture(scope="module")
def elements():
    return Elements(PAGE)


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("style.css", "text/css; charset=utf-8"),
        ("page.js", "text/javascript; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ],
)
def test_each_file_is_served_as_what_it_is(client, name, media_type):
    answer = client.get(f"/assets/{name}")

    assert (200, media_type) == (answer.status, answer.headers["content-type"])
    assert (ASSETS / name).read_bytes() == answer.body


def test_all_files_are_those(client):
    assert {"index.html", "style.css", "page.js", "icon.svg"} == {path.name for path in ASSETS.iterdir()}


@pytest.mark.parametrize(
    "path",
    [
        "/assets",
        "/assets/",
        "/assets/none",
        "/assets/store.py",
        "/assets/../store.py",
        "/assets/..%2fstore.py",
        "/assets/%2e%2e/store.py",
        "/assets/..\\store.py",
        "/assets/%2fetc/passwd",
        "/assets//etc/passwd",
        "/assets/index.html/",
        "/assets/index.html%00",
        "/store.py",
        "/favicon.ico",
    ],
)
def test_nothing_else_is_served(client, path):
    assert client.get(path).status in (400, 404)


def test_the_root_leads_to_the_page(client):
    answer = client.get("/")

    assert (302, 200) == (answer.status, client.get(answer.headers["location"]).status)


def test_the_page_needs_nothing_from_elsewhere(client, elements):
    asked = [each["src"] for each in elements.each("script")] + [
        each["href"] for each in elements.each("link")
    ]

    assert ["page.js", "icon.svg", "style.css"] == asked
    assert not any("://" in (ASSETS / name).read_text() for name in ("index.html", "style.css", "page.js"))


def test_what_the_page_asks_for_is_there(client, elements):
    script = (ASSETS / "page.js").read_text()
    find, count = "/api/saved_objects?sort=-created&per_page=100", "/internal/saved_objects/_count"

    assert f'"{find}"' in script
    assert f'"{count}"' in script
    assert [200, 200] == [client.get(find).status, client.get(count).status]
    assert 200 == client.get(elements.each("a")[0]["href"]).status


def test_the_form_of_the_page_can_be_sent_as_it_stands(client, elements):
    [form], [area] = elements.each("form"), elements.each("textarea")
    content = PAGE.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0].strip()
    body = urlencode({area["name"]: content})
    headers = {"content-type": "application/x-www-form-urlencoded"}

    assert "post" == form["method"]
    assert [200, 200] == [client.post(form["action"], headers=headers, body=body).status for _ in range(2)]


def test_the_page_can_be_read_by_everybody(elements):
    labels = {each["for"] for each in elements.each("label")}

    assert [{"lang": "en"}] == elements.each("html")
    assert all(len(elements.each(tag)) == 1 for tag in ("title", "main", "h1", "caption"))
    assert {each["id"] for each in elements.each("textarea", "input", "select")} == labels
    assert all(each.get("scope") for each in elements.each("th"))
    assert {"status", "alert", "region"} == {each["role"] for _, each in elements.found if "role" in each}
    assert "color-scheme: light dark" in (ASSETS / "style.css").read_text()


def test_no_script_or_style_stands_in_the_page_itself(elements):
    """The content security policy would not let it run."""
    assert [] == elements.each("style")
    assert not [name for _, each in elements.found for name in each if name == "style" or name[:2] == "on"]
