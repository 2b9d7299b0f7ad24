"""No value at all."""

from typing import TYPE_CHECKING, Any

import attrs

from kbn_schema import messages
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.options import Structure
from kbn_schema.missing import MISSING, Missing
from kbn_schema.plan import STAYS, Absence, Plan
from kbn_schema.problems import fail
from kbn_schema.run import Run

if TYPE_CHECKING:
    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.json_schema import Presence, SchemaWriter
    from kbn_schema.stubs import Hint, TypeWriter
    from kbn_schema.testing.values import Values
    from kbn_schema.testing.writer import StrategyWriter


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class NeverSchema(Schema[Missing]):
    """See `never`."""

    combinator = "never"

    def check(self, value: object, run: Run) -> Any:
        return MISSING if value is MISSING else fail(messages.UNEXPECTED)

    def plan(self) -> Plan | None:
        return None  # what is there is wrong

    def absence(self) -> Absence:
        return STAYS

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        return out.nothing()

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.nothing()

    def term(self, out: "TermWriter") -> "Term":
        return out.nothing()

    def strategy(self, out: "StrategyWriter") -> "Values":
        return out.nothing()

    def may_be_absent(self, out: "Presence") -> bool:
        return True

    def structure(self, path: list[str], optional: bool) -> list[Structure]:
        return [{"path": path, "type": "never"}]


def never() -> NeverSchema:
    """Accept only a missing value; yield `MISSING`.

    It is for a prop that must not be there, not even with None.

    Codes: ``never``.

    Source:
        Kibana `schema.never`.

    Example:
        >>> from kbn_schema import schema
        >>> schema.object({"old": schema.never()}).validate({})
        {}
    """
    return NeverSchema()
