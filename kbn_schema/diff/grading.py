"""This module makes changes of what was found: it looks up how severe each is, and puts it in words."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kbn_schema.diff.advice import Place, advise
from kbn_schema.diff.changes import Change, Direction, Profile
from kbn_schema.diff.differences import Found, Term
from kbn_schema.diff.rules import RULES
from kbn_schema.diff.spelling import MAX_LENGTH, spell, spell_both
from kbn_schema.wording import shorten

Side = Term | str | None
MAX_WORD: Final = 64
MAX_MESSAGE: Final = 400


def grade(found: Found, direction: Direction, profile: Profile, place: Place, *path: str) -> Iterator[Change]:
    """The changes that *found* amounts to, at *path*."""
    for difference, inner in found.differences.items():
        rule = RULES[difference.rule]
        level = rule.level(direction, profile)
        words = {name: shorten(word, MAX_WORD) for name, word in difference.words.items()}
        before, after = _spelled(difference.before, difference.after)
        is_answer = direction == "response"
        spelling = rule.response_advice if is_answer else rule.advice
        yield Change(
            rule=difference.rule,
            level=level,
            direction=direction,
            method=place.method,
            route=place.route,
            version=place.version,
            path=(*path, *inner),
            before=before,
            after=after,
            # What is said of a route is the same in both directions.
            message=_filled((rule.response or rule.request) if is_answer else rule.request, words),
            advice=advise(difference.rule, level, _filled(spelling, words), place),
            tier=place.tier,
        )


def _filled(sentence: str, words: Mapping[str, Any]) -> str:
    return shorten(sentence.format_map(_Words(words)), MAX_MESSAGE)


class _Words(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "it"


def _spelled(before: Side, after: Side) -> tuple[str | None, str | None]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return spell_both(before, after)
    return _one_side(before), _one_side(after)


def _one_side(side: Side) -> str | None:
    if side is None or isinstance(side, str):
        return None if side is None else shorten(side, MAX_LENGTH)
    return spell(side)


def order(change: Change) -> tuple[Any, ...]:
    """By what changes are sorted."""
    return (
        change.route,
        change.method,
        change.version,
        tuple(map(str, change.path)),
        change.rule,
        change.direction,
        change.message,
        change.before or "",
        change.after or "",
    )
