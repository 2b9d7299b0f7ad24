"""This module gives names to what a document refers to."""

import json
from collections.abc import Container, Sequence
from typing import Any

from kbn_schema.json_schema.writer import Definition


def names_of(definitions: Sequence[Definition], taken: Container[str] = ()) -> list[str]:
    """Return the name of each definition; those that say the same under one name share it.

    Others of that name are numbered, and so are those whose name is *taken*.
    """
    groups = _groups(definitions)
    names: dict[Any, str] = {}
    given: set[str] = set()
    counts: dict[str, int] = {}
    for definition, group in zip(definitions, groups, strict=True):
        if group not in names:
            names[group] = _numbered(definition.name, counts, taken, given)
            given.add(names[group])
    return [names[group] for group in groups]


def unused(name: str, *taken: Container[str]) -> str:
    """Return *name*, or that with the first number from 2 on that is not *taken*."""
    return _numbered(name, {}, *taken)


def _numbered(name: str, counts: dict[str, int], *taken: Container[str]) -> str:
    """The same; *counts* are the numbers that were reached, by name."""
    count = counts.get(name, 1)
    numbered = name if count == 1 else f"{name}-{count}"
    while any(numbered in names for names in taken):
        count += 1
        numbered = f"{name}-{count}"
    counts[name] = count
    return numbered


def _groups(definitions: Sequence[Definition]) -> list[Any]:
    """What is the same for two definitions where they say the same, as deep as they refer to others."""
    groups: list[Any] = []
    for definition in definitions:
        numbers = [holder[key] for holder, key in definition.slots]
        for holder, key in definition.slots:
            holder[key] = None
        groups.append((definition.name, json.dumps(definition.content)))
        for (holder, key), number in zip(definition.slots, numbers, strict=True):
            holder[key] = number
    # They are told apart by what they refer to, until that tells no more of them apart.
    while True:
        finer = [
            (group, *(groups[holder[key]] for holder, key in definition.slots))
            for group, definition in zip(groups, definitions, strict=True)
        ]
        if len(set(finer)) == len(set(groups)):
            return groups
        known = {group: index for index, group in enumerate(dict.fromkeys(finer))}
        groups = [known[group] for group in finer]
