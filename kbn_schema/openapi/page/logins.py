"""This module tells how clients say who they are: in words, and in a command of curl."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

import attrs

from kbn_schema.openapi.page.html import Markup, code, join

Requirement = Mapping[str, Any]


@attrs.frozen
class Credentials:
    """What a command of curl says of who sends the request; the values are placeholders."""

    options: tuple[tuple[str, str], ...] = ()
    """Letters of options, each with its value."""
    query: tuple[str, ...] = ()

    @property
    def are_asked(self) -> bool:
        return bool(self.options or self.query)


@attrs.frozen
class Logins:
    """What a document says of security: the *schemes* by name, and what all operations ask for."""

    schemes: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    everywhere: Sequence[Requirement] = ()

    def credentials(self, operation: Mapping[str, Any]) -> Credentials:
        """Return what is sent to *operation*: the first of what it asks for, if anything."""
        requirements = self._of(operation)
        options: list[tuple[str, str]] = []
        query: list[str] = []
        for name in requirements[0] if requirements and all(requirements) else ():
            scheme = _mapping(self.schemes.get(name))
            word, place = str(scheme.get("name", name)), scheme.get("in")
            if scheme.get("type") != "apiKey":
                options += _of_http(scheme)
            elif place == "query":
                query.append(f"{quote(word, safe='', errors='replace')}={KEY}")
            else:
                options.append(("b", f"{word}={KEY}") if place == "cookie" else ("H", f"{word}: {KEY}"))
        return Credentials(tuple(options), tuple(query))

    def said(self, operation: Mapping[str, Any]) -> list[Markup]:
        """Return a line that says what *operation* asks for, if anything."""
        requirements = self._of(operation)
        asked = join(*[_named(one) for one in requirements if one], by=", or ")
        if not asked:
            return []
        if all(requirements):
            return [join("Asks for ", asked, ".")]
        return [join("May be called without logging in, or with ", asked, ".")]

    def _of(self, operation: Mapping[str, Any]) -> list[Requirement]:
        told = operation.get("security", self.everywhere)
        return [_mapping(one) for one in told] if isinstance(told, list | tuple) else []


def logins_of(document: Mapping[str, Any]) -> Logins:
    """Return what *document* says of security."""
    schemes = _mapping(_mapping(document.get("components")).get("securitySchemes"))
    return Logins(schemes, document.get("security", ()))


def _named(requirement: Requirement) -> Markup:
    return join(*[code(str(name)) for name in requirement], by=" and ")


def _of_http(scheme: Mapping[str, Any]) -> list[tuple[str, str]]:
    kind, word = scheme.get("type"), str(scheme.get("scheme", "bearer"))
    if kind == "http" and word.lower() == "basic":
        return [("u", "USER:PASSWORD")]
    if kind == "http" and word.lower() != "bearer":
        return [("H", f"authorization: {word} CREDENTIALS")]
    # With mutual TLS, who it is stands in a certificate.
    return [] if kind == "mutualTLS" else [("H", "authorization: Bearer TOKEN")]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


KEY: Final = "KEY"
