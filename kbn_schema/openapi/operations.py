"""This module describes one operation: what may be sent, and what is answered."""

from collections.abc import Mapping
from typing import Any, Final

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
from kbn_schema.openapi.parameters import Fields, Parameter, fields_of, free_form, parameter
from kbn_schema.openapi.privileges import privileges_of
from kbn_schema.wording import type_word

__all__ = ["Offer", "Operation", "offer_of", "operation_of"]

Operation = dict[str, Any]


def operation_of(
    offer: Offer, operation_id: str, names: Mapping[str, str], definitions: Definitions
) -> Operation:
    """The operation on a path; *names*: what its parameters are told as, by what the route calls them."""
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
        *_parameters(newest, names, definitions, offer.where),
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


def _parameters(
    route: Route, names: Mapping[str, str], definitions: Definitions, where: str
) -> list[Parameter]:
    rules = route.rules
    params = fields_of(rules.params, definitions, where)
    query = fields_of(rules.query, definitions, where)
    found = [
        parameter("path", told, params.schemas.get(name, {"type": "string"}), True)
        for name, told in names.items()
    ]
    found.extend(_listed("query", query))
    if query.others is not None:
        found.append(free_form(query.others, query.schemas))
    headers = _header_fields(rules.headers, definitions, where)
    found.extend(one for one in _listed("header", headers) if one["name"].lower() not in _NO_PARAMETERS)
    return found


def _header_fields(rule: object, definitions: Definitions, where: str) -> Fields:
    return fields_of(rule, definitions, where) if getattr(rule, "props", None) is not None else Fields({})


def _listed(place: Any, fields: Fields) -> list[Parameter]:
    return [
        parameter(place, name, schema, name in fields.required) for name, schema in fields.schemas.items()
    ]


def own_words(offer: Offer) -> Operation:
    """What the author says of the operation in OpenAPI's own words.

    Raises:
        SchemaDefinitionError: It is no mapping, or nothing that JSON has.
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
    operation: Operation = told
    return operation


_OWN_WORDS: Final = "options.oas_operation_object"
# OpenAPI has other ways to say these.
_NO_PARAMETERS: Final = frozenset({"accept", "content-type", "authorization"})
