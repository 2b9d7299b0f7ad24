"""Who takes part: ours, and each peer that is installed."""

from importlib import import_module

from benchmarks.peer import Peer
from benchmarks.question import Scope

OURS = "kbn_schema"
# In the order of the tables.
MODULES = [
    "ours",
    "handwritten",
    "pydantic_typed_dict",
    "pydantic_model",
    "msgspec_struct",
    "jsonschema_rust",
    "fast_json_schema",
    "cattrs_class",
    "mashumaro_class",
    "voluptuous_schema",
    "marshmallow_schema",
]


def contenders(scope: Scope) -> tuple[list[Peer], dict[str, str]]:
    """Return the peers, ours first, and those that are not installed with the reason."""
    peers: list[Peer] = []
    missing: dict[str, str] = {}
    for name in MODULES:
        try:
            module = import_module(f"benchmarks.peers.{name}")
        except ModuleNotFoundError as error:
            missing[str(error.name)] = "not installed, see the extra `bench`"
        else:
            peers.extend(peer for peer in module.PEERS if peer.name == OURS or scope.has_peer(peer.name))
    return peers, missing
