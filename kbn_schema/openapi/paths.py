"""This module gives the paths of a router as OpenAPI has them, to put into a document."""

from collections.abc import Container, Iterable, Sequence
from typing import Any, Literal

import attrs

from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.http.paths import Template, parse_template
from kbn_schema.http.route import Route
from kbn_schema.http.router import Router
from kbn_schema.http.versions import VersionedRoute
from kbn_schema.json_schema import Definitions, unused
from kbn_schema.openapi.names import Shape, operation_id, path_of, shape_of
from kbn_schema.openapi.operations import Offer, offer_of, operation_of
from kbn_schema.openapi.parameters import may_be_short


@attrs.frozen
class Paths:
    """What a document says of some routes; new at each call, so it may be changed."""

    paths: dict[str, dict[str, Any]]
    """Operations by path, then by method in lower case."""
    components: dict[str, dict[str, Any]]
    """``{"schemas": {...}}``, to which the operations refer; empty where there are none."""
    tags: list[str]
    """The tags of all operations, sorted."""


def paths(
    router: Router | Iterable[Route | VersionedRoute],
    *,
    dialect: Literal["openapi-3.1", "openapi-3.0"] = "openapi-3.1",
    access: Literal["public", "internal", "all"] = "all",
    version: str | None = None,
    taken_names: Container[str] = (),
    taken_ids: Container[str] = (),
) -> Paths:
    """Return the routes of *router*, or of several ones (their `endpoints`), as OpenAPI has them.

    Pages, scripts and static files (``http_resource``) are left out.

    Args:
        dialect: The OpenAPI that is written.
        access: The routes that are shown.
        version: The version of versioned routes that is shown: ``"newest"``, ``"oldest"`` or that one; routes
            without it are left out. None shows all versions in one operation: their media types are
            ``application/json; Elastic-Api-Version=2023-10-31``, and parameters are those of the newest.
        taken_names: Names of components that are not to be used.
        taken_ids: Operation ids that are not to be used.

    Raises:
        SchemaDefinitionError: A route cannot be described: a lazy block is malformed, or a schema of params
            or of a query has an id.
    """
    endpoints = router if isinstance(router, Iterable) else router.endpoints
    offers = [offer_of(endpoint, version) for endpoint in endpoints if access in ("all", endpoint.access)]
    writer = _Writer(Definitions(dialect, taken_names), taken_ids)
    writer.add_all([offer for offer in offers if offer is not None and not offer.is_resource])
    schemas = writer.definitions.finish()
    return Paths(writer.paths, {"schemas": schemas} if schemas else {}, sorted(writer.tags))


class _Writer:
    def __init__(self, definitions: Definitions, taken_ids: Container[str]) -> None:
        self.definitions = definitions
        self.paths: dict[str, dict[str, Any]] = {}
        self.tags: set[str] = set()
        self._ids: set[str] = set()
        self._taken_ids = taken_ids
        self._names: dict[Shape, tuple[str, ...]] = {}

    def add_all(self, offers: Sequence[Offer]) -> None:
        templates = [parse_template(offer.newest.path, offer.where) for offer in offers]
        pairs = list(zip(offers, templates, strict=True))
        # OpenAPI has no parameter for several segments, so another route may have the path of such a one.
        single = {
            (offer.newest.method, shape_of(template)) for offer, template in pairs if template.last != "*"
        }
        for offer, template in pairs:
            is_hidden = template.last == "*" and (offer.newest.method, shape_of(template)) in single
            try:
                if not is_hidden:
                    self._add(offer, template, is_short=False)
                if template.last and may_be_short(offer.newest.rules.params, template, self.definitions):
                    self._add(offer, template, is_short=True)
                self.definitions.complete()
            except SchemaDefinitionError as error:
                if offer.where in str(error):
                    raise
                raise SchemaDefinitionError(f"{offer.where}: {error}") from error

    def _add(self, offer: Offer, template: Template, is_short: bool) -> None:
        shape, names = shape_of(template), template.names
        if is_short:
            shape, names = shape[:-1], names[:-1]
        # Two paths that differ in the names of parameters only are one, to OpenAPI.
        told = self._names.setdefault(shape, names)
        method = offer.newest.method
        own_id = unused(operation_id(method, path_of(shape, names)), self._ids, self._taken_ids)
        self._ids.add(own_id)
        operation = operation_of(offer, own_id, dict(zip(names, told, strict=True)), self.definitions)
        self.tags.update(operation.get("tags", ()))
        self.paths.setdefault(path_of(shape, told), {})[method.lower()] = operation
