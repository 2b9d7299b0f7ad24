"""This module tells schemathesis what a document cannot say of the demo; ``st run`` imports it."""

import json
from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis.core.failures import AcceptedNegativeData

VERSION = "elastic-api-version"

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
saved_objects = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["dashboard", "index-pattern", "visualization"]),
        "id": st.from_regex(r"[a-z0-9][a-z0-9._-]{0,35}", fullmatch=True),
        "attributes": st.fixed_dictionaries({"title": texts}, optional={"tags": st.lists(texts, max_size=3)}),
    }
)


def lines_of(objects: list[Any]) -> bytes:
    return "\n".join(json.dumps(one) for one in objects).encode()


# OpenAPI 3.1 has no schema for the lines of a file.
schemathesis.openapi.media_type(
    "application/x-ndjson", st.lists(saved_objects, min_size=1, max_size=3).map(lines_of)
)


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Say which failures count: those that are none of what documents have no words for."""
    return not (is_refused_by_server(response) or is_another_version(failure, case, response))


def is_refused_by_server(response: Any) -> bool:
    """Whether the body was sent in chunks, which wsgiref, the server of the demo, does not join.

    So does requests with a body that has no length, such as a form with nothing in it.
    """
    sent = response.request
    is_in_chunks = sent.body is not None and "Content-Length" not in sent.headers
    return response.status_code == 411 and is_in_chunks


def is_another_version(failure: Any, case: Any, response: Any) -> bool:
    """Whether a wrong version was taken, in one of two cases.

    A version header with nothing in it counts as absent, as in Kibana; documents can say so of a query only
    (``allowEmptyValue``). And where it is absent, another version answers than the newest, which alone the
    document of the newest describes: the answer says which.
    """
    parameter = case.operation.headers.get(VERSION)
    if parameter is None or not isinstance(failure, AcceptedNegativeData):
        return False
    is_empty = str((case.headers or {}).get(VERSION, "-")).strip(" \t,") == ""
    is_another = not {*response.headers[VERSION]} <= {*parameter.definition["schema"]["enum"]}
    return is_empty or is_another
