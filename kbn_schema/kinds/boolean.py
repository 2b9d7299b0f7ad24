"""True and false."""

from typing import TYPE_CHECKING, Any

import attrs

from kbn_schema.exact import exact_str
from kbn_schema.kinds.base import Schema
from kbn_schema.missing import MISSING
from kbn_schema.numbers import read_boolean, spelled_booleans
from kbn_schema.plan import Leaf, Plan
from kbn_schema.run import Run

if TYPE_CHECKING:
    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.json_schema import SchemaWriter
    from kbn_schema.stubs import Hint, TypeWriter
    from kbn_schema.testing.values import Values
    from kbn_schema.testing.writer import StrategyWriter

# For JSON Schema; its blanks are ours.
SPELLED = r"^\s*(?:[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])\s*$"


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class BooleanSchema(Schema[bool]):
    """Accept True and False, and the texts ``true`` and ``false``; yield a `bool`.

    The texts may be in any letter case and have blanks around them, as a query string
    has them. Numbers and other texts, such as ``"1"`` or ``"yes"``, are refused.

    Source:
        Kibana `schema.boolean`.

    Example:
        >>> from kbn_schema import schema
        >>> schema.boolean().validate("TRUE")
        True
    """

    combinator = "boolean"

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        if type(value) is bool:
            return self.finish(value, run)
        text = exact_str(value)
        answer = read_boolean(text) if text is not None else None
        return self.mismatch(value) if answer is None else self.finish(answer, run)

    def plan(self) -> Plan:
        return Leaf(bool, spelled=spelled_booleans())

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        return out.typed("boolean", SPELLED)

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.words("bool")

    def term(self, out: "TermWriter") -> "Term":
        return out.boolean()

    def strategy(self, out: "StrategyWriter") -> "Values":
        return out.booleans()
