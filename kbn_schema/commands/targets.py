"""This module finds what a command line names as ``MODULE:NAME``."""

import contextlib
import importlib
import os
import re
import sys
from collections.abc import Generator
from difflib import get_close_matches
from pathlib import Path, PurePath
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
        such = f", such as {target}:{word}," if target and not colon and _is_name(target) else ""
        raise CannotAsk(f"expected MODULE:{word.upper()}{such} but got [{target}]")
    meant = _module_meant(module_name)
    if meant != module_name:
        hint = f"; write [{meant}:{name}]" if _is_name(meant) else ""
        raise CannotAsk(f"expected MODULE:{word.upper()} but got [{target}]{hint}")
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
    with authors_code(f"cannot import [{name}]"):
        found: object = importlib.import_module(name)
    if not isinstance(found, ModuleType):
        raise CannotAsk(f"[{name}] is no module: it has put [{type(found).__name__}] in its place")
    return found


def require_module(name: str) -> None:
    """Refuse what names no module but a file, or something in a module.

    Raises:
        CannotAsk: It does; what to write is said, if that can be known.
    """
    meant = _module_meant(name.partition(":")[0])
    if meant != name or not _is_name(meant):
        hint = f"; write [{meant}]" if _is_name(meant) else ""
        raise CannotAsk(f"expected MODULE, such as app.routes, but got [{name}]{hint}")


def _module_meant(name: str) -> str:
    """The module that *name* stands for, which may be that of its file."""
    if name.endswith(".py") or "/" in name or os.sep in name:
        return _module_in(PurePath(os.path.relpath(name)).with_suffix(""))
    return name


def _module_in(path: PurePath) -> str:
    """The name of the module in the file *path*, which is without its suffix."""
    parts = path.parts
    start = len(parts) - 1
    # Its topmost package may lie in a folder that is none, as `src`.
    while start and Path(*parts[:start], "__init__.py").exists():
        start -= 1
    is_in_package = start < len(parts) - 1
    return ".".join((parts[:-1] if path.name == "__init__" else parts)[start if is_in_package else 0 :])


def _is_name(name: str) -> bool:
    return all(part and not re.search(r"[\s:/\\]", part) for part in name.split("."))


@contextlib.contextmanager
def authors_code(failed: str, *, says_why: bool = True) -> Generator[None, None, None]:
    """Turn whatever the author's code raises into `CannotAsk`, also what would end the program.

    *failed* says what could not be done; the text of what is raised is told where *says_why*.
    """
    try:
        yield
    except (CannotAsk, KeyboardInterrupt):
        raise
    except BaseException as error:
        reason = _text(error) if says_why else ""
        raise CannotAsk(": ".join(filter(None, [failed, type(error).__name__, reason]))) from error


def _text(error: BaseException) -> str:
    try:
        return " ".join(str(error).split())[:300]
    except Exception:  # the author's own `__str__`
        return ""


def _hint(name: str, module: ModuleType, kind: type[object]) -> str:
    names = [found for found, value in vars(module).items() if isinstance(value, kind)]
    near = get_close_matches(name, names, n=1) if name else []
    if near:
        return f"; did you mean [{near[0]}]?"
    return f"; there is {', '.join(f'[{found}]' for found in names[:5])}" if names else ""
