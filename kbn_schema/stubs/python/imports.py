"""This module imports what a generated module of Python speaks of, without a clash of names."""

from collections.abc import Iterable
from typing import Final

# Packages that are imported when the module runs. Others are for checkers, so that no code of authors runs.
RUN: Final = frozenset(
    {"collections", "datetime", "enum", "kbn_schema", "types", "typing", "typing_extensions", "uuid"}
)
# It is an author's.
DEMO: Final = "kbn_schema.demo"
# What annotations say without an import; an author's class may be called so, too.
BUILTINS: Final = frozenset(
    {"bool", "bytes", "dict", "float", "int", "list", "object", "property", "str", "super", "type"}
)


class Imports:
    """The imports of one module, which binds the names *taken* itself."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._bound = {*taken, *BUILTINS, "annotations", "typing", "TYPE_CHECKING"}
        self._spelled: dict[tuple[str, str], str] = {}
        self._names: dict[str, set[str]] = {}
        self._modules: dict[str, str] = {}
        self._packages = {"typing"}

    def name(self, module: str, name: str) -> str:
        """Return how what *module* calls *name* is written: ``Any``, or ``typing.Any`` if that is taken."""
        spelled = self._spelled.get((module, name))
        if spelled is None:
            spelled = self._spelled[module, name] = self._spell(module, name)
        return spelled

    def hand_on(self, module: str, name: str) -> None:
        """Import *name*, which is one of those that were taken, so that others may import it from here."""
        self._take(module, f"{name} as {name}")

    def text(self) -> str:
        """Return the statements, sorted; those for checkers come last."""
        late = [line for module in self._used() if is_late(module) for line in self._lines(module)]
        if late:
            self._take("typing", "TYPE_CHECKING")
        now = [line for module in self._used() if not is_late(module) for line in self._lines(module)]
        if any(name.startswith("_") for _, name in self._spelled):
            now.append("\n# pyright: reportPrivateUsage=false")
        block = ["", "if TYPE_CHECKING:", *(f"    {line}" for line in late)]
        return "\n".join([*now, *(block if late else [])])

    def _take(self, module: str, name: str) -> None:
        self._names.setdefault(module, set()).add(name)

    def _used(self) -> list[str]:
        return sorted({*self._names, *self._modules})

    def _lines(self, module: str) -> list[str]:
        lines: list[str] = []
        alias = self._modules.get(module)
        if alias is not None:
            lines.append(f"import {module}" if alias == module else f"import {module} as {alias}")
        if module in self._names:
            lines.append(f"from {module} import {', '.join(sorted(self._names[module]))}")
        return lines

    def _spell(self, module: str, name: str) -> str:
        if name in self._bound:
            return f"{self._module(module)}.{name}"
        self._bound.add(name)
        self._take(module, name)
        return name

    def _module(self, module: str) -> str:
        """How *module* itself is written, and imported."""
        if module not in self._modules:
            package = module.partition(".")[0]
            is_free = package in self._packages or package not in self._bound
            self._modules[module] = module if is_free else self._alias(module)
            if is_free:
                self._packages.add(package)
                self._bound.add(package)
        return self._modules[module]

    def _alias(self, module: str) -> str:
        alias = module.replace(".", "_") + "_"
        while alias in self._bound:
            alias += "_"
        self._bound.add(alias)
        return alias


def is_late(module: str) -> bool:
    """Whether *module* is imported for checkers only."""
    return module.partition(".")[0] not in RUN or f"{module}.".startswith(f"{DEMO}.")
