"""E-mail addresses."""

from typing import TYPE_CHECKING, Any

import attrs

from kbn_schema import messages
from kbn_schema.exact import exact_str
from kbn_schema.formats.email import is_email
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
class EmailSchema(Schema[str]):
    """Accept the text of an e-mail address; yield it unchanged. Nothing is looked up.

    An address is ASCII, of at most 254 characters, at a domain of two labels or more, and has
    no comments, quotes or display name.

    Codes: ``format``.

    Source:
        The "valid e-mail address" of the HTML standard (that of ``<input type=email>``), with
        RFC 5321's limits of length and a domain as host names have it.

    Example:
        >>> from kbn_schema import schema
        >>> schema.email().validate("ada@example.org")
        'ada@example.org'
    """

    combinator = "email"
    expected = "string"

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        text = exact_str(value)
        if text is None:
            return self.mismatch(value)
        if not is_email(text):
            return fail(messages.EMAIL, {"format": "email"})
        return self.finish(text, run)

    def plan(self) -> Plan:
        return Call(str)

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        return out.text(format="email")

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.words("str")

    def term(self, out: "TermWriter") -> "Term":
        return out.text(format="email")

    def strategy(self, out: "StrategyWriter") -> "Values":
        return out.emails()
