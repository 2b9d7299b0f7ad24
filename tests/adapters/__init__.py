import pytest

# So that a promise that is not kept says what came instead.
for _name in ("contract", "leaving", "malformed", "onaloop", "servers"):
    pytest.register_assert_rewrite(f"tests.adapters.{_name}")
