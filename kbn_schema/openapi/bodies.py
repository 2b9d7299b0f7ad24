"""This module describes the bodies that an operation takes, for each media type."""

from typing import Any

from kbn_schema.http.bodies import JSON, family
from kbn_schema.http.intake import Intake
from kbn_schema.http.rules import Rule
from kbn_schema.json_schema import Definitions, JsonSchema, plain
from kbn_schema.kinds.base import Schema
from kbn_schema.missing import MISSING
from kbn_schema.openapi.offers import Offer


def request_body(offer: Offer, definitions: Definitions) -> dict[str, Any] | None:
    """What may be sent to any of the versions; None where they take no body."""
    content: dict[str, Any] = {}
    required = True
    for route in offer.routes:
        intake = route.intake()
        rule = intake.rules.body
        required = required and _is_required(intake, definitions)
        for name, schema in _accepted(intake, definitions).items():
            content[offer.media_type(name, route)] = media(rule, schema)
    if not content:
        return None
    return {"required": True, "content": content} if required else {"content": content}


def schema_of(rule: Rule | None, definitions: Definitions) -> JsonSchema:
    """What *rule* takes; anything, where it is a function."""
    # Answers are sent as handlers make them, if the check accepts that: so they are described as inputs are.
    return definitions.add(rule, "input") if isinstance(rule, Schema) else {}


def media(rule: Rule | None, schema: JsonSchema) -> dict[str, Any]:
    """What there is to say of a media type with *schema*, which tells *rule*, and of its examples."""
    given = rule.examples if isinstance(rule, Schema) else ()
    examples = [told for example in given if (told := plain(example)) is not MISSING]
    if not examples:
        return {"schema": schema}
    # Readers show these; those inside of schemas they mostly do not.
    names = ["example", *[f"example-{number}" for number in range(2, len(examples) + 1)]]
    told = {name: {"value": value} for name, value in zip(names, examples, strict=True)}
    return {"schema": schema, "examples": told}


def _is_required(intake: Intake, definitions: Definitions) -> bool:
    rule = intake.rules.body
    # A stream without anything in it is one.
    is_stream = intake.body_format.taken == "stream"
    return isinstance(rule, Schema) and not is_stream and not definitions.may_be_absent(rule, "input")


def _accepted(intake: Intake, definitions: Definitions) -> dict[str, JsonSchema]:
    """The schema of each media type that is taken as a body."""
    rule, accepts = intake.rules.body, intake.body_format.accepts
    if rule is None:
        return {}
    found: dict[str, JsonSchema] = {}
    for name in accepts[:1] if accepts == JSON else accepts:
        is_decoded = intake.body_format.taken == "data" and (name.endswith("/*") or family(name) != "bytes")
        schema = schema_of(rule, definitions) if is_decoded else definitions.binary()
        is_raw = family(name) in ("text", "bytes") and _is_required(intake, definitions)
        found[name] = _not_empty(schema) if is_raw else schema
    return found


def _not_empty(schema: JsonSchema) -> JsonSchema:
    """*schema* without the empty text: a body of no bytes is none."""
    if schema.get("type") != "string":
        return schema
    return {**schema, "minLength": max(1, schema.get("minLength", 0))}
