"""Fingerprints change where what a function does changes, and nowhere else."""

import dataclasses
import functools
import os
import subprocess
import sys
from pathlib import Path
from types import FunctionType, SimpleNamespace

import attrs
import pytest

from kbn_schema.contract.facts import Facts


def told(function):
    return Facts().function(function)


def fingerprint(function):
    return told(function)["fingerprint"]


def written(folder, source, name="check"):
    """Return what is called *name* in a module of that *source*."""
    path = folder / f"module{len(list(folder.iterdir()))}.py"
    path.write_text(source, encoding="utf-8")
    namespace = {"__name__": "module"}
    exec(compile(source, str(path), "exec"), namespace)
    return namespace[name]


SOURCE = """\
def check(value, limit=3):
    if value > limit:
        return f"at most {limit!r:>4}, not {value}"
"""


@pytest.mark.parametrize(
    "other",
    [
        SOURCE.replace("    if", "    # why\n    if"),
        SOURCE.replace("    if", "    'What it does.'\n    if"),
        SOURCE.replace("value > limit", "(value\n            > limit)"),
        SOURCE.replace('"', "'"),
        SOURCE.replace("value, limit=3", "value: int, limit: int = 3") + "\n\n\n# the end",
        SOURCE.replace(":\n    if", " -> None:\n    if"),
        "import os\n\n\n" + SOURCE,
        "if True:\n" + "".join(f"    {line}\n" for line in SOURCE.splitlines()),
        SOURCE.replace("def check", "def renamed") + "check = renamed\n",
    ],
)
def test_layout_comments_and_names_do_not_count(tmp_path, other):
    assert fingerprint(written(tmp_path, SOURCE)) == fingerprint(written(tmp_path, other))


@pytest.mark.parametrize(
    "other",
    [
        SOURCE.replace(">", ">=", 1),
        SOURCE.replace("at most", "no more than"),
        SOURCE.replace("=3", "=4"),
        SOURCE.replace("limit=3", "*, limit=3"),
        SOURCE.replace("!r", "!s"),
        SOURCE.replace(":>4", ":>5"),
        SOURCE.replace("        return", "        return 'a' +"),
        SOURCE.replace("def", "async def"),
    ],
)
def test_what_it_does_counts(tmp_path, other):
    assert fingerprint(written(tmp_path, SOURCE)) != fingerprint(written(tmp_path, other))


@pytest.mark.parametrize(
    ("old", "new", "is_same"),
    [(">", "<", False), ("def inner", "async def inner", False), ("    def", "    # why\n    def", True)],
)
def test_a_function_in_a_function_counts_as_what_it_does(tmp_path, old, new, is_same):
    source = "def check(value):\n    def inner():\n        return value > 1\n    return inner\n"
    one, other = written(tmp_path, source), written(tmp_path, source.replace(old, new))

    assert is_same is (fingerprint(one) == fingerprint(other))


def limited(limit):
    def check(value):
        return value <= limit

    return check


def recursive():
    def check(value):
        return check(value - 1)

    return check


class Limit:
    def __init__(self, limit):
        self.limit = limit
        self.lock = object()

    def __call__(self, value):
        return value <= self.limit

    def check(self, value):
        return value < self.limit


@attrs.frozen
class FrozenLimit:
    limit: int
    others: tuple[object, ...] = ()

    def __call__(self, value):
        return value <= self.limit


@dataclasses.dataclass(frozen=True)
class DataLimit:
    limit: int

    def __call__(self, value):
        return value <= self.limit


def within(low, high, value):
    return low <= value <= high


@pytest.mark.parametrize(
    "make",
    [
        limited,
        Limit,
        FrozenLimit,
        DataLimit,
        lambda limit: FrozenLimit(0, (limit,)),
        lambda limit: Limit(limit).check,
        lambda limit: functools.partial(within, limit),
        lambda limit: functools.partial(within, 0, high=limit),
        lambda limit: functools.partial(functools.partial(within, 0), limit),
        lambda limit: functools.lru_cache(limited(limit)),
        lambda limit: limited([{"limit": {limit}}]),
        lambda limit: limited(limited(limit)),
        lambda limit: {limit}.__contains__,
        lambda limit: str(limit).startswith,
        lambda limit: lambda value: value > limit,
        lambda limit: lambda value, most=limit: value > most,
    ],
)
def test_what_it_holds_counts(make):
    assert told(make(1)) == told(make(1))
    assert told(make(1)) != told(make(2))
    assert told(make(1))["name"] == told(make(2))["name"]


def test_two_lambdas_on_one_line_are_two():
    lambdas = lambda value: value > 1, lambda value: value > 2, lambda: 5, lambda: 6

    assert 4 == len({fingerprint(one) for one in lambdas})


