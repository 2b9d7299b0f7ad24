"""One value and no other."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, LiteralString, TypeVar, overload

import attrs

from kbn_schema import messages
from kbn_schema.exact import exact_scalar
from kbn_schema.kinds.base import Schema, T_co
from kbn_schema.kinds.definition import refuse
from kbn_schema.kinds.options import Structure
from kbn_schema.missing import MISSING
from kbn_schema.plan import Call, Leaf, Plan
from kbn_schema.problems import Failure, fail
from kbn_schema.run import Run
from kbn_schema.wording import show, type_word

if TYPE_CHECKING:
    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.json_schema import SchemaWriter
    from kbn_schema.stubs import Hint, TypeWriter
    from kbn_schema.testing.values import Values
    from kbn_schema.testing.writer import StrategyWriter

Scalar = str | int | float | bool | None
L = TypeVar("L", bound=LiteralString | int | float | bool | None)
S = TypeVar("S", bound=Scalar)


def same_scalar(one: Scalar, other: Scalar) -> bool:
    """Return whether two exact scalars are the same JSON value: 1 and 1.0 are, 1 and True are not."""
    return one == other and (type(one) is bool) == (type(other) is bool)


def plan_of_values(values: Sequence[Any]) -> Plan:
    """Return the plan for scalars that are their own outputs."""
    kinds = {type(value) for value in values}
    # 0.0 accepts -0.0, which is not its output.
    if len(kinds) > 1 or 0.0 in [value for value in values if type(value) is float]:
        return Call(*(kinds | {int, float} if kinds & {int, float} else kinds))
    (kind,) = kinds
    if kind is type(None):
        return Leaf(kind)
    return Leaf(kind, values=frozenset(values), takes=(int, float) if kind in (int, float) else ())


def require_scalar(combinator: str, value: object) -> Scalar:
    """Return *value* as an exact scalar, or raise `SchemaDefinitionError`."""
    scalar = exact_scalar(value)
    if scalar is None and value is not None:
        refuse(combinator, f"a value must be a string, number, boolean or None, but is [{type_word(value)}]")
    if type(scalar) is float and not -float("inf") < scalar < float("inf"):
        refuse(combinator, "a value must be a finite number: JSON has no NaN and no infinity")
    return scalar


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class LiteralSchema(Schema[T_co]):
    """See `literal`."""

    combinator = "literal"

    value: T_co = attrs.field(kw_only=False)

    def prepare(self) -> None:
        object.__setattr__(self, "value", require_scalar(self.combinator, self.value))

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        scalar = exact_scalar(value)
        expected: Any = self.value
        known = scalar is not None or value is None
        if known and same_scalar(scalar, expected):
            return expected
        return self.mismatch(value)

    def plan(self) -> Plan:
        return plan_of_values([self.value])

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        return out.constants([self.value])

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.constants([self.value])

    def term(self, out: "TermWriter") -> "Term":
        return out.values([self.value])

    def strategy(self, out: "StrategyWriter") -> "Values":
        return out.constants([self.value])

    def mismatch(self, value: object) -> Failure:
        message = messages.LITERAL
        if value is MISSING:
            message = message.required()
        return fail(message, {"expected": self.value})

    def structure(self, path: list[str], optional: bool) -> list[Structure]:
        mark = "?" if optional and self.value is not None else ""
        return [{"path": path, "type": show(self.value) + mark}]


# The bounds make checkers keep "asc" and 1 where an expected type asks for them, or for more than that.
@overload
def literal(value: L) -> LiteralSchema[L]: ...
@overload
def literal(value: S) -> LiteralSchema[S]: ...  # type: ignore[overload-cannot-match]  # to mypy it is the same
def literal(value: Any) -> LiteralSchema[Any]:
    """Accept *value* and nothing else; yield it.

    Nothing is coerced: ``"1"`` is not 1, and True is not 1; 1.0 is 1, as in JSON.

    Type checkers take the output for any text or number, unless an annotation is ``Schema[Literal["asc"]]``.
    A value that has a name then has to be `Final`: ``ASC: Final = "asc"``.

    Codes: ``literal``.

    Args:
        value: A string, a finite number, a boolean or None.

    Raises:
        SchemaDefinitionError: *value* is something else.

    Source:
        Kibana `schema.literal`.

    Example:
        >>> from kbn_schema import schema
        >>> schema.literal("asc").validate("asc")
        'asc'
    """
    return LiteralSchema(value)
