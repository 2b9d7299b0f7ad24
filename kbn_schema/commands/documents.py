"""This module reads the documents in a file: JSON, NDJSON, YAML or TOML."""

import re
from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import Any, BinaryIO, Final

from kbn_schema.commands.answers import CannotAsk
from kbn_schema.json_text import JsonTextError, read_json

MAX_LINE_BYTES: Final = 10 * 1024 * 1024
CHUNK: Final = 65_536

SUFFIXES: Final = {
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".toml": "toml",
}


class DocumentError(ValueError):
    """A document cannot be read as its format; *line* counts from 1 where it is known."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def format_of(name: str) -> str | None:
    """The format that the suffix of *name* stands for; None where it stands for none."""
    return SUFFIXES.get(PurePath(name).suffix.lower())


def read_document(data: bytes, format: str) -> object:
    """The one document in *data*; *format* is ``json``, ``yaml`` or ``toml``.

    Raises:
        DocumentError: *data* is malformed, has a key twice, or is nested too deeply.
        CannotAsk: PyYAML is not installed.
    """
    readers: dict[str, Callable[[bytes], object]] = {"json": _json, "yaml": _yaml, "toml": _toml}
    try:
        return readers[format](data)
    except JsonTextError as error:
        raise DocumentError(str(error), error.line) from None
    except UnicodeDecodeError:
        raise DocumentError("the text is not valid UTF-8") from None
    except RecursionError:
        raise DocumentError("the text is nested too deeply") from None


def read_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes, int]]:
    """The lines of an NDJSON file that are not blank: number from 1, content, and bytes read so far.

    Never holds more than one line; what a line has beyond 10 MiB is dropped but for one byte, so that
    `read_line` can tell.
    """
    number = done = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        done += len(line)
        tail = line
        while not tail.endswith(b"\n") and (tail := stream.readline(CHUNK)):
            done += len(tail)
        if line.strip():
            yield number, line, done


def read_line(line: bytes) -> object:
    """The document in one line of NDJSON.

    Raises:
        DocumentError: The line is malformed, or longer than 10 MiB.
    """
    if len(line) > MAX_LINE_BYTES:
        raise DocumentError(f"the line is longer than [{MAX_LINE_BYTES}] bytes")
    try:
        return read_json(line)
    except JsonTextError as error:
        # The line within a line is always the first.
        raise DocumentError(str(error).replace("at line [1], column", "at column")) from None


_json = read_json


def _toml(data: bytes) -> object:
    import tomllib  # noqa: PLC0415 - only where a TOML file is read

    try:
        return tomllib.loads(data.decode())
    except tomllib.TOMLDecodeError as error:
        # The text of the error may quote the document, but for its end.
        match = re.search(r"at line (\d+), column (\d+)\)$", str(error))
        if match is None:
            raise DocumentError("the TOML text is malformed") from None
        line, column = match.groups()
        message = f"the TOML text is malformed at line [{line}], column [{column}]"
        raise DocumentError(message, int(line)) from None


def _yaml(data: bytes) -> object:
    try:
        import yaml  # noqa: PLC0415 - an optional dependency, and slow
    except ModuleNotFoundError:
        raise CannotAsk("reading YAML needs PyYAML: pip install 'kbn-schema[yaml]'") from None

    safe: Any = yaml.SafeLoader  # its methods have no types

    class Loader(yaml.SafeLoader):
        """A safe loader that refuses what would silently lose a value."""

    def construct_mapping(loader: Any, node: Any) -> Iterator[dict[Any, Any]]:
        names = [(key.tag, key.value) for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(names) != len(set(names)):
            line = node.start_mark.line + 1
            raise DocumentError(f"the YAML text has a mapping with a duplicate key at line [{line}]", line)
        mapping: Iterator[dict[Any, Any]] = safe.construct_yaml_map(loader, node)
        return mapping

    Loader.add_constructor("tag:yaml.org,2002:map", construct_mapping)
    text = data.decode()
    try:
        return yaml.load(text, Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        if mark is None:
            raise DocumentError("the YAML text is malformed") from None
        message = f"the YAML text is malformed at line [{mark.line + 1}], column [{mark.column + 1}]"
        raise DocumentError(message, mark.line + 1) from None
    except DocumentError:
        raise
    except (yaml.YAMLError, ValueError, TypeError):  # the last two from values such as 2026-13-45
        raise DocumentError("the YAML text is malformed") from None
