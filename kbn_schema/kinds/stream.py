"""Streams."""

from typing import TYPE_CHECKING, Any

import attrs

from kbn_schema.kinds.base import Schema
from kbn_schema.missing import MISSING
from kbn_schema.plan import Call, Plan
from kbn_schema.run import Run

if TYPE_CHECKING:
    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.json_schema import SchemaWriter
    from kbn_schema.stubs import Hint, TypeWriter
    from kbn_schema.testing.values import Values
    from kbn_schema.testing.writer import StrategyWriter

METHODS = ("read", "write", "__aiter__")


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class StreamSchema(Schema[Any]):
    """Accept an object that streams; yield it as it is, nothing of it is read.

    A stream is an object whose class has ``read`` or ``write`` (files, sockets' files,
    `io.BytesIO`), or is an asynchronous iterator.

    Source:
        Kibana `schema.stream`.

    Example:
        >>> import io
        >>> from kbn_schema import schema
        >>> schema.stream().validate(io.BytesIO(b"...")).read()
        b'...'
    """

    combinator = "stream"
    expected = "Stream"

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        # The class's own names: `hasattr` would run an instance's `__getattr__`.
        if any(name in vars(base) for base in type(value).__mro__ for name in METHODS):
            return self.finish(value, run)
        return self.mismatch(value)

    def plan(self) -> Plan:
        return Call()

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        if out.is_input and out.dialect == "2020-12":
            return out.nothing()
        return out.binary() if out.is_exact else {"type": "object"}

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.words("bytes") if out.is_json else out.anything()

    def term(self, out: "TermWriter") -> "Term":
        return out.stream()

    def strategy(self, out: "StrategyWriter") -> "Values":
        return out.streams()
