"""This module is the process that imports the author's module for ``kbn-schema stubs``.

It writes no file but its answer. What the author's code does to the process meanwhile, such as closing files,
changing the directory or leaving threads behind, must not change that.
"""

import contextlib
import gc
import importlib
import importlib.util
import json
import os
import signal
import sys
import traceback
from base64 import b64encode
from collections.abc import Iterator, Mapping
from json import dumps
from pathlib import Path
from types import ModuleType
from typing import Any, Final, NoReturn

import attrs

from kbn_schema.commands.answers import CannotAsk
from kbn_schema.commands.marks import owner, share_files
from kbn_schema.commands.tracebacks import authors_traceback, is_authors, reason
from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.stubs.author.annotate import annotated
from kbn_schema.stubs.author.drift import drift
from kbn_schema.stubs.author.layouts import code_in, stub_path, stub_text
from kbn_schema.stubs.client.classes import client_text
from kbn_schema.stubs.homes import types_path
from kbn_schema.stubs.outline import Outline, outline
from kbn_schema.stubs.python.types import types_text
from kbn_schema.stubs.source import Source, parsed
from kbn_schema.stubs.typescript.declarations import declarations_text

# Out of reach of what the author's module may do to `os`.
_leave, _open, _write, _close, _process = os._exit, os.open, os.write, os.close, os.getpid

WRITING: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)


def main(order: str) -> NoReturn:
    """Do what *order* says, an `Order` in JSON, and leave the answer in the file that it names."""
    wanted, process = json.loads(order), _process()
    _write_file(wanted["answer"], b"")  # from now on, whatever goes wrong is the module's doing, or said
    answer = dumps(_answer(wanted)).encode()
    if _process() != process:
        _leave(0)  # the author's code has forked, and this is not the process that was asked
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
        return _failed(f"cannot import [{name}]", error, _hint(error))
    try:
        _require_one_name(name, module, path)
        return _texts(name, _outlined(module, path), order)
    except (CannotAsk, SchemaDefinitionError) as error:
        return {"refusal": str(error)}
    except BaseException as error:
        if is_authors(error):
            return _failed(f"cannot ask the schemas of [{name}]", error)
        return {"bug": traceback.format_exc()}


class _NotThereError(CannotAsk):
    """There is no module of that name, or none with a source."""


def _failed(what: str, error: BaseException, hint: str = "") -> dict[str, Any]:
    return {"refusal": f"{what}: {reason(error)}{hint}", "traceback": authors_traceback(error)}


def _hint(error: BaseException) -> str:
    """What to do about generated types that are imported before there are any."""
    missing = error.name if isinstance(error, ModuleNotFoundError) else None
    last = (missing or "").rpartition(".")[2]
    if not (last.startswith("_") and last.endswith("_types")):
        return ""
    return "; if these are generated types, import them under `if TYPE_CHECKING:`, for they need not be there"


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
    limit, importer = sys.getrecursionlimit(), importlib.import_module
    tracer, profiler = sys.gettrace(), sys.getprofile()  # a debugger's, or what measures coverage
    # What the module adds to them stays, as the `_` of `gettext`, and nothing that it replaces.
    words = vars(sys.modules["builtins"])
    restore, before = words.update, dict(words)
    try:
        module: object = importer(name)
    except ModuleNotFoundError as error:
        is_missing = error.name is not None and f"{name}.".startswith(f"{error.name}.")
        if is_missing and not is_authors(error):
            raise _NotThereError(f"cannot import [{name}]: {reason(error)}") from None
        raise
    finally:
        restore(before)
        sys.setrecursionlimit(limit)
        sys.settrace(tracer)
        sys.setprofile(profiler)
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


def _require_one_name(name: str, module: ModuleType, path: Path) -> None:
    """Refuse ``src.shop``, where others import ``shop``: what is written would be of two modules."""
    parts = name.split(".")
    for start in range(1, len(parts)):
        if getattr(sys.modules.get(".".join(parts[:start])), "__file__", None) is not None:
            return  # a package, which is one under its whole name
        shorter = ".".join(parts[start:])
        with contextlib.suppress(ImportError, ValueError):
            top = importlib.util.find_spec(parts[start])
            first = sys.modules.get(".".join(parts[: start + 1]))
            if top is not None and top.has_location and top.origin == getattr(first, "__file__", None):
                raise CannotAsk(f"[{name}] can be imported as [{shorter}], too: write [{shorter}]")


