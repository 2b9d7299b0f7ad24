"""Cases as data: the calls that build a schema or a value, which can be run, spelled and made smaller.

A case is made of plain dicts, lists and constants, with a `Call` wherever Python would have
one. The same `Call` in two places builds one object, which is then in two places.
"""

import datetime
import re
from typing import Any

import attrs

import kbn_schema
from kbn_schema import MISSING, schema
from tests.fuzz import nasty, parts

VOCABULARY: dict[str, Any] = {
    "schema": schema, "parts": parts, "nasty": nasty, "datetime": datetime, "re": re,
    "kbn_schema": kbn_schema, "object": object, "set": set, "tuple": tuple, "bytearray": bytearray,
}  # fmt: skip


@attrs.define(eq=False)
class Call:
    """A call of what *name* stands for; with ``args=None`` it is the thing itself."""

    name: str
    args: list[Any] | None = attrs.field(factory=list)
    options: dict[str, Any] = attrs.field(factory=dict)


@attrs.define(eq=False)
class Later:
    """A function without arguments that returns what *call* builds."""

    call: Any


def call(name: str, *args: Any, **options: Any) -> Call:
    return Call(name, list(args), options)


def named(name: str) -> Call:
    return Call(name, None)


def build(part: Any, made: dict[int, Any] | None = None) -> Any:
    """Return what *part* describes; *made* remembers what its calls returned."""
    made = {} if made is None else made
    if isinstance(part, Call):
        if id(part) not in made:
            made[id(part)] = _build_call(part, made)
        return made[id(part)]
    if isinstance(part, Later):
        return lambda: build(part.call, made)
    if type(part) is dict:
        return {build(key, made): build(item, made) for key, item in part.items()}
    if type(part) is list:
        return [build(item, made) for item in part]
    return part


def _build_call(part: Call, made: dict[int, Any]) -> Any:
    first, *rest = part.name.split(".")
    found = VOCABULARY[first]
    for name in rest:
        found = getattr(found, name)
    if part.args is None:
        return found
    args = [build(arg, made) for arg in part.args]
    return found(*args, **{name: build(option, made) for name, option in part.options.items()})


def inside(part: Any) -> list[Any]:
    """Return the parts that *part* is made of."""
    if isinstance(part, Call):
        return [*(part.args or []), *part.options.values()]
    if isinstance(part, Later):
        return [part.call]
    if type(part) is dict:
        return [*part.keys(), *part.values()]
    return part if type(part) is list else []


def walk(part: Any) -> list[Any]:
    """Return *part* and all parts in it, calls once each."""
    found: list[Any] = []
    met: set[int] = set()
    waiting = [part]
    while waiting:
        current = waiting.pop()
        if isinstance(current, (Call, Later)):
            if id(current) in met:
                continue
            met.add(id(current))
        found.append(current)
        waiting.extend(reversed(inside(current)))
    return found


def replaced(part: Any, target: Any, by: Any) -> Any:
    """Return a copy of *part* in which *by* stands wherever *target* (the same object) stood."""
    copies: dict[int, Any] = {}

    def copied(one: Any) -> Any:
        if one is target:
            return by
        if type(one) is dict:
            return {copied(key): copied(item) for key, item in one.items()}
        if type(one) is list:
            return [copied(item) for item in one]
        if not isinstance(one, (Call, Later)):
            return one
        if id(one) not in copies:
            # First the shell: what a function returns may lie around it.
            copies[id(one)] = shell = Call(one.name) if isinstance(one, Call) else Later(None)
            if isinstance(one, Call):
                shell.args = None if one.args is None else copied(one.args)
                shell.options = copied(one.options)
            else:
                shell.call = copied(one.call)
        return copies[id(one)]

    return copied(part)


class Speller:
    """Writes parts as Python; a call that stands in two places gets a name."""

    def __init__(self, *roots: Any) -> None:
        self.lines: list[str] = []
        self.names: dict[int, str] = {}
        self._shared = self._met_twice(roots)

    @staticmethod
    def _met_twice(roots: tuple[Any, ...]) -> set[int]:
        met: set[int] = set()
        twice: set[int] = set()
        waiting: list[Any] = list(roots)
        while waiting:
            current = waiting.pop()
            if isinstance(current, Later):
                twice.add(id(current.call))
            if isinstance(current, Call) and current.args is not None:
                if id(current) in met:
                    twice.add(id(current))
                    continue
                met.add(id(current))
            waiting.extend(inside(current))
        return twice

    def spell(self, part: Any) -> str:
        if isinstance(part, Call):
            return self._call(part)
        if isinstance(part, Later):
            return f"lambda: {self.spell(part.call)}"
        if type(part) is dict:
            items = [f"{self.spell(key)}: {self.spell(item)}" for key, item in part.items()]
            return f"{{{', '.join(items)}}}"
        if type(part) is list:
            return f"[{', '.join(map(self.spell, part))}]"
        return spell_constant(part)

    def _call(self, part: Call) -> str:
        if part.args is None:
            return part.name
        if id(part) not in self._shared:
            return self._spelled(part)
        if id(part) not in self.names:
            self.names[id(part)] = name = f"part{len(self.names) + 1}"
            self.lines.append(f"{name} = {self._spelled(part)}")
        return self.names[id(part)]

    def _spelled(self, part: Call) -> str:
        args = [self.spell(arg) for arg in part.args or []]
        args += [f"{name}={self.spell(option)}" for name, option in part.options.items()]
        return f"{part.name}({', '.join(args)})"


def spell_constant(value: Any) -> str:
    if value is MISSING:
        return "MISSING"
    if type(value) is float and (value != value or value in (float("inf"), -float("inf"))):
        return f'float("{value}")'
    if type(value) is int and value.bit_length() > 300:
        return hex(value)
    return ascii(value)


def spell_case(schema_part: Any, value: Any, context: Any) -> str:
    """Return the Python of a test that compares both ways for one schema and one value."""
    speller = Speller(schema_part, value, context)
    arguments = ", ".join(map(speller.spell, (schema_part, value, context)))
    body = "".join(f"    {line}\n" for line in (*speller.lines, f"compare({arguments})"))
    return f"def test_both_ways_agree():\n{body}"
