"""The names of the adapters: their modules, each of which has a `mount`; those with a framework need it."""

from pathlib import Path

from kbn_schema import adapters

_SOURCES = {path.stem: path.read_text() for path in Path(adapters.__path__[0]).glob("*.py")}

ADAPTERS = sorted(name for name, source in _SOURCES.items() if "\ndef mount(" in source)
FRAMEWORKS = [name for name in ADAPTERS if f'missing(_error, "{name}")' in _SOURCES[name]]
