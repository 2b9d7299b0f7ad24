"""The first alternative that fits."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Self, overload

import attrs
from typing_extensions import TypeVar, Unpack

from kbn_schema import messages
from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.kinds.base import Schema, T_co, failure_of, require_schema
from kbn_schema.kinds.definition import refuse
from kbn_schema.kinds.options import Options, Structure
from kbn_schema.missing import MISSING
from kbn_schema.plan import Choice, Plan
from kbn_schema.problems import Failure, Problem, UnionProblem
from kbn_schema.run import OUTERMOST, Run

if TYPE_CHECKING:
    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.json_schema import SchemaWriter
    from kbn_schema.stubs import Hint, TypeWriter
    from kbn_schema.testing.nodes import Shape
    from kbn_schema.testing.writer import StrategyWriter

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")


def first_match(schema: Schema[Any], alternatives: Sequence[Schema[Any]], value: object, run: Run) -> Any:
    """Return the output of the first of *alternatives* of *schema* that takes *value*, or what each found.

    A single alternative's problems are the answer as they are.
    """
    known = run.recall_choice(schema, value)
    if known is not MISSING:
        return known
    branches: list[tuple[Problem, ...]] = []
    reached, run.reached = run.reached, OUTERMOST
    run.branching += 1
    mark = run.mark()
    outcome: Any = None
    for alternative in alternatives:
        try:
            outcome = alternative.check(value, run)
        except (SchemaDefinitionError, MemoryError, RecursionError):
            raise
        except Exception as error:
            # A kind of an author's raised: its alternative does not fit, and the next one may, as where
            # compiled code passes over what cannot fit.
            outcome = failure_of(error)
            run.put_back(mark, alternative, value, outcome)
        if type(outcome) is not Failure:
            break
        branches.append(outcome.problems)
    run.branching -= 1
    if len(branches) == len(alternatives) > 1:
        outcome = Failure((UnionProblem(messages.UNION_MISFIT, branches=tuple(branches)),))
    return run.remember_choice(schema, value, outcome, reached)


def structure_of_any(alternatives: Sequence[Schema[Any]], path: list[str], optional: bool) -> list[Structure]:
    """Return the one line for a choice of *alternatives*: their words, without repeats, joined with ``|``."""
    words: dict[str, None] = {}
    for alternative in alternatives:
        lines = alternative.structure(path, optional)
        # Only an object has more than one line, or one with a longer path.
        is_leaf = len(lines) == 1 and lines[0]["path"] == path
        words.update(dict.fromkeys(lines[0]["type"].split("|") if is_leaf else ["object?"]))
    return [{"path": path, "type": "|".join(words)}]


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class OneOfSchema(Schema[T_co]):
    """See `one_of`."""

    combinator = "one_of"

    alternatives: tuple[Schema[Any], ...] = attrs.field(kw_only=False)

    def prepare(self) -> None:
        if not self.alternatives:
            refuse(self, "give it at least one alternative")
        for index, alternative in enumerate(self.alternatives):
            require_schema(self, alternative, f"alternative {index}")

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run, messages.DEFINED)
        named = run.name(self)
        outcome = first_match(self, self.alternatives, value, run)
        run.named = named
        return outcome if type(outcome) is Failure else self.finish(outcome, run)

    def plan(self) -> Plan:
        return Choice(self.alternatives)

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        return out.any_of([out.schema(alternative, default=False) for alternative in self.alternatives])

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.union(self.alternatives)

    def term(self, out: "TermWriter") -> "Term":
        return out.union(self.alternatives)

    def strategy(self, out: "StrategyWriter") -> "Shape":
        return out.any_of(self.alternatives)

    def children(self) -> tuple[Schema[Any], ...]:
        return self.alternatives

    def handed_on(self) -> tuple[Schema[Any], ...]:
        return self.children()

    def rebuild(self, change: Callable[[Schema[Any]], Schema[Any]]) -> Self:
        return attrs.evolve(self, alternatives=tuple(map(change, self.alternatives)))

    def structure(self, path: list[str], optional: bool) -> list[Structure]:
        return structure_of_any(self.alternatives, path, optional or self.has_default)


@overload
def one_of(a: Schema[A], /, **options: Unpack[Options[A]]) -> OneOfSchema[A]: ...
@overload
def one_of(a: Schema[A], b: Schema[B], /, **options: Unpack[Options[A | B]]) -> OneOfSchema[A | B]: ...
@overload
def one_of(
    a: Schema[A], b: Schema[B], c: Schema[C], /, **options: Unpack[Options[A | B | C]]
) -> OneOfSchema[A | B | C]: ...
@overload
def one_of(
    a: Schema[A], b: Schema[B], c: Schema[C], d: Schema[D], /, **options: Unpack[Options[A | B | C | D]]
) -> OneOfSchema[A | B | C | D]: ...
@overload
def one_of(alternatives: Sequence[Schema[A]], /, **options: Unpack[Options[A]]) -> OneOfSchema[A]: ...
@overload
def one_of(  # not fewer than five: what does not fit an annotation would fit here
    a: Schema[Any],
    b: Schema[Any],
    c: Schema[Any],
    d: Schema[Any],
    e: Schema[Any],
    /,
    *more: Schema[Any],
    **options: Unpack[Options[Any]],
) -> OneOfSchema[Any]: ...
def one_of(*alternatives: Any, **options: Unpack[Options[Any]]) -> OneOfSchema[Any]:
    """Accept what one of the alternatives accepts; yield the output of the first that fits.

    Order matters, since the first alternative may coerce: ``one_of(number(), string())``
    turns ``"1"`` into 1, the other order keeps it. A missing value is refused without
    asking the alternatives. `union` is the same combinator.

    Codes: ``union``, followed by the issues of the alternative that came closest, if one was
    meant. A single alternative's issues are the answer as they are.

    Args:
        alternatives: At least one schema, each an argument or all in a list. Type
            checkers infer the union from up to four arguments; of more, and of a list,
            an annotation says it best.

    Raises:
        SchemaDefinitionError: there is no alternative, or one is no schema.

    Source:
        Kibana `schema.oneOf`. Unlike JSON Schema's ``oneOf``, several may fit.

    Example:
        >>> from kbn_schema import schema
        >>> schema.one_of(schema.number(), schema.string()).validate("1")
        1
        >>> schema.one_of(schema.string(), schema.number()).validate("1")
        '1'
    """
    return OneOfSchema(as_schemas("one_of", alternatives), **options)


def as_schemas(combinator: str, given: tuple[Any, ...]) -> tuple[Schema[Any], ...]:
    """Return the schemas that were given one by one or in one list."""
    if len(given) == 1 and isinstance(given[0], (set, frozenset)):
        refuse(combinator, "give it a list of schemas: a set has another order in each process")
    if len(given) == 1 and not issubclass(type(given[0]), Schema):
        try:
            return tuple(given[0])
        except TypeError:
            refuse(combinator, "give it schemas, or a list of schemas")
    return given
