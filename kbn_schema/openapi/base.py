"""This module checks what stands in a document beside its routes: what an author gives as ``base``."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NoReturn, cast

from kbn_schema import schema as s
from kbn_schema.errors import SchemaDefinitionError, ValidationError
from kbn_schema.json_schema import plain
from kbn_schema.missing import MISSING
from kbn_schema.wording import escape, shorten, type_word

Document = dict[str, Any]
Where = tuple[str, ...]
METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def read_base(name: str, given: object, openapi: str) -> Document:
    """*given*, which errors call *name*, as a part of a document of *openapi*, such as ``3.1``.

    Raises:
        SchemaDefinitionError: It is not JSON, or no part of such a document.
    """
    if not isinstance(given, Mapping):
        refuse_base(name, f"expected a mapping, as documents are, but got [{type_word(given)}]")
    told: Any = plain(_with_texts(given))
    if told is MISSING:
        refuse_base(name, "it holds something that JSON has not")
    _require_version(name, told, openapi)
    for key in told:
        if key not in _BASE.props and not key.startswith("x-"):
            listed = ", ".join(f"[{known}]" for known in _BASE.props)
            refuse_base(name, f"it has an unknown key [{shorten(key)}], expected {listed} or [x-...]")
    try:
        made: Document = _BASE.validate(told)
        _refuse_unknown(name, made, openapi)
        return made
    except ValidationError as error:
        issue = error.issues[0]
        path = ".".join(map(str, issue.path))
        refuse_base(name, f"[{path}]: {issue.message}" if path else issue.message)


def _with_texts(value: object) -> object:
    """*value* with numbers as keys made texts: so YAML has the statuses of answers."""
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value).items()
        return {str(key) if type(key) is int else key: _with_texts(item) for key, item in items}
    if isinstance(value, list | tuple):
        return [_with_texts(item) for item in cast("list[object]", value)]
    return value


def refuse_base(name: str, reason: str) -> NoReturn:
    """Raise the error of a base called *name*."""
    raise SchemaDefinitionError(escape(f"{name}: {reason}"))


def _require_version(name: str, told: Document, openapi: str) -> None:
    if "swagger" in told:
        refuse_base(name, f"it is of Swagger 2, and the document is of OpenAPI [{openapi}]: convert it first")
    given = told.get("openapi", openapi)
    if isinstance(given, str) and given != openapi and not given.startswith(f"{openapi}."):
        refuse_base(
            name,
            f"it is of OpenAPI [{shorten(given)}], and the document is of [{openapi}]: "
            "ask for that one, or leave [openapi] out",
        )
    for key in ("webhooks", "jsonSchemaDialect") if openapi == "3.0" else ():
        if key in told:
            refuse_base(name, f"OpenAPI 3.0 has no [{key}]: leave it out, or ask for 3.1")


def _refuse_unknown(name: str, told: Document, openapi: str) -> None:
    """Refuse members that OpenAPI does not know: they are misspelt."""
    for place, known in _MEMBERS.items():
        listed = [key for key in known if openapi != "3.0" or key not in _NEW.get(place, ())]
        for where, one in _at(told, place.split("."), ()):
            for key in one:
                if key not in listed and not key.startswith("x-"):
                    expected = ", ".join(f"[{key}]" for key in listed)
                    reason = f"unknown key [{shorten(key)}], expected {expected} or [x-...]"
                    refuse_base(name, f"[{'.'.join(where)}]: {reason}")


def _at(told: Any, steps: Sequence[str], where: Where) -> Iterator[tuple[Where, Document]]:
    """The objects at *steps* of *told*, and where each is; a star is every item."""
    if not steps:
        yield where, told
        return
    step, *rest = steps
    if step == "*":
        items = enumerate(told) if isinstance(told, list) else told.items() if isinstance(told, dict) else ()
        for key, item in cast("Iterable[tuple[object, Any]]", items):
            yield from _at(item, rest, (*where, str(key)))
    elif isinstance(told, dict) and step in told:
        yield from _at(cast("Document", told)[step], rest, (*where, step))


def _problem_of_url(url: str) -> str | None:
    # RFC 3986: with a scheme, or relative to where the document is; a variable may stand anywhere.
    if _URL.fullmatch(url):
        return None
    return "expected a URL, such as [https://example.org/api], or a path that begins with a slash"


_URL: Final = re.compile(r"""([A-Za-z][A-Za-z0-9+.-]*://|/|\{)[^\s<>"\\^`|]*""")
# OpenAPI 3.1.0, section 4.8; what is deeper, such as an operation, is not looked at.
_MEMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    "info": ("title", "version", "description", "summary", "termsOfService", "contact", "license"),
    "info.contact": ("name", "url", "email"),
    "info.license": ("name", "url", "identifier"),
    "servers.*": ("url", "description", "variables"),
    "servers.*.variables.*": ("default", "enum", "description"),
    "tags.*": ("name", "description", "externalDocs"),
    "tags.*.externalDocs": ("url", "description"),
    "externalDocs": ("url", "description"),
}
_NEW: Final = {"info": ("summary",), "info.license": ("identifier",)}
"""What OpenAPI 3.0 has not."""
_TEXT: Final = s.string()
_NAME: Final = s.string(min_length=1)
_DOCS: Final = s.object({"url": _NAME}, unknowns="allow")
_VARIABLE: Final = s.object({"default": _TEXT}, unknowns="allow")
_OBJECTS: Final = s.record_of(s.string(), s.object({}, unknowns="allow"))
_BASE: Final = s.object(
    {
        "openapi": s.maybe(_TEXT),
        "info": s.maybe(
            s.object(
                {
                    "title": s.maybe(_TEXT),
                    "version": s.maybe(_TEXT),
                    "description": s.maybe(_TEXT),
                    "contact": s.maybe(s.object({}, unknowns="allow")),
                    "license": s.maybe(s.object({"name": _TEXT}, unknowns="allow")),
                },
                unknowns="allow",
            )
        ),
        "jsonSchemaDialect": s.maybe(_TEXT),
        "servers": s.maybe(
            s.array_of(
                s.object(
                    {
                        "url": s.string(validate=_problem_of_url),
                        "variables": s.maybe(s.record_of(s.string(), _VARIABLE)),
                    },
                    unknowns="allow",
                )
            )
        ),
        "security": s.maybe(s.array_of(s.record_of(s.string(), s.array_of(_TEXT)))),
        "tags": s.maybe(
            s.array_of(s.object({"name": _NAME, "externalDocs": s.maybe(_DOCS)}, unknowns="allow"))
        ),
        "externalDocs": s.maybe(_DOCS),
        "paths": s.maybe(
            s.record_of(
                s.string(validate=lambda path: None if path.startswith("/") else "must begin with a slash"),
                s.object(
                    {method: s.maybe(s.object({}, unknowns="allow")) for method in METHODS}, unknowns="allow"
                ),
            )
        ),
        "webhooks": s.maybe(_OBJECTS),
        "components": s.maybe(s.record_of(s.string(), s.object({}, unknowns="allow"))),
    },
    unknowns="allow",
)
