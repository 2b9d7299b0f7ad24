"""What authors say stays text: TypeScript's own parser finds the types that were meant, and nothing else."""

import re
from typing import Any

import attrs
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from kbn_schema import schema
from kbn_schema.stubs.hints import NEVER, ClassOf, Field, Fields, ListOf, Word
from kbn_schema.stubs.typescript.types import TypeText
from tests.stubs.typescript_tools import parsed, text_of, written

# Pieces of what ends a text or a comment, of what compilers and linters obey, and of names that are special.
PIECES = [
    "*/", "/*", "//", "/**", "///", "\\", "\\\\", '"', "'", "`", "${", "}", "{", "[", "]", ";", "\r\n", "\r",
    "\n", "\t", "\x00", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\u202e", "\u2066", "\ufeff", "\ud800",
    "\udfff", "😀", "é", "@", "@deprecated", " @internal x", "{@link A}", "ada@example.org", "@ts-ignore",
    "// @ts-nocheck", "@jsx h", "@jsxImportSource evil", '/// <reference path="a.ts" />', "<!--", "-->", "#!",
    "//# sourceMappingURL=a", "eslint-enable", "export", "__proto__", "constructor", "new", "get", "readonly",
    "1", "01", "-1", "1e3", "0x1", "Infinity", "key: string", "?",
]  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(PIECES), st.lists(st.sampled_from(PIECES), max_size=5).map("".join), st.text(max_size=8)
)


@attrs.frozen
class Case:
    """A module, and what the parser is to find: of each type, its members and the words of its constants."""

    text: str
    members: list[str]
    words: set[str]
    deprecated: list[bool]


@st.composite
def cases(draw: Any) -> Case:
    props = draw(st.dictionaries(TEXTS, TEXTS, min_size=1, max_size=4))
    flags = [draw(st.booleans()) for _ in props]
    words = draw(st.sets(TEXTS, min_size=1, max_size=3))
    made = {
        name: schema.string(description=said, title=draw(TEXTS), deprecated=flag)
        for (name, said), flag in zip(props.items(), flags, strict=True)
    }
    names = {
        "thing": schema.object(made, description=draw(TEXTS)),
        "word": schema.enum(sorted(words), title=draw(TEXTS)),
        "by_word": schema.record_of(schema.enum(sorted(words)), schema.string()),
    }
    return Case(text_of(names), list(map(as_javascript, props)), set(map(as_javascript, words)), flags)


