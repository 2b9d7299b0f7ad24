"""Whole numbers."""

from typing import TYPE_CHECKING, Any

import attrs

from kbn_schema.exact import exact_number, exact_str
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.bounds import described_bounds, number_bounds, out_of_bounds
from kbn_schema.missing import MISSING
from kbn_schema.numbers import read_integer, spelled_integers
from kbn_schema.plan import Call, Leaf, Plan
from kbn_schema.run import Run

if TYPE_CHECKING:
    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.json_schema import SchemaWriter
    from kbn_schema.stubs import Hint, TypeWriter
    from kbn_schema.testing.values import Values
    from kbn_schema.testing.writer import StrategyWriter

# For JSON Schema; its blanks are ours.
SPELLED = r"^\s*[+-]?[0-9]+\s*$"


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class IntegerSchema(Schema[int]):
    """Accept whole numbers, and texts of digits; yield an exact `int` of any size.

    1.0 is a whole number and gives 1; the text ``"1.0"`` is refused. A text may have a
    sign, blanks around it, and at most 4,300 digits. A bool is no number. A float of 2**53
    or more stands for the integer that it holds, and not for the decimal that it prints
    as, which matters to *multiple_of*.

    Codes: ``min``, ``max``, ``exclusive_min``, ``exclusive_max``, ``multiple_of``.

    Args:
        min: Smallest value, inclusive.
        max: Largest value, inclusive.
        exclusive_min: Lower bound, exclusive: the value must be greater.
        exclusive_max: Upper bound, exclusive: the value must be lower.
        multiple_of: The value must be a multiple.

    Raises:
        SchemaDefinitionError: a bound is no finite number, *multiple_of* is not above 0, or
            a lower bound is above the upper one.

    Source:
        JSON Schema 2020-12, validation, section 6.1.1: any number without fraction is an integer.

    Example:
        >>> from kbn_schema import schema
        >>> schema.integer().validate("9007199254740993")
        9007199254740993
    """

    combinator = "integer"

    min: int | float | None = None
    max: int | float | None = None
    exclusive_min: int | float | None = None
    exclusive_max: int | float | None = None
    multiple_of: int | float | None = None

    def prepare(self) -> None:
        number_bounds(self)

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        text = value if type(value) is str else exact_str(value)
        number = exact_number(value) if text is None else read_integer(text)
        if type(number) is float and number.is_integer():
            number = int(number)
        if type(number) is not int:
            return self.mismatch(value)
        failure = out_of_bounds(self, number)
        return self.finish(number, run) if failure is None else failure

    def plan(self) -> Plan:
        if self.multiple_of is not None:
            return Call(int, float, str)
        return Leaf(
            int,
            low=self.min,
            above=self.exclusive_min,
            high=self.max,
            below=self.exclusive_max,
            spelled=spelled_integers(),
            takes=(float,),
        )

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        return out.typed("integer", SPELLED, **described_bounds(self, out))

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.words("int")

    def term(self, out: "TermWriter") -> "Term":
        return out.number(
            min=self.min,
            max=self.max,
            exclusive_min=self.exclusive_min,
            exclusive_max=self.exclusive_max,
            multiple_of=self.multiple_of,
            whole=True,
        )

    def strategy(self, out: "StrategyWriter") -> "Values":
        return out.numbers(
            min=self.min,
            max=self.max,
            exclusive_min=self.exclusive_min,
            exclusive_max=self.exclusive_max,
            multiple_of=self.multiple_of,
            whole=True,
        )
