"""This module has the two clients, plain and async; what they do is in `course`."""

from abc import abstractmethod
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

from typing_extensions import Unpack

from kbn_schema.http.client.answers import HttpResponse
from kbn_schema.http.client.course import Course
from kbn_schema.http.client.interceptors import Interceptor, InterceptorFunctions, read_interceptor
from kbn_schema.http.client.lines import AsyncLine, SyncLine
from kbn_schema.http.client.options import AsResponse, FetchKeywords, FetchMapping, FetchOptions
from kbn_schema.http.client.settings import ClientOptions, Settings, make_settings
from kbn_schema.http.client.urls import BasePath
from kbn_schema.http.ways import run_now

if TYPE_CHECKING:
    import httpx
    import httpx2

B = TypeVar("B")
R = TypeVar("R")

Target = str | FetchMapping | FetchOptions


class BaseClient(Generic[B, R]):
    """What both clients have: *B* is what a result is given as, *R* an `HttpResponse`.

    For *path*, *options* and *more* see `fetch`; the other methods take them, too, and raise what it raises.
    """

    _course: Course

    @overload
    def fetch(self, path: str, options: FetchKeywords | None = None, **more: Unpack[AsResponse]) -> R: ...

    @overload
    def fetch(
        self, path: Target, options: FetchKeywords | None = None, **more: Unpack[FetchKeywords]
    ) -> B: ...

    def fetch(self, path: Any, options: Any = None, **more: Any) -> Any:
        """What the answer to a request holds; with *as_response*, an `HttpResponse`.

        A JSON body is its value, one that is not text is bytes, and any other is text, or its value where it
        is JSON; there may be None.

        Args:
            path: Where on the server, percent-encoded, and maybe with a query; or all options in one mapping.
            options: A mapping of what may be given by name, too; where both say something, the latter holds.
            more: `FetchKeywords`: the method, the query, the body, ...

        Raises:
            TypeError, ValueError: The arguments are not what they should be; nothing was sent.
            HttpFetchError: The server answered with an error, or not at all, or not with what can be read.
            HttpInterceptHaltError: An interceptor has halted the request.
            ContractError: The request or the answer is not what the router of the client declares.
            RuntimeError: The client is closed.
        """
        return self._run(path, options, more, None)

    @overload
    def get(self, path: str, options: FetchKeywords | None = None, **more: Unpack[AsResponse]) -> R: ...

    @overload
    def get(self, path: Target, options: FetchKeywords | None = None, **more: Unpack[FetchKeywords]) -> B: ...

    def get(self, path: Any, options: Any = None, **more: Any) -> Any:
        """The result of a GET, as by `fetch`, whatever method the options name."""
        return self._run(path, options, more, "GET")

    @overload
    def post(self, path: str, options: FetchKeywords | None = None, **more: Unpack[AsResponse]) -> R: ...

    @overload
    def post(
        self, path: Target, options: FetchKeywords | None = None, **more: Unpack[FetchKeywords]
    ) -> B: ...

    def post(self, path: Any, options: Any = None, **more: Any) -> Any:
        """The result of a POST, as by `fetch`, whatever method the options name."""
        return self._run(path, options, more, "POST")

    @overload
    def put(self, path: str, options: FetchKeywords | None = None, **more: Unpack[AsResponse]) -> R: ...

    @overload
    def put(self, path: Target, options: FetchKeywords | None = None, **more: Unpack[FetchKeywords]) -> B: ...

    def put(self, path: Any, options: Any = None, **more: Any) -> Any:
        """The result of a PUT, as by `fetch`, whatever method the options name."""
        return self._run(path, options, more, "PUT")

    @overload
    def patch(self, path: str, options: FetchKeywords | None = None, **more: Unpack[AsResponse]) -> R: ...

    @overload
    def patch(
        self, path: Target, options: FetchKeywords | None = None, **more: Unpack[FetchKeywords]
    ) -> B: ...

    def patch(self, path: Any, options: Any = None, **more: Any) -> Any:
        """The result of a PATCH, as by `fetch`, whatever method the options name."""
        return self._run(path, options, more, "PATCH")

    @overload
    def delete(self, path: str, options: FetchKeywords | None = None, **more: Unpack[AsResponse]) -> R: ...

    @overload
    def delete(
        self, path: Target, options: FetchKeywords | None = None, **more: Unpack[FetchKeywords]
    ) -> B: ...

    def delete(self, path: Any, options: Any = None, **more: Any) -> Any:
        """The result of a DELETE, as by `fetch`, whatever method the options name."""
        return self._run(path, options, more, "DELETE")

    @overload
    def head(self, path: str, options: FetchKeywords | None = None, **more: Unpack[AsResponse]) -> R: ...

    @overload
    def head(
        self, path: Target, options: FetchKeywords | None = None, **more: Unpack[FetchKeywords]
    ) -> B: ...

    def head(self, path: Any, options: Any = None, **more: Any) -> Any:
        """The result of a HEAD, as by `fetch`, whatever method the options name."""
        return self._run(path, options, more, "HEAD")

    @overload
    def options(self, path: str, options: FetchKeywords | None = None, **more: Unpack[AsResponse]) -> R: ...

    @overload
    def options(
        self, path: Target, options: FetchKeywords | None = None, **more: Unpack[FetchKeywords]
    ) -> B: ...

    def options(self, path: Any, options: Any = None, **more: Any) -> Any:
        """The result of an OPTIONS, as by `fetch`, whatever method the options name."""
        return self._run(path, options, more, "OPTIONS")

    def intercept(
        self,
        interceptor: Interceptor | Mapping[str, Callable[..., Any]] | object | None = None,
        **functions: Unpack[InterceptorFunctions],
    ) -> Callable[[], None]:
        """Let *interceptor*, or *functions*, see and change what is sent and received from now on.

        See `Interceptor` for the functions; *interceptor* may be a mapping of them, or an object that has
        them as methods.

        Returns:
            A function that removes it.

        Raises:
            TypeError: A function has another name, or does not take what it is called with.
        """
        read = read_interceptor(interceptor, functions, self._takes_async)
        return self._course.interceptors.add(read)

    @property
    def base_path(self) -> BasePath:
        """The path of the base url, which is put before each path; it has `get`, `prepend` and `remove`."""
        return self._settings.base.base_path

    @property
    def loading_count(self) -> int:
        """How many requests are under way, those of all threads or tasks."""
        return self._course.loading.value

    def on_loading_count(self, callback: Callable[[int], object]) -> Callable[[], None]:
        """Call *callback* with the `loading_count`, a number of requests, now and each time it changes.

        It is called in whatever thread sends, one call after the other. What it raises is logged.

        Returns:
            A function that ends it.
        """
        return self._course.loading.subscribe(callback)

    def __repr__(self) -> str:
        base = self._settings.base
        return f"{type(self).__name__}({base.origin + base.base_path.get()!r})"

    @property
    def _settings(self) -> Settings:
        return self._course.settings

    @property
    @abstractmethod
    def _takes_async(self) -> bool: ...

    @abstractmethod
    def _run(self, path: Any, options: Any, more: Mapping[str, Any], method: str | None) -> Any: ...


