"""This module compares two contracts: it finds which routes and versions belong together."""

import datetime
from collections.abc import Callable, Iterator

import attrs

from kbn_schema.contract import Contract, Endpoint, RouteTerm
from kbn_schema.diff.advice import Place, next_version, with_versions
from kbn_schema.diff.changes import Change, Profile
from kbn_schema.diff.differences import Difference, Found
from kbn_schema.diff.endpoints import Comparison
from kbn_schema.diff.grading import grade, order
from kbn_schema.diff.shadows import Shadow, shadows
from kbn_schema.diff.walk import Walk

NO_PLACE = Place("", "", "", "")


def compare(
    old: Contract, new: Contract, *, profile: Profile = "kibana", today: datetime.date | None = None
) -> tuple[Change, ...]:
    """Return what changed from *old* to *new*, sorted by route, version, path and rule; nothing twice.

    Args:
        old: What clients know.
        new: What is offered now.
        profile: "kibana" follows Kibana's versioning document where it speaks; "strict" is nothing but the
            rule that requests may only grow and responses may only shrink.
        today: The day on which a version that advice speaks of may be added; without it, the day after the
            newest one.

    Example:
        >>> from kbn_schema import contract, schema
        >>> from kbn_schema.diff import compare
        >>> from kbn_schema.http import Router
        >>> def offered(page):
        ...     router = Router()
        ...     router.get("/notes", validate={"query": schema.object({"page": page})})(lambda *_: None)
        ...     return contract.of(router)
        >>> (change,) = compare(offered(schema.integer()), offered(schema.integer(min=1)))
        >>> change.level, change.rule, change.path
        ('ERR', 'bound-tightened', ('query', 'page'))
    """
    walk = Walk(old, new)
    changes: list[Change] = []
    pairs, gone, came = _matched(old.routes, new.routes)
    for route in gone:
        changes += _whole(route, "route-removed", profile, today)
    for route in came:
        changes += _whole(route, "route-added", profile, today)
    for before, after in pairs:
        changes += _Routes(walk, before, after, profile, today).changes()
    for taken in shadows(pairs, gone, came):
        changes += _shadowed(walk, taken, profile, today)
    return tuple(sorted(dict.fromkeys(changes), key=order))


def compare_endpoints(
    old_endpoint: Endpoint,
    new_endpoint: Endpoint,
    old: Contract,
    new: Contract,
    *,
    profile: Profile = "kibana",
    method: str = "",
    route: str = "",
    version: str = "",
) -> tuple[Change, ...]:
    """Return what changed from one endpoint to another, such as two versions of a route, sorted.

    Args:
        old_endpoint: What clients know.
        new_endpoint: What is offered now.
        old: The contract that *old_endpoint* is from, where its references lead.
        new: The contract that *new_endpoint* is from, which may be the same.
        profile: As for `compare`.
        method: Only told in the changes.
        route: The path, told in the changes; of it, the names of parameters count, too.
        version: Only told in the changes.
    """
    place = attrs.evolve(NO_PLACE, method=method, route=route, version=version)
    names = {name: mark == "?" for name, mark in _template(route)[1]}
    comparison = Comparison(Walk(old, new), old_endpoint, new_endpoint, profile, place, names, {})
    return tuple(sorted(comparison.changes(), key=order))


