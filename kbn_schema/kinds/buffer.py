"""Bytes."""

from typing import TYPE_CHECKING, Any

import attrs

from kbn_schema import messages
from kbn_schema.exact import exact_bytes, exact_str
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
class BufferSchema(Schema[bytes]):
    r"""Accept bytes, and text, which becomes its UTF-8; yield `bytes`.

    Codes: ``format`` for text that UTF-8 cannot hold, such as a lone surrogate.

    Source:
        Kibana `schema.buffer`.

    Example:
        >>> from kbn_schema import schema
        >>> schema.buffer().validate("é")
        b'\xc3\xa9'
    """

    combinator = "buffer"
    word = "binary"
    expected = "Buffer"

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        data = exact_bytes(value)
        if data is not None:
            return self.finish(data, run)
        text = exact_str(value)
        if text is None:
            return self.mismatch(value)
        try:
            return self.finish(text.encode(), run)
        except UnicodeEncodeError:
            return fail(messages.TEXT, {"format": "utf-8"})

    def plan(self) -> Plan:
        return Call(str)

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        return out.text() if out.coerces else out.binary()

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.words("bytes")

    def term(self, out: "TermWriter") -> "Term":
        return out.bytes()

    def strategy(self, out: "StrategyWriter") -> "Values":
        return out.binary()
