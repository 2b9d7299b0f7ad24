"""A value that may be left out."""

from collections.abc import Callable
from typing import Any, Self

import attrs

from kbn_schema.kinds.base import Schema, Structure, T, T_co, require_schema
from kbn_schema.kinds.never import NeverSchema
from kbn_schema.missing import MISSING
from kbn_schema.run import Run


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class MaybeSchema(Schema[T_co]):
    """See `maybe`."""

    combinator = "maybe"

    of: Schema[T_co] = attrs.field(kw_only=False)

    def prepare(self) -> None:
        require_schema(self, self.of, "the schema")

    def check(self, value: object, run: Run) -> Any:
        # Kibana's `never` is a word about presence, which `maybe` replaces: anything may be there.
        if value is MISSING or isinstance(self.of, NeverSchema):
            return value
        return self.of.check(value, run)

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
    """Accept what *of* accepts, and a missing value, which stays missing (its default is not used).

    None is not missing: see `nullable`. Around `never` it accepts everything, as in Kibana.

    Source:
        Kibana `schema.maybe`.

    Example:
        >>> from kbn_schema import schema
        >>> page = schema.object({"page": schema.maybe(schema.number())})
        >>> page.validate({})
        {}
    """
    return MaybeSchema(of)
