"""A kind of a third party's: a subclass of `Schema` with a `check`, and it is as good as ours."""

import copy
import pickle
from typing import Any

import attrs
import pytest
from hypothesis import find
from hypothesis.errors import InvalidArgument

import kbn_schema as s
from kbn_schema.kinds.compiling import WARM
from kbn_schema.messages import Message
from kbn_schema.problems import fail
from kbn_schema.stubs.definitions import Definitions
from kbn_schema.stubs.hints import Hint, Word
from kbn_schema.testing import from_schema
from tests.contract.told import told

ISBN = Message("isbn", "expected an ISBN of [{digits}] digits")


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class Isbn(s.Schema[str]):
    """Accept the digits of an ISBN; yield them without hyphens."""

    combinator = "isbn"

    digits: int = 13

    def check(self, value: object, run: Any) -> Any:
        if value is s.MISSING:
            return self.missing(run)
        if type(value) is not str:
            return self.mismatch(value)
        text = value.replace("-", "")
        if len(text) != self.digits or not text.isdigit():
            return fail(ISBN, {"digits": self.digits})
        return self.finish(text, run)


class Yes(s.Schema[bool]):
    """Accept "yes"; yield True. No decorator, no field, no name of its own."""

    def check(self, value: object, run: Any) -> Any:
        if value is s.MISSING:
            return self.missing(run)
        return self.finish(True, run) if value in ("yes", True) else self.mismatch(value)


GOOD = "978-0-306-40615-7"
DIGITS = "9780306406157"


def known(value: str) -> str | None:
    return None if value == DIGITS else "no such book"


def error_of(schema: s.Schema[Any], value: Any) -> s.ValidationError:
    with pytest.raises(s.ValidationError) as caught:
        schema.validate(value)
    return caught.value


def test_accepts_and_puts_out_what_its_check_says():
    assert DIGITS == Isbn().validate(GOOD)


@pytest.mark.parametrize(
    ("value", "text", "code"),
    [
        ("123", "expected an ISBN of [13] digits", "isbn"),
        (1, "expected value of type [isbn] but got [number]", "type"),
        (s.MISSING, "expected value of type [isbn] but got [undefined]", "required"),
    ],
)
def test_refuses_in_words_of_its_own_and_of_ours(value, text, code):
    error = error_of(Isbn(), value)

    assert (text, code) == (str(error), error.issues[0].code)


def test_its_params_are_facts_of_the_issue():
    assert {"digits": 10} == Isbn(digits=10).issues_of(GOOD)[0].params


@pytest.mark.parametrize(
    ("around", "value", "output"),
    [
        (s.object({"a": Isbn()}), {"a": GOOD}, {"a": DIGITS}),
        (s.object({"a": Isbn(default="none")}), {}, {"a": "none"}),
        (s.array_of(Isbn()), [GOOD], [DIGITS]),
        (s.record_of(Isbn(), Isbn()), {GOOD: GOOD}, {DIGITS: DIGITS}),
        (s.map_of(Isbn(), Isbn()), {GOOD: GOOD}, {DIGITS: DIGITS}),
        (s.one_of(s.number(), Isbn()), GOOD, DIGITS),
        (s.nullable(Isbn()), None, None),
        (s.nullable(Isbn()), GOOD, DIGITS),
        (s.maybe(Isbn()), s.MISSING, s.MISSING),
        (s.lazy(lambda: Isbn()), GOOD, DIGITS),
        (s.conditional(s.context_ref("a"), 1, s.never(), Isbn()), GOOD, DIGITS),
        (s.object({"a": Isbn()}).partial(), {}, {}),
    ],
)
def test_works_inside_other_kinds(around, value, output):
    assert output == around.validate(value)


@pytest.mark.parametrize(
    ("around", "value", "path"),
    [
        (s.object({"a": Isbn()}), {"a": "x"}, ("a",)),
        (s.object({"a": Isbn()}), {}, ("a",)),
        (s.array_of(Isbn()), [GOOD, "x"], (1,)),
        (s.record_of(s.string(), Isbn()), {"k": 1}, ("k",)),
        (s.one_of(s.number(), Isbn()), "x", ()),
    ],
)
def test_its_problems_have_the_path_from_the_root(around, value, path):
    assert path == error_of(around, value).path


def test_its_problems_are_the_closest_of_a_union():
    assert ["union", "isbn"] == [issue.code for issue in s.one_of(s.number(), Isbn()).issues_of("x")]


def test_takes_the_common_options():
    book = Isbn(default="none", validate=known, title="ISBN", id="isbn", meta={"x-shelf": 1})

    assert ("none", DIGITS) == (book.validate(), book.validate(GOOD))
    assert "no such book" == str(error_of(book, "9" * 13))
    assert ("ISBN", "isbn", {"x-shelf": 1}) == (book.title, book.id, book.meta)


@pytest.mark.parametrize("option", [{"validate": 1}, {"id": "a.b"}, {"title": 1}])
def test_its_common_options_are_checked(option):
    with pytest.raises(s.SchemaDefinitionError, match=r"^isbn\(\): "):
        Isbn(**option)


