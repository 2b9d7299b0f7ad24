"""This module says what there is to write for clients: what each route takes and gives, as it is sent.

All types are those of what is sent: of requests as clients make them, of answers as handlers do.
"""

import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import attrs

from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.http import Route
from kbn_schema.http.bodies import family
from kbn_schema.http.media_types import accepted
from kbn_schema.http.paths import parse_template
from kbn_schema.http.result_types import is_binary, is_json, media_type_name
from kbn_schema.http.rules import ResponseRule
from kbn_schema.json_schema.presence import Presence
from kbn_schema.kinds.any import AnySchema
from kbn_schema.kinds.base import Schema
from kbn_schema.stubs.client.types import WireTypes
from kbn_schema.stubs.hints import (
    ANY,
    NONE,
    ClassOf,
    Constants,
    DictOf,
    Field,
    Fields,
    Hint,
    Named,
    Union,
    Word,
    union,
)
from kbn_schema.stubs.naming import type_name
from kbn_schema.stubs.outline import UNDECLARED, Outline, RouteTypes
from kbn_schema.wording import escape

TYPED: Final = "kbn_schema.http.client.typed"
OPTIONS: Final = "kbn_schema.http.client.options"
UPLOAD: Final = ClassOf(TYPED, "Upload")
ASYNC_UPLOAD: Final = ClassOf(TYPED, "AsyncUpload")
QUERY: Final = ClassOf(OPTIONS, "Query")
JSON: Final = "application/json"
BYTES: Final = "application/octet-stream"
# Methods of these names would stand before what annotations and decorators in their class mean.
RESERVED: Final = frozenset(
    {
        *("bytes", "deprecated", "self", "str", "typing", "typing_extensions"),
        # And these are methods of every client.
        *("raw_response_of", "response_of"),
    }
)


@attrs.frozen
class Argument:
    """What a method is given as *name*."""

    name: str
    hint: Hint
    required: bool


@attrs.frozen
class Call:
    """The method for one route."""

    route: Route
    name: str
    arguments: tuple[Argument, ...]
    result: Hint
    media_type: str | None
    """That of bodies, unless the caller has to say it."""
    gives_text: bool
    gives_none: bool
    """Whether an empty text stands for None."""

    @property
    def declares_headers(self) -> bool:
        """Whether the headers are an argument, and no option."""
        return any(argument.name == "headers" for argument in self.arguments)


@attrs.frozen
class ClientOutline:
    """What there is to write for clients of *outline*, which has the types they speak of and no others."""

    outline: Outline
    name: str
    """Of the class; that for async clients is called the same, behind ``Async``."""
    calls: tuple[Call, ...]

    @property
    def names(self) -> tuple[str, str]:
        """The names of both classes."""
        return self.name, f"Async{self.name}"


def client_outline(outline: Outline) -> ClientOutline:
    """Return what there is to write for clients of the routes of *outline*.

    Raises:
        SchemaDefinitionError: There is none, or two methods or types would have one name.
    """
    routes = [types for types in outline.routes if not types.route.options.get("http_resource")]
    if not routes:
        raise SchemaDefinitionError(f"the module [{outline.module.__name__}] has no routes for clients")
    wire = WireTypes(outline)
    names = _method_names(routes)
    calls = [_Reader(wire, types, names[types.route]).call() for types in routes]
    found = ClientOutline(
        outline, f"{type_name(outline.module.__name__.rpartition('.')[2])}Client", tuple(calls)
    )
    hints = [hint for call in calls for hint in (*(one.hint for one in call.arguments), call.result)]
    return attrs.evolve(found, outline=wire.finish(hints, found.names))


