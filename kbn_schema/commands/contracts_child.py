"""This module is the process that reads the contract of a router as it was declared at a commit."""

import json
import os
import sys
from pathlib import Path
from typing import NoReturn

from kbn_schema.commands.answers import CannotAsk
from kbn_schema.commands.contracts import contract_of_router

# Out of reach of what the author's module may do to `os`.
_leave = os._exit


def main(order: str) -> NoReturn:
    """Do what *order* says, in JSON, and leave the answer in the file that it names."""
    wanted = json.loads(order)
    answer = Path(wanted["answer"])
    answer.write_bytes(b"")  # from now on, whatever goes wrong is the module's doing, or said
    answer.write_bytes(json.dumps(_answer(wanted["module"], wanted["target"], wanted["root"])).encode())
    # Threads and exit handlers of the module are not waited for.
    _leave(0)


def _answer(module: str, target: str, root: str) -> dict[str, str]:
    folder = os.getcwd()
    source = os.path.join(folder, "src")
    if os.path.isdir(source):  # where the working tree's is on the path, as of an editable install
        sys.path.insert(0, source)
    sys.path.insert(0, folder)
    try:
        found = contract_of_router(target).to_json().decode()
        _require_inside(module, root)
    except CannotAsk as reason:
        return {"refusal": str(reason)}
    return {"contract": found}


def _require_inside(module: str, root: str) -> None:
    """Refuse a module that Python found elsewhere, as in the working tree: it is not of that commit."""
    origin = getattr(sys.modules.get(module), "__file__", None)
    if origin is None or not Path(os.path.realpath(origin)).is_relative_to(root):
        raise CannotAsk(
            f"[{module}] was imported from elsewhere, and not from the files of that commit: "
            "keep a snapshot in the repository, and compare that"
        )
