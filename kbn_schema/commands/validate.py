"""This module answers ``kbn-schema validate``: are the documents in files what a schema asks for?"""

import contextlib
import os
import sys
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Any, BinaryIO, TextIO

from kbn_schema import Schema, SchemaDefinitionError, ValidationError
from kbn_schema.commands.answers import FINE, NO, CannotAsk
from kbn_schema.commands.documents import DocumentError, format_of, read_line, read_lines, reader_of
from kbn_schema.commands.issues import show_issue
from kbn_schema.commands.targets import authors_code, load_target
from kbn_schema.progress import Progress
from kbn_schema.wording import escape

# Reads the one document in a file; None where each line is one.
Reader = Callable[[bytes], object] | None


class _Unreadable(CannotAsk):
    """One file cannot be read, which says nothing of others."""


class _Unwritten(OSError):
    """The answer cannot be written, which says nothing of a file that is read meanwhile."""


def run(target: str, files: Sequence[str], format: str | None, strip_unknown_keys: bool) -> int:
    """Print every issue in *files* and how many documents are valid; return the exit status.

    Args:
        target: ``MODULE:SCHEMA``.
        files: Paths, and once ``-`` for standard input.
        format: ``json``, ``ndjson``, ``yaml`` or ``toml``; by default what the suffix of each says.
        strip_unknown_keys: Drop unknown keys rather than refuse them.

    Raises:
        CannotAsk: There is no such schema; or a file cannot be read, after the others were looked at.
    """
    if files.count("-") > 1:
        raise CannotAsk("standard input can be read only once: [-] is given more than once")
    # What they import must not be found in the working directory, where the author's module is.
    readers, refusals = _readers(files, format)
    if not readers:
        raise CannotAsk(*refusals)
    answer = sys.stdout
    reports: list[_Report] = []
    # What the author's module prints, while it is imported or validates, is no part of the answer.
    with contextlib.redirect_stdout(sys.stderr):
        schema: Schema[Any] = load_target(target, Schema, "schema")
        for file, reader in readers:
            report = _Report(schema, strip_unknown_keys, "<stdin>" if file == "-" else file, answer)
            try:
                _validate(report, file, reader)
            except _Unreadable as error:
                refusals += error.args
            else:
                reports.append(report)
    valid, total = sum(report.valid for report in reports), sum(report.total for report in reports)
    if reports:
        print(f"{valid} of {total} valid", file=answer)
    if refusals:
        raise CannotAsk(*refusals)
    return FINE if valid == total else NO


def _readers(files: Iterable[str], format: str | None) -> tuple[list[tuple[str, Reader]], list[str]]:
    """What reads each of *files*, and why some cannot be read."""
    readers: list[tuple[str, Reader]] = []
    refusals: list[str] = []
    for file in files:
        try:
            readers.append((file, _reader(file, format)))
        except CannotAsk as error:
            refusals += error.args
    return readers, refusals


def _reader(file: str, format: str | None) -> Reader:
    format = format or ("json" if file == "-" else format_of(file))
    if format is None:
        raise CannotAsk(f"cannot tell the format of [{file}] by its suffix: pass --format")
    return None if format == "ndjson" else reader_of(format)


def _validate(report: "_Report", file: str, reader: Reader) -> None:
    with _opened(file) as stream:
        if reader is None:
            _validate_lines(report, stream)
        else:
            _validate_whole(report, stream, reader)


@contextlib.contextmanager
def _opened(file: str) -> Generator[BinaryIO, None, None]:
    try:
        if file == "-" and sys.stdin is None:
            raise _Unreadable("standard input is closed")
        if file == "-":
            yield sys.stdin.buffer
        else:
            with open(file, "rb") as stream:
                yield stream
    except (BrokenPipeError, _Unwritten):
        raise
    except OSError as error:
        raise _Unreadable(f"cannot read [{file}]: {error.strerror}") from error


class _Report:
    """Validates documents, prints what is wrong with them, and counts."""

    def __init__(self, schema: Schema[Any], strip_unknown_keys: bool, name: str, answer: TextIO) -> None:
        self._schema = schema
        self._strip_unknown_keys = strip_unknown_keys
        self._answer = answer
        self.name = escape(name)  # it could forge a line of the answer
        self.valid = self.total = 0

    def problems_of(self, document: object) -> list[str]:
        """Every issue of *document*, in words; none where it is valid.

        Raises:
            CannotAsk: The schema refers to what does not exist, or its own code ends the program.
        """
        with authors_code("the schema's own code ended the program"):
            try:
                self._schema.validate(document, strip_unknown_keys=self._strip_unknown_keys)
            except ValidationError as error:
                return [show_issue(issue) for issue in error.issues]
            except SchemaDefinitionError as error:  # of a `lazy`, which is resolved at its first use
                raise CannotAsk(f"the schema is not complete: {error}") from None
        return []

    def add(self, problems: Sequence[str], line: int | None = None) -> None:
        """Count a document, which stands in *line*, and print its *problems*."""
        self.total += 1
        self.valid += not problems
        place = self.name if line is None else f"{self.name}:{line}"
        try:
            for problem in problems:
                print(f"{place}: {problem}", file=self._answer)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise _Unwritten(*error.args) from None


def _validate_whole(report: _Report, stream: BinaryIO, reader: Callable[[bytes], object]) -> None:
    with Progress(_size(stream)) as progress:
        try:
            progress.say("reading")
            document = reader(stream.read())
        except DocumentError as error:
            place = report.name if error.line is None else f"{report.name}:{error.line}"
            raise _Unreadable(f"{place}: {error}") from None
        progress.say("checking")
        problems = report.problems_of(document)
    report.add(problems)


def _validate_lines(report: _Report, stream: BinaryIO) -> None:
    with Progress(_size(stream)) as progress:
        for number, line, done in read_lines(stream):
            try:
                problems = report.problems_of(read_line(line))
            except DocumentError as error:
                problems = [str(error)]
            if problems:
                progress.clear()
            report.add(problems, number)
            progress.update(done)


def _size(stream: BinaryIO) -> int:
    """Bytes in a file; 0 for a pipe, whose end nobody knows."""
    try:
        return os.fstat(stream.fileno()).st_size
    except OSError:
        return 0
