"""The peers of the other runtime: zod and Joi, which Node measures in a process of its own."""

import json
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from benchmarks.agreement import DisagreementError, compare
from benchmarks.timing import Sampler
from benchmarks.workloads import Workload

FOLDER: Final = Path(__file__).parent / "node"
NAMES: Final = {"zod": "zod (Node)", "joi": "Joi (Node)"}
REMARKS: Final = {
    "zod (Node)": "another runtime: JavaScript",
    "Joi (Node)": "another runtime: JavaScript; @kbn/config-schema, which is not on npm, is built on it",
}


def why_absent() -> str | None:
    """Return why the peers of Node cannot take part, None if they can."""
    if shutil.which("node") is None:
        return "node is not installed"
    if not (FOLDER / "node_modules").exists():
        return "run `npm install` in benchmarks/node"
    return None


class Node:
    """A Node process that answers requests, see node/server.mjs."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            ["node", "server.mjs"], cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.versions: dict[str, str] = self._answer()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def sampler(self, peer: str, workload: Workload) -> Sampler:
        """Return what measures *peer*, after it gave the right answer."""
        request = {"peer": peer, "schema": workload.schema, "text": workload.text}
        answer = self._ask(request)
        if answer.get("refused", False) != workload.is_refused:
            raise DisagreementError(f"{peer} does not agree on {workload.code}")
        if not workload.is_refused:
            compare(peer, workload, answer["output"])
        return lambda count: float(self._ask({**request, "count": count})["ns"])

    def _ask(self, request: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())
