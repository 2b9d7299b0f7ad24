"""What each format takes, what comes near and is refused, and that hostile text costs little."""

import time
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbn_schema.formats.date_time import read_date, read_date_time
from kbn_schema.formats.email import is_email
from kbn_schema.formats.hostname import is_domain, is_hostname
from kbn_schema.formats.ip import is_ipv4, is_ipv6, is_ipvfuture
from kbn_schema.formats.uri import is_uri
from kbn_schema.formats.uuid import read_uuid

IPV4 = ["1.1.1.1", "0.0.0.0", "255.255.255.255", "001.001.001.001", "01.02.03.04", "1.2.3.009"]
NOT_IPV4 = [
    "", "1.1.1", "127.1", "1.1.1.1.1", "256.1.1.1", "1.1.1.1\n", " 1.1.1.1", "1.1.1.1/24", "0001.1.1.1",
    "0x7f.0.0.1", "１.2.3.4", "١.1.1.1", "²55.1.1.1", "1.1.1.1\0", "1..1.1", "+1.1.1.1", "1_1.1.1.1", "::1",
]  # fmt: skip
IPV6 = [
    "::", "::1", "1::", "ABCD::ef", "1:2:3:4:5:6:7:8", "1::3:4:5:6:7:8", "::2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7::", "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "::1.2.3.4", "1::1.2.3.4",
    "::ffff:01.2.3.4", "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
]  # fmt: skip
NOT_IPV6 = [
    "", ":", ":::", "1:::2", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4::5:6:7:8",
    ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "12345::", "g::", "fe80::1%eth0", "[::1]", "::1/64", "::1\n",
    " ::1", "::１", "1.2.3.4::", "1.2.3.4", ":1.2.3.4", "::1.2.3", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4",
    "::256.1.1.1", "::\0",
]  # fmt: skip
DOMAINS = [
    "localhost", "com", "a.b", "a0", "a--b.com", "3domain.local", "123.abc", "xn--mnchen-3ya.de", "A.COM",
    "x" * 63 + ".com", ".".join(["x" * 63] * 4), "a." * 127 + "ab",
]  # fmt: skip
INTERNATIONAL_DOMAINS = [
    "münchen.de", "MÜNCHEN.de", "mu\u0308nchen.de", "faß.de", "βόλος.com", "例え.jp", "例え。jp",
    "ａｂｃ．com", "☃.com", "😀.com", "a\u00adb.com", "ä\u00ad.de", "☃\ufe0f.net", "אבג.com", "א1.com",
    "مثال.إختبار", "नी\u094d\u200dका.com", "نامه\u200cای.com", "ﬁ.com", "ü-.de",
]  # fmt: skip
NOT_HOSTS = [
    "", ".", "-", "1", "0a", "1e3", "0.0", "a.123", "a.0b", "256.0.0.1", "1.2.3.4.5", "a..b", ".a", "a.",
    "example.com.", "-a.com", "a-.com", "a.-b", "a_b.com", "*.example.com", " a.com", "a.com ", "a.com\n",
    "x y", "http://a.com", "localhost/", "host:80", "a@b.com", "[::1]", "1.1.1.1/24", "fe80::1%eth0",
    "a\0b", "a\x7fb", "x" * 64 + ".com", "a." * 127 + "abc", "%61.com", "a%b",
]  # fmt: skip
NOT_INTERNATIONAL_HOSTS = [
    "１.2.3.4", "a.１", "١.1.1.1", "ü..de", "ü。", "℀.com", "ü_.de", "＠.de", "ü／.de", "ü\u3000.de",
    "ü\u2028.de", "ü\x85.de", "ü\n.de", "\u0301a.com", "ü\ufffd.de", "\ud800.com", "\ue000.com",
    "\u0378.com", "ü\u202e.de", "\u200b", "\u00ad", "a\u200db", "ab\u200c", "\u200ca", "xn--ü.de",
    "\u3164.com", "⒈com", "ü\ufe12de", "aא.com", "א1\u0661.com", "אa.com", "ü" * 59, "ü." * 128 + "de",
    "\ufdfa" * 30,
]  # fmt: skip


@pytest.mark.parametrize("text", IPV4)
def test_takes_ipv4(text):
    assert is_ipv4(text)


@pytest.mark.parametrize("text", NOT_IPV4)
def test_refuses_what_is_no_ipv4(text):
    assert not is_ipv4(text)


