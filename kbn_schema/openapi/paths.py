"""This module gives the paths of a router as OpenAPI has them, to put into a document."""

from collections.abc import Container, Iterable, Sequence
from typing import Any, Literal

import attrs

from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.http.mistakes import refuse
from kbn_schema.http.paths import Template, parse_template
from kbn_schema.http.router import AnyRoute, Router
from kbn_schema.json_schema import Definitions, unused
from kbn_schema.openapi.names import Shape, operation_id, path_of, shape_of
from kbn_schema.openapi.offers import Offer, Whole, offer_of
from kbn_schema.openapi.operations import operation_of, own_words
from kbn_schema.openapi.parameters import may_be_short

Access = Literal["public", "internal", "all"]
Dialect = Literal["openapi-3.1", "openapi-3.0"]


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
    router: Router | Iterable[Router | AnyRoute],
    *,
    dialect: Dialect = "openapi-3.1",
    access: Access = "all",
    version: str | None = None,
    taken_names: Container[str] = (),
    taken_ids: Container[str] = (),
) -> Paths:
    """Return the routes of *router*, or of several ones, as OpenAPI has them; single routes do, too.

    Pages, scripts and static files (``http_resource``) are left out, and what is not to be documented
    (``exclude_from_oas``).

    Args:
        dialect: The OpenAPI that is written.
        access: The routes that are shown.
        version: The version of versioned routes that is shown: ``"newest"``, ``"oldest"`` or that one; routes
            without it are left out. None shows all versions in one operation: their media types are
            ``application/json; Elastic-Api-Version=2023-10-31``, and parameters are those of any,
            and required where all of them require one.
        taken_names: Names of components that are not to be used.
        taken_ids: Operation ids that are not to be used.

    Raises:
        SchemaDefinitionError: A route cannot be described: a lazy block is malformed, a schema of params
            or of a query has an id, or two routers have a route with the same method and path.
    """
    offers = offers_of(router, access, version)
    return written(offers, dialect, taken_names, taken_ids)


def offers_of(
    router: Router | Iterable[Router | AnyRoute],
    access: Access,
    version: str | None,
    whole: Whole | None = None,
) -> list[Offer]:
    """What there is to show of *router*, or of several ones; see `paths`."""
    parts = router if isinstance(router, Iterable) else (router,)
    found: list[Offer] = []
    for part in parts:
        is_mapped = isinstance(part, Router) and part.on_validation_error is not None
        for endpoint in part.endpoints if isinstance(part, Router) else (part,):
            offer = offer_of(endpoint, version) if access in ("all", endpoint.access) else None
            if offer is not None and not offer.is_hidden:
                found.append(
                    attrs.evolve(offer, is_mapped=is_mapped and not _maps_itself(offer), whole=whole)
                )
    return found


def _maps_itself(offer: Offer) -> bool:
    return all(route.rules.on_validation_error is not None for route in offer.routes)


def written(
    offers: Sequence[Offer], dialect: Dialect, taken_names: Container[str], taken_ids: Container[str]
) -> Paths:
    """The *offers* as OpenAPI has them."""
    writer = _Writer(Definitions(dialect, taken_names, remarks=True), taken_ids)
    writer.add_all(offers)
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
                rules = [route.rules.params for route in offer.routes]
                if template.last and any(may_be_short(rule, template, self.definitions) for rule in rules):
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
        method, path = offer.newest.method, path_of(shape, told)
        item = self.paths.setdefault(path, {})
        if method.lower() in item:
            refuse(
                offer.where,
                f"another router has [{method.lower()}] [{path}], and a document has room for one",
            )
        own_id = own_words(offer).get("operationId") or operation_id(method, path_of(shape, names))
        own_id = unused(own_id, self._ids, self._taken_ids)
        self._ids.add(own_id)
        operation = operation_of(offer, own_id, dict(zip(names, told, strict=True)), self.definitions)
        operation["operationId"] = own_id
        self.tags.update(operation.get("tags", ()))
        item[method.lower()] = operation
