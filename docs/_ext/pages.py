"""This module adds to pages, while they are read, what only a site has.

That is: tables of contents, made of the lists in README.md, which is the only list of pages; the changelog,
in place of the page that links to it; and what becomes of links to files outside of the folder.
"""

import re
import shutil
from pathlib import Path

from sphinx.application import Sphinx

DOCS = Path(__file__).parent.parent
ROOT = DOCS.parent
INDEX = DOCS / "README.md"
CHANGELOG = ROOT / "CHANGELOG.md"

HEADING = re.compile(r"## (.+)")
ENTRY = re.compile(r"( *)- \[(.+?)\]\((?!\.\.)([^)#:]+)\.(?:md|rst)\)")
FENCED = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[([^\[\]]*)\]\(([^)\s#:]+)(#[^)\s]*)?\)")


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_config_value("source_url", "", "env", types=[str])
    app.connect("source-read", complete)
    app.connect("build-finished", add_front_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def complete(app: Sphinx, docname: str, source: list[str]) -> None:
    """Give the text of a page what the site has besides."""
    page = Path(app.env.doc2path(docname))
    if page.suffix != ".md":
        return
    if page.name == "changelog.md":
        page = CHANGELOG
        source[0] = page.read_text(encoding="utf-8")
        app.env.note_dependency(page)
    source[0] = with_links(source[0], page.parent, app.config.source_url) + tables_of_contents(docname)
    app.env.note_dependency(INDEX)


def with_links(text: str, folder: Path, source_url: str) -> str:
    """Return the Markdown *text* of a page in *folder*, with other links to what is outside of the site.

    Those lead to *source_url*, or where that is empty, nowhere: their words stay.
    """

    def led(link: re.Match[str]) -> str:
        words, path, anchor = link[1], (folder / link[2]).resolve(), link[3] or ""
        if not path.exists() or not path.is_relative_to(ROOT):
            return link[0]
        if path.is_relative_to(DOCS):
            return f"[{words}](/{path.relative_to(DOCS).as_posix()}{anchor})"
        return f"[{words}]({source_url}/{path.relative_to(ROOT).as_posix()}{anchor})" if source_url else words

    parts = FENCED.split(text)
    return "".join(part if FENCED.match(part) else LINK.sub(led, part) for part in parts)


def tables_of_contents(docname: str) -> str:
    """Return what names the pages below *docname*: all of the index below its first page, by heading."""
    above, caption = "README", ""
    tables: dict[str, list[str]] = {}
    for line in INDEX.read_text(encoding="utf-8").splitlines():
        if heading := HEADING.match(line):
            caption = heading[1]
        elif entry := ENTRY.match(line):
            indent, words, page = entry.groups()
            if docname == (above if indent else "README"):
                # A column in which every line begins alike is hard to read.
                title = re.sub("^How to (.)", lambda start: start[1].upper(), words)
                tables.setdefault(caption, []).append(f"{title} </{page}>")
            above = above if indent else page
    return "".join(
        "\n".join(["", "```{toctree}", ":hidden:", f":caption: {caption}", "", *pages, "```", ""])
        for caption, pages in tables.items()
    )


def add_front_page(app: Sphinx, error: Exception | None) -> None:
    """Let the address of the site be that of its first page."""
    if error is None and app.builder.name == "html":
        shutil.copy(app.outdir / "README.html", app.outdir / "index.html")
