"""Turn a schema into a function."""

import linecache
import weakref
import zlib
from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import count
from typing import Any, cast, overload

from kbn_schema.codegen.shapes import SHAPES
from kbn_schema.codegen.survey import Survey
from kbn_schema.codegen.writer import Writer

_numbers = count(1)
import_module("atexit")  # or `weakref.finalize` does it, perhaps while another thread forks


def compile_schema(schema: Any, settle: Callable[..., Any]) -> tuple[Callable[..., Any], "Lines"]:
    """Return the function that validates with *schema*, and the lines of its source.

    The lines stand in `linecache` for tracebacks and debuggers, as long as *schema* lives.

    Args:
        settle: Called with *schema*, the value, what is left of it, and the other arguments of
            `validate`, for a value that is not plainly fine; returns the output or raises.
    """
    writer = Writer(Survey(schema), SHAPES, settle)
    writer.write()
    source = writer.source
    # In brackets, as no file is named. A class of an author may have any name.
    word = schema.combinator if schema.combinator.isidentifier() and schema.combinator.isascii() else "schema"
    filename = f"<kbn_schema {word} {next(_numbers)}>"
    text = source.text
    exec(compile(text, filename, "exec", dont_inherit=True), source.namespace)  # noqa: S102
    lines = Lines(text)
    linecache.cache[filename] = (len(text), None, cast(list[str], lines), filename)
    weakref.finalize(schema, linecache.cache.pop, filename, None).atexit = False
    validate: Callable[..., Any] = source.namespace["validate"]
    return validate, lines


class Lines(Sequence[str]):
    """The lines of a source, packed: few are ever read, and they would take more room than the code."""

    __slots__ = ("_packed",)

    def __init__(self, text: str) -> None:
        self._packed = zlib.compress(text.encode())

    @property
    def text(self) -> str:
        """The source."""
        return zlib.decompress(self._packed).decode()

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        return self.text.splitlines(keepends=True)[index]

    def __len__(self) -> int:
        return self.text.count("\n")
