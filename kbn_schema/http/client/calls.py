"""This module makes the request that goes out, of what a caller and the client say."""

from typing import TYPE_CHECKING, Any

import attrs

from kbn_schema.http.client.content import encoded_body
from kbn_schema.http.client.headers import sent_headers
from kbn_schema.http.client.lines import Failures, Line
from kbn_schema.http.client.options import FetchOptions
from kbn_schema.http.client.settings import Settings
from kbn_schema.http.client.urls import Target, read_target
from kbn_schema.http.streams import is_stream
from kbn_schema.missing import MISSING

if TYPE_CHECKING:
    import httpx


@attrs.frozen
class Call:
    """One request as it goes out."""

    options: FetchOptions
    request: "httpx.Request"
    target: Target
    body: Any
    failures: Failures
    """What the stream of the caller raises while it is sent."""


def make_call(settings: Settings, line: Line, options: FetchOptions) -> Call:
    """The request that *options* ask for.

    Raises:
        TypeError, ValueError: Something of them cannot be sent.
    """
    target = read_target(options.path, options.query).after(str(settings.http.params))
    headers = sent_headers(options, settings.headers, settings.own_headers)
    body = encoded_body(options.body)
    failures: Failures = []
    timeout = settings.timeout if options.timeout is MISSING else options.timeout
    url = _url(settings, target, options.prepend_base_path)
    request: httpx.Request = settings.http.build_request(
        options.method,
        url,
        headers=[(name.encode(), value.encode("latin-1")) for name, value in headers.values.items()],
        content=line.upload(body, failures) if is_stream(body) else body,
        **({} if timeout is MISSING else {"timeout": timeout}),
    )
    request.url = url  # where httpx has params of its own, it has put them in place of the query
    for name in headers.erased:
        request.headers.pop(name, None)
    return Call(options, request, target, body, failures)


def _url(settings: Settings, target: Target, has_base_path: bool) -> Any:
    path = settings.base.base_path.prepend(target.path) if has_base_path else target.path
    raw = f"{path}?{target.query}" if target.query else path
    library = settings.library
    try:
        return library.URL(settings.base.origin).copy_with(raw_path=raw.encode())
    except library.InvalidURL:
        raise ValueError("the url is too long") from None
