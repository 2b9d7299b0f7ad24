"""Mutants: one file of the package with one small fault in it."""

import ast
import difflib
import functools
import hashlib
import random
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs
import parso
from cosmic_ray.ast import ast_nodes  # type: ignore[import-untyped]
from cosmic_ray.mutating import MutationVisitor  # type: ignore[import-untyped]

from tests.mutation.operators import OPERATORS, operators_for
from tests.mutation.spared import Span, is_sensible, spared_parts


@attrs.frozen
class Mutant:
    """One fault: the *occurrence* of an operator in a file."""

    file: str  # from the root of the project, such as "kbn_schema/kinds/date.py"
    operator: str
    occurrence: int
    span: Span
    source: str = attrs.field(repr=False)  # the whole file, with the fault

    @property
    def line(self) -> int:
        return self.span[0][0]

    @property
    def room(self) -> str:
        return Path(self.file).parts[1]

    @property
    def module(self) -> str:
        return module_of(self.file)

    @property
    def name(self) -> str:
        """Text that is another for each mutant of each version of a file."""
        digest = hashlib.sha256(self.source.encode()).hexdigest()[:12]
        return f"{self.file}:{self.line} {self.operator} {digest}"

    def changes(self, root: Path) -> list[str]:
        """Return the lines of the difference, without context: ``- was`` and ``+ is``."""
        was = (root / self.file).read_text("utf-8").splitlines()
        lines = difflib.unified_diff(was, self.source.splitlines(), n=0, lineterm="")
        return [
            f"{line[0]} {line[1:].strip()}" for line in lines if not line.startswith(("---", "+++", "@@"))
        ]


def module_of(file: str) -> str:
    """Return the name under which *file* is imported."""
    return file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def draw_mutants(root: Path, rooms: Iterable[str], seed: str) -> Iterator[Mutant]:
    """Yield random mutants of the files in *rooms*, each place in a file once before any of them again.

    First the place is drawn, then what is done there: `<` alone has seven mutants and `if` has one,
    and most of the seven are no sense that every test notices.
    """
    places: dict[tuple[str, Span], list[tuple[str, int]]] = {}
    for file in sorted(str(path.relative_to(root)) for room in rooms for path in (root / room).rglob("*.py")):
        for span, operator, occurrence in possible((root / file).read_text("utf-8")):
            places.setdefault((file, span), []).append((operator, occurrence))
    chance = random.Random(seed)
    left = [(place, chance.sample(ways, len(ways))) for place, ways in places.items()]
    while left:
        chance.shuffle(left)
        for (file, span), ways in left:
            operator, occurrence = ways.pop()
            source = (root / file).read_text("utf-8")
            mutated = mutate(source, operator, occurrence)
            if is_other_program(source, mutated):
                yield Mutant(file, operator, occurrence, span, mutated)
        left = [(place, ways) for place, ways in left if ways]


@functools.cache
def possible(source: str) -> tuple[tuple[Span, str, int], ...]:
    """Return where *source* can be mutated, by which operator, at which of its occurrences."""
    spared = spared_parts(source)
    lines = source.splitlines()
    found: list[tuple[Span, str, int]] = []
    seen = dict.fromkeys(OPERATORS, 0)
    tree = parso.parse(source)  # type: ignore[no-untyped-call]
    for node in ast_nodes(tree):
        for name, operator in operators_for(node).items():
            for span in operator.mutation_positions(node):
                row, column = span[1]
                follows = lines[row - 1][column:] if row <= len(lines) else ""
                is_spared = any(begin <= span[0] and span[1] <= end for begin, end in spared)
                if not is_spared and is_sensible(name, follows):
                    found.append((span, name, seen[name]))
                seen[name] += 1
    return tuple(found)


def mutate(source: str, operator: str, occurrence: int) -> str:
    """Return *source* with one fault."""
    mutated = MutationVisitor.mutate_code(source, OPERATORS[operator], occurrence)
    assert isinstance(mutated, str)
    return mutated


def is_other_program(source: str, mutated: str) -> bool:
    """Whether *mutated* is Python at all, and not the same as *source* but for its layout."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            compile(mutated, "mutant", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return _shape(source) != ast.dump(ast.parse(mutated))


@functools.cache
def _shape(source: str) -> str:
    return ast.dump(ast.parse(source))
