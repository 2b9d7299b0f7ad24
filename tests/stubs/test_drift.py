"""`drift`: which annotations are missing, and which say something else."""

import sys
import time
import types

import pytest

from kbn_schema import schema
from kbn_schema.http import Router
from kbn_schema.stubs.author.annotate import annotated
from kbn_schema.stubs.author.drift import drift
from kbn_schema.stubs.python.types import types_text
from tests.stubs.written import EXPRESSIONS, check, everything, findings, messages, outlined

HEAD = """\
from typing import TYPE_CHECKING, Annotated, Any, Final, List, Literal, Optional, TypedDict, Union, cast
import typing
import datetime as dt
from datetime import datetime as DateTime
import kbn_schema
import kbn_schema as s
from kbn_schema import ByteSize, Schema, schema
from kbn_schema import Schema as Spec
from kbn_schema.kinds.array_of import ArraySchema
from kbn_schema.kinds.object import ObjectSchema
from kbn_schema.schema import object as obj
if TYPE_CHECKING:
    from routes_ import Nothing
    from ._routes_types import FindQuery as FQ, FindQuery, FindQueryInput, Ids, Found, Other
    import _routes_types as t
    import app._routes_types as apart
Alias = "Schema[FindQuery]"
Loop = "Loop"
class Written(TypedDict):
    page: int
other = schema.object({"x": schema.any()})
"""
FIND_QUERY = 'schema.object({"page": schema.integer(default=1)})'
# For each schema, what says the same.
SAME = {
    FIND_QUERY: [
        "'Schema[FindQuery]'", "Schema['FindQuery']", "'Schema[\"FindQuery\"]'", "'Spec[FQ]'",
        "'s.Schema[FindQuery]'", "'kbn_schema.Schema[t.FindQuery]'", "'schema.object[FindQuery]'",
        "'s.object[FQ]'", "'s.schema.object[FQ]'", "'obj[FQ]'", "'ObjectSchema[FindQuery]'",
        "Final['Schema[FindQuery]']", "typing.Final['Schema[FindQuery]']",
        "Annotated['Schema[FindQuery]', 'said']", "'ArraySchema[FindQuery]'", "'Alias'", "Alias",
        "'Schema[apart.FindQuery]'", "' Schema[\\n FindQuery]'", "'Schema[Annotated[FindQuery, 1]]'",
    ],
    "schema.string()": ["Schema[str]", "'Schema[t.FindQuery]'", "'schema.string'", "'Schema[Union[str]]'"],
    "schema.number()": ["Schema[int | float]", "'Schema[float | int]'", "Schema[float]", "schema.number"],
    "schema.nullable(other)": [
        "'Schema[Other | None]'", "'Schema[None | Other]'", "Schema[Optional['Other']]",
        "Schema['Other | None']",
        "'Schema[Union[Other, None]]'", "'Schema[Union[t.Other, None, None]]'", "'Schema[FindQuery]'",
    ],
    "schema.array_of(schema.nullable(other))": [
        "'Schema[list[Other | None]]'", "Schema[List[Optional['Other']]]",
        "'ArraySchema[list[Other | None]]'",
    ],
    "schema.enum(['a', 'b', 1, None, True, False])": [
        "Schema[Literal['a', 'b', 1, None, True, False]]",
        "'Schema[Literal[\"b\", 1] | Literal[\"a\"] | bool | None]'",
        "'Schema[Optional[Union[Literal[False, 1], Literal[\"a\", \"b\", True]]]]'",
    ],
    "schema.enum([1.5, 1])": ["Schema[float]", "Schema[int | float]"],
    "schema.date_time()": ["Schema[DateTime]", "Schema[dt.datetime]", "'schema.date_time'"],
    "schema.byte_size()": ["Schema[ByteSize]", "'Schema[s.ByteSize]'", "'s.byte_size'"],
    "schema.record_of(schema.string(), other)": [
        "'Schema[dict[str, Other]]'", "Schema[typing.Dict[str, 'Other']]",
    ],
    "schema.any()": ["Schema", "Schema[Any]", "schema.any", "'Schema[Any | None]'"],
    "schema.object({}, unknowns='allow')": ["Schema[dict[str, Any]]", "Schema[dict[str, typing.Any]]"],
}  # fmt: skip
OTHER = {
    FIND_QUERY: [
        "Schema", "Schema[Any]", "'Schema'", "ObjectSchema", "'Schema[FindQueryInput]'", "'Schema[Other]'",
        "Schema[dict[str, Any]]", "Schema[Written]", "'Schema[Nothing]'", "'Schema[FindQuery | None]'",
        "'Schema[list[FindQuery]]'", "object", "'not an annotation ['", "'Schema[_routes_types.FindQuery]'",
        "Any", "'FindQuery'", "'list[Schema[FindQuery]]'", "Final['Schema[Other]']", "'Schema[()]'",
        "'Schema[*Other]'",
        "Schema[object]", "Schema['FindQuery[']", "int | Schema[FQ] if TYPE_CHECKING else Any",
        "Loop", "'Schema[Loop]'", "'Schema); (Schema'", "'Schema[dict[str, Nothing]]'",
    ],
    "schema.string()": ["Schema[int]", "Schema[Any]", "Schema", "Schema[Literal['a']]", "schema.number"],
    "schema.number()": ["Schema[int]", "Schema[bool]"],
    "schema.integer()": ["Schema[float]", "Schema[int | None]"],
    "schema.nullable(other)": ["'Schema[Other]'", "Schema[None]"],
    "schema.enum(['a', 'b'])": [
        "Schema[str]", "Schema[Literal['a']]", "Schema[Literal['a', 'b', 'c']]", "Schema[Literal[Alias]]",
    ],
    "schema.enum([1.5, 1])": ["Schema[Literal[1.5, 1]]"],
    "schema.enum([1, 2])": ["Schema[Literal[True, 2]]", "Schema[Literal['1', '2']]"],
    "schema.any()": ["Schema[int]"],
    "schema.array_of(schema.string())": [
        "Schema[list]", "Schema[typing.Sequence[str]]", "Schema[list[str, str]]",
    ],
}  # fmt: skip