class _Reader:
    """Reads what one route takes and gives."""

    def __init__(self, wire: WireTypes, types: RouteTypes, name: str) -> None:
        self._wire = wire
        self._types = types
        self._route = types.route
        self._name = name

    def call(self) -> Call:
        arguments = [self._params(), self._query(), self._headers(), self._body()]
        media_type, content_type = self._media_type()
        results = list(self._results())
        texts = [hint for hint in results if self._may_be_text(hint)]
        return Call(
            self._route,
            self._name,
            tuple(one for one in (*arguments, content_type) if one is not None),
            union(results) if results else ANY,
            media_type,
            bool(texts),
            any(self._may_be_none(hint) for hint in texts),
        )

    def _params(self) -> Argument | None:
        template = parse_template(self._route.path, self._name)
        if not template.names:
            return None
        needed = template.names[:-1] if template.last else template.names
        hint = self._types.parts["params"]
        said = Fields(()) if hint in (UNDECLARED, ANY) else self._wire.resolved(hint)
        if not isinstance(said, Fields):
            return Argument("params", hint, bool(needed))
        known = {field.name: field for field in said.fields}
        fields = [
            attrs.evolve(known[name], required=known[name].required or name in needed)
            if name in known
            else Field(name, Word("str"), name in needed, AnySchema())
            for name in template.names
        ]
        return self._argument("params", hint, said, fields)

    def _query(self) -> Argument | None:
        hint = self._types.parts["query"]
        if hint == UNDECLARED:
            return None
        return (
            Argument("query", QUERY, False) if hint == ANY else Argument("query", hint, self._is_needed(hint))
        )

    def _headers(self) -> Argument | None:
        hint = self._types.parts["headers"]
        said = self._wire.resolved(hint)
        if not isinstance(said, Fields):
            return None
        fields = [_header(field) for field in said.fields if _is_callers(field)]
        return self._argument("headers", hint, said, fields) if fields else None

    def _body(self) -> Argument | None:
        hint, rule = self._types.parts["body"], self._route.rules.body
        if hint == UNDECLARED:
            return None
        required = isinstance(rule, Schema) and not Presence(True).may_be_absent(rule)
        is_decoded = self._route.intake().body_format.taken == "data"
        return Argument("body", hint if is_decoded else UPLOAD, required)

    def _argument(self, part: str, hint: Hint, said: Hint, fields: list[Field]) -> Argument:
        """The argument for a *part* with *fields*; *hint* is taken for it where it *said* just that."""
        wanted = Fields(tuple(fields))
        if (
            not isinstance(said, Fields)
            or attrs.evolve(said, is_open=False) != wanted
            or not isinstance(hint, Named)
        ):
            where = f"{_shown(self._route)}, {part}"
            hint = self._wire.make(wanted, self._types.name + part.capitalize(), where, hint)
        return Argument(part, hint, any(field.required for field in fields))

    def _is_needed(self, hint: Hint) -> bool:
        """Whether nothing at all is not enough."""
        match self._wire.resolved(hint):
            case Fields(fields):
                return any(field.required for field in fields)
            case Union(members):
                return all(map(self._is_needed, members))
            case said:
                return not (said == ANY or isinstance(said, DictOf))

    def _media_type(self) -> tuple[str | None, Argument | None]:
        """The media type of bodies, and the argument with which callers may, or have to, say it."""
        if self._route.rules.body is None:
            return None, None
        body_format = self._route.intake().body_format
        accepts = [name.lower() for name in body_format.accepts]
        takes = accepted(self._name, body_format.accepts)
        plain = [name for name in accepts if "*" not in name]
        if body_format.taken == "data":
            if takes.fullmatch(JSON):
                return JSON, None
            decoded = [name for name in plain if family(name) != "bytes"] or plain
            if not decoded and takes.fullmatch("text/plain"):
                decoded = ["text/plain"]
            if decoded:
                return decoded[0], None
        if len(plain) == len(accepts):
            several = Argument("content_type", Constants.of(plain), True)
            return (plain[0], None) if len(plain) == 1 else (None, several)
        is_free = takes.fullmatch(BYTES) is not None
        return BYTES if is_free else None, Argument("content_type", Word("str"), not is_free)

    def _results(self) -> Iterator[Hint]:
        """What is given for each status that is a success."""
        for status, rule in sorted(self._route.rules.responses.items()):
            if 200 <= status < 300:
                yield (
                    NONE
                    if status in (204, 205)
                    else self._result(rule, self._types.responses.get(status, ANY))
                )

    def _result(self, rule: ResponseRule, hint: Hint) -> Hint:
        body, media_type = rule.body, media_type_name(rule.body_content_type or "")
        if not isinstance(body, Schema):
            return ANY
        if _is_bytes(body):
            return Word("bytes") if not media_type or is_binary(media_type) else ANY
        if media_type and is_binary(media_type):
            return Word("bytes")
        if media_type and not is_json(media_type) and not self._is_text(hint):
            return ANY
        may_be_empty = Presence(True).may_be_absent(body) and not self._may_be_none(hint)
        return union([hint, NONE]) if may_be_empty else hint

    def _is_text(self, hint: Hint) -> bool:
        return all(self._may_be_text(one) for one in self._members(hint) if one != NONE)

    def _may_be_text(self, hint: Hint) -> bool:
        return any(
            one == Word("str")
            or (isinstance(one, Constants) and any(isinstance(value, str) for value in one.values))
            for one in self._members(hint)
        )

    def _may_be_none(self, hint: Hint) -> bool:
        return NONE in self._members(hint)

    def _members(self, hint: Hint) -> Iterable[Hint]:
        """What *hint* says is one of these, none of them a reference to such."""
        waiting, met = [hint], set[Hint]()
        while waiting:
            said = self._wire.resolved(waiting.pop())
            if isinstance(said, Union):
                waiting.extend(one for one in said.members if one not in met)
                met.update(said.members)
            else:
                yield said


