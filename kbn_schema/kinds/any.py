"""Any value at all."""

from typing import TYPE_CHECKING, Any

import attrs

from kbn_schema.kinds.base import Schema
from kbn_schema.missing import MISSING
from kbn_schema.plan import Anything, Plan
from kbn_schema.run import Run

if TYPE_CHECKING:
    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.json_schema import SchemaWriter
    from kbn_schema.stubs import Hint, TypeWriter
    from kbn_schema.testing.values import Values
    from kbn_schema.testing.writer import StrategyWriter


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class AnySchema(Schema[Any]):
    """Accept everything but a missing value; yield it as it is, neither copied nor looked at.

    None is a value like any other.

    Source:
        Kibana `schema.any`.

    Example:
        >>> from kbn_schema import schema
        >>> schema.any().validate([1, None])
        [1, None]
    """

    combinator = "any"

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        return self.finish(value, run)

    def plan(self) -> Plan:
        return Anything()

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        return out.anything()

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.anything()

    def term(self, out: "TermWriter") -> "Term":
        return out.anything()

    def strategy(self, out: "StrategyWriter") -> "Values":
        return out.anything()