def table(rows):
    return [(value, annotation) for value, annotations in rows.items() for annotation in annotations]


@pytest.mark.parametrize(("value", "annotation"), table(SAME))
def test_every_spelling_of_the_type_is_right(tmp_path, value, annotation):
    assert [] == messages(tmp_path / "app", f"{HEAD}find_query: {annotation} = {value}\n")[1:]


@pytest.mark.parametrize(("value", "annotation"), table(OTHER))
def test_what_is_not_the_type_of_the_output_is_found(tmp_path, value, annotation):
    text = f"from __future__ import annotations\n{HEAD}find_query: {annotation} = {value}\n"

    (found,) = findings(tmp_path, text, "routes")[1:]

    assert "find_query" == found.name
    assert len(text.splitlines()) == found.line
    assert found.message.endswith('; write find_query: "Schema[FQ]" = ...')


def test_quotes_and_what_is_wrapped_around_are_seen_through_so_far_and_no_further(tmp_path):
    head = "from typing import Annotated\nfrom kbn_schema import Schema, schema\n"
    said = {
        depth: messages(
            tmp_path, f"{head}q: {'Annotated[' * depth}Schema[str]{', 1]' * depth} = schema.string()"
        )
        for depth in (1, 20, 21)
    }

    assert [[], []] == [said[1], said[20]]
    assert "which is another type" in said[21][0]


def test_an_annotation_of_any_length_is_told_shortly(tmp_path):
    (found,) = findings(
        tmp_path,
        f"from kbn_schema import Schema, schema\nq: Schema[{' | '.join(['str'] * 600)}] = schema.integer()\n",
    )

    assert 'q is annotated with [...], which is another type; write q: "Schema[Q]" = ...' == found.message


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`type` is a statement from Python 3.12 on")
@pytest.mark.parametrize(("alias", "is_right"), [("Schema[str]", True), ("Schema[int]", False)])
def test_an_alias_may_be_made_by_its_statement(tmp_path, alias, is_right):
    text = f"from kbn_schema import Schema, schema\ntype Text = {alias}\nq: Text = schema.string()\n"

    assert is_right is (messages(tmp_path, text) == [])


