"""Validate one workload under the counter of `instructions`: a program that imports little."""

import gc
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Final

from benchmarks.peer import Peer
from benchmarks.workloads import WORKLOADS, Workload

MODULES: Final = {"ours": "benchmarks.peers.ours", "by hand": "benchmarks.peers.handwritten"}
# Calls before counting: the interpreter has then adapted its instructions to the types met.
WARM: Final = 10
# So many characters of JSON are validated under the counter, in as many calls as that takes:
# enough for what a process happens to do once, some 300,000 instructions, to stay below 1 %.
CHARACTERS: Final = 2_000_000


def peer_of(name: str) -> Peer:
    peer: Peer = import_module(MODULES[name]).PEERS[0]
    return peer


def repeats(code: str) -> int:
    text = next(workload.text for workload in WORKLOADS if workload.code == code)
    return max(CHARACTERS // len(text), 3)


def task(peer: Peer, workload: Workload) -> Callable[[int], None]:
    """Return what validates the workload so many times."""
    validate = peer.build[workload.schema]()
    value = workload.value()
    error = peer.error

    def accept(times: int) -> None:
        for _ in range(times):
            validate(value)

    def refuse(times: int) -> None:
        for _ in range(times):
            try:
                validate(value)
            except error:
                pass

    return refuse if workload.is_refused else accept


def main(name: str, code: str) -> None:
    """Validate all workloads of the peer *name* a few times, and *code*, if it is one, often."""
    gc.disable()
    peer = peer_of(name)
    tasks = {each.code: task(peer, each) for each in WORKLOADS if each.schema in peer.build}
    for met, run in tasks.items():
        run(min(WARM, repeats(met)))
    if code in tasks:
        tasks[code](repeats(code))


if __name__ == "__main__":
    main(*sys.argv[1:])