class _Routes:
    """One comparison of two routes."""

    def __init__(
        self, walk: Walk, old: RouteTerm, new: RouteTerm, profile: Profile, today: datetime.date | None
    ) -> None:
        self.walk = walk
        self.old = old
        self.new = new
        self.profile: Profile = profile
        self._instead = with_versions(old.access == "public", today)
        self.next = next_version({*old.versions, *new.versions} - {""}, old.access == "public", today)

    def changes(self) -> Iterator[Change]:
        """All that changed."""
        yield from grade(self._whole(), "-", self.profile, self._place(""))
        yield from grade(self._path(), "request", self.profile, self._place(""), "params")
        is_plain, was_plain = "" in self.new.versions, "" in self.old.versions
        if is_plain == was_plain:
            yield from self._versions()
        elif was_plain:
            yield from self._introduced()
        else:
            yield from self._abandoned()

    def _place(self, version: str) -> Place:
        endpoint = self.old.versions.get(version)
        tier = str(endpoint.availability.get("stability", "")) if endpoint is not None else ""
        return Place(self.old.method, self.old.path, version, self._way_out(version), tier)

    def _way_out(self, version: str) -> str:
        if version:
            return (
                f"add version {self.next or 'of another name'} with this change, and keep {version} as it is"
            )
        default = self.new.default_version
        if "" in self.new.versions or default is None:
            return self._instead
        return f"let version {default} be what the route was, and a later one have this change"

    def _whole(self) -> Found:
        old, new, found = self.old, self.new, Found()
        if old.access != new.access:
            closed = new.access != "public"
            rule, effect = ("access-restricted", "narrower") if closed else ("access-opened", "wider")
            found.add(Difference(rule, effect, old.access, new.access, {}))
        before, after = old.default_version, new.default_version
        if before != after and "" not in old.versions and "" not in new.versions:
            words = {"old": str(before), "new": str(after), "way": self._way_back()}
            if after is None:
                found.add(Difference("default-version-removed", "narrower", before, None, words))
            elif before is None:
                found.add(Difference("default-version-added", "wider", None, after, words))
            else:
                found.add(Difference("default-version-changed", "same", before, after, words))
        if self._takes_query_version(old) and not self._takes_query_version(new):
            found.add(Difference("query-version-refused", "narrower", None, None, {}))
        elif new.query_version and not old.query_version and "" not in old.versions:
            found.add(Difference("query-version-accepted", "wider", None, None, {}))
        return found

    def _takes_query_version(self, route: RouteTerm) -> bool:
        """Whether a request may have the field ``apiVersion`` in its query, which says nothing else there."""
        if "" not in route.versions or route is self.old:
            return route.query_version
        query = route.versions[""].request.get("query")
        return query is None or self.walk.new.shape(query).term.get("unknowns") in ("allow", "ignore")

    def _way_back(self) -> str:
        """How the default version stays the one that it was."""
        before, after = self.old.default_version, self.new.default_version
        if self.old.access == "internal" or before not in self.new.versions:
            return f"do not remove version {before}"
        is_oldest, *_ = (version == before for version in self.old.versions)
        if is_oldest and after is not None and after == next(iter(self.new.versions)):
            return f"add no version that is older than {before}"
        return f'version_resolution="{"oldest" if is_oldest else "newest"}"'

    def _path(self) -> Found:
        found = Found()
        (_, before), (_, after) = _template(self.old.path), _template(self.new.path)
        for (old, _), (new, _) in zip(before, after, strict=True):
            if old != new:
                words = {"old": old, "new": new}
                found.add(Difference("path-parameter-renamed", "note", old, new, words), new)
        if not before or before[-1][1] == after[-1][1]:
            return found
        name, marks = before[-1][0], (before[-1][1], after[-1][1])
        words = {"name": name, "mark": before[-1][1]}
        rules = {
            ("?", ""): [("path-segment-required", "narrower")],
            ("", "?"): [("path-segment-optional", "wider")],
            ("*", ""): [("path-segment-required", "narrower"), ("path-rest-narrowed", "narrower")],
            ("", "*"): [("path-segment-optional", "wider"), ("path-rest-accepted", "wider")],
            ("*", "?"): [("path-rest-narrowed", "narrower")],
            ("?", "*"): [("path-rest-accepted", "wider")],
        }
        for rule, effect in rules[marks]:
            found.add(Difference(rule, effect, self.old.path, self.new.path, words), after[-1][0])
        return found

    def _versions(self) -> Iterator[Change]:
        for version, endpoint in self.old.versions.items():
            if version in self.new.versions:
                yield from self._endpoint(version, endpoint, self.new.versions[version])
            else:
                yield from self._noted("version-removed", "narrower", version)
        for version in self.new.versions:
            if version not in self.old.versions:
                yield from self._noted("version-added", "note", version)
        yield from self._moved_default()

    def _moved_default(self) -> Iterator[Change]:
        """What breaks those who ask for no version, and so are served another one now."""
        before, after = self.old.default_version, self.new.default_version
        if before is None or after is None or before == after:
            return
        advice = f"Keep {before} the default: {self._way_back()}."
        for change in self._endpoint("", self.old.versions[before], self.new.versions[after]):
            if change.level == "ERR":
                message = f"{change.message}, for clients that ask for no version"
                yield attrs.evolve(change, message=message, advice=advice)

    def _noted(self, rule: str, effect: str, version: str) -> Iterator[Change]:
        found = Found()
        gone, came = (version, None) if rule == "version-removed" else (None, version)
        found.add(Difference(rule, effect, gone, came, {"version": version}))
        return grade(found, "-", self.profile, self._place(version))

    def _introduced(self) -> Iterator[Change]:
        """A plain route has versions now: who asked for none gets the default one."""
        found, default = Found(), self.new.default_version
        found.add(Difference("versions-introduced", "note", None, ", ".join(self.new.versions), {}))
        if default is None:
            way = "version 1" if self.new.access == "internal" else 'version_resolution="oldest"'
            found.add(Difference("default-version-removed", "narrower", None, None, {"way": way}))
        yield from grade(found, "-", self.profile, self._place(""))
        if default is not None and default in self.new.versions:
            yield from self._endpoint("", self.old.versions[""], self.new.versions[default])

    def _abandoned(self) -> Iterator[Change]:
        """A route has no versions any more: all clients get the same."""
        found = Found()
        found.add(Difference("versions-abandoned", "note", ", ".join(self.old.versions), None, {}))
        yield from grade(found, "-", self.profile, self._place(""))
        for version, endpoint in self.old.versions.items():
            yield from self._endpoint(version, endpoint, self.new.versions[""])

    def _endpoint(self, version: str, old: Endpoint, new: Endpoint) -> Iterator[Change]:
        (_, before), (_, after) = _template(self.old.path), _template(self.new.path)
        renamed = {name: other for (name, _), (other, _) in zip(before, after, strict=True)}
        names = {other: mark in ("?", "*") for (other, _), (_, mark) in zip(after, before, strict=True)}
        place = self._place(version)
        return Comparison(self.walk, old, new, self.profile, place, names, renamed).changes()


