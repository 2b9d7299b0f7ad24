"""Values as bytes that may be changed anywhere and still are a value: JSON without its strictness.

Beside JSON there are hostile objects (``@`` and a byte), containers that stand in two places (``&`` and a
byte), texts that stand in schemas (any other byte) and bytes (``b"..."``). Brackets need not be closed.
"""

from typing import Any, Final

import attrs

from kbn_schema import MISSING
from tests.fuzz.calls import Call, build, call, named
from tests.fuzz.nudges import STRANGERS

# What schemas speak of, for one byte each.
POOL: Final[list[Any]] = [
    "a", "b", "c", "type", "name", "value", "children", "n", "l", "o", "t0", "t1", "t2", "red", "5", "true",
    "x",
    "1", 1, 0, 2, 5, -1, 0.5, 1.5, 10, 100, 1.0, -0.0, 2**53, 2**53 - 1, 10**400, 1e300, float("nan"), "",
    "1kb", "1m", "PT1S", "2026-01-31", "2026-01-31T12:00:00Z", "1.2.3.4", "::1", "http://a.com", "ada@a.org",
    "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "abc", "é", "\ud800", "__proto__", "a" * 300, " 5 ", "5.0",
    MISSING,
]  # fmt: skip
BLANK: Final = b" \t\n\r,:"
NUMERAL: Final = b"+-.0123456789eE"
MAX_NODES: Final = 100
MAX_DEPTH: Final = 60  # what is deeper stands among the hostile objects


@attrs.define
class Reader:
    """Reads one value after the other from *data*."""

    data: bytes
    at: int = 0
    room: int = MAX_NODES
    made: list[Any] = attrs.field(factory=list)

    def byte(self) -> int:
        """Return the next byte, 0 where there is none."""
        self.at += 1
        return self.data[self.at - 1] if self.at <= len(self.data) else 0

    def value(self, depth: int = 0) -> Any:
        """Return the next value, as a part (see `tests.fuzz.calls`); None where nothing is left."""
        self._skip()
        self.room -= 1
        sign = self.byte()
        if self.room < 0 or self.at > len(self.data) or depth > MAX_DEPTH:
            return None
        match chr(sign):
            case "{":
                return self._dict(depth)
            case "[":
                return self._list(depth)
            case '"':
                return self._quoted().decode("utf-8", "surrogateescape")
            case "b":
                self.at += self.data[self.at : self.at + 1] == b'"'
                return self._quoted()
            case "@":
                return self._stranger()
            case "&":
                return self.made[self.byte() % len(self.made)] if self.made else []
            case "n" | "t" | "f":
                return self._word(chr(sign))
        if sign in NUMERAL:
            return self._number()
        return POOL[sign % len(POOL)]

    def _skip(self) -> None:
        while self.at < len(self.data) and self.data[self.at] in BLANK:
            self.at += 1

    def _ends(self, sign: bytes) -> bool:
        self._skip()
        if self.at >= len(self.data) or self.room < 0:
            return True
        if self.data[self.at : self.at + 1] == sign:
            self.at += 1
            return True
        return False

    def _list(self, depth: int) -> Any:
        found: list[Any] = []
        while not self._ends(b"]"):
            found.append(self.value(depth + 1))
        return self._kept(found)

    def _dict(self, depth: int) -> Any:
        found: dict[Any, Any] = {}
        while not self._ends(b"}"):
            key = self.value(depth + 1)
            found[key if can_be_key(key) else "a"] = self.value(depth + 1)
        return self._kept(found)

    def _kept(self, found: Any) -> Call:
        """Return *found* as a call, which may stand in two places."""
        self.made.append(made := call("nasty.itself", found))
        return made

    def _quoted(self) -> bytes:
        end = self.data.find(b'"', self.at)
        start, self.at = self.at, len(self.data) if end < 0 else end + 1
        return self.data[start : None if end < 0 else end]

    def _word(self, first: str) -> Any:
        while self.data[self.at : self.at + 1].isalpha():
            self.at += 1
        return {"n": None, "t": True, "f": False}[first]

    def _number(self) -> Any:
        start = self.at - 1
        while self.at < len(self.data) and self.data[self.at] in NUMERAL:
            self.at += 1
        text = self.data[start : self.at].decode()
        for kind in (int, float):
            try:
                return kind(text)
            except ValueError:
                pass
        return text

    def _stranger(self) -> Any:
        byte = self.byte()
        if byte >= 0xF0:  # one that goes on inside itself
            return call("nasty.looped", *([[1], 0] if byte % 2 else [{"a": 1}, "a"]))
        return STRANGERS[byte % len(STRANGERS)]


def can_be_key(part: Any) -> bool:
    """Return whether what *part* builds has a hash."""
    if isinstance(part, Call) and part.name == "nasty.Moody":
        return False  # it works once only
    try:
        hash(build(part))
    except Exception:
        return False
    return True


CONTEXTS: Final[list[Any]] = [
    None, None, named("parts.CONTEXT"), named("parts.READ_ONLY"), named("parts.MAPPING"), {},
]  # fmt: skip