def test_an_alias_beside_what_it_stands_for_is_that_alone(tmp_path):
    text = "from kbn_schema import Schema, schema\nname = schema.string()\n"

    assert [] == messages(tmp_path, f'{text}q: "Schema[str]" = schema.one_of(name, schema.string())\n')


def test_what_a_class_only_quotes_may_be_told_as_anything(tmp_path):
    head = """\
from __future__ import annotations
from typing import Any
from kbn_schema import Schema, schema
class Point: ...
class PointSchema(Schema["Point"]):
    def check(self, value: object, run: Any) -> Any: ...
"""
    assert [] == messages(tmp_path, f"{head}point: Schema[Point] = PointSchema()\n")
    assert [] == messages(tmp_path, f"{head}points: Schema[list[Point]] = schema.array_of(PointSchema())\n")
    (found,) = messages(tmp_path, f"{head}points: Schema[Point] = schema.array_of(PointSchema())\n")
    assert "points is annotated with [Schema[Point]], which is another type" in found


@pytest.mark.parametrize(
    ("statement", "is_right"),
    [
        ("pair: Schema[tuple[int, int]] = Pair()", True),
        ("pairs: Schema[list[tuple[int, int]]] = schema.array_of(Pair())", True),
        ("pair = cast('Schema[tuple[int, int]]', Pair())", True),
        ("pair: Pair = Pair()", True),
        ("pair: Schema = Pair()", True),
        ("pair: object = Pair()", False),
        ("pair: tuple[int, int] = Pair()", False),
        ("name: Schema[tuple[int, int]] = schema.string()", False),
    ],
)
def test_what_we_have_no_words_for_is_left_to_checkers(tmp_path, statement, is_right):
    head = """\
from __future__ import annotations
from typing import Any, cast
from kbn_schema import Schema, schema
class Pair(Schema[tuple[int, int]]):
    def check(self, value: object, run: Any) -> Any: ...
"""
    assert is_right is (messages(tmp_path, f"{head}{statement}\n") == [])


@pytest.mark.parametrize(
    "head",
    [
        "from kbn_schema import *\nfrom kbn_schema import schema\n",
        "from kbn_schema import schema\nif True:\n    from kbn_schema import Schema\n",
    ],
)
def test_names_are_known_however_they_are_imported(tmp_path, head):
    (found,) = messages(
        tmp_path, f"{head}a: Schema[str] = schema.string()\nb: Schema[int] = schema.string()\n"
    )

    assert found.endswith(
        'b is annotated with [Schema[int]], which is another type; write b: "Schema[B]" = ...'
    )


def test_a_module_of_ours_that_is_not_there_means_nothing(tmp_path):
    text = "from typing import TYPE_CHECKING\nfrom kbn_schema import schema\nif TYPE_CHECKING:\n"
    text += '    from kbn_schema.absent import Schema\nq: "Schema[str]" = schema.string()\n'

    assert ['5: q is annotated with [Schema[str]], which is another type; write q: "Schema_[Q]" = ...'] == [
        one.partition(" (with ")[0] for one in messages(tmp_path, text)
    ]


def test_what_a_pattern_captures_is_assigned(tmp_path):
    text = """\
from kbn_schema import schema
match {"a": 1, "b": [1, 2], "c": 3}:
    case {"a": one, "b": [1, *two], **three} if True:
        one = schema.object({"a": schema.any()})
two = schema.object({"b": schema.any()})
three = schema.object({"c": schema.any()})
"""
    lines = {"one": "2 and 4", "two": "2 and 5", "three": "2 and 6"}

    assert [
        f"2: {name} is not annotated; it is assigned in the lines {told}: "
        f'write {name}: "Schema[{name.capitalize()}]" in a line before them'
        for name, told in lines.items()
    ] == messages(tmp_path, text)