def _method_names(routes: Iterable[RouteTypes]) -> Mapping[Route, str]:
    """A name for each of *routes*."""
    taken: dict[str, Route] = {}
    for types in routes:
        name = _method_name(types)
        if keyword.iskeyword(name) or name in RESERVED:
            name += "_"
        other = taken.setdefault(name, types.route)
        if other is not types.route:
            raise SchemaDefinitionError(
                escape(
                    f"two methods of the client would be called [{name}]: for [{_shown(other)}] "
                    f"and for [{_shown(types.route)}]; rename one of the handlers"
                )
            )
    return {route: name for name, route in taken.items()}


def _method_name(types: RouteTypes) -> str:
    """That of the handler in snake case, with the version behind it where there are several."""
    own = getattr(types.route.handler, "__name__", "")
    if not isinstance(own, str) or not _SNAKE.fullmatch(own) or not types.name.startswith(type_name(own)):
        return _snake(types.name)
    apart = _snake(types.name.removeprefix(type_name(own)))
    return f"{own}_{apart}" if apart else own


def _snake(name: str) -> str:
    return _BETWEEN.sub("_", name).lower()


def _shown(route: Route) -> str:
    return f"{route.method.lower()} {route.path}"


def _is_callers(field: Field) -> bool:
    """Whether a caller may send the header; others are the client's, or of the connection."""
    name = field.name.lower()
    return name not in _OF_THE_CLIENT and not name.startswith(("kbn-", "x-elastic-internal-"))


def _header(field: Field) -> Field:
    # A client may have these, for all calls.
    return attrs.evolve(field, required=field.required and field.name.lower() not in _OF_CLIENTS)


def _is_bytes(schema: Schema[Any]) -> bool:
    while schema.combinator in ("maybe", "nullable"):
        schema = schema.children()[0]
    return schema.combinator in ("buffer", "stream")


_BETWEEN: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SNAKE: Final = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_OF_THE_CLIENT: Final = frozenset(
    {
        "connection", "content-length", "elastic-api-version", "host", "keep-alive", "proxy-connection", "te",
        "trailer", "transfer-encoding", "upgrade", "x-kbn-context",
    }
)  # fmt: skip
_OF_CLIENTS: Final = frozenset(
    {
        "accept",
        "accept-encoding",
        "authorization",
        "content-type",
        "cookie",
        "origin",
        "referer",
        "user-agent",
    }
)
