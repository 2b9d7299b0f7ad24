"""The rules that hold whatever is validated (R1 to R4 of the adversarial table), as two assertions.

R1: only `ValidationError` leaves. R2: its texts are short, printable and UTF-8. R3: no rejected
value is in them, nor in the formatted traceback. R4: the input is as it was.
"""

import json
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from kbn_schema import Schema, SchemaDefinitionError, ValidationError
from tests.same import same, shown_error
from tests.ways import WAYS

MAX_TEXT = 4096
MAX_REPR = 65_536
MAX_JSON = 2**20
# Shorter texts and numbers turn up by chance: in limits, sizes and words.
TELLING = 6
# So many are looked at, which is all there are but in the largest values.
NODES = 2_000

EVIL = '__import__("os").abort()'
# A1 to A11: whoever pastes one of these into source, a pattern or a format string will notice.
PAYLOADS = [
    f'"+str({EVIL})+"',
    f"'+str({EVIL})+'",
    f'"""\n{EVIL}\n"""',
    f"'''\n{EVIL}\n'''",
    f'"); {EVIL}; ("',
    f'"]; {EVIL}; x["',
    "x\\",
    f'\\"+{EVIL}+"\\',
    f"x\n{EVIL}\n#",
    f"x\r{EVIL}\r#",
    *(f"x{separator}{EVIL}{separator}#" for separator in "\x0b\x0c\x1c\x85\u2028\u2029"),
    "a\x00b",
    f"{{{EVIL}}}",
    "{0.__class__.__init__.__globals__}",
    "{}{0}{key}{!r:>{width}}",
    "%s %(x)s %n %",
    "${x} $x",
    f"\\N{{DIGIT ONE}}\\u0022+{EVIL}+\\x22",
    "\x1b]0;title\x07\x1b[2J",
    "a\u202eb\u2066c",
    "\ud800",
    "\ufdd0\U0010ffff",
]


def accepts(schema: Schema[Any], value: object, *context: Any) -> Any:
    """Return the output for *value*, which *schema* has to accept."""
    before = snapshot(value)
    output = ask(schema, value, *context)

    assert before == snapshot(value), "R4: the input was changed"
    return output


def refuses(
    schema: Schema[Any], value: object, *context: Any, shows: tuple[str, ...] = ()
) -> ValidationError:
    """Return the error for *value*, which *schema* has to refuse within the rules.

    *shows* are texts of the value that may be seen: names, or what the author shows himself.
    """
    error = settles(schema, value, *context, shows=shows)

    assert isinstance(error, ValidationError), "should have been refused"
    return error


def settles(schema: Schema[Any], value: object, *context: Any, shows: tuple[str, ...] = ()) -> Any:
    """Return the output for *value* or the error: either will do, within the rules."""
    before = snapshot(value)
    try:
        output = ask(schema, value, *context)
    except ValidationError as error:
        assert before == snapshot(value), "R4: the input was changed"
        assert_presentable(error)
        assert_silent(error, telling(value), shows)
        return error
    assert before == snapshot(value), "R4: the input was changed"
    return output


def attempt(schema: Schema[Any], value: object, *context: Any) -> Any:
    """Return the output for *value* or the error, where the value may not be looked at before and after."""
    try:
        return ask(schema, value, *context)
    except (ValidationError, SchemaDefinitionError) as error:
        assert_clean(str(error), MAX_TEXT)
        return error


def ask(schema: Schema[Any], value: object, *context: Any) -> Any:
    """Do what `validate` does, by `check` and by compiled code; they have to agree."""
    told = [_answer(way, schema, value, *context) for way in WAYS]

    assert same(told[0][:-1], told[-1][:-1]), "compiled code says something else"
    *_, raised = told[-1]
    if raised is not None:
        raise raised
    return told[-1][1]


