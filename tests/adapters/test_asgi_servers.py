"""ASGI under real servers: each parser of uvicorn with one of the loops, and hypercorn."""

from tests.adapters.served import make_asgi
from tests.adapters.under import UnderHttptools, UnderHypercorn, UnderUvicorn


class TestUnderUvicorn(UnderUvicorn):
    make_app = staticmethod(make_asgi)


class TestUnderHttptools(UnderHttptools):
    make_app = staticmethod(make_asgi)


class TestUnderHypercorn(UnderHypercorn):
    make_app = staticmethod(make_asgi)
