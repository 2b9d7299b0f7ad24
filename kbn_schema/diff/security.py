"""This module compares who may call a route."""

import itertools
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

from kbn_schema.diff.differences import Difference, Found
from kbn_schema.diff.shapes import json_text

MAX_CLAUSES: Final = 1_000
# Each needs one of its privileges; all of them have to be fulfilled.
Clauses: TypeAlias = frozenset[frozenset[str]]
LOGINS: Final[dict[bool | str, int]] = {False: 0, "optional": 1, True: 2}


def compare(old: Mapping[str, Any], new: Mapping[str, Any], found: Found) -> None:
    """Note how two securities differ."""
    if json_text(old) == json_text(new):
        return
    before, after = _clauses(old.get("authz", {})), _clauses(new.get("authz", {}))
    noted = _note(found, "authz", old, new, not _follows(after, before), not _follows(before, after))
    login = LOGINS.get(_login(old), 2), LOGINS.get(_login(new), 2)
    noted |= _note(found, "authc", old, new, login[1] > login[0], login[1] < login[0])
    if not noted:
        found.add(Difference("security-annotated", "note", None, None, {}), "security")


def _note(
    found: Found, part: str, old: Mapping[str, Any], new: Mapping[str, Any], tighter: bool, looser: bool
) -> bool:
    name = {"authz": "authorization", "authc": "authentication"}[part]
    before, after = _told(old.get(part)), _told(new.get(part))
    if tighter:
        found.add(Difference(f"{name}-tightened", "narrower", before, after, {}), "security", part)
    elif looser:
        found.add(Difference(f"{name}-loosened", "wider", before, after, {}), "security", part)
    return tighter or looser


def _told(said: Any) -> str | None:
    return None if said is None else json_text(said)


def _login(security: Mapping[str, Any]) -> Any:
    # A route that says nothing asks for nothing here.
    return security.get("authc", {}).get("enabled", False)


def _follows(asked: Clauses, known: Clauses) -> bool:
    """Whether who fulfils all clauses that are *known* fulfils all that are *asked*."""
    return all(any(clause <= wanted for clause in known) for wanted in asked)


def _clauses(authz: Mapping[str, Any]) -> Clauses:
    if authz.get("enabled") is False:
        return frozenset()
    clauses: set[frozenset[str]] = set()
    for privilege in authz.get("required_privileges", ()):
        if isinstance(privilege, str):
            clauses.add(frozenset({privilege}))
            continue
        for one in privilege.get("all_required", ()):
            clauses.add(frozenset({one} if isinstance(one, str) else one.get("any_of", ())))
        clauses |= _any_of(privilege.get("any_required", ()))
    return frozenset(clauses)


def _any_of(choices: Iterable[Any]) -> set[frozenset[str]]:
    """One of several, some of them all of several, as clauses."""
    sets = [[choice] if isinstance(choice, str) else list(choice.get("all_of", ())) for choice in choices]
    if not sets:
        return set()
    count = 1
    for one in sets:
        count *= len(one)
    if count > MAX_CLAUSES:
        return {frozenset({json_text(sets)})}  # as if it were a privilege of its own
    return {frozenset(one) for one in itertools.product(*sets)}
