"""This module finds the contract that a command line names: in a file, or of a router, now or at a commit."""

import contextlib
import os
import re
import sys
from pathlib import Path
from typing import Final

from kbn_schema import contract
from kbn_schema.commands.answers import CannotAsk
from kbn_schema.commands.child import ask
from kbn_schema.commands.files import content
from kbn_schema.commands.revisions import Revision
from kbn_schema.contract import Contract, ContractError
from kbn_schema.errors import SchemaDefinitionError

TIMEOUT: Final = 60


def is_router(target: str) -> bool:
    """Whether *target* names a router in a module, and no file."""
    return _ROUTER.fullmatch(target) is not None and not os.path.exists(target)


def contract_now(target: str) -> Contract:
    """The contract in the file *target*, or of the router that it names.

    Raises:
        CannotAsk: There is none.
    """
    if not is_router(target):
        data = content(Path(target))
        if data is None:
            raise CannotAsk(f"cannot read [{target}]: there is no such file")
        return _read(data, target)
    # What the author's module prints is no part of the answer.
    with contextlib.redirect_stdout(sys.stderr):
        return contract_of_router(target)


def contract_of_router(target: str) -> Contract:
    """The contract of the router that *target* names, as ``MODULE:ROUTER``.

    Raises:
        CannotAsk: There is none, or it cannot be told.
    """
    # Two files are compared without them.
    from kbn_schema.commands.targets import authors_code, load_target  # noqa: PLC0415
    from kbn_schema.http.router import Router  # noqa: PLC0415

    router = load_target(target, Router, "router")
    with authors_code(f"cannot read the routes of [{target}]"):
        try:
            return contract.of(router)
        except SchemaDefinitionError as error:
            raise CannotAsk(f"cannot read the routes of [{target}]: {error}") from None


def contract_at(target: str, revision: Revision) -> Contract:
    """The contract in the file *target* as it was at *revision*, or of the router as it was declared there.

    Raises:
        CannotAsk: There was none.
    """
    if not is_router(target):
        return _read(revision.content(target), f"{revision.name}:{target}")
    with revision.checked_out() as folder:
        order = {"module": target.partition(":")[0], "target": target, "root": str(folder.root)}
        answer = ask("kbn_schema.commands.contracts_child", order, TIMEOUT, folder.here)
    if "refusal" in answer:
        raise CannotAsk(f"at [{revision.name}]: {answer['refusal']}")
    return _read(answer["contract"].encode(), f"{target} at {revision.name}")


def _read(data: bytes, name: str) -> Contract:
    try:
        return contract.read(data, name)
    except ContractError as error:
        raise CannotAsk(str(error)) from None


# With the file of a module, too: then it is told what to write.
_ROUTER: Final = re.compile(r"([^\W\d][\w.]*|[^:]+\.py):[^\W\d][\w.]*")
