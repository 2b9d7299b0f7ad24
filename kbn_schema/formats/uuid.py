"""Read UUIDs in the canonical text form of RFC 9562, section 4, and in no other."""

from uuid import UUID

from kbn_schema.patterns import pattern

_UUID = pattern(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def read_uuid(text: str) -> UUID | None:
    """The UUID that *text* spells in 8-4-4-4-12 hexadecimal digits of any case, else None."""
    # UUID() by itself would also take braces, "urn:uuid:" and dashes anywhere or nowhere.
    return UUID(text) if _UUID().fullmatch(text) else None
