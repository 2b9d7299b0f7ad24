"""References to the context and to siblings, for `default` and `conditional`."""

import functools
from typing import Any

import attrs

from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.run import Run, member
from kbn_schema.spelling import spell_schema


def _require_dotted(reference: "Reference", attribute: "attrs.Attribute[str]", path: Any) -> None:
    dots = "." if reference.climbs else ""
    if not isinstance(path, str) or not all(path.lstrip(dots).split(".")):
        name = type(reference).combinator
        raise SchemaDefinitionError(f"{name}() takes a dotted path, such as {name}('a.b')")


@attrs.frozen(eq=False, repr=False)
class Reference:
    """A value that is read while validating, from a dotted *path*.

    Raises:
        SchemaDefinitionError: *path* is no text, or a key in it is empty.
    """

    combinator = "reference"
    """How it is called in texts."""
    climbs = False
    """Whether leading dots mean something."""
    path: str = attrs.field(validator=_require_dotted)

    def read(self, run: Run, value: object) -> Any:
        """Return what this stands for in *run*, MISSING if there is nothing; *value* is being checked."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return spell_schema(self)


class ContextRef(Reference):
    """Refer to the context that was given to `validate`, by a dotted *path*, such as ``"server.port"``.

    What is not there is a missing value. In a list, a key of digits is an index.

    It may stand as a *default*, and as *left* or *right* of `conditional`. What is not there is
    a missing value.

    Args:
        path: Keys with dots between them; digits are an index in a list, from 0. Keys that are
            no text are passed over.

    Raises:
        SchemaDefinitionError: *path* is no text, is empty, or has an empty key.

    Source:
        Kibana `schema.contextRef`.

    Example:
        >>> from kbn_schema import schema
        >>> port = schema.number(default=schema.context_ref("server.port"))
        >>> port.validate(context={"server": {"port": 5601}})
        5601
    """

    __slots__ = ()
    combinator = "context_ref"

    def read(self, run: Run, value: object) -> Any:
        return walk(run.context, self.path.split("."))


class SiblingRef(Reference):
    """Refer to the validated value of another prop, by a dotted *path*.

    It may stand as a *default*, and as *left* or *right* of `conditional`. In a record or map
    nothing outside the entry can be seen. What is not validated, such as a key without a prop,
    is read as it came, and what is not there is a missing value. Props are validated in the
    order that their references ask for; a circle is refused while the schema is built.

    Args:
        path: Keys with dots between them: ``"a.b"`` is prop ``b`` of the sibling ``a``, and
            digits are an index in a list, from 0. Leading dots climb: ``"...a"`` is the ``a``
            beside the object around, each further dot is a level more, and an array counts as
            a level. Keys that are no text are passed over.

    Raises:
        SchemaDefinitionError: *path* is no text, is empty, or has an empty key.

    Source:
        Kibana `schema.siblingRef`, that is Joi's relative references.

    Example:
        >>> from kbn_schema import schema
        >>> spread = schema.object({
        ...     "high": schema.number(default=schema.sibling_ref("low")),
        ...     "low": schema.number(),
        ... })
        >>> spread.validate({"low": "3"})
        {'low': 3, 'high': 3}
    """

    __slots__ = ()
    combinator = "sibling_ref"
    climbs = True

    @property
    def levels(self) -> int:
        """How many levels up the path starts: 1 is the container around, 0 the value itself."""
        dots = len(self.path) - len(self.path.lstrip("."))
        return dots - 1 if dots else 1

    @property
    def keys(self) -> list[str]:
        """The keys of the path, without its leading dots."""
        return self.path.lstrip(".").split(".")

    def read(self, run: Run, value: object) -> Any:
        if not self.levels:
            return walk(value, self.keys)
        first, *rest = self.keys
        return walk(run.sibling(self.levels, first), rest)


def walk(start: Any, keys: list[str]) -> Any:
    """Return what lies in *start* under *keys* (array indices allowed), or MISSING."""
    return functools.reduce(member, keys, start)