def test_a_lambda_in_a_lambda_is_another_one():
    outer = lambda: lambda value: value  # noqa: E731 - what this is about

    assert fingerprint(outer) != fingerprint(outer())


def test_where_a_lambda_stands_makes_no_difference(tmp_path):
    one = written(tmp_path, "check = lambda value: value > 1\n")
    other = written(
        tmp_path, "x = 5; table = {'a': lambda v: v, 'b': lambda value: (value  > 1)}\ncheck = table['b']"
    )

    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (len, "builtins.len"),
        (list, "builtins.list"),
        ("a".startswith, "str.startswith"),
        (limited(1), "tests.contract.test_fingerprints.limited.<locals>.check"),
        (functools.partial(functools.partial(within, 1), 2), "tests.contract.test_fingerprints.within"),
        (Limit(1), "tests.contract.test_fingerprints.Limit"),
        (Limit(1).check, "tests.contract.test_fingerprints.Limit.check"),
    ],
)
def test_a_function_is_told_by_its_name(function, name):
    assert name == told(function)["name"]


def test_what_has_no_source_is_told_by_its_name_alone():
    namespace = {}
    exec("def check(value): return value", namespace)

    assert {"name": "check"} == told(namespace["check"])
    assert {"name": "builtins.len"} == told(len)


def changed_since(folder, source, new):
    """The `check` of a module of that *source*, whose file holds something *new* by now."""
    check = written(folder, source)
    Path(check.__code__.co_filename).write_text(new, encoding="utf-8")
    return check


def test_a_function_whose_file_is_no_python_any_more_is_told_by_its_name_alone(tmp_path):
    assert {"name": "module.check"} == told(changed_since(tmp_path, SOURCE, SOURCE + ")"))


def test_a_lambda_beside_what_is_no_function_any_more_is_still_found(tmp_path):
    source = "check, other = lambda value: value > 1, lambda value: 2"
    fresh = fingerprint(written(tmp_path, source))

    check = changed_since(tmp_path, source, source.replace("value: 2", "value: await 2"))

    assert fresh == fingerprint(check)


@pytest.mark.parametrize("source", ["check = lambda: {}", "check, other = lambda: {}, lambda: 2"])
def test_what_is_too_deep_to_be_told_is_told_by_its_name_alone(tmp_path, source):
    check = written(tmp_path, source.format("+".join("1" * 1_100)))

    assert {"name": "module.<lambda>"} == told(check)


def test_what_a_function_will_hold_later_does_not_hinder():
    def check(value):
        return later

    early = fingerprint(check)
    later = 1

    assert early != fingerprint(check)
    assert later == check(0)


def test_a_function_that_holds_itself_has_an_end():
    assert fingerprint(recursive()) == fingerprint(recursive())


def test_what_holds_too_much_has_an_end():
    many = [[index, [str(index)] * 10] for index in range(100_000)]
    deep = []
    for _ in range(10_000):
        deep = [deep]
    shared = []
    for _ in range(100):
        shared = [shared, shared]

    assert all(fingerprint(limited(held)) for held in (many, deep, shared))


def hostile():
    class Hostile:
        def __getattr__(self, name):
            raise RuntimeError(name)

        def __repr__(self):
            raise RuntimeError

        def __call__(self):
            return None

    return Hostile()


@pytest.mark.parametrize("make", [hostile, SimpleNamespace, object, lambda: type(hostile()), lambda: sys])
def test_whatever_is_held_has_a_fingerprint(make):
    held = make()

    assert fingerprint(limited(held)) == fingerprint(limited(make()))
    assert 16 == len(Facts().fingerprint(held))


def test_what_fails_when_it_is_looked_at_is_told_by_its_class():
    assert "tests.contract.test_fingerprints.hostile.<locals>.Hostile" == told(hostile())["name"]


def test_a_function_whose_code_was_replaced_has_no_other_source():
    function = FunctionType(compile("lambda: 1", "<nowhere>", "eval").co_consts[0], {})

    assert "fingerprint" not in told(function)


def test_a_fingerprint_is_the_same_everywhere(tmp_path):
    """Under each version of Python that this runs under, for this figure was made under one."""
    held = {"a": [1, 2.5, None, True], "b": ("x", b"y"), "c": {"p", "q"}}
    check = written(
        tmp_path,
        SOURCE + "def make(held):\n    return lambda value: f'{held}{value:>{3}}' in 'a' 'b'\n",
        "make",
    )

    assert "33118130b9646b3b" == fingerprint(check(held))


def test_hash_seeds_make_no_difference():
    program = (
        "from kbn_schema.contract.facts import Facts\n"
        "from tests.contract.test_fingerprints import limited\n"
        "print(Facts().function(limited({'a', 'b', 'c', 'd'})))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip

    assert 1 == len(answers)
