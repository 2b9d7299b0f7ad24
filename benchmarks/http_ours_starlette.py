"""kbn_schema, its router mounted in Starlette."""

from starlette.applications import Starlette

from benchmarks.contenders import OURS
from benchmarks.http_ours import async_router, wrong
from benchmarks.http_peer import HttpPeer, through
from kbn_schema.adapters import starlette

PEERS = [
    HttpPeer(
        f"{OURS} in Starlette",
        ("kbn-schema", "msgspec", "starlette"),
        through(starlette.mount(Starlette(), async_router())),
        400,
        wrong,
    ),
]
