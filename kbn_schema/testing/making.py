"""This module makes requests for one route: those that fit all of its rules, and those that break one.

They are made to fit, and asked of the route's own rules whether they do: what a rule says in code, such as
the `validate` of a schema, is known to nobody else.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final, cast

import attrs
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy

from kbn_schema.http.parts import RequestParts
from kbn_schema.http.paths import Template, parse_template
from kbn_schema.http.responses import Response
from kbn_schema.http.route import VERSION_HEADER, Route
from kbn_schema.http.router import Router
from kbn_schema.http.rules import PARTS, PartName, Rule, Rules
from kbn_schema.http.validation import InvalidRequest, ValidRequest
from kbn_schema.http.xsrf import XSRF_HEADER
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.object import ObjectSchema
from kbn_schema.missing import MISSING
from kbn_schema.testing.carrying import FIELDS, HEADERS, PATH, Carrier, carried
from kbn_schema.testing.contents import (
    Content,
    Medium,
    Using,
    bodies,
    broken_bodies,
    faults_of,
    given_for,
    given_inside,
    inside,
    mediums,
)
from kbn_schema.testing.generated import GeneratedRequest
from kbn_schema.testing.strategies import from_schema
from kbn_schema.testing.values import Broken
from kbn_schema.testing.wire import Uncarried, fields_of, write_headers, write_path, write_query

Drawn = Mapping[str, Any]


@attrs.frozen
class InvalidGenerated:
    """A request that breaks one rule of a route."""

    request: GeneratedRequest
    part: PartName
    broken: Broken
    issues: tuple[tuple[str | int, ...], ...]
    """The paths of what the rules say, each of which begins with the part."""

    @property
    def place(self) -> tuple[str | int, ...]:
        """The path of the issue that is nearest to what was broken."""
        wanted = (self.part, *self.broken.path)
        return max(self.issues, key=lambda path: (_common(path, wanted), -len(path)))


@attrs.frozen(eq=False, slots=False)
class Maker:
    """Makes requests for *route* of *router*, each with *headers*.

    Raises:
        Unsatisfiable: No request fits the route; by the methods that make strategies.
    """

    router: Router
    route: Route
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    using: Using = attrs.field(factory=dict[Any, SearchStrategy[Any]])

    def valid(self) -> SearchStrategy[GeneratedRequest]:
        """The requests that fit; of rules that are functions it is not known, unless values are given."""
        made = st.fixed_dictionaries(self._parts()).map(self._fitting)
        return cast("SearchStrategy[GeneratedRequest]", made.filter(lambda request: request is not None))

    def invalid(self, part: PartName) -> SearchStrategy[InvalidGenerated | None] | None:
        """The requests of which only *part* does not fit; None where it has nothing that is wrong.

        Those are None that no request can carry, or that are right once they are sent: 5 for a text.
        """
        found = self._broken(part)
        if found is None:
            return None
        drawn = st.fixed_dictionaries({**self._parts(), part: found})
        return drawn.map(lambda drawn: self._breaking(drawn, part))

    @property
    def name(self) -> str:
        """The route, as people call it."""
        version = "" if self.route.api_version is None else f", version {self.route.api_version}"
        return f"{self.route.method} {self.route.path}{version}"

    @cached_property
    def loose(self) -> frozenset[PartName]:
        """The parts of which only the author's code knows what fits."""
        return frozenset(
            part
            for part, rule, _ in self._rules.declared
            if not isinstance(rule, Schema) and given_for(rule, self.using) is None
        )

    @property
    def named(self) -> Using:
        """What of `using` is for this route."""
        return {
            key: values
            for _, rule, _ in self._rules.declared
            for key, values in inside(rule, self.using).items()
        }

    @property
    def given(self) -> dict[Schema[Any], SearchStrategy[Any]]:
        """What of `using` stands for schemas, by the schema."""
        return {
            schema: values
            for _, rule, _ in self._rules.declared
            for schema, values in given_inside(rule, self.using).items()
        }

    @property
    def _rules(self) -> Rules:
        return self.route.rules

    @cached_property
    def _template(self) -> Template:
        return parse_template(self.route.path, self.name)

    @cached_property
    def _mediums(self) -> list[Medium]:
        return mediums(self.route.intake().body_format)

    @property
    def _required(self) -> tuple[str, ...]:
        names = self._template.names
        return names[:-1] if self._template.last else names

    def _parts(self) -> dict[str, SearchStrategy[Any]]:
        found: dict[str, SearchStrategy[Any]] = {"params": self._part("params", self._params)}
        for part, make in (("query", self._query), ("headers", self._headers), ("body", self._body)):
            if getattr(self._rules, part) is not None:
                found[part] = self._part(part, make)
        return found

    def _part(self, part: str, make: Any) -> SearchStrategy[Any]:
        try:
            found: SearchStrategy[Any] | None = make()
        except Unsatisfiable as error:
            raise Unsatisfiable(f"nobody can call {self.name}: nothing fits its {part}: {error}") from error
        if found is None or found.is_empty:
            raise Unsatisfiable(f"nobody can call {self.name}: no request can carry what fits its {part}")
        return found

    def _params(self) -> SearchStrategy[Any] | None:
        rule = self._rules.params
        given = given_for(rule, self.using)
        if given is not None:
            return given
        narrowed = self._narrowed_params(rule) if isinstance(rule, Schema) else None
        if isinstance(rule, Schema) and narrowed is None:
            return None
        values = self._values(narrowed) if isinstance(narrowed, ObjectSchema) else st.just({})
        return st.tuples(self._other_params(narrowed), values).map(_merged)

    def _narrowed_params(self, rule: Schema[Any]) -> Schema[Any] | None:
        return carried(rule, PATH, self._required, self.using, self._template.names)

    def _other_params(self, narrowed: Schema[Any] | None) -> SearchStrategy[Any]:
        """Values for what stands in the path and has no prop in *narrowed*."""
        known = narrowed.props if isinstance(narrowed, ObjectSchema) else {}
        names = [name for name in self._template.names if name not in known]
        required = {name: SEGMENTS for name in names if name in self._required}
        return st.fixed_dictionaries(
            required, optional={name: SEGMENTS for name in names if name not in required}
        )

    def _query(self) -> SearchStrategy[Any] | None:
        return self._fields("query", FIELDS, FIELD_NAMES)

    def _headers(self) -> SearchStrategy[Any] | None:
        return self._fields("headers", HEADERS, HEADER_NAMES)

    def _fields(
        self, part: PartName, carrier: Carrier, names: SearchStrategy[str]
    ) -> SearchStrategy[Any] | None:
        """The values of a *part* that has fields, with *names* where the rule does not say them."""
        rule = getattr(self._rules, part)
        given = given_for(rule, self.using)
        if given is not None:
            return given
        if not isinstance(rule, Schema) or rule.combinator == "any":
            return st.dictionaries(names, carrier.texts(0, 20), max_size=3)
        narrowed = self._narrowed_fields(rule, part)
        return None if narrowed is None else self._values(narrowed)

    def _narrowed_fields(self, rule: Schema[Any], part: PartName) -> Schema[Any] | None:
        is_query = part == "query"
        return carried(
            rule, FIELDS if is_query else HEADERS, kept=self.using, names=() if is_query else SOME_HEADERS
        )

    def _values(self, schema: Schema[Any]) -> SearchStrategy[Any]:
        return from_schema(schema, using=inside(schema, self.using))

    def _body(self) -> SearchStrategy[Any] | None:
        rule = cast(Rule, self._rules.body)
        return _in_mediums(self._mediums, lambda medium: bodies(rule, medium, self.using))

    def _broken(self, part: PartName) -> SearchStrategy[Any] | None:
        rule = getattr(self._rules, part)
        if not isinstance(rule, Schema):
            return None
        if part == "body":
            return self._broken_body(rule)
        if part != "params":
            return faults_of(self._narrowed_fields(rule, part), self.using)
        narrowed = self._narrowed_params(rule)
        faults = faults_of(narrowed, self.using)
        if faults is None:
            return None
        return st.tuples(self._other_params(narrowed), faults).map(_with_others)

    def _broken_body(self, rule: Schema[Any]) -> SearchStrategy[Any] | None:
        if self.route.intake().streams:
            return None  # nothing of it is looked at before the handler is called
        return _in_mediums(self._mediums, lambda medium: broken_bodies(rule, medium, self.using))

    def _fitting(self, drawn: Drawn) -> GeneratedRequest | None:
        for request in self._written(drawn):
            outcome = self._asked(request)
            if isinstance(outcome, ValidRequest):
                return request
            if isinstance(outcome, InvalidRequest) and outcome.errors.keys() <= self.loose:
                return request
        return None

    def _breaking(self, drawn: Drawn, part: PartName) -> InvalidGenerated | None:
        medium, broken = drawn[part] if part == "body" else (None, drawn[part])
        value = (medium, broken.value) if part == "body" else broken.value
        for request in self._written({**drawn, part: value}):
            outcome = self._asked(request)
            if isinstance(outcome, InvalidRequest) and {part} <= outcome.errors.keys() <= {part, *self.loose}:
                paths = [tuple(issue["path"]) for issue in outcome.issues]
                return InvalidGenerated(
                    request, part, broken, tuple(path for path in paths if path[0] == part)
                )
        return None

    def _written(self, drawn: Drawn) -> Iterator[GeneratedRequest]:
        """The request that *drawn* is, written in one way after another."""
        for lists_as_json in (False, True):
            try:
                yield self._request(drawn, lists_as_json)
            except Uncarried:
                continue

    def _request(self, drawn: Drawn, lists_as_json: bool) -> GeneratedRequest:
        medium, value = drawn.get("body", (None, MISSING))
        content = Content() if medium is None else medium.written(value, lists_as_json)
        path = write_path(self._template, fields_of(drawn["params"]))
        query = write_query(fields_of(drawn.get("query", {})), lists_as_json)
        values: dict[PartName, Any] = {part: drawn[part] for part in PARTS if part in drawn}
        if medium is not None:
            values["body"] = value
        return GeneratedRequest(
            self.route.method,
            f"{path}?{query}" if query else path,
            headers=self._sent_headers(fields_of(drawn.get("headers", {})), content),
            json=content.json,
            body=content.body,
            route=self.route,
            values=values,
        )

    def _sent_headers(self, values: Mapping[str, Any], content: Content) -> dict[str, str]:
        """The headers with *values*, of which those that the router itself reads are as it wants them."""
        sent = write_headers(values, self._rules.header_names)
        if self.route.api_version is not None:
            sent[VERSION_HEADER] = self.route.api_version
        if self.route.intake().wants_xsrf:
            sent.setdefault(XSRF_HEADER, "true")
        if content.media_type is not None:
            sent["content-type"] = content.media_type
        elif content.json is not MISSING:
            sent.pop("content-type", None)
        return {**sent, **{name.lower(): text for name, text in self.headers.items()}}

    def _asked(self, request: GeneratedRequest) -> ValidRequest | InvalidRequest | Response:
        parts: RequestParts = request.parts
        exchange = self.router.open(parts)
        if exchange.route is not self.route:  # a text of another path, as `/users/me` beside `/users/{id}`
            return Response(status=404)
        return exchange.check(parts.body)


