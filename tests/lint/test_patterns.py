"""What is said of patterns is so: those that are found are slow on the text that is told, others are not.

Each is tried in another process, which can be ended.
"""

import json
import re
import subprocess
import sys

import pytest

from kbn_schema.lint.regex import attack_on, attacks, lengths_of
from tests.steps import steps_of

EXPONENTIAL = [
    r"(a+)+", r"(a*)*b", r"(?:a|a)*", r"(a|aa)+", r"(a|b|ab)*", r"(a+?)+", r"(a*a*)*b", r"(x+x+)+y",
    r"(\w+\s*)+", r"(\d+,?)+x", r"([a-z]{1,64})*", r"(a+){12}", r"((a?)*b)*c", r"(?:(?:|b)b)*c",
    r"(?:(?:a?){2}b)*c",
    r"(?>(a+)+b)", r"(?=(a+)+b)a*", r"(?i:[a-z]+|A)*", r"foo(?:bar|b.*r)*z", r"(.*\n?)*x",
    r'(?:[^"\\]|\\.|\\")*"', r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"([a-zA-Z0-9_.-])+@(([a-zA-Z0-9-])+.)+([a-zA-Z0-9]{2,4})+",
    r"(?:a*+b?)*c", r"(?:a\B|a)*b", r"(a+)+\1b", r"(x)?(?(1)b|(a+)+)c",
]  # fmt: skip
POLYNOMIAL = [
    (r".*.*=", 2), (r"\s*\s*x", 2), (r"[a-z]+[a-z0-9]*", 2), (r"[^@]+@[^@]+\.[^@]+", 2), (r"\d+\d+\d+x", 3),
    (r"\s*\S*\s*", 2), (r"\s*[a-z]*\s*", 2), (r"(?:\s*\S*){2}", 2), (r"\s*\S*\s*-?\s*", 3),
    (r"(.*),(.*),(.*)z", 3), (r"a*(b|a*)c", 2), (r"(?:ab)*(?:ab)*c", 2), (r"a{0,5000}a{0,5000}b", 2),
]  # fmt: skip
QUICK = [
    r"[a-z]+", r"(ab)+", r"(a+b)+", r"(a?)*b", r"([a-z]+-)*[a-z]+", r"\s*foo\s*", r'"[0-9]{1,18}"',
    r"[a-z0-9][a-z0-9._-]*", r"(?:a|b)*c", r"\d{4}-\d{2}-\d{2}", r"[^@]+@[a-z]+", r'(?:[^"\\]|\\.)*"',
    r"(a{64}|b)*c", r"(?:a++)+b", r"(?>(a+)+)b", r"(?>a+)a*b", r"(?:\s++|x)+y", r"(?:\d\b|\d)*x", r"(\w+\b)+",
    r"(?:\w+(?!\w))+", r"(?:(?!a)\w|a)*b", r"(?:(?=a)\w|b)*c", r"(?:(?<=b)a|b)*c", r"(?s:(.|a)*)",
    r"\d{1,3}(?:,\d{3})*(?:\.\d+)?", r"(?:a+b?c)*d",
    r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z]([a-z0-9-]{0,61}[a-z])?){0,5}",
    r"(?>b)(?:(?:[ab])*?(?:(?=b)){1,3})++$", r"(?:a\b)*b", r"(?m:^a$\n?)*b", r"(?m:(?:a$|a)*)",
    r"(?:(?!a)|[ab])*b", r"(?:a\B-|a-)*b", r"(?:\Aa|a)*b", r"(?:a\Z|a)*b", r"(?s:.*.*)", "[\x00-a]+",
    r"(a)?(?(1)b|c)*d",
]  # fmt: skip

TRIAL = """
import json, re, signal, sys, time
pattern, texts, seconds = json.load(sys.stdin)
class Late(Exception): pass
def stop(*_): raise Late
signal.signal(signal.SIGALRM, stop)
took, compiled = [], re.compile(pattern)
for text in texts:
    signal.setitimer(signal.ITIMER_REAL, seconds)
    start = time.process_time()
    try:
        compiled.fullmatch(text)
        took.append(time.process_time() - start)
    except Late:
        took.append(None)
    signal.setitimer(signal.ITIMER_REAL, 0)
print(json.dumps(took))
"""


