import pytest

import kbn_schema as s


@pytest.mark.parametrize("value", ["ada@example.org", "A.b+c@sub.example.org", "x@a-b.co"])
def test_yields_the_address_unchanged(value):
    assert value == s.email().validate(value)


@pytest.mark.parametrize(
    "value", ["", "ada", "@a.b", "ada@", "ada@localhost", "a b@c.d", "a@b@c.d", "a@b.c\n", "<a@b.c>", "é@b.c"]
)
def test_refuses_text_that_is_no_address(value):
    assert ["format"] == [issue.code for issue in s.email().issues_of(value)]


def test_a_validator_may_say_more():
    ours = s.email(validate=lambda text: None if text.endswith("@example.org") else "must be one of ours")

    assert "must be one of ours" == ours.issues_of("ada@example.com")[0].message
