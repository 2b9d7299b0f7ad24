"""This module compares the common facts: validators, ids, and what only documents show."""

from typing import Any, Final

from kbn_schema.diff.differences import Difference, Found, Term
from kbn_schema.diff.pairs import Pair
from kbn_schema.diff.shapes import json_text

SHOWN: Final = ("title", "description", "examples", "meta", "opaque")
NO_FACTS: Final[Term] = {"type": "any"}


def compare(pair: Pair, before: Term, after: Term, found: Found) -> None:
    """Note how the facts *before* and *after* differ, the default apart."""
    if before.keys() | after.keys() <= _BARE:
        return
    _compare_validators(before, after, found)
    _compare_ids(before, after, found)
    changed = [name for name in SHOWN if json_text(before.get(name)) != json_text(after.get(name))]
    if changed:
        found.add(Difference("annotation-changed", "note", before, after, {"what": ", ".join(changed)}))
    if bool(before.get("deprecated")) != bool(after.get("deprecated")):
        rule = "deprecated-added" if after.get("deprecated") else "deprecated-removed"
        found.add(Difference(rule, "note", before, after, {}))


def _compare_validators(before: Term, after: Term, found: Found) -> None:
    old, new = before.get("validate"), after.get("validate")
    if old is None and new is not None:
        found.add(Difference("validator-added", "narrower", before, after, {"new": _name(new)}))
    elif old is not None and new is None:
        found.add(Difference("validator-removed", "wider", before, after, {"old": _name(old)}))
    elif old is not None and not is_same_function(old, new):
        found.add(Difference(changed_rule(old, new), "unknown", before, after, changed_words(old, new)))


def is_same_function(old: Any, new: Any) -> bool:
    """Whether two functions do the same, as far as can be told: by what they are made of, else by name."""
    if "fingerprint" in old and "fingerprint" in new:
        return bool(old["fingerprint"] == new["fingerprint"])
    return bool(old.get("name") == new.get("name") and ("fingerprint" in old) == ("fingerprint" in new))


def changed_rule(old: Any, new: Any) -> str:
    """The rule of a function that does something else now, told apart from another function."""
    return "validator-changed" if _name(old) == _name(new) else "validator-replaced"


def changed_words(old: Any, new: Any) -> dict[str, str]:
    """What fills the sentence of that rule."""
    return {"old": _name(old), "new": _name(new)}


def _compare_ids(before: Term, after: Term, found: Found) -> None:
    old, new = before.get("id"), after.get("id")
    if old == new:
        return
    rule = "id-added" if old is None else "id-removed" if new is None else "id-changed"
    effect = "note" if old is None else "same"
    found.add(Difference(rule, effect, before, after, {"old": str(old), "new": str(new)}))


def _name(function: Any) -> str:
    return str(function.get("name", "a function"))


_BARE: Final = frozenset(
    {
        "type",
        "props",
        "items",
        "min",
        "max",
        "min_length",
        "max_length",
        "of",
        "unknowns",
        "values",
        "keys",
        "default",
    }
)
