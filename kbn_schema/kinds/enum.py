"""One of a few values."""

import enum as enumeration
from collections.abc import Iterable
from typing import Any, TypeVar, overload

import attrs
from typing_extensions import Unpack

from kbn_schema import messages
from kbn_schema.exact import exact_scalar
from kbn_schema.kinds.base import Options, Schema, T_co, refuse
from kbn_schema.kinds.literal import Scalar, require_scalar, same_scalar
from kbn_schema.missing import MISSING
from kbn_schema.problems import Failure, fail
from kbn_schema.run import Run
from kbn_schema.wording import show_all, type_word

M = TypeVar("M", bound=enumeration.Enum)
S = TypeVar("S", bound=Scalar)


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class EnumSchema(Schema[T_co]):
    """See `enum`."""

    combinator = "enum"

    values: Any = attrs.field(kw_only=False)
    # Scalar and output, one pair each: the same for plain values, the member for a class.
    choices: tuple[tuple[Scalar, Any], ...] = attrs.field(init=False, default=())

    def _prepare(self) -> None:
        choices = self._members() if _is_enum(self.values) else self._plain()
        if not choices:
            refuse(self, "give it at least one value")
        object.__setattr__(self, "choices", choices)

    def _members(self) -> tuple[tuple[Scalar, Any], ...]:
        return tuple((require_scalar(self.combinator, member.value), member) for member in self.values)

    def _plain(self) -> tuple[tuple[Scalar, Any], ...]:
        if isinstance(self.values, (str, bytes)) or not isinstance(self.values, Iterable):
            refuse(self, f"give it a list of values or an Enum class, not [{type_word(self.values)}]")
        values = tuple(require_scalar(self.combinator, value) for value in self.values)
        object.__setattr__(self, "values", values)
        for index, value in enumerate(values):
            if any(same_scalar(value, earlier) for earlier in values[:index]):
                refuse(self, f"value {index} is there twice")
        return tuple((value, value) for value in values)

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        for _, output in self.choices:
            if value is output:
                return self.finish(output, run)
        given = exact_scalar(value)
        if given is not None or value is None:
            for scalar, output in self.choices:
                if same_scalar(given, scalar):
                    return self.finish(output, run)
        return self.mismatch(value)

    def mismatch(self, value: object) -> Failure:
        values = [scalar for scalar, _ in self.choices]
        message = messages.ENUM
        if value is MISSING:
            message = attrs.evolve(message, code="required")
        params = {"expected": values, "got": type_word(value)}
        return fail(message, params, expected=show_all(values))


def _is_enum(values: object) -> bool:
    return isinstance(values, type) and issubclass(values, enumeration.Enum)


@overload
def enum(values: type[M], **options: Unpack[Options[M]]) -> EnumSchema[M]: ...  # type: ignore[overload-overlap]
@overload
def enum(values: Iterable[S], **options: Unpack[Options[S]]) -> EnumSchema[S]: ...
def enum(values: Any, **options: Unpack[Options[Any]]) -> EnumSchema[Any]:
    """Accept one of *values*; yield it, or the member where *values* is an `enum.Enum` class.

    Nothing is coerced, as with `literal`: ``"1"`` is not 1. A member is accepted too.

    Args:
        values: Strings, finite numbers, booleans or None, at least one, none twice; or an
            Enum class with such values.

    Raises:
        SchemaDefinitionError: there is no value, one is there twice, or one is of another type.

    Source:
        JSON Schema's ``enum``. Kibana spells it as `one_of` of literals.

    Example:
        >>> from kbn_schema import schema
        >>> schema.enum(["asc", "desc"]).validate("asc")
        'asc'
    """
    return EnumSchema(values, **options)
