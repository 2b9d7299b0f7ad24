"""This module reads JSON text strictly, the same way for bodies, files and JSON inside a query string.

It knows RFC 8259 and the limits that keep a hostile text cheap; it knows nothing of schemas or HTTP.
No message repeats what the text says: it may hold a password.
"""

import json
import math
import re
from array import array
from collections.abc import Callable, Sequence
from functools import cache
from itertools import accumulate
from typing import Literal, NoReturn

from kbn_schema.numbers import MAX_DIGITS, read_digits

MAX_DEPTH = 200


class JsonTextError(ValueError):
    """The text is not JSON, or not JSON we accept; *line* and *column* count from 1 where they are known."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column

    def __reduce__(self) -> tuple[type["JsonTextError"], tuple[str, int | None, int | None]]:
        return type(self), (str(self), self.line, self.column)


def read_json(
    data: bytes | str,
    max_depth: int = MAX_DEPTH,
    *,
    duplicate_keys: Literal["refuse", "last"] = "refuse",
) -> object:
    """The value that *data* spells.

    Args:
        data: One JSON text; bytes must be UTF-8 without a byte order mark.
        max_depth: How many arrays and objects may stand inside each other; ``[[]]`` has depth 2.
        duplicate_keys: Whether a second key of the same name is an error, or replaces the first.

    Raises:
        JsonTextError: The text is malformed, nested too deeply, holds NaN or an infinity (also as ``1e999``),
            an integer of more than 4300 digits, a lone surrogate, or a duplicate key.

    Source:
        RFC 8259; section 8.1 lets us refuse a byte order mark, section 9 lets us limit depth and numbers.
    """
    raw, text = _as_bytes_and_text(data)
    if not text.strip(" \t\n\r"):
        raise JsonTextError("the JSON text is empty")
    if raw.count(b"[") + raw.count(b"{") > max_depth and _depth(raw) > max_depth:
        raise JsonTextError(f"the JSON text is nested more than [{max_depth}] levels deep")
    value = _parse(text, duplicate_keys)
    if _SURROGATE_ESCAPE.search(text):
        _refuse_lone_surrogates(value)
    return value


def _as_bytes_and_text(data: bytes | str) -> tuple[bytes, str]:
    try:
        raw, text = (data.encode(), data) if isinstance(data, str) else (data, data.decode())
    except UnicodeEncodeError:
        raise JsonTextError(_LONE_SURROGATE) from None
    except UnicodeDecodeError:
        raise JsonTextError("the JSON text is not valid UTF-8") from None
    if text.startswith("\ufeff"):
        raise JsonTextError("the JSON text must not begin with a byte order mark")
    return raw, text


def _depth(raw: bytes) -> int:
    # The C parser recurses, and overflows the stack where an application has raised the recursion limit.
    # So depth is counted before it runs, and without a Python loop, which would be the dearest part.
    brackets = _STRING.sub(b"", raw).translate(_STEPS, _NOT_BRACKETS)
    return max(accumulate(array("b", brackets)), default=0)


def _parse(text: str, duplicate_keys: Literal["refuse", "last"]) -> object:
    careful = _EXTREME_NUMBER.search(text) is not None
    try:
        value: object = _decoder(careful, duplicate_keys).decode(text)
    except json.JSONDecodeError as error:
        # `error.msg` may quote the text.
        message = f"the JSON text is malformed at line [{error.lineno}], column [{error.colno}]"
        raise JsonTextError(message, error.lineno, error.colno) from None
    except RecursionError:
        raise JsonTextError("the JSON text is nested too deeply") from None
    return value


@cache
def _decoder(careful: bool, duplicate_keys: Literal["refuse", "last"]) -> json.JSONDecoder:
    return json.JSONDecoder(
        parse_constant=_refuse_constant,
        # Calling Python for each number is slow, so only texts with a suspicious one pay for it.
        parse_float=_finite if careful else None,
        parse_int=_short_integer if careful else None,
        object_pairs_hook=_without_duplicates if duplicate_keys == "refuse" else None,
    )


def _refuse_constant(name: str) -> NoReturn:
    raise JsonTextError("the JSON text contains NaN or an infinity")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise JsonTextError("the JSON text contains a number too large to represent")
    return number


def _short_integer(digits: str) -> int:
    if len(digits.removeprefix("-")) > MAX_DIGITS:
        raise JsonTextError(f"the JSON text contains an integer of more than [{MAX_DIGITS}] digits")
    return read_digits(digits)


def _without_duplicates(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise JsonTextError("the JSON text contains an object with a duplicate key")
    return members


def _refuse_lone_surrogates(value: object) -> None:
    try:
        _to_text(value).encode()
    except UnicodeEncodeError:
        raise JsonTextError(_LONE_SURROGATE) from None


_LONE_SURROGATE = "the JSON text contains a lone surrogate"
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_to_text: Callable[[object], str] = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode

# A float overflows only with an exponent of three digits or more, or with hundreds of digits.
_EXTREME_NUMBER = re.compile(r"[0-9][eE]\+?[0-9]{3}|(?<![0-9])[0-9]{200}")

# Possessive quantifiers keep the scan linear, also in an unterminated string.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+', re.DOTALL)
_STEPS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")  # +1 and -1 as signed bytes
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[{]}"))
