"""Print a digest of what every kind says to a battery of values: run by `test_process`, in many modes."""

import datetime
import hashlib
import sys
import uuid

import kbn_schema as s


def nest(levels, leaf, **beside):
    for _ in range(levels):
        leaf = {"a": leaf, **beside}
    return leaf


def spell(value):
    """Return what *value* is, types included, in text that depends on no setting."""
    if type(value) is int:
        return hex(value)
    if type(value) is list:
        return [spell(item) for item in value]
    if type(value) is dict:
        return [(spell(key), spell(item)) for key, item in value.items()]
    return type(value).__name__ + ascii(value)


T = s.object({"a": s.maybe(s.lazy("T")), "n": s.number(default=1)}, id="T")
U = s.one_of([s.object({"a": s.lazy(lambda: U), "k": s.literal(k)}) for k in "xy"] + [s.string()])
KINDS = [
    s.any(), s.boolean(), s.never(), s.buffer(), s.string(min_length=1, max_length=5000),
    s.string(pattern=r"\w+"),
    s.string(hostname=True), s.string(coerce_from_number=True), s.number(),
    s.number(min=1, max=10, unsafe=True),
    s.number(multiple_of=0.1), s.integer(), s.literal("a"), s.literal(1), s.literal(True),
    s.enum(["a", 1, None, True]),
    s.object({"a": s.number(), "b": s.string(default="é")}), s.object({"a": s.any()}, unknowns="allow"),
    s.object({"a": s.any()}, unknowns="ignore"), s.array_of(s.number(), min_size=1, max_size=3),
    s.record_of(s.string(), s.number()), s.record_of(s.any(), s.any()), s.map_of(s.number(), s.any()),
    s.nullable(s.number()), s.maybe(s.string()), s.one_of(s.number(), s.boolean(), s.array_of(s.string())),
    s.discriminated_union("a", s.object({"a": s.literal("x")}),
                          s.object({"a": s.literal("y"), "b": s.any()})),
    s.conditional(s.context_ref("c"), 1, s.number(), s.string()), s.byte_size(min="1b"), s.duration(), s.ip(),
    s.uri(),
    s.uri(scheme=["http", "git+ssh"]), s.date(), s.date_time(), s.uuid(), s.email(), T, U,
    s.any(validate=lambda value: "no"), s.any(validate=lambda value: False),
    s.any(validate=lambda value: {}[0]),
    s.object({"l": s.any(), "v": s.conditional(s.sibling_ref("l"), "x", s.any(), s.number())}),
]  # fmt: skip
VALUES = [
    s.MISSING, None, True, False, 0, 1, -1, 1.0, 1.5, -0.0, 0.30000000000000004, float("nan"), float("inf"),
    2**53, 10**400,
    10**1000, 10**5000, 1e300, "", "a", "x", "é", "ÉCOLE", "\u0130", "ß", "true", " TRUE ", "1", " 1\n",
    "1e3", "0x1", "1_0", "１",
    "1" * 600, "1" * 1000, "9" * 4000, "9" * 5000, "1kb", "1m30s", "P1Y", "::1", "01.2.3.4", "http://a/b",
    "git+ssh://a",
    "a@b.cd", "2026-02-28", "2026-02-28T12:00:00.5+01:00", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
    "münchen.de", "a\0b",
    "\ud800", "\u202e\x1b[0m\n", "[1, 2]", '{"a": 1}', '{"a": 1, "a": 2}', "[" * 5000, '{"a": NaN}',
    "[" + "1" * 1000 + "]",
    b"a", b"", bytearray(b"a"), [], [1], ["1", "x"], [1] * 200, ["x"] * 200, [None], {}, {"a": 1}, {"a": "x"},
    {"a": []},
    {"a": "y", "b": 1}, {"b": 1, "c": 2, "\n": 3}, {1: 1}, {None: 1}, {b"a": 1}, {b"a": 1, 1: 2, "b": 3},
    {"1": 1, "x": 2},
    {"l": b"x", "v": 1}, {"l": "x", "v": b"x"}, {"l": {b"a": 1}, "v": "x"}, {"a": b"x"}, [b"a", "a"],
    {"A": 1, "ab": 1},
    {(1, 2): 1}, set(), (1,), object, datetime.date(2026, 1, 1), uuid.UUID(int=5), nest(50, {}),
    nest(300, {}),
    nest(30, "x", k="y"), nest(30, 1, k="y"), {str(10**20): 1}, {"1" * 1000: 1}, {10**1000: 1},
    {1.5: 1, True: 2},
]  # fmt: skip
JSON_TEXTS = [
    "-0", "-0.0", "1e400", "1" * 700, "-" + "1" * 4300, "1" * 4301, '"\\ud800"', '{"a": 1, "\\u0061": 1}',
    '{"n": 1e2}', '{"a": {"n": 2', "[" * 200 + "]" * 200, "[" * 201, "[\n\n1 2]", b"\xff", "\ufeff1",
    "\U0001f600", '"\U0001f600\\ud83d\\ude00"', b'{"a": {"a": {}, "n": "5"}, "n": 19521308781548359386}',
]  # fmt: skip
MISTAKES = [lambda: s.number(min=2, max=1), lambda: s.string(pattern="("), lambda: s.string(validate=5)]


def answer(kind, value):
    """Return what *kind* says to *value*; leave with a message if its methods disagree."""
    context = {"c": 1}
    issues, valid = kind.issues_of(value, context), kind.is_valid(value, context)
    try:
        output = kind.validate(value, context)
    except s.ValidationError as error:
        if valid or [issue.to_dict() for issue in issues] != error.to_dict()["issues"]:
            sys.exit("issues_of disagrees with validate")
        found = [(issue.code, issue.message, spell(list(issue.path))) for issue in error.issues]
        return [str(error), repr(error), type(error.__cause__).__name__, found]
    if issues or not valid:
        sys.exit("is_valid disagrees with validate")
    return spell(output)


def reading(kind, text):
    """Return what *kind* says to JSON *text*."""
    try:
        return spell(kind.validate_json(text))
    except s.ValidationError as error:
        return [str(error), [(issue.code, spell(list(issue.params.items()))) for issue in error.issues]]


def mistake(build):
    """Return the text of the definition error."""
    try:
        build()
    except s.SchemaDefinitionError as error:
        return str(error)
    return sys.exit("a mistake was not found")


answers = [answer(kind, value) for kind in KINDS for value in VALUES]
for kind in KINDS:
    kind.compile()
if answers != [answer(kind, value) for kind in KINDS for value in VALUES]:
    sys.exit("compiled code disagrees with check")
texts = [repr(kind) for kind in [*KINDS, s.integer(max=10**1000)]]
read = [reading(kind, text) for kind in (KINDS[0], T, U) for text in [*VALUES, *JSON_TEXTS]]
everything = ascii([answers, texts, read, [mistake(build) for build in MISTAKES]])
sys.stdout.write(hashlib.sha256(everything.encode()).hexdigest())
