"""The whole contract under each of the servers that serve any app: a subclass names its app."""

from typing import ClassVar

import pytest

from tests.adapters.contract import Contract
from tests.adapters.leaving import InAThread, InAWorker, InThisProcess
from tests.adapters.servers import (
    UNLIKE_GTHREAD,
    UNLIKE_GUNICORN,
    UNLIKE_HTTPTOOLS,
    UNLIKE_HYPERCORN,
    UNLIKE_UVICORN,
    UNLIKE_WAITRESS,
    OnTheLine,
    gunicorn_serving,
    hypercorn_serving,
    uvicorn_serving,
    waitress_serving,
)


class Served(OnTheLine):
    """Subclasses have `serving`, a class method: a context in which there is a server, which gives its port.

    It is given the path of a file for what is logged.
    """

    @pytest.fixture(autouse=True)
    def _served(self, port_and_log):
        self.port, self.log = port_and_log


class UnderGunicorn(Served, InAWorker, Contract):
    """Subclasses have `app`, a text such as ``module:app``."""

    UNLIKE = UNLIKE_GUNICORN
    OPTIONS = ()

    @classmethod
    def serving(cls, log):
        return gunicorn_serving(cls.app, log, *cls.OPTIONS)


class UnderGunicornWithThreads(UnderGunicorn):
    UNLIKE = UNLIKE_GTHREAD
    OPTIONS = ("--worker-class=gthread", "--threads=4")


class UnderWaitress(Served, InAThread, Contract):
    """Subclasses have `make_app`, as all that follow."""

    UNLIKE = UNLIKE_WAITRESS

    @classmethod
    def serving(cls, log):
        return waitress_serving(cls.make_app())


class UnderUvicorn(Served, InThisProcess, Contract):
    UNLIKE = UNLIKE_UVICORN
    OPTIONS: ClassVar = {}

    @classmethod
    def serving(cls, log):
        return uvicorn_serving(cls.make_app(), **cls.OPTIONS)


class UnderHttptools(UnderUvicorn):
    UNLIKE = UNLIKE_HTTPTOOLS
    OPTIONS: ClassVar = {"http": "httptools", "loop": "uvloop"}


class UnderHypercorn(Served, InThisProcess, Contract):
    UNLIKE = UNLIKE_HYPERCORN

    @classmethod
    def serving(cls, log):
        return hypercorn_serving(cls.make_app())
