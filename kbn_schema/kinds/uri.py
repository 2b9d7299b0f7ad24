"""URIs."""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from kbn_schema import messages
from kbn_schema.exact import exact_str
from kbn_schema.formats.uri import is_uri
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.definition import refuse
from kbn_schema.messages import Message
from kbn_schema.missing import MISSING
from kbn_schema.plan import Call, Plan
from kbn_schema.problems import fail
from kbn_schema.run import Run
from kbn_schema.wording import show

if TYPE_CHECKING:
    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.json_schema import SchemaWriter
    from kbn_schema.stubs import Hint, TypeWriter
    from kbn_schema.testing.values import Values
    from kbn_schema.testing.writer import StrategyWriter


def _as_tuple(scheme: Any) -> tuple[str, ...] | None:
    if scheme is None:
        return None
    if isinstance(scheme, str):
        return (scheme,)
    return tuple(scheme) if isinstance(scheme, Iterable) else ()


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class UriSchema(Schema[str]):
    """Accept the text of an absolute URI; yield it unchanged, nothing is normalised.

    The grammar is RFC 3986's: no blanks, no characters outside ASCII, a host for ``http:`` and
    ``https:``. As in Kibana, a ``%`` need not begin a percent-encoding.

    Codes: ``format``.

    Args:
        scheme: The schemes to take, one or a list; compared with regard to letter case.

    Raises:
        SchemaDefinitionError: *scheme* is empty, or no text.

    Source:
        Kibana `schema.uri`.

    Example:
        >>> from kbn_schema import schema
        >>> schema.uri(scheme=["http", "https"]).validate("https://example.org/a?b#c")
        'https://example.org/a?b#c'
    """

    combinator = "uri"
    word = "string"
    expected = "string"
    type_message: ClassVar[Message] = messages.URI_TYPE

    scheme: str | Sequence[str] | None = attrs.field(default=None, converter=_as_tuple)

    def prepare(self) -> None:
        if self.scheme is None:
            return
        if not self.scheme or not all(exact_str(scheme) for scheme in self.scheme):
            refuse(self, "scheme must be a text such as 'https', or a list of them")

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        text = exact_str(value)
        if text is None:
            return self.mismatch(value)
        if is_uri(text, tuple(self.scheme) if self.scheme is not None else None):
            return self.finish(text, run)
        if self.scheme is None:
            return fail(messages.URI, {"format": "uri"})
        # Kibana shows the schemes as it puts them into a regular expression: `git\\+https`.
        shown = "|".join(re.sub(r"([+.-])", r"\\\1", show(scheme)) for scheme in self.scheme)
        return fail(messages.URI_SCHEME, {"format": "uri", "scheme": list(self.scheme)}, scheme=shown)

    def plan(self) -> Plan:
        return Call(str)

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        schemes = None if self.scheme is None or not out.is_exact else "|".join(map(re.escape, self.scheme))
        begins = None if schemes is None else re.compile(f"(?:{schemes}):.*", re.DOTALL)
        return out.text(format="uri", pattern=out.pattern(begins))

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.words("str")

    def term(self, out: "TermWriter") -> "Term":
        return out.text(format="uri", scheme=self.scheme)

    def strategy(self, out: "StrategyWriter") -> "Values":
        return out.uris(self.scheme)
