"""What schemas are made of beside combinators: checks, defaults, enums, kinds and references of authors."""

import enum
import io
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from kbn_schema import MISSING, Schema, ValidationError, schema
from kbn_schema.exact import exact_str
from kbn_schema.kinds.array_of import ArraySchema
from kbn_schema.kinds.base import wrong_type
from kbn_schema.kinds.boolean import BooleanSchema
from kbn_schema.kinds.enum import EnumSchema
from kbn_schema.kinds.integer import IntegerSchema
from kbn_schema.kinds.literal import LiteralSchema
from kbn_schema.kinds.maybe import MaybeSchema
from kbn_schema.kinds.nullable import NullableSchema
from kbn_schema.kinds.number import NumberSchema
from kbn_schema.kinds.object import ObjectSchema
from kbn_schema.kinds.one_of import OneOfSchema
from kbn_schema.kinds.record_of import RecordSchema
from kbn_schema.kinds.string import StringSchema
from kbn_schema.messages import Message
from kbn_schema.problems import MAX_ISSUES, Failure, Problem, collect, fail, fail_in_words
from kbn_schema.references import Reference
from kbn_schema.run import Run

# What watched checks and defaults were called with, in order.
WATCHED: list[tuple[str, Any]] = []
ASKED_FOR = "a default"  # stands in `WATCHED` where a check has its value
STREAM = io.BytesIO()

CONTEXT: dict[str, Any] = {
    "a": {"b": 1, "c": [1, {"x": "y"}]}, "limit": "7", "serverless": True, "list": [[1], 2], "b": 1.0,
    "text": "x", "none": None,
}  # fmt: skip
READ_ONLY = MappingProxyType(CONTEXT)


class Moving(Mapping[str, Any]):
    """A mapping that is no dict."""

    def __getitem__(self, key: str) -> Any:
        return CONTEXT[key]

    def __iter__(self) -> Any:
        return iter(CONTEXT)

    def __len__(self) -> int:
        return len(CONTEXT)


MAPPING = Moving()

# --- checks ---


def accept(value: Any) -> None:
    """Accept."""


def true(value: Any) -> bool:
    return True


def seven(value: Any) -> int:
    return 7


def text(value: Any) -> str:
    return "not this {value}\n"


def empty_text(value: Any) -> str:
    return ""


def false(value: Any) -> bool:
    return False


def value_error(value: Any) -> None:
    raise ValueError("in the author's words")


def assertion(value: Any) -> None:
    assert not isinstance(value, object)


def key_error(value: Any) -> None:
    raise KeyError("a bug")


def recursion_error(value: Any) -> None:
    raise RecursionError


def validation_error(value: Any) -> None:
    schema.number().validate("x")


def enters_again(value: Any) -> None:
    """Validate something in the middle of a validation."""
    AGAIN.validate({"a": [value], "b": "1"})


AGAIN = schema.object({"a": schema.array_of(schema.any()), "b": schema.number()}).compile()


def awaits(value: Any) -> Any:
    async def later() -> None:
        return None

    return later()


def truthy(value: Any) -> bool | None:
    return None if value else False


def short(value: Any) -> str | None:
    return None if len(str(value)) < 6 else "too long to print"


def no_a(value: Any) -> str | None:
    if not issubclass(type(value), (str, bytes, list, dict, tuple)):
        raise TypeError("it may have no end")
    return "there is an a" if "a" in value else None


def change(value: Any) -> None:
    """Change the output, as far as that goes."""
    if type(value) is list:
        value.append("changed")
    if type(value) is dict:
        value["changed"] = True


def clear(value: Any) -> None:
    if type(value) in (list, dict):
        value.clear()


@attrs.frozen
class Watched:
    """A check that notes what it was called with, and then does what *then* does."""

    name: str
    then: Callable[[Any], Any] = accept

    def __call__(self, value: Any) -> Any:
        WATCHED.append((self.name, value))
        return self.then(value)


# --- defaults ---


def ten() -> int:
    return 10


def word() -> str:
    return "made"


def no_items() -> list[Any]:
    return []


def entry() -> dict[str, Any]:
    return {"a": [1]}


KEPT: list[Any] = [1]


def kept() -> list[Any]:
    """The same list each time, which is the author's affair."""
    return KEPT


