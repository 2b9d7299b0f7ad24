"""Area I: values that lie, raise, or never end."""

import collections
import types
import weakref
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

import kbn_schema as s
from kbn_schema import ValidationError
from tests.hostile.helper import accepts, attempt, cpu, refuses, settles

KINDS = [
    s.string(), s.string(coerce_from_number=True), s.string(hostname=True), s.number(), s.integer(),
    s.boolean(),
    s.literal("a"), s.literal(1), s.literal(None), s.enum(["a", 1, None]), s.ip(), s.uri(), s.byte_size(),
    s.duration(),
    s.date(), s.date_time(), s.uuid(), s.email(), s.buffer(), s.never(), s.object({"a": s.maybe(s.any())}),
    s.object({}, unknowns="allow"), s.object({}, unknowns="ignore"), s.array_of(s.any()),
    s.record_of(s.any(), s.any()),
    s.map_of(s.any(), s.any()), s.one_of(s.string(), s.object({})), s.nullable(s.array_of(s.any())),
    s.maybe(s.number()),
    s.discriminated_union("t", s.object({"t": s.literal("a")})), s.lazy(lambda: s.object({})), s.stream(),
    s.discriminated_union("t", s.object({"t": s.literal("a")}), s.object({"t": s.any()})),
    s.conditional(s.context_ref("a"), 1, s.number(), s.string()),
]  # fmt: skip


def _raise(self, *args, **kwargs):
    raise RuntimeError("a method was called: hunter2")


DUNDERS = [
    "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__bool__", "__len__", "__iter__",
    "__getattr__", "__repr__", "__str__", "__format__", "__contains__", "__getitem__", "__int__", "__float__",
    "__index__", "__bytes__", "__call__", "__next__", "__reversed__", "__fspath__", "__dir__", "__missing__",
    "__reduce_ex__", "__copy__", "__deepcopy__", "__enter__", "__length_hint__", "__sizeof__", "__await__",
    "keys", "items", "values", "get", "copy",
]  # fmt: skip
Raising = type("Raising", (), dict.fromkeys(DUNDERS, _raise))


CLAIMED = (dict, list, str, int, float, bool, bytes, type(None))


def claiming(kind):
    """Return an object whose `__class__` is *kind*, which `isinstance` believes."""
    return type(
        "Claiming", (), {"__class__": kind, "__eq__": lambda self, other: True, "__hash__": lambda self: 1}
    )()


class LoudClass:
    @property
    def __class__(self):
        raise RuntimeError("hunter2")


class HostileMeta(type):
    __hash__ = None

    def __eq__(cls, other):
        return True

    def __instancecheck__(cls, instance):
        return True

    def __subclasscheck__(cls, subclass):
        return True


class OfHostileMeta(metaclass=HostileMeta):
    pass


class MetaRaising(type):
    def __hash__(cls):
        raise RuntimeError("hunter2")

    def __getattribute__(cls, name):
        raise RuntimeError("hunter2")


def of_raising_meta():
    return MetaRaising.__call__(MetaRaising("X", (), {}))


@pytest.mark.parametrize("schema", KINDS)
@pytest.mark.parametrize(
    "make",
    [
        Raising,
        *(lambda kind=kind: claiming(kind) for kind in CLAIMED),
        LoudClass, OfHostileMeta, of_raising_meta,
    ],
)  # fmt: skip
def test_an_object_that_lies_or_raises_is_refused(schema, make):
    """I1, I2."""
    value = make()
    for inside in (value, [value], {"a": value}):
        outcome = attempt(schema, inside)
        if inside is value:
            assert isinstance(outcome, ValidationError)
            assert "hunter2" not in str(outcome)


@pytest.mark.parametrize(
    "make", [Raising, LoudClass, OfHostileMeta, lambda: claiming(dict), lambda: claiming(str)]
)
@pytest.mark.parametrize(
    "schema", [s.string(), s.number(), s.object({}), s.array_of(s.any()), s.uuid(), s.literal(1)]
)
def test_a_lie_is_an_ordinary_error(schema, make):
    """I1, I2: nothing was asked, so nothing went wrong."""
    error = refuses(schema, make())

    assert error.issues[0].code in ("type", "literal")
    assert error.__cause__ is None


@pytest.mark.parametrize("unknowns", [None, "allow", "ignore"])
@pytest.mark.parametrize("kind", [str, int, bool, float, type(None)])
def test_a_key_that_claims_a_class_is_an_unknown_key(kind, unknowns):
    """I2 for keys."""
    value = {claiming(kind): 1}
    outcome = settles(s.object({"a": s.maybe(s.any())}, unknowns=unknowns), value)

    if unknowns == "ignore":
        assert {} == outcome
    else:
        assert ["unknown_key"] == [issue.code for issue in outcome.issues]
        assert [str] == [type(key) for key in outcome.path]
    settles(s.record_of(s.any(), s.any()), value)


