"""What becomes of an encoded body, however it comes."""

import gzip
import zlib

import pytest

from kbn_schema.http.client.decoding import MAX_MEMBERS, PIECE, BodyReader, UnreadableBody

TEXT = bytes(range(256)) * 1000


def read(coding, pieces, limit=None):
    reader = BodyReader(coding, limit)
    for piece in pieces:
        reader.take(piece)
    return reader.whole()


def in_pieces(body, size):
    return [body[at : at + size] for at in range(0, len(body), size)]


@pytest.mark.parametrize("size", [1, 7, 1000, 10**7])
@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("", TEXT),
        ("gzip", gzip.compress(TEXT, mtime=0)),
        (
            "gzip",
            gzip.compress(TEXT[:1000], mtime=0) + gzip.compress(TEXT[1000:], mtime=0),
        ),  # RFC 1952, section 2.2
        ("x-gzip", gzip.compress(b"", mtime=0) + gzip.compress(TEXT, mtime=0)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)[2:-4]),
    ],
)
def test_a_body_is_the_same_however_it_comes(coding, body, size):
    assert TEXT == read(coding, in_pieces(body, size), limit=len(TEXT))


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(TEXT, mtime=0) + b"more"),
        ("gzip", gzip.compress(TEXT, mtime=0) + gzip.compress(TEXT, mtime=0)[:-1]),
        ("deflate", zlib.compress(TEXT) + b"more"),
        ("deflate", zlib.compress(TEXT) + zlib.compress(TEXT)),
    ],
)
@pytest.mark.parametrize("size", [1000, 10**7])
def test_what_comes_behind_the_end_is_not_dropped(coding, body, size):
    with pytest.raises(UnreadableBody, match="malformed content encoding"):
        read(coding, in_pieces(body, size))


def test_zeros_behind_the_end_are_padding():
    """As gzip(1) takes them."""
    body = gzip.compress(TEXT, mtime=0)

    assert TEXT == read("gzip", [body + bytes(10), bytes(10)])
    assert TEXT * 2 == read("gzip", [body, bytes(10), body])


def test_a_body_has_no_thousands_of_members():
    """Each takes its time to begin."""
    member = gzip.compress(b"", mtime=0)

    assert b"" == read("gzip", [member * (MAX_MEMBERS + 1)])
    with pytest.raises(UnreadableBody, match="malformed content encoding"):
        read("gzip", [member * (MAX_MEMBERS + 2)])


EMPTY_BLOCK = zlib.compressobj(0, zlib.DEFLATED, -15).flush(zlib.Z_SYNC_FLUSH)


@pytest.mark.parametrize(
    ("coding", "begin", "more"),
    [
        ("gzip", gzip.compress(TEXT[:10], mtime=0)[:10], EMPTY_BLOCK * 1000),
        ("deflate", b"x\x9c", EMPTY_BLOCK * 1000),
    ],
)
def test_what_inflates_to_nothing_ends_somewhere(coding, begin, more):
    reader = BodyReader(coding, 1000)
    reader.take(begin)
    for _ in range((PIECE + 2000 - len(begin)) // len(more)):
        reader.take(more)

    with pytest.raises(UnreadableBody, match=r"exceeds \[1000\] bytes"):
        reader.take(more)


def test_a_body_that_inflates_over_the_limit_is_refused():
    assert TEXT == read("gzip", [gzip.compress(TEXT, mtime=0)], len(TEXT))
    with pytest.raises(UnreadableBody, match="exceeds"):
        read("gzip", [gzip.compress(TEXT, mtime=0)], len(TEXT) - 1)
