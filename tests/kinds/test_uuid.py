import uuid

import pytest

import kbn_schema as s

TEXT = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"


@pytest.mark.parametrize("value", [TEXT, TEXT.upper(), uuid.UUID(TEXT)])
def test_yields_a_uuid(value):
    assert uuid.UUID(TEXT) == s.uuid().validate(value)


@pytest.mark.parametrize(
    "value", [TEXT.replace("-", ""), f"{{{TEXT}}}", f"urn:uuid:{TEXT}", TEXT + "\n", TEXT[:-1], ""]
)
def test_refuses_other_spellings(value):
    assert ["format"] == [issue.code for issue in s.uuid().issues_of(value)]


@pytest.mark.parametrize("value", [uuid.UUID(TEXT).int, uuid.UUID(TEXT).bytes, None])
def test_refuses_other_types(value):
    assert ["type"] == [issue.code for issue in s.uuid().issues_of(value)]


def test_spells_its_default_as_python():
    assert f"schema.uuid(default=UUID('{TEXT}'))" == repr(s.uuid(default=uuid.UUID(TEXT)))
