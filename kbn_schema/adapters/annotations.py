"""This module reads the signature of a handler that a framework would read, and that it may not be able to.

Annotations may name what is imported for type checkers only.
"""

import builtins
import functools
import inspect
import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Any, get_args, get_origin, get_type_hints


def resolved_signature(
    handler: Callable[..., Any], names: Mapping[str, Any] = MappingProxyType({})
) -> inspect.Signature:
    """The signature of *handler*, where each annotation is a type, or left out where it cannot be resolved.

    Of an `Annotated` that names an unknown type, the rest is kept: ``Annotated[Any, ...]``. *names* are known
    beside those of the handler's module.
    """
    signature = _signature(handler)
    known = {**names, **_globals(handler)}
    parameters = [
        parameter.replace(annotation=_resolved(parameter.annotation, known))
        for parameter in signature.parameters.values()
    ]
    return inspect.Signature(parameters, return_annotation=_resolved(signature.return_annotation, known))


def _signature(handler: Callable[..., Any]) -> inspect.Signature:
    if sys.version_info >= (3, 14):  # pragma: no cover - where an older Python measures
        import annotationlib  # noqa: PLC0415 - there is none before

        # Else annotations are evaluated here, all or none of them.
        return inspect.signature(handler, annotation_format=annotationlib.Format.FORWARDREF)
    return inspect.signature(handler)


def _globals(handler: Any) -> dict[str, Any]:
    while isinstance(handler, functools.partial):
        handler = handler.func
    function = inspect.unwrap(handler)
    if not hasattr(function, "__globals__"):  # an object that is called
        function = inspect.unwrap(type(function).__call__)
    return getattr(function, "__globals__", {})


def _resolved(annotation: Any, known: dict[str, Any]) -> Any:
    if annotation is inspect.Signature.empty:
        return annotation

    def bearer() -> None: ...

    bearer.__annotations__ = {"it": annotation}
    try:
        return get_type_hints(bearer, known, include_extras=True)["it"]
    except Exception:  # whatever an annotation does when it is evaluated
        return _partly_resolved(annotation, known)


def _partly_resolved(annotation: Any, known: dict[str, Any]) -> Any:
    text = getattr(annotation, "__forward_arg__", annotation)
    try:
        found = eval(text, {}, _Names(known)) if isinstance(text, str) else text  # noqa: S307 - the author's
    except Exception:
        return inspect.Signature.empty
    if get_origin(found) is Annotated:
        return Annotated[(Any, *get_args(found)[1:])]
    return inspect.Signature.empty


class _Unknown(type):
    """What stands for a type that is not there: whatever is taken from it is not there, either."""

    __iter__ = None  # else it would have no end, since it has items

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):  # by which `typing` tells sorts apart
            raise AttributeError(name)
        return cls

    def __getitem__(cls, item: object) -> Any:
        return cls


class _Names(dict[str, Any]):
    def __missing__(self, name: str) -> Any:
        return getattr(builtins, name, None) or _Unknown("Unknown", (), {})
