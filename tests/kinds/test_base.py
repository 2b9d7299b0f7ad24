"""The options that all kinds share, and what every schema can do."""

import asyncio
import datetime
import functools
import threading

import attrs
import pytest

import kbn_schema as s
from tests.examples import Color

EVERY = [s.any, s.boolean, s.number, s.string, s.integer, s.buffer, s.date, s.uuid, s.email, s.ip, s.uri]


def words_of(verdict):
    return [issue.message for issue in s.any(validate=lambda value: verdict).issues_of(1)]


# --- default ---


@pytest.mark.parametrize("default", [None, 0, False, "", [], {}])
def test_any_value_is_a_default(default):
    assert default == s.any(default=default).validate()


@pytest.mark.parametrize("value", [None, 0, "", False])
def test_a_default_replaces_nothing_that_is_there(value):
    assert value == s.any(default=1).validate(value)


def test_a_default_is_neither_checked_nor_given_to_the_validator():
    assert "x" == s.number(default="x", max=1, validate=lambda value: "no").validate()


def test_a_mutable_default_is_copied_when_it_is_given_and_when_it_is_handed_out():
    default = {"a": [1]}
    schema = s.any(default=default)
    default["a"].append(2)
    schema.validate()["a"].append(3)

    assert {"a": [1]} == schema.validate()


def test_a_callable_makes_the_default_each_time():
    numbers = iter(range(9))
    schema = s.number(default=lambda: next(numbers))

    assert [0, 7, 1] == [schema.validate(), schema.validate(7), schema.validate()]


def test_a_default_that_cannot_be_copied_is_refused_with_the_mend():
    with pytest.raises(s.SchemaDefinitionError) as error:
        s.any(default=(value for value in ()))

    assert "any(): default cannot be copied; give a callable that makes it" == str(error.value)


def test_a_callable_that_makes_none_makes_none():
    assert None is s.any(default=lambda: None).validate()


def test_a_reference_to_nothing_leaves_the_value_missing():
    assert s.MISSING is s.any(default=s.context_ref("x")).validate()


# --- validate ---


@pytest.mark.parametrize("verdict", [None, True, 0, 1, [], object()])
def test_a_verdict_that_is_neither_text_nor_false_is_success(verdict):
    assert [] == words_of(verdict)


@pytest.mark.parametrize(
    ("verdict", "words"),
    [("no", "no"), (False, "value failed custom validation"), ("", "value failed custom validation")],
)
def test_a_text_is_the_error_and_false_is_one_in_our_words(verdict, words):
    assert [words] == words_of(verdict)


@pytest.mark.parametrize("error", [ValueError("no"), AssertionError("no"), UnicodeError("no")])
def test_the_text_of_a_value_or_assertion_error_is_the_error(error):
    def refuse(value):
        raise error

    assert ["no"] == [issue.message for issue in s.any(validate=refuse).issues_of(1)]


@pytest.mark.parametrize(
    "error",
    [ValueError(), AssertionError(), KeyError("x"), TypeError("x"), StopIteration(), ZeroDivisionError("x")],
    ids=repr,
)
def test_any_other_exception_is_an_error_in_our_words(error):
    def refuse(value):
        raise error

    assert ["value failed custom validation"] == [
        issue.message for issue in s.any(validate=refuse).issues_of(1)
    ]


def test_a_validator_cannot_replace_the_value():
    assert 1 == s.any(validate=lambda value: value + 1).validate(1)


def test_an_awaitable_verdict_is_an_error():
    async def check(value):
        return None

    assert ["value failed custom validation"] == [
        issue.message for issue in s.any(validate=lambda value: check(value)).issues_of(1)
    ]


def test_so_is_one_that_is_no_coroutine():
    class Later:
        def __await__(self):
            yield from ()

    assert ["value failed custom validation"] == words_of(Later())


def test_an_async_validator_is_refused():
    async def check(value):
        return None

    with pytest.raises(s.SchemaDefinitionError) as error:
        s.any(validate=check)

    assert "any(): validate must be a plain function: an async one is never awaited" == str(error.value)


