"""This module tells values of an author's as the facts of a contract: JSON, or else a fingerprint.

Whatever it is given, it does not raise; and what is another value is told otherwise.
"""

import re
from typing import Any, Final

from kbn_schema.contract.fingerprints import Fingerprints, name_of
from kbn_schema.contract.model import fact_of
from kbn_schema.json_schema import plain
from kbn_schema.missing import MISSING

Fact = Any

# The file has to be read again, and arrays and objects are read 200 levels deep.
MAX_DEPTH: Final = 60


class Facts:
    """Tells the values in one contract."""

    def __init__(self) -> None:
        self._fingerprints = Fingerprints()

    def function(self, function: Any) -> dict[str, str]:
        """What is told of a function: its name, and the fingerprint of what it does, if that is known."""
        try:
            told = self._fingerprints.function(function)
        except Exception:  # an object of the author's: whatever it raises
            told = {"name": name_of(type(function))}
        return {key: well_formed(text) for key, text in told.items()}

    def fingerprint(self, value: Any) -> str:
        """What stands for a value that JSON has not."""
        try:
            return self._fingerprints.value(value)
        except Exception:  # an object of the author's: whatever it raises
            return self._fingerprints.value(type(value))

    def value(self, value: Any) -> Fact:
        """``{"value": ...}``, or the name of the type and a fingerprint where JSON has no such value."""
        found = as_json(value)
        if found is not MISSING:
            return {"value": found}
        return {"opaque": well_formed(name_of(type(value))), "fingerprint": self.fingerprint(value)}


def as_json(value: Any) -> Any:
    """A copy of *value* as JSON has it; `MISSING` where JSON has no such thing, or it is too deep."""
    found = plain(value)
    return MISSING if found is MISSING or _is_deeper(found, MAX_DEPTH) else found


def scalar(value: Any) -> Fact:
    """An exact scalar, such as a literal has, as a fact."""
    if type(value) is str:
        return well_formed(value)
    return fact_of(value) if type(value) is int else value


def well_formed(text: str) -> str:
    """*text*, with a backslash in place of what UTF-8 has not: a lone surrogate."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def flags_of(pattern: re.Pattern[str]) -> list[str]:
    """The names of the flags of *pattern*."""
    return sorted(flag.name for flag in re.RegexFlag if flag & pattern.flags and flag.name is not None)


def _is_deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inside: Any = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(one, levels - 1) for one in inside)
