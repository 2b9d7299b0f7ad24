"""This module is what a kind says its types with: see `Schema.hint`."""

import keyword
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Literal, Protocol, Union, get_args, get_origin

import attrs

from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.kinds.options import Side, Unknowns
from kbn_schema.missing import MISSING
from kbn_schema.references import Reference
from kbn_schema.stubs.hints import (
    ANY,
    NEVER,
    NONE,
    ClassOf,
    Constants,
    DictOf,
    Field,
    Fields,
    Hint,
    ListOf,
    Word,
    union,
)
from kbn_schema.wording import show


@attrs.frozen
class Trail:
    """How one came to a schema: the *name* of its type, where it has none of its own, and the way to it."""

    name: str
    way: str


class Known(Protocol):
    """What is asked of the definitions of a module."""

    @property
    def is_json(self) -> bool: ...

    def hint(self, schema: Any, side: Side, trail: Trail, named: Mapping[str, Any]) -> Hint: ...

    def reference(
        self, schema: Any, side: Side, trail: Trail, named: Mapping[str, Any], name: str | None
    ) -> Hint: ...

    def may_be_absent(self, schema: Any, side: Side) -> bool: ...

    def once(self, make: Callable[[], Any], made: Any) -> Any: ...

    def content(self, hint: Hint, side: Side) -> Hint: ...

    def step(self, trail: Trail, name: str) -> Trail: ...


class TypeWriter:
    """What a kind says the types of its values with, on one side.

    Input types are of what may be sent, but for plain scalars as texts: the number 5 is sent as 5.

    Args:
        known: All types of the module.
        side: ``"input"`` or ``"output"``.
        trail: How one came to this place.
        named: The schemas around it that have an id.
    """

    def __init__(self, known: Known, side: Side, trail: Trail, named: Mapping[str, Any]) -> None:
        self.is_input: bool = side == "input"
        """Whether what `validate` accepts is written, and not what it yields."""
        self.is_json: bool = known.is_json
        """Whether values are those of JSON, as clients have them, and not those of Python."""
        self.named = named
        """The schemas around this place that have an id."""
        self._known = known
        self._side: Side = side
        self._trail = trail

    def schema(self, schema: Any, step: str = "") -> Hint:
        """Return the type of *schema*, which stands inside; *step* is what leads to it."""
        trail = self._known.step(self._trail, step) if step else self._trail
        return self._known.hint(schema, self._side, trail, self.named)

    def reference(self, schema: Any, name: str | None = None) -> Hint:
        """Return the type of *schema*, which stands elsewhere; *name* is for one that has no other name."""
        return self._known.reference(schema, self._side, self._trail, self.named, name)

    def once(self, make: Callable[[], Any], made: Any) -> Any:
        """Return what *make* was the first to make; now it *made* this, which may have itself inside.

        Raises:
            SchemaDefinitionError: There is no end of such callables.
        """
        return self._known.once(make, made)

    def anything(self) -> Hint:
        """Return the type of all values."""
        return ANY

    def nothing(self) -> Hint:
        """Return the type that no value has."""
        return NEVER

    def words(self, *names: str) -> Hint:
        """Return the type of what has one of the types *names*: ``str int float bool bytes``."""
        return union(Word(name) for name in names)

    def instance(
        self, cls: type, *, sent: Sequence[str] = ("str",), printed: str = "str", taken: type | None = None
    ) -> Hint:
        """Return the type of instances of *cls*.

        Args:
            cls: A class that its module has under its name; any other one says nothing.
            sent: The words for what may be sent instead of an instance.
            printed: The word for what one is in JSON.
            taken: The class whose instances are taken, where that is another.
        """
        if self.is_json:
            return self.words(*sent) if self.is_input else self.words(printed)
        if not self.is_input:
            return class_of(cls)
        return union([self.words(*sent), class_of(taken or cls)])

    def constants(self, values: Iterable[Any]) -> Hint:
        """Return the type of a few scalars, *values*: texts, numbers, True, False and None."""
        listed = list(values)
        plain = [value for value in listed if value is not None]
        return union([*([Constants.of(plain)] if plain else []), *([NONE] if None in listed else [])])

    def members(self, cls: type, values: Iterable[Any]) -> Hint:
        """Return the type of the members of the Enum class *cls*, which have *values*."""
        if self.is_json:
            return self.constants(values)
        member = class_of(cls)
        return union([member, self.constants(values)]) if self.is_input else member

    def list_of(self, item: Any) -> Hint:
        """Return the type of lists of what the schema *item* has."""
        return ListOf(self.schema(item, "Item"))

    def dict_of(self, key: Any, value: Any, *, keeps_keys: bool) -> Hint:
        """Return the type of dicts with values of the schema *value*.

        Their keys are texts, unless it *keeps_keys* as the schema *key* makes them.
        """
        keys = self.schema(key, "Key") if self.is_json or keeps_keys else Word("str")
        if self.is_json:
            listed = self._known.content(keys, self._side)
            keys = _as_texts(listed) if isinstance(listed, Constants) else Word("str")
        return DictOf(keys, self.schema(value, "Value"))

    def union(self, alternatives: Sequence[Any], names: Iterable[str] | None = None) -> Hint:
        """Return the type of what one of *alternatives* has; *names* tell them apart, or numbers from 1."""
        numbered = map(str, range(1, len(alternatives) + 1)) if names is None else names
        if len(alternatives) == 1:
            return self.schema(alternatives[0])
        return union(self.schema(one, name) for one, name in zip(alternatives, numbered, strict=True))

    def nullable(self, schema: Any) -> Hint:
        """Return the type of what *schema* has, and of None."""
        return union([self.schema(schema), NONE])

    def fields(self, props: Mapping[str, Any], unknowns: Unknowns | None) -> Hint:
        """Return the type of dicts with *props*, schemas by name; *unknowns* may allow others."""
        fields = [
            Field(name, self._member(name, prop), not self._known.may_be_absent(prop, self._side), prop)
            for name, prop in props.items()
        ]
        return Fields(tuple(fields), is_open=unknowns == "allow")

    def _member(self, name: str, prop: Any) -> Hint:
        hint = self.schema(prop, name)
        misfit = None if self.is_input else misfit_of(prop)
        return hint if misfit is None else union([hint, misfit])

    def output_of(self, kind: type) -> Hint:
        """Return what the class parameter of *kind* says of its output; nothing is known of its input."""
        return ANY if self.is_input or self.is_json else parameter_of(kind)


