"""Options have names: what is given in its place could be another one tomorrow."""

import inspect

import pytest

from kbn_schema.http.client.options import FetchOptions
from kbn_schema.http.client.typed import Endpoint
from kbn_schema.http.client.urls import BaseUrl

POSITIONAL = {Endpoint: ["method", "path"], FetchOptions: []}


@pytest.mark.parametrize("kind", POSITIONAL, ids=lambda kind: kind.__name__)
def test_only_what_is_always_said_has_no_name(kind):
    found = inspect.signature(kind).parameters.values()

    assert POSITIONAL[kind] == [option.name for option in found if option.kind is not option.KEYWORD_ONLY]


def test_what_is_made_of_the_options_cannot_be_given():
    assert "template" not in inspect.signature(Endpoint).parameters


def test_what_has_a_secret_is_no_text():
    assert "hunter2" not in repr(BaseUrl("http://a", "", "hunter2"))
