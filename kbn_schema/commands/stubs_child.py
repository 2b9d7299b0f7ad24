"""This module is the process that imports the author's module for ``kbn-schema stubs``.

It writes no file but its answer. What the author's code does to the process meanwhile, such as closing files,
changing the directory or leaving threads behind, must not change that.
"""

import base64
import gc
import importlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Final, NoReturn

import attrs

from kbn_schema.commands.answers import CannotAsk
from kbn_schema.commands.tracebacks import authors_traceback, is_authors, reason
from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.stubs.annotate import annotated
from kbn_schema.stubs.author import Source, parsed
from kbn_schema.stubs.client import client_text
from kbn_schema.stubs.drift import drift
from kbn_schema.stubs.homes import types_path
from kbn_schema.stubs.layouts import stub_path, stub_text
from kbn_schema.stubs.outline import Outline, outline
from kbn_schema.stubs.python import types_text
from kbn_schema.stubs.typescript import declarations_text

# Out of reach of what the author's module may do to `os`.
_leave, _open, _write, _close, _process = os._exit, os.open, os.write, os.close, os.getpid

WRITING: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)


def main(order: str) -> NoReturn:
    """Do what *order* says, an `Order` in JSON, and leave the answer in the file that it names."""
    wanted = json.loads(order)
    _write_file(wanted["answer"], b"")  # from now on, whatever goes wrong is the module's doing, or said
    answer = json.dumps(_answer(wanted)).encode()
    while _open(os.devnull, os.O_RDWR) < 3:
        pass  # the module closed them, and what it still prints must not get into the answer
    _write_file(wanted["answer"], answer)
    # Threads and exit handlers of the module are not waited for.
    _leave(0)


def _write_file(path: str, data: bytes) -> None:
    number = _open(path, WRITING, 0o600)
    while data:
        data = data[_write(number, data) :]
    _close(number)


def _answer(order: Mapping[str, Any]) -> dict[str, Any]:
    name = order["module"]
    try:
        module = _imported(name)
        path = _source_path(name, module, order["folder"])
    except _NotThereError as error:
        return {"refusal": str(error)}
    except BaseException as error:
        return _failed(f"cannot import [{name}]", error)
    try:
        return _texts(name, _outlined(module, path), order)
    except (CannotAsk, SchemaDefinitionError) as error:
        return {"refusal": str(error)}
    except BaseException as error:
        if is_authors(error):
            return _failed(f"cannot ask the schemas of [{name}]", error)
        return {"bug": traceback.format_exc()}


class _NotThereError(CannotAsk):
    """There is no module of that name, or none with a source."""


def _failed(what: str, error: BaseException) -> dict[str, Any]:
    return {"refusal": f"{what}: {reason(error)}", "traceback": authors_traceback(error)}


def _imported(name: str) -> ModuleType:
    """The author's module; afterwards the process is as it was before, as far as that matters here.

    All that we import has been imported by now: the working directory may have an ``attrs.py``.
    """
    if name in sys.modules and not name.startswith("kbn_schema."):
        raise _NotThereError(f"cannot import [{name}]: kbn-schema itself uses another module of that name")
    sys.path.insert(0, os.getcwd())
    sys.argv[:] = ["kbn-schema"]
    # Beside the author's modules, too, nothing is written but what was asked for.
    sys.dont_write_bytecode = True
    process, limit, importer = _process(), sys.getrecursionlimit(), importlib.import_module
    try:
        module: object = importer(name)
    except ModuleNotFoundError as error:
        is_missing = error.name is not None and f"{name}.".startswith(f"{error.name}.")
        if is_missing and not is_authors(error):
            raise _NotThereError(f"cannot import [{name}]: {reason(error)}") from None
        raise
    finally:
        if _process() != process:
            _leave(0)  # the module has forked, and this is not the process that was asked
        sys.setrecursionlimit(limit)
        sys.settrace(None)
        sys.setprofile(None)
        if hasattr(signal, "setitimer"):  # the module may have set an alarm
            signal.setitimer(signal.ITIMER_REAL, 0)
    if not isinstance(module, ModuleType):
        raise _NotThereError(f"[{name}] has put something else in its place: [{type(module).__name__}]")
    return module


def _source_path(name: str, module: ModuleType, folder: str) -> Path:
    spec = module.__spec__
    origin = spec.origin if spec is not None and spec.has_location else None
    if origin is None:
        if getattr(module, "__path__", None) is not None:
            raise _NotThereError(f"[{name}] is a folder without an __init__.py: name a module in it")
        raise _NotThereError(f"[{name}] has no source: it is not in a file")
    path = Path(folder, origin)
    if path.suffix not in (".py", ".pyw") or not path.is_file():
        raise _NotThereError(f"[{name}] has no source: it is in [{origin}]")
    return path


def _outlined(module: ModuleType, path: Path) -> Outline:
    gc.disable()  # nothing of ours is garbage before the process ends
    return outline(module, Source.read(path))


def _texts(name: str, types: Outline, order: Mapping[str, Any]) -> dict[str, Any]:
    if not types.variables and not types.routes:
        raise CannotAsk(f"[{name}] has no schemas and no routes: there is nothing to write")
    before = types.source
    generated = [(str(path), _packed(text.encode())) for path, text in _generated(types, order)]
    if order["annotate"]:
        data = annotated(types)
        types = attrs.evolve(types, source=Source(before.path, data, parsed(data)))
    findings = [] if order["layout"] == "stub" else drift(types)
    return {
        "generated": generated,
        "source": (str(before.path), _packed(before.data), _packed(types.source.data)),
        "findings": [(finding.line, finding.message) for finding in findings],
    }


def _generated(types: Outline, order: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """The texts that are generated, and where they belong."""
    path = types.source.path
    yield types_path(path), types_text(types)
    if order["layout"] == "stub":
        yield stub_path(path), stub_text(types)
    if order["client"] or order["ts"] is not None:
        sent = outline(types.module, types.source, is_json=True)
        if order["client"]:
            yield _client_path(path), client_text(sent)
        if order["ts"] is not None:
            yield Path(order["ts"]), declarations_text(sent, with_client=order["client"])


def _client_path(source: Path) -> Path:
    """The file with the client: ``_schemas_client.py`` beside ``_schemas_types.py``."""
    types = types_path(source)
    return types.with_name(f"{types.name.removesuffix('_types.py')}_client.py")


def _packed(data: bytes) -> str:
    return base64.b64encode(data).decode()
