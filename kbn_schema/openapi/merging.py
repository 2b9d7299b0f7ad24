"""This module lays one part of a document over another."""

from collections.abc import Mapping
from typing import Any, cast


def merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """*under* with what *over* says, as deep as both have mappings; a list goes in place of another."""
    found = dict(under)
    for name, value in over.items():
        found[name] = merged(found[name], value) if _are_deeper(found.get(name), value) else value
    return found


def amend(operation: dict[str, Any], words: Mapping[str, Any]) -> None:
    """Change *operation* as the author's *words* say, as deep as both have mappings.

    A schema goes in place of another. Parameters are amended where one has that name already, else added.
    """
    # In place, since references in there are known by where they stand.
    for name, value in words.items():
        before = operation.get(name)
        if name == "parameters" and isinstance(before, list) and isinstance(value, list):
            _amend_parameters(before, value)
        elif name != "schema" and _are_deeper(before, value):
            amend(operation[name], value)
        else:
            operation[name] = value


def _amend_parameters(parameters: list[Any], words: list[Any]) -> None:
    for one in words:
        same = [known for known in parameters if _key(known) is not None and _key(known) == _key(one)]
        if same:
            amend(same[0], one)
        else:
            parameters.append(one)


def _key(parameter: Any) -> tuple[str, str] | None:
    """What parameters are told apart by; case does not count in the names of headers."""
    if not isinstance(parameter, dict):
        return None
    said = cast("dict[str, Any]", parameter)
    place, name = str(said.get("in")), str(said.get("name"))
    return place, name.lower() if place == "header" else name


def _are_deeper(before: object, value: object) -> bool:
    return isinstance(before, Mapping) and isinstance(value, Mapping)
