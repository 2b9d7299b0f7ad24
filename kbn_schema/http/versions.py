"""This module serves several versions of one route, and picks the one that a client asks for.

Source:
    Kibana's versioned router. Public versions are dates, internal ones are numbers.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Literal, NoReturn, overload

import attrs
from typing_extensions import Unpack

from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.http.definition import NO_VALIDATE, require_deprecation
from kbn_schema.http.intake import Fields
from kbn_schema.http.logs import log
from kbn_schema.http.media_types import read_media_type
from kbn_schema.http.mistakes import refuse, require_known
from kbn_schema.http.parts import Refusal, RequestParts
from kbn_schema.http.route import (
    VERSION_HEADER,
    Access,
    Decorator,
    Deprecation,
    Handler,
    HandlerOf,
    Request,
    Route,
    Security,
    VersionedOptions,
    VersionSecurity,
)
from kbn_schema.http.rules import B, H, P, Q, Validate
from kbn_schema.http.security import require_version_security
from kbn_schema.missing import MISSING
from kbn_schema.wording import shorten

Resolution = Literal["oldest", "newest", "none"]
QUERY_FIELD = "apiVersion"


@attrs.frozen
class VersionPolicy:
    """Which version is served where a client asks for none."""

    resolution: Resolution = "oldest"
    dev: bool = False
    internal_paths: frozenset[str] = frozenset()
    """Internal routes that are treated as public ones in this."""

    def default(self, path: str, access: Access, versions: Mapping[str, Route]) -> str | None:
        """The version that is served at *path*; None where a client has to ask for one."""
        if access == "internal" and path not in self.internal_paths:
            return None if self.dev else "1"
        return None if self.resolution == "none" else first(versions, access, self.resolution)


def first(versions: Iterable[str], access: Access, resolution: str) -> str:
    """The oldest or newest of *versions*: internal ones are numbers, public ones dates."""
    ordered = sorted(versions, key=int if access == "internal" else str)
    return ordered[0 if resolution == "oldest" else -1]


# Of where it is declared, the version, its block, and what it says that the route does not.
MakeRoute = Callable[[str, str, Validate, Mapping[str, Any]], Callable[[Handler], Route]]


class VersionedRoute:
    """One method on one path, in several versions; `router.versioned.get(...)` makes one.

    Args:
        method: In upper case, such as ``GET``.
        path: The template with its parameters, behind the base path of the router.
        access: ``"public"``, where versions are dates, or ``"internal"``, where they are numbers.
        query_version: Whether the query may name the version, in the field ``apiVersion``.
        deprecated: What is said of versions that do not say it themselves.
        security: Who may call it; a version may replace what is said of privileges.
        policy: Which version is served where a client asks for none.
        make_route: Makes the route of a version.
    """

    def __init__(
        self,
        method: str,
        path: str,
        access: Access,
        query_version: bool,
        deprecated: bool | Deprecation,
        security: Security,
        policy: VersionPolicy,
        make_route: MakeRoute,
    ) -> None:
        self.method = method
        self.path = path
        self._deprecated = deprecated
        self._security = security
        self.access: Access = access
        self.query_version: bool = query_version
        """Whether the query may name the version, in the field ``apiVersion``."""
        self._policy = policy
        self._make_route = make_route
        self._versions: dict[str, Route] = {}

    @property
    def where(self) -> str:
        """What errors call it, such as ``The [get] at [/api/notes]``."""
        return f"The [{self.method.lower()}] at [{self.path}]"

    @property
    def versions(self) -> Mapping[str, Route]:
        """The route of each version, by its name, in the order they were added; a new dict at each call."""
        return dict(self._versions)

    @overload
    def add_version(
        self,
        version: str,
        *,
        validate: Validate[P, Q, B, H],
        handler: None = None,
        deprecated: bool | Deprecation | None = None,
        security: VersionSecurity | None = None,
    ) -> Decorator[Request[P, Q, B, H]]: ...

    @overload
    def add_version(
        self,
        version: str,
        *,
        validate: Validate[P, Q, B, H],
        handler: HandlerOf[Request[P, Q, B, H], ..., Any],
        deprecated: bool | Deprecation | None = None,
        security: VersionSecurity | None = None,
    ) -> "VersionedRoute": ...

    def add_version(
        self,
        version: str,
        *,
        validate: Any = MISSING,
        handler: Any = None,
        deprecated: bool | Deprecation | None = None,
        security: VersionSecurity | None = None,
        **unknown: Any,
    ) -> Any:
        """Serve *version* with *handler*, or with the one that this decorates.

        A public version is a date such as ``2023-10-31``, an internal one a number such as ``1``.

        Args:
            version: A date of the calendar, or a whole number of at least 1, as text.
            validate: The rules of this version, in any form that a route takes; it is required.
            handler: As of a route.
            deprecated: As for a route; None is what the versioned route says.
            security: The ``authz`` of this version, in place of what the versioned route says.
            unknown: Whatever else is given, which is refused.

        Returns:
            This route where there is a *handler*, so that calls can be chained; else a decorator.

        Raises:
            SchemaDefinitionError: The version is malformed or taken, `validate` is missing or does not fit
                the route, or an option is unknown.
        """
        problem = malformed(version, self.access)
        if problem is not None:
            refuse(self.where, problem)
        where = f"{self.where}, version [{version}]"
        require_known(where, "add_version()", unknown, _OPTIONS, "option")
        if validate is MISSING:
            raise SchemaDefinitionError(f"{where} {NO_VALIDATE}")
        self._require_new(version)
        deprecated = self._deprecated if deprecated is None else deprecated
        require_deprecation(where, deprecated)
        require_version_security(where, security)
        own = {"deprecated": deprecated, "security": {**self._security, **(security or {})}}
        make = self._make_route(where, version, validate, own)
        if handler is not None:
            self._enter(version, make(handler))
            return self

        def decorate(handler: Any) -> Any:
            self._enter(version, make(handler))
            return handler

        return decorate

    def __call__(self, handler: object) -> NoReturn:
        refuse(self.where, "a versioned route has no handler of its own; decorate it with add_version(...)")

    def _enter(self, version: str, route: Route) -> None:
        self._require_new(version)
        self._versions[version] = route

    def _require_new(self, version: str) -> None:
        if version in self._versions:
            raise SchemaDefinitionError(
                f'Version "{version}" handler has already been registered for the route {self._name}'
            )

    def choose(self, head: RequestParts, query: dict[str, list[str]]) -> Route:
        """The version for a request that *head* or *query* asks for; ``apiVersion`` is taken out of *query*.

        Raises:
            Refusal: The version that is asked for is malformed or unknown, or there is none to choose.
        """
        if not self._versions:
            log.error(
                "500 Server Error: %s has no version: decorate its handler with add_version", self.where
            )
            raise Refusal(500, f"No handlers registered for {self._name}.")
        version = self._asked(head, query)
        if version is None:
            version = self._policy.default(self.path, self.access, self._versions)
        if version is None:
            raise Refusal(
                400, f"Please specify a version via {VERSION_HEADER} header. Available versions: {self._list}"
            )
        if query.pop(QUERY_FIELD, None) is not None and not self.query_version:
            raise Refusal(
                400,
                f'Use of query parameter "{QUERY_FIELD}" is not allowed. '
                f'Please specify the API version using the "{VERSION_HEADER}" header.',
            )
        problem = malformed(version, self.access)
        if problem is not None:
            raise Refusal(400, problem)
        if version not in self._versions:
            raise Refusal(
                400,
                f'No version "{version}" available for {self._name}. Available versions are: {self._list}',
            )
        return self._versions[version]

    @property
    def default_version(self) -> str | None:
        """The version that is served where a client asks for none; None where it has to ask for one.

        None, too, for an internal route that does not have its default, ``1``: there, a client has to ask as
        well.
        """
        default = self._policy.default(self.path, self.access, self._versions) if self._versions else None
        return default if default in self._versions else None

    def resolve(self, resolution: str) -> str | None:
        """The ``"oldest"`` or the newest version, as *resolution* says; None where there is none."""
        return first(self._versions, self.access, resolution) if self._versions else None

    def _asked(self, head: RequestParts, query: Fields) -> str | None:
        values = head.header(VERSION_HEADER)
        # Servers that follow CGI join what was repeated; an empty item is none (RFC 9110, section 5.6.1).
        version = ",".join(values).lstrip(" \t,").partition(",")[0].strip(" \t") if values else ""
        version = _agreed(version, _of_body(head))
        asked = query.get(QUERY_FIELD, [])
        if not version and self.query_version and len(asked) == 1:
            version = asked[0]
        return version or None

    @property
    def _name(self) -> str:
        return f"[{self.method.lower()}] [{self.path}]"

    @property
    def _list(self) -> str:
        return f"[{', '.join(self._versions)}]"


def _agreed(header: str, body: str) -> str:
    """The version that the header asks for, or the media type of the body; they may not contradict."""
    if header and body and header != body:
        raise Refusal(
            400,
            f'The header {VERSION_HEADER} asks for version "{shorten(header)}", '
            f'but the media type of the body for "{shorten(body)}".',
        )
    return header or body


def _of_body(head: RequestParts) -> str:
    """The version that the media type of a body names, as it does in OpenAPI documents of all versions."""
    types = head.header("content-type")
    if len(types) != 1 or VERSION_HEADER not in types[0].lower():
        return ""
    media_type = read_media_type(types[0])
    return "" if media_type is None else media_type.parameters.get(VERSION_HEADER, "")


def malformed(version: object, access: Access) -> str | None:
    """What is wrong with the form of *version*, in Kibana's words; None where it is fine."""
    text = version if isinstance(version, str) else type(version).__name__
    shown = shorten(text)
    if access == "public":
        if isinstance(version, str) and _is_date(version):
            return None
        return f'Invalid version. Received "{shown}", expected a valid date string formatted as YYYY-MM-DD.'
    if isinstance(version, str) and _NUMBER.fullmatch(version):
        return None
    return (
        f'Invalid version number. Received "{shown}", '
        "expected a string containing _only_ a finite, whole number greater than 0."
    )


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