# What is assigned to `q`, and whether checkers infer its type.
MADE_OF = {
    "[schema.string()][0]": False,
    "schema.array_of([schema.string()][0])": False,
    "schema.array_of(schema.string())": True,
    "schema.array_of(examples.TREE)": True,  # it is anything to them, which is not to be mended here
    "schema.array_of(twice)": False,
    "schema.one_of([q for q in (schema.string(), schema.integer())])": False,
    "schema.enum([A, 'b'])": False,
    "schema.enum([A, B])": False,
    "schema.enum([A, C])": True,  # they are just texts to them
}


@pytest.mark.parametrize(("value", "is_inferred"), MADE_OF.items())
def test_an_annotation_is_asked_for_where_checkers_do_not_infer_it(tmp_path, value, is_inferred):
    text = """\
from typing import Final
from kbn_schema import schema
from tests import examples
twice = schema.string()
twice = schema.enum(["a"])
A: Final = "a"
B: Final = "b"
C = "c"
"""
    found = [one for one in messages(tmp_path, f"{text}q = {value}\n") if " twice " not in one]

    assert ([] if is_inferred else ['9: q is not annotated; write q: "Schema[Q]" = ...']) == found


@pytest.mark.parametrize(
    ("statement", "is_seen"),
    [
        ("a, q = 1, schema.string()", True),
        ("a, (q, b) = 1, (schema.string(), 2)", True),
        ("[a, [q, b]] = 1, [schema.string(), 2]", True),
        ("a = b, q = 1, schema.string()", True),
        ("q, *rest = schema.string(), 1, 2", False),
        ("a, q = *[1], schema.string()", False),
        ("a, q = reversed([schema.string(), 1])", False),
    ],
)
def test_each_of_what_is_assigned_together_is_seen_where_no_star_hides_it(tmp_path, statement, is_seen):
    said = "is not annotated; it is assigned together with others: write"
    found = [] if is_seen else [f'2: q {said} q: "Schema[Q]" = ... in a statement of its own']

    assert found == messages(tmp_path, f"from kbn_schema import schema\n{statement}\n")


@pytest.mark.parametrize(("imports", "is_right"), {
    "from _routes_types import Q": True,
    "from ._routes_types import Q": True,
    "from app._routes_types import Q": True,
    "from .app._routes_types import Q": True,
    "from _routes_types import Q\n    from app._routes_types import Q": False,
    "from _routes_types import Q\n    from _routes_types import Q": True,
    "from _routes_types import Q\nfrom math import pi as Q": False,
    "from legacy._routes_types import Q": False,
    "from .legacy._routes_types import Q": False,
    "from other.app._routes_types import Q": False,
    "from my_routes_types import Q": False,
    "from _routes_types_ import Q": False,
    "from _routes_types.inside import Q": False,
}.items())  # fmt: skip
def test_types_are_those_of_the_file_with_our_types(tmp_path, imports, is_right):
    head = "from typing import TYPE_CHECKING\nfrom kbn_schema import Schema, schema\nif TYPE_CHECKING:\n"
    text = f'{head}    {imports}\nq: "Schema[Q]" = schema.object({{"a": schema.any()}})\n'

    assert is_right is (messages(tmp_path / "app", text) == [])


def test_types_of_that_name_elsewhere_are_others(tmp_path, monkeypatch):
    text = "from typing import TYPE_CHECKING\nfrom kbn_schema import Schema, schema\nif TYPE_CHECKING:\n"
    text += '    from _routes_types import Q\nq: "Schema[Q]" = schema.object({"a": schema.any()})\n'
    monkeypatch.syspath_prepend(tmp_path)

    assert [] == findings(tmp_path / "app", text, "app.routes")
    tmp_path.joinpath("_routes_types.py").touch()
    assert ["q"] == [one.name for one in findings(tmp_path / "app", text, "app.routes")]


