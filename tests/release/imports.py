"""What the modules of kbn_schema import of others, and the distributions that an extra brings."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement

import kbn_schema

PACKAGE = Path(str(kbn_schema.__file__)).parent
# Newer versions of Python have it; the adapters look for it by name.
STANDARD = {*sys.stdlib_module_names, "annotationlib"}
DASHES = re.compile(r"[-_.]+")


def files_of(module: str) -> list[Path]:
    """The files of a *module* or package of kbn_schema, and of the modules that are named after it."""
    path = PACKAGE.joinpath(*module.split("."))
    return [*path.parent.glob(f"{path.name}.py"), *path.parent.glob(f"{path.name}_*.py"), *path.rglob("*.py")]


def imported_by(file: Path) -> set[str]:
    """The packages of others that *file* imports when it runs, first parts of names only."""
    names = {name.partition(".")[0] for name in _names(ast.parse(file.read_text(encoding="utf-8")))}
    return names - STANDARD - {"kbn_schema"}


def _names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=orelse):
            yield from (name for statement in orelse for name in _names(statement))
            return
        case ast.Import(names=aliases):
            yield from (alias.name for alias in aliases)
        case ast.ImportFrom(module=str(module), level=0):
            yield module
        case ast.Call(func=ast.Name(id="import_module"), args=[ast.Constant(value=str(name)), *_]):
            yield name
        case _:
            pass
    for child in ast.iter_child_nodes(node):
        yield from _names(child)


def brought_by(extra: str) -> set[str]:
    """The packages that ``kbn-schema[extra]`` installs, as they are named where they are imported."""
    found: set[tuple[str, str]] = set()
    _follow(Requirement(f"kbn-schema[{extra}]"), found)
    names = {name for name, _ in found}
    return {
        package
        for package, owners in packages_distributions().items()
        if names & {normal(owner) for owner in owners}
    }


def _follow(requirement: Requirement, found: set[tuple[str, str]]) -> None:
    """Add to *found* what *requirement* installs: names of distributions, each with an extra or none."""
    for extra in ("", *requirement.extras):
        key = (normal(requirement.name), extra)
        if key in found:
            continue
        found.add(key)
        for line in distribution(requirement.name).requires or ():
            needed = Requirement(line)
            if _applies(needed.marker, extra):
                _follow(needed, found)


def _applies(marker: Marker | None, extra: str) -> bool:
    return marker is None or marker.evaluate({"extra": extra})


def normal(name: str) -> str:
    """A name of a distribution as all its spellings are compared."""
    return DASHES.sub("-", name).lower()
