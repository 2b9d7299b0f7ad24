"""P0: what makes no sense is refused while a schema is built, and nothing else is raised there."""

from typing import Any

from tests.fuzz.calls import Call, inside
from tests.fuzz.property import Property, Tally
from tests.fuzz.subject import Subject

CROSSED = {
    "schema.number": [("min", "max"), ("exclusive_min", "max"), ("min", "exclusive_max")],
    "schema.integer": [("min", "max"), ("exclusive_min", "max"), ("min", "exclusive_max")],
    "schema.string": [("min_length", "max_length")],
    "schema.array_of": [("min_size", "max_size")],
    "schema.byte_size": [("min", "max")],
    "schema.duration": [("min", "max")],
}
SCALARS = (str, int, float, bool, type(None))


def check(subject: Subject, tally: Tally) -> None:
    flaws = [flaw for call in eager(subject.part) for flaw in flaws_of(call)]
    if flaws:
        assert subject.refusal is not None, f"P0: a schema that makes no sense is built\n{flaws[0]}"
        tally.compared("P0")
    elif subject.refusal is None:
        assert subject.judged is not None
        tally.compared("P0")
    else:
        # Only the author of a schema can say what he meant: that it is refused may be right or not.
        assert_clear(str(subject.refusal))
        tally.excluded("P0", "refused for another reason than crossed bounds and repeated values")


def assert_clear(text: str) -> None:
    """Assert that the text of a definition error can be printed anywhere."""
    assert text.replace("\n", "").isprintable(), f"P0: a definition error cannot be printed\n{text!a}"
    assert len(text) <= 65_536, "P0: a definition error is long"


def eager(root: Any) -> list[Call]:
    """Return the calls that are made at once: not those in functions, which `lazy` calls later."""
    found: list[Call] = []
    waiting, met = [root], set[int]()
    while waiting:
        part = waiting.pop()
        if id(part) in met:
            continue
        if isinstance(part, Call):
            met.add(id(part))
            found.append(part)
        if isinstance(part, (Call, dict, list)):
            waiting.extend(inside(part))
    return found


def flaws_of(call: Call) -> list[str]:
    """Return what has to be refused about *call*."""
    found = []
    for low, high in CROSSED.get(call.name, []):
        least, most = call.options.get(low), call.options.get(high)
        if type(least) in (int, float) and type(most) in (int, float) and least > most:  # type: ignore[operator]
            found.append(f"{call.name}: {low} exceeds {high}")
    if call.name == "schema.enum" and call.args and type(call.args[0]) is list:
        values = [value for value in call.args[0] if type(value) in SCALARS]
        if len({(type(value) is bool, value) for value in values}) < len(values):
            found.append("schema.enum: a value is there twice")
    return found


PROPERTY = Property("P0", "what makes no sense is refused while a schema is built", check)
