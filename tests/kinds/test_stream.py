import io

import pytest

import kbn_schema as s


class Reader:
    def read(self, size: int = -1) -> bytes:
        return b""


class Chunks:
    def __aiter__(self) -> "Chunks":
        return self


class Answering:
    """Says yes to every name, as a proxy does."""

    def __getattr__(self, name: str) -> object:
        return self


async def chunks():
    yield b""


@pytest.mark.parametrize(
    "value", [io.BytesIO(), io.StringIO(), Reader(), Chunks(), chunks()], ids=lambda v: type(v).__name__
)
def test_takes_what_streams(value):
    assert value is s.stream().validate(value)


@pytest.mark.parametrize(
    "value", [b"", "", [], iter([]), Reader, Answering(), None], ids=lambda v: type(v).__name__
)
def test_refuses_what_does_not(value):
    assert ["type"] == [issue.code for issue in s.stream().issues_of(value)]


def test_reads_nothing():
    stream = io.BytesIO(b"abc")
    s.object({"file": s.stream()}).validate({"file": stream})

    assert 0 == stream.tell()
