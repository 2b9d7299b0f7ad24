"""Text."""

import re
from typing import TYPE_CHECKING, Any

import attrs

from kbn_schema import messages
from kbn_schema.exact import exact_number, exact_str
from kbn_schema.formats.hostname import is_hostname
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.bounds import length_bounds
from kbn_schema.kinds.definition import refuse, require_flags
from kbn_schema.missing import MISSING
from kbn_schema.numbers import MAX_DIGITS, spell_integer
from kbn_schema.plan import Call, Leaf, Plan
from kbn_schema.problems import Failure, fail
from kbn_schema.run import Run
from kbn_schema.wording import show_number, type_word

if TYPE_CHECKING:
    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.json_schema import SchemaWriter
    from kbn_schema.stubs import Hint, TypeWriter
    from kbn_schema.testing.values import Values
    from kbn_schema.testing.writer import StrategyWriter


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class StringSchema(Schema[str]):
    r"""Accept text; yield it unchanged: nothing is trimmed or normalised.

    Codes: ``min_length``, ``max_length``, ``pattern``, and ``format`` for what is no host name.

    Args:
        min_length: Fewest code points, inclusive.
        max_length: Most code points, inclusive.
        pattern: Regular expression that the whole text must match, tried after the
            lengths. Given as text, its classes (``\d``, ``\w``, ``\s``) are ASCII, as in
            JSON Schema's; a compiled pattern keeps its flags. A pattern that backtracks
            badly is the author's risk: bound *max_length*, or use atomic groups.
        hostname: Whether the text must be a host name or an IP address.
        coerce_from_number: Whether a number is taken as its text, spelled as
            JavaScript does (1.0 gives ``"1"``). Ignored beside *hostname*.

    Raises:
        SchemaDefinitionError: a length is no integer of at least 0, *min_length* is
            above *max_length*, or *pattern* is no regular expression.

    Source:
        Kibana `schema.string`; host names: RFC 1123, internationalised ones as the WHATWG URL
        standard reads them. Lengths count code points, Kibana's count UTF-16 units.

    Example:
        >>> from kbn_schema import schema
        >>> schema.string(min_length=2, pattern="[a-z]+").validate("ab")
        'ab'
        >>> schema.string(coerce_from_number=True).validate(1.0)
        '1'
    """

    combinator = "string"

    min_length: int | None = None
    max_length: int | None = None
    pattern: str | re.Pattern[str] | None = None
    hostname: bool = False
    coerce_from_number: bool = False

    def prepare(self) -> None:
        require_flags(self, "hostname", "coerce_from_number")
        length_bounds(self, "min_length", "max_length")
        if self.pattern is not None:
            object.__setattr__(self, "pattern", _compiled(self, self.pattern))

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        text = exact_str(value)
        if text is None and self.coerce_from_number and not self.hostname:
            text = _spelled(value)
        if text is None:
            return self.mismatch(value)
        failure = self._judge(text)
        return self.finish(text, run) if failure is None else failure

    def plan(self) -> Plan:
        pattern = self.pattern.fullmatch if isinstance(self.pattern, re.Pattern) else None
        if self.hostname and pattern is not None:
            return Call(str)
        return Leaf(
            str,
            min_length=self.min_length,
            max_length=self.max_length,
            match=is_hostname if self.hostname else pattern,
            takes=(int, float) if self.coerce_from_number else (),
        )

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        pattern = self.pattern if isinstance(self.pattern, re.Pattern) else None
        lengths = out.sizes(minLength=self.min_length, maxLength=self.max_length)
        described = out.text(**lengths, pattern=out.pattern(pattern))
        if self.hostname:
            # JSON Schema's host names are neither addresses nor international.
            hosts = [{"format": format} for format in ("idn-hostname", "ipv4", "ipv6")]
            return {**described, "anyOf": hosts} if out.is_exact else {**described, "format": "hostname"}
        if self.coerce_from_number and out.coerces:
            return {**described, "type": ["string", "number"]}
        return described

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.words("str")

    def term(self, out: "TermWriter") -> "Term":
        pattern = self.pattern if isinstance(self.pattern, re.Pattern) else None
        return out.text(
            min_length=self.min_length,
            max_length=self.max_length,
            pattern=pattern,
            format="hostname" if self.hostname else None,
            coerce_from_number=self.coerce_from_number,
        )

    def strategy(self, out: "StrategyWriter") -> "Values":
        pattern = self.pattern if isinstance(self.pattern, re.Pattern) else None
        return out.texts(
            min_length=self.min_length,
            max_length=self.max_length,
            pattern=pattern,
            hostname=self.hostname,
            from_numbers=self.coerce_from_number,
        )

    def _judge(self, text: str) -> Failure | None:
        if self.hostname and not is_hostname(text):
            return fail(messages.HOSTNAME, {"format": "hostname"})
        length = len(text)
        if self.min_length is not None and length < self.min_length:
            return fail(messages.MIN_LENGTH, {"limit": self.min_length, "length": length})
        if self.max_length is not None and length > self.max_length:
            return fail(messages.MAX_LENGTH, {"limit": self.max_length, "length": length})
        if isinstance(self.pattern, re.Pattern) and not self.pattern.fullmatch(text):
            return fail(messages.PATTERN, {"pattern": self.pattern.pattern})
        return None


def _compiled(schema: StringSchema, pattern: object) -> re.Pattern[str]:
    if isinstance(pattern, re.Pattern):
        if isinstance(pattern.pattern, str):
            return pattern
        refuse(schema, "pattern must be a pattern for text, not for bytes")
    text = exact_str(pattern)
    if text is None:
        refuse(schema, f"pattern must be a text or a compiled pattern, but is [{type_word(pattern)}]")
    try:
        return re.compile(text, re.ASCII)
    except Exception as error:  # re.error, OverflowError, RecursionError, a warning made an error
        refuse(schema, f"pattern is no regular expression: {error}")


def _spelled(value: object) -> str | None:
    number = exact_number(value)
    if number is None:
        return None
    if type(number) is int:
        return spell_integer(number) if abs(number) < 10**MAX_DIGITS else None
    return show_number(number)
