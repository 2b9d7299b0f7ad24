"""The module of combinators, for whoever asks it for a name that it has not."""

import copy
import doctest
import pickle

import pytest

import kbn_schema
from kbn_schema import schema


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("str", "[string]"),
        ("int", "[integer]"),
        ("float", "[number]"),
        ("bool", "[boolean]"),
        ("bytes", "[buffer]"),
        ("list", "[array_of]"),
        ("List", "[array_of]"),
        ("array", "[array_of]"),
        ("tuple", "[array_of]"),
        ("set", "[array_of]"),
        ("dict", "[object] or [record_of]"),
        ("optional", "[maybe]"),
        ("any_of", "[one_of]"),
        ("anyOf", "[one_of]"),
        ("datetime", "[date_time]"),
        ("url", "[uri]"),
        ("regex", "[string(pattern=...)]"),
        ("const", "[literal]"),
        ("null", "[literal(None)]"),
    ],
)
def test_a_name_that_others_use_is_told_in_our_words(name, words):
    with pytest.raises(AttributeError) as error:
        getattr(schema, name)

    assert f"there is no combinator [{name}]; write {words}" == str(error.value)


@pytest.mark.parametrize("name", ["any_of", "optional"])
def test_python_adds_no_guess_of_its_own(name):
    """It finds [all_of] next to [any_of], which means the opposite."""
    with pytest.raises(AttributeError) as error:
        getattr(schema, name)

    assert (name, None) == (error.value.name, error.value.obj)


@pytest.mark.parametrize("name", ["__str", "__list__", "_int", "__wrapped__", "__path__"])
def test_names_of_pythons_own_are_not_guessed(name):
    with pytest.raises(AttributeError, match=f"^module 'kbn_schema.schema' has no attribute '{name}'$"):
        getattr(schema, name)


@pytest.mark.parametrize("name", ["optional", "strng", "__path__"])
def test_a_name_that_is_not_there_can_be_asked_for(name):
    assert not hasattr(schema, name)
    assert 1 == getattr(schema, name, 1)


@pytest.mark.parametrize("name", ["optional", "strng"])
def test_what_is_not_there_cannot_be_imported(name):
    with pytest.raises(ImportError, match=f"^cannot import name '{name}' from 'kbn_schema.schema'"):
        exec(f"from kbn_schema.schema import {name}")


def test_the_error_of_the_package_is_that_of_the_module():
    with pytest.raises(AttributeError, match=r"^module 'kbn_schema' has no attribute 'strng'$") as error:
        schema.refuse_name(kbn_schema.__name__, "strng")

    assert schema is error.value.obj


@pytest.mark.parametrize("name", sorted(set(schema.__all__)))
def test_a_combinator_is_pickled_and_copied_by_name(name):
    combinator = getattr(schema, name)

    assert combinator is pickle.loads(pickle.dumps(combinator))
    assert combinator is copy.deepcopy(combinator)


def test_doctest_and_dir_see_what_is_there():
    assert sorted(schema.__all__) == dir(schema)
    assert doctest.DocTestFinder().find(schema)
