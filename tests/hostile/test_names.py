"""Area A: names, literals, defaults, patterns and messages hold any text, and stay text."""

import enum
import re
from decimal import Decimal

import pytest

import kbn_schema as s
from kbn_schema import SchemaDefinitionError
from tests.hostile.helper import PAYLOADS, accepts, assert_clean, raises_definition_error, refuses

GENERATED = [
    "self", "value", "data", "out", "errors", "path", "key", "v", "k", "i", "len", "isinstance", "type",
    "str", "dict", "ValidationError", "_v0", "_0", "run", "left", "add", "entry", "v1", "item2", "context",
    "check", "MISSING", "Failure", "__builtins__", "__name__", "__debug__", "None", "True", "class", "lambda",
]  # fmt: skip


class Text(str):
    """A text that answers with code."""

    def __repr__(self):
        raise AssertionError("repr was asked")

    __str__ = __format__ = __hash__ = __repr__

    def __eq__(self, other):
        raise AssertionError("eq was asked")


class PlainText(str):
    """A text whose spelling is code."""

    def __repr__(self):
        return "EVIL()"

    __str__ = __repr__

    def __format__(self, spec):
        return "EVIL()"


class EvilInt(int):
    def __repr__(self):
        return "EVIL()"

    __str__ = __repr__


class Colour(str, enum.Enum):  # noqa: UP042 - this form is what authors have
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 5


@pytest.mark.parametrize("payload", PAYLOADS)
class TestPayload:
    def test_is_an_ordinary_prop(self, payload):
        """A1 to A11."""
        schema = s.object({payload: s.number()})

        assert {payload: 1} == accepts(schema, {payload: "1"})
        assert (payload,) == refuses(schema, {payload: []}).path
        assert (payload,) == refuses(schema, {}).path

    def test_is_an_ordinary_unknown_key(self, payload):
        """A10: nothing is formatted twice."""
        error = refuses(s.object({"a": s.maybe(s.any())}), {payload: 1})

        assert (payload,) == error.path
        assert "unknown_key" == error.issues[0].code

    def test_is_an_ordinary_literal(self, payload):
        """A12."""
        schema = s.literal(payload)

        assert payload == accepts(schema, payload)
        refuses(schema, payload + "x", shows=(payload,))
        refuses(s.enum([payload, "other"]), payload + "x", shows=(payload,))

    def test_is_an_ordinary_default(self, payload):
        """A13."""
        assert {"a": payload} == accepts(s.object({"a": s.string(default=payload)}), {})

    def test_is_an_ordinary_pattern(self, payload):
        """A14."""
        schema = s.string(pattern=re.escape(payload))

        assert payload == accepts(schema, payload)
        assert "pattern" == refuses(schema, "x" + payload).issues[0].code

    def test_is_an_ordinary_message(self, payload):
        """A15: escaped, and not formatted again."""
        schema = s.string(validate=lambda value: payload)

        error = refuses(schema, "value")

        assert "custom" == error.issues[0].code
        assert payload.isprintable() == (str(error) == payload)

    def test_is_an_ordinary_record_key(self, payload):
        """A16."""
        refuses(s.record_of(s.string(), s.number()), {payload: "x"})
        refuses(s.record_of(s.literal("a"), s.number()), {payload: 1})
        refuses(s.map_of(s.string(), s.number()), {payload: "x"})

    def test_is_an_ordinary_tag_and_discriminator(self, payload):
        branch = s.object({payload: s.literal(payload)})
        schema = s.discriminated_union(payload, branch, s.object({payload: s.literal("b")}))

        assert {payload: payload} == accepts(schema, {payload: payload})
        refuses(schema, {payload: payload + "x"}, shows=(payload + "x",))
        refuses(schema, {payload: 1})

    def test_is_an_ordinary_namespace(self, payload):
        assert_clean(str(refuses(s.string(), 1, None, payload)), 4096)

    def test_is_an_ordinary_scheme(self, payload):
        """Refusing it when the schema is built will do as well."""
        try:
            schema = s.uri(scheme=payload)
        except SchemaDefinitionError as error:
            assert_clean(str(error), 4096)
        else:
            refuses(schema, "x")

    def test_is_shown_escaped_by_repr(self, payload):
        """M3."""
        schema = s.object({payload: s.literal(payload)}, title=payload, description=payload)

        assert_clean(repr(schema), 10_000)


