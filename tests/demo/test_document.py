"""What the demo says of itself; tests/openapi/test_schemathesis.py finds out whether it is true."""

import pytest
from openapi_spec_validator import validate as validate_document

ERRORS = [
    ("/api/saved_objects/{type}/{id}", "get", {"400", "404"}),
    ("/api/saved_objects/{type}/{id}", "put", {"400", "404", "412", "413", "415"}),
    ("/api/saved_objects/{type}/{id}", "delete", {"400", "404"}),
    ("/api/saved_objects/{type}", "post", {"400", "409", "413", "415", "507"}),
    ("/api/import", "post", {"400", "409", "413", "415", "507"}),
]


@pytest.fixture
def document(client):
    return client.get("/openapi.json").json()


def test_the_document_is_valid_and_describes_itself(document):
    validate_document(document)

    assert "/openapi.json" in document["paths"]


def test_pages_and_their_files_are_no_part_of_the_document(document):
    assert {"/openapi.json", "/api/export", "/api/import"} < set(document["paths"])
    assert not {path for path in document["paths"] if path == "/" or path.startswith("/assets")}


@pytest.mark.parametrize(("version", "tags"), [("oldest", "string"), ("newest", "array")])
def test_a_document_may_be_of_one_version_of_each_route(client, version, tags):
    document = client.get(f"/openapi.json?version={version}").json()
    body = document["paths"]["/api/saved_objects/{type}"]["post"]["requestBody"]
    [described] = body["content"].values()

    assert tags == described["schema"]["properties"]["attributes"]["properties"]["tags"]["type"]


def test_a_version_that_is_none_is_refused(client):
    assert 400 == client.get("/openapi.json?version=2023-10-31").status


@pytest.mark.parametrize(("path", "method", "statuses"), ERRORS)
def test_errors_are_declared_where_they_are_answered(document, path, method, statuses):
    responses = document["paths"][path][method]["responses"]
    told = {status: answer for status, answer in responses.items() if status >= "4"}

    assert statuses == set(told)
    assert {"#/components/schemas/HttpError"} == {
        answer["content"]["application/json"]["schema"]["$ref"] for answer in told.values()
    }


def test_every_operation_says_in_words_what_it_does(document):
    operations = [operation for item in document["paths"].values() for operation in item.values()]

    assert all(operation["summary"] and operation["description"] for operation in operations)
    assert {"about", "saved objects", "transfer"} == {tag["name"] for tag in document["tags"]}
