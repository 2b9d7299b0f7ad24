"""One of a few values."""

import enum as enumeration
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, overload

import attrs
from typing_extensions import Unpack

from kbn_schema import messages
from kbn_schema.exact import exact_scalar
from kbn_schema.kinds.base import Schema, T_co
from kbn_schema.kinds.definition import refuse
from kbn_schema.kinds.literal import Scalar, plan_of_values, require_scalar
from kbn_schema.kinds.options import Options, OtherOptions
from kbn_schema.missing import MISSING
from kbn_schema.plan import Call, Plan
from kbn_schema.problems import Failure, fail
from kbn_schema.references import Reference
from kbn_schema.run import Run
from kbn_schema.wording import show_all, type_word

if TYPE_CHECKING:
    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.json_schema import SchemaWriter
    from kbn_schema.stubs import Hint, TypeWriter
    from kbn_schema.testing.values import Values
    from kbn_schema.testing.writer import StrategyWriter

M = TypeVar("M", bound=enumeration.Enum)
S = TypeVar("S", bound=Scalar)


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class EnumSchema(Schema[T_co]):
    """See `enum`."""

    combinator = "enum"

    values: Any = attrs.field(kw_only=False)
    # The output of each value, by `_key`: the value itself, or the member where there is a class.
    outputs: Mapping[tuple[bool, Scalar], Any] = attrs.field(init=False, factory=dict[Any, Any])

    def prepare(self) -> None:
        given: Any = self.values
        pairs = [(member.value, member) for member in given] if _is_enum(given) else self._plain_values()
        outputs: dict[tuple[bool, Scalar], Any] = {}
        for index, (value, output) in enumerate(pairs):
            scalar = require_scalar(self.combinator, value)
            if _key(scalar) in outputs:
                refuse(self, f"the value at index {index} repeats one before it")
            outputs[_key(scalar)] = output
        if not outputs:
            refuse(self, "give it at least one value")
        object.__setattr__(self, "outputs", outputs)

    def _plain_values(self) -> list[tuple[Scalar, Scalar]]:
        if isinstance(self.values, (str, bytes)) or not isinstance(self.values, Iterable):
            refuse(self, f"give it a list of values or an Enum class, not [{type_word(self.values)}]")
        values = tuple(require_scalar(self.combinator, value) for value in self.values)
        if isinstance(self.values, (set, frozenset)):  # whose order is another in each process
            values = tuple(sorted(values, key=lambda value: (type(value).__name__, value)))
        object.__setattr__(self, "values", values)
        return [(value, value) for value in values]

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        if type(value) is self.values:  # a member already
            return self.finish(value, run)
        scalar = exact_scalar(value)
        known = scalar is not None or value is None
        output = self.outputs.get(_key(scalar), MISSING) if known else MISSING
        return self.mismatch(value) if output is MISSING else self.finish(output, run)

    def plan(self) -> Plan:
        return Call() if _is_enum(self.values) else plan_of_values(self.values)

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        return out.constants([scalar for _, scalar in self.outputs])

    def hint(self, out: "TypeWriter") -> "Hint":
        values = [scalar for _, scalar in self.outputs]
        return out.members(self.values, values) if _is_enum(self.values) else out.constants(values)

    def term(self, out: "TermWriter") -> "Term":
        return out.values([scalar for _, scalar in self.outputs])

    def strategy(self, out: "StrategyWriter") -> "Values":
        return out.constants([scalar for _, scalar in self.outputs], code="enum")

    def mismatch(self, value: object) -> Failure:
        values = [scalar for _, scalar in self.outputs]
        message = messages.ENUM
        if value is MISSING:
            message = message.required()
        params = {"expected": values, "got": type_word(value)}
        return fail(message, params, expected=show_all(values))


def _is_enum(values: object) -> bool:
    return isinstance(values, type) and issubclass(values, enumeration.Enum)


def _key(scalar: Scalar) -> tuple[bool, Scalar]:
    # 1, 1.0 and True are equal and hash alike, but JSON keeps True apart.
    return type(scalar) is bool, scalar


@overload
def enum(values: type[M], **options: Unpack[Options[M]]) -> EnumSchema[M]: ...  # type: ignore[overload-overlap]
@overload
def enum(
    values: Iterable[S],
    *,
    # Of its own type: pyright would take its text for any text, and so the output.
    default: Scalar | Callable[[], Scalar] | Reference = ...,
    **options: Unpack[OtherOptions[S]],
) -> EnumSchema[S]: ...
# To mypy, values of several types are objects, which the one above does not take.
@overload
def enum(  # type: ignore[overload-cannot-match]  # pyright: ignore[reportOverlappingOverload]
    values: Iterable[Scalar], **options: Unpack[Options[Scalar]]
) -> EnumSchema[Scalar]: ...
def enum(values: Any, **options: Unpack[Options[Any]]) -> EnumSchema[Any]:
    """Accept one of *values*; yield it, or the member where *values* is an `enum.Enum` class.

    Nothing is coerced, as with `literal`: ``"1"`` is not 1. A member is accepted too.

    Type checkers take the output for any text, unless an annotation says ``Schema[Literal["asc", "desc"]]``.
    Values that have a name then have to be a tuple that is `Final`, ``ORDERS: Final = ("asc", "desc")``, or
    annotated themselves.

    Codes: ``enum``.

    Args:
        values: Strings, finite numbers, booleans or None, at least one, none twice; or an
            Enum class with such values.

    Raises:
        SchemaDefinitionError: there is no value, one is there twice, or one is of another type.

    Source:
        JSON Schema's ``enum``. Kibana spells it as `one_of` of literals.

    Example:
        >>> import enum
        >>> from kbn_schema import schema
        >>> schema.enum(["asc", "desc"]).validate("asc")
        'asc'
        >>> class Sort(enum.Enum):
        ...     NAME = "name"
        ...     AGE = "age"
        >>> schema.enum(Sort, default=Sort.NAME).validate("age")
        <Sort.AGE: 'age'>
    """
    return EnumSchema(values, **options)
