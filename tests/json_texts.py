"""JSON texts that are easily read wrongly, and strategies for more of them."""

import json

from hypothesis import strategies as st

NUMBERS = [
    "0", "-0", "-0.0", "0.0", "0e0", "-0e-0", "1", "-1", "1.0", "1e0", "1E+2", "1e-2", "0.1", "1.10", "1e22",
    "1e23", "9007199254740991", "9007199254740993", "9007199254740993.0", "-9007199254740993",
    "0.30000000000000004", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
    "-9223372036854775809", "18446744073709551615", "18446744073709551616", "19521308781548359386",
    "-19521308781548359386", "99999999999999999999", "1" + "0" * 308, "1" + "0" * 309, "9" * 309,
    "9" * 309 + ".0", "9" * 400 + "e-200", "9" * 4299, "9" * 4300, "-" + "9" * 4300, "9" * 4301, "0" * 5,
    "1" + "0" * 4300, "0." + "0" * 5000 + "1", "0." + "0" * 400 + "1e401", "1.7976931348623157e308",
    "1.7976931348623158e308", "1.7976931348623159e308", "1e308", "1e309", "-1e309", "1e999", "1e-999",
    "0e999", "0.0e99999999999999999999", "1e99999999999999999999", "1e-99999999999999999999", "1e00005",
    "1e+00005", "5e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "2.2250738585072011e-308",
    "2.2250738585072012e-308", "1.00000000000000011102230246251565404236316680908203125",
    "1.00000000000000011102230246251565404236316680908203124", "8.41e21", "123456789012345678901234567890.5",
    "01", "-01", "00", "+1", "-", "--1", ".5", "5.", "5.e1", "1e", "1e+", "1_0", "0x1", "1.2.3", "1e1.5",
    "Infinity", "-Infinity", "NaN", "-NaN", "nan", "inf", "１", "1f", "1L",
]  # fmt: skip
STRINGS = [
    '""', '"a"', '"é"', '"😀"', '"\\u00e9"', '"\\u00E9"', '"\\ud83d\\ude00"', '"\\uD83D\\uDE00"', '"\\ud83d"',
    '"\\ude00"', '"\\ude00\\ud83d"', '"\\ud83d\\ud83d\\ude00"', '"\\ud83da"', '"\\ud83d\\n"',
    '"\\ud83d\\u0061"', '"\\\\ud83d"', '"\\u0000"', '"\x00"', '"\x1f"', '"\n"', '"\t"', '"\x7f"', '"\x80"',
    '"\u2028"', '"\ufeff"', '"\uffff"', '"\ufffe"', '"\U0010ffff"', '"\\b\\f\\n\\r\\t\\/\\\\\\""', '"\\a"',
    '"\\x41"', '"\\u"', '"\\u1"', '"\\u12"', '"\\u123"', '"\\u12g4"', '"\\u+123"', '"\\u 123"',
    '"\\U00000041"', '"\\', '"\\"', '"', "'a'", '"a" "b"', '"a""b"', '":"', '"\\u003a"', '"\\u003A"',
    '"\\\\u003a"', '"\\""', '"\\\\"', '"\\\\\\"', '"[{"', '"]}"', '"' + "[" * 300 + '"',
    '"' + "9" * 5000 + '"', '"1e999"', '"NaN"', '"<\\/script>"',
]  # fmt: skip
DOCUMENTS = [
    "", " ", "\n", "\ufeff1", " \ufeff1", "1\ufeff", "\x0b1", "\x0c1", "\u00a01", "\u20281", " 1 ",
    "\r\n\t 1\r\n\t ", "1 2", "1,", ",1", "true", "false", "null", "True", "nul", "nulll", "truefalse",
    "undefined", "[]", "{}", "[[]]", "[", "]", "{", "}", "[}", "{]", "[1 2]", "[1,]", "[,1]", "[,]",
    "[1,,2]", "{,}", '{"a"}', '{"a":}', '{"a":1,}', '{"a" 1}', '{"a"::1}', '{a:1}', "{1:2}", "{null:1}",
    '{"a":1 "b":2}', '{"a":1,,"b":2}', '{"a":1;"b":2}', "// x\n1", "/* x */1", "1 // x", "# x\n1",
    '{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"a":{"a":1}}', '[{"a":1},{"a":2}]', '{"":1}', '{"":1,"":1}',
    '{"a:":":"}', '{"a":":","a":1}', '{"\\u003a":1,":":2}', '{"a":1,"a":"\\u003a"}',
    '{"a":{"b":1,"b":1},"a":1}', '{"a" : 1 , "b" : 2 }', '{"__proto__":1}', '{"é":1,"e\u0301":2}',
    '{"\\ud800":1}', '{"a":1,"a":"\\ud800"}', "1\x00", "\x001", "[\x00]", "1\x1a", '{"a":1}{"b":2}',
    '{"a":1}\n{"b":2}', "[1]\n[2]", "\x1e1", "[" * 199 + "]" * 199, "[" * 200 + "]" * 200,
    "[" * 201 + "]" * 201, "[" * 1025 + "]" * 1025, "[" * 100_000, '{"a":' * 200 + "1" + "}" * 200,
    '{"a":' * 201 + "1" + "}" * 201, "[]" * 300, "[" + "[]," * 300 + "[]]",
    "[" * 150 + "]" * 150 + "[" * 150, "[" * 300 + "x", "]" * 300 + "[" * 300,
]  # fmt: skip
BYTES = [
    b'"\xff"', b'"\xc0\x80"', b'"\xed\xa0\x80"', b'"\xed\xbf\xbf"', b'"\xf4\x90\x80\x80"', b'"\xe2\x82"',
    b'"\xe2\x82\xac"', b'"\x80"', b'"\xf8\x88\x80\x80\x80"', b'{"\xff":1}', b"\xff", b"1\xff", b"[\xc2\xa0]",
    b"\xef\xbb\xbf1", b"\xef\xbb\xbf", b"\xef\xbb1", '"x"'.encode("utf-16"), '"x"'.encode("utf-16-le"),
    '"x"'.encode("utf-16-be"), '"x"'.encode("utf-32"), b'"\xe2\x80\xa8"',
    b'"' + b"\xf0\x9f\x98\x80" * 300 + b'"', b'{"\xc3\xa9":1,"\\u00e9":2}',
]  # fmt: skip
CORPUS = [
    *BYTES,
    *(text.encode("utf-8", "surrogatepass") for text in DOCUMENTS),
    *(text.encode() for text in [*NUMBERS, *STRINGS]),
    *(f'[{{"k:": {text}, "l": [{text}]}}]'.encode() for text in [*NUMBERS, *STRINGS]),
    *(f'{{{text}: 1, "a": {text}}}'.encode() for text in STRINGS),
]

