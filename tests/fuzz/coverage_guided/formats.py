"""Bytes become a text for a format; what our schema says of it is what an independent judge says."""

import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import attrs

from kbn_schema import Duration, Schema, ValidationError, schema
from tests.fuzz.coverage_guided.format_judges import JUDGES, REFUSED, UNKNOWN
from tests.fuzz.coverage_guided.target import Target
from tests.hostile.helper import assert_presentable
from tests.same import same, shown_error
from tests.ways import compiled, interpreted

s = schema
SCHEMAS: Final[dict[str, Schema[Any]]] = {
    "ip": s.ip(), "ipv6": s.ip(versions=["ipv6", "ipvfuture"]), "uri": s.uri(), "email": s.email(),
    "hostname": s.string(hostname=True), "byte_size": s.byte_size(), "duration": s.duration(),
    "date": s.date(),
    "date_time": s.date_time(), "uuid": s.uuid(), "boolean": s.boolean(), "integer": s.integer(),
    "number": s.number(),
}  # fmt: skip
NAMES: Final = tuple(SCHEMAS)
REPEATED: Final = b"\xfe"  # in no UTF-8: between two of them stands what is repeated
LENGTH: Final = 50_000
SECONDS: Final = 1.0  # of this process, for a text of that length


@attrs.frozen
class Question:
    name: str
    text: str
    is_long: bool


