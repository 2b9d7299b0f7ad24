"""This module finds routes that promise less than clients need, or cannot answer."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from kbn_schema.http.paths import parse_template
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.object import ObjectSchema
from kbn_schema.lint.findings import RouteRule
from kbn_schema.lint.guard import Answer
from kbn_schema.lint.objects import takes_object
from kbn_schema.lint.survey import RouteSite, Survey
from kbn_schema.wording import shorten

# Answers that have no body (RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5).
BODYLESS: Final = (204, 205, 304)
# Spectral's OWASP rules have them, too; access logs have what is in a URL.
SECRETS: Final = frozenset({
    "password", "passwd", "secret", "client_secret", "clientsecret", "api_key", "apikey", "api-key",
    "access_token", "accesstoken", "refresh_token", "refreshtoken", "private_key", "privatekey",
})  # fmt: skip


def _no_version(site: RouteSite, _: Survey) -> Iterator[str]:
    if site.route is None:
        yield "the versioned route has no version"


def _broken_block(site: RouteSite, _: Survey) -> Iterator[str]:
    if site.broken is not None:
        yield site.broken


def _no_response_schema(site: RouteSite, _: Survey) -> Iterator[str]:
    if not site.is_api or site.broken is not None:
        return
    responses = site.rules.responses
    if not any(status < 400 for status in responses):
        yield "it declares no answer for success"
    for status, response in responses.items():
        if status < 300 and status not in BODYLESS and response.body is None:
            yield f"its answer {status} has no schema of the body"


def _no_summary(site: RouteSite, _: Survey) -> Iterator[str]:
    route = site.route
    if route is None or not site.is_first or not site.is_api or route.access != "public":
        return
    if not route.summary and not route.description:
        yield "it is public, and has neither summary nor description"


def _no_deprecation_reason(site: RouteSite, _: Survey) -> Iterator[str]:
    deprecated: Any = site.route.deprecated if site.route is not None else False
    if deprecated is False or (
        isinstance(deprecated, Mapping) and any(deprecated.get(key) for key in _REASONS)
    ):
        return
    yield "it is deprecated, and nobody is told what to do instead"


def _secret_in_url(site: RouteSite, _: Survey) -> Iterator[str]:
    for part in ("params", "query"):
        schema = getattr(site.rules, part)
        for name in schema.props if isinstance(schema, ObjectSchema) else ():
            if name.lower() in SECRETS:
                yield f"its {part} {'have' if part == 'params' else 'has'} [{shorten(name)}]"


def _missing_params(site: RouteSite, _: Survey) -> Iterator[str]:
    if not site.is_api or site.broken is not None or site.rules.params is not None:
        return
    names = parse_template(site.endpoint.path, site.place.root).names
    if names:
        shown = ", ".join(f"[{shorten(name)}]" for name in names)
        yield f"its path has {shown}, and it has no rule for params"


def _takes_no_object(site: RouteSite, survey: Survey) -> Iterator[str]:
    for part in ("params", "query", "headers"):
        schema = getattr(site.rules, part)
        if not isinstance(schema, Schema):
            continue
        taken = survey.guard.call(partial(takes_object, schema))
        if isinstance(taken, Answer) and not taken.value:
            are = "is" if part == "query" else "are"
            yield f"its {part} {are} always an object, and its schema, {schema.combinator}(), takes none"


def _overlapping_path(site: RouteSite, survey: Survey) -> Iterator[str]:
    if not site.is_first or parse_template(site.endpoint.path, site.place.root).names:
        return
    methods = {other.endpoint.method for other in survey.routes if other.endpoint.path == site.endpoint.path}
    segments = site.endpoint.path.split("/")
    for other in survey.routes:
        if other.is_first and other.endpoint.method not in methods and _takes(other.endpoint.path, segments):
            yield f"{other.endpoint.method} of this path is answered by [{shorten(other.place.root, 200)}]"


def _takes(path: str, segments: list[str]) -> bool:
    """Whether a *path* with parameters takes one of these *segments*."""
    own = path.split("/")
    if "{" not in path:
        return False
    last = own[-1]
    if last.startswith("{") and last.endswith("*}"):
        own, segments = own[:-1], segments[: len(own) - 1] if len(segments) >= len(own) else ["", ""]
    elif last.startswith("{") and last.endswith("?}") and len(segments) == len(own) - 1:
        own = own[:-1]
    if len(own) != len(segments):
        return False
    pairs = zip(own, segments, strict=True)
    return all(one == segment or (one.startswith("{") and one.endswith("}")) for one, segment in pairs)


_REASONS: Final = ("message", "documentation_url", "reason")

RULES: Final = (
    RouteRule(
        "no-version",
        "error",
        "Every request for it is answered with 500.",
        "Decorate its handler with add_version(...).",
        _no_version,
    ),
    RouteRule(
        "broken-block",
        "error",
        "A validate block that is a function is read at the first request, which is answered with 500.",
        "Mend the function; Router.compile() reads all of them when a program starts.",
        _broken_block,
    ),
    RouteRule(
        "no-response-schema",
        "warning",
        "Clients are not told what they get, and nobody sees what a change of it would break.",
        'Declare it, as in `"response": {200: {"body": schema.object({...})}}`, or `{204: {}}` for no body.',
        _no_response_schema,
    ),
    RouteRule(
        "no-summary",
        "warning",
        "What is public is read in documents, where the name of the handler is all that they can say.",
        "Give it a summary.",
        _no_summary,
    ),
    RouteRule(
        "no-deprecation-reason",
        "warning",
        "Clients are warned with each answer, and not told where to go.",
        'Say it: `deprecated={"message": "...", "reason": {"type": "bump", "new_api_version": "..."}}`.',
        _no_deprecation_reason,
    ),
    RouteRule(
        "secret-in-url",
        "error",
        "What is in a URL is kept in access logs, in histories and by proxies.",
        "Take it in a header or in the body.",
        _secret_in_url,
    ),
    RouteRule(
        "missing-params",
        "warning",
        "Only what a rule takes is handed to the handler: without one, request.params is empty.",
        'Add one: `"params": schema.object({...})`.',
        _missing_params,
    ),
    RouteRule(
        "takes-no-object",
        "error",
        "Params, a query and headers are an object of fields, whatever is sent: every request is answered "
        "with 400.",
        'Name the fields: `"query": schema.object({"page": schema.integer()})`.',
        _takes_no_object,
    ),
    RouteRule(
        "overlapping-path",
        "warning",
        "OpenAPI prefers a path without parameters, whatever the method: to it, the other route does not "
        "answer there, and here it does.",
        "Give one of the routes another path.",
        _overlapping_path,
    ),
)
