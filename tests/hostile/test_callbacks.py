"""Area O: an author's check may return, raise or change anything."""

import asyncio
import warnings

import pytest

import kbn_schema as s
from kbn_schema import SchemaError, ValidationError
from tests.hostile.helper import accepts, attempt, refuses

SECRET = "hunter2-secret"


class Raising:
    def _raise(self, *args):
        raise RuntimeError("a method was called")

    __bool__ = __eq__ = __hash__ = __len__ = __iter__ = __repr__ = __str__ = __getattr__ = _raise


class LyingText(str):
    def __str__(self):
        raise RuntimeError

    __repr__ = __format__ = __len__ = __eq__ = __hash__ = __bool__ = __str__


def raising(error):
    def check(value):
        raise error

    return check


def test_a_text_is_the_error_and_none_is_success():
    """O1."""
    assert "too odd" == str(refuses(s.number(validate=lambda value: "too odd"), 1))
    assert 1 == accepts(s.number(validate=lambda value: None), 1)
    assert "too odd" == str(refuses(s.number(validate=lambda value: LyingText("too odd")), 1))
    assert "value failed custom validation" == str(refuses(s.number(validate=lambda value: ""), 1))


@pytest.mark.parametrize("error", [ValueError(SECRET), AssertionError(SECRET), UnicodeError(SECRET)])
def test_the_text_of_a_value_error_is_the_authors_word(error):
    """O2."""
    assert SECRET == str(refuses(s.number(validate=raising(error)), 1))


class Unprintable(ValueError):
    def __str__(self):
        raise RuntimeError

    __repr__ = __str__


UNEXPECTED = [
    KeyError(SECRET), RecursionError(SECRET), StopIteration(SECRET), TypeError(SECRET), OSError(5, SECRET),
    RuntimeError(SECRET), ZeroDivisionError(SECRET), StopAsyncIteration(SECRET), ImportError(SECRET),
    SchemaError(SECRET),
    ExceptionGroup(SECRET, [ValueError(SECRET)]), LookupError(SECRET), SyntaxError(SECRET), Warning(SECRET),
]  # fmt: skip


@pytest.mark.parametrize("error", UNEXPECTED)
@pytest.mark.parametrize(
    "wrap", [lambda schema: schema, lambda schema: s.one_of(schema, s.boolean()), s.nullable, s.array_of]
)
def test_any_other_error_is_an_error_in_our_words(error, wrap):
    """O2: its text is for the log."""
    schema = wrap(s.number(validate=raising(error)))
    with pytest.raises(ValidationError) as caught:
        schema.validate([5] if wrap is s.array_of else 5)

    assert SECRET not in str(caught.value) + repr(caught.value) + str(caught.value.to_dict())
    assert error is caught.value.__cause__
    assert not schema.is_valid([5] if wrap is s.array_of else 5)


@pytest.mark.parametrize(
    "error", [Unprintable(), ValueError(), AssertionError(), UnicodeDecodeError("utf-8", b"x", 0, 1, "x")]
)
def test_an_error_without_words_is_an_error_in_ours(error):
    """O2."""
    assert str(refuses(s.number(validate=raising(error)), 1))


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt, SystemExit, GeneratorExit, asyncio.CancelledError, MemoryError]
)
@pytest.mark.parametrize(
    "wrap",
    [
        lambda schema: schema, lambda schema: s.one_of(schema, s.any()),
        lambda schema: s.nullable(s.one_of(schema, s.any())),
        lambda schema: s.maybe(schema), lambda schema: s.lazy(lambda: schema),
    ],
)  # fmt: skip
def test_what_is_no_exception_passes(error, wrap):
    """O3, R1: MemoryError too."""
    schema = wrap(s.number(validate=raising(error())))
    for call in (schema.validate, schema.is_valid, schema.issues_of):
        with pytest.raises(error):
            call(1)
    with pytest.raises(error):
        s.object({"a": s.number(default=lambda: raising(error())(1))}).validate({})


def test_a_value_that_failed_is_not_shown_to_the_check():
    """O4."""
    seen = []
    check = seen.append
    refuses(s.number(min=5, validate=check), 1)
    refuses(s.string(max_length=1, validate=check), "ab")
    refuses(s.array_of(s.number(), validate=check), ["x"])
    refuses(s.array_of(s.number(), max_size=1, validate=check), [1, 2])
    refuses(s.object({"a": s.number()}, validate=check), {"a": "x"})
    refuses(s.object({}, validate=check), {"a": 1})
    refuses(s.record_of(s.string(), s.number(), validate=check), {"a": "x"})
    refuses(s.one_of([s.number(), s.boolean()], validate=check), "x")

    assert [] == seen


