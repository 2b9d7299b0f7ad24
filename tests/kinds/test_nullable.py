import pytest

import kbn_schema as s


@pytest.mark.parametrize("value", [None, s.MISSING])
def test_none_and_nothing_give_none(value):
    assert None is s.nullable(s.number(default=1)).validate(value)


def test_its_schema_is_asked_first():
    assert "null" == s.nullable(s.enum([None, "null"])).validate("null")
    assert {} == s.nullable(s.any(default=1)).validate({})


def test_a_missing_prop_becomes_none():
    assert {"a": None} == s.object({"a": s.nullable(s.number())}).validate({})


def test_fails_as_a_union_with_null_does():
    with pytest.raises(s.ValidationError) as error:
        s.nullable(s.number()).validate("x")

    assert (
        "types that failed validation:\n"
        "- [0]: expected value of type [number] but got [string]\n"
        "- [1]: expected value to equal [null]"
    ) == str(error.value)


def test_names_what_is_no_schema():
    with pytest.raises(s.SchemaDefinitionError, match=r"^nullable\(\): what it is given must be a schema"):
        s.nullable(None)