def _answer(way: Callable[..., Any], schema: Schema[Any], value: object, *context: Any) -> list[Any]:
    try:
        return ["accepted", way(schema, value, *context), None]
    except ValidationError as error:
        return ["refused", shown_error(error), error]
    except SchemaDefinitionError as error:
        return ["broken", str(error), error]


def assert_presentable(error: ValidationError) -> None:
    """Assert R2."""
    assert_clean(str(error), MAX_TEXT)
    assert_clean(repr(error), MAX_REPR)
    found = error.to_dict()
    assert len(json.dumps(found, allow_nan=False)) <= MAX_JSON
    assert 1 <= len(found["issues"]) <= 100
    for issue in found["issues"]:
        assert_clean(issue["message"], MAX_TEXT)
        for key in issue["path"]:
            assert type(key) in (int, str)
            assert_clean(str(key), 4 * 64)


def assert_clean(text: str, limit: int) -> None:
    """Assert that *text* is short, UTF-8, and free of characters that do something."""
    assert type(text) is str
    assert len(text.encode()) <= limit
    assert [] == [char for char in text if char != "\n" and not char.isprintable()]


def assert_silent(error: ValidationError, values: list[str], shows: tuple[str, ...] = ()) -> None:
    """Assert R3: none of *values* can be read in *error*."""
    texts = [
        str(error),
        repr(error),
        json.dumps(error.to_dict(), ensure_ascii=False),
        *map(repr, error.issues),
    ]
    texts.append("".join(traceback.format_exception(error)))
    everything = "\n".join(texts)

    assert [] == [value for value in values if value not in shows and value in everything]


def telling(value: object) -> list[str]:
    """Return the texts of the leaves in *value* that could not be in an error by chance."""
    found: list[str] = []
    for node in _nodes(value, NODES):
        if issubclass(type(node), str):
            found.append(str.__str__(node)[:1000])
        elif (type(node) is int or type(node) is float) and abs(node) < 1e15:
            found.append(repr(node))
    return [text for text in found if len(text) >= TELLING and text.isprintable()]


def snapshot(value: object) -> list[Any]:
    """Return what *value* holds, container by container, without asking it and without recursion.

    Leaves and containers are held by identity, so that equal is really unchanged.
    """
    return [_content(node) for node in _nodes(value, NODES) if _is_container(node)]


def _content(node: Any) -> tuple[int, list[int]]:
    if issubclass(type(node), dict):
        return id(node), [id(part) for item in dict.items(node) for part in item]
    return id(node), [id(part) for part in list.__iter__(node)]


def _is_container(node: object) -> bool:
    return issubclass(type(node), (dict, list))


def _nodes(value: object, limit: int) -> Iterator[object]:
    waiting, met = [value], set[int]()
    while waiting and len(met) < limit:
        node = waiting.pop()
        if id(node) in met:
            continue
        met.add(id(node))
        yield node
        if issubclass(type(node), dict):
            waiting.extend(dict.values(node))
        elif issubclass(type(node), list):
            waiting.extend(list.__iter__(node))


@contextmanager
def cpu(seconds: float) -> Iterator[None]:
    """Assert that the block takes at most *seconds* of processor time (five times the row's figure)."""
    start = time.process_time()
    yield
    assert time.process_time() - start <= seconds


def nested(levels: int, leaf: object, key: str | None = "a", **beside: object) -> Any:
    """Return *leaf* inside *levels* dicts under *key*, with *beside* in each; of lists if *key* is None."""
    value = leaf
    for _ in range(levels):
        value = [value] if key is None else {key: value, **beside}
    return value


def raises_definition_error(build: Any) -> str:
    """Return the text of the definition error that *build* raises."""
    with pytest.raises(SchemaDefinitionError) as caught:
        build()
    assert_clean(str(caught.value), MAX_REPR)
    return str(caught.value)


class Counter:
    """A check that counts its calls."""

    def __init__(self, verdict=None):
        self.calls = 0
        self.verdict = verdict

    def __call__(self, value):
        self.calls += 1
        return self.verdict
