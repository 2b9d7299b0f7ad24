"""What texts of each format should mean, found out another way: by the standard library, or letter by letter.

A judge returns what the schema has to yield, `REFUSED`, or `UNKNOWN` where nobody but us knows.
"""

import datetime
import ipaddress
import re
import unicodedata
import uuid
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import idna
import msgspec

from kbn_schema import ByteSize, Duration

REFUSED: Final = object()
UNKNOWN: Final = object()
SAFE: Final = 2**53 - 1
LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
DIGITS: Final = frozenset("0123456789")
HEXADECIMAL: Final = frozenset("0123456789abcdefABCDEF")
# ECMA-262, WhiteSpace and LineTerminator.
BLANKS: Final = "\t\v\f\ufeff\n\r\u2028\u2029 \u00a0\u1680\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)


def ip(text: str) -> Any:
    return text if is_ipv4(text) or is_ipv6(text) else REFUSED


def ipv6(text: str) -> Any:
    return text if is_ipv6(text) or is_ipvfuture(text) else REFUSED


def is_ipv4(text: str) -> bool:
    octets = text.split(".")
    return len(octets) == 4 and all(
        1 <= len(octet) <= 3 and set(octet) <= DIGITS and int(octet) <= 255 for octet in octets
    )


def is_ipv6(text: str) -> bool:
    head, colon, last = text.rpartition(":")
    if "." in last and is_ipv4(last):  # ipaddress takes no leading zeros
        text = head + colon + ".".join(str(int(octet)) for octet in last.split("."))
    try:
        return ipaddress.IPv6Address(text).scope_id is None
    except ValueError:
        return False


def is_ipvfuture(text: str) -> bool:
    version, dot, rest = text[1:].partition(".")
    allowed = LETTERS | DIGITS | set("-._~!$&'()*+,;=:")
    return (
        text[:1] in ("v", "V")
        and bool(version and dot and rest)
        and set(version) <= HEXADECIMAL
        and set(rest) <= allowed
    )


def uri(text: str) -> Any:
    """RFC 3986 as Kibana has it, cut up by the delimiters (section 3)."""
    unreserved = LETTERS | DIGITS | set("-._~!$&'()*+,;=%")
    scheme, colon, rest = text.partition(":")
    if (
        not colon
        or scheme[:1] not in LETTERS
        or not scheme
        or not set(scheme) <= LETTERS | DIGITS | set("+-.")
    ):
        return REFUSED
    rest, _, fragment = rest.partition("#")
    rest, _, query = rest.partition("?")
    if not set(query) | set(fragment) <= unreserved | set(":@/?"):
        return REFUSED
    of_web = scheme.lower() in ("http", "https")
    if not rest.startswith("//"):
        return text if rest and not of_web and set(rest) <= unreserved | set(":@/") else REFUSED
    authority, slash, path = rest[2:].partition("/")
    if not set(path) <= unreserved | set(":@/"):
        return REFUSED
    if not authority:
        return text if slash and not of_web else REFUSED
    user, _, host = authority.rpartition("@")
    if not set(user) <= unreserved | {":"}:
        return REFUSED
    if host.startswith("["):
        address, bracket, port = host[1:].partition("]")
        if not bracket or not (is_ipv6(address) or is_ipvfuture(address)):
            return REFUSED
        return text if not port or (port[0] == ":" and set(port[1:]) <= DIGITS) else REFUSED
    name, _, port = host.partition(":")
    return text if 1 <= len(name) <= 255 and set(name) <= unreserved and set(port) <= DIGITS else REFUSED


# The HTML living standard, "valid email address", as it stands there.
EMAIL = re.compile(
    r"[a-zA-Z0-9.!#$%&'*+\/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*"
)


def email(text: str) -> Any:
    if not EMAIL.fullmatch(text):
        return REFUSED
    local, _, domain = text.partition("@")
    labels = domain.split(".")
    fits = len(text) <= 254 and len(local) <= 64 and len(labels) >= 2 and labels[-1][0] not in DIGITS
    return text if fits else REFUSED


def hostname(text: str) -> Any:
    if is_ipv4(text) or is_ipv6(text):
        return text
    if text.isascii():
        return text if is_ascii_domain(text) else REFUSED
    if text.endswith(FULL_STOPS):
        return REFUSED
    try:
        known = idna.encode(text, uts46=True, std3_rules=True).decode()
        if any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in text):
            # UTS #46, section 4.1: then all labels have to keep the rule, which idna asks of those alone.
            for label in filter(None, idna.decode(known).split(".")):
                idna.check_bidi(label, check_ltr=True)
    except (idna.IDNAError, UnicodeError):
        return UNKNOWN  # browsers take more
    return text if len(text) <= 256 and is_ascii_domain(known) else UNKNOWN


FULL_STOPS: Final = (".", "\u3002", "\uff0e", "\uff61")


