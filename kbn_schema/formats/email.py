"""Recognise e-mail addresses of the everyday form, as browsers do: no quotes, comments or IP addresses."""

from kbn_schema.formats.hostname import is_domain
from kbn_schema.patterns import pattern

# RFC 5321, section 4.5.3.1, less the angle brackets it counts (RFC 3696, erratum 1690).
_MAX_LENGTH = 254
# HTML living standard, "valid email address"; RFC 5321 limits the part before the @ to 64 octets.
_LOCAL = pattern(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")


def is_email(text: str) -> bool:
    """The HTML living standard's valid e-mail address, at a domain of two labels or more, in ASCII."""
    if len(text) > _MAX_LENGTH or not text.isascii():
        return False
    local, _, domain = text.partition("@")
    return _LOCAL().fullmatch(local) is not None and "." in domain and is_domain(domain)
