"""What a Python that a test starts imports first: it gives the mutant to that process, too."""

import importlib.util
import os
from pathlib import Path


def _install() -> None:
    file = Path(__file__).parent.parent / "stand_in.py"
    spec = importlib.util.spec_from_file_location("stand_in_of_mutants", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.install_told(os.environ)


_install()
