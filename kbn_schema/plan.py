"""This module says what a compiled validator may accept at once: a kind describes itself as data.

A plan never refuses and never words anything: what it does not accept is left to `check`. It is
data and not source text, so that each backend (`codegen` writes Python) reads the same description,
and a kind without a plan is always left to its `check`, which is right and merely slower.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

Types = frozenset[type]

# What JSON knows. Of other types, and of subclasses, no plan accepts anything.
JSON_TYPES: Final[Types] = frozenset({str, int, float, bool, type(None), list, dict})


class Plan:
    """Base of the plans; *takes* are the exact types of which `check` might accept a value, at most."""

    __slots__ = ("takes",)

    def __init__(self, takes: Types = JSON_TYPES) -> None:
        self.takes: Types = takes


class Leaf(Plan):
    """A value of one of *types* is its own output if it meets the limits, and else is refused.

    Args:
        types: Exact types, as of `type(value)`.
        low: Smallest number, and *above* one that is not included; *high* and *below* likewise.
        min_length: Fewest code points; *max_length* likewise.
        match: Called with a text; something false refuses it.
        values: The only values, all of one type; None for any.
        spelled: Outputs by the text that spells them, None where a text has to be left to `check`;
            an output meets the limits of numbers like a value.
        takes: See `Plan`; *types*, and text where it may spell a value, are in there anyhow.
    """

    __slots__ = (
        "above", "below", "high", "low", "match", "max_length", "min_length", "spelled", "types", "values",
    )  # fmt: skip

    def __init__(
        self,
        *types: type,
        low: float | None = None,
        above: float | None = None,
        high: float | None = None,
        below: float | None = None,
        min_length: int | None = None,
        max_length: int | None = None,
        match: Callable[[str], object] | None = None,
        values: frozenset[Any] | None = None,
        spelled: Mapping[str, Any] | None = None,
        takes: Iterable[type] = (),
    ) -> None:
        super().__init__(frozenset((*types, *takes, *((str,) if spelled is not None else ()))))
        self.types: tuple[type, ...] = types
        self.low: float | None = low
        self.above: float | None = above
        self.high: float | None = high
        self.below: float | None = below
        self.min_length: int | None = min_length
        self.max_length: int | None = max_length
        self.match: Callable[[str], object] | None = match
        self.values: frozenset[Any] | None = values
        self.spelled: Mapping[str, Any] | None = spelled

    @property
    def is_unlimited(self) -> bool:
        """Whether the type is all that is asked."""
        limits = (self.low, self.above, self.high, self.below, self.min_length, self.max_length)
        return self.match is None and self.values is None and all(limit is None for limit in limits)


class Anything(Plan):
    """Any value is its own output."""

    __slots__ = ()


class Call(Plan):
    """`check` itself, called at once: for kinds whose `check` asks nothing of the run."""

    __slots__ = ()

    def __init__(self, *takes: type) -> None:
        super().__init__(frozenset(takes) or JSON_TYPES)


class Same(Plan):
    """A value that is there is judged by the schema *of*; *beyond* says that it is outside of this tree."""

    __slots__ = ("beyond", "of")

    def __init__(self, of: Any, beyond: bool = False) -> None:
        super().__init__()
        self.of: Any = of
        self.beyond: bool = beyond


class Named(Plan):
    """A value that is there is judged by the schema around this one that has the id *name*.

    *require* is called with that schema, and raises `SchemaDefinitionError` if it leads nowhere.
    """

    __slots__ = ("name", "require")

    def __init__(self, name: str, require: Callable[[Any], object]) -> None:
        super().__init__()
        self.name: str = name
        self.require: Callable[[Any], object] = require


class Prop:
    """One member of a dict: its *name*, its *schema*, and whether that has to be left to `check`."""

    __slots__ = ("left", "name", "schema")

    def __init__(self, name: str, schema: Any, left: bool) -> None:
        self.name: str = name
        self.schema: Any = schema
        self.left: bool = left


class Members(Plan):
    """A dict with *props*, in the order of checking; *unknowns* is what becomes of other keys."""

    __slots__ = ("props", "unknowns")

    def __init__(self, props: list[Prop], unknowns: str | None) -> None:
        super().__init__(frozenset({dict, str}))
        self.props: list[Prop] = props
        self.unknowns: str | None = unknowns


class Items(Plan):
    """A list of *min_size* to *max_size* items, each judged by the schema *item*."""

    __slots__ = ("item", "max_size", "min_size")

    def __init__(self, item: Any, min_size: int | None, max_size: int | None) -> None:
        super().__init__(frozenset({list, str}))
        self.item: Any = item
        self.min_size: int | None = min_size
        self.max_size: int | None = max_size


class Entries(Plan):
    """A dict of any text keys that *key* accepts as they are, with values judged by *value*."""

    __slots__ = ("key", "value")

    def __init__(self, key: Any, value: Any) -> None:
        super().__init__(frozenset({dict, str}))
        self.key: Any = key
        self.value: Any = value


class Choice(Plan):
    """The output of the first of *alternatives* that accepts the value."""

    __slots__ = ("alternatives",)

    def __init__(self, alternatives: Iterable[Any]) -> None:
        super().__init__()
        self.alternatives: tuple[Any, ...] = tuple(alternatives)


class Tagged(Plan):
    """A dict is judged by the one of *branches* that its text *tag* names, else by the *fallback*."""

    __slots__ = ("branches", "fallback", "tag")

    def __init__(self, tag: str, branches: Mapping[str, Any], fallback: Any) -> None:
        super().__init__(frozenset({dict, str}))
        self.tag: str = tag
        self.branches: Mapping[str, Any] = branches
        self.fallback: Any = fallback


class Absence:
    """What becomes of a prop that is missing.

    *required*: it is a problem, mostly. *stays*: nothing stands in for it. *default*: this does,
    an immutable value; *make*: what this returns does, which counts as *levels* of containers.
    None of them: `check` decides.
    """

    __slots__ = ("default", "levels", "make", "required", "stays")

    def __init__(
        self,
        *,
        required: bool = False,
        stays: bool = False,
        default: Any = ...,
        make: Callable[[], Any] | None = None,
        levels: int = 0,
    ) -> None:
        self.required: bool = required
        self.stays: bool = stays
        self.default: Any = default
        self.make: Callable[[], Any] | None = make
        self.levels: int = levels

    @property
    def asks(self) -> bool:
        """Whether `check` decides."""
        return not (self.required or self.stays or self.make is not None or self.default is not ...)

    def maker(self) -> Callable[[], Any]:
        """Return what makes the default, a new one each time."""
        return self.make if self.make is not None else lambda: self.default


REQUIRED: Final = Absence(required=True)
STAYS: Final = Absence(stays=True)
ASKS: Final = Absence()


def absence_of(schema: Any) -> Absence:
    """Return what becomes of a missing value, as far as the class of *schema* speaks for itself."""
    absence: Absence = schema.absence() if "plan" in vars(type(schema)) else ASKS
    return absence
