"""Give a module another source than its file has: what a mutant is, without writing it there."""

import importlib.abc
import importlib.machinery
import os
import sys
import types
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

MODULE, SOURCE = "KBN_SCHEMA_MUTANT", "KBN_SCHEMA_MUTANT_SOURCE"


class StandIn(importlib.abc.MetaPathFinder):
    """Finds one *module* and gives it *source*; its file stays what it is. It is a plugin of pytest's."""

    def __init__(self, module: str, source: str) -> None:
        self._module = module
        self._source = source

    def pytest_load_initial_conftests(self) -> None:
        """Go before pytest's own finder, which takes all modules whose names begin with ``test_``."""
        assert self in sys.meta_path or self._module not in sys.modules
        sys.meta_path.insert(0, self)

    def tell_subprocesses(self, file: Path) -> None:
        """Let each Python that this process starts have the mutant, too; its source is written to *file*."""
        file.write_text(self._source, "utf-8")
        path = [str(Path(__file__).parent / "in_subprocesses"), os.environ.get("PYTHONPATH", "")]
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, path))
        os.environ |= {MODULE: self._module, SOURCE: str(file)}

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != self._module:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        assert spec is not None
        assert spec.origin is not None
        spec.loader = _Loader(name, spec.origin, self._source)
        return spec


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> types.CodeType:
        # A mutant such as ``x is 5`` warns, and pytest makes errors of warnings: the tests have to tell.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return compile(self._source, self.path, "exec", dont_inherit=True)


def install_told(environment: Mapping[str, str]) -> None:
    """Install what `StandIn.tell_subprocesses` of another process said."""
    if MODULE in environment:
        source = Path(environment[SOURCE]).read_text("utf-8")
        sys.meta_path.insert(0, StandIn(environment[MODULE], source))
