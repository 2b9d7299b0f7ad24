"""Every example in a docstring of the package runs and prints what it says."""

import doctest
import importlib
import pkgutil
from types import ModuleType

import pytest

import kbn_schema

# Running them is the program.
PROGRAMS = {"kbn_schema.__main__"}
NAMES = sorted(
    {"kbn_schema"}
    | {found.name for found in pkgutil.walk_packages(kbn_schema.__path__, "kbn_schema.")} - PROGRAMS
)


def imported(name: str) -> ModuleType:
    """The module, which some adapters can only be with their framework."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("kbn_schema"):
            raise
        pytest.skip(f"{error.name} is not installed")


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_of_a_module_run(name):
    failed, _ = doctest.testmod(imported(name))

    assert 0 == failed


@pytest.mark.parametrize("name", kbn_schema.schema.__all__)
def test_each_combinator_has_an_example(name):
    combinator = getattr(kbn_schema.schema, name)

    assert ">>> " in (combinator.__doc__ or "")
