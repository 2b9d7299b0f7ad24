"""A schema that is named now and found later, for recursion."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, overload

import attrs

from kbn_schema import messages
from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.kinds.base import Schema, T_co, require_schema
from kbn_schema.kinds.definition import refuse
from kbn_schema.kinds.options import T
from kbn_schema.makers import name_of
from kbn_schema.missing import MISSING
from kbn_schema.plan import ASKS, REQUIRED, Absence, Named, Plan, Same
from kbn_schema.run import Run
from kbn_schema.wording import show, type_word

if TYPE_CHECKING:
    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.json_schema import Presence, SchemaWriter
    from kbn_schema.stubs import Hint, TypeWriter
    from kbn_schema.testing.nodes import Shape
    from kbn_schema.testing.writer import StrategyWriter

MAX_HOPS = 1000


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class LazySchema(Schema[T_co]):
    """See `lazy`."""

    combinator = "lazy"
    word = "link"

    target: "str | Callable[[], Schema[T_co]]" = attrs.field(kw_only=False)

    def prepare(self) -> None:
        if not (isinstance(self.target, str) and self.target) and not callable(self.target):
            refuse(
                self, f"give it the id of a schema around it or a callable, not [{type_word(self.target)}]"
            )

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING and isinstance(self.target, str):
            return self.missing(run, messages.DEFINED)
        target = self.resolve(run)
        if value is not MISSING:
            return target.check(value, run)
        # A missing object counts as an empty one, which would go on for ever here.
        if target in run.hollow:
            return self.missing(run, messages.DEFINED)
        hollow, run.hollow = run.hollow, (*run.hollow, target)
        outcome = target.check(value, run)
        run.hollow = hollow
        return outcome

    def plan(self) -> Plan:
        if isinstance(self.target, str):
            return Named(self.target, self._require)
        target = self.called()
        self._require(target)
        return Same(target, beyond=True)

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        return out.reference(*self._meant(out))

    def hint(self, out: "TypeWriter") -> "Hint":
        if not isinstance(self.target, str):
            self._require(self.called())
            return out.reference(out.once(self.target, self.called()), name_of(self.target))
        target = out.named.get(self.target)
        if target is None:
            return out.anything()
        self._require(target)
        return out.reference(target)

    def term(self, out: "TermWriter") -> "Term":
        return out.reference(*self._meant(out), required=isinstance(self.target, str))

    def strategy(self, out: "StrategyWriter") -> "Shape":
        return out.reference(self._meant(out)[0])

    def may_be_absent(self, out: "Presence") -> bool:
        if isinstance(self.target, str):
            return False
        return out.may_be_absent(out.once(self.target, self.called()))

    def absence(self) -> Absence:
        return REQUIRED if isinstance(self.target, str) else ASKS

    def resolve(self, run: Run) -> Schema[Any]:
        """Return the schema that this one stands for.

        Raises:
            SchemaDefinitionError: there is none, or it is nothing but itself.
        """
        target = self._named(self.target, run) if isinstance(self.target, str) else self.called()
        self._require(target)
        return target

    def _require(self, target: Schema[Any]) -> None:
        if self.__dict__.get("_proven") is not target:
            _refuse_circle(self, target)
            object.__setattr__(self, "_proven", target)

    def handed_on(self) -> tuple[Schema[Any], ...]:
        # What an id names can only be told on the way down; it is a schema around this one.
        return () if isinstance(self.target, str) else (self.called(),)

    def precedents(self) -> frozenset[str]:
        return frozenset()  # asked while an object is built, which is too early to call anything

    def _meant(self, out: "SchemaWriter | StrategyWriter | TermWriter") -> tuple[Schema[Any], str | None]:
        """Return the schema that this one stands for, and what it is called where it has no id."""
        if isinstance(self.target, str):
            target, name = self._named(self.target, out), None
        else:
            target, name = out.once(self.target, self.called()), name_of(self.target)
        self._require(target)
        return target, name

    def _named(self, name: str, run: "Run | SchemaWriter | StrategyWriter | TermWriter") -> Schema[Any]:
        target: Schema[Any] | None = run.named.get(name)
        if target is None:
            shown = show(name)
            refuse(self, f"no schema around it has the id [{shown}]; set id={shown!r} on the one it means")
        return target

    def called(self) -> Schema[Any]:
        """Return what the callable gives; it is called once."""
        if "_called" not in self.__dict__:
            object.__setattr__(self, "_called", self._call())
        found: Schema[Any] = self.__dict__["_called"]
        return found

    def _call(self) -> Any:
        target: Any = self.target
        try:
            found = target()
        except (SchemaDefinitionError, RecursionError, MemoryError):
            raise
        except Exception as error:
            raised = type(error).__name__
            raise SchemaDefinitionError(
                f"lazy(): the callable must return a schema, but raised {raised}"
            ) from error
        require_schema(self, found, "what the callable returns")
        return found


def _refuse_circle(schema: LazySchema[Any], target: Schema[Any]) -> None:
    """Refuse a schema that leads back to itself without going into the value."""
    met: set[Schema[Any]] = set()
    waiting = [target]
    while waiting:
        current = waiting.pop()
        same_name = isinstance(current, LazySchema) and current.target == schema.target
        if current is schema or same_name or len(met) > MAX_HOPS:
            refuse(schema, "it refers only to itself; put it inside an object, array, record or map")
        if current in met:
            continue
        met.add(current)
        waiting.extend(current.handed_on())


@overload
def lazy(target: str) -> LazySchema[Any]: ...
@overload
def lazy(target: Callable[[], Schema[T]]) -> LazySchema[T]: ...
def lazy(target: Any) -> LazySchema[Any]:
    """Accept what another schema accepts, one around this one or from a callable; yield its output.

    It is for recursive data, see ``docs/how-to/recursive-data.md``. The schema is looked up at
    the first use. A missing value is refused, unless the lazy stands inside `maybe` or
    `nullable`. Values may be nested 200 levels deep. What a callable returns is outside of the
    tree for `extends_deep`.

    Args:
        target: The ``id`` of an enclosing schema, or a callable without arguments, called
            once.

    Raises:
        SchemaDefinitionError: *target* is neither; or, at the first use, no enclosing schema has
            the id, the callable returns no schema, or the schema is nothing but itself.

    Source:
        Kibana `schema.lazy`; a callable: zod's `z.lazy`.

    Example:
        >>> from kbn_schema import schema
        >>> tree = schema.object(
        ...     {"name": schema.string(), "children": schema.array_of(schema.lazy("node"))}, id="node"
        ... )
        >>> tree.validate({"name": "root", "children": [{"name": "leaf", "children": []}]})
        {'name': 'root', 'children': [{'name': 'leaf', 'children': []}]}
    """
    return LazySchema(target)
