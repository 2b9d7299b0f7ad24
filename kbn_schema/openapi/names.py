"""This module spells what a document calls its operations, paths and tags; it knows no schema."""

import re
from collections.abc import Iterable

from kbn_schema.http.paths import Template

Shape = tuple[str | None, ...]


def operation_id(method: str, path: str) -> str:
    """The id of an operation, in Kibana's form: ``get-my-resource-id`` for GET ``/api/my/resource/{id}``.

    Two operations may have the same one, see `json_schema.unused`.
    """
    plain = re.sub(r"[{}?*]", "", path.lower()).strip("/")
    for prefix in ("internal/api/", "internal/", "api/"):
        if plain.startswith(prefix):
            plain = plain.removeprefix(prefix)
            break
    words = re.split(r"[^a-z0-9.~]+", f"{method.lower()}/{plain}")
    return "-".join(word for word in words if word)


def path_of(shape: Shape, names: Iterable[str]) -> str:
    """A path as OpenAPI writes it, with *names* for its parameters."""
    waiting = iter(names)
    return "/" + "/".join([f"{{{next(waiting)}}}" if literal is None else literal for literal in shape])


def shape_of(template: Template) -> Shape:
    """What is the same for two templates whose parameters only have other names."""
    return template.literals


def tags_of(tags: Iterable[str]) -> list[str]:
    """The tags that documents show: those with Kibana's prefix ``oas-tag:`` where there are any, else all."""
    listed = list(dict.fromkeys(tags))
    ours = [tag.removeprefix("oas-tag:") for tag in listed if tag.startswith("oas-tag:")]
    return ours or listed


def summary_of(name: str) -> str:
    """The words of a handler's *name*, such as ``Find users``; none of a name that says nothing."""
    words = name.strip("_").replace("_", " ")
    return words[:1].upper() + words[1:] if name.isidentifier() else ""
