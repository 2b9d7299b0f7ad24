"""This module reads media types: those that a Content-Type header names, and the ranges that a route accepts.

It knows RFC 9110, sections 5.6.6 and 8.3.1, and nothing of what the types mean.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

import attrs

from kbn_schema.http.mistakes import refuse
from kbn_schema.http.parts import Refusal
from kbn_schema.wording import show, type_word

MAX_REMEMBERED: Final = 200  # characters; what is longer was hardly sent before


def _charset(media_type: "MediaType") -> str:
    charset = media_type.parameters.get("charset", "utf-8").lower()
    return "utf-8" if charset == "utf8" else charset


@attrs.frozen
class MediaType:
    """A media type in lower case, such as ``text/plain``, with its parameters; names in lower case, too."""

    name: str
    parameters: Mapping[str, str] = attrs.field(factory=dict[str, str])
    charset: str = attrs.field(init=False, default=attrs.Factory(_charset, takes_self=True))
    """In lower case; ``utf-8`` also where none is named, or its alias ``utf8``."""


def read_media_type(text: str) -> MediaType | None:
    """The media type that the Content-Type header *text* names; None where it is malformed.

    Raises:
        Refusal: 400 where *text* is more than one header, or repeats a parameter.
    """
    return _remembered(text) if len(text) < MAX_REMEMBERED else _read(text)


def split_parameters(text: str) -> tuple[str, list[tuple[str, str]]] | None:
    """What stands before the first ``;`` of a header, and its parameters; None where *text* is malformed.

    The former and the names of parameters are in lower case; values are as they were sent, also in quotes.
    """
    match = _HEADER.fullmatch(text.strip(" \t"))
    if match is None:
        return None
    parameters = [(name.lower(), value) for name, value in _PARAMETER.findall(match["parameters"])]
    return match["value"].lower(), parameters


def accepted(where: str, ranges: Sequence[object]) -> re.Pattern[str]:
    """What matches the names of the media types in *ranges*.

    A range is a media type without parameters, or ``text/*``, ``application/*+json`` or ``*/*``.

    Raises:
        SchemaDefinitionError: A range is none, or there is none; *where* names the route.
    """
    if not ranges:
        refuse(where, "options.body.accepts must name a media type")
    return re.compile("|".join(_range_pattern(where, text) for text in ranges))


def _range_pattern(where: str, text: object) -> str:
    if not isinstance(text, str):
        refuse(
            where,
            "options.body.accepts must be a media type or a list of them, "
            f"but has a value of type [{type_word(text)}]",
        )
    match = _RANGE.fullmatch(text.lower())
    if match is None:
        refuse(
            where,
            f"options.body.accepts has [{show(text)}], expected a media type without parameters, "
            "such as [application/json], [application/*+json], [text/*] or [*/*]",
        )
    return re.escape(match[0]).replace(r"\*", "[^/]*")


def _read(text: str) -> MediaType | None:
    found = split_parameters(text)
    if found is None or "/" not in found[0]:
        if _UP_TO_COMMA.fullmatch(text) is None:
            raise Refusal(400, "the Content-Type header must not be repeated")
        return None
    name, parameters = found
    values = {name: _unquoted(value) for name, value in parameters}
    if len(values) < len(parameters):
        raise Refusal(400, "the Content-Type header must not repeat a parameter")
    return MediaType(name, values)


_remembered = lru_cache(maxsize=256)(_read)


def _unquoted(value: str) -> str:
    return _QUOTED_PAIR.sub(r"\1", value[1:-1]) if value.startswith('"') else value


# Possessive, so that a hostile header costs linear time.
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]++"  # noqa: S105
_CONTROL = r"\x00-\x08\x0a-\x1f\x7f"
_QUOTED = rf'"(?:[^"\\{_CONTROL}]|\\[^{_CONTROL}])*+"'
_PARAMETER = re.compile(rf"({_TOKEN})=({_TOKEN}|{_QUOTED})")
_HEADER = re.compile(
    rf"(?P<value>{_TOKEN}(?:/{_TOKEN})?+)(?P<parameters>(?:[ \t]*+;[ \t]*+(?:{_PARAMETER.pattern})?+)*+)"
)
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
# What is in quotes may have commas; quotes that are not closed reach to the end.
_UP_TO_COMMA = re.compile(r'(?:[^",]|"(?:[^"\\]|\\.)*+"?+)*+', re.DOTALL)
_RANGE = re.compile(r"\*/\*|[!#$%&'+.^_`|~0-9a-z-]+/(?:\*(?:\+[!#$&^_.0-9a-z-]+)?|[!#$%&'+.^_`|~0-9a-z-]+)")
