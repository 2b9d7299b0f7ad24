"""This module compares types: one may be said in several ways.

A union has no order, `Optional` is one, and an alias is what it stands for.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from kbn_schema.stubs.definitions import Definition
from kbn_schema.stubs.hints import ANY, Constants, DictOf, Fields, Hint, ListOf, Named, Union, Word
from kbn_schema.stubs.hints import union as union_of


class Comparison:
    """Says which types are the same, in the words of *definitions*."""

    def __init__(self, definitions: Iterable[Definition]) -> None:
        self._definitions = {definition.number: definition for definition in definitions}

    def same(self, told: Hint, output: Hint, *, is_loose: bool = False, is_wide: bool = False) -> bool:
        """Return whether *told* says the same as *output*.

        Args:
            is_loose: What is not known of the output may be told to be anything.
            is_wide: Constants may be told to be just texts or numbers.
        """
        return self._same(told, output, _Question(is_loose, is_wide))

    def members(self, hint: Hint, *, is_wide: bool = False) -> tuple[Hint, ...]:
        """Return what *hint* is one of, seen through the names of aliases."""
        found: list[Hint] = []
        seen: set[Hint] = set()
        waiting = [hint]
        while waiting:
            one = waiting.pop()
            if one in seen:
                continue
            seen.add(one)
            match one:
                case Union(members):
                    waiting.extend(members)
                case Named(number) if number in self._definitions:
                    content = self._definitions[number].output
                    if not isinstance(content, Fields):
                        waiting.append(content)
                    else:
                        is_dict = content.is_open and not content.fields
                        found.append(DictOf(Word("str"), ANY) if is_dict else one)
                case Constants(values):
                    found.extend(_constants_apart(values, is_wide))
                case _:
                    found.append(one)
        return _shortened(found)

    def _same(self, told: Hint, output: Hint, question: "_Question") -> bool:
        pair = (told, output)
        if told == output or pair in question.assumed:
            return True
        question.assumed.add(pair)  # what is inside of itself differs nowhere else
        left, right = (self.members(hint, is_wide=question.is_wide) for hint in pair)
        if ANY in right and question.is_loose:
            return True
        is_same = all(any(self._alike(one, other, question) for other in right) for one in left) and all(
            any(self._alike(other, one, question) for other in left) for one in right
        )
        if not is_same:
            question.assumed.discard(pair)
        return is_same

    def _alike(self, told: Hint, output: Hint, question: "_Question") -> bool:
        match told, output:
            case ListOf(left), ListOf(right):
                return self._same(left, right, question)
            case DictOf(left_key, left), DictOf(right_key, right):
                return self._same(left_key, right_key, question) and self._same(left, right, question)
            case _:
                return told == output


@attrs.frozen
class _Question:
    is_loose: bool
    is_wide: bool
    assumed: set[tuple[Hint, Hint]] = attrs.field(factory=set[tuple[Any, Any]])


def _constants_apart(values: Iterable[Any], is_wide: bool) -> Iterator[Hint]:
    for value in values:
        # There are no literals of floats.
        is_word = is_wide or isinstance(value, float)
        yield Word(type(value).__name__) if is_word else Constants((value,))


def _shortened(members: Iterable[Hint]) -> tuple[Hint, ...]:
    """*members*, without those that others include: to checkers, a float may be an int."""
    hint = union_of(members)
    if isinstance(hint, Constants):
        hint = Union((hint,))
    listed = hint.members if isinstance(hint, Union) else (hint,)
    words = {member.name for member in listed if isinstance(member, Word)}
    found: list[Hint] = []
    for member in listed:
        if isinstance(member, Constants):
            singles = [Constants((value,)) for value in member.values if not _is_in(value, words)]
            is_any_bool = {True, False} <= {value for value in member.values if isinstance(value, bool)}
            found.extend([one for one in singles if not (is_any_bool and isinstance(one.values[0], bool))])
            found.extend([Word("bool")] if is_any_bool else [])
        elif not (member == Word("int") and "float" in words):
            found.append(member)
    return tuple(found)


def _is_in(value: Any, words: set[str]) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and "float" in words