@pytest.mark.parametrize(
    "names",
    [
        ("a b", "a_b", "a-b"),  # A22
        ("\ufb01", "fi"),  # A23: an identifier is NFKC-folded by the compiler
        ("\u212a", "K"),
        ("__secret", "_Object__secret"),  # A24
        GENERATED,  # A25
        ("__debug__", "None", "class", "lambda", "", " "),  # A26
        ("\ud800", "\udc00", "\ud800\udc00"),  # A27
        ("__proto__", "constructor", "__class__", "__dict__", "__init__"),  # K3
    ],
)
def test_names_stay_apart(names):
    schema = s.object({name: s.number(validate=[].append) for name in names})
    value = {name: index for index, name in enumerate(names)}

    assert value == accepts(schema, value)
    assert [(name,) for name in names] == [issue.path for issue in refuses(schema, {}).issues]


@pytest.mark.parametrize("kind", [PlainText, lambda text: Colour.RED])
def test_a_name_of_a_subclass_is_judged_by_its_content(kind):
    """A28, A30."""
    schema = s.object({kind("red"): s.number()})

    output = accepts(schema, {"red": 1})

    assert {"red": 1} == output
    assert [str] == [type(key) for key in output]


def test_a_literal_of_a_subclass_is_judged_by_its_content():
    """A28 to A30."""
    assert "red" == accepts(s.literal(PlainText("red")), "red")
    assert "red" == accepts(s.literal(Text("red")), "red")
    assert str is type(accepts(s.literal(Colour.RED), "red"))
    assert 5 == accepts(s.literal(EvilInt(5)), 5)
    assert int is type(accepts(s.literal(EvilInt(5)), EvilInt(5)))
    assert "expected value to equal [red]" == str(refuses(s.literal(PlainText("red")), "blue"))


def test_a_bound_of_a_subclass_is_judged_by_its_value():
    """A29, A30."""
    schema = s.number(min=EvilInt(1), max=Level.HIGH)

    assert 3 == accepts(schema, 3)
    assert "Value must be equal to or greater than [1]." == str(refuses(schema, 0))
    assert "Value must be equal to or lower than [5]." == str(refuses(schema, 6))
    assert "array size is [0], but cannot be smaller than [1]" == str(
        refuses(s.array_of(s.any(), min_size=EvilInt(1)), [])
    )
    refuses(s.string(max_length=EvilInt(1)), "ab")


@pytest.mark.parametrize("bounds", [{"min": float("-inf")}, {"max": float("inf")}, {"max": Decimal(1)}])
def test_a_bound_that_is_no_finite_number_is_refused(bounds):
    """A31, A33: decided as a definition error, since left out means the same."""
    raises_definition_error(lambda: s.number(**bounds))


@pytest.mark.parametrize("digits", [309, 400, 5000])
def test_a_huge_constant_works(digits):
    """A32: printing it is refused by the interpreter from 4,300 digits on."""
    huge = 10**digits

    assert huge == accepts(s.literal(huge), huge)
    refuses(s.literal(huge), 1)
    assert 5 == accepts(s.integer(max=huge, min=-huge), 5)
    refuses(s.integer(max=huge), huge + 1)
    refuses(s.number(max=huge, unsafe=True), huge + 1)
    refuses(s.enum([huge, 1]), 2)
    assert_clean(repr(s.object({"a": s.literal(huge), "b": s.integer(max=huge)})), 10_000)


@pytest.mark.parametrize(
    ("bound", "below"),
    [(5e-324, 0.0), (1e308, 9e307), (2**63, 2**63 - 1), (0.1, 0.09999999999999999), (10**400, 10**400 - 1)],
)
def test_a_bound_is_exact(bound, below):
    """A33."""
    assert bound == accepts(s.number(min=bound, unsafe=True), bound)
    refuses(s.number(min=bound, unsafe=True), below)


def test_negative_zero_equals_zero():
    """A33: as recorded, literal(-0) takes 0."""
    assert 0 == accepts(s.literal(-0.0), 0)
    assert 0 == accepts(s.literal(0), -0.0)
