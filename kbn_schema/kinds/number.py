"""Numbers."""

from typing import TYPE_CHECKING, Any

import attrs

from kbn_schema import messages
from kbn_schema.exact import exact_number, exact_str
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.bounds import described_bounds, number_bounds, out_of_bounds
from kbn_schema.kinds.definition import require_flags
from kbn_schema.missing import MISSING
from kbn_schema.numbers import SAFE, is_safe, read_number, spelled_numbers
from kbn_schema.plan import Call, Leaf, Plan
from kbn_schema.problems import fail
from kbn_schema.run import Run

if TYPE_CHECKING:
    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.json_schema import SchemaWriter
    from kbn_schema.stubs import Hint, TypeWriter
    from kbn_schema.testing.values import Values
    from kbn_schema.testing.writer import StrategyWriter

INFINITY = float("inf")
# For JSON Schema; its blanks are ours.
SPELLED = r"^\s*[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*$"


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class NumberSchema(Schema[int | float]):
    """Accept numbers, and texts that spell one; yield an `int` or a `float`, as it was given.

    A text may have blanks around it, a sign, a fraction and an exponent; ASCII only. Text
    without fraction and exponent gives an `int`. A bool is no number, NaN and the
    infinities are refused.

    Codes: ``min``, ``max``, ``exclusive_min``, ``exclusive_max``, ``multiple_of``, and
    ``unsafe_number`` for what *unsafe* would take, and for infinities.

    Args:
        min: Smallest value, inclusive.
        max: Largest value, inclusive.
        exclusive_min: Lower bound, exclusive: the value must be greater.
        exclusive_max: Upper bound, exclusive: the value must be lower.
        multiple_of: The value must be a multiple, reckoned in decimals: 0.3 is one of 0.1.
        unsafe: Whether to take numbers above 2**53 - 1 in size, and texts that lose digits
            when read; infinities never. Integers, also as text of up to 4,300 digits, stay
            exact.

    Raises:
        SchemaDefinitionError: a bound is no finite number, *multiple_of* is not above 0, or
            a lower bound is above the upper one.

    Source:
        Kibana `schema.number`; *exclusive_min*, *exclusive_max* and *multiple_of*: JSON Schema.

    Example:
        >>> from kbn_schema import schema
        >>> schema.number(min=1, multiple_of=0.1).validate(" 1.3 ")
        1.3
    """

    combinator = "number"

    min: int | float | None = None
    max: int | float | None = None
    exclusive_min: int | float | None = None
    exclusive_max: int | float | None = None
    multiple_of: int | float | None = None
    unsafe: bool = False

    def prepare(self) -> None:
        require_flags(self, "unsafe")
        number_bounds(self)

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        text = exact_str(value)
        number = exact_number(value) if text is None else read_number(text)
        if number is None or number != number:
            return self.mismatch(value)
        if not self.unsafe and not is_safe(number, text):
            return fail(messages.SAFE_NUMBER)
        if number in (INFINITY, -INFINITY):
            return fail(messages.FINITE)
        failure = out_of_bounds(self, number)
        return self.finish(number, run) if failure is None else failure

    def plan(self) -> Plan:
        if self.multiple_of is not None or self.unsafe:
            return Call(int, float, str)
        # NaN fails every comparison, so the limits of what is safe refuse it too.
        return Leaf(
            float,
            int,
            low=-SAFE if self.min is None else max(self.min, -SAFE),
            above=self.exclusive_min,
            high=SAFE if self.max is None else min(self.max, SAFE),
            below=self.exclusive_max,
            spelled=spelled_numbers(),
        )

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        safe = SAFE if out.is_exact and not self.unsafe else None
        return out.typed("number", SPELLED, **described_bounds(self, out, safe))

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.words("int", "float")

    def term(self, out: "TermWriter") -> "Term":
        return out.number(
            min=self.min,
            max=self.max,
            exclusive_min=self.exclusive_min,
            exclusive_max=self.exclusive_max,
            multiple_of=self.multiple_of,
            unsafe=self.unsafe,
        )

    def strategy(self, out: "StrategyWriter") -> "Values":
        return out.numbers(
            min=self.min,
            max=self.max,
            exclusive_min=self.exclusive_min,
            exclusive_max=self.exclusive_max,
            multiple_of=self.multiple_of,
            unsafe=self.unsafe,
        )
