"""JSON text where a container is wanted, as a query string carries it."""

from typing import Any

from kbn_schema import messages
from kbn_schema.exact import exact_str
from kbn_schema.json_text import read_json
from kbn_schema.problems import Failure, fail


def parse_json(value: object, expected: str) -> Any:
    """Return what *value* spells if it is text, else *value* itself; a failure where text is no JSON.

    Of two equal keys the last one counts, as in JavaScript; NaN, infinities and text that
    is nested more than 200 levels deep are refused.
    """
    text = exact_str(value)
    if text is None:
        return value
    try:
        return read_json(text, duplicate_keys="last")
    except ValueError:
        return not_json(expected)


def not_json(expected: str) -> Failure:
    """Return the failure of a text that is no JSON."""
    return fail(messages.JSON, {"expected": expected})
