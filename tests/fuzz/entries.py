"""Findings as files: the Python that builds a case, which people read, and `read_entry` as well.

An entry says which property did not hold, where it was found, and what is built, in calls of the vocabulary
of `calls`; see `tests/fuzz/corpus`.
"""

import ast
import re
from pathlib import Path
from typing import Any

import attrs

from kbn_schema import MISSING
from tests.fuzz.calls import Call, Later, Speller
from tests.fuzz.run import Finding
from tests.fuzz.subject import Subject

CORPUS = Path(__file__).parent / "corpus"
HEAD = re.compile(r"# (?P<name>[\w-]+): (?P<about>.*)")


def free_path(about: str, folder: Path) -> Path:
    """Return where in *folder* an entry can be written that is *about* something."""
    words = re.sub(r"[^a-z0-9]+", "-", about.lower()).strip("-")[:60]
    paths = (folder / f"{words}{end}.txt" for end in ["", *(f"-{number}" for number in range(2, 1000))])
    return next(path for path in paths if not path.exists())


def spelled(finding: Finding, origin: str) -> str:
    """Return the text of an entry; *origin* says how it was found."""
    subject, given = finding.subject, finding.given
    about = finding.about.removeprefix(f"{finding.prop.name}: ")
    speller = Speller(*([subject.part] if given is None else [subject.part, given.part, given.context_part]))
    built = [("judged", subject.part)]
    if given is not None:
        built += [("value", given.part), ("context", given.context_part)]
    lines = [f"{name} = {speller.spell(part)}" for name, part in built]
    return "\n".join([f"# {finding.prop.name}: {about}", f"# {origin}", *speller.lines, *lines, ""])


@attrs.frozen
class Entry:
    """What a file says: the *subject*, and the *name* of the property that has to hold of it."""

    name: str
    about: str
    subject: Subject


def read_entry(path: Path) -> Entry:
    """Return the entry in the file at *path*."""
    text = path.read_text(encoding="utf-8")
    head = HEAD.match(text)
    if head is None:
        raise ValueError(f"{path.name} has to begin with '# <property>: <what is wrong>'")
    reader = Reader(text)
    subject = Subject(reader.part("judged"))
    if "value" in reader.assigned:
        subject.add(reader.part("value"), reader.part("context") if "context" in reader.assigned else None)
    return Entry(head["name"], head["about"], subject)


class Reader:
    """Turns assignments into parts; each name is one part, wherever it is used."""

    def __init__(self, text: str) -> None:
        self.assigned: dict[str, ast.expr] = {}
        for statement in ast.parse(text).body:
            if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
                raise ValueError(f"line {statement.lineno}: an entry has assignments only")
            self.assigned[statement.targets[0].id] = statement.value
        self._parts: dict[str, Any] = {}
        self._waiting: list[tuple[Later, ast.expr]] = []

    def part(self, name: str) -> Any:
        """Return the part with this *name*."""
        found = self._named(name)
        while self._waiting:  # only now, since a function may return what lies around it
            later, body = self._waiting.pop()
            later.call = self._read(body)
        return found

    def _named(self, name: str) -> Any:
        if name not in self._parts:
            self._parts[name] = self._read(self.assigned[name])
        return self._parts[name]

    def _read(self, node: ast.expr) -> Any:
        match node:
            case ast.Call():
                options = {str(option.arg): self._read(option.value) for option in node.keywords}
                args = [self._read(arg) for arg in node.args]
                if ast.unparse(node.func) == "float":
                    return float(args[0])
                return Call(ast.unparse(node.func), args, options)
            case ast.Dict():
                keys = [self._read(key) for key in node.keys if key is not None]
                return dict(zip(keys, map(self._read, node.values), strict=True))
            case ast.List():
                return [self._read(item) for item in node.elts]
            case ast.Tuple(elts=[]):
                return ()
            case ast.Lambda():
                later = Later(None)
                self._waiting.append((later, node.body))
                return later
            case ast.UnaryOp(op=ast.USub()):
                return -self._read(node.operand)
            case ast.Constant():
                return node.value
            case ast.Name(id="MISSING"):
                return MISSING
            case ast.Name() if node.id in self.assigned:
                return self._named(node.id)
            case ast.Name() | ast.Attribute():
                return Call(ast.unparse(node), None)
        raise ValueError(f"line {node.lineno}: what is {ast.unparse(node)}?")
