"""Outputs that are drawn have the type of the schema; inputs may be anything."""

from typing import Any, assert_type

from hypothesis.strategies import SearchStrategy

from kbn_schema import schema as s
from kbn_schema.testing import Broken, from_schema, invalid_from_schema

numbers = s.array_of(s.integer())

assert_type(from_schema(numbers, side="output"), SearchStrategy[list[int]])
assert_type(from_schema(numbers), SearchStrategy[Any])
assert_type(from_schema(numbers, side="input"), SearchStrategy[Any])
assert_type(invalid_from_schema(numbers, explain=True), SearchStrategy[Broken])
assert_type(invalid_from_schema(numbers), SearchStrategy[Any])
