"""This module tells which versions of a route an operation shows."""

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from kbn_schema.http.route import Route
from kbn_schema.http.versions import VersionedRoute, first


@attrs.frozen
class Whole:
    """The document that operations stand in; without it, they are for another's document."""

    security: Sequence[Mapping[str, Any]] = ()
    """What all operations ask for."""


@attrs.frozen
class Offer:
    """What one operation shows: the routes of its versions, from old to new, of a plain route that one."""

    routes: tuple[Route, ...]
    """At least one."""
    endpoint: Route | VersionedRoute
    """What was declared: a plain route, or one with versions."""
    names_versions: bool
    """Whether media types name the version."""
    is_mapped: bool = False
    """Whether its router makes the answers to invalid requests, with a function of the author's."""
    whole: Whole | None = None
    """The document that it stands in; None for another's document."""

    @property
    def newest(self) -> Route:
        """The route that parameters are taken from."""
        return self.routes[-1]

    @property
    def is_resource(self) -> bool:
        """Whether it is a page or a script, and no API."""
        return bool(self.newest.options.get("http_resource"))

    @property
    def is_hidden(self) -> bool:
        """Whether documents leave it out."""
        return self.is_resource or bool(self.newest.options.get("exclude_from_oas"))

    @property
    def where(self) -> str:
        """What errors call it, such as ``The [get] at [/api/notes]``."""
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
