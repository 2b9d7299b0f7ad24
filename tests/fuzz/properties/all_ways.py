"""P1 in all ways: stripped, as fields, each prop alone, twice, and read from JSON."""

import json
from typing import Any

from kbn_schema.json_text import JsonTextError, read_json
from tests.fuzz.compare import compare
from tests.fuzz.properties.fast_is_check import alike, error_difference, shown
from tests.fuzz.property import Property, Tally
from tests.fuzz.subject import Given, Subject, tell

MAX_DEPTH = 200


def check(subject: Subject, tally: Tally) -> None:
    for given in subject.cases:
        compare(subject.judged, given.value(), given.context(), subject.reference)
        tally.compared("P1-ways")
        _compare_json(given, tally)


def _compare_json(given: Given, tally: Tally) -> None:
    """Compare `validate_json` of a value's JSON with `validate` of the value."""
    value = given.value()
    text = _json(value) if given.is_plain else None
    if text is None:
        tally.excluded("P1-ways", "the value is no JSON, or too deep for it")
        return
    told = tell(given.subject.judged, (text, given.context()), None, ask=_validate_json)
    assert told.kind == given.told.kind, f"P1-ways: validate_json says {told.kind}\n{shown(given)}"
    if told.kind == "accepted":
        assert alike(told.content, given.told.content), (
            f"P1-ways: validate_json: another output\n{shown(given)}"
        )
    if told.kind == "refused":
        wrong = error_difference(given.told, told)
        assert not wrong, f"P1-ways: validate_json: {wrong}\n{shown(given)}"
    tally.compared("P1-ways")


def _validate_json(schema: Any, value: Any, context: Any) -> Any:
    text, context = value
    return schema.validate_json(text, context)


def _json(value: Any) -> str | None:
    """Return the JSON of *value*, None where it has none that is read as *value* again."""
    try:
        text = json.dumps(value, allow_nan=False)
        return text if alike(read_json(text, MAX_DEPTH), value) else None
    except (JsonTextError, TypeError, ValueError, RecursionError):
        return None


PROPERTY = Property("P1-ways", "each way to ask says what check says", check, share=0.03)
