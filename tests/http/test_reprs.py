"""What is not shown of an object: what a request or an answer carries, and what is too long to read."""

import importlib
import pkgutil

import attrs
import pytest

import kbn_schema.http

# By class: what may be a secret on its way, and what is too long to read. Other classes show all they have.
HIDDEN = {
    "BodyFormat": {"_accepted"},
    "HttpResponse": {"fetch_options", "request", "body"},
    "FailedResponse": {"body"},
    "SentHeaders": {"values"},
    "FetchOptions": {"query", "body", "headers", "context"},
    "Settings": {"headers"},
    "Endpoint": {"_template"},
    "BaseUrl": {"authorization"},
    "Course": {
        *("head", "_lifecycle", "_native", "_refusal", "_params", "_query", "_headers", "_stream", "_closers")
    },
    "Intake": {"body_format"},
    "RequestParts": {"raw", "_index", "_state"},
    "Route": {"handler", "intake"},
    "ResponseRule": {"_body"},
    "Rules": {"declared"},
}


def classes():
    found = {}
    for module in pkgutil.walk_packages(kbn_schema.http.__path__, "kbn_schema.http."):
        for name, kind in vars(importlib.import_module(module.name)).items():
            if isinstance(kind, type) and attrs.has(kind) and kind.__module__ == module.name:
                found[name] = kind
    return found


@pytest.mark.parametrize("name", HIDDEN)
def test_it_is_not_in_the_repr(name):
    kind = classes()[name]
    lost = object.__new__(kind)
    for field in attrs.fields(kind):
        object.__setattr__(lost, field.name, "hunter2" if field.name in HIDDEN[name] else 1)

    assert "hunter2" not in repr(lost)
