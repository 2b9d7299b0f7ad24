import pytest

import kbn_schema as s


class Bytes(bytes):
    pass


@pytest.mark.parametrize(
    ("value", "output"), [(b"\xff", b"\xff"), (Bytes(b"a"), b"a"), ("é", b"\xc3\xa9"), ("", b"")]
)
def test_yields_exact_bytes(value, output):
    found = s.buffer().validate(value)

    assert (bytes, output) == (type(found), found)


@pytest.mark.parametrize("value", [bytearray(b"a"), memoryview(b"a"), [1], 1, None])
def test_refuses_what_is_neither_bytes_nor_text(value):
    assert ["type"] == [issue.code for issue in s.buffer().issues_of(value)]


def test_a_validator_sees_the_bytes():
    assert s.buffer(validate=lambda data: None if data == b"a" else "no").is_valid("a")
