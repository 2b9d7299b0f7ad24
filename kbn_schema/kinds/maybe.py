"""A value that may be left out."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Self

import attrs

from kbn_schema.kinds.base import Schema, T_co, require_schema
from kbn_schema.kinds.never import NeverSchema
from kbn_schema.kinds.options import Structure, T
from kbn_schema.missing import MISSING, Missing
from kbn_schema.plan import ASKS, STAYS, Absence, Anything, Plan, Same
from kbn_schema.run import Run

if TYPE_CHECKING:
    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.json_schema import Presence, SchemaWriter
    from kbn_schema.stubs import Hint, TypeWriter
    from kbn_schema.testing.nodes import Shape
    from kbn_schema.testing.writer import StrategyWriter


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class MaybeSchema(Schema[T_co]):
    """See `maybe`."""

    combinator = "maybe"

    of: Schema[T_co] = attrs.field(kw_only=False)

    if TYPE_CHECKING:
        # At the root a missing value comes out as MISSING; inside an object its key is absent.
        def validate(  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
            self,
            value: object = MISSING,
            context: Mapping[str, Any] | None = None,
            namespace: str | None = None,
            *,
            strip_unknown_keys: bool = False,
        ) -> T_co | Missing: ...

    def prepare(self) -> None:
        require_schema(self, self.of, "what it is given")

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.left_out(run)
        # Kibana's `never` is a word about presence, which `maybe` replaces: anything may be there.
        return value if isinstance(self.of, NeverSchema) else self.of.check(value, run)

    def plan(self) -> Plan:
        return Anything() if isinstance(self.of, NeverSchema) else Same(self.of)

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        # The default of what is inside is not used, and around `never` there is nothing but absence.
        return out.anything() if isinstance(self.of, NeverSchema) else out.schema(self.of, default=False)

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.anything() if isinstance(self.of, NeverSchema) else out.schema(self.of)

    def term(self, out: "TermWriter") -> "Term":
        return out.optional(None if isinstance(self.of, NeverSchema) else self.of)

    def strategy(self, out: "StrategyWriter") -> "Shape":
        return out.optional(None if isinstance(self.of, NeverSchema) else self.of)

    def may_be_absent(self, out: "Presence") -> bool:
        return True

    def absence(self) -> Absence:
        if type(self.of) is MaybeSchema:
            return self.of.absence()
        # What a conditional says of a missing value is asked, see `left_out`.
        return STAYS if type(self.of).left_out is Schema.left_out else ASKS

    def left_out(self, run: Run) -> Any:
        return self.of.left_out(run)

    def answers_missing(self, run: Run) -> bool:
        return True  # it stays missing

    def children(self) -> tuple[Schema[Any], ...]:
        return (self.of,)

    def handed_on(self) -> tuple[Schema[Any], ...]:
        return self.children()

    def rebuild(self, change: Callable[[Schema[Any]], Schema[Any]]) -> Self:
        return attrs.evolve(self, of=change(self.of))

    def structure(self, path: list[str], optional: bool) -> list[Structure]:
        if isinstance(self.of, NeverSchema):
            return [{"path": path, "type": "any?"}]
        return self.of.structure(path, optional=True)


def maybe(of: Schema[T]) -> MaybeSchema[T]:
    """Accept what *of* accepts, and a missing value, which stays missing; yield what *of* yields.

    None is not missing: see `nullable`. At the root, a missing value yields `MISSING`; in an
    object its key is absent. The default of *of* is not used, but for that of the branch which
    a `conditional` chose. Around `never` it accepts everything, as in Kibana.

    Args:
        of: The schema of a value that is there.

    Raises:
        SchemaDefinitionError: *of* is no schema.

    Source:
        Kibana `schema.maybe`.

    Example:
        >>> from kbn_schema import schema
        >>> page = schema.object({"page": schema.maybe(schema.number())})
        >>> page.validate({})
        {}
    """
    return MaybeSchema(of)
