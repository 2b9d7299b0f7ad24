"""Routers whose rules end the process, or print."""

import os
import signal
import sys
import time

from kbn_schema.http import Router


def deadly(value):
    os.kill(os.getpid(), signal.SIGKILL)


def leaving(value):
    sys.exit(str(value))


def slow(value):
    time.sleep(60)


def talking(value, result):
    print("secret")  # noqa: T201
    return result.ok(value)


killing, ending, waiting, printing = Router("/api"), Router("/api"), Router("/api"), Router("/api")
for router, rule in ((killing, deadly), (ending, leaving), (waiting, slow), (printing, talking)):
    router.post("/orders", validate={"body": rule})(lambda context, request, response: response.ok())

malformed = Router("/api")
malformed.get("/orders", validate=lambda: {"query": 3})(lambda context, request, response: response.ok())

print("secret")  # noqa: T201