def _whole(route: RouteTerm, rule: str, profile: Profile, today: datetime.date | None) -> Iterator[Change]:
    found = Found()
    told = f"{route.method} {route.path}"
    if rule == "route-removed":
        found.add(Difference(rule, "narrower", told, None, {}))
    else:
        found.add(Difference(rule, "note", None, told, {}))
    tiers = {str(endpoint.availability.get("stability", "")) for endpoint in route.versions.values()}
    tier = tiers.pop() if len(tiers) == 1 else ""
    return grade(found, "-", profile, Place(route.method, route.path, "", "", tier))


def _shadowed(walk: Walk, shadow: Shadow, profile: Profile, today: datetime.date | None) -> Iterator[Change]:
    """What it means for requests that another route takes them now."""
    old, new = shadow.old, shadow.new
    versions: dict[str, Endpoint] = {}
    for version, endpoint in old.versions.items():
        params = shadow.params(walk.old, endpoint.request.get("params"))
        if params is not None:
            versions[version] = attrs.evolve(endpoint, request={**endpoint.request, "params": params})
    if not versions:
        return
    took, takes = f"{old.method} {old.path}", f"{new.method} {new.path}"
    found = Found()
    found.add(Difference("route-shadowed", "same", took, takes, {"old": took}))
    place = Place(new.method, new.path, "", "")
    default = old.default_version if old.default_version in versions else None
    before = attrs.evolve(old, path=new.path, versions=versions, default_version=default)
    changes = list(grade(found, "-", profile, place))
    for change in _Routes(walk, before, new, profile, today).changes():
        # Whether there was a thing of that name to be answered with, nobody here knows.
        if change.level == "ERR" and not (shadow.is_single and change.direction == "response"):
            changes.append(change)
    advice = f"Give it a path that {took} does not take."
    yield from (attrs.evolve(change, advice=advice) for change in changes)


Pairs = list[tuple[RouteTerm, RouteTerm]]


def _matched(
    old: tuple[RouteTerm, ...], new: tuple[RouteTerm, ...]
) -> tuple[Pairs, list[RouteTerm], list[RouteTerm]]:
    """The routes that belong together: the same method, and the same path but for names of parameters."""
    pairs: Pairs = []
    gone, came = list(old), list(new)
    keys: tuple[Callable[[RouteTerm], object], ...] = (
        lambda route: (route.method, route.path),
        lambda route: (route.method, _shape(route, marks=True)),
        lambda route: (route.method, _shape(route, marks=False)),
    )
    for key in keys:
        waiting: dict[object, RouteTerm] = {key(route): route for route in reversed(came)}
        rest: list[RouteTerm] = []
        for route in gone:
            found = waiting.pop(key(route), None)
            if found is None:
                rest.append(route)
            else:
                pairs.append((route, found))
                came = [one for one in came if one is not found]
        gone = rest
    return pairs, gone, came


def _shape(route: RouteTerm, marks: bool) -> tuple[str, ...]:
    segments, parameters = _template(route.path)
    return (*segments, parameters[-1][1]) if marks and parameters else segments


def _template(path: str) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
    """The segments of a path, ``{}`` for a parameter, and the names of those with ``?``, ``*`` or nothing."""
    segments: list[str] = []
    parameters: list[tuple[str, str]] = []
    for segment in path.split("/"):
        if segment.startswith("{") and segment.endswith("}"):
            name = segment[1:-1]
            mark = name[-1:] if name[-1:] in ("?", "*") else ""
            parameters.append((name.removesuffix(mark) if mark else name, mark))
            segments.append("{}")
        else:
            segments.append(segment)
    return tuple(segments), parameters
