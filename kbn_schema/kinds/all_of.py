"""One object with the props of several."""

from collections.abc import Sequence
from typing import Any

from typing_extensions import Unpack

from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.definition import refuse, require_unknowns
from kbn_schema.kinds.object import D, ObjectSchema
from kbn_schema.kinds.one_of import as_schemas
from kbn_schema.kinds.options import Options, Unknowns
from kbn_schema.wording import show, type_word


def all_of(
    *parts: "ObjectSchema[Any] | Sequence[ObjectSchema[Any]]",
    unknowns: Unknowns | None = None,
    **options: Unpack[Options[Any]],
) -> ObjectSchema[D]:
    """Accept a dict with all props of *parts*, or its JSON text; yield a new `dict`.

    It is an `object` in all respects. Only the options given here count; `unknowns`,
    `default` and `validate` of the parts do not. `intersection` is the same combinator.

    Codes: ``unknown_key``, ``json``, ``depth``, as of `object`.

    Args:
        parts: Objects, each an argument or all in a list.
        unknowns: What happens to keys without a prop, see `object`.

    Raises:
        SchemaDefinitionError: two parts have a prop of the same name, or one is no object.

    Source:
        Kibana `schema.allOf`, `schema.intersection`.

    Example:
        >>> from kbn_schema import schema
        >>> named = schema.object({"name": schema.string()})
        >>> aged = schema.object({"age": schema.number()})
        >>> schema.all_of([named, aged]).validate({"name": "Ada", "age": "36"})
        {'name': 'Ada', 'age': 36}
    """
    require_unknowns("all_of", unknowns)
    props: dict[str, Schema[Any]] = {}
    for index, part in enumerate(as_schemas("all_of", parts)):
        if not isinstance(part, ObjectSchema):
            refuse("all_of", f"part {index} must be an object schema, but is [{type_word(part)}]")
        for name, prop in part.props.items():
            if name in props:
                refuse("all_of", f"Duplicate key found in intersection: '{show(name)}'")
            props[name] = prop
    return ObjectSchema(props, unknowns=unknowns, **options)
