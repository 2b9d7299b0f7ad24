"""This module makes parameters of the rules of params, query and headers."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

import attrs

from kbn_schema.http.mistakes import refuse
from kbn_schema.http.paths import Template
from kbn_schema.json_schema import Definitions, JsonSchema
from kbn_schema.kinds.base import Schema

In = Literal["path", "query", "header"]
Parameter = dict[str, Any]


@attrs.frozen
class Fields:
    """What a rule says of the fields that it takes."""

    schemas: Mapping[str, JsonSchema]
    required: frozenset[str] = frozenset()
    others: JsonSchema | None = None
    """Of fields with any other name; None where there are none."""


def fields_of(rule: object, definitions: Definitions, where: str) -> Fields:
    """The fields that *rule* takes; none that are known where it is no schema.

    Of several objects, as of a union, all are taken together.

    Raises:
        SchemaDefinitionError: The schema has an id, which Kibana refuses here; *where* names the route.
    """
    if not isinstance(rule, Schema):
        return Fields({})
    if rule.id is not None:
        refuse(
            where,
            f'Found a reference to "#/components/schemas/{rule.id}". '
            "Runtime types with IDs are not supported in path or query parameters.",
        )
    variants = [_fields_of_one(schema, definitions) for schema in _handed_on(rule, definitions)]
    # In Kibana's form, nothing of it is required, though null never comes.
    if rule.combinator == "nullable" and definitions.dialect == "openapi-3.0":
        variants.append(Fields({}))
    schemas = {
        name: _sent(
            _one_of([variant.schemas[name] for variant in variants if name in variant.schemas]), definitions
        )
        for name in dict.fromkeys(name for variant in variants for name in variant.schemas)
    }
    required = frozenset.intersection(*(variant.required for variant in variants))
    others = [variant.others for variant in variants if variant.others is not None]
    return Fields(schemas, required, _one_of(others) if others else None)


def of_versions(versions: Mapping[str | None, Fields], everywhere: bool = False) -> Fields:
    """What all *versions* take together: required is what all of them require.

    The fields of only some say so, unless a path has them *everywhere*.
    """
    every = [*versions.values()]
    if len(every) == 1:
        return every[0]
    names = dict.fromkeys(name for fields in every for name in fields.schemas)
    schemas: dict[str, JsonSchema] = {}
    for name in names:
        some = [version for version, fields in versions.items() if name in fields.schemas]
        schemas[name] = _one_of([versions[version].schemas[name] for version in some])
        if len(some) < len(every) and not everywhere:
            schemas[name] = _said_of(schemas[name], [str(version) for version in reversed(some)])
    required = frozenset.intersection(*(fields.required for fields in every))
    others = [fields.others for fields in every if fields.others is not None]
    return Fields(schemas, required, _one_of(others) if others else None)


def _said_of(schema: JsonSchema, versions: list[str]) -> JsonSchema:
    """*schema* with a description that says that only *versions* have it."""
    said = f"In {' and '.join(versions)} only."
    told = schema.get("description")
    schema = {"allOf": [schema]} if "$ref" in schema else schema
    return {**schema, "description": f"{told}\n\n{said}" if isinstance(told, str) else said}


def header_fields(rule: Schema[Any] | None, definitions: Definitions) -> Fields:
    """The headers that *rule*, an object, says of an answer; none where there is no rule."""
    return Fields({}) if rule is None else _fields_of_one(rule, definitions)


def may_be_short(rule: object, template: Template, definitions: Definitions) -> bool:
    """Whether *rule* takes a path without the last parameter of *template*."""
    if not isinstance(rule, Schema):
        return True
    variants = [_fields_of_one(schema, definitions) for schema in _handed_on(rule, definitions)]
    return any(template.names[-1] not in variant.required for variant in variants)


def parameter(place: In, name: str, schema: JsonSchema, required: bool) -> Parameter:
    """One parameter: its description is the one of the schema."""
    schema = _collapsed(schema) if place == "query" else schema
    description = schema.pop("description", None)
    deprecated = schema.pop("deprecated", False)
    found: Parameter = {"in": place, "name": name, "required": required}
    if description is not None:
        found["description"] = description
    if deprecated:
        found["deprecated"] = True
    if _is_sent_as_json(place, schema):
        return {**found, "content": {"application/json": {"schema": schema}}}
    return {**found, "schema": schema}


def free_form(schema: JsonSchema, taken: Iterable[str]) -> Parameter:
    """The parameter for query fields of any name."""
    return {
        "in": "query",
        "name": "fields" if "fields" not in taken else "other_fields",
        "required": False,
        "schema": {"type": "object", "additionalProperties": schema},
        "style": "form",
        "explode": True,
    }


def _handed_on(rule: Schema[Any], definitions: Definitions) -> list[Schema[Any]]:
    """The schemas that judge the fields: inside of unions and the like, those that hand nothing on."""
    found: dict[Schema[Any], None] = {}
    met: set[Schema[Any]] = set()
    waiting = [rule]
    while waiting:
        current = waiting.pop()
        if current in met:
            continue
        met.add(current)
        inside = definitions.handed_on(current)
        if inside:
            waiting.extend(reversed(inside))
        else:
            found[current] = None
    return list(found) or [rule]


def _fields_of_one(schema: Schema[Any], definitions: Definitions) -> Fields:
    described = definitions.add_inline(schema, "input")
    others = described.get("additionalProperties")
    return Fields(
        described.get("properties", {}),
        frozenset(described.get("required", ())),
        others if isinstance(others, dict) else None,
    )


def _one_of(schemas: list[JsonSchema]) -> JsonSchema:
    different = list({json.dumps(schema): schema for schema in schemas}.values())
    return different[0] if len(different) == 1 else {"anyOf": different}


def _sent(schema: JsonSchema, definitions: Definitions) -> JsonSchema:
    """*schema* without null, which no field can be; as in Kibana, it stays in OpenAPI 3.0."""
    if definitions.dialect == "openapi-3.0" or "$ref" in schema:
        return schema
    told = dict(schema)
    if told.get("default", "") is None:
        del told["default"]
    if isinstance(told.get("type"), list):
        kinds = [kind for kind in told["type"] if kind != "null"]
        told["type"] = kinds[0] if len(kinds) == 1 else kinds
    if "enum" in told:
        told["enum"] = [value for value in told["enum"] if value is not None]
    if "anyOf" in told:
        told["anyOf"] = [choice for choice in told["anyOf"] if choice != {"type": "null"}]
        if len(told["anyOf"]) == 1 and "$ref" not in told["anyOf"][0]:
            told |= told.pop("anyOf")[0]
    return told


def _collapsed(schema: JsonSchema) -> JsonSchema:
    """A list, where one value or a list of such values is wanted: a query says both in the same way."""
    choices = schema.get("anyOf", ())
    if len(choices) != _ONE_OR_MANY:
        return schema
    for one, many in (choices, reversed(choices)):
        if many.get("type") == "array" and many.get("items") == one:
            return {**{key: value for key, value in schema.items() if key != "anyOf"}, **many}
    return schema


def _is_sent_as_json(place: In, schema: JsonSchema) -> bool:
    """Whether a value is sent as JSON text: an object, and a list where there is no other syntax for it."""
    kinds = _kinds(schema)
    is_deep = bool(_kinds(schema.get("items", {})) & _CONTAINERS)
    return "object" in kinds or ("array" in kinds and (place == "path" or is_deep))


def _kinds(schema: JsonSchema) -> set[str]:
    kinds = schema.get("type", [])
    return {*kinds} if isinstance(kinds, list) else {kinds}


_ONE_OR_MANY: Final = 2
_CONTAINERS: Final = {"object", "array"}
