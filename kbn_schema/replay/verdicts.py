"""This module says what a router would answer to a request, as far as its contract decides that.

Nothing is called but the rules of the route: no handler, no hook, no context. They are the very rules that
run when a request is served.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

import attrs

from kbn_schema.errors import ValidationError
from kbn_schema.http.errors import HttpError
from kbn_schema.http.exchange import Exchange
from kbn_schema.http.parts import RequestParts
from kbn_schema.http.paths import Match, PathTable, parse_template
from kbn_schema.http.responses import Response
from kbn_schema.http.route import VERSION_HEADER, Route
from kbn_schema.http.router import AnyRoute, Router
from kbn_schema.http.rules import PartName
from kbn_schema.http.validation import InvalidRequest
from kbn_schema.http.versions import QUERY_FIELD, VersionedRoute
from kbn_schema.http.xsrf import XSRF_HEADER
from kbn_schema.replay.names import MORE, UNKNOWN, folded
from kbn_schema.replay.records import OF_BODIES, Record
from kbn_schema.replay.tally import Place

METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
# What is looked at whatever a route declares; that is less than is sent, and each header costs time.
HEADERS: Final = OF_BODIES | {VERSION_HEADER, XSRF_HEADER, "kbn-version"}
MAX_SEGMENTS: Final = 8


class Finding(NamedTuple):
    """Why a request is refused: where, and the code of the issue."""

    path: str
    code: str


@attrs.frozen(eq=False)
class Verdict:
    """What becomes of a request before a handler is called."""

    place: Place
    status: int | None = None
    """The status of the refusal; None where the request would reach the handler."""
    findings: frozenset[Finding] = frozenset()
    is_mapped: bool = False
    """Whether the author's `on_validation_error` makes the answer, so that its status may be another."""
    is_unread: bool = False
    """Whether nothing could be said of the body, which is not recorded."""
    declared: frozenset[int] = frozenset()
    """The statuses that the route declares for its answers."""


class Judge:
    """Asks *router* what becomes of recorded requests.

    Raises:
        SchemaDefinitionError: A lazy block is malformed, or a versioned route has no version.
    """

    def __init__(self, router: Router) -> None:
        self._router = router.compile()
        self._table: PathTable[AnyRoute] = PathTable()
        for endpoint in router.endpoints:
            template = parse_template(endpoint.path, "Router()")
            self._table.add(endpoint.method, template, endpoint, "Router()")
        literals = (segment for endpoint in router.endpoints for segment in endpoint.path.split("/"))
        self._literals = frozenset(segment for segment in literals if not segment.startswith("{"))
        self.wanted: frozenset[str] | None = _wanted_headers(router)
        """The headers that its routes look at; None where those are all."""
        self._reached = {route: _reached(route) for route in router.routes}

    def verdict(self, record: Record) -> Verdict:
        """What becomes of the request in *record*."""
        exchange = self._router.open(record.head)
        # The length that was sent has been compared with the limit. It is that of what was sent, and not of
        # the same value as it is spelled here.
        exchange.length = None
        if record.is_spelled and record.body is not None:
            exchange.limit = max(exchange.limit, len(record.body))
        try:
            answer = exchange.check(record.body, record.is_unread)
        except HttpError as error:  # a function rule may answer so
            return self._refused(exchange, error.response().status, [Finding("", "rule")])
        except Exception:  # a server answers so, too, and says no more
            return self._refused(exchange, 500, [Finding("", "error")])
        if isinstance(answer, InvalidRequest):
            return self._invalid(exchange, answer)
        if isinstance(answer, Response) and answer.status >= 400:
            return self._refused(exchange, answer.status, [_finding(exchange, answer)])
        if exchange.route is None:  # OPTIONS, which is answered for all
            return Verdict(self._place(exchange))
        verdict = self._reached[exchange.route]
        return attrs.evolve(verdict, is_unread=exchange.reads) if record.is_unread else verdict

    def _invalid(self, exchange: Exchange, invalid: InvalidRequest) -> Verdict:
        route = exchange.route
        assert route is not None  # noqa: S101 - who else had rules
        findings = {
            Finding(folded(part, getattr(route.rules, part), path), code)
            for part, path, code in _issues(invalid.errors.items())
        }
        own = route.rules.on_validation_error
        is_mapped = (own or self._router.on_validation_error) is not None
        return attrs.evolve(self._refused(exchange, 400, findings), is_mapped=is_mapped)

    def _refused(self, exchange: Exchange, status: int, findings: Iterable[Finding]) -> Verdict:
        return Verdict(self._place(exchange), status, frozenset(findings))

    def _place(self, exchange: Exchange) -> Place:
        """Where a request was sent, in words of the contract."""
        route = exchange.route
        if route is not None:
            return Place(route.method, route.path, route.api_version or "")
        head = exchange.head
        method = head.method if head.method in METHODS else UNKNOWN
        match = self._nearest(head)
        if match is None:
            return Place(method, self._shown(head.path), "")
        served = "GET" if method == "HEAD" else method
        is_versioned = isinstance(match.route, VersionedRoute) and match.method == served
        return Place(served if is_versioned else method, match.template.text, UNKNOWN if is_versioned else "")

    def _nearest(self, head: RequestParts) -> Match[AnyRoute] | None:
        """What stands on the path of *head*, for its method or for another."""
        method = "GET" if head.method == "HEAD" else head.method
        matches = list(self._table.find(head.path))
        return next((match for match in matches if match.method == method), next(iter(matches), None))

    def _shown(self, path: str) -> str:
        """A path that no route is on: the segments that stand in a template of some route."""
        segments = path.split("/")
        shown = [segment if segment in self._literals else UNKNOWN for segment in segments[:MAX_SEGMENTS]]
        return "/".join([*shown, MORE] if len(segments) > MAX_SEGMENTS else shown)


