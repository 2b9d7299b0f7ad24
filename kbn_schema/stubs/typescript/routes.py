"""This module writes what goes to routes and comes from them, and the types of a client, as TypeScript."""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from kbn_schema.http import Route
from kbn_schema.http.paths import parse_template
from kbn_schema.json_schema.presence import Presence
from kbn_schema.kinds.base import Schema
from kbn_schema.stubs.definitions import Definition
from kbn_schema.stubs.hints import ANY, Fields, Hint, Named
from kbn_schema.stubs.outline import UNDECLARED, RouteTypes
from kbn_schema.stubs.typescript.text import INDENT, doc, key, quoted
from kbn_schema.stubs.typescript.types import NO_KEYS, TypeText, alias, interface, lines

ROUTE_MAP: Final = "RouteMap"


@attrs.frozen
class RouteText:
    """Writes the types of one route, or of one version of it."""

    found: RouteTypes
    _types: TypeText
    _definitions: Mapping[int, Definition]

    @property
    def request(self) -> str:
        """The name of the type of its requests."""
        return f"{self.found.name}Request"

    @property
    def response(self) -> str:
        """The name of the type of its answers, where something is said of them."""
        return f"{self.found.name}Response"

    @property
    def where(self) -> str:
        """What errors call it."""
        version = self._route.api_version
        return f"{self._route.method.lower()} {self._route.path}{f' {version}' if version else ''}"

    @property
    def key(self) -> str:
        """Its name in the map of routes."""
        version = self._route.api_version
        return f"{self._route.method} {self._route.path}{f' {version}' if version else ''}"

    @property
    def has_response(self) -> bool:
        """Whether something is said of its answers."""
        return bool(self._route.rules.responses)

    def answers(self) -> list[str]:
        """What bodies it answers with, where it answers when it succeeds."""
        found: list[str] = []
        for status in sorted(self._route.rules.responses):
            if status in _BODILESS:
                found.append("undefined")
            elif status in _SUCCESS:
                # Answers are sent as handlers make them, if the check accepts that.
                body = self.found.responses.get(status, ANY)
                found += self._types.alternatives(body, "input")
                if self._may_be_empty(status):
                    found.append("undefined")
        return _alternatives(found)

    @property
    def is_named_by_schema(self) -> bool:
        """Whether the one schema of its answers has their name, too."""
        return self._named is not None

    @property
    def is_response_written(self) -> bool:
        """Whether there is to be a type of its answers, and not one of a schema that is the same.

        Of a schema with that name and two types, that of outputs gives way: answers are of that of inputs, as
        handlers make them. And what is only another name may as well say that there may be no body.
        """
        named = self._named
        if named is None or named.differs:
            return self.has_response
        return "undefined" in self.answers() and not isinstance(named.input, Fields)

    def request_text(self) -> str:
        """The declaration of the type of its requests."""
        told = doc([f"What `{self.key}` takes."])
        fields = self._fields()
        members = [f"{name}: {text};" for name, text in fields.items()]
        return lines([*told, interface(self.request, members) if members else alias(self.request, [NO_KEYS])])

    def response_text(self) -> str:
        """The declaration of the type of its answers."""
        told = doc([f"What `{self.key}` answers when it succeeds."])
        named = self._named
        if named is None or named.differs:
            return lines([*told, alias(self.response, self.answers())])
        found = [*self._types.alternatives(named.input, "input"), "undefined"]
        return lines([*told, alias(self.response, _alternatives(found))])

    def method(self) -> list[str]:
        """The lines of a client's method."""
        told = [text for text in (self._route.summary, self._route.description) if text]
        deprecated = self._route.deprecated
        why = deprecated.get("message", "") if isinstance(deprecated, Mapping) else ""
        name = self.found.name[0].lower() + self.found.name[1:]
        mark = "" if any(not name.endswith("?") for name in self._fields()) else "?"
        answer = f"{self._types.global_name('Promise')}<{self._answer}>"
        return [
            *doc([*told, f"`{self.key}`"], deprecated=why if deprecated else None),
            # `new(...)` would make one, as `new Date()` does.
            f"{quoted(name) if name == 'new' else key(name)}(options{mark}: {self.request}): {answer};",
        ]

    def entry(self) -> list[str]:
        """The lines of it in the map of routes."""
        version = self._route.api_version
        inside = {
            "method": quoted(self._route.method),
            "path": quoted(self._route.path),
            "version": "undefined" if version is None else quoted(version),
            "request": self.request,
            "response": self._answer,
        }
        members = [f"{INDENT}{name}: {text};" for name, text in inside.items()]
        return [f"{quoted(self.key)}: {{", *members, "};"]

    @property
    def _route(self) -> Route:
        return self.found.route

    @property
    def _answer(self) -> str:
        if not self.has_response:
            return "unknown"
        is_whole = self.is_response_written or "undefined" not in self.answers()
        return self.response if is_whole else f"{self.response} | undefined"

    @property
    def _named(self) -> Definition | None:
        """The definition with the name of its answers, if it describes all bodies that there are."""
        bodies = [text for text in self.answers() if text != "undefined"]
        return next(
            (
                one
                for one in self._definitions.values()
                if one.name == self.response and bodies == [one.input_name]
            ),
            None,
        )

    def _may_be_empty(self, status: int) -> bool:
        body = self._route.rules.responses[status].body
        return isinstance(body, Schema) and Presence(True).may_be_absent(body)

    def _fields(self) -> dict[str, str]:
        """What is said of a request: names, with a mark where they may be left out, and types."""
        found: dict[str, str] = {}
        rules = self._route.rules
        for part, hint in self.found.parts.items():
            rule: Any = getattr(rules, part)
            may_be_absent = not isinstance(rule, Schema) or Presence(True).may_be_absent(rule)
            if part == "params":
                found |= self._params(hint, may_be_absent)
            elif hint != UNDECLARED:
                found[f"{part}?" if may_be_absent else part] = self._types.type(hint, "input")
        return found

    def _params(self, hint: Hint, may_be_absent: bool) -> dict[str, str]:
        """The parameters of the path: those that the schema declares, and the other ones."""
        template = parse_template(self._route.path, self.where)
        if not template.names:
            return {}
        optional = {template.names[-1]} if template.last else set[str]()
        declared = self._declared(hint)
        added: list[str] = []
        for name in template.names:
            if name not in declared:
                added.append(f"{key(name)}{'?' if name in optional else ''}: string")
            elif name not in optional and not declared[name]:
                # The schema does without, the path does not.
                added.append(f"{key(name)}: unknown")
        own = [] if hint in (ANY, UNDECLARED) else [self._types.type(hint, "input")]
        text = " & ".join([*own, *([f"{{ {'; '.join(added)} }}"] if added else [])])
        is_needed = not may_be_absent or any(name not in optional for name in template.names)
        return {"params" if is_needed else "params?": text}

    def _declared(self, hint: Hint) -> Mapping[str, bool]:
        """Which parameters the schema declares, and whether it requires them; all, where it is no object."""
        while isinstance(hint, Named):
            hint = self._definitions[hint.number].input
        if isinstance(hint, Fields):
            return {field.name: field.required for field in hint.fields}
        return {} if hint in (ANY, UNDECLARED) else dict.fromkeys(self.found.parameters, True)


def client_text(name: str, routes: list[RouteText]) -> str:
    """The declaration of a client with a method for each of *routes*."""
    told = doc(["What a client does: a method for each route, and for each version of it."])
    return lines([*told, interface(name, [line for route in routes for line in route.method()])])


def map_text(routes: list[RouteText]) -> str:
    """The declaration of the map of *routes*, by method, path and version."""
    told = doc(["All routes, for a function that calls any of them."])
    inside = [f"{INDENT}{line}" for route in routes for line in route.entry()]
    # Not an interface: of a `type`, TypeScript knows that there are no other keys.
    return lines([*told, f"export type {ROUTE_MAP} = {{", *inside, "};"])


def _alternatives(found: list[str]) -> list[str]:
    """The types in *found*, each once; what is not known takes them all in."""
    return ["unknown"] if not found or "unknown" in found else list(dict.fromkeys(found))


_BODILESS: Final = frozenset({204, 205})
_SUCCESS: Final = range(200, 300)