class Client(BaseClient[Any, HttpResponse]):
    """Sends requests to the server at *base_url*, as Kibana's own client does; threads may share it.

    Without *base_url*, requests go to that of *http*, or to the *router* itself, in process. At the end of a
    ``with`` block, it is closed.

    Args:
        base_url: Scheme, host, and the base path that is put before each path, without a query; a user and a
            password in it are sent as the header ``authorization``.
        transport: How requests are sent, such as `httpx.MockTransport`.
        http: A client of httpx or httpx2 that sends them, with all that it is told of redirects,
            certificates, proxies, cookies and authentication. It is not closed with this one.
        options: See `ClientOptions`.

    Raises:
        TypeError, ValueError: An argument is not what it should be; no text shows a password.

    Example:
        >>> from kbn_schema.http import Router
        >>> from kbn_schema.http.client import Client
        >>> router = Router()
        >>> @router.get("/hello", validate=False)
        ... def hello(context, request, response):
        ...     return response.ok(body={"hello": "you"})
        >>> with Client(router=router) as client:
        ...     client.get("/hello")
        {'hello': 'you'}
    """

    def __init__(
        self,
        base_url: "str | httpx.URL | httpx2.URL | None" = None,
        *,
        transport: "httpx.BaseTransport | httpx2.BaseTransport | None" = None,
        http: "httpx.Client | httpx2.Client | None" = None,
        **options: Unpack[ClientOptions],
    ) -> None:
        settings = make_settings(base_url, transport, http, options, is_async=False)
        self._course = Course(settings, SyncLine(settings.http))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections; a client that was handed in is left open."""
        if self._settings.is_owner:
            self._settings.http.close()

    @property
    def _takes_async(self) -> bool:
        return False

    def _run(self, path: Any, options: Any, more: Mapping[str, Any], method: str | None) -> Any:
        return run_now(self._course.fetch(path, options, more, method))


class AsyncClient(BaseClient[Coroutine[Any, Any, Any], Coroutine[Any, Any, HttpResponse]]):
    """The same as `Client`, where results are awaited; tasks of one event loop may share it.

    Args:
        base_url: As of a `Client`.
        transport: How requests are sent: an async transport of httpx or httpx2.
        http: An async client of httpx or httpx2 that sends them, as of a `Client`.
        options: See `ClientOptions`.

    Raises:
        TypeError, ValueError: An argument is not what it should be; no text shows a password.

    Example:
        >>> import asyncio
        >>> from kbn_schema.http import Router
        >>> from kbn_schema.http.client import AsyncClient
        >>> router = Router()
        >>> @router.get("/hello", validate=False)
        ... async def hello(context, request, response):
        ...     return response.ok(body={"hello": "you"})
        >>> async def main():
        ...     async with AsyncClient(router=router) as client:
        ...         return await client.get("/hello")
        >>> asyncio.run(main())
        {'hello': 'you'}
    """

    def __init__(
        self,
        base_url: "str | httpx.URL | httpx2.URL | None" = None,
        *,
        transport: "httpx.AsyncBaseTransport | httpx2.AsyncBaseTransport | None" = None,
        http: "httpx.AsyncClient | httpx2.AsyncClient | None" = None,
        **options: Unpack[ClientOptions],
    ) -> None:
        settings = make_settings(base_url, transport, http, options, is_async=True)
        self._course = Course(settings, AsyncLine(settings.http))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections; a client that was handed in is left open."""
        if self._settings.is_owner:
            await self._settings.http.aclose()

    @property
    def _takes_async(self) -> bool:
        return True

    def _run(self, path: Any, options: Any, more: Mapping[str, Any], method: str | None) -> Any:
        return self._course.fetch(path, options, more, method)
