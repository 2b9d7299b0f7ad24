"""This module tells what documents and type checkers make of a schema."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from kbn_schema import Schema
from kbn_schema.kinds.options import Side
from kbn_schema.stubs.hints import Fields
from kbn_schema.stubs.python.types import PythonWriter
from tests.reference.markdown import WIDTH, fence
from tests.stubs.made import outline_of

DIALECT: Final = "openapi-3.1"
_SIDES: Final[tuple[Side, ...]] = ("input", "output")


def told(schema: Schema[Any], name: str) -> str:
    """Sentences about the JSON Schema and the static type of *schema*, which is called *name*."""
    return _joined([*_documents(schema, name), *_types(schema)])


def _documents(schema: Schema[Any], name: str) -> Iterator[str]:
    input, output = (schema.json_schema(side, DIALECT) for side in _SIDES)
    yield _sentence(f"In documents, `{name}` is", _laid_out(input), "json")
    if input != output:
        difference = _difference(input, output)
        if difference is None:
            yield _sentence("Its output is", _laid_out(output), "json")
        else:
            yield f"Its output is the same, with `{difference}`."


def _difference(input: dict[str, Any], output: dict[str, Any]) -> str | None:
    """What *output* has in place of what *input* has, if that is a single keyword."""
    changed = {key for key in {*input, *output} if input.get(key) != output.get(key)}
    (key,) = changed if len(changed) == 1 else (None,)
    line = "" if key is None or key not in output else json.dumps({key: output[key]})[1:-1]
    return line if line and len(line) < WIDTH and len(output) > 1 else None


def _types(schema: Schema[Any]) -> Iterator[str]:
    """As ``kbn-schema stubs`` writes them, of a variable called ``example``."""
    outline = outline_of({"example": schema})
    definition = outline.variables["example"]
    writer = PythonWriter(outline)
    if isinstance(definition.output, Fields) or len(outline.definitions) > 1:
        yield _sentence("To type checkers it is", "\n\n".join(writer.definitions()), "text")
        return
    sent, yielded = (writer.spell(getattr(definition, side), side) for side in _SIDES)
    if sent == yielded:
        yield f"To type checkers it is `{yielded}`."
    else:
        yield f"To type checkers, its output is `{yielded}`, and what may be sent `{sent}`."


def _sentence(beginning: str, text: str, language: str) -> str:
    """A sentence that ends with *text*, which has its own lines if it has several."""
    if "\n" not in text:
        return f"{beginning} `{text}`."
    return f"{beginning}:\n\n{fence(language, text)}"


def _joined(sentences: Iterable[str]) -> str:
    """Sentences on lines of their own; blocks in them are set apart."""
    text = ""
    for sentence in sentences:
        apart = "```" in sentence or text.endswith("```")
        text += f"{'' if not text else (chr(10) * 2 if apart else chr(10))}{sentence}"
    return text


def _laid_out(value: Any, deep: str = "", used: int = 0) -> str:
    """*value* as JSON, on one line where there is room for it; *used* are the characters in front of it."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + used <= WIDTH or not isinstance(value, dict | list) or not value:
        return line
    deeper = f"{deep}  "
    if isinstance(value, list):
        left, right = "[]"
        parts = [_laid_out(item, deeper, len(deeper)) for item in value]
    else:
        left, right = "{}"
        keys = [f"{json.dumps(key)}: " for key in value]
        items = zip(keys, value.values(), strict=True)
        parts = [key + _laid_out(item, deeper, len(deeper + key)) for key, item in items]
    inside = f",\n{deeper}".join(parts)
    return f"{left}\n{deeper}{inside}\n{deep}{right}"
