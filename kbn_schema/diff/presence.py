"""This module compares whether a value may be missing, and whether it may be null."""

from typing import TYPE_CHECKING

from kbn_schema.diff.admits import admits
from kbn_schema.diff.conditionals import is_lifted
from kbn_schema.diff.differences import Difference, Found
from kbn_schema.diff.pairs import Wanted
from kbn_schema.diff.shapes import Shape, has_doubtful_default, json_text
from kbn_schema.diff.spelling import show_default

if TYPE_CHECKING:
    from kbn_schema.diff.walk import Walk


def compare_absence(walk: "Walk", wanted: Wanted, before: Shape, after: Shape, found: Found) -> None:
    """Note how the meaning of a missing value differs."""
    if before.absence == after.absence == "asked" and before.word == after.word == "object":
        return  # each prop tells
    if _is_same_condition(before, after):
        return  # each branch tells
    possible, certain = walk.old.may_be_absent(wanted.before)
    maybe_now, surely_now = walk.new.may_be_absent(wanted.after)
    if possible and not surely_now:
        lifted = is_lifted(walk.old, before, after)
        found.add(
            _difference("condition-lifted-required" if lifted else "became-required", "narrower", wanted)
        )
    if maybe_now and not certain:
        found.add(_difference("became-optional", "wider", wanted))
    if certain and surely_now:
        _compare_meaning(wanted, before, after, found)


def _is_same_condition(before: Shape, after: Shape) -> bool:
    if not before.word == after.word == "conditional" or before.absence != after.absence:
        return False
    if has_doubtful_default(before) and before.facts["default"] != after.facts["default"]:
        return False
    is_asked = before.absence in ("asked", "stays") or has_doubtful_default(before)
    return is_asked and all(
        json_text(before.term[name]) == json_text(after.term[name]) for name in ("left", "right")
    )


def _compare_meaning(wanted: Wanted, before: Shape, after: Shape, found: Found) -> None:
    old, new = _absence(before), _absence(after)
    if old == new == "default":
        defaults = before.facts.get("default", {}), after.facts.get("default", {})
        if json_text(defaults[0]) != json_text(defaults[1]):
            terms = before.term, after.term
            told = [show_default(default, term) for default, term in zip(defaults, terms, strict=True)]
            found.add(_difference("default-changed", "same", wanted, old=told[0], new=told[1]))
    elif old == new:
        return
    elif new == "default":
        told_new = _made(after)
        found.add(_difference("default-added", "same", wanted, new=told_new))
    elif old == "default":
        told_old = _made(before)
        found.add(_difference("default-removed", "same", wanted, old=told_old))
    else:  # one of them is null, and the other stays away
        found.add(
            _difference("absent-became-null" if new == "null" else "null-became-absent", "same", wanted)
        )


def _absence(shape: Shape) -> str:
    if shape.absence != "asked":
        return shape.absence
    # An object is made of its props; a condition, or a fallback, asks what is inside.
    return "stays" if shape.word == "nothing" else "default"


def _made(shape: Shape) -> str:
    """What a missing value becomes."""
    if "default" in shape.facts:
        return show_default(shape.facts["default"], shape.term)
    return "an object of its defaults" if shape.word == "object" else "what a branch makes of it"


def compare_null(walk: "Walk", wanted: Wanted, before: Shape, after: Shape, found: Found) -> None:
    """Note whether null came or went, where the wrappers say it."""
    if before.nullable and not after.nullable and admits(walk.new, wanted.after, None) is not True:
        found.add(_difference("nullable-removed", "narrower", wanted))
    if after.nullable and not before.nullable and admits(walk.old, wanted.before, None) is not True:
        found.add(_difference("nullable-added", "wider", wanted))


def _difference(rule: str, effect: str, wanted: Wanted, **words: str) -> Difference:
    return Difference(rule, effect, wanted.before, wanted.after, words)
