"""What holds for the functions of every adapter alike."""

import importlib
import inspect

import pytest

from kbn_schema import schema as s
from kbn_schema.errors import SchemaDefinitionError
from tests.adapters.named import ADAPTERS

MODULES = [pytest.param(importlib.import_module(f"kbn_schema.adapters.{name}"), id=name) for name in ADAPTERS]


@pytest.mark.parametrize("module", MODULES)
def test_validated_takes_the_same_rules_by_name(module):
    parameters = inspect.signature(module.validated).parameters.values()

    assert ["params", "query", "body", "headers", "options"] == [one.name for one in parameters]
    assert {(inspect.Parameter.KEYWORD_ONLY, None)} == {(one.kind, one.default) for one in parameters}


@pytest.mark.parametrize(
    ("mistake", "where"),
    [
        ({"body": s.string}, r"at key: \[body\]"),
        ({"query": 1}, r"at key: \[query\]"),
        ({"options": {"nothing": 1}}, "nothing"),
        ({"options": {"body": {"max_bytes": -1}}}, "max_bytes"),
    ],
)
@pytest.mark.parametrize("module", MODULES)
def test_a_mistake_in_what_is_validated_is_told_at_once(module, mistake, where):
    with pytest.raises(SchemaDefinitionError, match=where):
        module.validated(**mistake)


@pytest.mark.parametrize("module", MODULES)
def test_the_docstring_is_a_program_and_says_what_a_user_calls(module):
    assert module.__doc__.startswith("This module ")
    assert (
        f"{module.__name__.rpartition('.')[2]}.mount(" in module.__doc__ or "adapter.mount(" in module.__doc__
    )
    assert module.mount.__doc__
    assert "Example:" in module.validated.__doc__
