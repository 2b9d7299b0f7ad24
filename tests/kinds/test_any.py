import io

import pytest

import kbn_schema as s


@pytest.mark.parametrize(
    "value", [None, 0, float("nan"), [], {}, object(), io.BytesIO(), (1,), {1}, s.string()]
)
def test_yields_the_very_value(value):
    assert value is s.any().validate(value)


def test_none_is_no_missing_value():
    assert None is s.any(default=1).validate(None)


@pytest.mark.parametrize(
    "default",
    [(1, 2), {"a": (1,)}, [None, True], "a'b", b"a", {1}, float("inf"), pytest.param(10**5000, id="huge")],
)
def test_spells_its_default_as_python(default):
    again = eval(repr(s.any(default=default)), {"schema": s.schema})

    assert (type(default), default) == (type(again.default), again.default)
