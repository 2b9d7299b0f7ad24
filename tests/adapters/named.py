"""The names of the adapters: their modules, each of which has a `mount`."""

from pathlib import Path

from kbn_schema import adapters

_SOURCES = {path.stem: path.read_text() for path in Path(adapters.__path__[0]).glob("*.py")}

ADAPTERS = sorted(name for name, source in _SOURCES.items() if "\ndef mount(" in source)
FRAMEWORKS = sorted(name for name, source in _SOURCES.items() if "\n    missing(error, " in source)
