"""The site that is made of the pages is built without a warning, and whatever it names is there.

Links inside of it are checked as they were built. Whether other sites still have what is linked has to be
asked over a network: ``sphinx-build -b linkcheck docs build/links``.
"""

import importlib
import os
import pkgutil
import re
import runpy
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import kbn_schema
from kbn_schema import adapters

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]

# Packages in packages whose names are for users, too.
INNER = ["kbn_schema.http.client", "kbn_schema.openapi.page"]
IMPORT = re.compile(r"^(?:>>> )?from (kbn_schema[\w.]*) import ([\w, ]+)$", re.MULTILINE)
# What a browser gets without being asked, and where it is said.
FETCHED = {"iframe": "src", "img": "src", "link": "href", "script": "src", "source": "src", "video": "src"}
IN_A_STYLE = re.compile(r"""(?:url\(|@import)\s*["']?([^"')\s]+)""")


class Page(HTMLParser):
    """The places in a page that has been built, where its links lead, and what is fetched for it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.places: set[str | None] = {""}
        self.links: set[str] = set()
        self.fetched: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.places.add(given.get("id"))
        if tag == "a" and given.get("href"):
            self.links.add(given["href"])
        if given.get(FETCHED.get(tag)):
            self.fetched.add(given[FETCHED[tag]])


def build(source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-n", "-q", "--no-color"]
    return subprocess.run(
        [*command, "-d", str(target / "doctrees"), str(source), str(target / "site")],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The folder of the site, and how it was built, which takes about twenty seconds."""
    folder = tmp_path_factory.mktemp("site")
    return folder / "site", build(DOCS, folder)


@pytest.fixture(scope="session")
def site(built):
    return built[0]


@pytest.fixture(scope="session")
def pages(site):
    return {path: Page(path) for path in sorted(site.rglob("*.html"))}


@pytest.fixture(scope="session")
def entries(site):
    """The names that have an entry somewhere, as other projects can refer to them."""
    *_, packed = (site / "objects.inv").read_bytes().split(b"\n", 4)  # after four lines of comment
    return set(re.findall(r"^(\S+) py:", zlib.decompress(packed).decode(), re.MULTILINE))


def test_it_is_built_without_a_warning(built):
    _, done = built

    assert 0 == done.returncode, done.stderr


def test_every_page_is_in_it(site):
    sources = [*DOCS.rglob("*.md"), *DOCS.rglob("*.rst")]
    expected = {source.relative_to(DOCS).with_suffix(".html") for source in sources}

    assert set() == expected - {path.relative_to(site) for path in site.rglob("*.html")}


def test_its_address_shows_the_index(site):
    assert (site / "README.html").read_bytes() == (site / "index.html").read_bytes()


def test_every_link_inside_leads_to_a_page_and_a_place_in_it(site, pages):
    broken = [
        f"{path.relative_to(site)}: {link}"
        for path, page in pages.items()
        for link in sorted(page.links | page.fetched)
        if not urlsplit(link).scheme and not leads_somewhere(path, link, pages)
    ]

    assert [] == broken


def leads_somewhere(path: Path, link: str, pages: dict[Path, Page]) -> bool:
    parts = urlsplit(link)
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target in pages:
        return unquote(parts.fragment) in pages[target].places
    return target.is_file() and not parts.fragment


def test_every_link_outside_is_https_and_names_a_host(pages):
    outside = {link for page in pages.values() for link in page.links if urlsplit(link).scheme}

    assert [] == sorted(link for link in outside if not re.match(r"https://[\w-]+(\.[\w-]+)+(/\S*)?$", link))


def test_nothing_is_fetched_from_elsewhere(site, pages):
    fetched = {link for page in pages.values() for link in page.fetched}
    for style in site.rglob("*.css"):
        fetched |= set(IN_A_STYLE.findall(style.read_text(encoding="utf-8")))

    assert [] == sorted(link for link in fetched if re.match("//|(?!data:)[a-z]+:", link))