def _in_mediums(
    mediums: Iterable[Medium], make: Callable[[Medium], SearchStrategy[Any] | None]
) -> SearchStrategy[Any] | None:
    """What *make* gives for each of *mediums*, with the medium."""
    found = [st.tuples(st.just(medium), values) for medium in mediums if (values := make(medium)) is not None]
    return st.one_of(found) if found else None


def _merged(pair: tuple[Mapping[str, Any], Any]) -> Any:
    others, drawn = pair
    return {**others, **drawn} if isinstance(drawn, dict) else drawn


def _with_others(pair: tuple[Mapping[str, Any], Broken]) -> Broken:
    others, broken = pair
    return attrs.evolve(broken, value=_merged((others, broken.value)))


def _common(path: tuple[str | int, ...], other: tuple[str | int, ...]) -> int:
    pairs = zip(path, other, strict=False)
    return next((index for index, (one, two) in enumerate(pairs) if one != two), min(len(path), len(other)))


SEGMENTS: Final = PATH.texts(1, 20)
FIELD_NAMES: Final = FIELDS.texts(1, 10)
SOME_HEADERS: Final = ("x-a", "x-b", "x-c")
HEADER_NAMES: Final = st.from_regex(r"x-[a-z0-9]{1,8}", fullmatch=True)
