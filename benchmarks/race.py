"""Time workloads for all contenders in turn, after they agreed on the answer."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack

import attrs

from benchmarks import typescript
from benchmarks.agreement import assert_agrees
from benchmarks.contenders import OURS, contenders
from benchmarks.environment import environment, versions
from benchmarks.peer import Peer, Validate
from benchmarks.question import Found, Scope
from benchmarks.timing import Sampler, calls, interleaved, ratio
from benchmarks.workloads import Workload

# Makes what is called and timed of a peer and what validates for it.
Call = Callable[[Peer, Validate], Validate]


def validating(peer: Peer, validate: Validate) -> Validate:
    return validate


@attrs.frozen
class Race:
    """The contenders of one run."""

    peers: list[Peer]
    missing: dict[str, str]
    node: typescript.Node | None

    @classmethod
    def start(cls, scope: Scope, stack: ExitStack) -> "Race":
        """Return the race of all that can take part; *stack* ends what has to be ended."""
        peers, missing = contenders(scope)
        why = typescript.why_absent()
        if why is not None:
            missing.update(dict.fromkeys(typescript.NAMES.values(), why))
        is_wanted = any(scope.has_peer(name) for name in typescript.NAMES.values())
        node = stack.enter_context(typescript.Node()) if why is None and is_wanted else None
        return cls(peers, missing, node)

    def reading_json(self) -> "Race":
        """Return the race of those who read JSON themselves."""
        return attrs.evolve(self, peers=[peer for peer in self.peers if peer.from_json], node=None)

    def facts(self) -> Found:
        """Return who takes part, on which machine."""
        found: Found = {
            **environment(),
            "versions": versions(peer.package for peer in self.peers),
            "missing": self.missing,
            "remarks": {peer.name: peer.remark for peer in self.peers},
            "absent": {peer.name: dict(peer.absent) for peer in self.peers if peer.absent},
        }
        if self.node is not None:
            found["versions"].update(self.node.versions)
            found["remarks"].update(typescript.REMARKS)
        return found

    def times_of_json(self, workload: Workload, rounds: int) -> Found:
        """Return the same, from bytes of JSON."""
        samplers = {peer.name: json_sampler(peer, workload) for peer in self.peers}
        return against_ours(interleaved(samplers, rounds))

    def times(self, workload: Workload, rounds: int, call: Call = validating, *, node: bool = True) -> Found:
        """Return by contender the nanoseconds, the ratio to ours and its spread."""
        samplers = {
            peer.name: sampler(peer, workload, call) for peer in self.peers if workload.schema in peer.build
        }
        if node and self.node is not None:
            for peer, name in typescript.NAMES.items():
                samplers[name] = self.node.sampler(peer, workload)
        return against_ours(interleaved(samplers, rounds))


def sampler(peer: Peer, workload: Workload, call: Call) -> Sampler:
    validate = peer.build[workload.schema]()
    assert_agrees(peer, workload, validate, workload.value())
    return calls(call(peer, validate), workload.value())


def json_sampler(peer: Peer, workload: Workload) -> Sampler:
    validate = peer.from_json[workload.schema]()
    data = workload.text.encode()
    assert_agrees(peer, workload, validate, data)
    return calls(validate, data)


def against_ours(blocks: dict[str, list[float]]) -> Found:
    found: Found = {}
    for name, times in blocks.items():
        to_ours = ratio(times, blocks[OURS])
        found[name] = {
            "ns": round(min(times), 1),
            "ratio": round(to_ours.value, 3),
            "spread": round(to_ours.spread, 3),
        }
    return found


def titles(workloads: Iterable[Workload]) -> dict[str, str]:
    return {workload.code: workload.title for workload in workloads}
