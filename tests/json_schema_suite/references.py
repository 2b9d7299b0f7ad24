"""Where the references of JSON Schema lead: by address, by anchor, by the way from the root of a document."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

HERE = Path(__file__).parent
REMOTE = "http://localhost:1234/draft2020-12/"  # where the suite has its other documents

# Keywords that have schemas inside: one, a list of them, or some by name.
ONE = (
    "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not", "propertyNames",
    "then", "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip
LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
NAMED = ("$defs", "dependentSchemas", "patternProperties", "properties")

Place = tuple[Any, str]  # a schema, and the address that its references start from


class Documents:
    """The documents that one schema may refer to."""

    def __init__(self, root: Any) -> None:
        self.resources: dict[str, Any] = {}
        self.anchors: dict[str, Any] = {}
        self.bases: dict[int, str] = {}
        for address, document in REMOTES.items():
            self._note(document, address)
        self._note(root, "")

    def place(self, schema: Any) -> Place:
        """Return where *schema* stands, which is somewhere in the documents."""
        return schema, self.bases.get(id(schema), "")

    def find(self, reference: str, base: str) -> Place | None:
        """Return what *reference* leads to from *base*; None if that is nowhere here."""
        address, _, fragment = joined(base, reference).partition("#")
        if fragment and not fragment.startswith("/"):
            found = self.anchors.get(f"{address}#{fragment}")
            return None if found is None else self.place(found)
        if address not in self.resources:
            return None
        found = self.resources[address]
        for key in map(unescaped, fragment.split("/")[1:]):
            found = found[int(key)] if isinstance(found, list) else found[key]
        return self.place(found)

    def _note(self, schema: Any, base: str) -> None:
        """Note the addresses in *schema*, which is the document at *base*."""
        self.resources.setdefault(base, schema)
        waiting = [(schema, base)]
        while waiting:
            current, base = waiting.pop()
            if not isinstance(current, dict):
                continue
            if "$id" in current:
                base = joined(base, current["$id"]).partition("#")[0]
                self.resources[base] = current
            self.bases[id(current)] = base
            for word in ("$anchor", "$dynamicAnchor"):
                if word in current:
                    self.anchors[f"{base}#{current[word]}"] = current
            waiting.extend((inner, base) for inner in schemas_in(current))


def schemas_in(schema: dict[str, Any]) -> Iterator[Any]:
    """Yield the schemas right inside of *schema*."""
    yield from (schema[word] for word in ONE if word in schema)
    yield from (inner for word in LISTS for inner in schema.get(word, ()))
    yield from (inner for word in NAMED for inner in schema.get(word, {}).values())


def joined(base: str, reference: str) -> str:
    """Return the address of *reference* as seen from *base*."""
    # To `urljoin`, what is no URL of the web (such as a URN) is no base.
    return base + reference if reference.startswith("#") else urljoin(base, reference)


def unescaped(key: str) -> str:
    return unquote(key).replace("~1", "/").replace("~0", "~")


def _remotes() -> dict[str, Any]:
    folder = HERE / "remotes"
    return {
        REMOTE + path.relative_to(folder).as_posix(): json.loads(path.read_text("utf-8"))
        for path in sorted(folder.rglob("*.json"))
    }


REMOTES = _remotes()
