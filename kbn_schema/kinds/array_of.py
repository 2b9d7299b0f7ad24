"""Lists of one kind of item."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Self

import attrs
from typing_extensions import Unpack

from kbn_schema import messages
from kbn_schema.exact import exact_list, exact_str
from kbn_schema.kinds.any import AnySchema
from kbn_schema.kinds.base import Schema, T_co, require_schema
from kbn_schema.kinds.bounds import length_bounds
from kbn_schema.kinds.definition import require_unknowns
from kbn_schema.kinds.json_input import parse_json
from kbn_schema.kinds.never import NeverSchema
from kbn_schema.kinds.object import stripping
from kbn_schema.kinds.options import Options, T, Unknowns
from kbn_schema.left import Left, check_noted
from kbn_schema.missing import MISSING
from kbn_schema.plan import Items, Plan
from kbn_schema.problems import MAX_ISSUES, Failure, Problem, collect, fail
from kbn_schema.run import Run

if TYPE_CHECKING:
    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.json_schema import SchemaWriter
    from kbn_schema.stubs import Hint, TypeWriter
    from kbn_schema.testing.nodes import Shape
    from kbn_schema.testing.writer import StrategyWriter

ANYTHING = AnySchema()


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class ArraySchema(Schema[T_co]):
    """See `array_of`."""

    combinator = "array_of"
    word = "array"
    climb = 1
    expected = "array"

    item: Schema[Any] = attrs.field(kw_only=False)
    min_size: int | None = None
    max_size: int | None = None
    unknowns: Unknowns | None = None

    def prepare(self) -> None:
        require_schema(self, self.item, "the item")
        require_unknowns(self, self.unknowns)
        length_bounds(self, "min_size", "max_size")

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        out = self._items(value, run)
        if type(out) is Failure:
            return out
        known = run.enter(self, value, out, out)
        if known is not MISSING:
            return known
        strip, run.strip = run.strip, stripping(self.unknowns, run.strip)
        problems: list[Problem] = []
        schema = self._item_schema
        run.work += len(out)
        for index, item in enumerate(out):
            outcome = fail(messages.SPARSE) if item is MISSING else schema.check(item, run)
            if type(outcome) is Failure:
                collect(problems, outcome, index)
                if len(problems) >= MAX_ISSUES:
                    break
            else:
                out[index] = outcome
        run.strip = strip
        return run.leave(self, value, self._conclude(out, problems, run))

    def resume(self, left: Left, run: Run) -> Any:
        """Return the outcome for what compiled code left: the noted items are checked, in order."""
        out = left.out
        run.go_on(self, left)
        strip, run.strip = run.strip, stripping(self.unknowns, run.strip)
        problems: list[Problem] = []
        for index, known in left.notes:
            item = out[index]
            outcome = (
                fail(messages.SPARSE) if item is MISSING else check_noted(known, self._item_schema, item, run)
            )
            if type(outcome) is Failure:
                collect(problems, outcome, index)
                if len(problems) >= MAX_ISSUES:
                    break
            else:
                out[index] = outcome
        run.strip = strip
        outcome = self._conclude(out, problems, run)
        run.come_back(left)
        return outcome

    def told(self, left: Left, strip: bool) -> Failure | None:
        """Return the failure of what compiled code left, if there is one and nothing is left to ask."""
        problems: list[Problem] = []
        for index, known in left.notes:
            failure = known.told(stripping(self.unknowns, strip)) if type(known) is Left else known
            if failure is None:
                return None
            collect(problems, failure, index)
        problems.extend(self._size_problems(len(left.out)))
        return Failure(problems) if problems else None

    @property
    def _item_schema(self) -> Schema[Any]:
        # Kibana's `never` is a word about presence, and an item is always there.
        return ANYTHING if isinstance(self.item, NeverSchema) else self.item

    def _items(self, value: object, run: Run) -> Any:
        parsed = parse_json(value, "array", run)
        items = exact_list(parsed)
        if items is not None:
            return items
        text = exact_str(value) if run.in_field else None
        if text is not None:
            return [text]  # a field that was sent once; JSON text of a list was taken above
        return parsed if type(parsed) is Failure else self.mismatch(parsed)

    def _conclude(self, out: list[Any], problems: list[Problem], run: Run) -> Any:
        problems.extend(self._size_problems(len(out)))
        return Failure(problems) if problems else self.finish(out, run)

    def _size_problems(self, size: int) -> Iterator[Problem]:
        if self.min_size is not None and size < self.min_size:
            yield Problem(messages.MIN_SIZE, {"limit": self.min_size, "size": size})
        if self.max_size is not None and size > self.max_size:
            yield Problem(messages.MAX_SIZE, {"limit": self.max_size, "size": size})

    def plan(self) -> Plan:
        return Items(self._item_schema, self.min_size, self.max_size)

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        sizes = out.sizes(minItems=self.min_size, maxItems=self.max_size)
        return out.container("array", items=out.within(self.unknowns).schema(self._item_schema), **sizes)

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.list_of(self._item_schema)

    def term(self, out: "TermWriter") -> "Term":
        return out.array(
            self._item_schema, min_size=self.min_size, max_size=self.max_size, unknowns=self.unknowns
        )

    def strategy(self, out: "StrategyWriter") -> "Shape":
        return out.array(
            self._item_schema, min_size=self.min_size, max_size=self.max_size, unknowns=self.unknowns
        )

    def children(self) -> tuple[Schema[Any], ...]:
        return (self.item,)

    def rebuild(self, change: Callable[[Schema[Any]], Schema[Any]]) -> Self:
        return attrs.evolve(self, item=change(self.item))


def array_of(
    item: Schema[T],
    *,
    min_size: int | None = None,
    max_size: int | None = None,
    unknowns: Unknowns | None = None,
    **options: Unpack[Options[list[T]]],
) -> ArraySchema[list[T]]:
    """Accept a list whose items *item* accepts, or its JSON text; yield a new `list`.

    A single value is no list (but in a query, where a field may be sent once), and text is
    not split at commas. Items are checked before the size.

    Codes: ``min_size``, ``max_size``, ``json`` for text that is no JSON, ``depth`` for what is
    nested more than 200 levels deep.

    Args:
        item: The schema of each item.
        min_size: Fewest items, inclusive.
        max_size: Most items, inclusive.
        unknowns: What objects further down that state nothing inherit, see `object`.

    Raises:
        SchemaDefinitionError: *item* is no schema, or a size is no integer of at least 0.

    Source:
        Kibana `schema.arrayOf`.

    Example:
        >>> from kbn_schema import schema
        >>> schema.array_of(schema.number(), max_size=3).validate('["1", 2]')
        [1, 2]
    """
    return ArraySchema(item, min_size=min_size, max_size=max_size, unknowns=unknowns, **options)