# What JSON is made of, with whatever often comes between or goes wrong.
PIECES = st.sampled_from(
    [*'[]{},:" \n', '"a"', '"b":', '"a":1,', '"\\u0061":', '":"', '"\\u003a"', "\\", '\\"', "null", "true",
     "1", "-0", "-0.0", "1.5", "1e9", "1e400", "18446744073709551616", "\\ud800", "\\ud83d\\ude00",
     "é", "\x00", "NaN", "{}", "[]"]
)  # fmt: skip
SOUP = st.lists(PIECES, max_size=40).map("".join)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
DIGITS = st.text("0123456789", min_size=1, max_size=40)
WHOLE = DIGITS.map(lambda text: text.lstrip("0") or "0")
NUMBER = st.one_of(
    FLOATS.map(repr),
    st.integers(-(2**70), 2**70).map(str),
    st.integers(10**18, 10**21).map(str),
    st.builds("{}{}.{}e{}".format, st.sampled_from(["", "-"]), WHOLE, DIGITS, st.integers(-400, 400)),
)
TEXT = st.text(st.characters(codec="utf-8"), max_size=8)
STRING = st.one_of(
    TEXT.map(json.dumps),
    TEXT.map(lambda text: json.dumps(text, ensure_ascii=False)),
    st.sampled_from(STRINGS[:20]),
)
SPACE = st.sampled_from(["", "", "", " ", "\n", "\t", "\r\n"])
NAME = st.one_of(st.sampled_from(['"a"', '"b"', '"\\u0061"', '":"', '"\\u003a"']), STRING)


def arrays(item: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda items, space: f"[{space}{f'{space},'.join(items)}{space}]", st.lists(item, max_size=5), SPACE
    )


def objects(item: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    member = st.builds("{}{}:{}{}".format, NAME, SPACE, SPACE, item)
    return st.builds(
        lambda members, space: f"{{{space}{f',{space}'.join(members)}{space}}}",
        st.lists(member, max_size=5),
        SPACE,
    )


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), FLOATS, TEXT),
    lambda item: st.lists(item) | st.dictionaries(TEXT, item),
)
LEAF = st.one_of(NUMBER, STRING, st.sampled_from(["null", "true", "false", *NUMBERS[:40]]))
JSON = st.recursive(LEAF, lambda item: arrays(item) | objects(item), max_leaves=20)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """The bytes of some JSON, with a few of them changed, taken out, put in or repeated."""
    raw = bytearray(draw(JSON).encode("utf-8", "surrogatepass"))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(raw)))
        end = min(len(raw), place + draw(st.integers(0, 6)))
        raw[place:end] = draw(
            st.one_of(
                st.just(b""),
                st.just(bytes(raw[place:end]) * 2),
                st.binary(max_size=3),
                PIECES.map(str.encode),
            )
        )
    return bytes(raw)
