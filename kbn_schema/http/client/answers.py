"""This module holds what a caller gets, and what interceptors see."""

from typing import TYPE_CHECKING, Any, Generic, Self, cast

import attrs
from typing_extensions import TypeVar

from kbn_schema.http.client.options import FetchOptions

if TYPE_CHECKING:
    import httpx

B_co = TypeVar("B_co", covariant=True, default=Any)


@attrs.frozen(eq=False)
class HttpResponse(Generic[B_co]):
    """An answer, with what was asked for; as a context manager it is closed at the end of the block.

    *body* is the result; None where `raw_response` was asked for. The class parameter is its type.
    """

    # What may hold a secret is not shown.
    fetch_options: FetchOptions = attrs.field(repr=False)
    """What was asked for, as the interceptors left it."""
    request: "httpx.Request" = attrs.field(repr=False)
    """The request of httpx, as it was sent."""
    response: "httpx.Response"
    """The response of httpx; its body has been read, unless `raw_response` was asked for."""
    body: B_co = attrs.field(default=cast(Any, None), repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.response.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.response.aclose()


@attrs.frozen(eq=False)
class FailedRequest:
    """What a `request_error` interceptor sees: the *error* of one before it, and the options as they were."""

    error: Exception
    fetch_options: FetchOptions
    """What was asked for, as the interceptor found it that raised."""


@attrs.frozen(eq=False)
class FailedResponse:
    """What a `response_error` interceptor sees: the *error*, and what there is of an answer."""

    error: Exception
    fetch_options: FetchOptions
    """What was asked for, as the interceptors left it."""
    request: "httpx.Request | None" = None
    """The request of httpx; None where there was none yet."""
    response: "httpx.Response | None" = None
    """The response of httpx; None where none came."""
    body: Any = attrs.field(default=None, repr=False)
    """What the answer holds, as far as it could be read."""
