"""What a value really holds."""

import pickle

import pytest

from kbn_schema import exact
from kbn_schema.codegen import runtime
from tests.examples import EXAMPLES
from tests.same import same
from tests.ways import compiled


def test_containers_are_copied_and_all_else_is_the_same():
    leaf = object()
    value = {"a": [leaf, {"b": leaf}], leaf: (1, [2])}
    copied = exact.copy_containers(value)
    value["a"][1]["b"] = None
    value["a"].append(1)

    assert {"a": [leaf, {"b": leaf}], leaf: (1, [2])} == copied
    assert copied[leaf] is value[leaf]


def test_a_container_that_is_met_again_is_copied_once():
    shared = [1]
    value = {"a": shared, "b": [shared]}
    value["self"] = value
    copied = exact.copy_containers(value)

    assert copied["a"] is copied["b"][0]
    assert copied["self"] is copied
    assert ([1], False) == (copied["a"], copied["a"] is shared)


class Unsized(dict):
    """As a dict of a Python whose objects do not tell their size."""

    @property
    def __sizeof__(self):
        raise AttributeError


class Odd(dict):
    """As a dict of a Python that keeps keys in another way."""

    def __sizeof__(self):
        return 64


@pytest.mark.parametrize("kind", [Unsized, Odd])
def test_a_dict_whose_size_does_not_tell_its_keys_proves_nothing(monkeypatch, kind):
    monkeypatch.setattr(exact, "dict", kind, raising=False)

    assert frozenset() == exact.text_keyed_sizes()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: repr(example.schema)[:60])
def test_compiled_code_that_can_prove_no_keys_asks_for_each(monkeypatch, example):
    monkeypatch.setitem(runtime.NAMES, "TEXT_KEYED", frozenset())
    schema = pickle.loads(pickle.dumps(example.schema))  # not compiled yet

    for value, output in example.accepted:
        assert same(output, compiled(schema, value, example.context))
