"""The texts and numbers that schemas and values are drawn from: names, literals, patterns."""

import functools
import random
import re
from typing import Any

from kbn_schema import schema
from tests.hostile.helper import PAYLOADS

NAMES = ["a", "b", "c", "type", "name", "value", "children"]
ODD_NAMES = [
    "", " ", "0", "1", "__proto__", "__class__", "class", "None", "self", "value\n", 'a"+str(1)+"', "x\\",
    "\ud800", "\ufb01", "fi", "a.b", "{a}", "%s", "out", "run", "v1", "é", "key", "left", "MISSING",
    "__secret", "__debug__", "lambda", "a b", "a_b", "a-b", "\u212a", "K", "constructor", "__dict__",
    "__init__", "__globals__", "$ref", "~", "/", "~1", "a/b", "name ", "Name", "name\0", "na\u200bme", "-0",
]  # fmt: skip
INJECTIONS = PAYLOADS
CHARACTERS = (
    "aZ0 _-.\n\r\t\0\x1b\x7f\x85\xad\xe9\u0131\u0661\u200b\u2028\u202e\u212a\ud800\udfff\ufb01\ufeff\uffff"
    "\U0001f600\U0010ffff"
)
TEXTS = [
    "a", "b", "", "0", "1", "5", "true", "type", "x", "ab", "abc", "1.0", "null", "\ud800", "é", "red", "a\n",
]  # fmt: skip
NUMBERS = [0, 1, -1, 2, 5, 10, 0.5, 1.0, -0.0, 2.5, 100, 2**53 - 1]
HUGE = [2**53, -(2**53), 2**64, 10**30, 10**400, 1e300, -1e300, 1e16, 5e-324]
STEPS = [1, 2, 0.5, 0.1, 3, 5, 0.3, 1e-9, 10**20, 2.0]
LITERALS = [*TEXTS, 0, 1, 2, 1.0, -0.0, 0.5, True, False, None, 10**400, 2**53 + 1]
# Each with texts that match it.
PATTERNS = {
    "[a-z]+": ["a", "ab", "abc"], r"^\d+$": ["1", "05", "5"], ".*": ["", "a"], "a|b": ["a", "b"],
    r"\w{2,4}": ["ab", "a1", "abc"], "(?i)AB": ["ab", "AB"], "[^\n]*": ["", "é"], r"x\Z|": ["x", ""],
    # anchors
    "^a": ["a"], "a$": ["a", "a\n"], r"\Aab\Z": ["ab"], "^$": [""], "^^a$$": ["a"], r"\ba\b": ["a"],
    r"a\B.": ["ab", "a_"], "(?m)^a$": ["a"], "a\\Z\n?": ["a"], "": [""],
    # classes
    "[abc]": ["a"], "[^abc]": ["x", "\n"], r"[\w-]+": ["a-b", "a"], r"[\d.]+": ["1.0", "5"],
    r"\S+": ["a", "é"], r"\s*": ["", " ", "\n"], r"[\]\[]+": ["[]"], "[a-]": ["a", "-"], r"\D": ["a"],
    r"\W": [" ", "é"], "[^\\s]{0,3}": ["", "abc"], r"[\x00-\x1f]": ["\n"],
    # repeats
    "a?": ["", "a"], "a*b+": ["b", "ab"], "a{3}": ["aaa"], "a{2,}": ["aa"], "a{,2}": ["", "aa"],
    "(ab)*": ["", "abab"], "(?:a|b)+?": ["a", "ab"], "a*?": ["", "aa"], "(a?){3}": ["", "aaa"],
    "[a-z]{1,63}(?:\\.[a-z]{1,63})*": ["a.b", "localhost"], "x{0}": [""],
    # groups and look-arounds
    "(a)(b)?": ["a", "ab"], r"(a|b)\1": ["aa", "bb"], "(?P<n>a)(?P=n)": ["aa"], "(?=a)\\w+": ["ab"],
    "(?!a)\\w+": ["b"], "\\w+(?<!a)": ["b"], "(a)?(?(1)b|c)": ["ab", "c"], "(?:)": [""], "(?#c)a": ["a"],
    # flags
    "(?s).": ["\n", "a"], "(?x) a # b": ["a"], "(?i:A)b": ["ab", "Ab"], "(?a:\\w)+": ["a"],
    # unicode and escapes
    "é": ["é"], "[à-ü]+": ["é"], "\\u00e9": ["é"], "\ud800": ["\ud800"], "\U0001f600?": ["", "\U0001f600"],
    ".": ["a", "é"], r"\.": ["."], r"\\": ["\\"], r"\{a\}": ["{a}"], '"': ['"'], "a\nb": ["a\nb"],
    r"a\tb": ["a\tb"], re.escape(PAYLOADS[0]): [PAYLOADS[0]], re.escape(PAYLOADS[2]): [PAYLOADS[2]],
    r"\N{DIGIT ONE}": ["1"], "\\0": ["\0"],
}  # fmt: skip


@functools.cache
def internal_names() -> list[str]:
    """Return the names that generated source uses, so that props are called like them."""
    inner = schema.object({"type": schema.literal("a"), "x": schema.array_of(schema.number())}, id="n")
    example = schema.object({
        "a": schema.one_of([schema.string(min_length=1), schema.integer(min=0)]),
        "b": schema.maybe(schema.record_of(schema.string(), schema.nullable(schema.boolean()))),
        "c": schema.discriminated_union("type", inner, schema.object({"type": schema.literal("b")})),
        "d": schema.array_of(schema.object({"e": schema.maybe(schema.lazy("root"))}), default=[]),
        "f": schema.any(validate=str, default=1),
    }, id="root", unknowns="allow")  # fmt: skip
    return sorted(set(re.findall(r"[A-Za-z_]\w*", example.source)))


def draw_name(rng: random.Random) -> str:
    """Return the name of a prop: a plain one in half of all cases."""
    roll = rng.random()
    if roll < 0.5:
        return rng.choice(NAMES)
    if roll < 0.7:
        return rng.choice(ODD_NAMES)
    if roll < 0.8:
        return rng.choice(INJECTIONS)
    if roll < 0.9:
        return draw_text(rng)
    return rng.choice(internal_names())


def draw_text(rng: random.Random) -> str:
    """Return any text: marks, controls, surrogates."""
    return "".join(rng.choices(CHARACTERS, k=rng.randrange(1, 8)))


def plain_constant(value: Any) -> bool:
    """Return whether JSON has *value*, a scalar, and any reader reads it alike."""
    if type(value) is str:
        return value.isprintable() and value.isascii()
    if type(value) in (int, float):
        return bool(abs(value) < 2**53)
    return type(value) in (bool, type(None))
