"""Bytes become names, literals, ids and titles; none becomes source, of a validator or of types."""

import ast
import json
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import attrs
import jsonschema_rs

from kbn_schema import Schema, SchemaDefinitionError, ValidationError, schema
from kbn_schema.stubs.definitions import Definitions
from kbn_schema.stubs.outline import Outline
from kbn_schema.stubs.python.types import types_text
from kbn_schema.stubs.source import Source
from tests.fuzz.coverage_guided.target import Target
from tests.fuzz.properties.vocabulary import CHARACTERS, WORDS, is_ours
from tests.hostile.generated import foreign
from tests.hostile.helper import PAYLOADS, assert_presentable
from tests.same import same, shown_error
from tests.ways import compiled, interpreted

s = schema
SPLIT: Final = b"\xff"  # in no UTF-8

Made = tuple[Schema[Any], list[Any]]
"""A schema, and values for it."""


def props(one: str, two: str) -> Made:
    made = s.object(
        {one: s.number(default=1), two: s.maybe(s.string(min_length=1)), "a": s.maybe(s.boolean())}, title=one
    )
    return made, [{one: 1, two: "x"}, {one: two}, {"a": 1}, {}]


def literals(one: str, two: str) -> Made:
    made = s.one_of([s.literal(one), s.literal(two), s.enum(list({one, two, "a"})), s.number()])
    return made, [one, two, one + two, 5]


def tags(one: str, two: str) -> Made:
    branches = [s.object({one: s.literal(tag), "n": s.number()}, title=two) for tag in {one, two, "a"}]
    return s.discriminated_union(one, branches), [{one: two, "n": 1}, {one: one}, {two: one}]


def guessed_tags(one: str, two: str) -> Made:
    branches = [s.object({one: s.literal(tag), "n": s.number()}) for tag in {two, "b"}]
    return s.one_of([*branches, s.object({two: s.string()})]), [{one: two, "n": 1}, {two: one}, {one: "b"}]


def ids(one: str, two: str) -> Made:
    inner = s.object({"a": s.maybe(s.lazy(one)), two: s.maybe(s.lazy(two))}, id=two, description=one)
    return s.object({"x": inner}, id=one), [{"x": {"a": {"x": {}}}}, {"x": {two: {two: {}}}}, {one: 1}]


def references(one: str, two: str) -> Made:
    made = s.object(
        {
            one: s.string(),
            two: s.conditional(s.sibling_ref(one), two, s.number(), s.any(default=s.context_ref(one))),
        }
    )
    return made, [{one: two, two: 1}, {one: one}, {one: two, two: one}]


def patterns(one: str, two: str) -> Made:
    if sum(map((one + two).count, "*+?{")) > 1:  # an author's pattern may take for ever
        one, two = re.escape(one), re.escape(two)
    made = s.array_of(s.one_of([s.string(pattern=one), s.string(pattern=two)]))
    return made, [[one, two], [one + two], ["", "a"]]


def entries(one: str, two: str) -> Made:
    made = s.record_of(
        s.one_of([s.literal(one), s.literal(two)]), s.map_of(s.string(), s.any()), description=two
    )
    return made, [{one: {two: 1}}, {two: {}}, {one + two: {}}]


def told(one: str, two: str) -> Made:
    made = s.object(
        {
            "a": s.string(
                title=one, description=two, deprecated=True, meta={one: two}, examples=[one], default=two
            )
        },
        title=two,
        description=one,
        id=one,
    )
    return made, [{"a": one}, {}, {two: 1}]


def said(one: str, two: str) -> Made:
    def validate(value: Any) -> str | None:
        return two if value == one else None

    return s.object(
        {one: s.string(validate=validate), "l": s.array_of(s.any(validate=validate), default=[two])}
    ), [{one: one, "l": [one]}, {one: two}]


MAKERS: Final[list[Callable[[str, str], Made]]] = [
    props, literals, tags, guessed_tags, ids, references, patterns, entries, told, said,
]  # fmt: skip


@attrs.frozen
class Question:
    maker: Callable[[str, str], Made]
    one: str
    two: str


def read(data: bytes) -> Question:
    maker = MAKERS[(data[0] if data else 0) % len(MAKERS)]
    one, _, two = data[1:].partition(SPLIT)
    return Question(maker, one.decode("utf-8", "surrogateescape"), two.decode("utf-8", "surrogateescape"))


