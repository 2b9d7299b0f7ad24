"""This module makes the generated parts of docs/reference/issues.md."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import attrs

from kbn_schema import MISSING, Schema, messages, schema
from kbn_schema.messages import Message
from kbn_schema.problems import Failure, Problem, UnionProblem
from kbn_schema.run import Run
from tests.examples import EXAMPLES
from tests.near_miss import near_misses
from tests.reference.combinators import Combinator, combinators
from tests.reference.markdown import code, fence, table
from tests.reference.pages import Page
from tests.reference.rows import rows_of
from tests.test_messages import ROWS

# What is said of all kinds alike is said once.
MOST: Final = 8
OF_ALL: Final = frozenset({"custom", "default", "fault"})
# Where a part of a value is missing, or the value of a schema that stands for others; what is beside it.
ELSEWHERE: Final = {
    "DEFINED": "`one_of`, `lazy`",
    "SPARSE": "`array_of`, of an item",
    "NO_SIBLING": "`validate_key`",
}
WHOLE_TEXT: Final = "JSON_"


@attrs.frozen
class Call:
    """A call with an issue of some code, after other statements."""

    text: str
    before: str = ""

    @property
    def issue(self) -> Any:
        """The issue that comes first."""
        names: dict[str, Any] = {"schema": schema, "MISSING": MISSING}
        exec(self.before, names)
        return eval(self.text, names)

    @property
    def example(self) -> str:
        """The call and its answer, as a doctest."""
        issue = self.issue
        prompts = (f"{'...' if line[:1] == ' ' else '>>>'} {line}" for line in self.before.splitlines())
        return "\n".join(
            [
                *prompts,
                f">>> issue = {self.text}",
                ">>> issue.message",
                repr(issue.message),
                ">>> dict(issue.params)",
                repr(dict(issue.params)),
            ]
        )


CALLS: Final[Mapping[str, Call]] = {
    "type": Call('schema.number().issues_of("a")[0]'),
    "required": Call('schema.object({"page": schema.number()}).issues_of({})[0]'),
    "never": Call('schema.object({"old": schema.never()}).issues_of({"old": None})[0]'),
    "json": Call('schema.array_of(schema.number()).issues_of("1,2")[0]'),
    "min_length": Call('schema.string(min_length=2).issues_of("a")[0]'),
    "max_length": Call('schema.string(max_length=2).issues_of("abc")[0]'),
    "pattern": Call('schema.string(pattern="[a-z]+").issues_of("A")[0]'),
    "format": Call('schema.ip(versions=["ipv6"]).issues_of("1.2.3.4")[0]'),
    "unsafe_number": Call("schema.number().issues_of(2**53)[0]"),
    "min": Call('schema.byte_size(min="2kb").issues_of("1kb")[0]'),
    "max": Call("schema.number(max=10).issues_of(11)[0]"),
    "exclusive_min": Call("schema.number(exclusive_min=0).issues_of(0)[0]"),
    "exclusive_max": Call("schema.number(exclusive_max=1).issues_of(1)[0]"),
    "multiple_of": Call("schema.integer(multiple_of=5).issues_of(7)[0]"),
    "literal": Call('schema.literal("asc").issues_of("desc")[0]'),
    "enum": Call('schema.enum(["asc", "desc", 1]).issues_of("up")[0]'),
    "union": Call('schema.one_of(schema.boolean(), schema.string(max_length=2)).issues_of("abc")[0]'),
    "discriminator": Call(
        'shape.issues_of({"type": "line"})[0]',
        'circle = schema.object({"type": schema.literal("circle"), "radius": schema.number()})\n'
        'square = schema.object({"type": schema.literal("square"), "side": schema.number()})\n'
        'shape = schema.discriminated_union("type", circle, square)',
    ),
    "unknown_key": Call('schema.object({"sort": schema.string()}).issues_of({"srot": "name"})[1]'),
    "min_size": Call("schema.array_of(schema.any(), min_size=1).issues_of([])[0]"),
    "max_size": Call("schema.array_of(schema.any(), max_size=1).issues_of([1, 2])[0]"),
    "keys_alike": Call(
        "schema.map_of(schema.integer(), schema.any()).issues_of(numbers)[0]",
        "numbers = {number * (2**61 - 1): None for number in range(101)}  # whose hash is 0",
    ),
    "depth": Call(
        "tree.issues_of(deep)[0]",
        'tree = schema.array_of(schema.lazy("tree"), id="tree")\n'
        "deep = []\n"
        "for _ in range(200):\n"
        "    deep = [deep]",
    ),
    "custom": Call("schema.number(validate=lambda number: number % 2 == 0).issues_of(3)[0]"),
    "default": Call("schema.number(default=lambda: 1 / 0).issues_of(MISSING)[0]"),
    "fault": Call(
        "Broken().issues_of(1)[0]",
        "from kbn_schema import Schema\n"
        "class Broken(Schema):\n"
        "    def check(self, value, run):\n"
        "        return 1 / 0",
    ),
}


def sentences() -> dict[str, Message]:
    """All sentences by the names of their constants."""
    return {name: value for name, value in vars(messages).items() if isinstance(value, Message)}


def codes() -> list[str]:
    """All codes, in the order of the sentences."""
    return list(dict.fromkeys(message.code for message in sentences().values()))


def table_of_codes() -> str:
    """The sentences of each code, and whose they are."""
    rows = [
        [code(message.code), code(message.text), _whose(name)]
        for wanted in codes()
        for name, message in sentences().items()
        if message.code == wanted
    ]
    return table(["code", "sentence", "of"], rows)


def examples() -> str:
    """A section with a call for each code."""
    return "\n\n".join(f"### {code(name)}\n\n{fence('python', CALLS[name].example)}" for name in codes())


def _whose(name: str) -> str:
    if name.startswith(WHOLE_TEXT):
        return "`validate_json`, bodies"
    if name in ELSEWHERE:
        return ELSEWHERE[name]
    if sentences()[name].code in OF_ALL:
        return "all kinds"
    kinds = [one.names[0] for one in combinators() if name in tellers(one)]
    return "most kinds" if len(kinds) > MOST else ", ".join(map(code, kinds))


def tellers(one: Combinator) -> set[str]:
    """The names of the sentences that the kind of a combinator says itself.

    Its docstring tells the codes; of several sentences with one code, and of the one for another type,
    examples show which it is.
    """
    own = {*one.doc.listed_codes}
    shown = {name for name, code in met(kinds_of(one)) if code in own | {"type"}}
    said = {name: message.code for name, message in sentences().items() if not name.startswith(WHOLE_TEXT)}
    counts = Counter(said.values())
    return shown | {name for name, code in said.items() if code in own and counts[code] == 1}


def kinds_of(one: Combinator) -> frozenset[str]:
    """What the kinds call themselves that a combinator makes: `all_of` makes objects."""
    calls = tuple(f"schema.{name}(" for name in one.names)
    made = [row.example.schema for row in rows_of(one.names) if row.schema.startswith(calls)]
    return frozenset(schema.combinator for schema in made)


@cache
def met(kinds: frozenset[str]) -> frozenset[tuple[str, str]]:
    """The names and codes of the sentences that some kinds say of their examples.

    What they hand on is judged by others, and so is what is inside: of that, the type is none of theirs.
    """
    names = {(message.code, message.text): name for name, message in sentences().items()}
    found: set[tuple[str, str]] = set()
    for judge, problem in problems():
        code = problem.message.code
        is_anothers = code == "type" and (problem.trail is not None or judge.handed_on())
        if judge.combinator in kinds and not is_anothers:
            known = names.get((code, problem.message.text), "")
            found.add((_of_union(problem) if isinstance(problem, UnionProblem) else known, code))
    return frozenset(found)


def _of_union(problem: UnionProblem) -> str:
    return "UNION_MISFIT" if problem.closest() is None else "UNION_CLOSEST"


@cache
def problems() -> tuple[tuple[Schema[Any], Problem], ...]:
    """What is wrong with the values of all examples, their near misses, and the rows of messages."""
    values = [(row.schema, one, row.context) for row in EXAMPLES for one in _near(row.values)]
    found: list[tuple[Schema[Any], Problem]] = []
    for judge, value, context in (*values, *((row.schema, row.value, {}) for row in ROWS)):
        outcome = judge.outcome(value, Run(context))
        if type(outcome) is Failure:
            found.extend((judge, problem) for problem in outcome.problems)
    return tuple(found)


def _near(values: list[Any]) -> Iterator[Any]:
    for value in values:
        yield value
        yield from near_misses(value)


PAGE: Final = Page("docs/reference/issues.md", {"table of codes": table_of_codes, "examples": examples})
