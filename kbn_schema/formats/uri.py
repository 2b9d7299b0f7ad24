"""Recognise absolute URIs by RFC 3986, as strictly as Kibana.

Kibana departs from the RFC here, and so do we: something must follow the scheme, and ``//`` and a
host if that is ``http`` or ``https``; with other schemes a host may be empty if a path follows
(``file:///x``); its name has at most 255 characters; a ``%`` may be followed by anything. A port is any
digits.
`urllib.parse` is not used: it strips line ends and may raise.
"""

import re

from kbn_schema.formats.ip import is_ipv6, is_ipvfuture
from kbn_schema.patterns import LatePattern, pattern

_UNRESERVED = r"A-Za-z0-9\-._~"
_SUB_DELIMS = r"!$&'()*+,;="

# RFC 3986, appendix B: the split needs no knowledge of the parts, each is judged on its own afterwards.
_PARTS = pattern(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*):"
    r"(?://(?P<authority>[^/?#]*))?"
    r"(?P<path>[^?#]*)"
    r"(?:\?(?P<query>[^#]*))?"
    r"(?:#(?P<fragment>.*))?",
    re.DOTALL,
)
_AUTHORITY = pattern(
    r"(?:(?P<userinfo>[^@]*)@)?"
    r"(?:\[(?P<address>[^\[\]@]*)\]|(?P<name>[^\[\]@:]*))"
    r"(?P<port>:[0-9]*)?"
)
_USERINFO = pattern(rf"[{_UNRESERVED}{_SUB_DELIMS}:%]*")
_NAME = pattern(rf"[{_UNRESERVED}{_SUB_DELIMS}%]{{1,255}}")
_PATH = pattern(rf"[{_UNRESERVED}{_SUB_DELIMS}:@/%]*")
_QUERY = pattern(rf"[{_UNRESERVED}{_SUB_DELIMS}:@/?%]*")


def is_uri(text: str, schemes: tuple[str, ...] | None = None) -> bool:
    """A URI with a scheme, one of *schemes* in that very letter case if any are given."""
    parts = _PARTS().fullmatch(text)
    if parts is None or (schemes is not None and parts["scheme"] not in schemes):
        return False
    if not (_holds_only(_QUERY, parts["query"]) and _holds_only(_QUERY, parts["fragment"])):
        return False
    if not _holds_only(_PATH, parts["path"]):
        return False
    scheme = parts["scheme"].lower()
    if parts["authority"] is None:
        # Browsers read "http:a.com" as "http://a.com"; RFC 9110, section 4.2, has no such URI.
        return parts["path"] != "" and scheme not in ("http", "https")
    if parts["authority"] == "" and scheme not in ("http", "https"):
        return parts["path"] != ""
    return _is_authority(parts["authority"])


def _is_authority(text: str) -> bool:
    parts = _AUTHORITY().fullmatch(text)
    if parts is None or not _holds_only(_USERINFO, parts["userinfo"]):
        return False
    if parts["address"] is not None:
        return is_ipv6(parts["address"]) or is_ipvfuture(parts["address"])
    return _NAME().fullmatch(parts["name"]) is not None


def _holds_only(allowed: LatePattern, part: str | None) -> bool:
    """Whether *part*, if there is one, holds *allowed* characters; as in Kibana, ``%`` is one of them."""
    return part is None or allowed().fullmatch(part) is not None