@pytest.mark.usefixtures("one_way")
def test_the_check_gets_what_comes_out():
    """O5."""
    seen = []
    schema = s.object({"a": s.number(validate=seen.append)}, validate=lambda value: seen.append(dict(value)))
    accepts(schema, {"a": " 5 "})

    assert [5, {"a": 5}] == seen


@pytest.mark.parametrize("change", ["clear", "add", "nest"])
@pytest.mark.parametrize("wrap", [lambda schema: schema, lambda schema: s.one_of(schema, s.any())])
@pytest.mark.usefixtures("one_way")
def test_the_input_may_change_meanwhile(change, wrap):
    """O6."""
    entries, items = {f"k{index}": [index] for index in range(50)}, [[index] for index in range(50)]

    def check(value):
        for container in (entries, items):
            if change == "clear":
                container.clear()
        if change == "add":
            entries[f"new{len(entries)}"] = [1]
            items.append([1])
        if change == "nest":
            entries["k1"] = entries
            items[1] = items

    item = s.array_of(s.number(validate=check))
    for schema, value in ((s.record_of(s.string(), item), entries), (s.array_of(item), items)):
        attempt(wrap(schema), value)
    props = s.object({f"k{index}": s.maybe(item) for index in range(50)}, unknowns="allow")
    assert wrap(props).is_valid(entries) in (True, False)


def test_the_check_cannot_change_the_input():
    """O7: it gets the output, which is a copy."""
    value = {"a": [1], "b": {"c": 1}}
    schema = s.object(
        {
            "a": s.array_of(s.number(), validate=lambda items: items.clear()),
            "b": s.object({"c": s.number()}, validate=lambda entries: entries.clear()),
        }
    )
    accepts(schema, value)

    assert {"a": [1], "b": {"c": 1}} == value


@pytest.mark.parametrize(
    "make",
    [
        lambda: True,
        int,
        lambda: 1,
        list,
        dict,
        object,
        Raising,
        bytes,
        lambda: ...,
        lambda: NotImplemented,
        float,
    ],
)
def test_any_other_verdict_is_success(make):
    """O8: decided, and as recorded."""
    assert 1 == accepts(s.number(validate=lambda value: make()), 1)


def test_false_and_an_awaitable_are_errors():
    """O8: decided; a coroutine is closed, or Python warns that it was never awaited."""

    async def wait():
        return None

    class Awaitable:
        def __await__(self):
            return iter(())

    async def never(value):
        return None

    class AsyncCall:
        def __call__(self, value):
            return never(value)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "custom" == refuses(s.number(validate=lambda value: False), 1).issues[0].code
        assert "custom" == refuses(s.number(validate=lambda value: wait()), 1).issues[0].code
        assert "custom" == refuses(s.number(validate=lambda value: Awaitable()), 1).issues[0].code
        assert "custom" == refuses(s.number(validate=AsyncCall()), 1).issues[0].code


def test_a_check_may_validate():
    """L5: re-entrant, with the same schema and with another."""
    other = s.object({"b": s.number()})
    schema = s.object({"a": s.any(validate=lambda value: other.validate(value) and None)})
    again = s.object(
        {"a": s.any()},
        validate=lambda value: None if value["a"] == 0 else again.validate({"a": value["a"] - 1}),
    )

    assert {"a": {"b": 1}} == accepts(schema, {"a": {"b": 1}})
    assert "[a]: [b]: expected value of type [number] but got [string]" == str(
        refuses(schema, {"a": {"b": "x"}})
    )
    assert {"a": 20} == accepts(again, {"a": 20})


def test_a_factory_may_validate():
    """L5."""

    def factory():
        assert s.number().validate("1") == 1
        assert not s.object({"a": s.number()}).is_valid({})
        return s.number()

    assert 1 == accepts(s.object({"a": s.lazy(factory)}), {"a": "1"})["a"]


def test_the_cause_of_an_error_is_its_own():
    """A failed branch's exception is not the cause of a success, nor of the next call's error."""
    schema = s.one_of(s.number(validate=raising(KeyError(SECRET))), s.any())
    assert 1 == accepts(schema, 1)
    assert refuses(s.object({"a": schema, "b": s.number()}), {"a": "x", "b": "x"}).__cause__ is None
