"""This module spells where a change is: one spelling of a path, wherever paths are shown or matched."""

import json
import re
from collections.abc import Iterable
from typing import Final

ITEMS: Final = "[]"
KEYS: Final = "{key}"
VALUES: Final = "{}"
Path = tuple[str | int, ...]


def prop(name: str) -> str:
    """The step into the prop *name*, which is never taken for one of the steps above or a branch."""
    return json.dumps([name], ensure_ascii=False) if name[:1] in _MARKS else name


def branch(label: object) -> str:
    """The step into a branch of a union: ``|circle``, ``|0``."""
    return f"|{label}"


def dotted(path: Iterable[str | int]) -> str:
    """Return *path* as text: ``body.user.tags[]``, ``body["a.b"]``, ``200.body.shape|circle``."""
    told = ""
    for step in path:
        text = str(step)
        if text == ITEMS or text.startswith("|") or (text.startswith('["') and text.endswith('"]')):
            told += text
        elif _PLAIN.fullmatch(text) or text in (KEYS, VALUES):
            told += f".{text}" if told else text
        else:
            told += json.dumps([text], ensure_ascii=False)
    return told


_MARKS: Final = ("[", "{", "|")
_PLAIN: Final = re.compile(r"[^\s.\[\]{}|\"\\]+")
