"""Schemas as a judge can read them: other calls in place of some, the rest as it is.

A judge that has no word for something either takes a schema without it, or tells by such a *twin* whether
that is all that it and the schema disagree about.
"""

import functools
from collections.abc import Callable
from typing import Any

from kbn_schema import MISSING, Schema, SchemaError
from kbn_schema.json_schema.presence import Presence
from tests.fuzz.calls import Call, Later, build, walk
from tests.fuzz.judges.reading import is_alike

Change = Callable[[Call], Call]

FORMATS = {
    "schema.date", "schema.date_time", "schema.email", "schema.ip", "schema.uri", "schema.uuid",
}  # fmt: skip
QUANTITIES = {"schema.byte_size", "schema.duration"}
NUMBERS = {"schema.number", "schema.integer"}
BOUNDS = ("min", "max", "exclusive_min", "exclusive_max", "multiple_of")
COMMON = {"default", "id"}


def rewritten(root: Call, change: Change) -> Call:
    """Return a copy of *root* in which *change* was made of each call, after those inside of it."""
    copies: dict[int, Any] = {}

    def copied(one: Any) -> Any:
        if type(one) is dict:
            return {copied(key): copied(item) for key, item in one.items()}
        if type(one) is list:
            return [copied(item) for item in one]
        if not isinstance(one, (Call, Later)):
            return one
        # First the shell: what a function returns may lie around it.
        if id(one) in copies:
            return copies[id(one)]
        if isinstance(one, Later):
            copies[id(one)] = later = Later(None)
            later.call = copied(one.call)
        else:
            copies[id(one)] = shell = Call(one.name)
            args = None if one.args is None else copied(one.args)
            changed = change(Call(one.name, args, copied(one.options)))
            shell.name, shell.args, shell.options = changed.name, changed.args, changed.options
        return copies[id(one)]

    found: Call = copied(root)
    return found


def twin(root: Call, *changes: Change) -> Schema[Any]:
    """Return the schema that *root* builds after all *changes*."""
    found: Schema[Any] = build(functools.reduce(rewritten, changes, root))
    return found


def without_formats(call: Call) -> Call:
    """Let any text be a date, an address, a host."""
    if call.name in FORMATS:
        return Call("schema.string", [], only(call, *COMMON))
    return without(call, "hostname")


def without_quantity_bounds(call: Call) -> Call:
    """Let texts of sizes and durations say any size: documents know their spelling only."""
    if call.name not in QUANTITIES:
        return call
    text = Call("schema.string", [], {"pattern": _spelled(call.name)})
    return Call("schema.one_of", [[without(call, *COMMON), text]], only(call, *COMMON))


@functools.cache
def _spelled(name: str) -> str:
    pattern: str = build(Call(name)).json_schema()["pattern"]
    return pattern


def without_key_bounds(call: Call) -> Call:
    """Let keys that spell a number be any: of a text, documents cannot say how large a number it spells."""
    if call.name not in ("schema.record_of", "schema.map_of"):
        return call
    key, value = args_of(call)
    boundless = rewritten(key, lambda one: without(one, *BOUNDS) if one.name in NUMBERS else one)
    return Call(call.name, [boundless, value], call.options)


def args_of(call: Call) -> list[Any]:
    """Return the positional arguments of *call*, which is one, and no mere name."""
    assert call.args is not None
    return call.args


def without(call: Call, *names: str) -> Call:
    """Return *call* without the options of these *names*."""
    return Call(call.name, call.args, {key: item for key, item in call.options.items() if key not in names})


def only(call: Call, *names: str) -> dict[str, Any]:
    """Return the options of *call* that have one of these *names*."""
    return {name: item for name, item in call.options.items() if name in names}


def calls_code(root: Call) -> bool:
    """Return whether what *root* builds has code of an author's, references or conditions in it."""
    return any(
        isinstance(part, Later) or (isinstance(part, Call) and (
            not part.name.startswith("schema.") or "validate" in part.options or part.name in REFERRING
        ))
        for part in walk(root)
    )  # fmt: skip


def takes_nothing_silently(root: Call) -> bool:
    """Return whether a kind of an author's in *root* takes a missing value, and does not say so."""
    built = (build(part) for part in walk(root) if isinstance(part, Call) and part.name.startswith("parts."))
    return any(
        isinstance(one, Schema) and one.is_valid(MISSING) and not Presence(is_input=True).may_be_absent(one)
        for one in built
    )


REFERRING = {
    "schema.conditional", "schema.offering_based_schema", "schema.sibling_ref", "schema.context_ref",
}  # fmt: skip


def has_strange_default(root: Call) -> bool:
    """Return whether *root* has a default that its own schema, asked for it, would not yield like that."""
    return any(
        isinstance(part, Call) and "default" in part.options and not _yields(part, part.options["default"])
        for part in walk(root)
    )


def _yields(part: Call, default: Any) -> bool:
    try:
        return is_alike(build(part).validate(build(default)), build(default))
    except (SchemaError, TypeError):
        return False
