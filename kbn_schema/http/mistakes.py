"""This module tells an author's mistakes, while a route is declared."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.http.signatures import parameters, takes
from kbn_schema.wording import escape, type_word


def refuse(where: str, reason: str) -> NoReturn:
    """Raise the error of the declaration *where*: *reason* says what is wrong and how to mend it."""
    raise SchemaDefinitionError(escape(f"{where}: {reason}"))


def require_known(
    where: str, name: str, mapping: Mapping[Any, Any], known: Iterable[str], what: str, hint: str = ""
) -> None:
    """Refuse a key of the *mapping* called *name* that is not *known*; *what* is the word for a key of it.

    The *hint* ends the text.
    """
    for key in mapping:
        if key not in known:
            refuse(where, f"{name} has an unknown {what} [{key}], expected {listed(known)}{hint}")


def require_callable(where: str, name: str, value: object, *arguments: str) -> None:
    """Refuse a *value* that cannot be called with *arguments*."""
    if not callable(value):
        refuse(where, f"{name} must be a callable, but is [{type_word(value)}]")
    require_arguments(where, name, value, *arguments)


def require_arguments(where: str, name: str, function: Callable[..., Any], *arguments: str) -> None:
    """Refuse a *function* that cannot be called with *arguments*."""
    if not takes(function, len(arguments)):
        taken = ", ".join(str(parameter.name) for parameter in parameters(function))
        refuse(where, f"{name} must take ({', '.join(arguments)}), but takes ({taken})")


def listed(names: Iterable[str]) -> str:
    """*names* as a sentence shows them."""
    return ", ".join(f"[{name}]" for name in names)
