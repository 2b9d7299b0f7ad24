"""Texts that are not what they seem, and the schemas that have them wherever authors write texts."""

import keyword
from typing import Any

from kbn_schema import Schema
from kbn_schema import schema as s

TEXTS = [
    "",
    " ",
    '"',
    '""',
    '"""',
    '""""',
    "'''",
    'ends with "',
    "ends with \\",
    'ends with \\"',
    '\\"""',
    '"""\nimport os\n"""',
    "\n",
    "\r",
    "a\r\nb",
    "a\nb\n",
    "x: int = 1\n",
    "# comment\nimport os",
    "\n    pass\nimport os",
    "\\",
    "\\n",
    "\\N{BULLET}",
    "\\u202e",
    "{}",
    "{x!r}",
    "%s",
    "\0",
    "\x1b[31m",
    "\x0c",
    "\x85",
    "\u2028import os",
    "\u2029",
    "\ufeff",
    "\ud800",
    "\udfff\ud800",
    "\u202e\u2066",
    "\u200b",
    "\U000e0041",
    "\uffff",
    "é",
    "ﬁ",
    "😀",
    "type: ignore",
    "fmt: on",
    "pyright: basic",
    "mypy: ignore-errors",
    "-*- coding: latin-1 -*-",
    "None",
    "self",
    "__proto__",
    "__class__",
    "__a",
    "a" * 5000,
    *keyword.kwlist,
    "_",
    "case",
    "match",
    "type",
]
TEXTS = list(dict.fromkeys(TEXTS))


def hostile_schemas() -> dict[str, Schema[Any]]:
    """Variables whose schemas have `TEXTS` as keys, descriptions, titles, ids and values."""
    return {
        "keys": s.object({text: s.string() for text in TEXTS}),
        "told": s.object({f"a{number}": s.string(description=text) for number, text in enumerate(TEXTS)}),
        "quoted": s.object({text: s.string(description=text, title=text) for text in TEXTS}),
        "values": s.enum(list(TEXTS)),
        "tags": s.discriminated_union(
            "type",
            [s.object({"type": s.literal(text)}, id=f"tag_{number}") for number, text in enumerate(TEXTS)],
        ),
        **{f"told_{number}": s.object({}, description=text) for number, text in enumerate(TEXTS)},
        **{f"alias_{number}": s.string(title=text) for number, text in enumerate(TEXTS)},
    }
