"""This module draws host names, addresses, URIs, e-mail addresses and UUIDs.

Each format is told as a pattern that matches such texts and no others, though not all of them.
"""

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from kbn_schema.formats.email import is_email
from kbn_schema.formats.ip import is_ipv4, is_ipv6, is_ipvfuture
from kbn_schema.formats.uri import is_uri
from kbn_schema.formats.uuid import read_uuid
from kbn_schema.testing.edits import edited
from kbn_schema.testing.patterns import matching
from kbn_schema.testing.values import Faults, Values, other_types

Recogniser = Callable[[str], bool]

LABEL: Final = "[a-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# Beside letters that are read from right to left, none may begin with a digit.
LETTERS: Final = "[a-z](?:[A-Za-z0-9-]{0,20}[A-Za-z0-9])?"
DOMAIN: Final = f"(?:{LABEL}\\.){{0,9}}{LETTERS}"
WORDS: Final = "bücher|ドメイン|пример|straße|☃|😀|παράδειγμα|例え|उदाहरण"
WIDE_DOMAIN: Final = f"(?:{LETTERS}[.\u3002\uff0e\uff61])?(?:{WORDS})(?:\\.(?:{LETTERS}|{WORDS})){{0,2}}"
RIGHT_TO_LEFT: Final = "\u05d3\u05d5\u05d2\u05de\u05d4|\u0645\u062b\u0627\u0644"
RIGHT_TO_LEFT_DOMAIN: Final = (
    f"(?:{LETTERS}\\.)?(?:{RIGHT_TO_LEFT})(?:\\.(?:{LETTERS}|{RIGHT_TO_LEFT})){{0,2}}"
)
OCTET: Final = "(?:[0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5]|0[0-9]|0[0-9][0-9])"
IPV4: Final = f"{OCTET}(?:\\.{OCTET}){{3}}"
GROUP: Final = "[0-9a-fA-F]{1,4}"


def _groups(count: int) -> str:
    return f"{GROUP}(?::{GROUP}){{{count - 1}}}" if count else ""


def _ipv6(count: int, last: str) -> str:
    """Return the pattern of addresses of *count* groups, and what comes *last*.

    ``::`` stands for one group or more.
    """
    ways = [f"{_groups(count)}:{last}" if last else _groups(count)]
    for before in range(count):
        for after in range(count - before):
            end = f"{_groups(after)}:{last}" if after and last else _groups(after) + last
            ways.append(f"{_groups(before)}::{end}")
    return "|".join(sorted(ways, key=len))


IPV6: Final = f"(?:{_ipv6(8, '')}|{_ipv6(6, IPV4)})"
IPV_FUTURE: Final = r"[vV][0-9a-fA-F]+\.[A-Za-z0-9\-._~!$&'()*+,;=:]+"

ADDRESSES: Final[Mapping[str, tuple[str, Recogniser]]] = {
    "ipv4": (IPV4, is_ipv4),
    "ipv6": (IPV6, is_ipv6),
    "ipvfuture": (IPV_FUTURE, is_ipvfuture),
}
PLAIN_ADDRESSES: Final = {"ipv4": "1.1.1.1", "ipv6": "::", "ipvfuture": "v0.0"}
EMAIL: Final = rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@(?:{LABEL}\.){{1,4}}{LETTERS}"
EMAIL_LENGTH: Final = 254
HOST_LENGTH: Final = 256
HOST_CHARACTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789-.:ABCDEFGHIJKLMNOPQRSTUVWXYZ"

SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*")
WEB: Final = ("http", "https")
# No scheme that asks for a host can come of it.
OTHER_SCHEMES: Final = r"[a-gi-z][a-z0-9+.\-]{0,8}"
SCHEMES: Final = (*WEB, "ftp", "file", "urn", "mailto", "data", r"git\+ssh", "HTTPS", OTHER_SCHEMES)
SOME: Final = r"[a-zA-Z0-9\-._~!$&'()*+,;=:@]{1,8}(?:%[0-9A-F]{2}[a-z%]?)?"
NAME: Final = r"[a-zA-Z0-9\-._~!$&'()*+,;=]{1,9}(?:%[0-9A-F]{2}[a-z%]?)?"
HOST: Final = rf"(?:{LETTERS}|{NAME}|{IPV4}|\[(?:::1|::{GROUP}|{_groups(8)})\]|\[v1\.[a-z:]{{1,5}}\])"
AUTHORITY: Final = rf"(?:[a-zA-Z0-9._~!$&%:-]{{0,9}}@)?{HOST}(?::[0-9]{{0,5}})?"
SLASHED: Final = f"(?:/(?:{SOME})?){{0,3}}"
ENDING: Final = rf"(?:\?(?:{SOME}|/|\?){{0,2}})?(?:#(?:{SOME}|/|\?)?)?"
# What follows the scheme, where it asks for a host and elsewhere.
WEB_REST: Final = f"://{AUTHORITY}{SLASHED}{ENDING}"
REST: Final = f":(?:{SOME}{SLASHED}|/{SOME}{SLASHED}|///(?:{SOME})?|//{AUTHORITY}{SLASHED}){ENDING}"