@pytest.mark.parametrize("text", IPV6)
def test_takes_every_form_of_ipv6(text):
    assert is_ipv6(text)


@pytest.mark.parametrize("text", NOT_IPV6)
def test_refuses_what_is_no_ipv6(text):
    assert not is_ipv6(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("v1.abc", True), ("VF.a:b", True), ("v.a", False), ("v1.", False), ("vg.a", False), ("v1.a/", False)],
)
def test_knows_the_form_of_future_addresses(text, expected):
    assert expected == is_ipvfuture(text)


@pytest.mark.parametrize("text", [*DOMAINS, *INTERNATIONAL_DOMAINS])
def test_takes_domains(text):
    assert is_domain(text)
    assert is_hostname(text)


@pytest.mark.parametrize("text", [*IPV4, *IPV6])
def test_an_ip_address_is_a_host_but_no_domain(text):
    assert is_hostname(text)
    assert not is_domain(text)


@pytest.mark.parametrize("text", [*NOT_HOSTS, *NOT_INTERNATIONAL_HOSTS])
def test_refuses_what_is_no_host(text):
    assert not is_hostname(text)


URIS = [
    "http://a.com", "HTTP://A.com", "http://elastic:changeme@localhost:9200", "http://a.com?a=b?c",
    "http://a:", "http://-a.com", "http://a..b", "http://a_b", "http://256.256.256.256",
    "http://a.com:99999", "http://%41.com", "http://%zz", "http://[::1]:80/", "http://[v1.abc]",
    "http://a.com/%C3%BC", "http://a//b", "http://u@a", "http://a.com/#/?", "a+b-c.d:e", "data:,x",
    "javascript:alert(1)", "urn:elastic:kibana", "x:/", "x:/a", "x:a//b",
    "mailto:Platform.Kibana@elastic.co", "tel:+500-111-222-333", "file:///etc/hosts", "FILE:///",
    "file://host/x", "x:///", "sqlite:///x.db", "http://a.com/%", "http://a.com/%4", "http://a.com?%zz",
    "http://a.com#%zz", "http://%zz@a.com", "http://" + "a" * 255,
]  # fmt: skip
NOT_URIS = [
    "", ":", "x:", "x:?q", "x:#f", "1x:y", "a.com", "//a.com", "/a", "http:", "http:/", "http://",
    "http:///x", "http:a.com", "https:/a.com", "HTTP:a.com", "http://u@", "http://:80", "http://?q",
    "file:", "file://", "http://a.com:port", "http://a:80:80", "http://a@b@c", "http://[::1",
    "http://::1]", "http://[]", "http://[1::2::3]", "http://[1.2.3.4]", "http://[::1%25eth0]",
    "http://[::1]a", "http://a[::1]", "http://a.com/[", "https://example.com?baz[]=foo",
    "http://a.com#a#b", "http://a.com ", " http://a.com", "http://a.com\n", "ht\ntp://a", "http://a\n.b",
    "http://a\t", "http://a\0", "http:\\\\x", "http://a.com/\"", "http://a.com/|", "http://a.com/{}",
    "http://a.com/<>", "http://a.com/^`", "http://\u2100.example/", "http://münchen.de",
    "http://a.com/\ud800", "ｈttp://a", "http://a:１", "http://" + "a" * 256,
]  # fmt: skip


@pytest.mark.parametrize("text", URIS)
def test_takes_uris(text):
    assert is_uri(text)


@pytest.mark.parametrize("text", NOT_URIS)
def test_refuses_what_is_no_uri(text):
    assert not is_uri(text)


@pytest.mark.parametrize(
    ("text", "schemes", "expected"),
    [
        ("http://a", ("http",), True),
        ("ws://a", ("http", "ws"), True),
        ("git+https://a.com/x", ("git+https",), True),
        ("gitthttps://x", ("git+https",), False),
        ("HTTP://a.com", ("http",), False),
        ("httpx://a", ("http",), False),
        ("javascript:alert(1)", ("http",), False),
        ("//a", ("http",), False),
        ("http://a b", ("http",), False),
        ("http://a", (), False),
    ],
)
def test_a_scheme_is_one_of_those_given_in_that_very_case(text, schemes, expected):
    assert expected == is_uri(text, schemes)


