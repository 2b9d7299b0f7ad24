"""This module collects what the page shows of each route: one operation for each of its versions."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.http.paths import parse_template
from kbn_schema.http.route import Route
from kbn_schema.http.router import AnyRoute, Router
from kbn_schema.json_schema import Definitions, JsonSchema, unused
from kbn_schema.openapi.names import operation_id
from kbn_schema.openapi.offers import Offer, Whole
from kbn_schema.openapi.operations import Operation, operation_of
from kbn_schema.openapi.parameters import may_be_short
from kbn_schema.openapi.paths import Access, offers_of
from kbn_schema.openapi.privileges import privileges_of

Routers = Router | Iterable[Router | AnyRoute]


@attrs.frozen
class ShownVersion:
    """One version of a route."""

    name: str
    """Empty where the route has no versions."""
    route: Route
    operation: Operation
    """As OpenAPI has it, with the path as it was declared."""


@attrs.frozen
class ShownRoute:
    """A route as the page shows it: *versions* from new to old."""

    id: str
    endpoint: AnyRoute
    versions: tuple[ShownVersion, ...]

    @property
    def method(self) -> str:
        return self.endpoint.method

    @property
    def path(self) -> str:
        return self.endpoint.path

    @property
    def newest(self) -> ShownVersion:
        return self.versions[0]

    @property
    def title(self) -> str:
        """What it does, in a few words; where nobody says it, its path."""
        summary = self.newest.operation.get("summary")
        return summary if isinstance(summary, str) and summary else self.path

    @property
    def is_deprecated(self) -> bool:
        return all(version.operation.get("deprecated") for version in self.versions)

    @property
    def group(self) -> str:
        """Its first tag; where it has none, the first segments of its path."""
        tags = self.newest.operation.get("tags")
        if tags:
            return str(tags[0])
        segments = [part for part in self.path.split("/") if part and not part.startswith("{")]
        return "/" + "/".join(segments[:_SEGMENTS])

    def anchor_of(self, version: str) -> str:
        """The id of *version* on the page: no path gives an id with a colon."""
        return f"{self.id}:{version}"


@attrs.frozen
class Shown:
    """All that is shown: routes in the order they were declared, and schemas by name."""

    routes: tuple[ShownRoute, ...]
    schemas: Mapping[str, JsonSchema]


def collect(router: Routers, access: Access, api_version: str | None, whole: Whole) -> Shown:
    """Return what is shown of *router*, see `render`.

    Raises:
        SchemaDefinitionError: A route cannot be described.
    """
    definitions = Definitions("openapi-3.1", remarks=True)
    ids: set[str] = set()
    routes: list[ShownRoute] = []
    for offer in offers_of(router, access, api_version, whole):
        own_id = unused(operation_id(offer.newest.method, _words(offer.newest.path)), ids)
        ids.add(own_id)
        try:
            versions = tuple(_version(offer, route, own_id, definitions) for route in reversed(offer.routes))
            definitions.complete()
        except SchemaDefinitionError as error:
            if offer.where in str(error):
                raise
            raise SchemaDefinitionError(f"{offer.where}: {error}") from error
        routes.append(ShownRoute(own_id, offer.endpoint, versions))
    return Shown(tuple(routes), definitions.finish())


def _version(offer: Offer, route: Route, own_id: str, definitions: Definitions) -> ShownVersion:
    template = parse_template(route.path, offer.where)
    names = {name: name for name in template.names}
    one = attrs.evolve(offer, routes=(route,), names_versions=False)
    operation = operation_of(one, own_id, names, definitions)
    if template.last and may_be_short(route.rules.params, template, definitions):
        _make_optional(operation.get("parameters", ()), template.names[-1])
    privileges = privileges_of(route.security)
    if privileges and isinstance(operation.get("description"), str):
        # They have a place of their own on the page.
        operation["description"] = operation["description"].replace(_AUTHORIZATION.format(privileges), "")
    return ShownVersion(route.api_version or "", route, operation)


def _make_optional(parameters: Iterable[dict[str, Any]], name: str) -> None:
    for parameter in parameters:
        if parameter.get("in") == "path" and parameter.get("name") == name:
            parameter["required"] = False


def _words(path: str) -> str:
    # Of routes whose path is one parameter or none, something has to remain.
    return path if path.strip("/{}?*") else f"{path}/root"


_SEGMENTS: Final = 2
_AUTHORIZATION: Final = "[Required authorization] Route required privileges: {}."
