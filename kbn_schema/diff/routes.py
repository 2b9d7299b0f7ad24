"""This module compares two contracts: it finds which routes and versions belong together."""

import datetime
from collections.abc import Callable, Iterator

import attrs

from kbn_schema.contract import Contract, Endpoint, RouteTerm
from kbn_schema.diff.advice import Place, next_version
from kbn_schema.diff.changes import Change, Profile
from kbn_schema.diff.differences import Difference, Found
from kbn_schema.diff.endpoints import Comparison
from kbn_schema.diff.grading import grade, order
from kbn_schema.diff.walk import Walk

NO_PLACE = Place("", "", "", "")


def compare(
    old: Contract, new: Contract, *, profile: Profile = "kibana", today: datetime.date | None = None
) -> tuple[Change, ...]:
    """Return what changed from *old* to *new*, sorted by route, version, path and rule.

    Args:
        old: What clients know.
        new: What is offered now.
        profile: "kibana" follows Kibana's versioning document where it speaks; "strict" is nothing but the
            rule that requests may only grow and responses may only shrink.
        today: The day on which a version that advice speaks of may be added; without it, the day after the
            newest one.
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
    return tuple(sorted(changes, key=order))


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

    *method*, *route* and *version* are only told in the changes.
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
        return Place(self.old.method, self.old.path, version, self.next, tier)

    def _whole(self) -> Found:
        old, new, found = self.old, self.new, Found()
        if old.access != new.access:
            closed = new.access != "public"
            rule, effect = ("access-restricted", "narrower") if closed else ("access-opened", "wider")
            found.add(Difference(rule, effect, old.access, new.access, {}))
        before, after = old.default_version, new.default_version
        if before != after and "" not in old.versions and "" not in new.versions:
            words = {"old": str(before), "new": str(after)}
            if after is None:
                found.add(Difference("default-version-removed", "narrower", before, None, words))
            elif before is None:
                found.add(Difference("default-version-added", "wider", None, after, words))
            else:
                found.add(Difference("default-version-changed", "same", before, after, words))
        return found

    def _path(self) -> Found:
        found = Found()
        (_, before), (_, after) = _template(self.old.path), _template(self.new.path)
        for (old, _), (new, _) in zip(before, after, strict=True):
            if old != new:
                words = {"old": old, "new": new}
                found.add(Difference("path-parameter-renamed", "note", old, new, words), new)
        if not before or before[-1][1] == after[-1][1]:
            return found
        name, marks = after[-1][0], (before[-1][1], after[-1][1])
        rules = {
            ("?", ""): [("path-segment-required", "narrower")],
            ("", "?"): [("path-segment-optional", "wider")],
            ("*", ""): [("path-segment-required", "narrower"), ("path-rest-narrowed", "narrower")],
            ("", "*"): [("path-segment-optional", "wider"), ("path-rest-accepted", "wider")],
            ("*", "?"): [("path-rest-narrowed", "narrower")],
            ("?", "*"): [("path-rest-accepted", "wider")],
        }
        for rule, effect in rules[marks]:
            found.add(Difference(rule, effect, self.old.path, self.new.path, {"name": name}), name)
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
            found.add(Difference("default-version-removed", "narrower", None, None, {}))
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
