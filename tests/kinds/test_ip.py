import pytest

import kbn_schema as s


@pytest.mark.parametrize(
    ("versions", "text"),
    [(["ipv4"], "1.2.3.4"), ("ipv6", "::1"), (("ipv4", "ipv6"), "::1"), (["ipvfuture"], "v1.abc")],
)
def test_takes_the_versions_it_is_given(versions, text):
    assert text == s.ip(versions=versions).validate(text)


@pytest.mark.parametrize(
    ("versions", "text", "message"),
    [
        (["ipv4"], "::1", "value must be a valid ipv4 address"),
        (["ipv6", "ipvfuture"], "1.2.3.4", "value must be a valid ipv6 or ipvfuture address"),
    ],
)
def test_names_the_versions_it_takes(versions, text, message):
    assert message == s.ip(versions=versions).issues_of(text)[0].message


@pytest.mark.parametrize("versions", [[], ["ipv5"], "IPv4", ["ipv4", 6]])
def test_other_versions_are_refused(versions):
    with pytest.raises(s.SchemaDefinitionError) as error:
        s.ip(versions=versions)

    assert "ip(): versions must be a list of 'ipv4', 'ipv6' and 'ipvfuture', at least one of them" == str(
        error.value
    )


def test_spells_itself_as_python():
    assert "schema.ip(versions=['ipv6'])" == repr(s.ip(versions="ipv6"))
