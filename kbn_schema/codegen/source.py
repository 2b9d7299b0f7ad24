"""Write Python source, and bind the values it speaks of.

Nothing here knows what a schema or a plan is. No text of an author or of data becomes source: a
value is written down only if it is an exact small `int`, `bool` or None, and else it is bound to a
name of ours.
"""

import contextlib
from collections.abc import Generator
from typing import Any, Final

INDENT: Final = "    "
MAX_NAMES: Final = 6  # in one line
MAX_BITS: Final = 32  # of an integer that is written down; longer ones are bound


class Source:
    """Lines of Python with their indentation, and the *namespace* in which they will run."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.lines: list[str] = []
        self.indent: int = 0
        self.namespace = namespace
        self._counts: dict[str, int] = {}
        self._names: dict[tuple[type, Any], str] = {}

    @property
    def text(self) -> str:
        """All lines, each with its end."""
        return "".join(f"{line}\n" for line in self.lines)

    def line(self, text: str) -> None:
        """Add a line at the current indentation."""
        self.lines.append(INDENT * self.indent + text if text else "")

    @contextlib.contextmanager
    def block(self, header: str) -> Generator[None]:
        """Add the *header* of a block, then what is added inside, further in.

        If that is nothing, it becomes ``pass``, and an ``else:`` is taken back.
        """
        self.line(header)
        self.indent += 1
        empty = len(self.lines)
        yield
        if len(self.lines) > empty:
            self.indent -= 1
        elif header == "else:":
            self.indent -= 1
            self.lines.pop()
        else:
            self.line("pass")
            self.indent -= 1

    def assign(self, names: list[str], value: str) -> None:
        """Add an assignment to several *names*, on lines of their own where they are many."""
        if len(names) <= MAX_NAMES:
            self.line(f"{', '.join(names)} = {value}")
            return
        self.line("(")
        for start in range(0, len(names), MAX_NAMES):
            self.line(f"{INDENT}{', '.join(names[start : start + MAX_NAMES])},")
        self.line(f") = {value}")

    def generator(self, name: str, item: str, loop: str, condition: str) -> None:
        """Add the assignment of a generator expression."""
        self.line(f"{name} = (")
        for text in (item, f"for {loop}", f"if {condition}"):
            self.line(INDENT + text)
        self.line(")")

    def insert(self, at: int, *texts: str) -> None:
        """Add lines at the current indentation in front of the line with index *at*."""
        self.lines[at:at] = [INDENT * self.indent + text for text in texts]

    def fresh(self, prefix: str) -> str:
        """Return a name that was not given out before: ``prefix_1``, ``prefix_2``."""
        self._counts[prefix] = count = self._counts.get(prefix, 0) + 1
        return f"{prefix}_{count}"

    def bind(self, value: Any, prefix: str) -> str:
        """Return the name under which the source finds *value*; equal texts and numbers share one."""
        # The type is in the key, for 1 and 1.0 are equal, and so are 0.0 and -0.0; objects count by identity.
        exact = type(value) if type(value) in (str, int, float) else object
        key = (exact, repr(value) if exact is float else value if exact is not object else id(value))
        name = self._names.get(key)
        if name is None:
            name = self._names[key] = self.fresh(prefix)
            self.namespace[name] = value
        return name

    def constant(self, value: Any, prefix: str) -> str:
        """Return an expression for *value*: itself if it is a small integer, a bool or None, else a name."""
        if value is None or type(value) is bool or (type(value) is int and value.bit_length() <= MAX_BITS):
            return repr(value)
        return self.bind(value, prefix)
