"""This module makes whole documents: the routes, and around them what routes do not tell."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.http.mistakes import listed
from kbn_schema.http.router import AnyRoute, Router
from kbn_schema.http.versions import VersionedRoute
from kbn_schema.openapi.base import METHODS, Document, read_base, refuse_base
from kbn_schema.openapi.merging import merged
from kbn_schema.openapi.offers import Whole
from kbn_schema.openapi.paths import Access, Dialect, offers_of, written

OpenApi = Literal["3.1", "3.0"]
CALL: Final = "document()"
BASE: Final = "the base"


def document(
    router: Router | Iterable[Router | AnyRoute],
    *,
    title: str | None = None,
    version: str | None = None,
    description: str | None = None,
    servers: Sequence[str | Mapping[str, Any]] | None = None,
    security_schemes: Mapping[str, Mapping[str, Any]] | None = None,
    security: Sequence[Mapping[str, Sequence[str]]] | None = None,
    tags: Mapping[str, str] | Sequence[Mapping[str, Any]] | None = None,
    external_docs: str | Mapping[str, Any] | None = None,
    base: Mapping[str, Any] | None = None,
    openapi: OpenApi = "3.1",
    access: Access = "all",
    api_version: str | None = None,
) -> Document:
    """Return the OpenAPI document of *router*, or of several ones, JSON-ready.

    What is given as an argument goes before what *base* says, and what routes say goes before both.

    Args:
        title: ``info.title``; ``API`` where nobody says it.
        version: ``info.version``, of the document and not of an API; ``0`` where nobody says it.
        description: ``info.description``, in Markdown.
        servers: URLs, or objects of OpenAPI's with a ``url``.
        security_schemes: How clients say who they are, by name: ``components.securitySchemes``.
        security: Which of these are needed, one of the list, each with its scopes: ``[{"token": []}]``. An
            empty list says that none is.
        tags: What tags are for, by name, or objects of OpenAPI's with a ``name``, in this order; tags that
            only routes name follow, sorted.
        external_docs: A URL, or an object of OpenAPI's.
        base: A part of a document: what routes do not tell, and operations that are no routes here.
        openapi: The OpenAPI that is written.
        access: The routes that are shown.
        api_version: The version of versioned routes that is shown: ``"newest"``, ``"oldest"`` or that one;
            routes without it are left out. None shows all versions in one operation, see `paths`.

    Raises:
        SchemaDefinitionError: A route cannot be described, see `paths`; there is no such *api_version*; or an
            argument is not what it should be.

    Example:
        >>> from kbn_schema import openapi
        >>> from kbn_schema.http import Router
        >>> router = Router()
        >>> @router.get("/api/health", validate=False)
        ... def get_health(context, request, response):
        ...     return response.ok(body="well")
        >>> made = openapi.document(router, title="Shop", version="1.4.0")
        >>> made["info"], list(made["paths"])
        ({'title': 'Shop', 'version': '1.4.0'}, ['/api/health'])
    """
    _require_word("openapi", openapi, ("3.1", "3.0"))
    _require_word("access", access, ("all", "public", "internal"))
    routers = _routers(router)
    given = _arguments(title, version, description, servers, security_schemes, security, tags, external_docs)
    under = {} if base is None else read_base(BASE, base, openapi)
    around = _around(under, read_base(CALL, given, openapi))
    _require_version(routers, access, api_version)
    offers = offers_of(routers, access, api_version, Whole(around.get("security", ())))
    told = written(offers, _DIALECTS[openapi], _names(around), _ids(around))
    _require_room(around, told.paths)
    every = {
        "openapi": _EXACT[openapi],
        **around,
        "tags": _tags(around, told.tags),
        "paths": merged(around.get("paths", {}), told.paths),
        "components": merged(around.get("components", {}), told.components),
    }
    # In the order in which people read them.
    known = {key: every[key] for key in _ORDER if key == "paths" or every.get(key) or key in around}
    return {**known, **{key: every[key] for key in every if key not in _ORDER}}


def _require_word(name: str, value: object, words: Sequence[str]) -> None:
    if value not in words:
        refuse_base(CALL, f"{name} must be one of {listed(words)}")


def _routers(router: object) -> list[Router | AnyRoute]:
    """What there is to describe.

    Raises:
        SchemaDefinitionError: Something of it is no router.
    """
    given: list[Any] = list(router) if isinstance(router, Iterable) else [router]
    for one in given:
        if not hasattr(one, "endpoints") and not hasattr(one, "access"):
            refuse_base(CALL, f"expected a router, or several ones, but got [{type(one).__name__}]")
    return given


def _arguments(
    title: object,
    version: object,
    description: object,
    servers: Any,
    security_schemes: object,
    security: object,
    tags: Any,
    external_docs: object,
) -> Document:
    """The arguments as a part of a document; those that are None are not in it."""
    info = {"title": title, "version": version, "description": description}
    info = {key: text for key, text in info.items() if text is not None}
    if isinstance(servers, Iterable) and not isinstance(servers, str | Mapping):
        servers = [{"url": one} if isinstance(one, str) else one for one in servers]
    if isinstance(tags, Mapping):
        tags = [{"name": name, "description": text} for name, text in tags.items()]
    docs = {"url": external_docs} if isinstance(external_docs, str) else external_docs
    schemes = None if security_schemes is None else {"securitySchemes": security_schemes}
    given = {
        "info": info or None,
        "servers": servers,
        "security": security,
        "tags": tags,
        "externalDocs": docs,
        "components": schemes,
    }
    return {key: part for key, part in given.items() if part is not None}


def _around(under: Document, over: Document) -> Document:
    """What stands around the routes.

    Raises:
        SchemaDefinitionError: Security is asked for that nobody has described.
    """
    around = merged(under, over)
    around["info"] = {"title": "API", "version": "0", **around.get("info", {})}
    tags = {tag["name"]: tag for tag in (*under.get("tags", ()), *over.get("tags", ()))}
    if tags:
        around["tags"] = [*tags.values()]
    schemes = around.get("components", {}).get("securitySchemes", {})
    for one in around.get("security", ()):
        for name in one:
            if name not in schemes:
                known = f", expected {listed(schemes)}" if schemes else ""
                refuse_base(CALL, f"security names [{name}], which is no security scheme{known}")
    return around


def _require_version(routers: Sequence[Router | AnyRoute], access: Access, api_version: str | None) -> None:
    """Refuse a version that no route has.

    Raises:
        SchemaDefinitionError: There is none; the error lists those that there are.
    """
    if api_version in (None, "newest", "oldest"):
        return
    versions = {
        version
        for part in routers
        for endpoint in (part.endpoints if isinstance(part, Router) else (part,))
        if isinstance(endpoint, VersionedRoute) and access in ("all", endpoint.access)
        for version in endpoint.versions
    }
    if api_version not in versions:
        # Numbers, which are internal, before dates.
        there = sorted(versions, key=lambda version: (len(version), version))
        said = f"there is {listed(there)}" if there else "no route has versions"
        raise SchemaDefinitionError(f"no route has the version [{api_version}]; {said}")


def _names(around: Document) -> frozenset[str]:
    return frozenset(around.get("components", {}).get("schemas", {}))


def _ids(around: Document) -> frozenset[str]:
    operations = _operations(around.get("paths", {}))
    return frozenset(str(operation.get("operationId")) for _, _, operation in operations)


def _operations(paths: Document) -> Iterator[tuple[str, str, Document]]:
    for path, item in paths.items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def _require_room(around: Document, paths: Document) -> None:
    """Refuse operations of the base that a route is, or whose path is a route's under another name."""
    ours = {_PARAMETER.sub("{}", path): path for path in paths}
    for path, method, _ in _operations(around.get("paths", {})):
        told = ours.get(_PARAMETER.sub("{}", path), path)
        if told != path:
            refuse_base(BASE, f"the path [{path}] is [{told}] of a route: write it so")
        if method in paths.get(path, {}):
            remedy = "say what it does not tell with options.oas_operation_object"
            refuse_base(BASE, f"[{method}] [{path}] is a route: {remedy}")


def _tags(around: Document, names: Iterable[str]) -> list[Document]:
    """All tags: those that were described first, in their order."""
    described: list[Document] = around.get("tags", [])
    known = {tag["name"] for tag in described}
    theirs = {
        str(name)
        for _, _, operation in _operations(around.get("paths", {}))
        for name in operation.get("tags", ())
    }
    return [*described, *({"name": name} for name in sorted({*names, *theirs} - known))]


_EXACT: Final[Mapping[str, str]] = {"3.1": "3.1.0", "3.0": "3.0.3"}
_DIALECTS: Final[Mapping[str, Dialect]] = {"3.1": "openapi-3.1", "3.0": "openapi-3.0"}
_ORDER: Final = (
    "openapi", "info", "jsonSchemaDialect", "servers", "security", "tags", "externalDocs", "paths",
    "webhooks", "components",
)  # fmt: skip
_PARAMETER: Final = re.compile(r"\{[^}]*\}")
