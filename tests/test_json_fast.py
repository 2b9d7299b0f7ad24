"""msgspec is a faster copy of the standard library, and never another answer."""

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbn_schema import json_text
from kbn_schema.json_fast import UNSURE, load_reader
from kbn_schema.json_text import JsonTextError
from tests.json_oracle import oracle
from tests.json_texts import CORPUS, JSON, SOUP, VALUES, mutated
from tests.processes import unmeasured
from tests.same import same

pytest.importorskip("msgspec")


def told(read, *arguments, **options):
    """What *read* answers, or the words in which it refuses."""
    try:
        return "value", read(*arguments, **options)
    except JsonTextError as error:
        return "refusal", [str(error), error.problem.message.code, dict(error.problem.params)]


def agree(data: bytes | str) -> None:
    """Assert that msgspec and the standard library say the same of *data*, and that they are right."""
    raw = data.encode() if isinstance(data, str) else data
    for duplicate_keys in ("refuse", "last"):
        meant = told(json_text.read_strictly, raw, 200, duplicate_keys)

        assert same(meant, told(json_text.read_json, data, duplicate_keys=duplicate_keys))
        try:
            right = "value", oracle(raw, unique_keys=duplicate_keys == "refuse")
        except ValueError:
            right = "refusal", meant[1]
        assert same(right, meant)


@pytest.mark.parametrize("data", CORPUS)
def test_the_same_answer_to_nasty_text(data):
    agree(data)


@given(SOUP)
@settings(deadline=None)
def test_the_same_answer_to_scraps_of_json(text):
    agree(text)


@given(JSON)
@settings(max_examples=300, deadline=None)
def test_the_same_answer_to_json(text):
    agree(text)


@given(mutated())
@settings(max_examples=300, deadline=None)
def test_the_same_answer_to_json_with_mistakes(raw):
    agree(raw)


@given(st.binary(max_size=30))
@settings(deadline=None)
def test_the_same_answer_to_any_bytes(raw):
    agree(raw)


@given(st.text(st.characters(codec="utf-8"), max_size=30))
@settings(deadline=None)
def test_the_same_answer_to_any_text(text):
    agree(text)


@given(VALUES, st.booleans())
@settings(deadline=None)
def test_reads_back_what_was_written(value, as_ascii):
    raw = json.dumps(value, ensure_ascii=as_ascii).encode()

    assert same(value, json_text.read_json(raw))


@pytest.mark.parametrize(
    "raw",
    [
        b'{"id": 1, "tags": ["a", "b"], "at": "2026-01-31T12:00:00Z", "url": "http://a:80/", "x": {"y": 1}}',
        b"[1, -0.0, 123456789012345678901234567890, null]",
        '{"é": "\\u00e9 \\" \\n \\u003c"}'.encode(),
    ],
)
def test_ordinary_text_is_left_to_msgspec(raw):
    assert same(json.loads(raw), load_reader()(raw, True))


@pytest.mark.parametrize(
    ("raw", "unique_keys"),
    [
        (b'{"a": 1, "a": 2}', True),
        (b'{"a": "\\u003a"}', True),
        (b'{"a": "\\u003A"}', True),
        (b"[1e999]", False),
        (b"[1,]", False),
        (b'"\xff"', False),
    ],
)
def test_what_is_not_sure_to_be_right_is_read_again(raw, unique_keys):
    assert UNSURE is load_reader()(raw, unique_keys)


class Crashing:
    """A codec that reads integers and nothing else."""

    def decode(self, raw):
        return int(raw)

    encode = decode


class Forgetful(Crashing):
    """A codec with the mistake of msgspec 0.18."""

    def decode(self, raw):
        return int(raw) % 2**64


def test_an_error_of_msgspecs_own_is_none_of_ours(monkeypatch):
    monkeypatch.setitem(sys.modules, "msgspec.json", SimpleNamespace(Decoder=Crashing, Encoder=Crashing))
    monkeypatch.setattr(json_text, "load_reader", load_reader.__wrapped__)

    assert 1 == json_text.read_json("1")
    assert {"a": 1} == json_text.read_json('{"a": 1}')


def test_a_version_that_loses_digits_is_not_used(monkeypatch):
    monkeypatch.setitem(sys.modules, "msgspec.json", SimpleNamespace(Decoder=Forgetful, Encoder=Forgetful))

    assert load_reader.__wrapped__() is None


def test_msgspec_need_not_be_there(monkeypatch):
    monkeypatch.setitem(sys.modules, "msgspec.json", None)
    monkeypatch.setattr(json_text, "load_reader", load_reader.__wrapped__)

    assert {"a": 1} == json_text.read_json('{"a": 1}')


LATE = """
import sys
import kbn_schema as s

assert not {"json", "msgspec"} & set(sys.modules), "imported too early"
point = s.object({"c": s.number()}, default={"c": 1})
schema = s.object({"a": s.array_of(s.integer()), "b": point}).compile()
assert {"json", "msgspec"} <= set(sys.modules)
before = set(sys.modules)
TEXTS = [
    '{"a": [1]}', b'{"a": "[1, 2]", "b": {"c": 1e5}}', '{"a": [1}', '{"a": [], "a": []}', "[" * 999, "NaN",
    "1e999", '"\\\\ud800"', '{"a": ["\\\\ud83d\\\\ude00"]}', b"\\xff", f'{{"a": [{"9" * 5000}]}}',
    f'{{"a": [{"9" * 1000}]}}',
]
for text in TEXTS:
    try:
        schema.validate_json(text)
    except s.ValidationError as error:
        error.to_dict()
assert before == set(sys.modules), set(sys.modules) - before
"""


def test_nothing_is_imported_before_it_is_needed_nor_after_compile():
    done = subprocess.run([sys.executable, "-c", LATE], capture_output=True, env=unmeasured())

    assert (0, b"") == (done.returncode, done.stderr)
