"""This module walks through the schemas and routes of a module, and notes where each is, and what for.

A schema that stands in many places is one site: what is wrong with it is told once.
"""

from collections import deque
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, Literal

import attrs

from kbn_schema.http import Route, Router
from kbn_schema.http.bodies import FORM, MULTIPART
from kbn_schema.http.intake import Intake
from kbn_schema.http.rules import PARTS, PartName, Rules
from kbn_schema.http.versions import VersionedRoute
from kbn_schema.kinds.array_of import ArraySchema
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.conditional import ConditionalSchema
from kbn_schema.kinds.discriminated_union import DiscriminatedUnionSchema
from kbn_schema.kinds.entries import EntriesSchema
from kbn_schema.kinds.lazy import LazySchema
from kbn_schema.kinds.maybe import MaybeSchema
from kbn_schema.kinds.nullable import NullableSchema
from kbn_schema.kinds.object import ObjectSchema
from kbn_schema.kinds.one_of import OneOfSchema
from kbn_schema.lint.guard import Answer, Failed, Guard
from kbn_schema.makers import Makers
from kbn_schema.wording import shorten

AnySchema = Schema[Any]
# What comes over the wire: any JSON, fields of texts as in a query, or one such text.
Wire = Literal["json", "fields", "text"]
LISTS: Final[Mapping[str, AnySchema]] = {}


@attrs.frozen
class Use:
    """What a schema is used for in one place."""

    is_request: bool
    wire: Wire = "json"
    is_asked: bool = True
    """Whether it is asked what a missing value is."""


@attrs.frozen
class Place:
    """Where something is: a variable or a route, and the way from there."""

    root: str
    way: str = ""
    route: Route | VersionedRoute | None = None
    origin: AnySchema | None = None
    """The schema that a variable of another module holds, and has this one in it."""
    way_from_origin: str = ""

    def __str__(self) -> str:
        return self.root + self.way

    def on(self, step: str) -> "Place":
        """The place one *step* further."""
        # The path of what is nested for ever is nobody's help.
        if len(self.way) + len(step) >= 500:
            return self
        way_from_origin = "" if self.origin is None else self.way_from_origin + step
        return attrs.evolve(self, way=self.way + step, way_from_origin=way_from_origin)


@attrs.define(eq=False)
class Site:
    """A schema, and where it was met first: at its variable, else in a request, else in an answer."""

    schema: AnySchema
    place: Place
    named: Mapping[str, AnySchema]
    """The schemas around it that have an id."""
    uses: set[Use] = attrs.field(factory=set[Use])
    inside: list[AnySchema] = attrs.field(factory=list[AnySchema])
    broken: str | None = None
    """Why a `lazy` cannot be resolved."""

    @property
    def in_requests(self) -> bool:
        """Whether clients send values for it."""
        return any(use.is_request for use in self.uses)

    @property
    def request_wires(self) -> set[Wire]:
        """How clients send them."""
        return {use.wire for use in self.uses if use.is_request}


@attrs.define(eq=False)
class RouteSite:
    """A route, or one version of it; *route* is None where a versioned route has none."""

    endpoint: Route | VersionedRoute
    route: Route | None
    place: Place
    intake: Intake | None = None
    broken: str | None = None
    """Why what is declared cannot be read."""
    is_first: bool = True
    """Whether it is the first version of its route."""
    roots: list[AnySchema] = attrs.field(factory=list[AnySchema])

    @property
    def rules(self) -> Rules:
        """The rules of its parts; none where they cannot be read."""
        return Rules() if self.intake is None else self.intake.rules

    @property
    def is_api(self) -> bool:
        """Whether it is for programs: not a page, a script or a file."""
        return self.route is not None and not self.route.options.get("http_resource")

    @property
    def silences(self) -> object:
        """What is said of findings that are meant."""
        return self.route.options.get("lint_ignore") if self.route is not None else None


