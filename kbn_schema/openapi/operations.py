"""This module describes one operation: what may be sent, and what is answered."""

from collections.abc import Mapping
from typing import Any, Final

from kbn_schema import schema as s
from kbn_schema.errors import ValidationError
from kbn_schema.http.header_fields import header_names
from kbn_schema.http.mistakes import refuse
from kbn_schema.http.route import VERSION_HEADER, Route
from kbn_schema.http.versions import VersionedRoute
from kbn_schema.http.xsrf import XSRF_HEADER
from kbn_schema.json_schema import Definitions, availability, plain
from kbn_schema.missing import MISSING
from kbn_schema.openapi.answers import responses_of
from kbn_schema.openapi.bodies import request_body
from kbn_schema.openapi.merging import amend
from kbn_schema.openapi.names import summary_of, tags_of
from kbn_schema.openapi.offers import Offer, offer_of
from kbn_schema.openapi.parameters import Fields, Parameter, fields_of, free_form, of_versions, parameter
from kbn_schema.openapi.privileges import privileges_of
from kbn_schema.wording import type_word

__all__ = ["Offer", "Operation", "offer_of", "operation_of"]

Operation = dict[str, Any]


def operation_of(
    offer: Offer, operation_id: str, names: Mapping[str, str], definitions: Definitions
) -> Operation:
    """The operation on a path, JSON-ready.

    Args:
        offer: What it shows.
        operation_id: Its ``operationId``.
        names: What its parameters are told as, by what the route calls them.
        definitions: What schemas with an id become definitions of.

    Raises:
        SchemaDefinitionError: It cannot be described: a lazy block is malformed, or what the author says of
            the operation is.
    """
    newest = offer.newest
    described: Operation = {"operationId": operation_id}
    summary = newest.summary or summary_of(getattr(newest.handler, "__name__", ""))
    if not summary and offer.whole:  # readers list operations by their summaries
        summary = f"{newest.method} {newest.path}"
    described |= {"summary": summary} if summary else {}
    description = _description(newest)
    described |= {"description": description} if description else {}
    tags = tags_of(newest.tags)
    described |= {"tags": tags} if tags else {}
    described |= _deprecation(offer) | _state(newest) | _security(offer)
    body = request_body(offer, definitions) or {}
    parameters = [
        *_version_parameter(offer, body),
        *_xsrf_parameter(newest, definitions),
        *_parameters(offer, names, definitions),
    ]
    described |= {"parameters": parameters} if parameters else {}
    described |= {"requestBody": body} if body else {}
    described["responses"] = responses_of(offer, definitions)
    amend(described, own_words(offer))
    return described


def _description(route: Route) -> str:
    """What the author says, and which privileges are asked for, in Kibana's words."""
    privileges = privileges_of(route.security)
    told = f"[Required authorization] Route required privileges: {privileges}." if privileges else ""
    return "<br/><br/>".join(text for text in (route.description, told) if text)


def _deprecation(offer: Offer) -> Operation:
    told = [route.deprecated for route in offer.routes if route.deprecated]
    found: Operation = {"deprecated": True} if told else {}
    links = [
        why["documentation_url"] for why in told if isinstance(why, Mapping) and "documentation_url" in why
    ]
    if links:
        found["externalDocs"] = {"url": links[-1]}
    if offer.newest.discontinued:
        found["x-discontinued"] = offer.newest.discontinued
    return found


def _state(route: Route) -> Operation:
    state = availability(route.options.get("availability"))
    return {} if state is None else {"x-state": state}


def _security(offer: Offer) -> Operation:
    """Who may call it, where that is not what the document says of all operations."""
    enabled = offer.newest.security.get("authc", {}).get("enabled", True)
    if enabled is False:
        return {"security": []}
    shared = offer.whole.security if offer.whole else ()
    if enabled == "optional" and shared:
        return {"security": [{}, *[one for one in shared if one]]}
    return {}