def endless():
    while True:
        consumed.append(1)
        yield 1


consumed = []


class EndlessIterable:
    def __iter__(self):
        return endless()


@pytest.mark.parametrize("schema", KINDS)
@pytest.mark.parametrize(
    "make", [endless, EndlessIterable, lambda: map(consumed.append, range(9)), lambda: zip(endless())]
)
def test_nothing_is_taken_from_an_iterator(schema, make):
    """I4."""
    with cpu(1):
        assert isinstance(settles(schema, make()), ValidationError)

    assert [] == consumed


class AsMapping(Mapping):
    """A mapping that never ends (I10), as it is no dict."""

    def __getitem__(self, key):
        consumed.append(1)
        return 1

    def __iter__(self):
        return endless()

    def __len__(self):
        return 10**9


@dataclass
class Data:
    a: str = "hunter2-secret"


Named = collections.namedtuple("Named", "a")


@pytest.mark.parametrize(
    "value",
    [
        "text", b"ab", {1}, frozenset(), {"a": 1}, {}.keys(), {}.values(), {}.items(), range(3), iter([]),
        (1, 2),
        bytearray(b"a"), memoryview(b"a"), collections.deque([1]), collections.UserList([1]),
        types.SimpleNamespace(),
        1, None, Named(1), Data(),
    ],
)  # fmt: skip
def test_only_a_list_is_a_list(value):
    """I3."""
    refuses(s.array_of(s.any()), value)


@pytest.mark.parametrize(
    "value",
    [
        [("a", "x")], Named("x"), Data(), types.SimpleNamespace(a="x"), AsMapping(),
        types.MappingProxyType({"a": "x"}),
        collections.UserDict(a="x"), collections.ChainMap({"a": "x"}), (("a", "x"),), {"a"},
        iter({"a": "x"}.items()), Data,
    ],
)  # fmt: skip
def test_only_a_dict_is_an_object(value):
    """I5, I10, I11: decided, dicts and their subclasses only."""
    for schema in (s.object({"a": s.any()}), s.record_of(s.any(), s.any()), s.map_of(s.any(), s.any())):
        refuses(schema, value)
    assert [] == consumed


@pytest.mark.parametrize(
    "value", [collections.OrderedDict(a="1"), collections.defaultdict(list, a="1"), collections.Counter(a=1)]
)
@pytest.mark.parametrize(
    "schema",
    [s.object({"a": s.number()}), s.record_of(s.string(), s.number()), s.map_of(s.string(), s.number())],
)
def test_a_subclass_of_dict_comes_out_as_a_dict(value, schema):
    """I6."""
    output = accepts(schema, value)

    assert {"a": 1} == output
    assert dict is type(output)


def test_a_defaultdict_is_not_filled():
    """I7."""

    class Filling(dict):
        def __missing__(self, key):
            raise AssertionError("missing was asked")

        def get(self, key, default=None):
            raise AssertionError("get was asked")

    props = {"a": s.maybe(s.any()), "b": s.number(default=1)}
    value = collections.defaultdict(list)
    assert {"b": 1} == accepts(s.object(props), value)
    assert {} == value
    assert {"b": 1} == accepts(s.object(props), Filling())
    assert {"b": 1} == accepts(s.one_of(s.object(props), s.string()), Filling())
    refuses(s.discriminated_union("t", s.object({"t": s.literal("a")})), Filling())


class Fickle(dict):
    """Answers differently each time, and never with what it holds."""

    asked = 0

    def _lie(self, *args):
        Fickle.asked += 1
        return iter([("a", "lie"), ("lie", 1)]) if not args else ("lie" if Fickle.asked % 2 else 5)

    __getitem__ = get = items = keys = values = copy = __iter__ = __contains__ = __len__ = __eq__ = pop = _lie
    __bool__ = lambda self: False  # noqa: E731
    __hash__ = None


class FickleList(list):
    def _lie(self, *args):
        return iter(["lie"])

    __iter__ = copy = __getitem__ = __eq__ = __reversed__ = __add__ = _lie
    __len__ = lambda self: 0  # noqa: E731
    __bool__ = lambda self: False  # noqa: E731
    __hash__ = None


@pytest.mark.parametrize(
    "schema",
    [
        s.object({"a": s.number()}), s.record_of(s.string(), s.number()), s.map_of(s.string(), s.number()),
        s.one_of(s.string(), s.object({"a": s.number()})), s.nullable(s.object({"a": s.number()})),
        s.object({"a": s.number()}, unknowns="allow"), s.object({"a": s.number()}, unknowns="ignore"),
    ],
)  # fmt: skip
def test_a_fickle_dict_is_judged_by_what_it_holds(schema):
    """I8."""
    assert {"a": 1} == accepts(schema, Fickle(a="1"))
    refuses(schema, Fickle(a=[]))
    assert 0 == Fickle.asked