def test_a_finding_says_what_is_wrong_and_how_to_mend_it(tmp_path):
    text = """\
from typing import Final
from kbn_schema import Schema, schema
find_query = schema.object({"page": schema.integer(default=1)})
hidden: Schema = schema.literal("a")
sent: "Schema[SentInput]" = schema.object({"page": schema.integer(default=2)})
if True:
    other: "Schema[int]" = schema.string()
last: Final = schema.object({"z": schema.any()})
one, two = schema.object({"a": schema.any()}), schema.string()
both = each = schema.object({"b": schema.any()})
again = schema.object({"c": schema.any()})
again = again.extends({})
made = schema.object["Wrong"]({"d": schema.any()})
asked = schema.object({"e": schema.any()}); asked.pick("e")
"""
    assert [
        '3: find_query is not annotated; write find_query: "Schema[FindQuery]" = ...',
        '4: hidden is annotated with [Schema], which hides its type; write hidden: "Schema[Hidden]" = ...',
        "5: sent is annotated with [Schema[SentInput]], which is another type; "
        'write sent: "Schema[Sent]" = ...',
        '7: other is annotated with [Schema[int]], which is another type; write other: "Schema[Other]" = ...',
        '8: last is not annotated; write last: Final["Schema[Last]"] = ...',
        "9: one is not annotated; it is assigned together with others: "
        'write one: "Schema[One]" = ... in a statement of its own',
        "10: both is not annotated; it is assigned together with others: "
        'write both: "Schema[Both]" = ... in a statement of its own',
        "10: each is not annotated; it is assigned together with others: "
        'write each: "Schema[Both]" = ... in a statement of its own',
        "11: again is not annotated; it is assigned in the lines 11 and 12: "
        'write again: "schema.object[Again]" in a line before them',
        "13: made is made as [Wrong], which is another type; write [Made]",
        '14: asked is not annotated; write asked: "schema.object[Asked]" = ...',
    ] == messages(tmp_path, text)


def test_the_type_of_what_is_sent_is_named_as_such(tmp_path):
    text = f"{HEAD}find_query: 'Schema[FindQueryInput]' = {FIND_QUERY}\n"

    assert "the type of what is sent and not of what comes out; write" in messages(tmp_path, text)[1]


def test_a_right_word_that_means_another_thing_is_told_with_its_import(tmp_path):
    text = 'from kbn_schema import Schema, schema\nq: "Schema[Q]" = schema.object({"a": schema.any()})\n'

    assert messages(tmp_path, text)[0].endswith(
        'write q: "Schema[Q]" = ... (with from _routes_types import Q)'
    )


@pytest.mark.parametrize(
    "text",
    [
        "find_query: 'Schema[FQ]'\nfind_query, b = {value}, 1",
        "find_query: 'Schema[FQ]'\nif b:\n    find_query = {value}\nelse:\n    find_query = other",
        "find_query = schema.object['FQ']({{'page': schema.integer(default=1)}})",
        "find_query = cast('Schema[FQ]', {value})",
        "find_query: Final = schema.object['FindQuery']({{'page': schema.integer(default=1)}})",
        "base: 'Schema[t.Base]' = {value}\nfind_query = base",
    ],
)
def test_a_type_may_be_told_in_other_ways(tmp_path, text):
    assert [] == messages(tmp_path, f"{HEAD}b = 1\n{text.format(value=FIND_QUERY)}\n")[1:]


def test_what_is_imported_or_in_functions_is_not_asked_for(tmp_path):
    text = """\
from tests.stubs.written import NUMBERS as number
from tests.examples import TREE, CIRCLE
from kbn_schema import schema
same = TREE
try:
    from tests.examples import SQUARE
except ImportError:
    SQUARE = schema.object({"a": schema.any()})
def make():
    inner = schema.object({"a": schema.any()})
    return inner
"""
    assert [] == messages(tmp_path, text)