def nothing() -> Any:
    return MISSING


def breaks() -> Any:
    raise KeyError("a bug")


def invalid() -> Any:
    raise ValidationError("by hand")


@attrs.frozen
class WatchedDefault:
    """A default that notes that it was asked for."""

    name: str
    value: Any = 1

    def __call__(self) -> Any:
        WATCHED.append((self.name, ASKED_FOR))
        return self.value


@attrs.define
class Token:
    """A value of the author's own, which can be copied and compared."""

    comparable = True
    content: Any = 1


# --- enums ---


class Color(enum.Enum):
    RED = "red"
    BLUE = 2


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 5


class Tone(enum.StrEnum):
    A = "a"
    TYPE = "type"


class Mixed(enum.Enum):
    YES = True
    ONE = 1.5
    NONE = None
    TEXT = ""


# --- references ---


@attrs.frozen(eq=False, repr=False)
class Fixed(Reference):
    """A reference of a third party's that reads no more than its own path."""

    combinator = "Fixed"

    def read(self, run: Run, value: object) -> Any:
        return [self.path]


# --- kinds of third parties ---

ODD = Message("odd", "expected something odd, not [{got}]")


class Yes(Schema[bool]):
    """The least that a kind can be."""

    samples = ("yes",)

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        return self.finish(True, run) if value == "yes" else self.mismatch(value)


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class Odd(Schema[int]):
    """Exactly typed odd numbers, as texts."""

    combinator = "odd"
    samples = (1, 3)

    base: int = 10

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        if type(value) is not int:
            return self.mismatch(value)
        return self.finish(f"{value}/{self.base}", run) if value % 2 else fail(ODD, {"got": "even"})


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class Csv(Schema[list[Any]]):
    """Text with commas, or a list; a container without a level of its own."""

    combinator = "csv"
    samples = ("1,2", "a", "", ["1", "2"])

    item: Schema[Any] = attrs.field(kw_only=False)

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        if type(value) is not str and type(value) is not list:
            return self.mismatch(value)
        parts = value.split(",") if type(value) is str else value
        outcomes = [self.item.check(part, run) for part in parts]
        problems = [
            problem
            for index, outcome in enumerate(outcomes)
            if type(outcome) is Failure
            for problem in outcome.under(index)
        ]
        return Failure(problems) if problems else self.finish(outcomes, run)

    def children(self) -> tuple[Schema[Any], ...]:
        return (self.item,)

    def rebuild(self, change: Any) -> Any:
        return attrs.evolve(self, item=change(self.item))


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class Split(Schema[list[Any]]):
    """Text with commas, one level down, as the documentation has it."""

    combinator = "split"
    climb = 1
    samples = ("1,2", "a", "", "5")

    item: Schema[Any] = attrs.field(kw_only=False)

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        text = exact_str(value)
        if text is None:
            return wrong_type("string", value)
        output: list[Any] = []
        known = run.enter(self, value, output)
        if known is not MISSING:
            return known
        problems: list[Problem] = []
        for index, piece in enumerate(text.split(",")):
            outcome = self.item.check(piece, run)
            if type(outcome) is Failure:
                collect(problems, outcome, index)
            else:
                output.append(outcome)
            if len(problems) >= MAX_ISSUES:
                break
        return run.leave(self, value, Failure(problems) if problems else self.finish(output, run))

    def children(self) -> tuple[Schema[Any], ...]:
        return (self.item,)

    def rebuild(self, change: Any) -> Any:
        return attrs.evolve(self, item=change(self.item))


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class Aside(Schema[Any]):
    """Hands the same value on to the schema inside."""

    combinator = "aside"

    of: Schema[Any] = attrs.field(kw_only=False)

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING and self.default is not MISSING:
            return self.missing(run)
        named = run.name(self)
        outcome = self.of.check(value, run)
        run.named = named
        return outcome if type(outcome) is Failure or value is MISSING else self.finish(outcome, run)

    def children(self) -> tuple[Schema[Any], ...]:
        return (self.of,)

    def handed_on(self) -> tuple[Schema[Any], ...]:
        return self.children()

    def rebuild(self, change: Any) -> Any:
        return attrs.evolve(self, of=change(self.of))


