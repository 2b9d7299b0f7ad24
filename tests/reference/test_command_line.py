"""Laws of the page of commands: it has every flag, and none that is not there."""

import contextlib
import re
import shlex
from pathlib import Path

import pytest

from kbn_schema.commands.arguments import parser
from tests.reference.command_line import PAGE, actions, commands, flags
from tests.test_docs import PAGES, blocks_of, name_of

FLAG = re.compile(r"(?<![\w-])(--[a-z][\w-]*|-[a-z])(?![\w-])")
SECTION = re.compile(r"^## `kbn-schema (\w+)`\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
CALL = re.compile(r"^[\s$-]*(?:run: |entry: )?kbn-schema (\w+.*)$", re.MULTILINE)
OTHERS = re.compile(r"\s(?:\||&&|>|2>|<|#)\s?.*")  # what a shell does with it

over_all = pytest.mark.parametrize("command", commands())


def sections() -> dict[str, str]:
    return dict(SECTION.findall(PAGE.text))


def test_every_command_has_its_section():
    assert [*commands()] == [*sections()]


@over_all
def test_every_flag_is_on_the_page(command):
    assert set() == flags(command) - set(FLAG.findall(sections()[command]))


@over_all
def test_no_flag_is_on_the_page_that_is_not_there(command):
    text = re.sub(r"`diff -\w`", "", sections()[command])  # another program

    assert set() == set(FLAG.findall(text)) - flags(command)


@over_all
def test_every_argument_is_explained(command):
    assert [] == [one.dest for one in actions(command) if len((one.help or "").split()) < 3]


@over_all
def test_every_default_is_told(command):
    told = [one for one in actions(command) if one.option_strings and one.nargs != 0]
    with_default = [one for one in told if one.default not in (None, [], 0)]

    assert [] == [one.dest for one in with_default if f"(default: {one.default}" not in one.help]


@over_all
def test_every_command_says_what_it_does_and_how_it_exits(command):
    made = commands()[command]

    assert re.fullmatch(r"[A-Z]\w+s .*\.", made.description)
    assert re.fullmatch(r"Exits with 0 if .*\b2 if it could not be asked\.", made.epilog)


def calls_in(page: Path) -> list[str]:
    texts = [block.text for block in blocks_of(page) if block.language in ("console", "yaml")]
    return [OTHERS.sub("", call) for text in texts for call in CALL.findall(text)]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_call_in_the_pages_is_one_that_the_commands_take(page):
    assert [] == [call for call in calls_in(page) if not is_taken(call)]


def test_the_pages_call_every_command():
    called = {call.split()[0] for page in PAGES for call in calls_in(page)}

    assert {*commands()} - {"demo"} == called


def is_taken(call: str) -> bool:
    with contextlib.suppress(SystemExit):
        parser().parse_args(shlex.split(call))
        return True
    return False
