"""What records and maps share: each entry has a key and a value, both checked."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

import attrs

from kbn_schema import messages
from kbn_schema.exact import exact_items
from kbn_schema.kinds.base import Schema, T_co, require_schema, wrong_type
from kbn_schema.kinds.definition import require_unknowns
from kbn_schema.kinds.json_input import parse_json
from kbn_schema.kinds.object import stripping
from kbn_schema.kinds.options import Unknowns
from kbn_schema.left import Left, check_noted
from kbn_schema.missing import MISSING
from kbn_schema.problems import MAX_ISSUES, Failure, Problem, collect, fail
from kbn_schema.references import SiblingRef
from kbn_schema.run import Run
from kbn_schema.wording import show

if TYPE_CHECKING:
    from kbn_schema.json_schema import SchemaWriter
    from kbn_schema.testing.nodes import Shape
    from kbn_schema.testing.writer import StrategyWriter

# Hashes of integers and UUIDs collide at will, and a dict of such keys is quadratic.
MAX_ALIKE = 100


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class EntriesSchema(Schema[T_co]):
    """A dict with *key* and *value* schemas; each entry is a root of its own for references."""

    expected = "object"

    key: Schema[Any] = attrs.field(kw_only=False)
    value: Schema[Any] = attrs.field(kw_only=False)
    unknowns: Unknowns | None = None

    def prepare(self) -> None:
        require_schema(self, self.key, "the key")
        require_schema(self, self.value, "the value")
        require_unknowns(self, self.unknowns)

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        items = self._items(value, run)
        if type(items) is Failure:
            return items
        out: dict[Any, Any] = {}
        known = run.enter(self, value, out)
        if known is not MISSING:
            return known
        # Kibana validates each entry as a root of its own: no sibling outside can be seen.
        scopes, run.scopes, reached = run.scopes, [], run.reached
        optional, run.optional = run.optional, False
        strip, run.strip = run.strip, stripping(self.unknowns, run.strip)
        problems: list[Problem] = []
        alike: dict[int, int] = {}
        run.work += len(items)
        for key, item in items:
            new_key = self.output_key(key, self.key.check(key, run), alike)
            if type(new_key) is Failure:
                collect(problems, new_key, f'key("{show(key)}")', entry=True)
                outcome = None
            else:
                outcome = self.value.check(item, run)
            if type(outcome) is Failure:
                collect(problems, outcome, key if type(key) is str else show(key), entry=True)
            elif outcome is not MISSING and type(new_key) is not Failure:
                out[new_key] = outcome
            if len(problems) >= MAX_ISSUES:
                break
        run.scopes, run.strip, run.reached, run.optional = scopes, strip, reached, optional
        return run.leave(self, value, Failure(problems) if problems else self.finish(out, run))

    def resume(self, left: Left, run: Run) -> Any:
        """Return the outcome for what compiled code left: the noted entries are checked, in order."""
        run.go_on(self, left)
        scopes, run.scopes = run.scopes, []
        strip, run.strip = run.strip, stripping(self.unknowns, run.strip)
        problems: list[Problem] = []
        judged: dict[Any, tuple[Any, Any]] = {}
        alike: dict[int, int] = {}
        for key, known in left.notes:
            new_key = self.output_key(key, self.key.check(key, run), alike)
            if type(new_key) is Failure:
                collect(problems, new_key, f'key("{show(key)}")', entry=True)
            else:
                outcome = check_noted(known, self.value, left.out[key], run)
                judged[key] = (new_key, outcome)
                if type(outcome) is Failure:
                    collect(problems, outcome, key, entry=True)
            if len(problems) >= MAX_ISSUES:
                break
        run.scopes, run.strip = scopes, strip
        outcome = Failure(problems) if problems else self.finish(_replaced(left.out, judged), run)
        run.come_back(left)
        return outcome

    def told(self, left: Left, strip: bool) -> Failure | None:
        """Return None: keys are asked, too."""
        return None

    def output_key(self, key: Any, outcome: Any, alike: dict[int, int]) -> Any:
        """Return the key of the output for *key*, whose check gave *outcome*, or a failure.

        *alike* counts the hashes of the keys so far.
        """
        try:
            hashed = hash(outcome)
        except Exception:  # whatever a value that `any` let through has in its `__hash__`
            return wrong_type("string", outcome)
        alike[hashed] = alike.get(hashed, 0) + 1
        return fail(messages.KEYS_ALIKE) if alike[hashed] > MAX_ALIKE else outcome

    def _items(self, value: object, run: Run) -> Any:
        value = parse_json(value, self.word, run)
        if type(value) is Failure:
            return value
        items = exact_items(value)
        return self.mismatch(value) if items is None else items

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        inside = out.within(self.unknowns)
        return out.entries(self.key, lambda: inside.schema(self.value))

    def strategy(self, out: "StrategyWriter") -> "Shape":
        return out.entries(self.key, self.value, self.unknowns)

    def children(self) -> tuple[Schema[Any], ...]:
        return (self.key, self.value)

    def references(self) -> frozenset[tuple[int, str]]:
        own = self.own_references()  # not those of the entries
        return frozenset((ref.levels, ref.keys[0]) for ref in own if isinstance(ref, SiblingRef))

    def rebuild(self, change: Callable[[Schema[Any]], Schema[Any]]) -> Self:
        return attrs.evolve(self, key=change(self.key), value=change(self.value))


def _replaced(entries: dict[Any, Any], judged: dict[Any, tuple[Any, Any]]) -> dict[Any, Any]:
    """Return *entries* in their order, with what was *judged* in place of those keys."""
    pairs = (judged.get(key, (key, item)) for key, item in entries.items())
    return {key: item for key, item in pairs if item is not MISSING}
