"""What keeps a version from being released is told, all of it."""

import zipfile

import pytest

from tests.release import ready
from tests.release.wheel import Wheel

TOLD = "Name: kbn-schema\nVersion: 1.2.0\n{}\n{}\n"
URL = "Project-URL: Source, https://example.org/sources\n"
README = "[Read on](https://example.org/docs) or [below](#below)\n"
CHANGELOG = """
## [Unreleased]

## [1.2.0] - 2026-11-22

- More.

## [1.1.0] - 2026-10-01

- Some.
"""


def wheel(urls=URL, readme=README):
    return Wheel({"kbn_schema-1.2.0.dist-info/METADATA": TOLD.format(urls, readme).encode()})


def test_a_release_that_is_complete_is_ready():
    assert [] == list(ready.missing("v1.2.0", wheel(), CHANGELOG))


@pytest.mark.parametrize("tag", ["1.2.0", "v1.2", "v1.3.0"])
def test_the_tag_is_the_version(tag):
    expected = [f"the tag is {tag}, and the version is 1.2.0: the tag has to be v1.2.0"]

    assert expected == list(ready.missing(tag, wheel(), CHANGELOG))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("[1.2.0]", "[1.2.1]", "CHANGELOG.md has no section [1.2.0]"),
        (" - 2026-11-22", "", "the section [1.2.0] of CHANGELOG.md has no day: ## [1.2.0] - "),
        ("2026-11-22", "2026-11-31", "the section [1.2.0] of CHANGELOG.md has no day: ## [1.2.0] - "),
        ("2026-11-22", "20261122", "the section [1.2.0] of CHANGELOG.md has no day: ## [1.2.0] - "),
        ("- More.\n", "", "the section [1.2.0] of CHANGELOG.md is empty"),
        ("[Unreleased]\n", "[Unreleased]\n\n- A.\n", "CHANGELOG.md has changes under [Unreleased]"),
    ],
)
def test_the_changelog_tells_of_the_version(old, new, expected):
    (told,) = ready.missing("v1.2.0", wheel(), CHANGELOG.replace(old, new, 1))

    assert told.startswith(expected)


def test_the_sources_are_named():
    (told,) = ready.missing("v1.2.0", wheel(urls=""), CHANGELOG)

    assert told.startswith("[project.urls] is missing")


@pytest.mark.parametrize("link", ["docs/README.md", "LICENSE", "../x", "http://example.org", "docs/a.md#b"])
def test_a_link_that_an_index_cannot_follow_is_told(link):
    (told,) = ready.missing("v1.2.0", wheel(readme=f"[Read on]({link})"), CHANGELOG)

    assert f"README.md has [1] links that lead nowhere on the page of an index: {link}" == told


def test_the_command_tells_it(tmp_path, capsys):
    with zipfile.ZipFile(tmp_path / "kbn_schema-0.0.1-py3-none-any.whl", "w") as archive:
        archive.writestr("kbn_schema-0.0.1.dist-info/METADATA", "Version: 0.0.1\n\n![Bars](docs/speed.svg)\n")

    with pytest.raises(SystemExit) as ended:
        ready.main("v0.0.1", tmp_path)

    assert str(ended.value).splitlines() == [
        "not ready:",
        "- CHANGELOG.md has no section [0.0.1]",
        "- [project.urls] is missing in pyproject.toml: nobody would find the sources",
        "- README.md has [1] links that lead nowhere on the page of an index: docs/speed.svg",
    ]