def times(pattern: str, texts: list[str], seconds: float) -> list[float | None]:
    """How long *pattern* takes for each text; None where longer than *seconds*."""
    asked = json.dumps([pattern, texts, seconds])
    done = subprocess.run(
        [sys.executable, "-c", TRIAL], input=asked, capture_output=True, text=True, timeout=60, check=True
    )
    took: list[float | None] = json.loads(done.stdout)
    return took


@pytest.mark.parametrize("pattern", EXPONENTIAL)
def test_an_exponential_pattern_does_not_end_on_its_attack(pattern):
    attack = attack_on(re.compile(pattern))

    assert attack is not None
    assert attack.degree is None
    assert len(attack.text(60)) < 300
    assert [None] == times(pattern, [attack.text(60)], 0.2)


@pytest.mark.parametrize(("pattern", "degree"), POLYNOMIAL)
def test_a_polynomial_pattern_takes_far_longer_for_a_longer_text(pattern, degree):
    attack = attack_on(re.compile(pattern))
    count = 1000 if degree == 2 else 40

    assert attack is not None
    assert degree == attack.degree
    short, long = times(pattern, [attack.text(count), attack.text(8 * count)], 20)
    # 64 times, or more; 8 if it were linear.
    assert short is not None
    assert long is None or long > 20 * short


@pytest.mark.parametrize("pattern", QUICK)
def test_no_attack_is_told_of_a_quick_pattern(pattern):
    assert attack_on(re.compile(pattern)) is None


@pytest.mark.parametrize("pattern", QUICK)
def test_a_quick_pattern_is_quick(pattern):
    pumps = ["a", "b", "ab", "x", " ", "0", "a-", ".", "a.", "\n", "a\n", '\\"', "aab"]
    texts = [pump * 3000 + suffix for pump in pumps for suffix in ("!", "")]

    assert [] == [took for took in times(pattern, texts, 1) if took is None]


@pytest.mark.parametrize("before", [r"(a)\1", "a" * 401])
@pytest.mark.parametrize("pattern", ["(a+)+b", "(?=(a+)+b)a*", "a*a*b"])
def test_what_follows_a_reference_or_very_much_is_not_judged(pattern, before):
    assert attack_on(re.compile(pattern)) is not None
    assert attack_on(re.compile(before + pattern)) is None


def test_after_too_many_steps_nobody_can_tell(monkeypatch):
    pattern = re.compile("(?:[ab]bbb|[ac]bbb)*e")
    known = attack_on(pattern)
    attack_on.cache_clear()
    monkeypatch.setattr(attacks, "MAX_STEPS", 4)

    given_up = attack_on(pattern)
    attack_on.cache_clear()

    assert known is not None
    assert given_up is None


def test_a_pattern_that_is_too_deep_for_the_stack_is_not_judged():
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(5_000)
    try:
        pattern = re.compile("(?:" * 700 + "a" + ")+" * 700)
    finally:
        sys.setrecursionlimit(limit)

    assert attack_on(pattern) is None
    assert (0, None) == lengths_of(pattern)


@pytest.mark.parametrize(
    ("pattern", "lengths"),
    [
        ("", (0, 0)), ("abc", (3, 3)), ("a{2,5}", (2, 5)), ("a?(?:bc|d)", (1, 3)), ("a*", (0, None)),
        ("(?=a+)b", (1, 1)), (r"(a{1,2})\1", (2, 4)), ("(?i:[a-z]{3})", (3, 3)), ("(?>a+)b", (2, None)),
        ("a{2,}+", (2, None)),
    ],
)  # fmt: skip
def test_lengths_are_those_of_what_is_matched(pattern, lengths):
    low, high = lengths_of(re.compile(pattern))

    assert low <= lengths[0]
    assert lengths[1] == high


@pytest.mark.parametrize(
    "pattern", ["(" * 90 + "a+" + ")+" * 90, "(?:a?){60}" * 30 + "a*", "(((a{9}){9}){9})*", "(a|b)*" * 60]
)
def test_a_huge_pattern_is_given_up_after_so_many_steps(pattern):
    attack_on.cache_clear()

    assert 1_000 < steps_of(lambda: attack_on(re.compile(pattern))) < 1_000_000
