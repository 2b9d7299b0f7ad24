"""This module reads what a client is told when it is made."""

from collections.abc import Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, Final, TypedDict

import attrs

from kbn_schema.http.client.contract import MODES, CheckMode, Contract
from kbn_schema.http.client.headers import INTERNAL_ORIGIN, read_headers
from kbn_schema.http.client.in_process import async_transport, sync_transport
from kbn_schema.http.client.library import library_of
from kbn_schema.http.client.options import HeadersGiven, require_timeout
from kbn_schema.http.client.urls import BaseUrl, read_base_url
from kbn_schema.http.form_data import require
from kbn_schema.http.mistakes import listed
from kbn_schema.http.router import Router
from kbn_schema.missing import MISSING

if TYPE_CHECKING:
    import httpx


class ClientOptions(TypedDict, total=False):
    """What a client may be told beside where requests go."""

    router: Router | None
    """What the server serves: requests and answers are compared with it."""
    check: CheckMode
    """What is done with those that do not fit: ``"raise"`` (the default) raises, ``"log"`` only logs.

    With ``"off"``, nothing is compared.
    """
    kbn_version: str | None
    """The version of Kibana that the client belongs to, for the header ``kbn-version``."""
    build_number: int | str | None
    """Which build of it, for the header ``kbn-build-number``; a number is sent as its digits."""
    internal_origin: str | None
    """For the header ``x-elastic-internal-origin``; ``Kibana`` by default, and None sends none."""
    headers: HeadersGiven | None
    """What is sent with each request that does not say otherwise, such as ``kbn-xsrf``."""
    timeout: "float | httpx.Timeout | None"
    """In seconds, for each step of a request; what httpx has by default, which is 5. None is for ever."""
    max_body_bytes: int | None
    """The largest body of an answer in bytes, inflated; 104,857,600 by default, None is without end."""


@attrs.frozen
class Settings:
    """What a client was told; *http* is the client of *library* that it sends with."""

    library: Any
    http: Any
    is_owner: bool
    """Whether *http* is closed with the client."""
    base: BaseUrl
    headers: HeadersGiven = attrs.field(repr=False)
    """Those that a caller may replace."""
    own_headers: HeadersGiven
    timeout: Any
    max_body_bytes: int | None
    contract: Contract | None


def make_settings(
    base_url: object, transport: object, http: Any, options: ClientOptions, *, is_async: bool
) -> Settings:
    """What a client was told.

    Raises:
        TypeError, ValueError: Something of it is not what it should be.
    """
    _require_options(options)
    library = library_of(transport if http is None else http)
    router, check = options.get("router"), options.get("check", "raise")
    headers = read_headers(options.get("headers") or {})
    if http is not None:
        _require_http(library, transport, http, is_async)
        base_url = _base_url_of(http) if base_url is None else base_url
    elif transport is not None:
        _require_transport(library, transport, is_async)
    elif base_url is None and router is not None:
        transport = (async_transport if is_async else sync_transport)(library, router)
    elif base_url is None:
        raise TypeError("a client needs a base_url, a router, or a client of httpx with a base_url")
    base = read_base_url(library, LOCAL if base_url is None else base_url)
    if base.authorization is not None:
        headers = {"authorization": base.authorization, **headers}
    return Settings(
        library,
        http or _new_http(library, transport, is_async),
        http is None,
        base,
        headers,
        _own_headers(options),
        options.get("timeout", MISSING),
        options.get("max_body_bytes", MAX_BODY_BYTES),
        None if router is None or check == "off" else Contract(router, check),
    )


def _require_options(options: Mapping[str, Any]) -> None:
    known = ClientOptions.__annotations__
    for name in options:
        if name not in known:
            raise TypeError(f"a client has no option [{name}], expected {listed(known)}")
    require_timeout(options.get("timeout", MISSING))
    router, size = options.get("router"), options.get("max_body_bytes")
    require(isinstance(router, Router | None), "router", "a Router", router)
    require(
        isinstance(options.get("headers"), Mapping | None), "headers", "a mapping", options.get("headers")
    )
    if options.get("check", "raise") not in MODES:
        raise ValueError(f"check must be one of {listed(MODES)}")
    require(
        isinstance(size, int | None) and not isinstance(size, bool), "max_body_bytes", "a whole number", size
    )
    if size is not None and size < 0:
        raise ValueError("max_body_bytes must be at least 0")


def _new_http(library: Any, transport: object, is_async: bool) -> Any:
    # Callers may share a client, so what one of them was given is not sent with what another asks for.
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=()))
    return (library.AsyncClient if is_async else library.Client)(transport=transport, cookies=no_cookies)


def _require_http(library: Any, transport: object, http: object, is_async: bool) -> None:
    wanted = library.AsyncClient if is_async else library.Client
    if transport is not None:
        raise TypeError("give one of transport and http")
    if not isinstance(http, wanted):
        raise TypeError(
            f"http must be an httpx.{wanted.__name__} but is [{type(http).__name__}]: {_advice(is_async)}"
        )


def _require_transport(library: Any, transport: object, is_async: bool) -> None:
    wanted = library.AsyncBaseTransport if is_async else library.BaseTransport
    if not isinstance(transport, wanted):
        raise TypeError(
            f"transport must be an httpx.{wanted.__name__} but is [{type(transport).__name__}]: "
            f"{_advice(is_async)}"
        )


def _advice(is_async: bool) -> str:
    return f"use {'Client' if is_async else 'AsyncClient'} where it is {'plain' if is_async else 'async'}"


def _base_url_of(http: Any) -> Any:
    if not http.base_url.host:
        raise TypeError("a client needs a base_url: http has none")
    return http.base_url


def _own_headers(options: ClientOptions) -> HeadersGiven:
    own = {
        "kbn-version": options.get("kbn_version"),
        "kbn-build-number": options.get("build_number"),
        INTERNAL_ORIGIN: options.get("internal_origin", "Kibana"),
    }
    return read_headers(own)


# Where there is no server, but a transport.
LOCAL: Final = "http://localhost"
# Elasticsearch takes no larger ones, either (`http.max_content_length`).
MAX_BODY_BYTES: Final = 104_857_600
