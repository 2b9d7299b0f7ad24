"""The guides for those who come from another library name what is there.

A table of a guide has what they know in its first column, and in its second, `kbn_schema`, what it is here:
each piece of code there is evaluated. So are those of pydantic's column, which is installed where this runs.
"""

import datetime
import decimal
import enum
import inspect
import json
import re
import shlex
import typing
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import attrs
import pydantic
import pytest

import kbn_schema
from kbn_schema import http, schema
from kbn_schema.commands.arguments import parser
from kbn_schema.kinds.options import Options
from kbn_schema.testing import from_schema
from tests.conformance import translate

HOW_TO = Path(__file__).parent.parent / "docs/how-to"
KIBANA, PYDANTIC = "port-from-config-schema", "port-from-pydantic"
GUIDES = (KIBANA, PYDANTIC, "port-from-voluptuous", "port-from-marshmallow")

FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`]+)`")
COLUMN = re.compile(r"(?<!\\)\|")

# What a guide says of options that all combinators have.
COMMON = frozenset(typing.get_type_hints(Options))
COMMON_OF_KIBANA = frozenset({"defaultValue", "validate", "meta"})


class Color(enum.Enum):
    """What a guide takes for an enumeration of its reader's."""

    RED = "red"


@attrs.frozen
class Row:
    """What one line of a table says: the code of *theirs*, and that of *ours*."""

    guide: str
    line: int
    theirs: tuple[str, ...]
    ours: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.guide}:{self.line}"


def rows_of(guide: str) -> Iterator[Row]:
    """Yield the rows of all tables of *guide* whose second column is `kbn_schema`."""
    path = HOW_TO / f"{guide}.md"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    is_ours = False
    for number, line in enumerate(without_fences(text).splitlines(), start=1):
        cells = [cell.strip() for cell in COLUMN.split(line)[1:-1]]
        if len(cells) < 2:
            is_ours = False
        elif cells[1] == "`kbn_schema`":
            is_ours = True
        elif is_ours and not cells[0].startswith("---"):
            yield Row(guide, number, code_of(cells[0]), code_of(cells[1]))


def without_fences(text: str) -> str:
    """Return *text* with as many lines, and nothing in those of its fenced blocks."""
    return FENCE.sub(lambda block: "\n" * block[0].count("\n"), text)


def code_of(cell: str) -> tuple[str, ...]:
    return tuple(code.replace("\\|", "|") for code in CODE.findall(cell))


ROWS = {guide: list(rows_of(guide)) for guide in GUIDES}
ALL = [row for guide in GUIDES for row in ROWS[guide]]


def names_of_ours() -> dict[str, Any]:
    """Return what the code of our column may name: what is public, and one of each thing it speaks of."""
    item, obj = schema.string(), schema.object({"a": schema.string(), "b": schema.maybe(schema.integer())})
    bad: Any = None
    try:
        obj.validate({"a": 5})
    except kbn_schema.ValidationError as error:
        bad = error
    router = http.Router()
    return {
        **{name: getattr(http, name) for name in http.__all__},
        **{name: getattr(kbn_schema, name) for name in kbn_schema.__all__ if name not in schema.__all__},
        "schema": schema,
        "from_schema": from_schema,
        "props": {"a": schema.string()},
        "item": item,
        "key": item,
        "obj": obj,
        "a": schema.object({"type": schema.literal("a")}),
        "b": schema.object({"type": schema.literal("b"), "size": schema.integer()}),
        "c": schema.object({"size": schema.integer()}),
        "value": "a",
        "error": bad,
        "issue": bad.issues[0],
        "size": kbn_schema.ByteSize(1536),
        "wait": kbn_schema.Duration(5),
        "router": router,
        "response": http.ResponseFactory(),
        "handle": lambda context, request, response: response.ok(),
        "hook": lambda *arguments: None,
        "check": lambda value: None,
        "Color": Color,
    }


def evaluated(code: str, names: dict[str, Any]) -> str | None:
    """Return what is wrong with *code*: a command of ours, or Python, perhaps what decorates."""
    try:
        if code.startswith("kbn-schema "):
            parser().parse_args(shlex.split(code)[1:])
        else:
            exec(code.removeprefix("@"), {"__name__": __name__, **names})
    except (Exception, SystemExit) as error:
        return f"{code}: {type(error).__name__}: {error}"
    return None


@pytest.mark.parametrize("guide", GUIDES)
def test_every_guide_has_its_tables(guide):
    assert len(ROWS[guide]) > 20