def test_every_public_name_has_an_entry(entries):
    assert [] == [name for name in public_names() if name not in entries]


def public_names() -> Iterator[str]:
    """What the packages list, and what each adapter has for its users."""
    for name in ["kbn_schema", *modules_in(kbn_schema), *INNER]:
        yield from (f"{name}.{listed}" for listed in getattr(importlib.import_module(name), "__all__", ()))
    for name in modules_in(adapters):
        if hasattr(importlib.import_module(name), "mount"):
            yield from (f"{name}.mount", f"{name}.validated")


def modules_in(package: object) -> list[str]:
    found = pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
    return [module.name for module in found if module.name != "kbn_schema.__main__"]


def test_every_name_that_a_page_imports_has_an_entry(entries):
    imported = {
        f"{module}.{name}"
        for page in PAGES
        for module, names in IMPORT.findall(page.read_text(encoding="utf-8"))
        for name in re.findall(r"\w+", names.partition(" as ")[0])
    }

    assert [] == sorted(imported - entries)


# A small site that is made in the same way, and what is said of its faults.
FAULTY = {
    "README.md": "# Index\n\n## How-to\n\n- [How to go](go.md)\n- [How to stay](stay.md)\n",
    "go.md": "# Go\n\n[a](nobody.md) [b](go.md#there) [c](../tests/gone.py) [d](#go)\n",
    "lost.md": "# Lost\n",
    "names.rst": ":orphan:\n\nNames\n=====\n\n:class:`kbn_schema.Nobody` :class:`pathlib.Path` `anything`\n",
}
FAULTS = [
    ("README.md", "myst.xref_missing"),  # a page that is not there
    ("README.md", "toc.not_readable"),
    ("go.md", "myst.xref_missing"),  # no page, no heading, no file of the project
    ("go.md", "myst.xref_missing"),
    ("go.md", "myst.xref_missing"),
    ("lost.md", "toc.not_included"),
    ("names.rst", "ref.class"),
]


def test_each_fault_is_a_warning(tmp_path):
    docs = tmp_path / "docs"
    for folder in ("_ext", "_static"):
        shutil.copytree(DOCS / folder, docs / folder)
    shutil.copy(DOCS / "conf.py", docs)
    for name, text in FAULTY.items():
        (docs / name).write_text(text, encoding="utf-8")

    done = build(docs, tmp_path)

    said = done.stderr.replace(f"{docs}{os.sep}", "")
    assert FAULTS == sorted(re.findall(r"^([\w.]+):.* \[([\w.]+)\]$", said, re.MULTILINE))
    assert 1 == done.returncode


@pytest.fixture(scope="module")
def with_links():
    return runpy.run_path(str(DOCS / "_ext" / "pages.py"))["with_links"]


LINKS = "[a](../tests/test_docs.py) [b](../tests#x) [c](how-to/flask.md) [d](https://example.org) [e](../no)"
KEPT = "[c](/how-to/flask.md) [d](https://example.org) [e](../no)"


@pytest.mark.parametrize(
    ("source_url", "expected"),
    [
        ("", f"a b {KEPT}"),
        (
            "https://a.example/x",
            f"[a](https://a.example/x/tests/test_docs.py) [b](https://a.example/x/tests#x) {KEPT}",
        ),
    ],
    ids=["unknown", "known"],
)
def test_links_out_of_the_folder_lead_to_the_source_where_that_is_known(with_links, source_url, expected):
    assert expected == with_links(LINKS, DOCS, source_url)


def test_links_of_the_changelog_lead_into_the_folder(with_links):
    assert "[a](/how-to/flask.md#x)" == with_links("[a](docs/how-to/flask.md#x)", ROOT, "")


def test_code_is_left_as_it_is(with_links):
    text = f"```text\n{LINKS}\n```\n"

    assert text == with_links(text, DOCS, "")
