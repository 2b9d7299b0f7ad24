"""This module reads JSON text with msgspec, where that is installed and the answer is sure to be right.

It has no words for mistakes: where msgspec refuses a text, or might have read another thing than
`json_text` does, the answer is `UNSURE`, and the standard library has to be asked.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, Final

UNSURE: Final = object()


@cache
def load_reader() -> Callable[[bytes, bool], Any] | None:
    """A function that returns what some bytes spell, or `UNSURE`; None where msgspec is missing or too old.

    Of what `json_text` refuses, msgspec takes two things. Keys that stand twice in one object are found
    here, if the second argument is true; depth has to be limited before, since msgspec recurses.
    """
    # orjson makes floats of integers beyond 64 bits without a word, and is slower once those are looked for.
    try:
        from msgspec.json import Decoder, Encoder  # noqa: PLC0415 - an optional dependency, and slow
    except ImportError:
        return None
    decode, encode = Decoder().decode, Encoder().encode
    # Before 0.19, msgspec lost what some integers of 20 digits have above 64 bits.
    if decode(_LONG) != int(_LONG):
        return None

    def read(raw: bytes, unique_keys: bool) -> Any:
        try:
            value = decode(raw)
            return value if not unique_keys or _keeps_all_members(raw, value, encode) else UNSURE
        except Exception:  # a refusal; or something else, which the reference will meet as well
            return UNSURE

    return read


def _keeps_all_members(raw: bytes, value: Any, encode: Callable[[Any], bytes]) -> bool:
    # Of two equal keys msgspec keeps the last. A text has a colon for each member and for each colon in a
    # string, and so has the text that *value* is encoded to: what was lost shows as a missing colon. Only an
    # escaped colon could hide one, so a text with such an escape is not judged here.
    colons = raw.count(b":")
    if not colons:
        return True
    if b"\\" in raw and (b"\\u003a" in raw or b"\\u003A" in raw):
        return False
    return encode(value).count(b":") == colons


_LONG: Final = b"19521308781548359386"