NO_HOSTS: Final = (
    "", ".", "-a", "a-", "a..b", ".a", "a.", "a_b", "a b", "a.1", "1.2.3.4.5", "256.1.1.1", "1.2.3", "[::1]",
    "::1%eth0", "a:80", "http://a", "a" * 64, "*.a", "xn--\u00fc", "a\n", "\u0301a", "\ufffd",
)  # fmt: skip
NO_EMAILS: Final = (
    "", "ada", "ada@", "@example.org", "ada@example", "a b@example.org", "ada@@example.org",
    "ada@example..org", "ada@-a.org", "ada@example.org.", '"a b"@example.org', "ada@[1.2.3.4]", "ada@1.2.3.4",
    "Ada <ada@example.org>", "\u00e4da@example.org", "a" * 65 + "@example.org", "ada@example.org\n",
    "ada@ex_ample.org",
)  # fmt: skip
NO_UUIDS: Final = (
    "", "0" * 32, "{00000000-0000-0000-0000-000000000000}", "urn:uuid:00000000-0000-0000-0000-000000000000",
    "00000000-0000-0000-0000-00000000000", "00000000-0000-0000-0000-0000000000000",
    "0000-00000000-0000-0000-000000000000", "g0000000-0000-0000-0000-000000000000",
    "00000000_0000_0000_0000_000000000000", "nil", "00000000-0000-0000-0000-000000000000\n",
)  # fmt: skip
NO_ADDRESSES: Final = (
    "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.04567", "1.2.3.4/8", " 1.2.3.4", "1.2.3.4\n", "0x1.2.3.4",
    "1", ":", ":::", "1::2::3", "::g", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::1/64", "[::1]",
    "fe80::1%eth0", "::12345", "::1.2.3", "v.a", "v1.", "v1", "vg.a", "a.b.c.d", "localhost",
)  # fmt: skip
NO_URIS: Final = (
    "", "a", "a.com", "/a", "//a.com", "?a", "http://", "http:", "https://?a", "http:a", "http://a b",
    "http://a\n", "1http://a", "://a", "http//a", "http://[::1", "http://[1.2.3.4]", "http://a:b",
    "http://a/<b>", "http://\u00e4.com", "urn:", "urn:{a}", "urn:a b", "http://a#b#c", "http://a\\b",
    "http://a@b@c", "-a:b",
)  # fmt: skip


def hosts(min_length: int | None = None, max_length: int | None = None) -> SearchStrategy[str]:
    """Return domains, international ones too, and addresses, between two lengths."""
    least, most = min_length or 0, HOST_LENGTH if max_length is None else min(max_length, HOST_LENGTH)
    plain = [text for text in ("a", "localhost", "example.org") if least <= len(text) <= most]
    patterns = (DOMAIN, WIDE_DOMAIN, RIGHT_TO_LEFT_DOMAIN, IPV4, IPV6)
    return st.one_of(_sampled(plain), *[_matching(pattern, least, most) for pattern in patterns])


def emails() -> Values:
    """Return e-mail addresses."""
    return _formatted(_matching(EMAIL, 0, EMAIL_LENGTH), is_email, NO_EMAILS)


def uuids() -> Values:
    """Return the texts of UUIDs, in lower case and in upper case."""
    found = st.integers(0, 2**128 - 1).map(lambda number: str(uuid.UUID(int=number)))
    fitting = st.one_of(found, found.map(str.upper))
    return _formatted(fitting, lambda text: read_uuid(text) is not None, NO_UUIDS)


def ips(versions: Sequence[str]) -> Values:
    """Return the texts of addresses of some *versions*."""
    texts = {version: _matching(pattern) for version, (pattern, _) in ADDRESSES.items()}
    recognisers = [ADDRESSES[version][1] for version in versions]
    plain = [PLAIN_ADDRESSES[version] for version in versions]
    fitting = st.one_of(_sampled(plain), *[texts[version] for version in versions])
    others = [found for version, found in texts.items() if version not in versions]
    return _formatted(fitting, lambda text: any(fits(text) for fits in recognisers), NO_ADDRESSES, others)


def uris(schemes: Sequence[str] | None = None) -> Values:
    """Return absolute URIs, of one of the *schemes* if any are given."""
    possible = WEB if schemes is None else [scheme for scheme in schemes if SCHEME.fullmatch(scheme)]
    plain = [f"{scheme}://a" for scheme in possible]
    begins = SCHEMES if schemes is None else map(re.escape, possible)
    patterns = [begin + (WEB_REST if begin.lower() in WEB else REST) for begin in begins]
    fitting = st.one_of(_sampled(plain), *[_matching(pattern) for pattern in patterns])
    allowed = None if schemes is None else tuple(schemes)
    others = [_matching(f"{scheme}{WEB_REST}") for scheme in ("ftp", "https")]
    return _formatted(fitting, lambda text: is_uri(text, allowed), NO_URIS, others if schemes else ())


def _matching(pattern: str, least: int = 0, most: int | None = None) -> SearchStrategy[str]:
    # With a length, for no text is to be as long as `from_regex` may make it.
    return matching(re.compile(pattern), least, most)


def _sampled(texts: Sequence[str]) -> SearchStrategy[str]:
    return st.sampled_from(texts) if texts else st.nothing()


def _formatted(
    fitting: SearchStrategy[str],
    fits: Recogniser,
    wrong: Sequence[str],
    others: Sequence[SearchStrategy[str]] = (),
) -> Values:
    """Return what has a format; *wrong* are texts that have not, and *others* mostly have not either."""

    def refuses(text: str) -> bool:
        return not fits(text)

    def faults() -> Faults:
        known = [text for text in wrong if refuses(text)]
        found = [edited(base, refuses, known) for base in (fitting, *others) if not base.is_empty]
        found += [other.filter(refuses) for other in others]
        return {"format": st.one_of(st.sampled_from(known), *found), "type": other_types(str)}

    return Values(fitting, faults)
