"""The recorded routes; the process that replays the first request, and finds a file to delete, is killed."""

import os
import signal

from kbn_schema.http import Router
from tests.replay.recorded import order, router

FLAG = os.environ.get("KBN_SCHEMA_TEST_FLAG", "")

fragile = Router("/api")


def deadly(value):
    try:
        os.unlink(FLAG)
        os.kill(os.getpid(), signal.SIGKILL)
    except FileNotFoundError:
        pass
    return order.validate(value)


fragile.post("/orders", validate={"body": deadly})(router.routes[0].handler)
