"""This module tells which references mean the same in two contracts."""

from kbn_schema.diff.shapes import Terms


def unstable_names(old: Terms, new: Terms) -> frozenset[str]:
    """The names of terms that differ, or lead to some that do."""
    before, after = old.contract.schemas, new.contract.schemas
    if before is after:
        return frozenset()
    unstable = {
        name
        for name in {*before, *after}
        if name not in before or name not in after or not _is_equal(old, new, name)
    }
    if not unstable:
        return frozenset()
    users: dict[str, list[str]] = {}
    for name, term in before.items():
        for used in old.names(term):
            users.setdefault(used, []).append(name)
    waiting = list(unstable)
    while waiting:
        for user in users.get(waiting.pop(), ()):
            if user not in unstable:
                unstable.add(user)
                waiting.append(user)
    return frozenset(unstable)


def _is_equal(old: Terms, new: Terms, name: str) -> bool:
    before, after = old.contract.schemas[name], new.contract.schemas[name]
    try:
        return before == after and old.text(before) == new.text(after)
    except RecursionError:
        return False
