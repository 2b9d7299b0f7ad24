"""This module describes one operation: what may be sent, and what is answered."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from kbn_schema import schema as s
from kbn_schema.http.bodies import JSON, family
from kbn_schema.http.intake import Intake
from kbn_schema.http.route import VERSION_HEADER, Route
from kbn_schema.http.rules import Rule
from kbn_schema.http.statuses import phrase
from kbn_schema.http.versions import VersionedRoute, first
from kbn_schema.json_schema import Definitions, JsonSchema
from kbn_schema.kinds.base import Schema
from kbn_schema.openapi.names import summary_of, tags_of
from kbn_schema.openapi.parameters import Fields, Parameter, fields_of, free_form, parameter

Operation = dict[str, Any]


@attrs.frozen
class Offer:
    """What one operation shows: the routes of its versions, from old to new, of a plain route that one."""

    routes: tuple[Route, ...]
    endpoint: Route | VersionedRoute
    names_versions: bool
    """Whether media types name the version."""

    @property
    def newest(self) -> Route:
        """The route that parameters are taken from."""
        return self.routes[-1]

    @property
    def is_resource(self) -> bool:
        """Whether it is a page or a script, and no API."""
        return bool(self.newest.options.get("http_resource"))

    @property
    def where(self) -> str:
        """What errors call it."""
        return f"The [{self.newest.method.lower()}] at [{self.newest.path}]"

    def media_type(self, name: str, route: Route) -> str:
        """*name*, with the version of *route* where that is told."""
        if route.api_version is None or not self.names_versions:
            return name
        return f"{name}; Elastic-Api-Version={route.api_version}"


def offer_of(endpoint: Route | VersionedRoute, version: str | None) -> Offer | None:
    """What is shown of *endpoint*: *version*, ``"newest"`` or ``"oldest"``, or all versions where it is None.

    None where there is nothing.
    """
    if isinstance(endpoint, Route):
        return Offer((endpoint,), endpoint, False)
    versions = endpoint.versions
    if not versions:
        return None
    if version is None:
        ordered = sorted(versions, key=int if endpoint.access == "internal" else str)
        return Offer(tuple(versions[name] for name in ordered), endpoint, True)
    if version in ("newest", "oldest"):
        version = first(versions, endpoint.access, version)
    if version not in versions:
        return None
    return Offer((versions[version],), endpoint, endpoint.access == "internal")


def operation_of(
    offer: Offer, operation_id: str, names: Mapping[str, str], definitions: Definitions
) -> Operation:
    """The operation on a path; *names*: what its parameters are told as, by what the route calls them."""
    newest = offer.newest
    described: Operation = {"operationId": operation_id}
    summary = newest.summary or summary_of(getattr(newest.handler, "__name__", ""))
    described |= {"summary": summary} if summary else {}
    described |= {"description": newest.description} if newest.description else {}
    tags = tags_of(newest.tags)
    described |= {"tags": tags} if tags else {}
    described |= _deprecation(offer)
    parameters = [*_version_parameter(offer), *_parameters(newest, names, definitions, offer.where)]
    described |= {"parameters": parameters} if parameters else {}
    body = _request_body(offer, definitions)
    described |= {"requestBody": body} if body is not None else {}
    return {**described, "responses": _responses(offer, definitions)}


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


def _version_parameter(offer: Offer) -> list[Parameter]:
    """The header that picks a version; none where it makes no difference to what is shown."""
    if isinstance(offer.endpoint, Route):
        return []
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


def _request_body(offer: Offer, definitions: Definitions) -> dict[str, Any] | None:
    content: dict[str, Any] = {}
    required = True
    for route in offer.routes:
        intake = route.intake()
        rule = intake.rules.body
        required = required and isinstance(rule, Schema) and not definitions.may_be_absent(rule, "input")
        for name, schema in _accepted(intake, definitions).items():
            content[offer.media_type(name, route)] = {"schema": schema}
    if not content:
        return None
    return {"required": True, "content": content} if required else {"content": content}


def _accepted(intake: Intake, definitions: Definitions) -> dict[str, JsonSchema]:
    """The schema of each media type that is taken as a body."""
    rule, accepts = intake.rules.body, intake.body_format.accepts
    if rule is None:
        return {}
    found: dict[str, JsonSchema] = {}
    for name in accepts[:1] if accepts == JSON else accepts:
        is_decoded = intake.body_format.taken == "data" and (name.endswith("/*") or family(name) != "bytes")
        found[name] = _schema_of(rule, definitions) if is_decoded else definitions.binary()
    return found


def _schema_of(rule: Rule | None, definitions: Definitions) -> JsonSchema:
    # Answers are sent as handlers make them, if the check accepts that: so they are described as inputs are.
    return definitions.add(rule, "input") if isinstance(rule, Schema) else {}


def _responses(offer: Offer, definitions: Definitions) -> dict[str, Any]:
    statuses = sorted({status for route in offer.routes for status in route.rules.responses})
    found = {str(status): _response(status, offer, definitions) for status in statuses}
    if not any(status < "4" for status in found):
        found["2XX"] = {"description": "An answer that is not described"}
    for status in _refusals(offer):
        if str(status) not in found:
            error = {"schema": definitions.add(HTTP_ERROR, "input")}
            found[str(status)] = {"description": phrase(status), "content": {JSON[0]: error}}
    return dict(sorted(found.items()))


def _response(status: int, offer: Offer, definitions: Definitions) -> dict[str, Any]:
    """What is answered with *status*, in all versions."""
    content: dict[str, Any] = {}
    described: dict[str, None] = {}
    for route in offer.routes:
        rule = route.rules.responses.get(status)
        if rule is None:
            continue
        described |= {rule.description: None} if rule.description else {}
        if rule.body is not None and status not in _BODILESS:
            schema = _schema_of(rule.body, definitions)
            name = rule.body_content_type or _content_type(rule.body, schema)
            content[offer.media_type(name, route)] = {"schema": schema}
    description = "\n".join(described) or phrase(status)
    return {"description": description, "content": content} if content else {"description": description}


def _content_type(rule: Rule, schema: JsonSchema) -> str:
    """What an answer is sent as where nobody says so: texts as texts, bytes as bytes, all else as JSON."""
    if isinstance(rule, Schema) and rule.combinator in ("buffer", "stream"):
        return "application/octet-stream"
    return "text/plain" if schema.get("type") == "string" and "format" not in schema else JSON[0]


def _refusals(offer: Offer) -> Sequence[int]:
    """The statuses of what we refuse before a handler is called."""
    rules = [route.rules for route in offer.routes]
    if any(rule.on_validation_error is not None for rule in rules):
        checked: tuple[int, ...] = ()
    else:
        checks = offer.newest.api_version is not None or any(rule.declared for rule in rules)
        checked = (400,) if checks else ()
    return (*checked, 413, 415) if any(rule.body is not None for rule in rules) else checked


# OpenAPI has other ways to say these.
_NO_PARAMETERS: Final = frozenset({"accept", "content-type", "authorization"})
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