@pytest.mark.parametrize(
    "text",
    [
        "a@b.co", "A.b+c@D-e.org", "!#$%&'*+/=?^_`{|}~-@b.co", "a@xn--mnchen-3ya.de", "1@2.co", "a..b@c.de",
        "x" * 64 + "@b.co", "a@" + "x" * 63 + ".co",
    ],
)  # fmt: skip
def test_takes_email_addresses(text):
    assert is_email(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "@", "a", "a@", "@b.co", "a@b", "a@b.", "a@.co", "a@b..co", "a@-b.co", "a@b_c.co", "a@b.1",
        "a@1.2.3.4", "a@[1.2.3.4]", "a@::1", "a@b@c.co", "a b@c.co", '"a b"@c.co', "a(b)@c.co", "a@b.co\n",
        "a\n@b.co", " a@b.co", "a@b.co ", "ä@b.co", "a@münchen.de", "ａ@b.co", "a@b.co\0", "a,b@c.co",
        "x" * 65 + "@b.co", "a@" + "x" * 64 + ".co", "a@" + "bb." * 84 + "co", "<a@b.co>", "mailto:a@b.co",
        "a@b.co\ud800",
    ],
)  # fmt: skip
def test_refuses_what_is_no_everyday_email_address(text):
    assert not is_email(text)


CANONICAL = "12345678-90ab-cdef-1234-567890abcdef"


@pytest.mark.parametrize("text", [CANONICAL, CANONICAL.upper(), "12345678-90Ab-cdef-1234-567890abcdeF"])
def test_reads_uuids_of_any_case(text):
    assert UUID(int=0x1234567890ABCDEF1234567890ABCDEF) == read_uuid(text)


@pytest.mark.parametrize(
    "text",
    [
        "", CANONICAL + "\n", " " + CANONICAL, "{" + CANONICAL + "}", "urn:uuid:" + CANONICAL,
        CANONICAL.replace("-", ""), CANONICAL[:-1], CANONICAL + "0", CANONICAL.replace("a", "g"),
        CANONICAL.replace("1", "１"), CANONICAL.replace("-", "_"), "1234567-890ab-cdef-1234-567890abcdef",
        CANONICAL.replace("-", "--"),
    ],
)  # fmt: skip
def test_refuses_uuids_in_any_other_form(text):
    assert read_uuid(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-02-28", date(2026, 2, 28)),
        ("2024-02-29", date(2024, 2, 29)),
        ("0001-01-01", date.min),
        ("9999-12-31", date.max),
    ],
)
def test_reads_dates(text, expected):
    assert expected == read_date(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "2026-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "0000-01-01", "20260228", "2026-W01-1",
        "2026-2-28", "26-02-28", "02026-02-28", "2026-02-28\n", " 2026-02-28", "2026-02-28T00:00:00Z",
        "２026-02-28", "2026/02/28", "-2026-02-28", "2026-02-28Z", "2026-02-2\0",
    ],
)  # fmt: skip
def test_refuses_what_is_no_full_date(text):
    assert read_date(text) is None


