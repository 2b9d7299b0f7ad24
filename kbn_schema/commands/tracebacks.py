"""This module shows an author the traceback of an exception, without the frames that are not the author's."""

import os
from traceback import StackSummary, TracebackException
from typing import Final

OURS: Final = os.path.dirname(os.path.dirname(__file__)) + os.sep
# The demo stands for an author's application.
DEMO: Final = os.path.join(OURS, "demo") + os.sep
IMPORTING: Final = os.path.join(os.path.dirname(os.__file__), "importlib", "__init__.py")
STANDARD: Final = os.path.dirname(os.__file__) + os.sep


def authors_traceback(error: BaseException) -> str:
    """The traceback of *error* as Python shows it, without our frames and those of importing."""
    shown = TracebackException.from_exception(error)
    _strip(shown)
    return "".join(shown.format())


def is_authors(error: BaseException) -> bool:
    """Whether code of the author has a part in *error*."""
    frames = TracebackException.from_exception(error, lookup_lines=False).stack
    return any(not (_is_ours(frame.filename) or _is_standard(frame.filename)) for frame in frames)


def reason(error: BaseException) -> str:
    """The class and the text of *error*, on one line; the text may be too bad to be had."""
    try:
        text = " ".join(str(error).split())[:300]
    except Exception:
        text = ""
    return f"{type(error).__name__}: {text}".removesuffix(": ")


def _strip(shown: TracebackException) -> None:
    shown.stack = StackSummary.from_list([frame for frame in shown.stack if not _is_ours(frame.filename)])
    for one in shown.exceptions or ():
        _strip(one)
    for name in ("__cause__", "__context__"):
        chained: TracebackException | None = getattr(shown, name)
        if chained is not None and _is_plumbing(chained):
            setattr(shown, name, None)
        elif chained is not None:
            _strip(chained)


def _is_plumbing(shown: TracebackException) -> bool:
    """Whether it happened in our code alone; what an author only made, to raise another from it, did not."""
    return bool(shown.stack) and all(_is_ours(frame.filename) for frame in shown.stack)


def _is_ours(file: str) -> bool:
    if file.startswith(OURS):
        return not file.startswith(DEMO)
    return file == IMPORTING or file.startswith(("<frozen importlib", "<attrs generated", "<kbn_schema "))


def _is_standard(file: str) -> bool:
    return file.startswith(("<frozen ", STANDARD)) and "site-packages" not in file