def wrapped(function):
    @functools.wraps(function)
    def around(*arguments):
        return function(*arguments, None)

    return around


@pytest.mark.parametrize(
    ("check", "taken"),
    [
        (lambda: None, ""),
        (lambda value, other: None, "value, other"),
        (lambda value, *, other: None, "value, other"),
        (functools.partial(lambda value, other: None), "value, other"),
        (isinstance, "obj, class_or_tuple"),
        (type("Unmade", (), {"__init__": lambda self: None}), ""),
    ],
    ids=["none", "two", "named", "partial", "builtin", "class"],
)
def test_a_validator_takes_one_argument(check, taken):
    with pytest.raises(s.SchemaDefinitionError) as error:
        s.any(validate=check)

    assert f"any(): validate must take (value), but takes ({taken})" == str(error.value)


class Unbound:
    """As a proxy of what is there later only."""

    def __call__(self, value):
        return None

    @property
    def __wrapped__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    "check",
    [
        lambda value, other=None, *more, named=None, **others: None,
        lambda *values: None,
        functools.partial(lambda other, value: None, 1),
        wrapped(lambda value, other: None),
        wrapped(lambda: None),
        str.isidentifier,
        [].append,
        print,
        int,
        max,
        Unbound(),
    ],
    ids=[
        "defaults", "any", "partial", "wrapped", "wrapping", "method", "bound", "builtin", "class", "untold",
        "unbound",
    ],
)  # fmt: skip
def test_a_validator_that_can_be_called_with_one_argument_is_taken(check):
    assert check == s.any(validate=check).validator


def test_a_validator_is_asked_once():
    calls: list[object] = []
    s.object({"a": s.any(validate=calls.append)}).validate({"a": 1})

    assert [1] == calls


# --- title, description, deprecated, examples, id, meta ---


@pytest.mark.parametrize("kind", EVERY)
def test_every_kind_takes_what_documents_say(kind):
    said = {
        "title": "T",
        "description": "D",
        "deprecated": True,
        "examples": ("e",),
        "id": "i",
        "meta": {"x-a": [1]},
    }
    schema = kind(**said)

    assert list(said.values()) == [
        schema.title,
        schema.description,
        schema.deprecated,
        tuple(schema.examples),
        schema.id,
        dict(schema.meta),
    ]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"title": 1}, "any(): title must be a string, but is [number]"),
        ({"description": []}, "any(): description must be a string, but is [Array]"),
        ({"id": 1}, "any(): id must be a string, but is [number]"),
        ({"id": ""}, "any(): id must be a text without a period"),
        ({"id": "a.b"}, "any(): id must be a text without a period"),
        ({"deprecated": "yes"}, "any(): deprecated must be True or False, but is [string]"),
        ({"meta": []}, "any(): meta must be a mapping, but is [Array]"),
        ({"validate": "x"}, "any(): validate must be a callable, but is [string]"),
    ],
)
def test_options_of_another_type_are_refused(options, text):
    with pytest.raises(s.SchemaDefinitionError) as error:
        s.any(**options)

    assert text == str(error.value)


@pytest.mark.parametrize(
    "options", [{"meta": {"x-lock": threading.Lock()}}, {"examples": [threading.Lock()]}]
)
def test_what_cannot_be_copied_is_refused(options):
    with pytest.raises(s.SchemaDefinitionError, match="cannot be copied; give plain values"):
        s.any(**options)


def test_meta_and_examples_given_are_not_kept():
    meta, examples = {"x": [1]}, [[1]]
    schema = s.any(meta=meta, examples=examples)
    meta["x"].append(2)
    examples[0].append(2)

    assert ({"x": [1]}, [[1]]) == (dict(schema.meta), list(schema.examples))


@pytest.mark.parametrize("kind", EVERY)
def test_an_option_it_does_not_have_is_a_type_error(kind):
    with pytest.raises(TypeError):
        kind(minimum=1)


@pytest.mark.parametrize("kind", EVERY)
def test_an_option_that_is_misspelt_is_told_with_the_right_one(kind):
    with pytest.raises(TypeError) as error:
        kind(defualt=1)

    assert f"{kind.combinator}(): there is no option [defualt]; did you mean [default]?" == str(error.value)


