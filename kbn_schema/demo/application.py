"""This module is the demo, whole: its routes, over the objects in a store."""

import contextlib
from collections.abc import Generator

from kbn_schema.demo import routes, transfer, versions
from kbn_schema.demo.router import router
from kbn_schema.demo.store import Absent, SavedObjects, Store, Taken
from kbn_schema.http import Conflict, NotFound, Request, Router

# Importing them declares their routes.
DECLARE = (routes, versions, transfer)


def make_router(store: Store) -> Router:
    """The routes, over the objects in *store*.

    Each request is one unit of work, which is its handler's first argument.
    """

    @contextlib.contextmanager
    def unit_of_work(request: Request) -> Generator[SavedObjects, None, None]:
        try:
            with store.begin(writes=request.method not in ("GET", "HEAD")) as saved_objects:
                yield saved_objects
        except Absent as absent:
            raise NotFound(str(absent)) from None
        except Taken as taken:
            raise Conflict(str(taken)) from None

    return router.with_context(unit_of_work)
