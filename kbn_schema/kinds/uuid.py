"""UUIDs."""

import uuid
from typing import TYPE_CHECKING, Any

import attrs

from kbn_schema import messages
from kbn_schema.exact import exact_str
from kbn_schema.formats.uuid import read_uuid
from kbn_schema.kinds.base import Schema
from kbn_schema.missing import MISSING
from kbn_schema.plan import Call, Plan
from kbn_schema.problems import fail
from kbn_schema.run import Run

if TYPE_CHECKING:
    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.json_schema import SchemaWriter
    from kbn_schema.stubs import Hint, TypeWriter
    from kbn_schema.testing.values import Values
    from kbn_schema.testing.writer import StrategyWriter


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class UuidSchema(Schema[uuid.UUID]):
    """Accept the text of a UUID, in any letter case, or a `uuid.UUID`; yield a `uuid.UUID`.

    The text has the form 8-4-4-4-12: no braces, no ``urn:uuid:``, all hyphens.

    Codes: ``format``.

    Source:
        RFC 9562, section 4.

    Example:
        >>> from kbn_schema import schema
        >>> schema.uuid().validate("f81d4fae-7dec-11d0-a765-00a0c91e6bf6")
        UUID('f81d4fae-7dec-11d0-a765-00a0c91e6bf6')
    """

    combinator = "uuid"
    expected = "string"

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        if type(value) is uuid.UUID:
            return self.finish(value, run)
        text = exact_str(value)
        if text is None:
            return self.mismatch(value)
        found = read_uuid(text)
        return fail(messages.UUID, {"format": "uuid"}) if found is None else self.finish(found, run)

    def plan(self) -> Plan:
        return Call(str)

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        return out.text(format="uuid")

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.instance(uuid.UUID)

    def term(self, out: "TermWriter") -> "Term":
        return out.text(format="uuid")

    def strategy(self, out: "StrategyWriter") -> "Values":
        return out.uuids()
