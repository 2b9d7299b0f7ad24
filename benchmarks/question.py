"""What the questions have in common: how much is measured, and what an answer is."""

from collections.abc import Collection
from typing import Any, Protocol

import attrs

# JSON-ready: kept in results/, and all that tables and charts are made of.
Found = dict[str, Any]


class CannotAnswerError(Exception):
    """Something that the question needs is not here."""


@attrs.frozen
class Scope:
    """How much is measured.

    Args:
        quick: Fewer rounds and sizes: figures to steer by, not to publish.
        workloads: Codes of the workloads, all if empty.
        peers: Names of the peers beside ours, or beginnings of them, all if empty.
    """

    quick: bool = False
    workloads: Collection[str] = ()
    peers: Collection[str] = ()

    @property
    def is_whole(self) -> bool:
        return not (self.quick or self.workloads or self.peers)

    def rounds(self, whole: int) -> int:
        return 3 if self.quick else whole

    def has_workload(self, code: str) -> bool:
        return not self.workloads or code in self.workloads

    def has_peer(self, name: str) -> bool:
        return not self.peers or any(name.casefold().startswith(part.casefold()) for part in self.peers)


class Question(Protocol):
    """A module that measures."""

    __doc__: str | None

    def measure(self, scope: Scope) -> Found: ...

    def markdown(self, found: Found) -> str: ...
