"""This module answers ``kbn-schema validate``: are the documents in a file what a schema asks for?"""

import contextlib
import os
import sys
from collections.abc import Callable, Generator, Sequence
from typing import Any, BinaryIO, TextIO

from kbn_schema import Issue, Schema, SchemaDefinitionError, ValidationError
from kbn_schema.commands.answers import FINE, NO, CannotAsk
from kbn_schema.commands.documents import DocumentError, format_of, read_line, read_lines, reader_of
from kbn_schema.commands.targets import authors_code, load_target
from kbn_schema.problems import locate
from kbn_schema.progress import Progress
from kbn_schema.wording import escape


def run(target: str, file: str, format: str | None, strip_unknown_keys: bool) -> int:
    """Print every issue in *file* and how many documents are valid; return the exit status.

    Args:
        target: ``MODULE:SCHEMA``.
        file: A path, or ``-`` for standard input.
        format: ``json``, ``ndjson``, ``yaml`` or ``toml``; by default what the suffix says.
        strip_unknown_keys: Drop unknown keys rather than refuse them.

    Raises:
        CannotAsk: There is no such schema, or the file cannot be read.
    """
    format = format or ("json" if file == "-" else format_of(file))
    if format is None:
        raise CannotAsk(f"cannot tell the format of [{file}] by its suffix: pass --format")
    # What it imports must not be found in the working directory, where the author's module is.
    reader = None if format == "ndjson" else reader_of(format)
    answer = sys.stdout
    # What the author's module prints, while it is imported or validates, is no part of the answer.
    with contextlib.redirect_stdout(sys.stderr):
        schema: Schema[Any] = load_target(target, Schema, "schema")
        report = _Report(schema, strip_unknown_keys, "<stdin>" if file == "-" else file, answer)
        with _opened(file) as stream:
            if reader is None:
                _validate_lines(report, stream)
            else:
                _validate_whole(report, stream, reader)
    print(f"{report.valid} of {report.total} valid", file=answer)
    return FINE if report.valid == report.total else NO


@contextlib.contextmanager
def _opened(file: str) -> Generator[BinaryIO, None, None]:
    try:
        if file == "-" and sys.stdin is None:
            raise CannotAsk("standard input is closed")
        if file == "-":
            yield sys.stdin.buffer
        else:
            with open(file, "rb") as stream:
                yield stream
    except BrokenPipeError:
        raise
    except OSError as error:
        raise CannotAsk(f"cannot read [{file}]: {error.strerror}") from error


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
                return [_show_issue(issue) for issue in error.issues]
            except SchemaDefinitionError as error:  # of a `lazy`, which is resolved at its first use
                raise CannotAsk(f"the schema is not complete: {error}") from None
        return []

    def add(self, problems: Sequence[str], line: int | None = None) -> None:
        """Count a document, which stands in *line*, and print its *problems*."""
        self.total += 1
        self.valid += not problems
        place = self.name if line is None else f"{self.name}:{line}"
        for problem in problems:
            print(f"{place}: {problem}", file=self._answer)


def _show_issue(issue: Issue) -> str:
    near = issue.params.get("did_you_mean")
    hint = f"; did you mean [{near}]?" if near else ""
    return f"{locate(issue.path, None)}{issue.message}{hint}"


def _validate_whole(report: _Report, stream: BinaryIO, reader: Callable[[bytes], object]) -> None:
    with Progress(_size(stream)) as progress:
        try:
            progress.say("reading")
            document = reader(stream.read())
        except DocumentError as error:
            place = report.name if error.line is None else f"{report.name}:{error.line}"
            raise CannotAsk(f"{place}: {error}") from None
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
