"""This module tells whether a schema takes an object, as its JSON Schema has it; in doubt it does."""

from collections.abc import Mapping
from typing import Any, Final

from kbn_schema.json_schema import JsonSchema, document
from kbn_schema.lint.survey import AnySchema

PREFIX: Final = "#/components/schemas/"


def takes_object(schema: AnySchema) -> bool:
    """Return whether *schema* may take an object, and not just the JSON text of one.

    Raises:
        SchemaDefinitionError: A `lazy` in there leads nowhere.
    """
    described = document(schema, "input", "openapi-3.1")
    return _takes(described, described.get("components", {}).get("schemas", {}))


def _takes(described: JsonSchema, named: Mapping[str, JsonSchema]) -> bool:
    """Whether each keyword of *described* lets an object pass; references lead to what is *named*."""
    if not described:
        return True
    types: str | list[str] = described.get("type", "object")
    values: list[Any] = described.get("enum", [described.get("const", {})])
    choices: list[list[JsonSchema]] = [described.get("anyOf", [{}]), described.get("oneOf", [{}])]
    target = described.get("$ref", "").removeprefix(PREFIX)
    return (
        "object" in ([types] if isinstance(types, str) else types)
        and described.get("not") != {}
        and any(isinstance(value, dict) for value in values)
        and all(any(_takes(choice, named) for choice in some) for some in choices)
        and _takes(named.get(target, {}), named)
    )
