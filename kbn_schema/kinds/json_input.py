"""JSON text: as the whole value, and where a container is wanted, as a query string carries it."""

from typing import Any

from kbn_schema import messages
from kbn_schema.exact import exact_bytes, exact_str
from kbn_schema.json_text import JsonTextError, read_json
from kbn_schema.problems import Failure, fail
from kbn_schema.run import MAX_DEPTH, Run, too_deep
from kbn_schema.wording import type_word

NO_JSON = object()
NOT_YET = object()


def read_document(data: object) -> Any:
    """Return what *data*, one strict JSON text, spells; a failure where it is none."""
    raw = exact_bytes(data)
    text = exact_str(data) if raw is None else raw
    if text is None:
        return fail(messages.TYPE, {"expected": "JSON text", "got": type_word(data)})
    try:
        return read_json(text, MAX_DEPTH)
    except JsonTextError as error:
        return Failure((error.problem,))
    except RecursionError:  # too little of the stack is left even for reading
        return too_deep()


def parse_json(value: object, expected: str, run: Run) -> Any:
    """Return what *value* spells if it is text, else *value* itself; a failure where text is no JSON.

    Of two equal keys the last one counts, as in JavaScript; NaN, infinities and text that
    is nested more than 200 levels deep are refused.
    """
    text = exact_str(value)
    if text is None:
        return value
    parsed = run.parsed.get(id(text), (None, NOT_YET))[1] if run.branching else NOT_YET
    if parsed is NOT_YET:
        parsed = _read(text)
        if run.branching:
            # Each alternative would make containers of its own, which `Run.enter` never met.
            run.parsed[id(text)] = (text, parsed)
    return fail(messages.JSON, {"expected": expected}) if parsed is NO_JSON else parsed


def _read(text: str) -> Any:
    try:
        return read_json(text, MAX_DEPTH, duplicate_keys="last")
    except ValueError:
        return NO_JSON