@pytest.mark.parametrize(
    "values",
    ["VALUES", "[*VALUES]", "tuple(VALUES)", "[one for one in VALUES]", "MUTABLE", "{'a': 1, 'b': 2}.keys()"],
)
def test_constants_that_checkers_cannot_see_may_be_words(tmp_path, values):
    text = "from typing import Final, Literal\nfrom kbn_schema import Schema, schema\n"
    text += "VALUES = ['a', 'b']\nMUTABLE: Final = ['a', 'b']\n"
    text += f"sort = schema.enum({values})\n"
    text += f"widened: Schema[str] = schema.enum({values})\n"
    text += f"exact: Schema[Literal['a', 'b']] = schema.enum({values})\n"
    text += "sorts = schema.array_of(sort)\n"

    assert [] == messages(tmp_path, text)
    (found,) = messages(tmp_path, text + f"wrong: Schema[int] = schema.enum({values})\n")
    assert "wrong is annotated with [Schema[int]], which is another type" in found


def test_what_the_interpreter_warns_of_is_not_told_again(tmp_path):
    text = 'from kbn_schema import Schema, schema\nx = "\\d"\nq: "Schema[\'\\\\d\']" = schema.string()\n'

    assert [3] == [one.line for one in findings(tmp_path, text)]


@pytest.mark.parametrize(
    "told", ["(" * 5000, "", "a = 1", "x; y", "\0", "Schema[", "\u202e", "1, *a", "Schema[1:2]"], ids=len
)
def test_any_text_may_stand_in_quotes(tmp_path, told):
    text = f"from kbn_schema import Schema, schema\nq: {told!a} = schema.string()\n"

    (found,) = findings(tmp_path, text)

    assert len(found.message) < 500
    assert found.message.isprintable()


def test_the_expressions_are_of_every_combinator():
    assert set(schema.__all__) == set(EXPRESSIONS)


def test_checkers_infer_what_needs_no_annotation(tmp_path):
    """Of all that is not annotated nothing is claimed that mypy and pyright do not infer."""
    text = everything()
    with outlined(tmp_path / "author.py", text) as found:
        asked = {finding.name for finding in drift(found)}
        tmp_path.joinpath("_author_types.py").write_text(types_text(found))
        names = {name: one.name for name, one in found.variables.items()}
    left = set(names) - asked - vague(text)
    lines = [
        "from typing import TypeVar, assert_type",
        "from kbn_schema import Schema",
        "import _author_types as types",
        "import author",
        'T = TypeVar("T")',
        "def output(schema: Schema[T]) -> T: ...  # type: ignore[empty-body]  # pyright: ignore",
        *(f"assert_type(output(author.{name}), types.{names[name]})" for name in sorted(left)),
    ]
    tmp_path.joinpath("inferred.py").write_text("\n".join(lines))

    assert {} == check(tmp_path, "inferred.py")
    assert len(left) > 25
    assert "point" in asked


def vague(text):
    """The variables whose output checkers do not know at all, so that nothing is asked for, or claimed."""
    marks = ("enum(COLORS)", "never()", "nullable(schema.any())")
    return {line.partition(" = ")[0] for line in text.splitlines() if any(mark in line for mark in marks)}


def test_a_thousand_schemas_take_little_time(tmp_path):
    lines = [
        f"q{number} = schema.object({{'a': schema.string(), 'b': schema.array_of(q{number - 1})}})"
        for number in range(1, 1000)
    ]
    text = "from kbn_schema import schema\nq0 = schema.object({})\n" + "\n".join(lines)
    with outlined(tmp_path / "author.py", text) as found:
        start = time.process_time()
        count = len(drift(found))

    assert 1000 == count
    assert time.process_time() - start < 2  # benchmarks/ measures; here, only that it is not quadratic