class Survey:
    """All sites of a module, in the order they are met: its routes, and what is in none of them."""

    def __init__(
        self,
        variables: Mapping[str, AnySchema],
        routers: Iterable[Router],
        guard: Guard,
        held_elsewhere: Container[AnySchema] = (),
    ) -> None:
        self.guard = guard
        self._held_elsewhere = held_elsewhere
        self.sites: dict[AnySchema, Site] = {}
        self.routes: list[RouteSite] = []
        self.roots: list[AnySchema] = []
        """The schemas that stand in no other and in no route."""
        self._makers = Makers()
        self._names: dict[AnySchema, str] = {}
        for name, schema in variables.items():
            self._names.setdefault(schema, name)
        for endpoint in dict.fromkeys(endpoint for router in routers for endpoint in router.endpoints):
            self._add_endpoint(endpoint)
        # What is assigned last has the others in it.
        for schema in reversed(self._names):
            if schema not in self.sites:
                self.roots.append(schema)
                self._walk(schema, Place(self._names[schema]), Use(is_request=True), in_route=False)

    def _add_endpoint(self, endpoint: Route | VersionedRoute) -> None:
        routes = [endpoint] if isinstance(endpoint, Route) else list(endpoint.versions.values())
        where = shorten(f"{endpoint.method} {endpoint.path}", 200)
        if not routes:
            self.routes.append(RouteSite(endpoint, None, Place(where, route=endpoint)))
        for route in routes:
            if str(getattr(route.handler, "__module__", "")).startswith("kbn_schema.http."):
                continue  # static files, which we declare ourselves
            version = "" if route.api_version is None else f" version {route.api_version}"
            place = Place(where + version, route=route)
            site = RouteSite(endpoint, route, place, is_first=route is routes[0])
            self.routes.append(site)
            self._add_route(site, route)

    def _add_route(self, site: RouteSite, route: Route) -> None:
        intake = self.guard.call(route.intake)
        if isinstance(intake, Failed):
            site.broken = intake.told("its validate block {}")
            return
        site.intake = intake.value
        for part in PARTS:
            schema = getattr(site.rules, part)
            if isinstance(schema, Schema):
                self._add_root(site, schema, f" {part}", Use(True, _wire(part, intake.value)))
        for status, response in site.rules.responses.items():
            body = self.guard.call(partial(getattr, response, "body"))
            if isinstance(body, Failed):
                site.broken = body.told(f"the body of its response {status} {{}}")
            elif isinstance(body.value, Schema):
                self._add_root(site, body.value, f" response {status}", Use(is_request=False))
            if isinstance(response.headers, Schema):
                use = Use(False, "fields")
                self._add_root(site, response.headers, f" response {status} headers", use)

    def _add_root(self, site: RouteSite, schema: AnySchema, name: str, use: Use) -> None:
        site.roots.append(schema)
        self._walk(schema, site.place.on(name), use, in_route=True)

    def _walk(self, root: AnySchema, place: Place, use: Use, in_route: bool) -> None:
        waiting = deque([(root, place, use, LISTS)])
        while waiting:
            schema, place, use, named = waiting.popleft()
            site = self.sites.get(schema)
            if schema in self._names:
                place = Place(self._names[schema])
            elif schema in self._held_elsewhere:
                place = attrs.evolve(place, origin=schema, way_from_origin="")
            if site is None:
                site = self.sites[schema] = Site(schema, place, named)
            elif use.is_request and not site.in_requests:
                site.place = place
            if use in site.uses:
                continue
            site.uses.add(use)
            if schema.id is not None:
                named = {**named, schema.id: schema}
            children = self._inside(site, schema, use, named, in_route)
            site.inside = list(dict.fromkeys([*site.inside, *(child for _, child, _ in children)]))
            waiting.extend((child, site.place.on(step), use, named) for step, child, use in children)

    def _inside(
        self, site: Site, schema: AnySchema, use: Use, named: Mapping[str, AnySchema], in_route: bool
    ) -> list[tuple[str, AnySchema, Use]]:
        if not isinstance(schema, LazySchema):
            return list(_children(schema, use))
        if isinstance(schema.target, str):
            target = named.get(schema.target)
            if target is not None:
                return [("", target, attrs.evolve(use, is_asked=False))]
            # A variable that stands in no route may be a part of what has the id.
            if in_route:
                site.broken = f"no schema around it has the id [{shorten(schema.target)}]"
            return []
        make = schema.target
        made = self.guard.call(lambda: self._makers.once(make, schema.called()))
        if isinstance(made, Failed):
            site.broken = made.told("the callable {}, or gave no schema")
            return []
        return [("", made.value, use)]


def _wire(part: PartName, intake: Intake) -> Wire:
    forms = intake.body_format.accepts
    is_form = bool(forms) and all(name in (FORM, MULTIPART) for name in forms)
    return "fields" if part != "body" or is_form else "json"


def _children(schema: AnySchema, use: Use) -> Iterator[tuple[str, AnySchema, Use]]:
    deeper = Use(use.is_request, "text" if use.wire == "fields" else "json")
    unasked = attrs.evolve(use, is_asked=False)
    if isinstance(schema, ObjectSchema):
        for name, prop in schema.props.items():
            yield f".{shorten(name)}", prop, deeper
    elif isinstance(schema, ArraySchema):
        wire: Wire = "text" if use.wire == "text" else "json"
        yield "[]", schema.item, Use(use.is_request, wire, is_asked=False)
    elif isinstance(schema, EntriesSchema):
        yield "{key}", schema.key, Use(use.is_request, "text", is_asked=False)
        yield "{}", schema.value, attrs.evolve(deeper, is_asked=False)
    elif isinstance(schema, MaybeSchema):
        # What a conditional says of a missing value is asked all the same.
        yield "", schema.of, use if isinstance(schema.of, ConditionalSchema) else unasked
    elif isinstance(schema, NullableSchema):
        yield "", schema.of, unasked
    elif isinstance(schema, ConditionalSchema):
        yield "(then)", schema.then, use
        yield "(otherwise)", schema.otherwise, use
    elif isinstance(schema, (OneOfSchema, DiscriminatedUnionSchema)):
        for index, alternative in enumerate(schema.alternatives):
            yield f"({index})", alternative, unasked
    else:
        for index, child in enumerate(schema.children()):
            yield f"({index})", child, Use(use.is_request)


def reach(survey: Survey, starts: Sequence[AnySchema]) -> set[AnySchema]:
    """Return *starts*, and all schemas in them."""
    met = set(starts)
    waiting = list(starts)
    while waiting:
        site = survey.sites.get(waiting.pop())
        for child in site.inside if site is not None else ():
            if child not in met:
                met.add(child)
                waiting.append(child)
    return met


def unwrapped(schema: AnySchema) -> AnySchema:
    """Return what *schema* is when there is a value that is not null."""
    while isinstance(schema, (MaybeSchema, NullableSchema)):
        schema = schema.of
    return schema


def answer(given: Answer[Any] | Failed) -> Any:
    """Return what a call gave; None where it failed."""
    return given.value if isinstance(given, Answer) else None