class Where(Schema[Any]):
    """Puts out what it can tell of the run."""

    samples = (1,)

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        state = {
            "depth": run.depth, "scopes": len(run.scopes), "strip": run.strip, "optional": run.optional,
            "fields": run.fields, "in_field": run.in_field, "named": sorted(run.named),
            "context": len(run.context), "hollow": len(run.hollow), "branching": run.branching,
        }  # fmt: skip
        return self.finish(state, run)


class Unhashable(Schema[Any]):
    """Yields a list, whatever comes."""

    samples = ("a",)

    def check(self, value: object, run: Run) -> Any:
        return self.missing(run) if value is MISSING else self.finish([1], run)


class Gone(Schema[Any]):
    """Yields nothing at all for what is there."""

    samples = (1, "a")

    def check(self, value: object, run: Run) -> Any:
        return MISSING


class Broken(Schema[Any]):
    """Raises."""

    samples = (1,)

    def check(self, value: object, run: Run) -> Any:
        raise KeyError("a bug")


class Old(Schema[Any]):
    """Asks another schema's `validate`, as it should not."""

    samples = ({"a": 1},)
    inner = schema.object({"a": schema.number(max=5)})

    def check(self, value: object, run: Run) -> Any:
        return self.finish(self.inner.validate(value), run)


# --- subclasses of our kinds ---


class Plain(StringSchema):
    """Changes nothing."""


class Shouting(StringSchema):
    """Overrides `check`."""

    def check(self, value: object, run: Run) -> Any:
        outcome = super().check(value, run)
        return outcome.upper() if type(outcome) is str else outcome


class Rounding(NumberSchema):
    """Overrides `finish`."""

    def finish(self, output: Any, run: Run) -> Any:
        return super().finish(round(output), run)


class Polite(NumberSchema):
    """Overrides `mismatch`."""

    def mismatch(self, value: object) -> Failure:
        return fail_in_words("a number, please")


class Filling(IntegerSchema):
    """Overrides `missing`."""

    def missing(self, run: Run, message: Message | None = None) -> Any:
        return 42


class Unsure(BooleanSchema):
    """Overrides `get_default`."""

    def get_default(self, run: Run) -> Any:
        return "unsure"


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class Port(IntegerSchema):
    """Has another default for an option."""

    combinator = "port"

    min: int | float | None = 1
    max: int | float | None = 65535


class Marked(ObjectSchema[Any]):
    """Overrides `finish` of an object."""

    def finish(self, output: Any, run: Run) -> Any:
        return super().finish({**output, "marked": len(output)}, run)


class Listed(ObjectSchema[Any]):
    """Overrides `check` of an object."""

    def check(self, value: object, run: Run) -> Any:
        outcome = super().check(value, run)
        return [outcome] if type(outcome) is dict else outcome


class PlainObject(ObjectSchema[Any]):
    """Changes nothing about an object."""


class Sorted(ArraySchema[Any]):
    """Overrides `finish` of an array."""

    def finish(self, output: Any, run: Run) -> Any:
        return super().finish(sorted(output, key=str), run)


class Prefixed(RecordSchema[Any]):
    """Overrides `output_key` of a record."""

    def output_key(self, key: Any, outcome: Any, alike: dict[int, int]) -> Any:
        found = super().output_key(key, outcome, alike)
        return f"x-{found}" if type(found) is str else found


class Optional(MaybeSchema[Any]):
    """Overrides `left_out` of a maybe."""

    def left_out(self, run: Run) -> Any:
        return "left out"


class NullIsEmpty(NullableSchema[Any]):
    """Overrides `check` of a nullable."""

    def check(self, value: object, run: Run) -> Any:
        return "" if value is None else super().check(value, run)


class LastOf(OneOfSchema[Any]):
    """Overrides `finish` of a union."""

    def finish(self, output: Any, run: Run) -> Any:
        return super().finish([output], run)


class Curt(LiteralSchema[Any]):
    """Overrides `mismatch` of a literal."""

    def mismatch(self, value: object) -> Failure:
        return fail_in_words("no")


class Spoken(EnumSchema[Any]):
    """Overrides `mismatch` of an enum."""

    def mismatch(self, value: object) -> Failure:
        return fail_in_words("none of them")