@pytest.mark.parametrize("row", ALL, ids=str)
def test_what_is_said_to_be_here_is_here(row):
    names = names_of_ours()

    assert [] == [wrong for code in row.ours if (wrong := evaluated(code, names))]


@pytest.mark.parametrize("name", schema.__all__)
def test_every_combinator_of_ours_is_told_to_users_of_kibanas(name):
    assert any(code.startswith(f"schema.{name}(") for row in ROWS[KIBANA] for code in row.ours)


def options_of_ours() -> list[tuple[str, str]]:
    return [
        (name, option.name)
        for name in schema.__all__
        for option in inspect.signature(getattr(schema, name)).parameters.values()
        if option.kind is inspect.Parameter.KEYWORD_ONLY and option.name not in COMMON
    ]


@pytest.mark.parametrize(("name", "option"), options_of_ours())
def test_every_option_of_ours_is_told_to_users_of_kibanas(name, option):
    told = [code for row in ROWS[KIBANA] for code in row.ours if code.startswith(f"schema.{name}(")]

    assert any(f"{option}=" in code for code in told)


@pytest.mark.parametrize("option", sorted(COMMON))
def test_every_common_option_is_told_to_users_of_kibanas(option):
    assert any(f"{option}=" in code for row in ROWS[KIBANA] for code in row.ours)


def recorded() -> list[tuple[str, str]]:
    """Return each combinator of Kibana's that was recorded, with each option that it was given, or ``""``."""
    found: set[tuple[str, str]] = set()
    path = Path(translate.__file__).with_name("config_schema.jsonl")
    waiting = [json.loads(line)["schema"] for line in path.read_text(encoding="utf-8").splitlines()]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            waiting += part.values()
            if isinstance(part.get("fn"), str):
                found |= {(part["fn"], option) for option in ("", *part.get("options", {}))}
    return sorted(found)


@pytest.mark.parametrize(("name", "option"), recorded())
def test_every_name_of_kibanas_is_told(name, option):
    told = [code for row in ROWS[KIBANA] for code in row.theirs]
    if option not in COMMON_OF_KIBANA:
        told = [code for code in told if re.match(rf"(schema\.)?{name}\(", code)]

    assert any(re.search(rf"\b{option}\b" if option else "", code) for code in told)


def names_of_pydantics() -> dict[str, Any]:
    """Return what the code of pydantic's column may name."""

    class Model(pydantic.BaseModel):
        a: int = 1

    bad: Any = None
    try:
        Model(a="x")
    except pydantic.ValidationError as error:
        bad = error
    return {
        **{name: getattr(typing, name) for name in ("Annotated", "Any", "Literal", "Optional", "Union")},
        **{name: getattr(pydantic, name) for name in pydantic.__all__},
        **{module.__name__: module for module in (datetime, decimal, enum, pydantic, uuid)},
        "Model": Model,
        "Other": pydantic.create_model("Other", b=(int, 2)),
        "check": lambda value: value,
        "model": Model(),
        "adapter": pydantic.TypeAdapter(int),
        "error": bad,
        "value": {"a": 1},
    }


@pytest.mark.parametrize("row", ROWS[PYDANTIC], ids=str)
def test_what_is_said_of_pydantic_is_there(row):
    names = names_of_pydantics()

    assert [] == [wrong for code in row.theirs if (wrong := evaluated(code, names))]


def is_taken(adapter: pydantic.TypeAdapter[Any], value: object) -> bool:
    try:
        adapter.validate_python(value)
    except pydantic.ValidationError:
        return False
    return True


# For a type of pydantic's that has no counterpart here, values of which its row says the same.
LIKE: dict[str, tuple[Any, list[Any]]] = {
    "datetime.time": (
        datetime.time,
        ["00:00", "23:59", "24:00", "29:00", "12:60", "12:00:30", "12:00:60", "1:00", "12", "12:00\n"],
    ),
    "Field(max_digits=9, decimal_places=2)": (
        Annotated[decimal.Decimal, pydantic.Field(max_digits=9, decimal_places=2)],
        [0, 0.01, -0.01, 0.001, 1234567.89, 9999999.99, -9999999.99, 10_000_000, -10_000_000, 123_456_789],
    ),
}


@pytest.mark.parametrize(
    ("theirs", "value"), [(theirs, value) for theirs in LIKE for value in LIKE[theirs][1]]
)
def test_what_stands_for_a_type_takes_what_the_type_takes(theirs, value):
    (code,) = (row.ours[0] for row in ROWS[PYDANTIC] if row.theirs == (theirs,))
    ours = eval(code, {"schema": schema})

    assert is_taken(pydantic.TypeAdapter(LIKE[theirs][0]), value) == ours.is_valid(value)
