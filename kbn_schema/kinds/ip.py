"""IP addresses."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from kbn_schema import messages
from kbn_schema.exact import exact_str
from kbn_schema.formats.ip import is_ipv4, is_ipv6, is_ipvfuture
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.definition import refuse
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

RECOGNISERS = {"ipv4": is_ipv4, "ipv6": is_ipv6, "ipvfuture": is_ipvfuture}
# For JSON Schema, which knows nothing of addresses yet to come.
FORMATS = {
    "ipv4": {"format": "ipv4"},
    "ipv6": {"format": "ipv6"},
    "ipvfuture": {"pattern": "^[vV][0-9A-Fa-f]+\\.[A-Za-z0-9._~!$&'()*+,;=:-]+$"},
}


def _as_tuple(versions: Any) -> tuple[str, ...]:
    if isinstance(versions, str):
        return (versions,)
    return tuple(versions) if isinstance(versions, Iterable) else ()


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class IpSchema(Schema[str]):
    """Accept the text of an IP address; yield it unchanged.

    IPv4 is four decimal parts (leading zeros are taken as decimals), IPv6 is RFC 3986's
    forms without zone, brackets and prefix length.

    Codes: ``format``.

    Args:
        versions: Which of "ipv4", "ipv6" and "ipvfuture" (RFC 3986) to take.

    Raises:
        SchemaDefinitionError: *versions* is empty, or holds another word.

    Source:
        Kibana `schema.ip`.

    Example:
        >>> from kbn_schema import schema
        >>> schema.ip(versions=["ipv6"]).validate("::1")
        '::1'
    """

    combinator = "ip"
    word = "string"
    expected = "string"

    versions: Sequence[str] = attrs.field(default=("ipv4", "ipv6"), converter=_as_tuple)

    def prepare(self) -> None:
        if not self.versions or any(version not in tuple(RECOGNISERS) for version in self.versions):
            refuse(self, "versions must be a list of 'ipv4', 'ipv6' and 'ipvfuture', at least one of them")

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        text = exact_str(value)
        if text is None:
            return self.mismatch(value)
        if any(RECOGNISERS[version](text) for version in self.versions):
            return self.finish(text, run)
        params = {"format": "ip", "versions": list(self.versions)}
        return fail(messages.IP, params, versions=" or ".join(self.versions))

    def plan(self) -> Plan:
        return Call(str)

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        formats = [FORMATS[version] for version in RECOGNISERS if version in self.versions]
        if len(formats) == 1:
            return out.text(**formats[0])
        # Who does not check formats takes a text for each of them, so `oneOf` would fit nothing; but it is
        # Kibana's form.
        choices = [dict(known) for known in formats]
        return out.text(anyOf=choices) if out.is_exact else out.text(oneOf=choices)

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.words("str")

    def term(self, out: "TermWriter") -> "Term":
        return out.text(format="ip", versions=self.versions)

    def strategy(self, out: "StrategyWriter") -> "Values":
        return out.ips(self.versions)
