"""This module writes the types of definitions as TypeScript."""

from collections.abc import Container, Iterable, Mapping
from typing import Final

from kbn_schema.kinds.options import Side
from kbn_schema.stubs.definitions import Definition
from kbn_schema.stubs.hints import Constants, DictOf, Field, Fields, Hint, ListOf, Named, Union, Word
from kbn_schema.stubs.typescript.text import INDENT, constant, deprecation, doc, key, quoted, said, word_of

# What takes no keys at all. To TypeScript, `{}` is anything but null and undefined.
NO_KEYS: Final = "{ [key: string]: never }"


class TypeText:
    """Writes types that speak of *definitions*, by number; *taken* are the names in the file."""

    def __init__(self, definitions: Mapping[int, Definition], taken: Container[str]) -> None:
        self._definitions = definitions
        self._taken = taken

    def declaration(self, definition: Definition, side: Side) -> str:
        """The declaration of the type that *definition* has on one *side*."""
        content = definition.input if side == "input" else definition.output
        name = definition.input_name if side == "input" else definition.name
        what = [f"`{definition.input_name}`, as the server sees it: what has a default is there."]
        of_author = said(definition.schema)
        paragraphs = [*of_author, *what] if side == "output" and definition.differs else of_author
        told = doc(paragraphs, deprecated=deprecation(definition.schema))
        if isinstance(content, Fields) and (content.fields or content.is_open):
            return lines([*told, interface(name, self._members(content, side))])
        return lines([*told, alias(name, self.alternatives(content, side))])

    def type(self, hint: Hint, side: Side) -> str:
        """The type that *hint* says."""
        return " | ".join(self.alternatives(hint, side))

    def alternatives(self, hint: Hint, side: Side) -> list[str]:
        """The different types that it is one of."""
        parts = hint.members if isinstance(hint, Union) else (hint,)
        words = {_WORDS.get(part.name) for part in parts if isinstance(part, Word)}
        found = [text for part in parts for text in self._texts(part, side, words)]
        return list(dict.fromkeys(found))

    def global_name(self, name: str) -> str:
        """The type that browsers call *name*, also where the file has another one of that name."""
        return f"globalThis.{name}" if name in self._taken else name

    def _texts(self, hint: Hint, side: Side, words: Container[str | None]) -> list[str]:
        match hint:
            case Word(name):
                word = _WORDS.get(name, "unknown")
                return [self.global_name(word) if word == "Blob" else word]
            case Constants(values):
                return _constants(values, words)
            case ListOf(item):
                alternatives = self.alternatives(item, side)
                inside = " | ".join(alternatives)
                return [f"({inside})[]" if len(alternatives) > 1 else f"{inside}[]"]
            case DictOf(keys, value):
                return [f"{{ {_keys(keys)}: {self.type(value, side)} }}"]
            case Named(number):
                definition = self._definitions[number]
                return [definition.input_name if side == "input" else definition.name]
            case Fields(fields, is_open) if fields or is_open:
                inside = " ".join(self._members(hint, side, with_docs=False))
                return [f"{{ {inside.removesuffix(';')} }}"]
            case Fields():
                return [NO_KEYS]
            case _:
                return ["unknown"]  # a class of Python's, which nobody sends

    def _members(self, content: Fields, side: Side, *, with_docs: bool = True) -> list[str]:
        members = [line for field in content.fields for line in self._member(field, side, with_docs)]
        return [*members, "[key: string]: unknown;"] if content.is_open else members

    def _member(self, field: Field, side: Side, with_docs: bool) -> list[str]:
        mark = "" if field.required else "?"
        told = doc(said(field.schema), deprecated=deprecation(field.schema)) if with_docs else []
        return [*told, f"{key(field.name)}{mark}: {self.type(field.hint, side)};"]


def interface(name: str, members: Iterable[str]) -> str:
    """The declaration of an interface with some lines of *members*."""
    return lines([f"export interface {name} {{", *(INDENT + member for member in members), "}"])


def alias(name: str, alternatives: list[str]) -> str:
    """The declaration of another name for one of some types, in several lines if it is long."""
    text = f"export type {name} = {' | '.join(alternatives)};"
    if len(text) <= _MAX_LINE or len(alternatives) == 1:
        return text
    inside = "\n".join(f"{INDENT}| {alternative}" for alternative in alternatives)
    return f"export type {name} =\n{inside};"


def lines(texts: Iterable[str]) -> str:
    """*texts*, each on lines of its own."""
    return "\n".join(texts)


def _keys(keys: Hint) -> str:
    """What an object says of its keys, any of which may be missing."""
    if not isinstance(keys, Constants):
        return "[key: string]"
    # No type is called [key]: theirs begin with capitals.
    return f"[key in {' | '.join(map(quoted, keys.values))}]?"


def _constants(values: Iterable[object], words: Container[str | None]) -> list[str]:
    """The types of *values*, but for those beside whose *words* they say nothing."""
    listed = [(constant(value), word_of(value)) for value in values]
    wide = {text for text, word in listed if text == word}
    return [text for text, word in listed if word not in words and (text == word or word not in wide)]


_MAX_LINE: Final = 110
_WORDS: Final = {
    "str": "string",
    "int": "number",
    "float": "number",
    "bool": "boolean",
    # What `fetch` and forms take as it is, `File` being one; and what `response.blob()` gives.
    "bytes": "Blob",
    "None": "null",
    "Never": "never",
}