class VersionedRouter:
    """Declares versioned routes; each method takes a path and options, and gives a `VersionedRoute`.

    For *options* see `VersionedOptions`. What is unknown or malformed there, and a path that another route
    takes, is a `SchemaDefinitionError`.
    """

    def __init__(self, declare: Callable[[str, str, Mapping[str, Any]], VersionedRoute]) -> None:
        self._declare = declare

    def get(self, path: str, **options: Unpack[VersionedOptions]) -> VersionedRoute:
        """Declare GET and HEAD on *path*, in versions that are added to what this returns."""
        return self._declare("GET", path, options)

    def post(self, path: str, **options: Unpack[VersionedOptions]) -> VersionedRoute:
        """Declare POST on *path*, in versions that are added to what this returns."""
        return self._declare("POST", path, options)

    def put(self, path: str, **options: Unpack[VersionedOptions]) -> VersionedRoute:
        """Declare PUT on *path*, in versions that are added to what this returns."""
        return self._declare("PUT", path, options)

    def patch(self, path: str, **options: Unpack[VersionedOptions]) -> VersionedRoute:
        """Declare PATCH on *path*, in versions that are added to what this returns."""
        return self._declare("PATCH", path, options)

    def delete(self, path: str, **options: Unpack[VersionedOptions]) -> VersionedRoute:
        """Declare DELETE on *path*, in versions that are added to what this returns."""
        return self._declare("DELETE", path, options)


_OPTIONS = ("validate", "handler", "deprecated", "security")
_NUMBER = re.compile(r"[1-9][0-9]{0,99}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
