"""How much of a body is read."""

import io

import pytest

from kbn_schema.http.parts import Refusal
from kbn_schema.http.readers import Meter, body_reader, read_all

READS = {
    "all": read_all,
    "file": lambda read, meter: body_reader(read, meter).read(),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
@pytest.mark.parametrize("limit", [0, 1, 2, 7, 8, 65_535, 65_536])
def test_a_body_of_unknown_length_is_read_to_its_limit_and_one_byte_over(read, limit):
    fine, large = io.BytesIO(b"x" * limit), io.BytesIO(b"x" * (limit + 9))

    assert b"x" * limit == read(fine.read, Meter(limit, None))
    with pytest.raises(Refusal) as refused:
        read(large.read, Meter(limit, None))
    assert (413, limit + 1) == (refused.value.status, large.tell())


@pytest.mark.parametrize("read", READS.values(), ids=READS)
@pytest.mark.parametrize("length", [0, 1, 2, 7, 8])
def test_of_a_body_of_known_length_no_more_is_read(read, length):
    source, short = io.BytesIO(b"x" * (length + 9)), io.BytesIO(b"x" * length)

    assert (b"x" * length, length) == (read(source.read, Meter(100, length)), source.tell())
    with pytest.raises(Refusal) as refused:
        read(short.read, Meter(100, length + 1))
    assert 400 == refused.value.status
