"""A client of routes: Kibana's `core.http.fetch` for Python, over httpx (the extra `httpx`).

Where what is: a client (`clients`, told in `settings`) runs the `course` of a request on its line (`lines`):
`options` are what is asked for, `calls` makes the request of them (`urls`, `headers`, `content`), `receipt`
takes the answer (`decoding`, `results`), `interceptors` see both, and `contract` compares both with a router.
Generated clients are made of `typed`.
"""

from kbn_schema.http.client.abort import AbortSignal
from kbn_schema.http.client.answers import FailedRequest, FailedResponse, HttpResponse
from kbn_schema.http.client.clients import AsyncClient, Client
from kbn_schema.http.client.errors import (
    ContractError,
    HttpFetchError,
    HttpInterceptHaltError,
    RequestContractError,
    ResponseContractError,
)
from kbn_schema.http.client.interceptors import InterceptController, Interceptor
from kbn_schema.http.client.options import FetchKeywords, FetchMapping, FetchOptions
from kbn_schema.http.client.settings import ClientOptions

__all__ = [
    "AbortSignal",
    "AsyncClient",
    "Client",
    "ClientOptions",
    "ContractError",
    "FailedRequest",
    "FailedResponse",
    "FetchKeywords",
    "FetchMapping",
    "FetchOptions",
    "HttpFetchError",
    "HttpInterceptHaltError",
    "HttpResponse",
    "InterceptController",
    "Interceptor",
    "RequestContractError",
    "ResponseContractError",
]
