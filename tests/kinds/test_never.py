import pytest

import kbn_schema as s


def test_takes_no_options():
    with pytest.raises(TypeError):
        s.never(default=1)


def test_a_prop_that_must_not_be_there_is_missing_in_the_output():
    assert {"a": 1} == s.object({"a": s.number(), "b": s.never()}).validate({"a": 1})


def test_a_prop_that_must_not_be_there_is_no_unknown_key():
    assert ["never"] == [issue.code for issue in s.object({"b": s.never()}).issues_of({"b": 1})]
