"""This module spells annotations for readers: short, and without what only checkers need."""

import collections.abc
import sys
import types
import typing
from typing import Any, Final, LiteralString, TypeVar, Union, get_args, get_origin

from kbn_schema.kinds.base import Schema
from kbn_schema.missing import Missing

_UNIONS: Final = (Union, types.UnionType)


def alternatives(annotation: Any, module: str) -> list[str]:
    """The texts of what an annotation of *module* has between bars, each once."""
    return _alternatives(_evaluated(annotation, module))


def _evaluated(annotation: Any, module: str) -> Any:
    if isinstance(annotation, typing.ForwardRef):
        annotation = annotation.__forward_arg__
    if not isinstance(annotation, str):
        return annotation
    return eval(annotation, {**vars(typing), **vars(sys.modules[module])})


def _alternatives(annotation: Any) -> list[str]:
    if isinstance(annotation, TypeVar) and annotation.__bound__ is not None:
        return _alternatives(annotation.__bound__)
    if get_origin(annotation) in _UNIONS:
        parts = [text for part in get_args(annotation) for text in _alternatives(part)]
        return list(dict.fromkeys(parts))
    if get_origin(annotation) is typing.Literal:
        return [f'"{value}"' for value in get_args(annotation)]
    return [_text(annotation)]


def _text(annotation: Any) -> str:
    origin, inside = get_origin(annotation), get_args(annotation)
    if annotation in (None, type(None)):
        return "None"
    if annotation is LiteralString:
        return "str"
    if annotation is Missing:
        return "MISSING"
    if isinstance(annotation, TypeVar):
        return annotation.__name__
    if origin is None:
        return str(getattr(annotation, "__name__", annotation))
    if isinstance(origin, type) and issubclass(origin, Schema):
        return origin.__name__
    if origin is collections.abc.Callable:
        given, returned = inside
        return f"Callable[[{', '.join(map(_text, given))}], {' | '.join(_alternatives(returned))}]"
    return f"{origin.__name__}[{', '.join(' | '.join(_alternatives(one)) for one in inside)}]"
