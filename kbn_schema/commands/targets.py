"""This module finds what a command line names as ``MODULE:NAME``."""

import importlib
import os
import sys
from types import ModuleType
from typing import TypeVar

from kbn_schema.commands.answers import CannotAsk

T = TypeVar("T")


def load_target(target: str, kind: type[T], word: str) -> T:
    """The object of class *kind* that *target* names; *word* is what users call it.

    The working directory is searched first, as ``python -m`` does.

    Raises:
        CannotAsk: The module cannot be imported, or the name is not there or something else.
    """
    module_name, colon, name = target.partition(":")
    if not (module_name and colon and name):
        raise CannotAsk(f"expected MODULE:{word.upper()} but got [{target}]")
    module = load_module(module_name)
    found: object = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise CannotAsk(f"[{module_name}] has no {word} [{name}]{_hint(name, module, kind)}")
        found = getattr(found, part)
    if not isinstance(found, kind):
        raise CannotAsk(f"[{target}] is not a {word} but [{type(found).__name__}]{_hint('', module, kind)}")
    return found


def load_module(name: str) -> ModuleType:
    """The module *name*, imported.

    Raises:
        CannotAsk: It cannot be imported, whatever the reason.
    """
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:
        reason = " ".join(str(error).split())[:300]
        hint = f"; write [{name.removesuffix('.py')}]" if name.endswith(".py") else ""
        raise CannotAsk(f"cannot import [{name}]: {type(error).__name__}: {reason}{hint}") from error


def _hint(name: str, module: ModuleType, kind: type[object]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only mistakes need it

    names = [found for found, value in vars(module).items() if isinstance(value, kind)]
    near = get_close_matches(name, names, n=1) if name else []
    if near:
        return f"; did you mean [{near[0]}]?"
    return f"; there is {', '.join(f'[{found}]' for found in names[:5])}" if names else ""
