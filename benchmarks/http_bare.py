"""The least that answers: an ASGI endpoint by hand, which validates nothing."""

import json
from typing import Any
from urllib.parse import parse_qsl

from benchmarks.http_peer import HttpPeer, through
from benchmarks.http_requests import FIND, SAVE

BARE = "bare"


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["path"] == FIND.path:
        number = int(dict(parse_qsl(scope["query_string"].decode()))["page"])
    else:
        value = json.loads(await read(receive))
        if scope["path"] == SAVE.path:
            number = value["version"]
        else:
            number = value["objects"][-1]["attributes"]["hits"]
    await answer(send, {"ok": True, "n": number})


async def read(receive: Any) -> bytes:
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def answer(send: Any, value: object) -> None:
    body = json.dumps(value).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


PEERS = [HttpPeer(BARE, (), through(app), remark="`json.loads` and `json.dumps`, no validation")]
