"""This module draws the bodies of requests, in each of the media types that a route takes."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy

from kbn_schema.http.bodies import BodyFormat, Family, family
from kbn_schema.http.function_rule import FunctionRule
from kbn_schema.http.rendering import to_json
from kbn_schema.http.rules import Rule
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.lazy import LazySchema
from kbn_schema.missing import MISSING
from kbn_schema.testing.anything import CHARACTERS
from kbn_schema.testing.carrying import FIELDS, FORM_WITH_FILES, TEXTS, carried, carried_text
from kbn_schema.testing.strategies import from_schema, invalid_from_schema
from kbn_schema.testing.values import Broken
from kbn_schema.testing.wire import Uncarried, fields_of, text_of, write_form

Using = Mapping[Any, SearchStrategy[Any]]

JSON: Final = "application/json"
BYTES: Final = "application/octet-stream"


@attrs.frozen
class Content:
    """A body as it is sent."""

    json: Any = MISSING
    body: bytes | None = None
    media_type: str | None = None
    """None where it goes without saying."""


@attrs.frozen
class Medium:
    """A media type, and what its bodies are."""

    name: str
    family: Family

    def written(self, value: Any, lists_as_json: bool = False) -> Content:
        """*value* as a body of this type; none where it is `MISSING`.

        Raises:
            Uncarried: The value cannot be sent so.
        """
        if value is MISSING:
            return Content()
        if isinstance(value, bytes) and self.family != "json":
            return Content(body=value, media_type=self.name)
        if self.family == "json":
            return Content(json=_sendable(value), media_type=None if self.name == JSON else self.name)
        if self.family in ("text", "bytes"):
            return Content(body=_encoded(text_of(value)), media_type=self.name)
        body, media_type = write_form(fields_of(value), self.family == "multipart", lists_as_json)
        return Content(body=body, media_type=media_type)


def mediums(form: BodyFormat) -> list[Medium]:
    """One media type for each that *form* accepts: some type of a range."""
    names = dict.fromkeys(_concrete(name.lower(), form) for name in form.accepts)
    if form.taken != "data":
        return [Medium(name, "bytes") for name in names]
    found = {family(name): Medium(name, family(name)) for name in reversed(names)}
    return [found[each] for each in _FAMILIES if each in found]


def bodies(rule: Rule, medium: Medium, using: Using) -> SearchStrategy[Any] | None:
    """The values of bodies of *medium* that *rule* takes, as far as it tells; None where there are none."""
    given = given_for(rule, using)
    if given is not None:
        return given
    if not isinstance(rule, Schema):
        return _LOOSE[medium.family]
    if medium.family == "bytes":
        return _binary(rule)
    narrowed = _narrowed(rule, medium, using)
    try:
        return None if narrowed is None else from_schema(narrowed, using=inside(narrowed, using))
    except Unsatisfiable:
        return None


def broken_bodies(rule: Schema[Any], medium: Medium, using: Using) -> SearchStrategy[Any] | None:
    """The values of bodies of *medium* that *rule* refuses; None where there are none."""
    return None if medium.family == "bytes" else faults_of(_narrowed(rule, medium, using), using)


def faults_of(schema: Schema[Any] | None, using: Using) -> SearchStrategy[Broken] | None:
    """What *schema* refuses; None where it is None, or takes anything."""
    if schema is None:
        return None
    try:
        return invalid_from_schema(schema, explain=True, using=inside(schema, using))
    except Unsatisfiable:
        return None


def given_for(rule: Any, using: Using) -> SearchStrategy[Any] | None:
    """The strategy that an author gives for *rule*, a schema or a function."""
    names = (rule, rule.id) if isinstance(rule, Schema) else (_author_of(rule),)
    return next((using[name] for name in names if name in using), None)


def inside(rule: Any, using: Using) -> Using:
    """What *using* says of *rule*, or of a schema inside."""
    found = set(_within(rule))
    return {key: values for key, values in using.items() if key in found}


def given_inside(rule: Any, using: Using) -> dict[Schema[Any], SearchStrategy[Any]]:
    """The strategies that *using* has for *rule*, or for schemas inside, by the schema."""
    schemas = [found for found in _within(rule) if isinstance(found, Schema)]
    return {schema: values for schema in schemas if (values := given_for(schema, using)) is not None}


def _within(rule: Any) -> Iterator[Any]:
    """All that an author may name in *rule*: the function that it is, schemas and their ids."""
    if not isinstance(rule, Schema):
        yield _author_of(rule)
        return
    met: set[Any] = set()
    waiting: list[Schema[Any]] = [rule]
    while waiting:
        schema = waiting.pop()
        # A function that a `lazy` calls may make another schema each time.
        known = schema.target if isinstance(schema, LazySchema) else schema
        if known not in met:
            met.add(known)
            yield from (schema, schema.id)
            waiting.extend(schema.children() or schema.handed_on())


def _author_of(rule: Any) -> Any:
    return rule.function if isinstance(rule, FunctionRule) else rule


def _narrowed(rule: Schema[Any], medium: Medium, using: Using) -> Schema[Any] | None:
    match medium.family:
        case "json":
            return rule
        case "text":
            return carried_text(rule, TEXTS, is_required=not rule.is_valid(MISSING), kept=using)
        case _:
            return carried(rule, FORM_WITH_FILES if medium.family == "multipart" else FIELDS, kept=using)


def _binary(rule: Schema[Any]) -> SearchStrategy[Any] | None:
    """What a *rule* takes that is given bytes, or a stream of them."""
    inner = rule
    while inner.combinator in ("maybe", "nullable"):
        [inner] = inner.handed_on()
    if inner.combinator == "stream":
        return st.binary(max_size=64)
    if inner.combinator not in ("buffer", "any"):
        return None
    given = st.binary(min_size=1, max_size=64)
    found = given if inner.validator is None else given.filter(rule.is_valid)
    return found | st.just(MISSING) if rule.is_valid(MISSING) else found


def _concrete(name: str, form: BodyFormat) -> str:
    """A media type in the range *name*."""
    if name in ("*/*", "application/*"):
        return JSON if form.taken == "data" else BYTES
    return name.replace("*+", "vnd.api+").replace("text/*", "text/plain").replace("*", "any")


def _sendable(value: Any) -> Any:
    try:
        _encoded(to_json(value))
    except (TypeError, ValueError, RecursionError):
        raise Uncarried from None
    return value


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        raise Uncarried from None


def _loose() -> Iterator[tuple[Family, SearchStrategy[Any]]]:
    """What may be sent where nothing is known of what a rule takes."""
    texts = st.text(CHARACTERS, max_size=20)
    fields = st.dictionaries(texts.filter(bool), texts, max_size=3)
    scalars = st.none() | st.booleans() | st.integers(-1000, 1000) | texts
    yield "json", st.dictionaries(texts, scalars, max_size=3) | scalars | st.lists(scalars, max_size=3)
    yield "text", texts
    yield "form", fields
    yield "multipart", fields
    yield "bytes", st.binary(max_size=64)


_LOOSE: Final[Mapping[Family, SearchStrategy[Any]]] = dict(_loose())
_FAMILIES: Final[tuple[Family, ...]] = ("json", "form", "multipart", "text", "bytes")