BODY = """\
from typing import TYPE_CHECKING
from kbn_schema import Schema, schema
from kbn_schema.kinds.maybe import MaybeSchema
if TYPE_CHECKING:
    from kbn_schema.missing import Missing
    from _routes_types import Body, Opt
body: "Schema[Body]" = schema.object({"a": schema.string()})
"""
# What may be missing, and how that is told.
MAY_BE_MISSING = {
    "schema.maybe(schema.object({'b': schema.string()}))": "MaybeSchema[Opt]",
    "schema.conditional(schema.context_ref('a'), 1, schema.never(), schema.uri())": "Schema[Opt | Missing]",
    "schema.maybe(schema.enum(['a', 'b']))": "MaybeSchema[Opt]",
    "schema.maybe(schema.array_of(schema.enum(['a', 'b'])))": "MaybeSchema[Opt]",
    "schema.maybe(schema.one_of(schema.string(), schema.integer()))": "MaybeSchema[Opt]",
}
# What checkers know of by themselves.
INFERRED = {
    "schema.maybe(body)": "MaybeSchema[Opt]",
    "schema.maybe(schema.maybe(body))": "MaybeSchema[Opt]",
    "schema.maybe(schema.string())": "MaybeSchema[Opt]",
    "schema.never()": "Schema[Opt | Missing]",
}


@pytest.mark.parametrize(("value", "wanted"), (MAY_BE_MISSING | INFERRED).items())
def test_a_type_that_takes_missing_away_is_another_one(tmp_path, value, wanted):
    said = f'opt is annotated with [Schema[Opt]], which is another type; write opt: "{wanted}" = ...'

    assert [f"8: {said}"] == messages(tmp_path, f'{BODY}opt: "Schema[Opt]" = {value}\n')
    assert [] == messages(tmp_path, f'{BODY}opt: "Schema[Opt | Missing]" = {value}\n')
    assert [] == messages(tmp_path, f'{BODY}opt: "MaybeSchema[Opt]" = {value}\n')


@pytest.mark.parametrize(("value", "wanted"), MAY_BE_MISSING.items())
def test_what_may_be_missing_is_asked_for_with_missing(tmp_path, value, wanted):
    said = f'opt is not annotated; write opt: "{wanted}" = ...'

    assert [f"8: {said}"] == messages(tmp_path, f"{BODY}opt = {value}\n")


# Nor is asked for what they would refuse.
UNTOLD = [
    "schema.array_of(schema.never())",
    "schema.conditional(schema.context_ref('a'), 1, schema.never(), schema.enum(['a', 'b']))",
]


@pytest.mark.parametrize("value", [*INFERRED, *UNTOLD])
def test_checkers_infer_what_is_plainly_missing(tmp_path, value):
    assert [] == messages(tmp_path, f"{BODY}opt = {value}\n")


def test_checkers_take_types_with_missing(tmp_path):
    values = [*MAY_BE_MISSING, *INFERRED]
    text = "from kbn_schema import schema\nbody = schema.object({'a': schema.string()})\n" + "".join(
        f"opt_{number} = {value}\n" for number, value in enumerate(values)
    )
    with outlined(tmp_path / "author.py", text) as found:
        tmp_path.joinpath("author.py").write_bytes(annotated(found))
        tmp_path.joinpath("_author_types.py").write_text(types_text(found))
    uses = [
        f"assert_type(author.opt_{one}.validate(), types.Opt{one} | Missing)" for one in range(len(values))
    ]
    uses[-1] = "assert_type(author.opt_8.validate(), Missing)"
    head = ["from typing import assert_type", "from kbn_schema.missing import Missing"]
    head += ["import author", "import _author_types as types"]
    tmp_path.joinpath("uses.py").write_text("\n".join([*head, *uses]))

    assert "from kbn_schema.missing import Missing" in tmp_path.joinpath("author.py").read_text()
    assert {} == check(tmp_path, "author.py", "uses.py")


ROUTES = """\
from __future__ import annotations
from typing import TYPE_CHECKING, Any
from kbn_schema import Schema, schema
from kbn_schema.http import Request, Router
if TYPE_CHECKING:
    from _routes_types import FindQuery, FindRequest, Item, PutRequest
    import _routes_types as types
    from other._other_types import FindRequest as Foreign
    from other._other_types import PutRequest as ForeignPut
    from _routes_types import FindRequest as Twice
    from other._other_types import FindRequest as Twice
router = Router()
Alias = "FindRequest"
@router.get("/a", validate={"query": schema.object["FindQuery"]({"page": schema.integer()})})
def find(context: Any, request: "FindRequest", response: Any) -> Any: ...
"""
ANOTHER = 'put names FindRequest, the type of another route; write "PutRequest"'


