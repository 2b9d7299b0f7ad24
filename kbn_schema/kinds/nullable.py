"""A value that may be null."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

import attrs

from kbn_schema.kinds.base import Schema, T_co, require_schema
from kbn_schema.kinds.literal import literal
from kbn_schema.kinds.one_of import first_match, structure_of_any
from kbn_schema.kinds.options import Structure, T
from kbn_schema.missing import MISSING
from kbn_schema.plan import Absence, Choice, Plan
from kbn_schema.run import Run

if TYPE_CHECKING:
    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.json_schema import SchemaWriter
    from kbn_schema.stubs import Hint, TypeWriter
    from kbn_schema.testing.nodes import Shape
    from kbn_schema.testing.writer import StrategyWriter

NULL = literal(None)


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class NullableSchema(Schema[T_co]):
    """See `nullable`."""

    combinator = "nullable"

    of: Schema[T_co] = attrs.field(kw_only=False)

    def prepare(self) -> None:
        require_schema(self, self.of, "what it is given")

    @property
    def has_default(self) -> bool:
        return True

    def check(self, value: object, run: Run) -> Any:
        return None if value is MISSING else first_match(self, (self.of, NULL), value, run)

    def plan(self) -> Plan:
        return Choice((self.of, NULL))

    def absence(self) -> Absence:
        return Absence(default=None)

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        return {**out.nullable(out.schema(self.of, default=False)), "default": None}

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.nullable(self.of)

    def term(self, out: "TermWriter") -> "Term":
        return out.nullable(self.of)

    def strategy(self, out: "StrategyWriter") -> "Shape":
        return out.any_of((NULL, self.of))  # the plainest first

    def children(self) -> tuple[Schema[Any], ...]:
        return (self.of,)

    def handed_on(self) -> tuple[Schema[Any], ...]:
        return self.children()

    def rebuild(self, change: Callable[[Schema[Any]], Schema[Any]]) -> Self:
        return attrs.evolve(self, of=change(self.of))

    def structure(self, path: list[str], optional: bool) -> list[Structure]:
        return structure_of_any((self.of, NULL), path, optional=True)


def nullable(of: Schema[T]) -> NullableSchema[T | None]:
    """Accept what *of* accepts, and None; yield what *of* yields, or None.

    A missing value becomes None: the default of *of* is not used.

    Codes: ``union``, as of `one_of` with *of* and ``literal(None)``.

    Args:
        of: The schema of a value that is not None.

    Raises:
        SchemaDefinitionError: *of* is no schema.

    Source:
        Kibana `schema.nullable`: `one_of` of the schema and ``literal(None)``, with
        the default None, and with the errors of that union.

    Example:
        >>> from kbn_schema import schema
        >>> schema.nullable(schema.string()).validate(None) is None
        True
    """
    return NullableSchema[T | None](of)
