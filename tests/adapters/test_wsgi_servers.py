"""WSGI under real servers: both workers of gunicorn, and waitress."""

from tests.adapters.served import wsgi_app
from tests.adapters.under import UnderGunicorn, UnderGunicornWithThreads, UnderWaitress

APP = "tests.adapters.served:wsgi_app"


class TestUnderGunicorn(UnderGunicorn):
    app = APP


class TestUnderGunicornWithThreads(UnderGunicornWithThreads):
    app = APP


class TestUnderWaitress(UnderWaitress):
    @staticmethod
    def make_app():
        return wsgi_app