def _version_parameter(offer: Offer, body: Mapping[str, Any]) -> list[Parameter]:
    """The header that picks a version; none where it makes no difference to what is shown."""
    if not isinstance(offer.endpoint, VersionedRoute) or (offer.names_versions and body.get("required")):
        return []  # the media type of the body says it, which is always there
    shown = [route.api_version for route in offer.routes]
    default = offer.endpoint.default_version
    is_internal = offer.endpoint.access == "internal"
    if not is_internal and shown == [default]:
        return []
    # Kibana tells internal clients to take the newest, though the server may do otherwise.
    told = shown[-1] if is_internal or default not in shown else default
    found: Parameter = {
        "in": "header",
        "name": VERSION_HEADER,
        "description": "The version of the API to use",
    }
    if told != default:
        found["required"] = True
    return [{**found, "schema": {"type": "string", "enum": shown, "default": told}}]


def _xsrf_parameter(route: Route, definitions: Definitions) -> list[Parameter]:
    if not route.intake().wants_xsrf:
        return []
    example = {"example": "true"} if definitions.dialect == "openapi-3.0" else {"examples": ["true"]}
    return [
        {
            "in": "header",
            "name": XSRF_HEADER,
            "description": "A required header to protect against CSRF attacks",
            "required": True,
            "schema": {"type": "string", **example},
        }
    ]


def _parameters(offer: Offer, names: Mapping[str, str], definitions: Definitions) -> list[Parameter]:
    """What may stand in a path, a query and headers: in those of any version that is shown."""
    # From new to old: so those of the newest come first.
    rules = [(route.api_version, route.rules) for route in reversed(offer.routes)]
    where = offer.where
    params = of_versions({name: fields_of(one.params, definitions, where) for name, one in rules}, True)
    query = of_versions({name: fields_of(one.query, definitions, where) for name, one in rules})
    headers = of_versions({name: _header_fields(one.headers, definitions, where) for name, one in rules})
    found = [
        parameter("path", told, params.schemas.get(name, {"type": "string"}), True)
        for name, told in names.items()
    ]
    found.extend(_listed("query", query))
    if query.others is not None:
        found.append(free_form(query.others, query.schemas))
    found.extend(one for one in _listed("header", headers) if one["name"].lower() not in _NO_PARAMETERS)
    return found


def _header_fields(rule: object, definitions: Definitions, where: str) -> Fields:
    return Fields({}) if header_names(rule) is None else fields_of(rule, definitions, where)


def _listed(place: Any, fields: Fields) -> list[Parameter]:
    return [
        parameter(place, name, schema, name in fields.required) for name, schema in fields.schemas.items()
    ]


def own_words(offer: Offer) -> Operation:
    """What the author says of the operation in OpenAPI's own words.

    Raises:
        SchemaDefinitionError: It is no mapping, nothing that JSON has, or no part of an operation.
    """
    given = offer.newest.options.get("oas_operation_object", {})
    made = given() if callable(given) else given
    if not isinstance(made, Mapping):
        refuse(
            offer.where, f"options.oas_operation_object must make a mapping, but makes [{type_word(made)}]"
        )
    told = plain(made)
    if told is MISSING:
        refuse(offer.where, f"{_OWN_WORDS} holds something that JSON has not")
    try:
        operation: Operation = _OPERATION.validate(told)
    except ValidationError as error:
        issue = error.issues[0]
        refuse(offer.where, f"[{'.'.join([_OWN_WORDS, *map(str, issue.path)])}]: {issue.message}")
    return operation


_OWN_WORDS: Final = "options.oas_operation_object"
_TEXT: Final = s.maybe(s.string())
_OBJECT: Final = s.object({}, unknowns="allow")
_CONTENT: Final = s.object({"content": s.maybe(s.record_of(s.string(), _OBJECT))}, unknowns="allow")
_OPERATION: Final = s.object(
    {
        **dict.fromkeys(("operationId", "summary", "description"), _TEXT),
        "tags": s.maybe(s.array_of(s.string())),
        "deprecated": s.maybe(s.boolean()),
        "externalDocs": s.maybe(_OBJECT),
        "parameters": s.maybe(s.array_of(_OBJECT)),
        "requestBody": s.maybe(_CONTENT),
        "responses": s.maybe(s.record_of(s.string(), _CONTENT)),
        "callbacks": s.maybe(_OBJECT),
        "security": s.maybe(s.array_of(s.record_of(s.string(), s.array_of(s.string())))),
        "servers": s.maybe(s.array_of(_OBJECT)),
    },
    unknowns="allow",
)
# OpenAPI has other ways to say these.
_NO_PARAMETERS: Final = frozenset({"accept", "content-type", "authorization"})
