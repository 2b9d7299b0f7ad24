"""This module tells the privileges that a route asks for, in Kibana's words."""

from collections.abc import Mapping
from typing import Any


def privileges_of(security: Mapping[str, Any]) -> str:
    """What a user needs, such as ``ALL of [a, b] AND ANY of [c OR d]``; nothing where that is nothing."""
    every: list[str] = []
    some: list[str] = []
    for one in security.get("authz", {}).get("required_privileges", ()):
        if isinstance(one, str):
            every.append(one)
        else:
            every += [_named(each) for each in one.get("all_required", ())]
            some += [_named(each) for each in one.get("any_required", ())]
    told = [f"ALL of [{', '.join(every)}]"] if every else []
    told += [f"ANY of [{' OR '.join(some)}]"] if some else []
    return " AND ".join(told)


def _named(privilege: str | Mapping[str, Any]) -> str:
    if isinstance(privilege, str):
        return privilege
    any_of, all_of = privilege.get("any_of", ()), privilege.get("all_of", ())
    return f"({' OR '.join(any_of)})" if any_of else f"({' AND '.join(all_of)})"