def is_ascii_domain(text: str) -> bool:
    labels = text.split(".")
    for label in labels:
        if (
            not 1 <= len(label) <= 63
            or not set(label) <= LETTERS | DIGITS | {"-"}
            or "-" in (label[0], label[-1])
        ):
            return False
    return len(text) <= 256 and labels[-1][0] not in DIGITS


def byte_size(text: str) -> Any:
    digits = text.rstrip("".join(LETTERS))
    unit = text[len(digits) :].lower()
    if len(text) > 18 or not digits or not set(digits) <= DIGITS:
        return REFUSED
    if unit and (unit not in ("b", "kb", "mb", "gb") or digits[0] == "0"):
        return REFUSED
    size = int(digits) * 1024 ** ["", "kb", "mb", "gb"].index(unit.removeprefix("b") and unit)
    return ByteSize(size) if size <= SAFE else REFUSED


def duration(text: str) -> Any:
    """Kibana's form alone; ISO 8601 has to come out as it went in, see `formats`."""
    if text.startswith("P"):
        return UNKNOWN
    parts = {"ms": 0, "d": 0, "M": 0}
    worth = {
        "ms": ("ms", 1), "s": ("ms", 1000), "m": ("ms", 60_000), "h": ("ms", 3_600_000), "d": ("d", 1),
        "w": ("d", 7),
        "M": ("M", 1), "y": ("M", 12), "Y": ("M", 12), "": ("ms", 1),
    }  # fmt: skip
    rest = text
    if not text or len(text) > 256:
        return REFUSED
    while rest:
        digits = rest[: next((at for at, char in enumerate(rest) if char not in DIGITS), len(rest))]
        rest = rest[len(digits) :]
        unit = "ms" if rest.startswith("ms") else rest[:1]
        rest = rest[len(unit) :]
        if not digits or unit not in worth or (unit and len(digits) > 1 and digits[0] == "0"):
            return REFUSED
        part, factor = worth[unit]
        parts[part] += int(digits) * factor
    days = parts["d"] + int(Fraction(parts["M"] * 146_097, 4_800) + Fraction(1, 2))
    if max(parts.values()) > SAFE or parts["ms"] + days * 86_400_000 > SAFE:
        return REFUSED
    return Duration(parts["ms"], parts["d"], parts["M"])


def date(text: str) -> Any:
    if len(text) != 10 or text[4] + text[7] != "--" or not set(text[:4] + text[5:7] + text[8:]) <= DIGITS:
        return REFUSED
    try:
        return datetime.date(int(text[:4]), int(text[5:7]), int(text[8:]))
    except ValueError:
        return REFUSED


def date_time(text: str) -> Any:
    """As msgspec reads it, which is C of another hand; it has no leap seconds."""
    if text[17:19] == "60" or len(text) > 60:
        return UNKNOWN
    cut = re.sub(r"(\.[0-9]{6})[0-9]*", r"\1", text, count=1)  # msgspec rounds
    try:
        found = msgspec.convert(cut, datetime.datetime)
        if found.tzinfo is None or text[10] == " " or (text[-1] not in "Zz" and text[-3] != ":"):
            return REFUSED  # ISO 8601 has more than RFC 3339
        found.astimezone(datetime.UTC)  # or it lies outside of the years 1 to 9999
    except (msgspec.ValidationError, OverflowError, UnicodeError):
        return REFUSED
    return found


def uuid_(text: str) -> Any:
    try:
        found = uuid.UUID(text)
    except ValueError:
        return REFUSED
    return found if str(found) == text.lower() else REFUSED


def boolean(text: str) -> Any:
    return {"true": True, "false": False}.get(text.strip(BLANKS).lower(), REFUSED)


def integer(text: str) -> Any:
    word = text.strip(BLANKS)
    digits = word[1:] if word[:1] in ("+", "-") else word
    if not digits or not set(digits) <= DIGITS or len(digits.lstrip("0")) > 4300:
        return REFUSED
    return int(Decimal(word))


def number(text: str) -> Any:
    """The number, if it is safe: no digit is lost (with an exponent, Joi compares less)."""
    word = text.strip(BLANKS)
    if len(word) > 300 or len(word.lower().partition("e")[2]) > 15:
        return UNKNOWN  # decimal has its limits, too
    if not word or not set(word) <= DIGITS | set("+-.eE"):
        return REFUSED
    try:
        exact = Decimal(word)
    except ArithmeticError:
        return REFUSED
    if set(word) <= DIGITS | set("+-"):
        return int(exact) if abs(exact) <= SAFE else REFUSED
    found = float(word)
    if exact.copy_abs() > SAFE:
        return REFUSED
    if exact == Decimal(repr(found)):
        return found
    return UNKNOWN if "e" in word.lower() or "e" in repr(found) else REFUSED


JUDGES: Final[dict[str, Callable[[str], Any]]] = {
    "ip": ip, "ipv6": ipv6, "uri": uri, "email": email, "hostname": hostname, "byte_size": byte_size,
    "duration": duration, "date": date, "date_time": date_time, "uuid": uuid_, "boolean": boolean,
    "integer": integer,
    "number": number,
}  # fmt: skip
