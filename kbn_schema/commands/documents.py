"""This module reads the documents in a file: JSON, NDJSON, YAML or TOML."""

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import Any, BinaryIO, Final

from kbn_schema.commands.answers import CannotAsk
from kbn_schema.json_text import JsonTextError, read_json

MAX_LINE_BYTES: Final = 10 * 1024 * 1024
CHUNK: Final = 65_536
# Editors put it in front; here as in RFC 8259, section 8.1, it may be ignored.
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"

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


def reader_of(format: str) -> Callable[[bytes], object]:
    """The function that reads the one document in some bytes; *format* is ``json``, ``yaml`` or ``toml``.

    It raises `DocumentError` where they are malformed, have a key twice, or are nested too deeply.

    Raises:
        CannotAsk: PyYAML is not installed.
    """
    plain: dict[str, Callable[[bytes], object]] = {"json": read_json, "toml": _toml}
    read = _yaml_reader() if format == "yaml" else plain[format]

    def reader(data: bytes) -> object:
        try:
            return read(data.removeprefix(BYTE_ORDER_MARK))
        except JsonTextError as error:
            raise DocumentError(str(error), error.line) from None
        except UnicodeDecodeError:
            raise DocumentError("the text is not valid UTF-8") from None
        except RecursionError:
            raise DocumentError("the text is nested too deeply") from None

    return reader


def read_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes, int]]:
    """The lines of an NDJSON file that are not blank: number from 1, content, and bytes read so far.

    Never holds more than one line; what a line has beyond 10 MiB is dropped but for one byte, so that
    `read_line` can tell.
    """
    number = done = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        done += len(line)
        if number == 1:
            line = line.removeprefix(BYTE_ORDER_MARK)
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


def _toml(data: bytes) -> object:
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
    except UnicodeDecodeError:
        raise
    except ValueError:  # the interpreter's own limit, of 4,300 digits unless it is set
        raise DocumentError("the TOML text has an integer of too many digits") from None


def _yaml_reader() -> Callable[[bytes], object]:
    try:
        import yaml  # noqa: PLC0415 - an optional dependency, and slow
    except ModuleNotFoundError:
        raise CannotAsk("reading YAML needs PyYAML: pip install 'kbn-schema[yaml]'") from None

    safe: Any = yaml.SafeLoader  # its methods have no types

    class Loader(yaml.SafeLoader):
        """A safe loader that refuses what would silently lose a value."""

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            own = [key for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
            mapping = safe.construct_mapping(self, node, deep)
            # As they come out: `1` and `0x1` are one key.
            if len({self.construct_object(key, deep=True) for key in own}) != len(own):
                line = node.start_mark.line + 1
                message = f"the YAML text has a mapping with a duplicate key at line [{line}]"
                raise DocumentError(message, line)
            return mapping

    def read(data: bytes) -> object:
        text = data.decode()
        try:
            return yaml.load(text, Loader)  # noqa: S506 - a SafeLoader
        except yaml.MarkedYAMLError as error:
            what = (
                "holds more than one document"
                if "single document" in (error.context or "")
                else "is malformed"
            )
            mark: Any = error.problem_mark  # a safe loader always says where
            message = f"the YAML text {what} at line [{mark.line + 1}], column [{mark.column + 1}]"
            raise DocumentError(message, mark.line + 1) from None
        except DocumentError:
            raise
        except (yaml.YAMLError, ValueError, TypeError):  # the last two from values such as 2026-13-45
            raise DocumentError("the YAML text is malformed") from None

    return read
