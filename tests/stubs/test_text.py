"""Texts of authors never become code, nor comments that tools obey; they come back as they were."""

import ast
import keyword
import sys
import unicodedata
from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kbn_schema import schema as s
from kbn_schema.stubs.python.types import types_text
from kbn_schema.stubs.text import comment, description, docstring, escaped, literal
from tests.stubs.hostile import TEXTS
from tests.stubs.made import body_of, members, outline_of, running, statements, types_of

WORDS = [*keyword.kwlist, "None", "self", "__a", "__init__", "__class__", "date", "str", "Root", "Any", "_"]
ANY_TEXT = st.text(st.characters()) | st.sampled_from([*TEXTS, *WORDS])


def shows(text: str) -> bool:
    """Whether nothing in *text* is hidden, or turns around what stands beside it."""
    return not any(
        unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(one) in ("LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI")
        or (one.isspace() and one != " ")
        or one in "\u200b\u200c\u200d\u200e\u200f\u061c\ufeff\u2060"
        for one in text
        if one != "\n"
    )


def spelled(text: str) -> str:
    """*text* with its half characters spelled out."""
    return "".join(f"\\u{ord(one):04x}" if "\ud800" <= one <= "\udfff" else one for one in text)


def test_every_character_that_does_not_show_is_escaped():
    wrong = [number for number in range(sys.maxunicode + 1) if not shows(escaped(chr(number)))]

    assert [] == wrong


@given(ANY_TEXT)
def test_a_literal_is_its_text(text):
    written = literal(text)

    assert text == ast.literal_eval(written)
    assert shows(written)
    assert "\n" not in written


@given(ANY_TEXT)
def test_a_docstring_is_its_text_further_in(text):
    (statement,) = ast.parse(f"if 1:\n    {docstring(text, '    ')}").body[0].body
    first, *others = statement.value.value.split("\n")

    assert spelled(text) == "\n".join([first, *(line[4:] for line in others)])
    assert shows(docstring(text, "    "))


@given(ANY_TEXT)
@example("a # type: ignore")
def test_a_comment_is_nothing_but_that(text):
    lines = comment(text, "    ")

    assert [] == ast.parse("\n".join(lines)).body
    assert all(line.startswith("    #:") and shows(line) for line in lines)
    assert text.count("\n") == len(lines) - 1


@given(st.lists(ANY_TEXT, unique=True, max_size=6))
def test_keys_come_back_as_they_were(names):
    text = types_of(root=s.object({name: s.string() for name in names}))

    assert ["Root"] == statements(text)
    with running(text) as module:
        assert dict.fromkeys(names, (str, True)) == members(module.Root)
        assert names == list(members(module.Root))


@given(st.lists(ANY_TEXT, unique=True, min_size=1, max_size=6))
def test_constants_come_back_as_they_were(values):
    text = types_of(root=s.enum(values))

    assert ["Root"] == statements(text)
    with running(text) as module:
        assert tuple(values) == get_args(module.Root)


@pytest.mark.parametrize("key", ["a", "a-b"], ids=["class", "call"])
@given(data=st.data())
def test_what_is_told_of_a_schema_adds_no_statement(key, data):
    told: dict[str, Any] = {
        name: data.draw(st.none() | ANY_TEXT, name) for name in ("title", "description")
    } | {"deprecated": data.draw(st.booleans())}
    text = types_of(root=s.object({key: s.string(**told), "b": s.integer()}, **told), other=s.string(**told))

    assert ["Root", "Other"] == statements(text)
    assert shows(text)
    with running(text) as module:
        assert {key: (str, True), "b": (int, True)} == members(module.Root)


@given(ANY_TEXT, ANY_TEXT)
def test_ids_and_keys_make_names_of_types(id, key):
    id = "x" + id.replace(".", "")
    inner = s.object({"a": s.lazy(id)}, id=id)
    text = types_of(root=s.object({"a": s.object({key: s.object({"b": s.array_of(inner)})})}))

    with running(text) as module:
        assert all(name.isidentifier() and name.isascii() for name in statements(text))
        assert "Root" in vars(module)


@pytest.mark.parametrize("text", TEXTS)
def test_all_that_is_written_is_utf_8(text):
    written = types_of(root=s.object({text: s.enum([text], title=text)}, description=text))

    assert written == written.encode().decode()


def test_the_name_of_the_module_is_no_code():
    text = types_text(outline_of({}, module="a\nimport os\r\u2028"))

    assert [] == statements(text)
    assert shows(text)


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        (s.string(), ""),
        (s.string(title="A", description=" B\n"), "A\n\nB"),
        (s.string(deprecated=True), "Deprecated."),
        (s.maybe(s.nullable(s.string(description="B", deprecated=True))), "B\n\nDeprecated."),
        (s.array_of(s.string(description="B")), ""),
        (s.string(description=" \n"), ""),
    ],
)
def test_a_description_is_that_of_what_may_be_left_out(schema, told):
    assert told == description(schema)


def test_a_description_is_found_however_deep():
    schema = s.string(description="B")
    for _ in range(10_000):
        schema = s.maybe(schema)

    assert "B" == description(schema)


def test_a_comment_may_not_tell_a_checker_what_to_do():
    assert ["#: mypy: ignore-errors", "#: a \\x23 type: ignore", "#:", "#: # 1"] == comment(
        "mypy: ignore-errors\na # type: ignore\n\n# 1"
    )


def test_a_described_alias_has_a_comment():
    assert "#: Lines\n#: of it.\nRoot: TypeAlias = str\n" == body_of(
        types_of(root=s.string(description="Lines\nof it."))
    )