@pytest.mark.parametrize(("option", "right"), [("maxLength", "max_length"), ("max_lenght", "max_length")])
def test_an_option_of_its_own_that_is_misspelt_is_told(option, right):
    with pytest.raises(TypeError, match=rf"^string\(\): there is no option \[{option}\]; .* \[{right}\]\?$"):
        s.string(**{option: 1})


def test_an_option_that_resembles_none_is_told():
    with pytest.raises(TypeError) as error:
        s.date(**{"le\n": 1})

    assert (
        "date(): there is no option [le\\n], expected [default], [validate], [title], [description], "
        "[deprecated], [examples], [id], [meta]" == str(error.value)
    )


def test_options_of_its_own_are_told_first():
    with pytest.raises(TypeError, match=r"\[colour\], expected \[unknowns\], \[default\], \[validate\], "):
        s.object({}, colour=1)


def test_a_kind_that_takes_any_option_is_asked():
    class Open(s.Schema):
        def __init__(self, **options):
            super().__init__(title=options["titel"])

    assert "x" == Open(titel="x").title


class Settings:
    """An author's own class, as those of pydantic and attrs."""


@pytest.mark.parametrize(
    ("child", "hint"),
    [
        (str, "write string() and not str"),
        (int, "write integer() and not int"),
        (bytes, "write buffer() and not bytes"),
        (datetime.datetime, "write date_time() and not datetime"),
        (tuple, "write array_of(...) and not tuple"),
        (type(None), "write literal(None) and not NoneType"),
        (dict, "write object({...}) and not dict"),
        (list, "write array_of(...) and not list"),
        ({"b": s.string()}, "write object({...})"),
        (Color, "write enum(Color) and not Color"),
        (Settings, "write object({...}) and not Settings"),
        (s.string, "call the combinator: string() and not string"),
    ],
)
def test_what_was_meant_by_what_is_no_schema_is_told(child, hint):
    with pytest.raises(s.SchemaDefinitionError) as error:
        s.object({"a": child})

    assert str(error.value).startswith("object(): prop [a] must be a schema, but is [")
    assert str(error.value).endswith(f"] ({hint})")


@pytest.mark.parametrize("child", [1, "a", None, [], object()])
def test_nothing_is_guessed_of_what_may_mean_anything(child):
    with pytest.raises(s.SchemaDefinitionError, match=r"\]$"):
        s.object({"a": child})


@pytest.mark.parametrize("kind", EVERY)
def test_options_are_keyword_only(kind):
    with pytest.raises(TypeError):
        kind(1)


# --- being a schema ---


@pytest.mark.parametrize("name", ["default", "validator", "title", "min_length"])
def test_is_immutable(name):
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(s.string(), name, 1)


def test_is_equal_to_itself_only():
    one, other = s.string(), s.string()

    assert 2 == len({one, other, one})


def test_is_a_schema():
    assert isinstance(s.string(), s.Schema)
    assert isinstance(s.maybe(s.any()), s.Schema)


def test_validate_takes_value_context_and_namespace_by_position():
    port = s.number(default=s.context_ref("port"))

    assert 1 == port.validate(s.MISSING, {"port": 1}, "config")


def test_the_context_reaches_is_valid_and_issues_of():
    judge = s.conditional(s.context_ref("a"), 1, s.string(), s.number())

    assert (True, False) == (judge.is_valid("x", {"a": 1}), judge.is_valid("x"))
    assert (0, 1) == (len(judge.issues_of("x", {"a": 1})), len(judge.issues_of("x")))


def test_extends_deep_leaves_scalars_alone():
    text = s.string()

    assert text is text.extends_deep(unknowns="ignore")


@pytest.mark.parametrize("kind", [s.string, lambda: s.object({"a": s.object({})})])
def test_extends_deep_of_nothing_changes_nothing(kind):
    schema = kind()

    assert schema is schema.extends_deep()


