"""This module says what there is to write for one of the author's modules: its types, and its routes."""

from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any, Final

import attrs

from kbn_schema.http import Route, Router
from kbn_schema.http.paths import parse_template
from kbn_schema.http.rules import PARTS, PartName
from kbn_schema.kinds.base import Schema
from kbn_schema.stubs.definitions import Definition, Definitions
from kbn_schema.stubs.hints import ANY, ClassOf, Hint, Named, Word, union
from kbn_schema.stubs.homes import Home, homes, untyped
from kbn_schema.stubs.naming import pascal, type_name
from kbn_schema.stubs.source import Source, values_of
from kbn_schema.stubs.writer import misfit_of

# The type of a part that a route does not declare, which is hidden from its handler.
UNDECLARED: Final = Word("Undeclared")
# What a handler is given of a part that was left out, as of a body that is `maybe`.
MISSING_ITSELF: Final = ClassOf("kbn_schema.missing", "Missing")


@attrs.frozen
class RouteTypes:
    """The types of one route, or of one version of it."""

    route: Route
    name: str
    """What is made of the name of its handler, as ``Find``, and of the version where it has several."""
    request: str
    """The name of the type of its requests: handlers of several routes have one."""
    parts: Mapping[PartName, Hint]
    """A reference, maybe beside `MISSING_ITSELF`; anything where a function checks it; or `UNDECLARED`."""
    responses: Mapping[int, Hint]
    """What is answered with each status that is declared with a body."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters of its path."""
        return parse_template(self.route.path, self.name).names


@attrs.frozen
class Outline:
    """What there is to write for a module."""

    module: ModuleType
    source: Source
    definitions: tuple[Definition, ...]
    """Each after what it refers to, as far as that goes."""
    variables: Mapping[str, Definition]
    """Of the schemas that the module itself assigns to variables, in that order."""
    routes: tuple[RouteTypes, ...]
    untyped: tuple[str, ...] = ()
    """The author's modules whose schemas are repeated here, because they have no generated types."""

    def definition(self, number: int) -> Definition:
        """The definition with that *number*."""
        return self._numbered[number]

    _numbered: Mapping[int, Definition] = attrs.field(
        init=False, repr=False,
        default=attrs.Factory(lambda self: {one.number: one for one in self.definitions}, takes_self=True),
    )  # fmt: skip


def outline(module: ModuleType, source: Source, *, is_json: bool = False) -> Outline:
    """Return what there is to write for *module*; *is_json* for types of what its clients send and receive.

    Raises:
        SchemaDefinitionError: Two types would have one name, or the rules of a route are wrong.
    """
    names = [variable.name for variable in source.variables()]
    variables = values_of(names, vars(module), Schema)
    definitions = Definitions(is_json=is_json)
    for name, schema in variables.items():
        definitions.name(schema, name, name)
    imported = values_of(source.imported(), vars(module), Schema)
    for schema, home in _homes(module, variables | imported, is_json).items():
        definitions.name(schema, home.variable, home.variable, None if is_json else home.types)
    for name, schema in imported.items():
        definitions.name(schema, name, name)
    routes = [_RouteRoots(route, *named) for route, named in _named_routes(_routes(module, names))]
    for route in routes:
        route.give_names(definitions)
    own = {name: definitions.add(schema) for name, schema in variables.items()}
    for route in routes:
        route.add(definitions)
    reached = definitions.finish([*own.values(), *(root for route in routes for root in route.roots)])
    return Outline(
        module,
        source,
        tuple(reached),
        {name: definitions.settled(definition) for name, definition in own.items()},
        tuple(route.finish(definitions) for route in routes),
        () if is_json else _untyped(module, reached, own.values()),
    )


def _homes(module: ModuleType, others: Mapping[str, Schema[Any]], is_json: bool) -> dict[Schema[Any], Home]:
    """The homes of imported schemas; of types of JSON, where the names say which schema is meant.

    These are all written in one file, with what they refer to: there, two modules may use one name. So may
    *others*, which are called in *module* itself.
    """
    found = homes(module)
    if not is_json:
        return found
    called: dict[str, set[Schema[Any]]] = {}
    for name, schema in (*((home.variable, one) for one, home in found.items()), *others.items()):
        called.setdefault(type_name(name), set()).add(schema)
    return {schema: home for schema, home in found.items() if len(called[type_name(home.variable)]) == 1}


def _untyped(module: ModuleType, reached: Iterable[Definition], own: Iterable[Definition]) -> tuple[str, ...]:
    variables = set(own)
    return untyped(
        module, {one.schema for one in reached if one.is_root and one.home is None and one not in variables}
    )


