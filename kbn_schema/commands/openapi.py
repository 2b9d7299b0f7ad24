"""This module answers ``kbn-schema openapi``: it writes the OpenAPI document of a router, or a page of it."""

import contextlib
import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, Final, cast

import attrs

from kbn_schema import openapi
from kbn_schema.commands.answers import FINE, CannotAsk
from kbn_schema.commands.documents import DocumentError, format_of, reader_of
from kbn_schema.commands.files import content, replace_all, shown
from kbn_schema.commands.targets import authors_code, load_target
from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.http.router import Router
from kbn_schema.wording import escape

STDOUT: Final = "-"


@attrs.frozen
class Order:
    """What is asked for: the arguments of the command, by their names."""

    router: str
    output: str | None = None
    openapi: str = "3.1"
    api_version: str | None = None
    access: str = "all"
    base: str | None = None
    html: str | None = None


def run(order: Order) -> int:
    """Write the document, or print it, and the page; return the exit status.

    Raises:
        CannotAsk: There is no such router or version, the base cannot be read, or a file not be written; then
            none is.
    """
    files = _files(order)
    # What these import must not be found in the working directory, where the author's module is.
    encode = _encoder(order)
    base = None if order.base is None else _read(Path(order.base))
    # What the author's module prints is no part of the answer.
    with contextlib.redirect_stdout(sys.stderr):
        document, page = _made(order, base)
    texts = {"output": encode(document), "html": page.encode(errors="backslashreplace")}
    replace_all({path: texts[name] for name, path in files.items()})
    for path in files.values():
        sys.stderr.write(f"{escape(f'wrote {shown(path)}')}\n")
    printed = "html" if order.html == STDOUT else "output"
    if STDOUT in (order.output, order.html) or not files:
        sys.stdout.flush()
        # Not through the encoding of the terminal, nor with other ends of lines.
        sys.stdout.buffer.write(texts[printed])
    return FINE


def _files(order: Order) -> dict[str, Path]:
    """The files that are to be written, by what is to be in them."""
    named = {"output": order.output, "html": order.html}
    if order.output == order.html == STDOUT:
        raise CannotAsk("-o and --html are both [-]: name a file for one of them")
    files = {name: Path.cwd() / file for name, file in named.items() if file not in (None, STDOUT)}
    if len({os.path.realpath(path) for path in files.values()}) < len(files):
        raise CannotAsk(f"-o and --html are the same file [{order.html}]: name two")
    return files


def _made(order: Order, base: Mapping[str, Any] | None) -> tuple[dict[str, Any], str]:
    """The document, and the page where one is asked for."""
    router = load_target(order.router, Router, "router")
    about = _about(order.router.partition(":")[0], base or {})
    asked: Any = {"access": order.access, "api_version": order.api_version}
    dialect: Any = order.openapi
    with authors_code(f"cannot describe [{order.router}]"):
        try:
            made = openapi.document(
                router,
                title=about.get("title"),
                version=about.get("version"),
                base=base,
                openapi=dialect,
                **asked,
            )
            return made, "" if order.html is None else _page(router, made, asked)
        except SchemaDefinitionError as error:
            raise CannotAsk(f"cannot describe [{order.router}]: {error}") from None


def _page(router: Router, document: dict[str, Any], asked: Mapping[str, Any]) -> str:
    from kbn_schema.openapi import page  # noqa: PLC0415 - brings the contract and what compares two

    return page.render(router, document, **asked)


def _about(module: str, base: Mapping[str, Any]) -> dict[str, str]:
    """The title and version where the *base* does not say them: those of the package that is installed."""
    info = base.get("info", {})
    said = cast("Mapping[str, Any]", info) if isinstance(info, Mapping) else {}
    if {"title", "version"} <= said.keys():
        return {}
    package = module.partition(".")[0]
    # One that is not installed, such as a script, has only its name.
    found = _distribution(package) or {"title": package, "version": "0"}
    return {key: text for key, text in found.items() if key not in said}


def _distribution(package: str) -> dict[str, str] | None:
    """The name and the version of what brought *package*; None where that is nothing, or several."""
    try:
        found = metadata.metadata(package)
    except metadata.PackageNotFoundError:
        names = {*metadata.packages_distributions().get(package, ())}
        if len(names) != 1:
            return None
        found = metadata.metadata(names.pop())
    return {"title": found["Name"], "version": found["Version"]}


def _read(path: Path) -> Mapping[str, Any]:
    """The document in the file *path*.

    Raises:
        CannotAsk: There is none.
    """
    format = format_of(path.name)
    if format not in ("json", "yaml"):
        raise CannotAsk(
            f"cannot tell the format of [{shown(path)}]: expected .json, .yaml or .yml at its end"
        )
    read = reader_of(format)
    data = content(Path.cwd() / path)
    if data is None:
        raise CannotAsk(f"cannot read [{shown(path)}]: there is no such file")
    try:
        found = read(data)
    except DocumentError as error:
        raise CannotAsk(f"cannot read [{shown(path)}]: {error}") from None
    if not isinstance(found, Mapping):
        raise CannotAsk(f"cannot read [{shown(path)}]: it holds no mapping, as documents are")
    return cast("Mapping[str, Any]", found)


def _encoder(order: Order) -> Callable[[Mapping[str, Any]], bytes]:
    """What makes bytes of a document: YAML where the file is to be that, else JSON.

    Raises:
        CannotAsk: PyYAML is not installed.
    """
    return _yaml_encoder() if format_of(order.output or "") == "yaml" else _json


def _json(document: Mapping[str, Any]) -> bytes:
    try:
        return f"{json.dumps(document, indent=2, ensure_ascii=False)}\n".encode()
    except UnicodeEncodeError:  # half of a pair, which JSON can only escape
        return f"{json.dumps(document, indent=2)}\n".encode()


def _without_halves(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """*document* with U+FFFD for halves of pairs, which YAML cannot say, not even escaped."""
    text = json.dumps(document, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        made: dict[str, Any] = json.loads(_HALF.sub("\ufffd", text))
        return made
    return document


_HALF: Final = re.compile("[\ud800-\udfff]")


def _yaml_encoder() -> Callable[[Mapping[str, Any]], bytes]:
    try:
        import yaml  # noqa: PLC0415 - an optional dependency, and slow
    except ModuleNotFoundError:
        raise CannotAsk("writing YAML needs PyYAML: pip install 'kbn-schema[yaml]'") from None

    class Dumper(yaml.SafeDumper):
        """A dumper that repeats what stands twice."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    def encode(document: Mapping[str, Any]) -> bytes:
        whole = _without_halves(document)
        text: str = yaml.dump(whole, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100)
        return text.encode()

    return encode
