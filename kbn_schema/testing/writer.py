"""This module is what a kind says its values with: see `Schema.strategy`."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any, Final, Protocol

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from kbn_schema.kinds.any import AnySchema
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.options import Unknowns
from kbn_schema.missing import MISSING
from kbn_schema.references import Reference, SiblingRef
from kbn_schema.run import Run
from kbn_schema.testing import anything, binary, constants, formats, numbers, quantities, texts, times
from kbn_schema.testing.containers import Entries, Items
from kbn_schema.testing.hand import Hand
from kbn_schema.testing.nodes import Node, Shape
from kbn_schema.testing.objects import Members, Prop
from kbn_schema.testing.unions import Choice, Condition, Optional, Same, Tagged
from kbn_schema.testing.values import Values

ANYTHING: Final = AnySchema()


class Places(Protocol):
    """What is asked of the tree that is drawn from."""

    @property
    def spelled(self) -> bool: ...

    @property
    def context(self) -> Mapping[str, Any]: ...

    def hint(self, name: str, value: Any) -> None: ...

    def node(self, schema: Schema[Any], named: Mapping[str, Any]) -> Node: ...

    def may_be_absent(self, schema: Schema[Any]) -> bool: ...

    def once(self, make: Callable[[], Any], made: Any) -> Any: ...

    def custom(self, schema: Schema[Any]) -> Values: ...

    def hand(self, draw: DrawFn) -> Hand: ...


class StrategyWriter:
    """The words for the values of a kind. `st` is `hypothesis.strategies`."""

    st: ModuleType = st

    def __init__(self, places: Places, named: Mapping[str, Any]) -> None:
        self.named: Mapping[str, Any] = named
        """The schemas around this place that have an id."""
        self.needed: list[Node] = []
        """What `values` was asked for."""
        self._places = places

    # --- what stands inside ---

    def values(self, schema: Schema[Any]) -> Values:
        """Return the values of *schema*, which stands inside, to make others of them.

        It has to have a value for this kind to have one.
        """
        node = self._node(schema)
        self.needed.append(node)
        return Values(node.alone(self._places.hand))

    def once(self, make: Callable[[], Any], made: Any) -> Any:
        """Return what *make* was the first to make: it may be made anew each time, and have itself inside."""
        return self._places.once(make, made)

    def _node(self, schema: Schema[Any]) -> Node:
        return self._places.node(schema, self.named)

    # --- values by themselves ---

    @property
    def spelled(self) -> bool:
        """Whether texts that stand for something else, such as ``"5"`` for a number, are drawn, too."""
        return self._places.spelled

    def anything(self) -> Values:
        """Any value that JSON has."""
        return anything.anything()

    def nothing(self) -> Values:
        """No value."""
        return anything.nothing()

    def booleans(self) -> Values:
        """True and false, and the texts that spell them."""
        return constants.booleans(spelled=self.spelled)

    def constants(self, values: Iterable[Any], *, code: str = "literal") -> Values:
        """A few scalars; *code* is that of the issue of others."""
        return constants.constants(values, code=code)

    def numbers(
        self,
        *,
        min: int | float | None = None,
        max: int | float | None = None,
        exclusive_min: int | float | None = None,
        exclusive_max: int | float | None = None,
        multiple_of: int | float | None = None,
        whole: bool = False,
        unsafe: bool = False,
    ) -> Values:
        """Numbers, and texts that spell one; *whole* is for integers, of any size."""
        return numbers.numbers(
            min=min,
            max=max,
            exclusive_min=exclusive_min,
            exclusive_max=exclusive_max,
            multiple_of=multiple_of,
            whole=whole,
            unsafe=unsafe,
            spelled=self.spelled,
        )

    def texts(
        self,
        *,
        min_length: int | None = None,
        max_length: int | None = None,
        pattern: re.Pattern[str] | None = None,
        hostname: bool = False,
        from_numbers: bool = False,
    ) -> Values:
        """Texts, all of which *pattern* matches; with *from_numbers*, numbers stand for texts, too."""
        return texts.texts(
            min_length=min_length,
            max_length=max_length,
            pattern=pattern,
            hostname=hostname,
            from_numbers=from_numbers,
            spelled=self.spelled,
        )

    def emails(self) -> Values:
        """E-mail addresses."""
        return formats.emails()

    def uuids(self) -> Values:
        """UUIDs, as texts."""
        return formats.uuids()

    def ips(self, versions: Sequence[str]) -> Values:
        """IP addresses, as texts."""
        return formats.ips(versions)

    def uris(self, schemes: Sequence[str] | None = None) -> Values:
        """Absolute URIs, as texts; of any scheme, or one of *schemes*."""
        return formats.uris(schemes)

    def dates(self) -> Values:
        """Dates, as texts."""
        return times.dates()

    def date_times(self) -> Values:
        """Points in time, as texts."""
        return times.date_times()

    def sizes(self, min: int | None = None, max: int | None = None) -> Values:
        """Sizes in bytes, and texts that spell one."""
        return quantities.sizes(min, max, spelled=self.spelled)

    def durations(self, min: int | None = None, max: int | None = None) -> Values:
        """Durations in milliseconds, and texts that spell one."""
        return quantities.durations(min, max, spelled=self.spelled)

    def binary(self) -> Values:
        """Bytes, and texts."""
        return binary.binary(spelled=self.spelled)

    def streams(self) -> Values:
        """What is read piece by piece."""
        return binary.streams()

    def custom(self, schema: Schema[Any]) -> Values:
        """Of a kind that does not say its values, those that the author of *schema* knows."""
        return self._places.custom(schema)

    # --- values made of others ---

    def object(self, props: Mapping[str, Schema[Any]], unknowns: Unknowns | None = None) -> Shape:
        """Dicts with props of these names and schemas; what a prop refers to comes before it."""
        return Members(
            [Prop(name, self._node(prop), self._places.may_be_absent(prop)) for name, prop in props.items()],
            unknowns,
        )

    def array(
        self,
        item: Schema[Any],
        *,
        min_size: int | None = None,
        max_size: int | None = None,
        unknowns: Unknowns | None = None,
    ) -> Shape:
        """Lists of what the schema *item* says."""
        return Items(self._node(item), min_size, max_size, unknowns)

    def entries(self, key: Schema[Any], value: Schema[Any], unknowns: Unknowns | None = None) -> Shape:
        """Dicts whose keys and values are what two schemas say."""
        return Entries(self._node(key), self._node(value), unknowns)

    def any_of(self, alternatives: Iterable[Schema[Any]]) -> Shape:
        """What one of some schemas takes, the first that does."""
        return Choice([self._node(alternative) for alternative in alternatives])

    def tagged(
        self, discriminator: str, branches: Mapping[str, Schema[Any]], other: Schema[Any] | None = None
    ) -> Shape:
        """What the branch takes that is named under the key *discriminator*; *other* is for all else."""
        nodes = {tag: self._node(branch) for tag, branch in branches.items()}
        return Tagged(discriminator, nodes, None if other is None else self._node(other))

    def conditional(
        self,
        left: Reference,
        right: Any,
        then: Schema[Any],
        otherwise: Schema[Any],
        choose: Callable[[Any, Run], Schema[Any]],
    ) -> Shape:
        """What one of two schemas takes: the one that *choose* returns for a value and a run."""
        if isinstance(left, SiblingRef):
            self._places.hint(left.keys[-1], self._node(right) if isinstance(right, Schema) else right)
        elif not isinstance(right, SiblingRef):
            # The context is known: there is no choice.
            run = Run(self._places.context)
            run.named = self.named
            return Same(self._node(choose(MISSING, run)))
        return Condition(choose, [self._node(then), self._node(otherwise)])

    def optional(self, of: Schema[Any] | None) -> Shape:
        """What the schema *of* takes, None for anything; a missing value is fine."""
        return Optional(self._node(ANYTHING if of is None else of))

    def reference(self, target: Schema[Any]) -> Shape:
        """What *target* takes, which stands elsewhere."""
        return Same(self._node(target))
