"""P12: generated source holds our own words, and nothing that could be an author's or a sender's text."""

import functools
import re

from kbn_schema.codegen.runtime import NAMES
from tests.fuzz.property import Property, Tally
from tests.fuzz.subject import Subject
from tests.hostile.generated import foreign

# No quotes, no backslash, no comment: there is no place in which a text could be.
CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_ \n()[]{}:,.=<>!*+-")
WORDS = re.compile(r"\w+")
NUMBERED = re.compile(r"([A-Za-z_]+)_\d+")
# Words of the generator with a number behind them, and such as stand alone.
COUNTED_WORDS = frozenset(
    [
        "BRANCHES",
        "CHECK",
        "DEFAULT",
        "FINISH",
        "KEY",
        "KEYS",
        "LIMIT",
        "MATCH",
        "NAMES",
        "SCHEMA",
        "SPELLED",
        "VALUE",
        "VALUES",
        "branch",
        "item",
        "judge_choice",
        "judge_entries",
        "judge_items",
        "judge_left",
        "judge_members",
        "judge_tagged",
        "judge_leaf",
        "judge_call",
        "judge_anything",
        "judge_same",
        "judge_named",
        "judged",
        "key",
        "left",
        "new",
        "out",
        "read",
        "settle",
        "size",
        "tag",
        "value",
    ]
)
LONE_WORDS = frozenset(
    {
        *NAMES,
        *[
            "False",
            "None",
            "True",
            "__sizeof__",
            "and",
            "append",
            "at",
            "break",
            "context",
            "copy",
            "def",
            "depth",
            "elif",
            "else",
            "except",
            "for",
            "found",
            "get",
            "if",
            "in",
            "is",
            "item",
            "items",
            "key",
            "keys",
            "namespace",
            "not",
            "or",
            "pass",
            "return",
            "strip_unknown_keys",
            "tick",
            "try",
            "validate",
            "value",
            "values",
        ],
    }
)
AST_SAMPLE = 20  # of so many sources one is parsed, and each node of it looked at


def check(subject: Subject, tally: Tally) -> None:
    source = subject.source
    assert CHARACTERS.issuperset(source), f"P12: a character in the source that is not ours\n{source}"
    strange = [word for word in set(WORDS.findall(source)) if not is_ours(word)]
    assert not strange, f"P12: words in the source that are not ours\n{strange}\n{source}"
    if subject.number % AST_SAMPLE == 0:
        found = foreign(source)
        assert not found, f"P12: nodes in the source that are not ours\n{found}\n{source}"
    tally.compared("P12")


@functools.lru_cache(maxsize=10_000)
def is_ours(word: str) -> bool:
    """Return whether *word* is one of the generator's, or a number of at most 32 bits."""
    if word.isdigit():
        return int(word).bit_length() <= 32
    numbered = NUMBERED.fullmatch(word)
    return word in LONE_WORDS if numbered is None else numbered[1] in COUNTED_WORDS


PROPERTY = Property("P12", "generated source holds our own words only", check)
