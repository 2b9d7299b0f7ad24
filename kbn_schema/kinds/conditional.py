"""One of two schemas, chosen by what a reference says."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Self, overload

import attrs
from typing_extensions import TypeVar, Unpack

from kbn_schema.exact import exact_bytes, exact_items, exact_list, exact_scalar
from kbn_schema.kinds.base import Schema, T_co, require_schema
from kbn_schema.kinds.definition import refuse
from kbn_schema.kinds.never import never
from kbn_schema.kinds.one_of import structure_of_any
from kbn_schema.kinds.options import Options, Structure
from kbn_schema.missing import MISSING
from kbn_schema.problems import Failure
from kbn_schema.references import ContextRef, Reference
from kbn_schema.run import Run
from kbn_schema.wording import type_word

if TYPE_CHECKING:
    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.json_schema import Presence, SchemaWriter
    from kbn_schema.stubs import Hint, TypeWriter
    from kbn_schema.testing.nodes import Shape
    from kbn_schema.testing.writer import StrategyWriter

A = TypeVar("A")
B = TypeVar("B")

SCALARS = frozenset({str, int, float, bool, type(None), bytes})


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class ConditionalSchema(Schema[T_co]):
    """See `conditional`."""

    combinator = "conditional"

    left: Reference = attrs.field(kw_only=False)
    right: Any = attrs.field(kw_only=False)
    then: Schema[Any] = attrs.field(kw_only=False)
    otherwise: Schema[Any] = attrs.field(kw_only=False)

    def prepare(self) -> None:
        if not isinstance(self.left, Reference):
            refuse(self, "left must be a reference: context_ref('a.b') or sibling_ref('a')")
        if isinstance(self.right, type) and issubclass(self.right, Schema):
            require_schema(self, self.right, "right")  # its parentheses were forgotten
        require_schema(self, self.then, "then")
        require_schema(self, self.otherwise, "otherwise")

    def check(self, value: object, run: Run) -> Any:
        branch = self._choose(value, run)
        # The default of the branch comes first; `never` is a branch without one.
        if value is MISSING and self.default is not MISSING and not branch.answers_missing(run):
            return self.get_default(run)
        named = run.name(self)
        outcome = branch.check(value, run)
        run.named = named
        return outcome if type(outcome) is Failure or value is MISSING else self.finish(outcome, run)

    def left_out(self, run: Run) -> Any:
        branch = self._choose(MISSING, run)
        return branch.check(MISSING, run) if branch.answers_missing(run) else MISSING

    def answers_missing(self, run: Run) -> bool:
        return self.has_default or self._choose(MISSING, run).answers_missing(run)

    def _choose(self, value: object, run: Run) -> Schema[Any]:
        return self.then if self._holds(value, run) else self.otherwise

    def _holds(self, value: object, run: Run) -> bool:
        left = self.left.read(run, value)
        if isinstance(self.right, Schema):
            return type(self.right.check(left, run)) is not Failure
        if left is MISSING:  # equals nothing; but where nothing is required, as in Kibana, a reference
            return run.optional and isinstance(self.right, Reference)
        return is_same(left, self.right.read(run, value) if isinstance(self.right, Reference) else self.right)

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        return out.any_of([out.schema(self.then), out.schema(self.otherwise)])

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.union((self.then, self.otherwise))

    def term(self, out: "TermWriter") -> "Term":
        return out.conditional(self.left, self.right, self.then, self.otherwise)

    def strategy(self, out: "StrategyWriter") -> "Shape":
        return out.conditional(self.left, self.right, self.then, self.otherwise, self._choose)

    def may_be_absent(self, out: "Presence") -> bool:
        may = super().may_be_absent(out)
        return may or out.may_be_absent(self.then) or out.may_be_absent(self.otherwise)

    def own_references(self) -> Iterator[Reference]:
        yield from super().own_references()
        yield from (ref for ref in (self.left, self.right) if isinstance(ref, Reference))

    def children(self) -> tuple[Schema[Any], ...]:
        return (self.then, self.otherwise)

    def handed_on(self) -> tuple[Schema[Any], ...]:
        return self.children()

    def rebuild(self, change: Callable[[Schema[Any]], Schema[Any]]) -> Self:
        return attrs.evolve(self, then=change(self.then), otherwise=change(self.otherwise))

    def structure(self, path: list[str], optional: bool) -> list[Structure]:
        return structure_of_any((self.then, self.otherwise), path, optional or self.has_default)


def is_same(one: Any, other: Any) -> bool:
    """Return whether two values are the same JSON value, however deep; 1 is 1.0 and not True.

    Subclasses count as what they are made of, and are not asked.
    """
    # A list of pairs, not recursion; each pair of containers is compared once, cycles included.
    waiting: list[tuple[Any, Any]] = [(one, other)]
    met: set[tuple[int, int]] = set()
    while waiting:
        left, right = waiting.pop()
        if (id(left), id(right)) in met:
            continue
        parts, others = _parts(left), _parts(right)
        if parts is None or others is None:
            if not _is_same_leaf(left, right):
                return False
            continue
        met.add((id(left), id(right)))
        if parts[0] is not others[0] or parts[1].keys() != others[1].keys():
            return False
        waiting.extend((part, others[1][key]) for key, part in parts[1].items())
    return True


def _parts(value: Any) -> tuple[type, dict[Any, Any]] | None:
    if type(value) in SCALARS:
        return None
    items = exact_list(value)
    if items is not None:
        return list, dict(enumerate(items))
    entries = exact_items(value)
    if entries is None or any(type(key) not in SCALARS for key, _ in entries):
        return None
    return dict, dict(entries)


def _is_same_leaf(left: Any, right: Any) -> bool:
    left, right = _exact(left), _exact(right)
    if type(left) in SCALARS and type(right) in SCALARS:
        # Under `python -bb` text and bytes may not even be compared.
        return type_word(left) == type_word(right) and bool(left == right)
    if left is right or type(left) is not type(right):
        return left is right
    try:
        return bool(left == right)
    except Exception:  # what is neither JSON nor ours may raise anything
        return False


def _exact(value: Any) -> Any:
    exact: Any = exact_scalar(value)
    if exact is None:
        exact = exact_bytes(value)
    return value if exact is None else exact


def conditional(
    left: Reference,
    right: object,
    then: Schema[A],
    otherwise: Schema[B],
    **options: Unpack[Options[A | B]],
) -> ConditionalSchema[A | B]:
    """Accept what *then* accepts where *left* fits *right*, else what *otherwise* accepts; yield its output.

    Values are equal as JSON is: 1 is 1.0 and not True, and a subclass of a builtin type counts
    as what it is made of. What raises when it is compared is not equal.

    Args:
        left: A `context_ref` or `sibling_ref`.
        right: A plain value, equal without coercion; a reference, equal to what it reads; or
            a schema, which *left* must fit (here ``"1"`` fits a number). A missing *left*
            equals nothing, and fits what accepts a missing value, such as `maybe` or a default.
        then: The schema if so.
        otherwise: The schema if not.
        default: As for all kinds. It counts only where the chosen schema has none.

    Raises:
        SchemaDefinitionError: *left* is no reference, or a branch is no schema.

    Source:
        Kibana `schema.conditional`.

    Example:
        >>> from kbn_schema import schema
        >>> rule = schema.object({
        ...     "type": schema.string(),
        ...     "value": schema.conditional(
        ...         schema.sibling_ref("type"), "number", schema.number(), schema.string()
        ...     ),
        ... })
        >>> rule.validate({"type": "number", "value": "5"})
        {'type': 'number', 'value': 5}
    """
    return ConditionalSchema(left, right, then, otherwise, **options)


@overload
def offering_based_schema(
    *, serverless: Schema[A], traditional: Schema[B], **options: Unpack[Options[A | B]]
) -> ConditionalSchema[A | B]: ...
@overload
def offering_based_schema(
    *, serverless: Schema[A], traditional: None = None, **options: Unpack[Options[A]]
) -> ConditionalSchema[A]: ...
@overload
def offering_based_schema(
    *, serverless: None = None, traditional: Schema[B], **options: Unpack[Options[B]]
) -> ConditionalSchema[B]: ...
def offering_based_schema(
    *,
    serverless: Schema[Any] | None = None,
    traditional: Schema[Any] | None = None,
    **options: Unpack[Options[Any]],
) -> ConditionalSchema[Any]:
    """Accept *serverless* where the context says so, else *traditional*; yield its output.

    It is a `conditional` on ``context_ref("serverless")`` being True.

    Args:
        serverless: The schema if so; left out, it is `never`.
        traditional: The schema if not; left out, it is `never`.

    Raises:
        SchemaDefinitionError: one of the two is no schema.

    Source:
        Kibana `offeringBasedSchema`.

    Example:
        >>> from kbn_schema import schema
        >>> flag = schema.offering_based_schema(serverless=schema.boolean())
        >>> flag.validate(True, {"serverless": True})
        True
    """
    then: Schema[Any] = never() if serverless is None else serverless
    otherwise: Schema[Any] = never() if traditional is None else traditional
    return conditional(ContextRef("serverless"), True, then, otherwise, **options)
