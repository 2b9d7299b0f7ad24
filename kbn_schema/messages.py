"""Every sentence a user can read, each with its code.

A sentence is a `Message`: a code for programs and a text with places for params. The
codes and params are stable; `docs/reference/issues.md` is their table. Texts are
@kbn/config-schema's where it has one.
"""

from collections.abc import Callable, Mapping
from typing import Any


class Message:
    """One sentence: its *code*, which is stable, and its *text*, with a ``{place}`` for each param."""

    __slots__ = ("_places", "_required", "_start", "code", "text")

    def __init__(self, code: str, text: str) -> None:
        self.code: str = code
        self.text: str = text
        self._required: Message | None = None
        # In pieces: to join them is faster than `str.format`.
        self._start, *rest = text.format_map(_Marks()).split("\0")
        self._places = tuple(zip(rest[::2], rest[1::2], strict=True))  # each name, and what follows it

    def fill(self, params: Mapping[str, Any], shown: Mapping[str, str], show: Callable[[Any], str]) -> str:
        """Return the sentence, with *shown* in its places, else what *show* makes of the *params*.

        Raises:
            KeyError: A place has neither.
        """
        text = self._start
        for name, rest in self._places:
            text += (shown[name] if name in shown else show(params[name])) + rest
        return text

    def required(self) -> "Message":
        """Return the sentence for a missing value: the same text with the code ``required``."""
        if self._required is None:
            self._required = Message("required", self.text)
        return self._required

    def __repr__(self) -> str:
        return f"Message({self.code!r}, {self.text!r})"


class _Marks(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return f"\0{name}\0"


# --- the type is wrong, or there is no value (code "required" where nothing was given) ---
TYPE = Message("type", "expected value of type [{expected}] but got [{got}]")
URI_TYPE = Message("type", "expected value of type [{expected}] but got [{got}].")
PLAIN_OBJECT = Message("type", "expected a plain object value, but found [{got}] instead.")
MAP_TYPE = Message("type", "expected value of type [Map] or [object] but got [{got}]")
DEFINED = Message("required", "expected at least one defined value but got [undefined]")
SPARSE = Message("required", "sparse array are not allowed")
UNEXPECTED = Message("never", "a value wasn't expected to be present")

# --- text ---
JSON = Message("json", "could not parse {expected} value from json input")
MIN_LENGTH = Message(
    "min_length", "value has length [{length}] but it must have a minimum length of [{limit}]."
)
MAX_LENGTH = Message(
    "max_length", "value has length [{length}] but it must have a maximum length of [{limit}]."
)
PATTERN = Message("pattern", "value must match the pattern [{pattern}].")
HOSTNAME = Message("format", "value must be a valid hostname (see RFC 1123).")
IP = Message("format", "value must be a valid {versions} address")
URI = Message("format", "value must be a valid URI (see RFC 3986).")
URI_SCHEME = Message("format", "expected URI with scheme [{scheme}].")
EMAIL = Message("format", "value must be a valid e-mail address.")
UUID = Message("format", "value must be a valid UUID (see RFC 9562).")
DATE = Message("format", "value must be a valid date, such as 2026-01-31 (see RFC 3339).")
DATE_TIME = Message(
    "format", "value must be a valid date-time with an offset, such as 2026-01-31T12:00:00Z (see RFC 3339)."
)
TEXT = Message("format", "value must be text that UTF-8 can hold.")

# --- JSON text ---
JSON_EMPTY = Message("json", "the JSON text is empty")
JSON_UTF_8 = Message("json", "the JSON text is not valid UTF-8")
JSON_BYTE_ORDER_MARK = Message("json", "the JSON text must not begin with a byte order mark")
JSON_SURROGATE = Message("json", "the JSON text contains a lone surrogate")
JSON_MALFORMED = Message("json", "the JSON text is malformed at line [{line}], column [{column}]")
JSON_NAN = Message("json", "the JSON text contains NaN or an infinity")
JSON_TOO_LARGE = Message("json", "the JSON text contains a number too large to represent")
JSON_DIGITS = Message("json", "the JSON text contains an integer of more than [{limit}] digits")
JSON_DUPLICATE_KEY = Message("json", "the JSON text contains an object with a duplicate key")
JSON_DEPTH = Message("depth", "the JSON text is nested more than [{limit}] levels deep")

# --- numbers ---
SAFE_NUMBER = Message(
    "unsafe_number", "value must be a safe number (at most 2^53 - 1 in size, with no digit lost)."
)
FINITE = Message("unsafe_number", "value cannot be infinity.")
MIN = Message("min", "Value must be equal to or greater than [{limit}].")
MAX = Message("max", "Value must be equal to or lower than [{limit}].")
EXCLUSIVE_MIN = Message("exclusive_min", "Value must be greater than [{limit}].")
EXCLUSIVE_MAX = Message("exclusive_max", "Value must be lower than [{limit}].")
MULTIPLE_OF = Message("multiple_of", "Value must be a multiple of [{limit}].")

# --- quantities ---
BYTE_SIZE = Message(
    "format",
    "Failed to parse value as byte value. Value must be either number of bytes, or follow the format "
    "<count>[b|kb|mb|gb] (e.g., '1024kb', '200mb', '1gb'), where the number is a safe positive integer.",
)
UNSAFE_BYTE_SIZE = Message("unsafe_number", "Value in bytes is expected to be a safe positive integer.")
DURATION = Message(
    "format",
    "Failed to parse value as time value. Value must be a duration in milliseconds, or follow the format "
    "<count>[ms|s|m|h|d|w|M|y] (e.g. '70ms', '5s', '3d', '1y', '1m30s'), where the duration is a safe "
    "positive integer.",
)
UNSAFE_DURATION = Message("unsafe_number", "Value in milliseconds is expected to be a safe positive integer.")
QUANTITY_MIN = Message("min", "Value must be equal to or greater than [{limit}]")
QUANTITY_MAX = Message("max", "Value must be equal to or less than [{limit}]")

# --- choices ---
LITERAL = Message("literal", "expected value to equal [{expected}]")
ENUM = Message("enum", "expected value to be one of [{expected}] but got [{got}]")
UNION_HEADLINE = "types that failed validation:"  # of the lines in the text of an error
UNION_MISFIT = Message("union", "types that failed validation: {found}")
UNION_CLOSEST = Message("union", "types that failed validation, the closest is [{closest}]")
TAG_REQUIRED = Message("discriminator", '"{property}" property is required')
TAG_TYPE = Message("discriminator", 'expected "{property}" to be a string of [{quoted}] but got [{got}]')
TAG_UNKNOWN = Message("discriminator", 'expected "{property}" to be one of [{quoted}] but got ["{tag}"]')

# --- containers ---
UNKNOWN_KEY = Message("unknown_key", "Additional properties are not allowed ('{key}' was unexpected)")
UNKNOWN_EMPTY_KEY = Message(
    "unknown_key", "Additional properties are not allowed (an unexpected property was found)"
)
MIN_SIZE = Message("min_size", "array size is [{size}], but cannot be smaller than [{limit}]")
MAX_SIZE = Message("max_size", "array size is [{size}], but cannot be greater than [{limit}]")
KEYS_ALIKE = Message("keys_alike", "too many keys have the same hash")
DEPTH = Message("depth", "value is nested more than [{limit}] levels deep")

# --- an author's own check, and what should not happen ---
CUSTOM = Message("custom", "value failed custom validation")
DEFAULT = Message("default", "the default value could not be computed")
NO_SIBLING = Message("default", "the default value refers to a sibling, and there is none here")
FAULT = Message("fault", "value could not be validated")