def _reached(route: Route) -> Verdict:
    """That a request reaches the handler of *route*."""
    place = Place(route.method, route.path, route.api_version or "")
    return Verdict(place, declared=frozenset(route.rules.responses))


def _wanted_headers(router: Router) -> frozenset[str] | None:
    wanted = set(HEADERS)
    for route in router.routes:
        rules = route.rules
        if rules.headers is not None and rules.header_names is None:
            return None
        wanted.update(header.name for header in rules.header_names or ())
    return frozenset(wanted)


def _issues(
    errors: Iterable[tuple[PartName, ValidationError]],
) -> Iterator[tuple[PartName, tuple[str | int, ...], str]]:
    for part, error in errors:
        for path, code in error.found.told(_where):
            yield part, path, code


def _where(
    path: tuple[str | int, ...], code: str, message: str, params: dict[str, Any]
) -> tuple[tuple[str | int, ...], str]:
    return path, code


def _finding(exchange: Exchange, answer: Response) -> Finding:
    """Why the request is refused before its rules are asked."""
    code = _CODES.get(answer.status)
    if code is not None:
        return Finding("", code)
    body: Any = answer.body
    issues = body.get("attributes", {}).get("issues", ())
    if issues:  # the body is malformed, which has an issue of its own
        return Finding(".".join(issues[0]["path"]), issues[0]["code"])
    message: str = body["message"]
    for beginning, finding in _BEGINNINGS.items():
        if message.startswith(beginning):
            return finding
    for beginning, code in _OF_VERSIONS.items():
        if message.startswith(beginning):
            return Finding(_version_place(exchange.head), code)
    return Finding("", "error")


def _version_place(head: RequestParts) -> str:
    """Where the request names its version; the header, where it names none."""
    if head.header(VERSION_HEADER):
        return f"headers.{VERSION_HEADER}"
    if any(VERSION_HEADER in text.lower() for text in head.header("content-type")):
        return "headers.content-type"
    has_field = f"{QUERY_FIELD}=".encode() in head.query
    return f"query.{QUERY_FIELD}" if has_field else f"headers.{VERSION_HEADER}"


_CODES: Final = {404: "no_route", 405: "no_method", 413: "too_large", 415: "media_type"}
# Of refusals that have no issue, by what their texts begin with.
_BEGINNINGS: Final = {
    "[request params]": Finding("params", "malformed"),
    "[request query]": Finding("query", "malformed"),
    "[request body]": Finding("body", "malformed"),
    "the Content-Length header": Finding("headers.content-length", "malformed"),
    "the Content-Type header": Finding("headers.content-type", "malformed"),
    "Request must contain": Finding(f"headers.{XSRF_HEADER}", "required"),
    "Please specify a version": Finding(f"headers.{VERSION_HEADER}", "required"),
    "Use of query parameter": Finding(f"query.{QUERY_FIELD}", "not_enabled"),
    f"The header {VERSION_HEADER} asks": Finding(f"headers.{VERSION_HEADER}", "contradiction"),
}
_OF_VERSIONS: Final = {"No version": "no_version", "Invalid version": "malformed"}