@pytest.mark.parametrize(
    "schema", [Isbn(), Isbn(digits=10, default="x", validate=known), Yes(), Yes(default=False)]
)
def test_pickles_and_copies(schema):
    copies = [pickle.loads(pickle.dumps(schema)), copy.copy(schema), copy.deepcopy(schema)]

    assert [(type(schema), repr(schema))] * 3 == [(type(other), repr(other)) for other in copies]


def test_a_pickle_keeps_its_fields():
    assert 10 == pickle.loads(pickle.dumps(Isbn(digits=10))).digits


@pytest.mark.parametrize(
    "schema", [Isbn(), Isbn(digits=10), Isbn(digits=10, default="x"), Yes(), Yes(default=True, title="t")]
)
def test_its_repr_is_python_in_its_own_module(schema):
    again = eval(repr(schema))

    assert (type(schema), repr(schema)) == (type(again), repr(again))


def test_is_immutable_and_hashable():
    book = Isbn()

    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        book.digits = 1
    assert {book: 1}[book] == 1
    assert Isbn() != book


def test_has_a_place_in_the_structure():
    assert [{"path": ["a"], "type": "isbn"}, {"path": ["b"], "type": "isbn?"}] == s.object(
        {"a": Isbn(), "b": s.maybe(Isbn())}
    ).get_schema_structure()


def test_a_plain_subclass_works_too():
    assert {"a": True, "b": False} == s.object({"a": Yes(), "b": Yes(default=False)}).validate({"a": "yes"})


def test_a_plain_subclass_refuses_by_the_name_of_its_class():
    assert "[a]: expected value of type [Yes] but got [string]" == str(
        error_of(s.object({"a": Yes()}), {"a": "no"})
    )


def test_a_plain_subclass_names_itself_in_definition_errors_and_structure():
    with pytest.raises(s.SchemaDefinitionError, match=r"^Yes\(\): "):
        Yes(id="a.b")

    assert [{"path": [], "type": "Yes"}] == Yes().get_schema_structure()


class Unplanned(s.Schema[int]):
    """Its plan fails."""

    asked = 0

    def plan(self) -> None:
        Unplanned.asked += 1
        raise ValueError

    def check(self, value: object, run: Any) -> Any:
        return self.missing(run) if value is s.MISSING else self.finish(7, run)


def test_a_kind_that_cannot_be_compiled_is_checked_for_ever():
    """What is warm is compiled; that this fails is nobody's concern, and it is tried once."""
    schema = s.array_of(Unplanned())

    assert [[7, 7]] * WARM == [schema.validate([1, "x"]) for _ in range(WARM)]
    assert 1 == Unplanned.asked
    with pytest.raises(ValueError, match=r"^$"):
        schema.compile()


class Modest(Yes):
    """Its plan is that of all who have none."""

    def plan(self) -> Any:
        return super().plan()


def test_a_kind_whose_plan_is_none_is_left_to_its_check():
    schema = s.array_of(Modest()).compile()

    assert [True, True] == schema.validate(["yes", True])
    assert ["type"] == [issue.code for issue in schema.issues_of(["no"])]


class Unfinished(s.Schema[Any]):
    """A subclass without `check`."""


def test_a_kind_without_check_is_a_bug_that_does_not_leave_validate():
    error = error_of(Unfinished(), 1)

    assert ("value could not be validated", NotImplementedError) == (str(error), type(error.__cause__))


def test_a_kind_that_raises_fails_as_a_whole():
    class Broken(s.Schema[Any]):
        def check(self, value: object, run: Any) -> Any:
            raise KeyError(value)

    error = error_of(s.object({"a": Broken(), "b": s.number()}), {"a": 1})

    assert ((), "fault", KeyError) == (error.path, error.issues[0].code, type(error.__cause__))


class Shelved(Isbn):
    """A subclass that says its values, and does not change its check."""

    def strategy(self, out: Any) -> Any:
        return out.st.just(GOOD)


def test_a_kind_is_drawn_from_its_examples_until_it_says_its_values():
    assert GOOD == find(from_schema(Isbn(examples=["1", GOOD])), lambda value: True)
    assert {"book": GOOD} == find(from_schema(s.object({"book": Shelved()})), lambda value: True)
    assert DIGITS == find(from_schema(Shelved(validate=known), side="output"), lambda value: True)
    with pytest.raises(InvalidArgument, match="Isbn does not say its values"):
        from_schema(Isbn())


class Handing(Isbn):
    """A subclass that hands on to what is said of every kind."""

    combinator = "isbn"

    def describe(self, out: Any) -> Any:
        return super().describe(out)

    def hint(self, out: Any) -> Any:
        return super().hint(out)

    def term(self, out: Any) -> Any:
        return super().term(out)

    def strategy(self, out: Any) -> Any:
        return super().strategy(out)


def test_what_hands_on_says_what_is_said_without_it():
    plain, handing = Isbn(examples=[GOOD]), Handing(examples=[GOOD])

    assert plain.json_schema() == handing.json_schema()
    assert hint_of(plain) == hint_of(handing) == Word("str")
    assert {**told(plain)[0], "name": "tests.test_custom_kind.Handing"} == told(handing)[0]
    assert GOOD == find(from_schema(handing), lambda value: True)


def hint_of(schema: s.Schema[Any]) -> Hint:
    definitions = Definitions()
    definitions.name(schema, "root", "root")
    return definitions.add(schema).output
