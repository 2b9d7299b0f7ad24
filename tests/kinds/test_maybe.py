import pytest

import kbn_schema as s


def test_a_missing_value_stays_missing_whatever_the_default():
    assert s.MISSING is s.maybe(s.number(default=1)).validate()


@pytest.mark.parametrize("of", [s.number(), s.object({"a": s.number()}), s.one_of(s.number()), s.literal(1)])
def test_what_is_missing_is_not_asked_for(of):
    assert s.MISSING is s.maybe(of).validate()


@pytest.mark.parametrize("value", [None, "", {}, []])
def test_nothing_but_a_missing_value_is_missing(value):
    assert not s.maybe(s.number()).is_valid(value)


@pytest.mark.parametrize("value", [None, 1, [1]])
def test_around_never_everything_goes_as_in_kibana(value):
    assert value is s.maybe(s.never()).validate(value)


def test_a_validator_is_not_asked_for_a_missing_value():
    assert s.maybe(s.any(validate=lambda value: "no")).is_valid(s.MISSING)


def test_takes_no_options():
    with pytest.raises(TypeError):
        s.maybe(s.any(), default=1)


def test_names_what_is_no_schema():
    with pytest.raises(s.SchemaDefinitionError) as error:
        s.maybe(1)

    assert "maybe(): what it is given must be a schema, but is [number]" == str(error.value)


def test_marks_the_structure():
    assert [{"path": [], "type": "string?"}] == s.maybe(s.string()).get_schema_structure()
