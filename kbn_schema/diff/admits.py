"""This module decides whether a term accepts one scalar: yes, no, or it cannot be told."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from kbn_schema.diff.differences import Term
from kbn_schema.diff.shapes import Shape, Terms, bound, scalar_key
from kbn_schema.formats.date_time import read_date, read_date_time
from kbn_schema.formats.email import is_email
from kbn_schema.formats.hostname import is_hostname
from kbn_schema.formats.ip import is_ipv4, is_ipv6, is_ipvfuture
from kbn_schema.formats.uri import is_uri
from kbn_schema.formats.uuid import read_uuid
from kbn_schema.kinds.bounds import is_multiple
from kbn_schema.numbers import is_safe, read_boolean, read_integer, read_number
from kbn_schema.quantities import ByteSize, Duration

IPS: Final = {"ipv4": is_ipv4, "ipv6": is_ipv6, "ipvfuture": is_ipvfuture}
MAX_STEPS: Final = 1_000


def admits(terms: Terms, term: Term, value: Any) -> bool | None:
    """Whether *term* accepts the scalar *value*; None where that cannot be told without running anything.

    Validators are not asked.
    """
    unsure = False
    waiting = [term]
    steps = 0
    while waiting:
        steps += 1
        if steps > MAX_STEPS:
            return None
        shape = terms.shape(waiting.pop())
        if value is None and shape.nullable:
            return True
        if shape.word == "union":
            waiting.extend(reversed(shape.branches))
            continue
        told = _told(shape, value)
        if told is True:
            return True
        unsure |= told is None
    return None if unsure else False


def _told(shape: Shape, value: Any) -> bool | None:
    word = shape.word
    if word == "values":
        return scalar_key(value) in {scalar_key(known) for known in shape.values}
    if word in _ADMITS:
        return _ADMITS[word](shape.term, value)
    # Text may be JSON text of a container; what a condition or another kind takes is not known.
    return None if isinstance(value, str) or word in ("conditional", "custom", "function") else False


def _boolean(term: Term, value: Any) -> bool:
    return type(value) is bool or (isinstance(value, str) and read_boolean(value) is not None)


def _number(term: Term, value: Any) -> bool:
    text = value if isinstance(value, str) else None
    number: Any = value if text is None else read_number(text)
    if type(number) not in (int, float) or number != number:
        return False
    if not term.get("unsafe") and not is_safe(number, text):
        return False
    return abs(number) != float("inf") and _within(term, number)


def _integer(term: Term, value: Any) -> bool:
    number = read_integer(value) if isinstance(value, str) else value
    if type(number) is float and number.is_integer():
        number = int(number)
    return type(number) is int and _within(term, number)


def _within(term: Term, number: int | float) -> bool:
    least, most = bound(term, "min"), bound(term, "max")
    above, below = bound(term, "exclusive_min"), bound(term, "exclusive_max")
    step = bound(term, "multiple_of")
    return (
        (least is None or number >= least)
        and (most is None or number <= most)
        and (above is None or number > above)
        and (below is None or number < below)
        and (not step or is_multiple(number, step))
    )


def _string(term: Term, value: Any) -> bool | None:
    if not isinstance(value, str):
        is_number = type(value) in (int, float)
        return None if is_number and term.get("coerce_from_number") else False
    format = term.get("format")
    if format is not None and not _FORMATS[format](term, value):
        return False
    least, most = bound(term, "min_length"), bound(term, "max_length")
    if (least is not None and len(value) < least) or (most is not None and len(value) > most):
        return False
    # A pattern of a contract is not run: it may take for ever.
    return None if "pattern" in term else True


def _quantity(term: Term, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return False
    try:
        size: int
        if term["unit"] == "bytes":
            size = int(ByteSize.parse(value) if isinstance(value, str) else ByteSize.of(value))
        else:
            size = (Duration.parse(value) if isinstance(value, str) else Duration.of(value)).milliseconds
    except ValueError:
        return False
    return _within(term, size)


_FORMATS: Final[Mapping[str, Callable[[Term, str], bool]]] = {
    "hostname": lambda term, text: is_hostname(text),
    "email": lambda term, text: is_email(text),
    "uuid": lambda term, text: read_uuid(text) is not None,
    "date": lambda term, text: read_date(text) is not None,
    "date_time": lambda term, text: _is_point(text),
    "ip": lambda term, text: any(IPS[version](text) for version in term["versions"] if version in IPS),
    "uri": lambda term, text: is_uri(text, tuple(term["scheme"]) if "scheme" in term else None),
}


def _is_point(text: str) -> bool:
    found = read_date_time(text)
    return found is not None and found.utcoffset() is not None


_ADMITS: Final[Mapping[str, Callable[[Term, Any], bool | None]]] = {
    "any": lambda term, value: True,
    "nothing": lambda term, value: False,
    "boolean": _boolean,
    "number": _number,
    "integer": _integer,
    "string": _string,
    "bytes": lambda term, value: isinstance(value, str),
    "stream": lambda term, value: False,
    "quantity": _quantity,
}