@pytest.mark.parametrize("validate", ["{}", "False", "lambda object, string: {'body': object({})}"])
@pytest.mark.parametrize("annotation", ["'FindRequest'", "FindRequest", "types.FindRequest", "Alias"])
def test_a_handler_that_names_the_type_of_another_route_is_found(tmp_path, validate, annotation):
    text = f"@router.put('/b', validate={validate})\ndef put(a,\n  request: {annotation}, response): ...\n"

    assert [f"18: {ANOTHER}"] == messages(tmp_path, ROUTES + text)


def test_handlers_in_functions_and_with_several_routes_have_one_type(tmp_path):
    text = """\
def register(router):
    @router.put("/b", validate={})
    @router.put("/c", validate={})
    def put(context: Any, request: "FindRequest", response: Any): ...
    @router.versioned.get(path="/v", access="public").add_version(version="2026-01-01", validate=False)
    def get(context: Any, request: "PutRequest", response: Any): ...
register(router)
"""
    versioned = 'get names PutRequest, the type of another route; write "GetRequest"'

    assert [f"19: {ANOTHER}", f"21: {versioned}"] == messages(tmp_path, ROUTES + text)


@pytest.mark.parametrize(("annotation", "said"), [
    ("Foreign", 'FindRequest of other._other_types, the type of another route; write "PutRequest"'),
    ("ForeignPut", 'PutRequest of other._other_types, the type of another route; write "PutRequest" '
     "(with from _routes_types import PutRequest)"),
])  # fmt: skip
def test_types_of_other_modules_are_those_of_other_routes(tmp_path, annotation, said):
    text = f"@router.put('/b', validate={{}})\ndef put(context: Any, request: {annotation}, response): ...\n"

    assert [f"17: put names {said}"] == messages(tmp_path, ROUTES + text)


@pytest.mark.parametrize("annotation", [
    "PutRequest", "types.PutRequest", "'PutRequest'", "Request", "Request[Any, Any, Any, Any]", "Any",
    "FindRequest | PutRequest", "Unknown", "Item", "Twice", "None", "'not ['", "types.GoneRequest", "Loop",
])  # fmt: skip
def test_other_words_for_a_request_are_left_to_checkers(tmp_path, annotation):
    text = "Loop = 'Loop'\n@router.put('/b', validate={})\n"
    text += f"def put(context: Any, request: {annotation}, response): ...\n"

    assert [] == messages(tmp_path, ROUTES + text)


def test_one_function_may_handle_several_routes_that_it_is_made_for(tmp_path):
    text = """\
def register(path, alias):
    @router.put(path, validate={})
    def put(context: Any, request: "ALIAS", response: Any): ...
register("/b", 1)
register("/c", 2)
"""
    said = 'put names FindRequest, the type of another route; write "PutPutBRequest" or "PutPutCRequest"'

    assert [f"18: {said}"] == messages(tmp_path, ROUTES + text.replace("ALIAS", "FindRequest"))
    assert [] == messages(tmp_path, ROUTES + text.replace("ALIAS", "PutPutCRequest"))


def test_the_module_with_the_router_has_types_for_a_handler_too(tmp_path, monkeypatch):
    server = types.ModuleType("server")
    vars(server)["router"] = Router()
    monkeypatch.setitem(sys.modules, "server", server)
    text = """\
import sys
if TYPE_CHECKING:
    from _server_types import FindRequest as Ours
    from _client_types import FindRequest as Other
shared = sys.modules["server"].router
@shared.put("/b", validate={})
def put(context, request: "Ours", response): ...
"""
    assert [] == messages(tmp_path, ROUTES + text)
    assert 1 == len(messages(tmp_path, ROUTES + text.replace('"Ours"', '"Other"').replace("/b", "/c")))
