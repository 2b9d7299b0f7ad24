"""Whether a term of a contract takes a scalar, as far as that can be told without running anything."""

from typing import Any

import pytest

from kbn_schema.contract import Contract
from kbn_schema.diff.admits import MAX_STEPS, admits
from kbn_schema.diff.shapes import Terms

LETTERS = {"type": "string", "pattern": "[a-z]*"}
NUMBER: Any = {"type": "number"}


def told(term: Any, value: Any) -> bool | None:
    return admits(Terms(Contract((), {})), term, value)


@pytest.mark.parametrize(
    ("term", "value", "expected"),
    [
        ({"type": "nullable", "of": NUMBER}, None, True),
        (NUMBER, None, False),
        (NUMBER, 2**60, False),
        ({**NUMBER, "unsafe": True}, 2**60, True),
        (NUMBER, float("nan"), False),
        (NUMBER, "1.5", True),
        ({"type": "integer", "max": 5}, 5.0, True),
        ({"type": "integer"}, 5.5, False),
        ({"type": "quantity", "unit": "bytes", "max": 1024}, "1kb", True),
        ({"type": "quantity", "unit": "bytes"}, "much", False),
        ({"type": "quantity", "unit": "bytes"}, True, False),
        ({"type": "boolean"}, "true", True),
        ({"type": "string", "format": "date_time"}, "2024-01-01T00:00:00", False),
        ({"type": "string", "coerce_from_number": True}, 1, None),
        (LETTERS, "a", None),
        ({"type": "array", "items": NUMBER}, "[1]", None),
        ({"type": "array", "items": NUMBER}, 1, False),
        ({"type": "custom", "name": "x"}, 1, None),
        ({"type": "union", "of": [LETTERS, NUMBER]}, "a", None),
        ({"type": "union", "of": [LETTERS, NUMBER]}, "1", True),
        ({"type": "union", "of": [{"type": "boolean"}, NUMBER]}, "a", False),
    ],
)
def test_a_scalar_is_taken_or_refused_or_it_cannot_be_told(term, value, expected):
    assert told(term, value) is expected


def test_of_too_many_branches_nothing_is_told():
    def longest(count: int) -> Any:
        return {"type": "union", "of": [{"type": "string", "max_length": 1} for _ in range(count)]}

    assert told(longest(MAX_STEPS - 1), "ab") is False
    assert told(longest(MAX_STEPS), "ab") is None
