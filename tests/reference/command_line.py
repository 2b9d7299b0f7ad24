"""This module makes the generated parts of docs/reference/command-line.md, from what argparse was told."""

import argparse
import re
from collections.abc import Iterable, Iterator
from functools import cache, partial
from textwrap import TextWrapper
from typing import Any, Final

from kbn_schema.commands.arguments import parser
from tests.reference.markdown import WIDTH, code, fence, prose, table
from tests.reference.pages import Page

PAGE_NAME: Final = "docs/reference/command-line.md"

_DEFAULT: Final = re.compile(r",? ?\(default: ([^)]*)\)")
# What is to be read as code in a help: flags, standard streams, and names of files, modules, versions,
# extras, commits and arguments.
_CODE: Final = (
    r"(?<![\w-])--?[a-z][a-z-]*",
    r"(?<!\S)-(?=,|\s|$)",
    r"(?<!\w)[\w<>]*[._][\w<>.]*\w(?::\w+)?",
    r"[\w-]+\[\w+\]",
    r"\b[A-Z]+~\d",
    r"\b[A-Z]+:[A-Z]+\b",
)


@cache
def commands() -> dict[str, argparse.ArgumentParser]:
    """The parser of each command."""
    (found,) = (one for one in parser()._actions if isinstance(one, argparse._SubParsersAction))
    return dict(found.choices)


def actions(command: str) -> list[argparse.Action]:
    """The arguments of a command in the order in which they were added, but ``--help``."""
    found = commands()[command]._actions
    return [one for one in found if not isinstance(one, argparse._HelpAction)]


def flags(command: str) -> set[str]:
    """All spellings of the options of a command."""
    return {flag for one in actions(command) for flag in one.option_strings}


def section(command: str) -> str:
    """The usage of a command, its arguments, and what its exit statuses mean."""
    made = commands()[command]
    told = [_marked(prose(text), command) for text in (made.description or "", made.epilog or "")]
    return "\n\n".join([fence("text", usage(command)), told[0], _arguments(command), told[1]])


def usage(command: str) -> str:
    """How a command is called; alternatives that exclude each other stand between bars."""
    beginning = f"kbn-schema {command} "
    lines = TextWrapper(
        WIDTH, initial_indent=beginning, subsequent_indent=" " * len(beginning), break_on_hyphens=False
    )
    # Blanks inside of an argument are no place to break the line.
    words = " ".join(part.replace(" ", "\0") for part in _usage(command))
    return "\n".join(lines.wrap(words)).replace("\0", " ")


def _usage(command: str) -> Iterator[str]:
    groups = commands()[command]._mutually_exclusive_groups
    told: set[int] = set()
    for one in actions(command):
        if one.dest in told:
            continue
        group = next((group._group_actions for group in groups if one in group._group_actions), [one])
        told.update(other.dest for other in group)
        text = " | ".join(_call(other) for other in group)
        yield f"[{text}]" if one.option_strings or one.nargs == "?" else text


def _call(one: argparse.Action) -> str:
    return " ".join([*one.option_strings[:1], *_value(one)])


def _value(one: argparse.Action) -> list[str]:
    """What stands for the value of an argument, if it has one."""
    if one.nargs == 0:
        return []
    shown = "|".join(map(str, one.choices)) if one.choices else str(one.metavar)
    return [f"{shown}..." if one.nargs == "+" else shown]


def _arguments(command: str) -> str:
    return table(["argument", "meaning", "default"], [_row(one, command) for one in actions(command)])


def _row(one: argparse.Action, command: str) -> list[str]:
    called = " ".join([", ".join(one.option_strings), *_value(one)]).strip()
    said = one.help or ""
    default = _DEFAULT.search(said)
    words = [str(choice) for choice in one.choices or ()]
    meaning = _marked(_DEFAULT.sub("", said), command, words)
    cells = [f"{meaning[:1].upper()}{meaning[1:]}.", _default(default[1], command, words) if default else ""]
    return [code(called), *(cell.replace("|", "\\|") for cell in cells)]


def _default(text: str, command: str, words: list[str]) -> str:
    return code(text) if text.isdigit() else _marked(text, command, words)


def _marked(text: str, command: str, words: Iterable[str] = ()) -> str:
    """A help text as Markdown, with *words* as code."""
    choices = [
        f"{flag} {choice}"
        for one in actions(command)
        for flag in one.option_strings
        for choice in one.choices or ()
    ]
    metavars = sorted({str(one.metavar) for one in actions(command) if one.metavar}, key=len, reverse=True)
    modules = ["MODULE"] if any(name.startswith("MODULE") for name in metavars) else []
    names = [rf"(?<![\w:]){re.escape(name)}(?!\w|:[A-Z])" for name in [*choices, *metavars, *modules, *words]]
    return re.sub("|".join([*names, *_CODE]), lambda match: f"`{match[0]}`", text)


def _parts() -> dict[str, Any]:
    return {command: partial(section, command) for command in commands()}


PAGE: Final = Page(PAGE_NAME, _parts())