def _as_texts(keys: Constants) -> Constants:
    """*keys* as JSON has them, where 1 is ``"1"``."""
    return Constants.of(key if isinstance(key, str) else show(key) for key in keys.values)


def misfit_of(schema: Any) -> "Hint | None":
    """The type of the default of *schema* where that does not fit: it is trusted, and handed out."""
    default = schema.default
    if default is MISSING or isinstance(default, Reference) or callable(default) or _fits(schema, default):
        return None
    return _hint_of(default)


def _fits(schema: Any, default: Any) -> bool:
    try:
        return bool(schema.is_valid(default))
    except SchemaDefinitionError:  # a part of another schema, which has a `lazy` in it
        return True


def _hint_of(value: Any) -> Hint:
    """What can be said of *value* itself, and not of what is in it."""
    kind = type(value)
    if kind is dict:
        return DictOf(Word("str"), ANY)
    if kind is list:
        return ListOf(ANY)
    return NONE if value is None else Word(kind.__name__) if kind in (str, int, float, bool) else ANY


def class_of(cls: type) -> Hint:
    """The type of the instances of *cls*, if its module has it under its name."""
    if cls.__module__ == "builtins":
        return Word(cls.__name__) if cls.__name__ in WORDS else ANY
    if not isinstance(cls.__module__, str):  # its author may set what he likes
        return ANY
    module: Any = sys.modules.get(cls.__module__)
    is_there = cls.__name__ == cls.__qualname__ and vars(module or cls).get(cls.__name__) is cls
    can_be_imported = all(map(_is_name, [*cls.__module__.split("."), cls.__name__]))
    if not is_there or not can_be_imported or cls.__module__ == "__main__":
        return ANY
    return ClassOf(cls.__module__, cls.__name__)


def parameter_of(kind: type) -> Hint:
    """What the first class parameter of *kind*, or of the nearest class above it that has one, says."""
    for base in kind.__mro__:
        for generic in vars(base).get("__orig_bases__", ()):
            parameters = get_args(generic)
            if hasattr(get_origin(generic), "check") and parameters:
                return _spelled(parameters[0])
    return ANY


def _is_name(text: str) -> bool:
    # Python reads names in this form; a class that was made by a call may have any.
    return text.isidentifier() and not keyword.iskeyword(text) and unicodedata.normalize("NFKC", text) == text


def _spelled(given: Any) -> Hint:
    """What the annotation *given* says, as far as we have words for it."""
    origin, inside = get_origin(given), get_args(given)
    if given is None or given is type(None):
        return NONE
    if given is Any:  # a class, from Python 3.11 on
        return ANY
    if isinstance(given, type) and origin is None:
        return class_of(given)
    if origin is list and len(inside) == 1:
        return ListOf(_spelled(inside[0]))
    if origin is dict:
        return DictOf(_spelled(inside[0]), _spelled(inside[1]))
    if origin is Literal:
        return Constants.of(inside) if all(type(value) in (str, int, bool) for value in inside) else ANY
    if origin is Union or type(given).__name__ == "UnionType":
        return union(map(_spelled, inside))
    return ANY


WORDS: Final = frozenset({"str", "int", "float", "bool", "bytes"})