NOON = datetime(2026, 2, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-02-28T12:00:00Z", NOON),
        ("2026-02-28t12:00:00z", NOON),
        ("2026-02-28T12:00:00+00:00", NOON),
        ("2026-02-28T12:00:00-00:00", NOON),
        ("2026-02-28T13:30:00+01:30", NOON),
        ("2026-02-27T12:01:00-23:59", NOON),
        ("2026-02-28T12:00:00.5Z", NOON.replace(microsecond=500_000)),
        ("2026-02-28T12:00:00.123456Z", NOON.replace(microsecond=123_456)),
        ("2026-02-28T12:00:00.123456999999999Z", NOON.replace(microsecond=123_456)),
        ("0001-01-01T00:00:00Z", datetime.min.replace(tzinfo=UTC)),
        ("9999-12-31T23:59:59.999999Z", datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_reads_date_times(text, expected):
    assert expected == read_date_time(text)


def test_a_date_time_keeps_its_offset():
    instant = read_date_time("2026-02-28T12:00:00-05:30")

    assert instant is not None
    assert timezone(-timedelta(hours=5, minutes=30)) == instant.tzinfo


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, 999_999, UTC)),
        ("2016-12-31T15:59:60.25-08:00", datetime(2016, 12, 31, 23, 59, 59, 999_999, UTC)),
        ("2017-01-01T05:29:60+05:30", datetime(2016, 12, 31, 23, 59, 59, 999_999, UTC)),
        ("2012-06-30T23:59:60Z", datetime(2012, 6, 30, 23, 59, 59, 999_999, UTC)),
        ("2024-02-29T23:59:60Z", datetime(2024, 2, 29, 23, 59, 59, 999_999, UTC)),
        ("9999-12-31T23:59:60Z", datetime.max.replace(tzinfo=UTC)),
        ("2016-12-30T23:59:60Z", None),
        ("2024-02-28T23:59:60Z", None),
        ("2016-12-31T23:58:60Z", None),
        ("2016-12-31T22:59:60Z", None),
        ("2016-12-31T23:59:60-08:00", None),
        ("2016-12-31T23:59:61Z", None),
    ],
)
def test_a_leap_second_ends_a_month_in_utc(text, expected):
    assert expected == read_date_time(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "2026-02-28", "2026-02-28T12:00:00", "2026-02-28 12:00:00Z", "2026-02-28_12:00:00Z",
        "2026-02-28T12:00Z", "2026-02-28T12Z", "2026-02-28T24:00:00Z", "2026-02-28T12:60:00Z",
        "2026-02-29T12:00:00Z", "2026-02-28T12:00:00.Z", "2026-02-28T12:00:00,5Z",
        "2026-02-28T12:00:00+24:00", "2026-02-28T12:00:00+12:60", "2026-02-28T12:00:00+0100",
        "2026-02-28T12:00:00+01", "2026-02-28T12:00:00+1:00", "2026-02-28T12:00:00−01:00",
        "2026-02-28T12:00:00Z\n", " 2026-02-28T12:00:00Z", "2026-02-28T12:00:00Z[UTC]",
        "２026-02-28T12:00:00Z", "20260228T120000Z", "1772280000", "0000-01-01T00:00:00Z",
        "2026-02-28T12:00:00 Z", "2026-02-28T12:00:00ZZ", "2026-02-28T12:00:00.１Z",
    ],
)  # fmt: skip
def test_refuses_what_is_no_date_time(text):
    assert read_date_time(text) is None


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"])
def test_refuses_an_instant_that_utc_cannot_hold(text):
    assert read_date_time(text) is None


ALL = [
    is_domain,
    is_email,
    is_hostname,
    is_ipv4,
    is_ipv6,
    is_ipvfuture,
    is_uri,
    read_date,
    read_date_time,
    read_uuid,
]
MEGABYTE = 1_000_000
PIECES = [
    "1",
    "a",
    "a.",
    "1.",
    "1:",
    "::",
    "%",
    "%41",
    "@",
    "a@",
    "/",
    "-",
    "[",
    "?",
    "#",
    "xn--",
    "é",
    "é.",
    "\0",
]
STARTS = ["", "http://", "http://[", "http://a:", "x:", "x:?", "a@", "v1.", "2026-02-28T12:00:00.", "2026-"]


@pytest.mark.parametrize("judge", ALL)
@pytest.mark.parametrize("start", STARTS)
def test_a_megabyte_of_hostile_text_costs_linear_time(judge, start):
    texts = [start + (piece * MEGABYTE)[:MEGABYTE] + "\n" for piece in PIECES]

    began = time.process_time()
    verdicts = [judge(text) for text in texts]
    spent = time.process_time() - began

    assert not any(verdicts)
    # Some 20 ms a megabyte at worst; one quadratic judge would take hours.
    assert spent < 0.5 * len(texts)


TRICKY = st.text(st.sampled_from("aZ019.:-%/?#@[]v+Tt\n\0 éß１א\u200d\u0301\u00ad\ud800"), max_size=20)


@pytest.mark.parametrize("judge", ALL)
@given(text=st.one_of(TRICKY, st.text(st.characters(), max_size=20)))
def test_never_raises(judge, text):
    judge(text)


@given(st.ip_addresses(v=4).map(str))
def test_takes_every_ipv4_that_the_standard_library_writes(text):
    assert is_ipv4(text)


@given(st.ip_addresses(v=6))
def test_takes_every_ipv6_that_the_standard_library_writes(address):
    assert is_ipv6(address.compressed)
    assert is_ipv6(address.exploded)


@given(
    st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.just(timezone(timedelta(hours=-3))))
)
def test_reads_back_what_isoformat_writes(instant):
    assert instant == read_date_time(instant.isoformat())
    assert instant.date() == read_date(instant.date().isoformat())


@given(st.uuids())
def test_reads_back_every_uuid(value):
    assert value == read_uuid(str(value))
