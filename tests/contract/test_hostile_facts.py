"""What an author's objects do when they are asked is no matter to a contract."""

import enum
import re
from typing import Any

import pytest

from kbn_schema.contract.facts import Facts


class Hostile:
    """Raises whatever is asked of its attributes."""

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(name)

    def __call__(self, value: Any) -> None:
        """Accept anything."""


class Unhashable(dict[str, Any]):
    def items(self) -> Any:
        raise RuntimeError


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


def test_of_an_object_that_raises_the_name_of_its_class_is_told():
    assert Facts().function(Hostile())["name"].endswith("Hostile")


def test_the_fingerprint_of_a_value_that_raises_is_that_of_its_type():
    facts = Facts()

    assert facts.fingerprint(Unhashable(a=1)) == facts.fingerprint(Unhashable)
    assert facts.fingerprint(Unhashable(a=1)) != facts.fingerprint({"a": 1})


@pytest.mark.parametrize(
    ("one", "same", "other"),
    [
        (re.compile("a"), re.compile("a"), re.compile("b")),
        (re.compile("a"), re.compile("a"), re.compile("a", re.IGNORECASE)),
        (Colour.RED, Colour.RED, Colour.BLUE),
        ({1, 2}, {2, 1}, {1, 3}),
    ],
)
def test_values_are_told_apart_by_what_they_are(one, same, other):
    facts = Facts()

    assert facts.fingerprint(one) == facts.fingerprint(same) != facts.fingerprint(other)