def judge(data: bytes) -> None:
    question = read(data)
    try:
        made, values = question.maker(question.one, question.two)
        made.compile()
    except SchemaDefinitionError:
        return
    assert_ours(made.source)
    for value in values:
        assert_alike(made, value)
    assert_described(made)
    assert_typed(made)


def assert_ours(source: str) -> None:
    assert set(source) <= CHARACTERS, f"a character in the source is not ours\n{source}"
    assert all(map(is_ours, set(WORDS.findall(source)))), f"a word in the source is not ours\n{source}"
    if zlib.crc32(source.encode()) % 8 == 0:  # the words and characters leave little to find
        assert not foreign(source), f"something in the source is not ours\n{source}"


def assert_alike(made: Schema[Any], value: Any) -> None:
    answers = []
    for way in (interpreted, compiled):
        try:
            answers.append(way(made, value))
        except ValidationError as error:
            assert_presentable(error)
            answers.append(shown_error(error))
        except SchemaDefinitionError as error:  # of a `lazy` that leads nowhere
            answers.append(str(error))
    assert same(*answers), f"compiled code says something else of {value!a}"


def assert_described(made: Schema[Any]) -> None:
    """Assert that the JSON Schema is one: its references lead somewhere."""
    try:
        text = json.dumps(made.json_schema(), allow_nan=False)
    except SchemaDefinitionError:
        return
    if "\\ud" not in text:  # jsonschema-rs knows no lone surrogates
        jsonschema_rs.validator_for(json.loads(text), validate_formats=False)


# What a module of types is made of.
STATEMENTS: Final = (
    ast.ImportFrom, ast.Import, ast.If, ast.Assign, ast.AnnAssign, ast.ClassDef, ast.Expr, ast.Pass,
)  # fmt: skip


def assert_typed(made: Schema[Any]) -> None:
    """Assert that the module of types is a module, and does nothing but to declare."""
    try:
        text = types_text(outlined(made))
    except SchemaDefinitionError:
        return
    module = ast.parse(text)
    for node in ast.walk(module):
        assert not isinstance(node, ast.stmt) or isinstance(node, STATEMENTS), (
            f"a statement is not ours\n{text}"
        )
        assert not isinstance(node, ast.Call) or ast.unparse(node.func) in CALLED, (
            f"a call is not ours\n{text}"
        )
        assert not isinstance(node, ast.Expr) or isinstance(node.value, ast.Constant), (
            f"an expression is not ours\n{text}"
        )


CALLED: Final = ("TypedDict",)
MODULE: Final = ModuleType("made")
SOURCE: Final = Source(Path("made.py"), b"Made = ...", ast.parse("Made = ..."))


def outlined(made: Schema[Any]) -> Outline:
    """Return the outline of a module with this one schema; `outline` would look through all modules."""
    definitions = Definitions()
    definitions.name(made, "Made", "Made")
    own = definitions.add(made)
    reached = definitions.finish([own])
    return Outline(MODULE, SOURCE, tuple(reached), {"Made": definitions.settled(own)}, ())


def shown(data: bytes) -> str:
    question = read(data)
    return f"names.{question.maker.__name__}({question.one!a}, {question.two!a})"


def seeds() -> Iterator[bytes]:
    texts = [payload.encode("utf-8", "surrogatepass") for payload in PAYLOADS]
    texts += [
        b"a",
        b"type",
        b"class",
        b"value\n",
        b"__proto__",
        b"",
        b"a.b",
        b"..",
        b"left_1",
        b"\xef\xac\x81",
        b"#/$defs/a~1b",
    ]
    for index in range(len(MAKERS)):
        for number, text in enumerate(texts):
            yield bytes((index,)) + text + SPLIT + texts[(number * 7 + index) % len(texts)]


TARGET = Target(
    "names", judge, shown, seeds, max_bytes=120, traces_generated=False,
    words=(
        b"\xff", b'"""', b"'''", b"\\", b"\n", b"\r", b"\xe2\x80\xa8", b"#", b"{", b"}", b"__class__",
        b"None", b"key_1", b"VALUE_1", b"self",
        b"import os", b"\x00", b"\xed\xa0\x80", b"...", b"$defs", b"~1", b"%25", b"/", b"TypedDict",
        b"[a-z]", b"(?i)", b"(a", b")*", b"\\d", b"{2,}",
    ),
)  # fmt: skip