def test_a_fickle_tag_is_judged_by_what_it_holds():
    schema = s.discriminated_union(
        "t", s.object({"t": s.literal("a"), "n": s.number()}), s.object({"t": s.literal("lie")})
    )

    assert {"t": "a", "n": 1} == accepts(schema, Fickle(t="a", n="1"))


def test_a_fickle_list_is_judged_by_what_it_holds():
    """I14."""
    assert [1, 2] == accepts(s.array_of(s.number(), min_size=2), FickleList(["1", 2]))
    refuses(s.array_of(s.number(), max_size=1), FickleList([1, 2]))
    refuses(s.array_of(s.number()), FickleList([1, []]))
    assert list is type(accepts(s.array_of(s.any()), FickleList()))


RaisingDict = type("RaisingDict", (dict,), {name: _raise for name in DUNDERS if name != "__getattr__"})
RaisingList = type("RaisingList", (list,), {name: _raise for name in DUNDERS if name != "__getattr__"})
RaisingStr = type(
    "RaisingStr", (str,), dict.fromkeys([*DUNDERS, "lower", "strip", "encode", "isdigit"], _raise)
)
RaisingInt = type("RaisingInt", (int,), dict.fromkeys([*DUNDERS, "__abs__", "__mod__", "bit_length"], _raise))
RaisingFloat = type("RaisingFloat", (float,), dict.fromkeys([*DUNDERS, "__abs__", "is_integer"], _raise))
RaisingBytes = type("RaisingBytes", (bytes,), dict.fromkeys(DUNDERS, _raise))


def test_subclasses_whose_methods_raise_are_judged_by_what_they_hold():
    """I9, I12, I13."""
    assert {"a": 1} == accepts(s.object({"a": s.number()}), RaisingDict(a=RaisingStr("1")))
    assert [1] == accepts(s.array_of(s.integer()), RaisingList([RaisingInt(1)]))
    assert 1.5 == accepts(s.number(min=1, multiple_of=0.5), RaisingFloat(1.5))
    assert b"ab" == accepts(s.buffer(), RaisingBytes(b"ab"))
    assert {"a": 1} == accepts(s.object({"a": s.any()}), RaisingStr('{"a": 1}'))
    kinds = [type(accepts(kind, value)) for kind, value in EXACT]
    assert [str, str, str, bool, int, float, bytes, str, str, str, str] == kinds


EXACT = [
    (s.string(min_length=1, pattern="[a-z]+"), RaisingStr("abc")),
    (s.string(hostname=True), RaisingStr("abc")),
    (s.literal("abc"), RaisingStr("abc")), (s.boolean(), RaisingStr("true")), (s.integer(), RaisingInt(7)),
    (s.number(), RaisingFloat(7.5)), (s.buffer(), RaisingStr("x")), (s.ip(), RaisingStr("::1")),
    (s.uri(), RaisingStr("a:b")), (s.email(), RaisingStr("a@b.cd")), (s.enum(["abc"]), RaisingStr("abc")),
]  # fmt: skip


class LyingStr(str):
    def __len__(self):
        return 1

    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash("name")

    lower = strip = casefold = lambda self, *args: "true"


def test_a_lying_text_is_judged_by_what_it_holds():
    """I12."""
    value = LyingStr("secret text")
    for schema in (
        s.string(max_length=5),
        s.boolean(),
        s.literal("true"),
        s.enum(["true"]),
        s.ip(),
        s.number(),
    ):
        refuses(schema, value)
    assert str is type(accepts(s.string(), value))
    assert "secret text" == accepts(s.string(), value)


@pytest.mark.parametrize("unknowns", [None, "allow", "ignore"])
def test_a_lying_key_is_judged_by_what_it_holds(unknowns):
    """I13."""
    schema = s.object({"name": s.maybe(s.number())}, unknowns=unknowns)
    value = {LyingStr("other"): 5}
    outcome = settles(schema, value)
    if unknowns is None:
        assert ("other",) == outcome.path
    else:
        assert [str] * len(outcome) == [type(key) for key in outcome]
        assert ({} if unknowns == "ignore" else {"other": 5}) == outcome


@pytest.mark.parametrize("unknowns", [None, "allow", "ignore"])
@pytest.mark.parametrize("beside", [{}, {"other": 1}])
def test_a_key_that_claims_to_be_a_name_is_none(unknowns, beside):
    """I13: no text, so no prop, and it does not come out."""

    class Claim:
        def __hash__(self):
            return hash("name")

        def __eq__(self, other):
            return True

    schema = s.object({"name": s.any(), "other": s.maybe(s.any())}, unknowns=unknowns)
    error = refuses(schema, {Claim(): 1, **beside})

    assert ("name",) == error.path


