"""This module reads JSON text strictly, the same way for bodies, files and JSON inside a query string.

It knows RFC 8259 and the limits that keep a hostile text cheap; it knows nothing of schemas or HTTP.
No message repeats what the text says: it may hold a password.

What is meant is what the standard library reads (`read_strictly`). Where msgspec is installed, it is asked
first (`json_fast`), and only what it does not take is read again: so a mistake has the same words either way.
"""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn

from kbn_schema import messages
from kbn_schema.json_fast import UNSURE, load_reader
from kbn_schema.messages import Message
from kbn_schema.numbers import MAX_DIGITS, read_digits
from kbn_schema.patterns import pattern
from kbn_schema.problems import Problem
from kbn_schema.wording import INFINITY

if TYPE_CHECKING:
    import json

MAX_DEPTH: Final = 200
SHALLOW: Final = 16  # levels; of what is deeper, the depth is counted bracket by bracket

DuplicateKeys = Literal["refuse", "last"]


class JsonTextError(ValueError):
    """The text is not JSON, or not JSON we accept; *problem* says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem

    @property
    def line(self) -> int | None:
        """The line of the mistake, counted from 1; None where it is not known."""
        line: int | None = self.problem.params.get("line")
        return line

    def __str__(self) -> str:
        return self.problem.text


def read_json(
    data: bytes | str, max_depth: int = MAX_DEPTH, *, duplicate_keys: DuplicateKeys = "refuse"
) -> object:
    """The value that *data* spells.

    There is no limit of size: the time is in proportion to it.

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
    raw = _encoded(data) if isinstance(data, str) else data
    read = load_reader()
    if read is not None and not _is_deeper(raw, max_depth):
        value: object = read(raw, duplicate_keys == "refuse")
        if value is not UNSURE:
            return value
    return read_strictly(raw, max_depth, duplicate_keys)


def read_strictly(raw: bytes, max_depth: int, duplicate_keys: DuplicateKeys) -> object:
    """What `read_json` answers, by the standard library alone."""
    text = _decoded(raw)
    if text.startswith("\ufeff"):
        raise _refusal(messages.JSON_BYTE_ORDER_MARK)
    if not text.strip(" \t\n\r"):
        raise _refusal(messages.JSON_EMPTY)
    if _is_deeper(raw, max_depth):
        raise _refusal(messages.JSON_DEPTH, limit=max_depth)
    value = _parse(text, _decoder(_has_extreme_number(raw), duplicate_keys), max_depth)
    if b"\\u" in raw and _SURROGATE_ESCAPE().search(text):
        _refuse_lone_surrogates(value)
    return value


def make_ready() -> None:
    """Import and build at once all that reading needs."""
    load_reader()
    _encoder()
    for careful in (False, True):
        _decoder(careful, "refuse")
        _decoder(careful, "last")


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        refusal = _refusal(messages.JSON_SURROGATE)
    # Not inside of `except`: that error holds the text, and so do those below. And a frame that holds what
    # it has raised, which holds the frame, stays until the cyclic collector comes, with the text.
    try:
        raise refusal
    finally:
        del refusal


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        refusal = _refusal(messages.JSON_UTF_8)
    try:
        raise refusal
    finally:
        del refusal


def _is_deeper(raw: bytes, limit: int) -> bool:
    # The C parsers recurse, and overflow the stack where an application has raised the recursion limit.
    # So depth is counted before they run, and without a Python loop, which would be the dearest part.
    if len(raw) <= limit or len(raw.translate(None, _NOT_OPENING)) <= limit:
        return False
    brackets = _brackets(raw)
    rest = brackets
    for _ in range(min(limit, SHALLOW)):
        rest = rest.replace(b"()", b"")  # the innermost of them, all at once
        if not rest:
            return False
    return max(accumulate(memoryview(brackets.translate(_STEPS)).cast("b")), default=0) > limit


def _brackets(raw: bytes) -> bytes:
    """The brackets of *raw* that are in no string, all of them spelled ``(`` and ``)``.

    Behind the first mistake in *raw*, where no parser gets to, they may be any.
    """
    if b"\\" in raw:
        raw = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    marks = raw.translate(_ROUND, _NOT_MARKS)
    marks = marks.replace(b'""', b"")  # most strings; an even number of quotes still precedes what is outside
    return b"".join(marks.split(b'"')[::2])


def _has_extreme_number(raw: bytes) -> bool:
    # A float overflows only with an exponent of three digits or more, or with hundreds of digits, and only
    # hundreds of digits meet a limit of the interpreter. In a string they are met in vain.
    digits = raw.translate(_DIGITS_ALIKE, b"+")
    return b"0e000" in digits or _MANY_DIGITS in digits


def _parse(text: str, decoder: "json.JSONDecoder", max_depth: int) -> object:
    try:
        value: object = decoder.decode(text)
        return value
    except JsonTextError:
        raise
    except RecursionError:  # the stack was nearly used up before
        refusal = _refusal(messages.JSON_DEPTH, limit=max_depth)
    except ValueError as error:
        refusal = _malformed(error)
    try:
        raise refusal
    finally:
        del refusal


def _malformed(error: Any) -> JsonTextError:
    return _refusal(messages.JSON_MALFORMED, line=error.lineno, column=error.colno)


@cache
def _decoder(careful: bool, duplicate_keys: DuplicateKeys) -> "json.JSONDecoder":
    import json  # noqa: PLC0415 - slow, and many programs read no JSON

    return json.JSONDecoder(
        parse_constant=_refuse_constant,
        # Calling Python for each number is slow, so only texts with a suspicious one pay for it.
        parse_float=_finite if careful else None,
        parse_int=_short_integer if careful else None,
        object_pairs_hook=_without_duplicates if duplicate_keys == "refuse" else None,
    )


def _refuse_constant(name: str) -> NoReturn:
    raise _refusal(messages.JSON_NAN)


def _finite(digits: str) -> float:
    number = float(digits)
    if abs(number) == INFINITY:
        raise _refusal(messages.JSON_TOO_LARGE)
    return number


def _short_integer(digits: str) -> int:
    if len(digits.removeprefix("-")) > MAX_DIGITS:
        raise _refusal(messages.JSON_DIGITS, limit=MAX_DIGITS)
    return read_digits(digits)


def _without_duplicates(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _refusal(messages.JSON_DUPLICATE_KEY)
    return members


def _refuse_lone_surrogates(value: object) -> None:
    _encoded(_encoder()(value))


@cache
def _encoder() -> Callable[[object], str]:
    import json  # noqa: PLC0415 - as above

    return json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def _refusal(message: Message, **params: int) -> JsonTextError:
    return JsonTextError(Problem(message, params))


_SURROGATE_ESCAPE = pattern(r"\\u[dD][89a-fA-F]")
_MANY_DIGITS: Final = b"0" * 200
_DIGITS_ALIKE: Final = bytes.maketrans(b"123456789E", b"000000000e")
_ROUND: Final = bytes.maketrans(b"[{]}", b"(())")
_STEPS: Final = bytes.maketrans(b"()", b"\x01\xff")  # +1 and -1 as signed bytes
_NOT_OPENING: Final = bytes(set(range(256)) - set(b"[{"))
_NOT_MARKS: Final = bytes(set(range(256)) - set(b'[{]}"'))
