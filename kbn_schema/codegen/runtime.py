"""What generated functions may use, and nothing else: it stands in for the builtins there."""

from collections.abc import Callable
from typing import Any, Final

from kbn_schema.exact import TEXT_KEYED
from kbn_schema.left import (
    FREE,
    UNTOUCHED,
    Left,
    get_all,
    judge,
    judge_present,
    note,
    rest_of_dict,
    rest_of_list,
)
from kbn_schema.missing import MISSING
from kbn_schema.problems import Failure

# Calls of functions in one validation; more are left to `check`, which remembers what it has seen.
MAX_CALLS: Final = 100_000


def ticker() -> Callable[[], int]:
    """Return what raises `StopIteration` at the 100,001st call.

    Where a value has containers in several places, there may be 2**200 ways through it, and compiled
    code would go them all.
    """
    return iter(range(MAX_CALLS)).__next__


NAMES: Final[dict[str, Any]] = {
    "Exception": Exception,
    "FREE": FREE,
    "Failure": Failure,
    "KeyError": KeyError,
    "Left": Left,
    "MISSING": MISSING,
    "TEXT_KEYED": TEXT_KEYED,
    "UNTOUCHED": UNTOUCHED,
    "bool": bool,
    "dict": dict,
    "enumerate": enumerate,
    "float": float,
    "get_all": get_all,
    "int": int,
    "judge": judge,
    "judge_present": judge_present,
    "len": len,
    "list": list,
    "note": note,
    "rest_of_dict": rest_of_dict,
    "rest_of_list": rest_of_list,
    "str": str,
    "ticker": ticker,
    "type": type,
}
