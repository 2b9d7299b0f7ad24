"""This module tells what CI says to a change that breaks clients: it compares two contracts of the demo."""

import importlib
import sys
from pathlib import Path
from typing import Final

from kbn_schema import contract, diff
from kbn_schema.commands.allowances import Judged
from kbn_schema.commands.answers import FINE, NO
from kbn_schema.commands.diff import today
from kbn_schema.commands.diff_formats import text
from kbn_schema.contract import Contract
from kbn_schema.demo.folder import TemporaryFolder
from kbn_schema.demo.screen import INDENT, Screen
from kbn_schema.demo.story.edits import SMALLER_PAGES, Edit
from kbn_schema.demo.story.source import FOLDER

PACKAGE: Final = "kbn_schema.demo"
COPY: Final = "kbn_schema_demo_copy"
EXPECTED: Final = {"bound-tightened": "ERR", "default-changed": "WARN", "bound-loosened": "INFO"}


def tell(screen: Screen) -> bool:
    """Show the change and what is said of it, and tell whether that was expected."""
    screen.text(
        "`kbn-schema snapshot` writes the contract of all routes, to commit beside the code."
        f" In a copy of {SMALLER_PAGES.file}, somebody makes pages smaller, and lets searches be longer:"
    )
    screen.changes(SMALLER_PAGES.changed)
    found = diff.compare(contract_of(PACKAGE), contract_after(SMALLER_PAGES), today=today())
    judged = [Judged(change) for change in found]
    status = NO if any(one.is_breaking for one in judged) else FINE
    screen.text(f"`kbn-schema diff` compares the two contracts, and exits with {status}:")
    _show(screen, judged)
    is_expected = {change.rule: change.level for change in found} == EXPECTED
    if not is_expected:
        screen.failure(f"expected {', '.join(EXPECTED)}")
    return is_expected


def contract_of(package: str) -> Contract:
    """The contract of the demo that is in *package*."""
    return contract.of(importlib.import_module(f"{package}.application").router)


def contract_after(edit: Edit) -> Contract:
    """The contract of the demo with *edit*: of a copy of it, in a folder of its own."""
    with TemporaryFolder() as folder:
        _copy(Path(folder, COPY), edit)
        sys.path.insert(0, folder)
        try:
            return contract_of(COPY)
        finally:
            sys.path.remove(folder)
            for name in [name for name in sys.modules if name.partition(".")[0] == COPY]:
                del sys.modules[name]


def _copy(folder: Path, edit: Edit) -> None:
    """Write the application to *folder*, as a package of another name; what its page needs is left out."""
    (folder / "assets").mkdir(parents=True)
    for path in FOLDER.glob("*.py"):
        source = edit.text if path.name == edit.file else path.read_text(encoding="utf-8")
        (folder / path.name).write_text(source.replace(PACKAGE, COPY), encoding="utf-8")


def _show(screen: Screen, judged: list[Judged]) -> None:
    """Write what `kbn-schema diff` prints, with its colours where a line need not be wrapped."""
    lines = zip(text(judged).splitlines(), text(judged, coloured=screen.coloured).splitlines(), strict=True)
    for plain, shown in lines:
        if len(plain) <= screen.room:
            screen.line(f"{INDENT}{shown}" if shown else "")
        else:
            screen.lines([plain])
    screen.gap()
