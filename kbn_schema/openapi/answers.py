"""This module describes what an operation answers: what its author declared, and what we refuse."""

from typing import Any, Final

from kbn_schema import schema as s
from kbn_schema.http.bodies import JSON
from kbn_schema.http.rules import ResponseRule, Rule
from kbn_schema.http.statuses import phrase
from kbn_schema.json_schema import Definitions, JsonSchema
from kbn_schema.kinds.base import Schema
from kbn_schema.openapi.bodies import media, schema_of
from kbn_schema.openapi.offers import Offer
from kbn_schema.openapi.parameters import header_fields, parameter

Answer = dict[str, Any]


def responses_of(offer: Offer, definitions: Definitions) -> dict[str, Answer]:
    """The answers by status, sorted; those that nobody described stand under ``2XX`` and ``4XX``."""
    statuses = sorted({status for route in offer.routes for status in route.rules.responses})
    found = {str(status): _declared(status, offer, definitions) for status in statuses}
    if not any(status < "4" for status in found):
        found["2XX"] = {"description": "An answer that is not described"}
    refusals = _refusals(offer)
    for status in {*refusals, *_plain_errors(offer)}:
        found[str(status)] = _with_ours(found.get(str(status)), status, definitions)
    if offer.is_mapped and 400 in refusals and "400" not in (str(status) for status in statuses):
        # The author's function may answer with any status, and with whatever it likes.
        found["400"] = {"description": phrase(400)}
        found["4XX"] = {"description": "The answer to an invalid request"}
    return dict(sorted(found.items()))


def _declared(status: int, offer: Offer, definitions: Definitions) -> Answer:
    """What is answered with *status*, in all versions."""
    content: dict[str, Any] = {}
    headers: dict[str, Any] = {}
    described: dict[str, None] = {}
    for route in offer.routes:
        rule = route.rules.responses.get(status)
        if rule is None:
            continue
        described |= {rule.description: None} if rule.description else {}
        headers |= _headers(rule, definitions)
        if rule.body is not None and status not in _BODILESS:
            schema = schema_of(rule.body, definitions)
            name = rule.body_content_type or _content_type(rule.body, schema)
            content[offer.media_type(name, route)] = media(rule.body, schema)
    found: Answer = {"description": "\n".join(described) or phrase(status)}
    found |= {"headers": headers} if headers else {}
    return {**found, "content": content} if content else found


def _plain_errors(offer: Offer) -> set[int]:
    """The errors that are declared without a media type; who names one is taken at their word."""
    rules = [item for route in offer.routes for item in route.rules.responses.items()]
    return {status for status, rule in rules if status >= _ERRORS and rule.body_content_type is None}


def _headers(rule: ResponseRule, definitions: Definitions) -> dict[str, Any]:
    fields = header_fields(rule.headers, definitions)
    told = {name: parameter("header", name, schema, True) for name, schema in fields.schemas.items()}
    return {
        name: {
            "required": name in fields.required,
            **{key: one[key] for key in one if key not in ("in", "name", "required")},
        }
        for name, one in told.items()
    }


def _content_type(rule: Rule, schema: JsonSchema) -> str:
    """What an answer is sent as where nobody says so: texts as texts, bytes as bytes, all else as JSON."""
    if isinstance(rule, Schema) and rule.combinator in ("buffer", "stream"):
        return "application/octet-stream"
    return "text/plain" if schema.get("type") == "string" and "format" not in schema else JSON[0]


def _refusals(offer: Offer) -> list[int]:
    """The statuses of what we refuse before a handler is called."""
    rules = [route.rules for route in offer.routes]
    checks = offer.newest.api_version is not None or any(rule.declared for rule in rules)
    guards = any(route.intake().wants_xsrf for route in offer.routes)
    # A path, a query and a length can be malformed wherever they are sent.
    found = [400] if checks or guards or offer.whole else []
    if any(rule.body is not None for rule in rules):
        waits = any(any(route.options.get("timeout", {}).values()) for route in offer.routes)
        found += [408, 413, 415] if waits else [413, 415]
    return found


def _with_ours(declared: Answer | None, status: int, definitions: Definitions) -> Answer:
    """What is *declared* of *status*, and the format of errors beside it.

    A handler's own error is sent in it, too, but as bytes or with `bypass_error_format`, which only the
    handler knows.
    """
    error = definitions.add(HTTP_ERROR, "input")
    if declared is None:
        return {"description": phrase(status), "content": {JSON[0]: {"schema": error}}}
    content = declared.get("content", {})
    theirs = content.get(JSON[0], {})
    if "schema" in theirs and theirs["schema"] != error:
        error = {"anyOf": [theirs["schema"], error]}
    return {**declared, "content": {**content, JSON[0]: {**theirs, "schema": error}}}


# From here on, answers have one form, unless an author says otherwise.
_ERRORS: Final = 400
_BODILESS: Final = frozenset({204, 205, 304})
HTTP_ERROR: Final = s.object(
    {
        "statusCode": s.integer(),
        "error": s.string(),
        "message": s.string(),
        "attributes": s.maybe(
            s.object(
                {
                    "issues": s.maybe(
                        s.array_of(
                            s.object(
                                {
                                    "path": s.array_of(s.one_of(s.string(), s.integer())),
                                    "code": s.string(),
                                    "message": s.string(),
                                    "params": s.object({}, unknowns="allow"),
                                }
                            )
                        )
                    ),
                    "omitted": s.maybe(s.integer(min=1)),
                },
                unknowns="allow",
            )
        ),
    },
    id="HttpError",
)
"""What we refuse with; an author's errors have its form, too."""
