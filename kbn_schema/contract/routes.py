"""This module tells the contract of routes."""

from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import Any, Final

from kbn_schema.contract.facts import as_json, well_formed
from kbn_schema.contract.fingerprints import name_of
from kbn_schema.contract.model import BodyTerm, Contract, Endpoint, ResponseTerm, RouteTerm, Term
from kbn_schema.contract.terms import Terms
from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.http.exchange import MAX_BODY_BYTES
from kbn_schema.http.function_rule import FunctionRule
from kbn_schema.http.route import Route
from kbn_schema.http.router import Router
from kbn_schema.http.rules import PARTS, ResponseRule, Rule
from kbn_schema.http.versions import VersionedRoute
from kbn_schema.kinds.base import Schema
from kbn_schema.missing import MISSING

AnyRoute = Route | VersionedRoute
TIMEOUTS: Final = ("payload", "idle_socket")


def of(routes: Router | Iterable[AnyRoute]) -> Contract:
    """Return the contract of *routes*; pages and scripts, which have none, are left out.

    The order in which they were declared makes no difference. Lazy blocks are read, and the callables of
    `lazy` and of the bodies of answers are called; no default is made, and no other function of the author's
    is called. Of routes that are given without their router, the largest size of a body is 1 MiB where they
    state none.

    Raises:
        SchemaDefinitionError: A lazy block is malformed, or a `lazy` schema leads nowhere; the text names
            the route.

    Example:
        >>> from kbn_schema import contract, schema
        >>> from kbn_schema.http import Router
        >>> router = Router()
        >>> @router.get("/api/hello/{name}", validate={"params": schema.object({"name": schema.string()})})
        ... def hello(context, request, response):
        ...     return response.ok(body={"hello": request.params["name"]})
        >>> contract.of(router).routes[0].versions[""].request["params"]["props"]
        {'name': {'type': 'string'}}
    """
    endpoints = routes.endpoints if isinstance(routes, Router) else tuple(routes)
    max_bytes = routes.max_body_bytes if isinstance(routes, Router) else MAX_BODY_BYTES
    versions = {endpoint: _versions(endpoint) for endpoint in endpoints}
    ordered = sorted((one for one in endpoints if versions[one]), key=lambda one: (one.path, one.method))
    told = _Told(max_bytes)
    for endpoint in ordered:
        for route in versions[endpoint].values():
            told.survey(route)
    found = [told.route(endpoint, versions[endpoint]) for endpoint in ordered]
    return Contract(tuple(found), told.terms.finish())


def _versions(endpoint: AnyRoute) -> dict[str, Route]:
    """The routes of *endpoint*, from old to new."""
    if isinstance(endpoint, Route):
        found = {"": endpoint}
    else:
        versions = endpoint.versions
        ordered = sorted(versions, key=int if endpoint.access == "internal" else str)
        found = {version: versions[version] for version in ordered}
    return {version: route for version, route in found.items() if not route.options.get("http_resource")}


class _Told:
    """What is told of the routes of one contract."""

    def __init__(self, max_bytes: int) -> None:
        self.terms = Terms()
        self._max_bytes = max_bytes

    def survey(self, route: Route) -> None:
        """Prepare to tell of *route*."""
        with _of_route(route):
            for schema in route.rules.schemas:
                self.terms.survey(schema)

    def route(self, endpoint: AnyRoute, versions: Mapping[str, Route]) -> RouteTerm:
        """What is told of *endpoint*."""
        default = None if isinstance(endpoint, Route) else endpoint.default_version
        told = {version: self._endpoint(route) for version, route in versions.items()}
        path = well_formed(endpoint.path)
        query_version = not isinstance(endpoint, Route) and endpoint.query_version
        return RouteTerm(endpoint.method, path, endpoint.access, told, default, query_version)

    def _endpoint(self, route: Route) -> Endpoint:
        options = route.options
        rules = route.rules
        timeout = options.get("timeout", {})
        declared = {part: getattr(rules, part) for part in PARTS}
        with _of_route(route):
            return Endpoint(
                summary=well_formed(route.summary),
                description=well_formed(route.description),
                tags=tuple(map(well_formed, route.tags)),
                deprecated=_plain(route.deprecated),
                discontinued=well_formed(route.discontinued or ""),
                availability=_plain(options.get("availability", {})),
                security=_plain(route.security),
                xsrf_required=route.intake().wants_xsrf,
                timeout={name: timeout[name] for name in TIMEOUTS if name in timeout},
                body=self._body(route),
                request={part: self._rule(rule) for part, rule in declared.items() if rule is not None},
                responses={
                    str(status): self._response(rules.responses[status]) for status in sorted(rules.responses)
                },
            )

    def _body(self, route: Route) -> BodyTerm | None:
        if route.rules.body is None:
            return None
        form = route.intake().body_format
        accepts = tuple(map(well_formed, form.accepts))
        max_bytes = self._max_bytes if route.max_bytes is None else route.max_bytes
        return BodyTerm(accepts, max_bytes, form.taken, form.inflates)

    def _response(self, rule: ResponseRule) -> ResponseTerm:
        content_type = None if rule.body_content_type is None else well_formed(rule.body_content_type)
        body = None if rule.body is None else self._rule(rule.body)
        headers = None if rule.headers is None else self._rule(rule.headers)
        return ResponseTerm(well_formed(rule.description), content_type, headers, body)

    def _rule(self, rule: Rule) -> Term:
        if isinstance(rule, Schema):
            return self.terms.add(rule)
        if isinstance(rule, FunctionRule):
            return {"type": "function", **self.terms.facts.function(rule.function)}
        told = self.terms.facts.function(rule.validate)
        return {"type": "function", **told, "name": well_formed(name_of(type(rule)))}


def _plain(value: Any) -> Any:
    """*value* as JSON, with what JSON has not left out."""
    if not isinstance(value, Mapping):
        return value
    found = {well_formed(str(key)): as_json(item) for key, item in value.items()}
    return {key: item for key, item in found.items() if item is not MISSING}


@contextmanager
def _of_route(route: Route) -> Generator[None, None, None]:
    """Let errors name *route*."""
    try:
        yield
    except SchemaDefinitionError as error:
        version = "" if route.api_version is None else f", version [{route.api_version}]"
        where = f"The [{route.method.lower()}] at [{route.path}]{version}"
        if where in str(error):
            raise
        raise SchemaDefinitionError(f"{where}: {error}") from error
