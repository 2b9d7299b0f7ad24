"""This module finds what a command line names as ``MODULE:NAME``."""

import contextlib
import importlib
import os
import sys
from collections.abc import Generator
from difflib import get_close_matches
from types import ModuleType
from typing import TypeVar

from kbn_schema.commands.answers import CannotAsk
from kbn_schema.missing import MISSING

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
        with authors_code(f"cannot find [{target}]"):
            found = getattr(found, part, MISSING)
        if found is MISSING:
            raise CannotAsk(f"[{module_name}] has no {word} [{name}]{_hint(name, module, kind)}")
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
    hint = f"; write [{name.removesuffix('.py')}]" if name.endswith(".py") else ""
    with authors_code(f"cannot import [{name}]", hint):
        return importlib.import_module(name)


@contextlib.contextmanager
def authors_code(failed: str, hint: str = "") -> Generator[None, None, None]:
    """Turn whatever the author's code raises into `CannotAsk`, also what would end the program.

    *failed* says what could not be done, *hint* how to mend it.
    """
    try:
        yield
    except (CannotAsk, KeyboardInterrupt):
        raise
    except BaseException as error:
        reason = " ".join(str(error).split())[:300]
        raise CannotAsk(f"{failed}: {type(error).__name__}: {reason}{hint}") from error


def _hint(name: str, module: ModuleType, kind: type[object]) -> str:
    names = [found for found, value in vars(module).items() if isinstance(value, kind)]
    near = get_close_matches(name, names, n=1) if name else []
    if near:
        return f"; did you mean [{near[0]}]?"
    return f"; there is {', '.join(f'[{found}]' for found in names[:5])}" if names else ""