class RaisingKey:
    """Equal to nothing, loudly: two of them cannot be in one dict."""

    def __hash__(self):
        return hash("name")

    def __eq__(self, other):
        raise RuntimeError("hunter2")


@pytest.mark.parametrize(
    "schema", [s.object({"name": s.maybe(s.any())}), s.record_of(s.string(), s.any()), *KINDS]
)
def test_a_key_that_cannot_be_compared_is_no_trouble(schema):
    """I13."""
    outcome = settles(schema, {RaisingKey(): 1})

    assert (
        not isinstance(outcome, dict)
        or all(type(key) is str for key in outcome)
        or schema.combinator == "map_of"
    )


def test_anything_is_handed_on_untouched():
    """I15."""
    for value in (
        Raising(),
        LoudClass(),
        claiming(dict),
        OfHostileMeta(),
        endless(),
        RaisingDict(),
        Ellipsis,
    ):
        assert value is s.any().validate(value)
        assert value is s.object({"a": s.any()}).validate({"a": value})["a"]
        assert value is s.object({}, unknowns="allow").validate({"a": value})["a"]
        assert value is s.array_of(s.any()).validate([value])[0]
        assert value is s.nullable(s.any()).validate(value)
        assert value is s.one_of(s.any(), s.string()).validate(value)


@pytest.mark.parametrize("schema", KINDS)
@pytest.mark.parametrize(
    "value", [int, type, types, Exception, ValueError("hunter2-secret"), ..., NotImplemented, len]
)
def test_parts_of_the_language_are_refused(schema, value):
    """I16."""
    refuses(schema, value)


class Ambiguous:
    """Compares as an array does: to an object without truth (I17)."""

    def __eq__(self, other):
        return self

    __ne__ = __lt__ = __gt__ = __le__ = __ge__ = __eq__
    __hash__ = None

    def __bool__(self):
        raise ValueError("the truth value is ambiguous")


@pytest.mark.parametrize("schema", KINDS)
def test_ambiguous_values_are_refused(schema):
    """I17."""
    refuses(schema, Ambiguous())


def test_ambiguous_values_are_compared_by_a_condition():
    schema = s.object({"l": s.any(), "v": s.conditional(s.sibling_ref("l"), "x", s.string(), s.number())})
    for value in (Ambiguous(), Raising(), claiming(dict), LoudClass(), OfHostileMeta()):
        attempt(schema, {"l": value, "v": 1})
        attempt(s.object({"l": s.any(), "v": s.any(default=s.sibling_ref("l.a.b"))}), {"l": value})


class MultiDict(dict):
    """Holds lists and shows the first of each, as werkzeug's and Django's do (I18)."""

    def __getitem__(self, key):
        return dict.__getitem__(self, key)[0]

    def get(self, key, default=None):
        return self[key] if key in self else default  # noqa: SIM401

    def items(self):
        return [(key, self[key]) for key in self]


def test_a_multidict_is_never_cut_to_one_value():
    """I18."""
    value = MultiDict(a=["secret one", "secret two"])

    refuses(s.object({"a": s.string()}), value)
    assert {"a": ["secret one", "secret two"]} == accepts(s.object({"a": s.array_of(s.string())}), value)


class Proxy:
    """Stands for a dict, a list or a text in every method (I19, I20)."""

    def __init__(self, target):
        object.__setattr__(self, "target", target)

    def __getattr__(self, name):
        return getattr(self.target, name)

    __class__ = property(lambda self: type(self.target))


@pytest.mark.parametrize("target", [{"a": 1}, [1], "text", 5, b"ab", True])
@pytest.mark.parametrize("schema", KINDS)
def test_a_proxy_is_not_what_it_stands_for(schema, target):
    """I19, I20; a proxy of the standard library too."""
    refuses(schema, Proxy(target))
    holder = type("Holder", (dict,), {})(a=1)
    refuses(schema, weakref.proxy(holder))


def test_input_of_a_class_is_output_of_a_plain_type():
    """Promise 9, at every depth."""

    class Dict(dict):
        pass

    class List(list):
        pass

    class Str(str):
        pass

    schema = s.object({"r": s.record_of(s.string(), s.array_of(s.one_of(s.integer(), s.string())))})
    output = accepts(schema, Dict({Str("r"): Dict({Str("k"): List([Str("x"), True and 1])})}))
    (key,), (name,) = output, output["r"]

    assert [dict, dict, list, str, str, str] == [
        type(part) for part in (output, output["r"], output["r"]["k"], key, name, output["r"]["k"][0])
    ]
