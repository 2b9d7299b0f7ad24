"""ASGI under real servers: each parser of uvicorn with one of the loops, and hypercorn."""

import pytest

from tests.adapters.contract import Contract
from tests.adapters.leaving import InThisProcess
from tests.adapters.served import make_asgi
from tests.adapters.servers import (
    UNLIKE_HTTPTOOLS,
    UNLIKE_HYPERCORN,
    UNLIKE_UVICORN,
    OnTheLine,
    hypercorn_serving,
    uvicorn_serving,
)


@pytest.fixture(scope="module")
def h11_port():
    with uvicorn_serving(make_asgi(), http="h11", loop="asyncio") as port:
        yield port


@pytest.fixture(scope="module")
def httptools_port():
    with uvicorn_serving(make_asgi(), http="httptools", loop="uvloop") as port:
        yield port


@pytest.fixture(scope="module")
def hypercorn_port():
    with hypercorn_serving(make_asgi()) as port:
        yield port


class TestUnderUvicorn(OnTheLine, InThisProcess, Contract):
    UNLIKE = UNLIKE_UVICORN

    @pytest.fixture(autouse=True)
    def _served(self, h11_port):
        self.port = h11_port


class TestUnderUvicornWithHttptools(OnTheLine, InThisProcess, Contract):
    UNLIKE = UNLIKE_HTTPTOOLS

    @pytest.fixture(autouse=True)
    def _served(self, httptools_port):
        self.port = httptools_port


class TestUnderHypercorn(OnTheLine, InThisProcess, Contract):
    UNLIKE = UNLIKE_HYPERCORN

    @pytest.fixture(autouse=True)
    def _served(self, hypercorn_port):
        self.port = hypercorn_port