def test_a_wide_schema_spells_itself_short():
    assert 10_000 == len(repr(s.object({f"prop{n}": s.string() for n in range(5000)})))


def test_a_deep_schema_spells_itself_without_end():
    deep: s.Schema[object] = s.string()
    for _ in range(500):
        deep = s.array_of(deep)

    assert repr(deep).startswith("schema.array_of(schema.array_of(")


def test_threads_and_tasks_may_share_one():
    schema = s.object({"a": s.array_of(s.number())})

    async def ask(n):
        return await asyncio.to_thread(schema.validate, {"a": [str(n)] * 100})

    async def ask_all():
        return await asyncio.gather(*map(ask, range(20)))

    assert [{"a": [n] * 100} for n in range(20)] == asyncio.run(ask_all())


def test_a_value_of_any_type_gets_an_answer():
    judges = [kind() for kind in EVERY if kind is not s.any]
    strange = [object(), datetime.time(), ..., NotImplemented, type, 1j, memoryview(b"")]

    assert [] == [(judge, value) for judge in judges for value in strange if judge.is_valid(value)]


class AsyncMaker:
    async def __call__(self, *arguments):
        return 1


async def make_later(*arguments):
    return 1


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (lambda: s.Schema(), "Schema(): it is the base of all kinds"),
        (lambda: s.string(default=make_later), "string(): default must be a value or a plain function"),
        (lambda: s.string(default=AsyncMaker()), "string(): default must be a value or a plain function"),
        (lambda: s.string(validate=AsyncMaker()), "string(): validate must be a plain function"),
        (lambda: s.string(examples="abc"), "string(): examples must be a list of values, but is [string]"),
        (lambda: s.string(examples=3), "string(): examples must be a list of values, but is [number]"),
        (lambda: s.string(hostname="no"), "string(): hostname must be True or False, but is [string]"),
        (lambda: s.string(coerce_from_number=1), "string(): coerce_from_number must be True or False"),
        (lambda: s.number(unsafe="no"), "number(): unsafe must be True or False, but is [string]"),
        (lambda: s.string().extends_deep(unknowns="x"), "string(): unknowns must be 'forbid'"),
        (lambda: s.maybe(s.any()).extends_deep(unknowns="x"), "maybe(): unknowns must be 'forbid'"),
        (lambda: s.ip(versions=None), "ip(): versions must be a list of"),
        (lambda: s.ip(versions=[[]]), "ip(): versions must be a list of"),
        (lambda: s.uri(scheme=3), "uri(): scheme must be a text"),
        (lambda: s.object({}).extends([1]), "object().extends(): props must be a dict, but is [Array]"),
        (lambda: s.object({}).extends(None), "object().extends(): props must be a dict, but is [null]"),
        (lambda: s.object({}).pick(["a"]), "object().pick(): give it names, each an argument of its own"),
        (lambda: s.context_ref(".a"), "context_ref() takes a dotted path"),
        (lambda: s.context_ref("a..b"), "context_ref() takes a dotted path"),
        (lambda: s.sibling_ref("a."), "sibling_ref() takes a dotted path"),
        (
            lambda: s.conditional(s.context_ref("a"), s.string, s.any(), s.any()),
            "conditional(): right must be a schema, but is [Object] (call the combinator",
        ),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused_with_the_mend(build, reason):
    with pytest.raises(s.SchemaDefinitionError) as refused:
        build()

    assert reason in str(refused.value)


@pytest.mark.parametrize(
    "build",
    [
        lambda bound: s.number(min=bound),
        lambda bound: s.integer(multiple_of=bound),
        lambda bound: s.string(max_length=bound),
        lambda bound: s.array_of(s.any(), min_size=bound),
        lambda bound: s.byte_size(max=bound),
        lambda bound: s.duration(min=bound),
    ],
)
@pytest.mark.parametrize("bound", [s.context_ref("a"), s.sibling_ref("a")])
def test_a_reference_is_no_bound_and_the_error_says_where_it_may_stand(build, bound):
    with pytest.raises(s.SchemaDefinitionError, match="a reference may stand in default and conditional"):
        build(bound)
