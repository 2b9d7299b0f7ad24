"""This module spells a term short, as an author would write it."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from kbn_schema.diff.differences import Term
from kbn_schema.diff.shapes import read
from kbn_schema.quantities import Duration
from kbn_schema.wording import escape, shorten, show_number

MAX_LENGTH: Final = 80
MAX_LEVELS: Final = 3
MAX_PARTS: Final = 8
# Of which each thing inside has a place of its own.
CONTAINERS: Final = frozenset({"array", "conditional", "object", "record", "union"})
OPTIONS: Final = (
    "min", "max", "exclusive_min", "exclusive_max", "multiple_of", "unsafe", "min_length", "max_length",
    "pattern", "coerce_from_number", "versions", "scheme", "min_size", "max_size", "unknowns",
)  # fmt: skip
UNITS: Final[Mapping[str, Mapping[str, int]]] = {
    "bytes": {"gb": 1024**3, "mb": 1024**2, "kb": 1024, "b": 1},
    "milliseconds": {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1},
}
NO_TERM: Final[Term] = {}
QUANTITIES: Final = {"bytes": "byte_size", "milliseconds": "duration"}


def spell(term: Term | None) -> str | None:
    """*term* in at most 80 characters; None for None."""
    return None if term is None else _cut(term)


def spell_both(before: Term, after: Term) -> tuple[str, str]:
    """The two sides of a change, each in at most 80 characters.

    Where a whole does not fit, and options stand behind what is inside, the deepest of that is left out
    first: what differs there is told at its own place, and what differs here may be an option.
    """
    cut = _cut(before), _cut(after)
    if not (before["type"] == after["type"] in CONTAINERS and (_options(before) or _options(after))):
        return cut
    elided = _elided(before), _elided(after)
    return elided if elided[0] != elided[1] else cut


def _elided(term: Term) -> str:
    texts = [_spell(term, levels) for levels in range(MAX_LEVELS, 0, -1)]
    shown = map(escape, [*texts, _call(term, ["...", *_options(term)])])
    return next((text for text in shown if len(text) <= MAX_LENGTH), _cut(term))


def _cut(term: Term) -> str:
    return shorten(_spell(term, MAX_LEVELS), MAX_LENGTH)


def show_value(value: Any) -> str:
    """A value of a contract, as Python has it."""
    if isinstance(value, Mapping) and list(value) == ["integer"]:
        value = read(value)
    if isinstance(value, str):
        return json.dumps(value[: MAX_LENGTH + 1], ensure_ascii=False)
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, float)):
        return show_number(value)
    if isinstance(value, list):
        more = ", ..." if len(value) > MAX_PARTS else ""
        return f"[{', '.join(map(_shallow, value[:MAX_PARTS]))}{more}]"
    return "{...}" if value else "{}"


def show_bound(term: Term, name: str) -> str:
    """The bound *name* of *term*, as an author writes it: ``"1h"`` for a length of time."""
    if term["type"] == "quantity" and name in ("min", "max"):
        return f'"{_quantity(read(term[name]), term["unit"])}"'
    return show_value(term[name])


def _quantity(number: int | float, unit: str) -> str:
    """A number of *unit* as text, in the largest unit of which it is a whole number."""
    units = UNITS.get(unit, {})
    found = [name for name, size in units.items() if number and number % size == 0]
    return f"{show_number(number // units[found[0]])}{found[0]}" if found else show_number(number)


def show_default(default: Mapping[str, Any], term: Term = NO_TERM) -> str:
    """The default of *term*, as an author writes it."""
    if "value" in default and term.get("unit") == "milliseconds":
        return json.dumps(_shortest(str(default["value"])), ensure_ascii=False)
    if "value" in default and term.get("unit") == "bytes" and type(default["value"]) is int:
        return f'"{_quantity(default["value"], "bytes")}"'
    if "value" in default:
        return show_value(default["value"])
    if "context_ref" in default:
        return f"context_ref({json.dumps(default['context_ref'])})"
    if "sibling_ref" in default:
        return f"sibling_ref({json.dumps(default['sibling_ref'])})"
    return str(default.get("made_by", "..."))


def _shortest(text: str) -> str:
    """A length of time that was printed as ``P7D``, as ``7d`` where that is the same."""
    try:
        short = _quantity(Duration.parse(text).milliseconds, "milliseconds")
        return short if str(Duration.parse(short)) == text else text
    except ValueError:
        return text


def _shallow(value: Any) -> str:
    return "[...]" if isinstance(value, list) and value else show_value(value)


def _spell(term: Term, levels: int) -> str:
    if levels == 0:
        return "..."
    word = term["type"]
    made = _SPELLED.get(word)
    arguments = made(term, levels - 1) if made is not None else []
    return _call(term, [*arguments, *_options(term)])


def _call(term: Term, arguments: Iterable[str]) -> str:
    return f"{_name(term)}({', '.join(arguments)})"


def _options(term: Term) -> list[str]:
    options = [f"{name}={_option(term, name)}" for name in OPTIONS if name in term]
    if "default" in term:
        options.append(f"default={show_default(term['default'], term)}")
    if "validate" in term:
        options.append(f"validate={term['validate'].get('name', '...')}")
    if term.get("format") == "hostname":
        options.append("hostname=True")
    return options


def _option(term: Term, name: str) -> str:
    return "True" if term[name] is True else show_bound(term, name)


def _name(term: Term) -> str:
    word: str = term["type"]
    if word == "string":
        format = term.get("format", "string")
        return "string" if format == "hostname" else str(format)
    if word == "quantity":
        return QUANTITIES.get(term["unit"], "quantity")
    if word == "values":
        return "literal" if len(term["values"]) == 1 else "enum"
    if word == "union":
        return "discriminated_union" if "discriminator" in term else "one_of"
    if word in ("custom", "function"):
        return str(term["name"])
    if word == "ref":
        return "lazy"
    return _NAMES.get(word, word)


_NAMES: Final = {
    "nothing": "never",
    "bytes": "buffer",
    "array": "array_of",
    "record": "record_of",
    "optional": "maybe",
}


def _values(term: Term, levels: int) -> list[str]:
    values = term["values"]
    return [show_value(values[0])] if len(values) == 1 else [show_value(values)]


def _object(term: Term, levels: int) -> list[str]:
    props = list(term["props"].items())
    told = [
        f"{json.dumps(name, ensure_ascii=False)}: {_spell(prop, levels)}" for name, prop in props[:MAX_PARTS]
    ]
    return [f"{{{', '.join(told)}{', ...' if len(props) > MAX_PARTS else ''}}}"]


def _record(term: Term, levels: int) -> list[str]:
    return [_spell(term["keys"], levels), _spell(term["values"], levels)]


def _union(term: Term, levels: int) -> list[str]:
    if "discriminator" in term:
        tags = [*term["of"], *(["..."] if "other" in term else [])]
        return [json.dumps(term["discriminator"]), f"[{', '.join(tags[:MAX_PARTS])}]"]
    told = [_spell(branch, levels) for branch in term["of"][:MAX_PARTS]]
    return [f"[{', '.join(told)}{', ...' if len(term['of']) > MAX_PARTS else ''}]"]


def _conditional(term: Term, levels: int) -> list[str]:
    return [
        _operand(term["left"], levels),
        _operand(term["right"], levels),
        _spell(term["then"], levels),
        _spell(term["otherwise"], levels),
    ]


def _operand(operand: Mapping[str, Any], levels: int) -> str:
    return _spell(operand["term"], levels) if "term" in operand else show_default(operand)


def _inside(term: Term, levels: int) -> list[str]:
    return [_spell(term["of"], levels)]


def _items(term: Term, levels: int) -> list[str]:
    return [_spell(term["items"], levels)]


def _target(term: Term, levels: int) -> list[str]:
    return [json.dumps(term["to"], ensure_ascii=False)]


_SPELLED: Final[Mapping[str, Callable[[Term, int], list[str]]]] = {
    "values": _values,
    "object": _object,
    "record": _record,
    "array": _items,
    "union": _union,
    "conditional": _conditional,
    "optional": _inside,
    "nullable": _inside,
    "ref": _target,
}