def _outlined(module: ModuleType, path: Path) -> Outline:
    gc.disable()  # nothing of ours is garbage before the process ends
    return outline(module, Source.read(path))


def _texts(name: str, types: Outline, order: Mapping[str, Any]) -> dict[str, Any]:
    if not types.variables and not types.routes:
        raise CannotAsk(
            f"[{name}] has no schemas and no routes: there is nothing to write; "
            "routes that a function declares are written with the module that has the router"
        )
    before = types.source
    files = _Files(types, order)
    generated = [(str(path), _packed(text.encode())) for path, text in files.texts()]
    if order["annotate"]:
        data = annotated(types)
        types = attrs.evolve(types, source=Source(before.path, data, parsed(data)))
    findings = [] if files.has_stub else drift(types)
    return {
        "generated": generated,
        "source": (str(before.path), _packed(before.data), _packed(types.source.data)),
        "findings": [(finding.line, finding.message) for finding in findings],
        "untyped": types.untyped,
    }


class _Files:
    """What is generated: what was asked for, and what lies beside the module since it was.

    Else a client would go stale unseen, and a stub would be read by checkers, whatever became of its module.
    """

    def __init__(self, types: Outline, order: Mapping[str, Any]) -> None:
        self._types = types
        self._order = order
        self._path = types.source.path
        self._client = _client_path(self._path)
        self._stub = stub_path(self._path)
        self.has_client = order["client"] or self._is_there(self._client)
        self.has_stub = order["layout"] == "stub" or self._is_there(self._stub)

    def texts(self) -> Iterator[tuple[Path, str]]:
        """The texts, and where they belong.

        Raises:
            CannotAsk: What lies there can no longer be made, or not together with what was asked for.
        """
        if self.has_stub and self._order["layout"] != "stub":
            self._require_stub()
        yield types_path(self._path), types_text(self._types)
        if self.has_stub:
            yield self._stub, stub_text(self._types)
        if self.has_client or self._order["ts"] is not None:
            yield from self._sent()

    def _sent(self) -> Iterator[tuple[Path, str]]:
        """The texts about what clients send."""
        order = self._order
        sent = outline(self._types.module, self._types.source, is_json=True)
        if self.has_client:
            yield self._client, self._client_text(sent)
        if order["ts"] is not None:
            yield Path(order["ts"]), declarations_text(sent, with_client=order["client"])

    def _is_there(self, path: Path) -> bool:
        """Whether a file of this module's is there, and to be kept true."""
        if self._order["stdout"]:
            return False
        try:
            with path.open("rb") as file:
                other = owner(file.readline())
        except OSError:
            return False
        return other is not None and share_files(other, self._types.module.__name__)

    def _require_stub(self) -> None:
        stub = f"[{_shown(self._stub, self._order)}], which --layout stub has made"
        if self._order["annotate"]:
            raise CannotAsk(f"beside {stub}, nothing needs annotations: delete it, or leave out --annotate")
        code = code_in(self._types.source)
        if code is not None:
            raise CannotAsk(f"delete {stub}: type checkers read only that, and {code}")

    def _client_text(self, sent: Outline) -> str:
        try:
            return client_text(sent)
        except SchemaDefinitionError as error:
            if self._order["client"]:
                raise
            made = f"[{_shown(self._client, self._order)}], which --client has made"
            raise CannotAsk(f"cannot write {made}: {error}; delete it if nobody needs it") from None


def _shown(path: Path, order: Mapping[str, Any]) -> str:
    """*path* as users see it; the module may have gone to another directory."""
    folder = order["folder"]
    return (path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix()


def _client_path(source: Path) -> Path:
    """The file with the client: ``_schemas_client.py`` beside ``_schemas_types.py``."""
    types = types_path(source)
    return types.with_name(f"{types.name.removesuffix('_types.py')}_client.py")


def _packed(data: bytes) -> str:
    return b64encode(data).decode()
