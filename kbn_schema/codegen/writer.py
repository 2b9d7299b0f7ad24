"""Write functions: the entry, which users call, and one for each node that is met more than once.

Control never leaves the place where a value is judged. The value is kept, replaced or left, and
then comes the next one.
"""

import contextlib
from collections import deque
from collections.abc import Callable, Generator, Mapping
from typing import Any, Final

from kbn_schema.codegen.conditions import negated
from kbn_schema.codegen.place import Place, nothing
from kbn_schema.codegen.runtime import NAMES
from kbn_schema.codegen.source import Source
from kbn_schema.codegen.survey import Node, Survey
from kbn_schema.plan import Plan
from kbn_schema.run import MAX_DEPTH

MAX_INDENT: Final = 12  # the compiler takes 99, a reader less
MAX_UNROLLED: Final = 60  # lines of a recursive function that are worth writing twice
MAX_LOOPS: Final = 2  # loops in each other that are not counted
MAX_LINES: Final = 20_000  # what comes after that is left to `check`
SIGNATURE: Final = "value=MISSING, context=None, namespace=None, *, strip_unknown_keys=False"

Shapes = Mapping[type[Plan], Callable[["Writer", Node, Any, Place], None]]


class Writer:
    """Writes the *source* of one schema.

    *shapes* write one plan each, *settle* takes what is left of a value.
    """

    def __init__(self, survey: Survey, shapes: "Shapes", settle: Any) -> None:
        self._shapes = shapes
        self.source: Source = Source({"__builtins__": NAMES, "__name__": "kbn_schema.compiled"})
        self._survey = survey
        self._settle = settle
        self._names: dict[int, str] = {}
        self._waiting: deque[Node] = deque()
        self._tables: dict[str, dict[str, str]] = {}
        self._depth = ""  # of the value of the function that is written, an expression
        self._level = 0  # containers around the line that is written, within its function
        self._deepest = 0
        self._current: Node | None = None  # the node whose function is written, from its *first* line on
        self._first = 0
        self._unrolled = False
        self._loops = 0
        self._ticks = False  # whether anything is counted, see `ticker`

    def write(self) -> None:
        """Write everything, callers before callees."""
        self._write_entry()
        while self._waiting:
            self._write_function(self._waiting.popleft())
        for name, functions in self._tables.items():
            self._write_table(name, functions)

    # --- functions ---

    def _write_entry(self) -> None:
        out = self.source
        with out.block(f"def validate({SIGNATURE}):"):
            first = len(out.lines)
            out.line("found = None")
            with out.block("try:"):
                place = Place("value", self._return, self._find, lambda: self._return("value"))
                self.body(self._survey.root, place)
            with out.block("except Exception:"):
                out.line("found = None")
            settle = out.bind(self._settle, "settle")
            out.line(f"return {settle}(value, found, context, namespace, strip_unknown_keys)")
            if self._ticks:
                out.insert(first, "tick = ticker()")

    def _write_function(self, node: Node) -> None:
        out = self.source
        self._depth, self._level, self._deepest = "depth", 0, 0
        self._current, self._first, self._loops = node, len(out.lines), 0
        out.line("")
        out.line("")
        with out.block(f"def {self.function(node)}(value, depth, tick):"):
            out.line("tick()")
            first = len(out.lines)

            def leave(known: str) -> None:
                self._return(known or "UNTOUCHED")

            self.body(node, Place("value", self._return, leave, lambda: self._return("value")))
            out.insert(first, f"if depth >= {MAX_DEPTH - self._deepest}:", "    return UNTOUCHED")

    def _write_table(self, name: str, functions: dict[str, str]) -> None:
        out = self.source
        out.line("")
        out.line("")
        with out.block(f"{name} = {{"):
            for text, function in functions.items():
                out.line(f"{out.bind(text, 'KEY')}: {function},")
        out.line("}")

    def _return(self, output: str) -> None:
        self.source.line(f"return {output}")

    def _find(self, known: str) -> None:
        if known:
            self.source.line(f"found = {known}")

    # --- what the shapes use ---

    @contextlib.contextmanager
    def inside(self) -> Generator[None]:
        """Count one container more around what is written."""
        self._deepest = max(self._deepest, self._level)
        self._level += 1
        yield
        self._level -= 1

    @contextlib.contextmanager
    def loop(self, header: str) -> Generator[None]:
        """Write a loop over containers; one that is inside of others is counted."""
        with self.source.block(header):
            if self._loops >= MAX_LOOPS:
                self._ticks = True
                self.source.line("tick()")
            self._loops += 1
            yield
            self._loops -= 1

    def reach(self, levels: int) -> None:
        """Count *levels* of containers inside the line that is written."""
        self._deepest = max(self._deepest, self._level + levels - 1)

    def function(self, node: Node) -> str:
        """Return the name of the function of *node*, which is written some time later."""
        name = self._names.get(id(node))
        if name is None:
            word = "left" if node.plan is None else type(node.plan).__name__.lower()
            name = self._names[id(node)] = self.source.fresh(f"judge_{word}")
            self._waiting.append(node)
        return name

    def table(self, branches: dict[str, Node]) -> str:
        """Return the name of a table of functions by text."""
        name = self.source.fresh("BRANCHES")
        self._tables[name] = {text: self.function(node) for text, node in branches.items()}
        return name

    def called(self, function: str, value: str) -> str:
        """Return the call of a *function* of a node."""
        self._ticks = True
        depth = f"{self._depth} + {self._level}" if self._depth else str(self._level)
        return f"{function}({value}, {depth}, tick)"

    def value(self, node: Node, place: Place) -> None:
        """Write what judges the value at *place*, or a call of it."""
        if node.plan is None or len(self.source.lines) > MAX_LINES:
            place.leave("")
        elif self._may_unroll(node):
            self._unrolled = True
            self.body(node, place)
            self._unrolled = False
        elif node.is_container and (node.met > 1 or self.source.indent > MAX_INDENT):
            self.take(self.called(self.function(node), place.value), "Left", place)
        else:
            self.body(node, place)

    def _may_unroll(self, node: Node) -> bool:
        """Whether *node* is met in its own function, which saves every other call of a recursion."""
        short = len(self.source.lines) - self._first < MAX_UNROLLED
        return node is self._current and not self._unrolled and short

    def body(self, node: Node, place: Place) -> None:
        """Write what judges the value at *place*."""
        if node.plan is None:
            place.leave("")
        else:
            self._shapes[type(node.plan)](self, node, node.plan, place)

    def take(self, call: str, refused: str, place: Place) -> None:
        """Put what *call* returns, or leave it if it is of the class *refused*."""
        new = self.source.fresh("new")
        self.source.line(f"{new} = {call}")
        with self.source.block(f"if type({new}) is {refused}:"):
            place.leave(new)
        with self.source.block("else:"):
            place.put(new)

    def text_keyed(self, place: Place, write: Callable[[str], None]) -> None:
        """Write what *write* does with a copy of a dict whose keys are all text; anything else is left."""
        if place.copy:
            write(place.copy)
            return
        copy = self.source.fresh("out")
        # The parts are judged in the copy, where no other thread can change them meanwhile.
        copied = f"({copy} := {place.value}.copy()).__sizeof__() in TEXT_KEYED"
        with self.source.block(f"if type({place.value}) is dict and {copied}:"):
            write(copy)
        with self.source.block("else:"):
            place.leave("")

    @contextlib.contextmanager
    def unless(self, accepted: str, place: Place) -> Generator[None]:
        """Keep the value if *accepted* holds; what is written inside is for the other case."""
        if place.keep is nothing:
            with self.source.block(f"if {negated(accepted)}:"):
                yield
            return
        with self.source.block(f"if {accepted}:"):
            place.keep()
        with self.source.block("else:"):
            yield

    def conclude(self, node: Node, place: Place, new: str, left: str) -> None:
        """Put the finished container *new*, or leave it with its notes *left*."""
        out = self.source
        schema = out.bind(node.schema, "SCHEMA")
        with out.block(f"if {left} is None:"):
            if node.judges:
                self._judge(node, place, new, schema)
            else:
                place.put(new)
        with out.block("else:"):
            place.leave(f"Left({schema}, {place.value}, {new}, {left})")

    def _judge(self, node: Node, place: Place, new: str, schema: str) -> None:
        out = self.source
        judged = out.fresh("judged")
        out.line(f"{judged} = {out.bind(node.schema.finish, 'FINISH')}({new}, FREE)")
        with out.block(f"if type({judged}) is Failure:"):
            place.leave(f"Left({schema}, {place.value}, {judged})")
        with out.block("else:"):
            place.put(judged)

    def may_judge(self, node: Node) -> bool:
        """Whether somewhere in *node* the author's own check is called."""
        return self._survey.judging and (node.judges or any(inner.judges for inner in node.reachable()))