def read(data: bytes) -> Question:
    name = NAMES[(data[0] if data else 0) % len(NAMES)]
    before, *rest = data[1:].split(REPEATED, 2)
    if len(rest) < 2 or not rest[0]:
        return Question(name, decoded(data[1:]), is_long=False)
    middle, after = rest
    return Question(name, decoded(before + middle * (LENGTH // len(middle)) + after), is_long=True)


def decoded(data: bytes) -> str:
    """Return *data* as text; bytes that are not UTF-8 become lone surrogates."""
    return data.decode("utf-8", "surrogateescape")


def judge(data: bytes) -> None:
    question = read(data)
    started = time.process_time()
    answer = ask(question)
    assert time.process_time() - started < SECONDS, f"{question.name}: takes its time for a long text"
    if question.is_long:
        return
    expected = JUDGES[question.name](question.text)
    assert expected is UNKNOWN or same(expected, answer), (
        f"{question.name}: {answer!r} instead of {expected!r}"
    )


def ask(question: Question) -> Any:
    """Return what the schema yields, by `check` and by compiled code; what it yields, it takes again."""
    judged, text = SCHEMAS[question.name], question.text
    answer, told = told_by(compiled, judged, text)
    reference, told_too = told_by(interpreted, judged, text)
    assert same(answer, reference), f"{question.name}: check says something else"
    assert same(told, told_too), f"{question.name}: check tells of it in other words"
    if answer is REFUSED:
        return REFUSED
    assert same(answer, judged.validate(answer)), f"{question.name}: does not take what it yields"
    if isinstance(answer, Duration) and answer.milliseconds < 2**43:  # see Duration.__str__
        assert answer == Duration.parse(str(answer)), f"{question.name}: is not read as it is printed"
    return answer


def told_by(way: Callable[..., Any], judged: Schema[Any], text: str) -> tuple[Any, Any]:
    """Return the output and None, or that it was refused and all that the error says."""
    try:
        return way(judged, text), None
    except ValidationError as error:
        assert_presentable(error)
        return REFUSED, shown_error(error)


def shown(data: bytes) -> str:
    question = read(data)
    text = f"{question.text[:60]!a} ... of {len(question.text)}" if question.is_long else ascii(question.text)
    return f"{SCHEMAS[question.name]}: {text}"


SEEDS: Final[dict[str, list[str]]] = {
    "ip": ["1.2.3.4", "255.255.255.255", "001.02.3.4", "256.1.1.1", "::1", "1:2:3:4:5:6:7:8",
    "::ffff:1.2.3.4", "1::8%eth0"],
    "ipv6": ["::", "1::", "1:2:3:4:5:6:7::", "1:2:3:4:5:6:1.2.3.4", "v1.a:b", "vF.!", ":1", "1:::2",
    "fe80::1%1", "[::1]"],
    "uri": ["http://a.com", "urn:a:b", "HTTP://u:p@[::1]:80/a%zz?b#c", "file:///x", "http://", "mailto:a@b",
    "a+b-c.d://[v1.a]",
            "http://a:b:c", "http:a", "a://:80", "1a:b", "http://a@b@c"],
    "email": ["ada@example.org", "a.b+c@x-y.z", "a@b", "a@-b.c", "a@b.1", "a" * 64 + "@b.cd", "a b@c.de"],
    "hostname": ["localhost", "a.b.c", "1.2.3.4", "::1", "xn--nxasmq6b.com", "münchen.de",
    "παράδειγμα.δοκιμή", "日本。jp",
                 "אבג.com", "a\u200db", "क्\u200dष.in", "ß.de", "ｅxample.com", "a..b", "-a", "a.1", "☃.net",
                 "a\u00adb.de"],
    "byte_size": ["1kb", "10MB", "5gb", "7", "0", "0b", "01kb", "1.5kb", "9007199254740991",
    "9007199254740992", "8388608gb", "1 kb"],
    "duration": ["1m30s", "5", "PT1S", "P1Y2M3DT4H5M6.789S", "P2W", "1d1h", "1ms", "1s5", "05", "05s", "P",
    "PT", "P1Y1W", "PT0.001S",
                 "9007199254740991", "1y1M1w1d1h1m1s1ms1", "1e3", "Infinity"],
    "date": ["2026-01-31", "2024-02-29", "2026-02-29", "0001-01-01", "9999-12-31", "2026-1-1", "20260131",
    "٢٠٢٦-01-01"],
    "date_time": ["2026-01-31T12:00:00Z", "2026-01-31t12:00:00.123456789z", "2016-12-31T23:59:60Z",
    "2016-12-31T22:59:60-01:00",
                  "2026-01-31T24:00:00Z", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00",
                  "2026-01-31 12:00:00Z", "2026-01-31T12:00:00+23:59"],
    "uuid": ["f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6",
    "f81d4fae7dec11d0a76500a0c91e6bf6", "{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}"],
    "boolean": ["true", "FALSE", " True\n", "\ufefffalse", "1", "truе", "tru", ""],
    "integer": ["0", "-0", "+5", " 12 ", "007", "9" * 20, "1_0", "1.0", "١", "0x10", "--1", "1e3"],
    "number": ["1.5", "-0.0", ".5", "5.", "1e3", "1E-7", "0.1", "9007199254740993", "1e400",
    "0.30000000000000001", "1e-400", "nan",
               "Infinity", "\u30001", "1\x1c", "00.10", "-1", "123456789012345.67"],
}  # fmt: skip


def seeds() -> Iterator[bytes]:
    for index, name in enumerate(NAMES):
        for text in SEEDS[name]:
            yield bytes((index,)) + text.encode()
        longest = max(SEEDS[name], key=len).encode()
        yield bytes((index,)) + longest[:2] + REPEATED + longest[2:5] + REPEATED + longest[5:]


TARGET = Target(
    "formats", judge, shown, seeds, max_bytes=300,
    words=(
        b"\xfe", b"::", b"://", b"[::1]", b"%41", b"@", b"xn--", b"\xe2\x80\x8d", b"\xe2\x80\x8c",
        b"\xe3\x80\x82", b"\xc3\x9f",
        b"\xd7\x90", b"\xd8\xa7", b"\xc2\xad", b"\xcc\x81", b"ms", b"kb", b"PT", b"0.", b"e-", b"23:59:60",
        b"+23:59",
        b"9007199254740991", b"9007199254740993", b"00000000", b"\xef\xbb\xbf", b"\xe3\x80\x80", b"\xd9\xa1",
    ),
)  # fmt: skip
