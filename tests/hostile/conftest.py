"""Short and steady names for tests whose values are long, hostile, or differ between runs."""

from typing import Any

import pytest

from tests.hostile import helper
from tests.ways import WAYS


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def one_way(request: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each helper asks one way only, for tests that count or watch; the test runs for both."""
    monkeypatch.setattr(helper, "WAYS", [request.param])


def pytest_make_parametrize_id(config: Any, val: object, argname: str) -> str | None:
    if type(val) is str:
        return ascii(val[:20]).strip("'")
    if type(val) is int and val.bit_length() > 64:
        return f"int{val.bit_length()}"
    return None
