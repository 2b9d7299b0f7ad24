"""WSGI under real servers: both workers of gunicorn, and waitress."""

import pytest

from tests.adapters.contract import Contract
from tests.adapters.leaving import InAThread, InAWorker
from tests.adapters.served import wsgi_app
from tests.adapters.servers import (
    UNLIKE_GTHREAD,
    UNLIKE_GUNICORN,
    UNLIKE_WAITRESS,
    OnTheLine,
    gunicorn_serving,
    waitress_serving,
)

APP = "tests.adapters.served:wsgi_app"


@pytest.fixture(scope="module")
def gunicorn(tmp_path_factory):
    log = tmp_path_factory.mktemp("gunicorn") / "log"
    with gunicorn_serving(APP, log) as port:
        yield port, log


@pytest.fixture(scope="module")
def gthread(tmp_path_factory):
    log = tmp_path_factory.mktemp("gunicorn") / "log"
    with gunicorn_serving(APP, log, "--worker-class=gthread", "--threads=4") as port:
        yield port, log


@pytest.fixture(scope="module")
def waitress_port():
    with waitress_serving(wsgi_app) as port:
        yield port


class TestUnderGunicorn(OnTheLine, InAWorker, Contract):
    UNLIKE = UNLIKE_GUNICORN

    @pytest.fixture(autouse=True)
    def _served(self, gunicorn):
        self.port, self.log = gunicorn


class TestUnderGunicornWithThreads(OnTheLine, InAWorker, Contract):
    UNLIKE = UNLIKE_GTHREAD

    @pytest.fixture(autouse=True)
    def _served(self, gthread):
        self.port, self.log = gthread


class TestUnderWaitress(OnTheLine, InAThread, Contract):
    UNLIKE = UNLIKE_WAITRESS

    @pytest.fixture(autouse=True)
    def _served(self, waitress_port):
        self.port = waitress_port