def as_javascript(text: str) -> str:
    """*text* as JavaScript has it, to which two surrogates in a row are one character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def test_what_authors_say_is_parsed_as_what_it_is():
    drawn: list[Case] = []

    @settings(max_examples=300, phases=[Phase.generate], deadline=None)
    @given(cases())
    def collect(case: Case) -> None:
        drawn.append(case)

    collect()
    for case, found in zip(drawn, parsed([case.text for case in drawn]), strict=True):
        assert found["errors"] == found["orders"] == [], case.text
        mark, thing, word, by_word = found["statements"]
        assert ("ExportDeclaration", None) == (mark["kind"], mark["name"])
        assert ("InterfaceDeclaration", "Thing") == (thing["kind"], thing["name"])
        assert case.members == [member["name"] for member in thing["members"]], case.text
        assert ["StringKeyword"] * len(case.members) == [member["type"] for member in thing["members"]]
        assert [["deprecated"] if flag else [] for flag in case.deprecated] == [
            [name for name, _ in member["tags"]] for member in thing["members"]
        ], case.text
        assert ("TypeAliasDeclaration", "Word") == (word["kind"], word["name"])
        assert case.words == ({word["type"]} if isinstance(word["type"], str) else set(word["type"]))
        assert thing["tags"] == word["tags"] == [], case.text
        assert ("TypeAliasDeclaration", "ByWord", "MappedType") == (
            by_word["kind"],
            by_word["name"],
            by_word["type"],
        )


def test_texts_of_routes_are_parsed_as_what_they_are():
    source = (
        "odd = dict(summary='*/ @deprecated', description='a\\r\\n@see b', tags=['*/'])\n"
        "why = {'message': 'no */ @see'}\n"
        "@router.get('/*/@deprecated/{__proto__}', validate=False, deprecated=why, **odd)\n"
        "def constructor(context, request, response): ...\n"
    )
    (found,) = parsed([written(source, with_client=True)])
    _, request, client, _ = found["statements"]
    (method,) = client["members"]

    assert found["errors"] == found["orders"] == request["tags"] == []
    assert ["What `GET /api/*\\/@deprecated/{__proto__}` takes."] == request["comment"]
    assert ("MethodSignature", "constructor") == (method["kind"], method["name"])
    assert [["deprecated", "no *\\/ \\@see"]] == method["tags"]
    assert ["*\\/ \\@deprecated\n\na\n\\@see b\n\n`GET /api/*\\/@deprecated/{__proto__}`"] == method[
        "comment"
    ]


@pytest.mark.parametrize(
    ("of", "text"),
    [
        (schema.one_of(schema.literal(1.5), schema.integer(), schema.boolean()), " = number | boolean;"),
        (schema.enum([1, 2**53, "a"]), ' = number | "a";'),
        (schema.enum([1, 1.5, True, None]), " = 1 | 1.5 | true | null;"),
        (schema.array_of(schema.nullable(schema.array_of(schema.string()))), " = (string[] | null)[];"),
        (schema.enum(["a" * 60, "b" * 60]), f' =\n  | "{"a" * 60}"\n  | "{"b" * 60}";'),
        (schema.literal("a" * 110), f' = "{"a" * 110}";'),
        (schema.object({}, unknowns="allow"), " {\n  [key: string]: unknown;\n}"),
    ],
)
def test_types_are_written_as_short_as_they_can_be(of, text):
    assert text_of({"told": of}).endswith(
        f"export {'interface' if text.endswith('}') else 'type'} Told{text}\n"
    )


def test_an_object_may_stand_in_place():
    """As a kind of a third party may have it: those of ours are named."""
    fields = (Field("a", Word("str"), True, None), Field("b-c", NEVER, False, None))
    types = TypeText({}, ())

    assert '{ a: string; "b-c"?: never }[]' == types.type(ListOf(Fields(fields)), "input")
    assert "{ [key: string]: unknown }" == types.type(Fields((), is_open=True), "output")
    assert "{ [key: string]: never }[]" == types.type(ListOf(Fields(())), "output")


def test_a_class_of_python_is_unknown_to_browsers():
    """As a kind of a third party may have it."""
    assert "unknown[]" == TypeText({}, ()).type(ListOf(ClassOf("fractions", "Fraction")), "output")


@pytest.mark.parametrize(
    ("options", "comment"),
    [
        ({"description": "One line."}, "/** One line. */"),
        ({"title": "Page", "description": "Where to begin."}, "/**\n * Page\n *\n * Where to begin.\n */"),
        ({"description": "\n  a\n\n    b \n\n"}, "/**\n *   a\n *\n *     b\n */"),
        ({"deprecated": True}, "/** @deprecated */"),
        ({"title": "Old", "deprecated": True}, "/**\n * Old\n *\n * @deprecated\n */"),
        ({"description": "Write to ada@example.org, @ada"}, "/** Write to ada@example.org, \\@ada */"),
        ({"description": "*/ https://example.org/@ada"}, "/** *\\/ https://example.org/@ada */"),
        ({"description": " \n"}, None),
    ],
)
def test_comments_say_what_authors_say(options, comment):
    told = text_of({"page": schema.integer(**options)}).partition("export {};\n\n")[2]

    assert (
        f"{comment}\nexport type Page = number;\n" == told
        if comment
        else told == "export type Page = number;\n"
    )


def test_the_type_of_outputs_says_of_itself_what_it_is_and_comes_first():
    size = schema.integer(default=1)
    text = text_of({
        "plain": schema.object({"size": size}),
        "told": schema.object({"size": size}, description="A box.", deprecated=True),
        "same": schema.object({"id": schema.string()}),
    })  # fmt: skip
    (found,) = parsed([text])
    _, *types = found["statements"]
    what = "as the server sees it: what has a default is there."

    assert [
        ("Plain", [f"`PlainInput`, {what}"], []),
        ("PlainInput", [], []),
        ("Told", [f"A box.\n\n`ToldInput`, {what}"], [["deprecated", ""]]),
        ("ToldInput", ["A box."], [["deprecated", ""]]),
        ("Same", [], []),
    ] == [(one["name"], one["comment"], one["tags"]) for one in types]


def test_a_comment_speaks_of_what_may_be_left_out_or_null():
    text = text_of(
        {"a": schema.object({"b": schema.maybe(schema.nullable(schema.string(title="B", deprecated=True)))})}
    )

    assert "  /**\n   * B\n   *\n   * @deprecated\n   */\n  b?: string | null;" in text


def test_no_line_shows_other_than_it_is():
    """Neither controls nor marks of direction: what one reads is what the compiler reads."""
    hidden = "\u202e\u2066\u200b\ufeff\x7f\x1b\x85\ud800"
    text = text_of({"a": schema.object({hidden: schema.literal(hidden)}, title=hidden)})

    assert [] == re.findall("[^\n\x20-\x7e]", text)
