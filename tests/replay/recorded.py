"""Recorded requests: lines as a recorder writes them, and routers to replay them against."""

import base64
import copy
import json

import attrs

from kbn_schema import schema as s
from kbn_schema.http import RequestParts, Router
from kbn_schema.http.lifecycle import Lifecycle
from kbn_schema.http.paths import PathTable, parse_template
from kbn_schema.http.route import Route

JSON = {"content-type": "application/json"}

router = Router("/api")

user = s.object({"name": s.string(max_length=5), "age": s.maybe(s.integer(min=0))})
order = s.object(
    {
        "user": user,
        "tags": s.maybe(s.array_of(s.string(max_length=3))),
        "extra": s.maybe(s.record_of(s.string(), s.number())),
    }
)


@router.post("/orders", validate={"body": order, "query": s.object({"dry": s.maybe(s.boolean())})})
def add_order(context, request, response):
    raise AssertionError("a handler was called")


@router.get(
    "/orders/{id}",
    validate={
        "request": {"params": s.object({"id": s.integer()})},
        "response": {200: {"body": order}, 400: {"body": s.any()}},
    },
)
def get_order(context, request, response):
    raise AssertionError("a handler was called")


parcels = router.versioned.put("/parcels/{id}", access="public")


@parcels.add_version("2024-01-01", validate={"request": {"body": s.object({"weight": s.number()})}})
def put_parcel(context, request, response):
    raise AssertionError("a handler was called")


@parcels.add_version("2025-01-01", validate={"request": {"body": s.object({"grams": s.integer()})}})
def put_parcel_in_grams(context, request, response):
    raise AssertionError("a handler was called")


@router.on_request
def hook(request, response):
    raise AssertionError("a hook was called")


TARGET = "tests.replay.recorded:router"


def line(method="GET", path="/api/orders/1", status=200, **told):
    return json.dumps({"method": method, "path": path, "status": status, **told}).encode() + b"\n"


def posted(body, status=200, **told):
    return line("POST", "/api/orders", status, headers=JSON, body=body, **told)


def recorded(parts: RequestParts, status=200):
    """The line that a recorder of bytes writes of *parts*."""
    headers = {}
    for name, value in parts.headers:
        headers.setdefault(name, []).append(value)
    body = {} if parts.body is None else {"body_base64": base64.b64encode(parts.body).decode()}
    query = "?" + parts.query.decode("latin-1") if parts.query else ""
    return line(parts.method, parts.path + query, status, headers=headers, **body)


def answering(router):
    """The same routes without hooks, whose handlers answer 200 to whatever reaches them."""
    made = copy.copy(router)
    made._lifecycle = Lifecycle()
    made._endpoints, made._table = [], PathTable()
    for endpoint in router.endpoints:
        made._add("", endpoint.method, parse_template(endpoint.path, ""), _answering(endpoint))
    return made


def _answering(endpoint):
    if isinstance(endpoint, Route):
        return attrs.evolve(endpoint, handler=lambda context, request, response: response.ok())
    made = copy.copy(endpoint)
    made._versions = {version: _answering(route) for version, route in endpoint.versions.items()}
    return made


# A file that any process can replay: of every fifth request something differs, and of every hundredth line
# nothing can be read.
def traffic(lines):
    good = posted({"user": {"name": "Ada"}, "tags": ["a"]})
    bad = posted({"user": {"name": "secret-value"}, "tags": ["ok", "too long", "long too"]})
    return b"".join(
        b"{nonsense\n" if number % 100 == 99 else bad if number % 5 == 0 else good for number in range(lines)
    )
