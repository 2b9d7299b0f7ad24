"""This module holds a request that was drawn, to be sent, shown and pasted."""

from collections.abc import Mapping
from typing import Any

import attrs

from kbn_schema.http.form_data import content_of
from kbn_schema.http.parts import RequestParts
from kbn_schema.http.route import Route
from kbn_schema.http.rules import PartName
from kbn_schema.http.test_client import Answer, TestClient
from kbn_schema.missing import MISSING


@attrs.frozen(repr=False, eq=False)
class GeneratedRequest:
    """A request for one route; its `repr` is Python that makes it again.

    Args:
        method: In upper case.
        url: The path and the query, percent-encoded.
        headers: By name in lower case. What is sent as `json` has its ``content-type`` besides.
        json: A value that is sent as JSON.
        body: The body as it is sent, where it is no JSON.
        route: The route it was made for; in a versioned one, the version.
        values: What was drawn for ``params``, ``query``, ``headers`` and ``body``, where they have a rule.

    Example:
        >>> request = GeneratedRequest("GET", "/users/5?verbose=true", headers={"x-trace": "0"})
        >>> request
        GeneratedRequest('GET', '/users/5?verbose=true', headers={'x-trace': '0'})
        >>> print(request.call)
        client.get('/users/5?verbose=true', headers={'x-trace': '0'})
    """

    method: str
    url: str
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str], kw_only=True)
    json: Any = attrs.field(default=MISSING, kw_only=True)
    body: bytes | None = attrs.field(default=None, kw_only=True)
    route: Route | None = attrs.field(default=None, kw_only=True)
    values: Mapping[PartName, Any] = attrs.field(factory=dict[PartName, Any], kw_only=True)

    def send(self, client: TestClient) -> Answer:
        """The answer that *client* gets."""
        return client.request(self.method, self.url, headers=self.headers, json=self.json, body=self.body)

    @property
    def call(self) -> str:
        """The call of a `TestClient` that sends it, as Python."""
        return f"client.{self.method.lower()}({', '.join([repr(self.url), *self._options()])})"

    @property
    def parts(self) -> RequestParts:
        """The request as a router takes it."""
        path, _, query = self.url.partition("?")
        body, media_type = content_of(self.json, self.body, None, None)
        headers = {**({} if media_type is None else {"content-type": media_type}), **self.headers}
        return RequestParts(self.method, path, query.encode(), headers.items(), body)

    def __repr__(self) -> str:
        given = [repr(self.method), repr(self.url), *self._options()]
        return f"GeneratedRequest({', '.join(given)})"

    def _options(self) -> list[str]:
        given = {"headers": self.headers or None, "json": self.json, "body": self.body}
        if self.json is MISSING:
            del given["json"]
        return [f"{name}={value!r}" for name, value in given.items() if value is not None or name == "json"]
