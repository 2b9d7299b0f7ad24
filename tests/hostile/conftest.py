"""Short and steady names for tests whose values are long, hostile, or differ between runs."""

from typing import Any


def pytest_make_parametrize_id(config: Any, val: object, argname: str) -> str | None:
    if type(val) is str:
        return ascii(val[:20]).strip("'")
    if type(val) is int and val.bit_length() > 64:
        return f"int{val.bit_length()}"
    return None
