import pytest

import kbn_schema as s


def test_takes_no_options():
    with pytest.raises(TypeError):
        s.never(default=1)


def test_a_prop_that_must_not_be_there_is_missing_in_the_output():
    assert {"a": 1} == s.object({"a": s.number(), "b": s.never()}).validate({"a": 1})


def test_a_prop_that_must_not_be_there_is_no_unknown_key():
    assert ["never"] == [issue.code for issue in s.object({"b": s.never()}).issues_of({"b": 1})]


@pytest.mark.parametrize(
    ("schema", "word"),
    [
        (s.never(), "never"),
        (s.nullable(s.never()), "never|null"),
        (s.maybe(s.never()), "any?"),
        (s.maybe(s.offering_based_schema(serverless=s.string())), "string?|never"),
    ],
)
def test_is_never_optional_in_a_structure(schema, word):
    assert [{"path": [], "type": word}] == schema.get_schema_structure()