class _RouteRoots:
    """The schemas of a route, on their way to `RouteTypes`."""

    def __init__(self, route: Route, name: str, request: str) -> None:
        self._route = route
        self._name = name
        self._request = request
        self._definitions: dict[PartName | int, Definition] = {}
        self._bodies = {status: rule.body for status, rule in route.rules.responses.items()}

    @property
    def roots(self) -> Iterable[Definition]:
        return self._definitions.values()

    def give_names(self, definitions: Definitions) -> None:
        for key, schema in self._schemas().items():
            definitions.name(schema, self._name + self._suffix(key), f"{self._where}, {key}")

    def add(self, definitions: Definitions) -> None:
        for key, schema in self._schemas().items():
            self._definitions[key] = definitions.add(schema)

    def finish(self, definitions: Definitions) -> RouteTypes:
        told: dict[Any, Hint] = {
            key: Named(definitions.settled(definition).number)
            for key, definition in self._definitions.items()
        }
        if not definitions.is_json:
            for key, schema in self._schemas().items():
                besides = [MISSING_ITSELF] if definitions.may_be_absent(schema, "output") else []
                misfit = misfit_of(schema)
                told[key] = union([told[key], *besides, *([] if misfit is None else [misfit])])
        rules = self._route.rules
        parts: dict[PartName, Hint] = {
            part: told.get(part, UNDECLARED if getattr(rules, part) is None else ANY) for part in PARTS
        }
        responses = {
            status: told.get(status, ANY) for status, body in self._bodies.items() if body is not None
        }
        return RouteTypes(self._route, self._name, self._request, parts, responses)

    @property
    def _where(self) -> str:
        version = "" if self._route.api_version is None else f" {self._route.api_version}"
        return f"{self._route.method.lower()} {self._route.path}{version}"

    def _schemas(self) -> dict[PartName | int, Schema[Any]]:
        rules: dict[PartName | int, Any] = {part: getattr(self._route.rules, part) for part in PARTS}
        return {key: rule for key, rule in (rules | self._bodies).items() if isinstance(rule, Schema)}

    def _suffix(self, key: PartName | int) -> str:
        if isinstance(key, str):
            return pascal(key)
        # `FindResponse` is what a call gives that succeeds.
        is_only = len(self._bodies) == 1 and 200 <= key < 300
        return "Response" if is_only else f"Response{key}"


def _routes(module: ModuleType, assigned: Iterable[str]) -> list[Route]:
    """All routes of the routers that *module* makes, and those of others whose handlers it has."""
    own = values_of(list(assigned), vars(module), Router).values()
    routers = dict.fromkeys([*own, *values_of(list(vars(module)), vars(module), Router).values()])
    routes = [
        route
        for router in routers
        for route in router.routes
        if router in own or _module_of(route.handler) == module.__name__
    ]
    return [route for route in routes if not _module_of(route.handler).startswith("kbn_schema.http.")]


def _module_of(handler: Any) -> str:
    return str(getattr(handler, "__module__", ""))


def _named_routes(routes: list[Route]) -> list[tuple[Route, tuple[str, str]]]:
    """Each of *routes* with its name, which no other has, and with that of its requests."""
    handlers: dict[str, dict[Any, list[Route]]] = {}
    for route in routes:
        name = type_name(_handler_name(route))
        handlers.setdefault(name, {}).setdefault(route.handler, []).append(route)
    found: dict[Route, tuple[str, str]] = {}
    for name, of_name in handlers.items():
        alike = [route for of_handler in of_name.values() for route in of_handler]
        for of_handler in of_name.values():
            for route in of_handler:
                own = name + _apart(route, alike)
                found[route] = (own, f"{name if len(of_name) == 1 else own}Request")
    return [(route, found[route]) for route in routes]


def _handler_name(route: Route) -> str:
    name: Any = getattr(route.handler, "__name__", None)
    if not isinstance(name, str):
        name = type(route.handler).__name__
    return name if name != "<lambda>" else f"{route.method.lower()} {route.path}"


def _apart(route: Route, alike: list[Route]) -> str:
    """What tells *route* from the others among those that are *alike* in their names."""
    if len(alike) == 1:
        return ""
    by_version = f"V{pascal(route.api_version or '0')}"
    if len({one.api_version for one in alike}) == len(alike):
        return by_version
    by_path = pascal(f"{route.method.lower()} {route.path}")
    is_one_of_a_kind = [(one.method, one.path) for one in alike].count((route.method, route.path)) == 1
    return by_path if is_one_of_a_kind else by_path + by_version
