"""The targets judge what they begin with and what was kept, without atheris, and find what is broken."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbn_schema import quantities
from kbn_schema.codegen.source import Source
from kbn_schema.http import fields
from kbn_schema.kinds.number import NumberSchema
from tests.fuzz.calls import build
from tests.fuzz.coverage_guided import __main__ as command
from tests.fuzz.coverage_guided import running
from tests.fuzz.coverage_guided.choosing import choose, reached
from tests.fuzz.coverage_guided.notation import Reader
from tests.fuzz.coverage_guided.target import NAMES, Target, finding, load, minimised
from tests.same import same

SEEDS = {"values": 120, "schemas": 20, "formats": 200, "names": 60, "http": 60}
KEPT_FILES, KEPT_BYTES = 200, 200_000


def some_seeds(target):
    seeds = [*target.seeds()]
    return seeds[:: -(-len(seeds) // SEEDS[target.name])]


def kept():
    return [file for name in NAMES if load(name).kept.is_dir() for file in sorted(load(name).kept.iterdir())]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wrong_with_what_a_target_begins_with(name):
    target = load(name)
    for data in some_seeds(target):
        target.judge(data)
        assert len(data) <= target.max_bytes
        assert target.shown(data)


@pytest.mark.parametrize("file", kept(), ids=lambda file: f"{file.parent.name}-{file.name}")
def test_nothing_is_wrong_with_what_runs_came_upon(file):
    load(file.parent.name).judge(file.read_bytes())


def test_what_is_kept_is_small():
    assert len(kept()) < KEPT_FILES
    assert sum(file.stat().st_size for file in kept()) < KEPT_BYTES


def test_bytes_that_are_nothing_are_judged_too():
    for name in NAMES:
        for data in (b"", b"\x00", b"\xff" * 20, b"\n\n", bytes(range(256))):
            load(name).judge(data)


def accepting(self, value, run):
    return value


def repeating(self, value, prefix):
    return repr(value)


def unescaped(text):
    return text.replace(b"%", b"")


FAULTS = {
    "values": (NumberSchema, "check", accepting),
    "schemas": (NumberSchema, "check", accepting),
    "formats": (quantities, "_safe", lambda number: number),
    "names": (Source, "constant", repeating),
    "http": (fields, "unquote_to_bytes", lambda text: 1 / 0),
}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_broken_is_found_among_the_seeds(monkeypatch, name):
    target = load(name)
    monkeypatch.setattr(*FAULTS[name])
    found = [data for data in some_seeds(target) if finding(target, data) is not None]

    assert found
    assert finding(target, minimised(target, found[0], tries=30)) is not None


# The notation of values


@given(st.binary(max_size=200))
def test_all_bytes_are_a_value(data):
    part = Reader(data).value()
    with contextlib.suppress(RuntimeError):  # of keys that raise when they are compared
        build(part)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters='"\\', exclude_categories=["Cc", "Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner,
    max_size=3),
    max_leaves=6,
)  # fmt: skip


@given(plain)
def test_json_is_read_as_what_it_is(value):
    data = json.dumps(value, ensure_ascii=False).encode()

    assert same(value, build(Reader(data).value()))


# The command


def broken_target(text="a mistake"):
    def judge(data):
        assert b"x" not in data, f"{text}\n{data!r}"

    return Target("values", judge, repr, lambda: [b"ab"])


def test_a_finding_is_made_small():
    assert b"x" == minimised(broken_target(), b"abcxdefx")


def test_an_input_is_replayed(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(command, "load", lambda name: broken_target())
    for data, code, told in ((b"axb", 1, "AssertionError: a mistake"), (b"ab", 0, "nothing is wrong")):
        (tmp_path / "input").write_bytes(data)

        assert code == command.main(["values", "--replay", str(tmp_path / "input")])
        assert told in capsys.readouterr().out


def test_without_atheris_it_is_said_how_to_get_it(monkeypatch, capsys):
    monkeypatch.setattr(command.importlib.util, "find_spec", lambda name: None)

    assert 2 == command.main(["values"])
    assert "pip install atheris" in capsys.readouterr().out


def test_a_run_says_what_was_reached_and_explains_what_was_found(monkeypatch, tmp_path, capsys):
    crash = tmp_path / "crash-1"
    crash.write_bytes(b"abxc")
    lines = [
        "INFO: Instrumenting kbn_schema\n", "#2\tINITED cov: 3 ft: 4 corp: 1/1b exec/s: 0 rss: 46Mb\n",
        "a traceback\n",
        "#1234\tNEW    cov: 50 ft: 60 corp: 7/1b exec/s: 0 rss: 46Mb\n",
        f"artifact_prefix='a/'; Test unit written to {crash}\n",
    ]  # fmt: skip
    monkeypatch.setattr(running, "lines_of", lambda *args: iter(lines))
    monkeypatch.setattr(command, "BUILD", tmp_path)
    monkeypatch.setattr(command, "load", lambda name: broken_target())
    monkeypatch.setattr(command.importlib.util, "find_spec", lambda name: name)

    assert 1 == command.main(["values", "--seconds", "1"])
    told = capsys.readouterr().out
    assert "values: 1,234 executions, 50 edges, 60 features, 7 inputs in the corpus, 1 findings" in told
    assert "a traceback" in told
    assert "Instrumenting" not in told
    assert b"x" == (tmp_path / "small-crash-1").read_bytes()


def test_what_reaches_more_than_the_seeds_is_kept_and_little_of_it():
    target = load("formats")
    uuid, date = b"\x09f81d4fae-7dec-11d0-a765-00a0c91e6bf6", b"\x072026-01-31"
    assert {uuid, date} < {*target.seeds()}
    seedless = Target(target.name, target.judge, target.shown, list)

    assert reached(target, uuid) != reached(target, date)
    assert {uuid, date} == set(choose(seedless, [uuid, date, uuid], 3))
    assert 1 == len(choose(seedless, [uuid, date], 1))
    assert [] == choose(target, [uuid, date], 2)


def test_words_are_spelled_for_libfuzzer():
    assert '"a\\x22\\x00\\xff"\n' == running.spelled(b'a"\x00\xff')
