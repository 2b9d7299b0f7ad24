"""One drawn schema with its values: what all properties look at.

A value is asked about once by each way, see `Given.trial`; the properties judge what is noted there.
"""

import functools
import marshal
import random
from collections.abc import Callable
from typing import Any

import attrs

from kbn_schema import Schema, SchemaDefinitionError, SchemaError, ValidationError
from kbn_schema.codegen.runtime import NAMES
from kbn_schema.problems import Failure
from kbn_schema.run import Run
from tests.fuzz import nasty, parts
from tests.fuzz.calls import Call, build, spell_case
from tests.fuzz.compare import is_generated
from tests.hostile.helper import snapshot

# What generated code still takes for a reason to give up, while it is watched.
NOT_OURS = (RecursionError, StopIteration)
PLAIN_FORMAT = 2  # of `marshal`: without references, which depend on what else holds an object


@attrs.define(eq=False, slots=False)
class Told:
    """What one way said: *kind* is "accepted", "refused" or "broken".

    *content* is the output, the `ValidationError`, or whatever else was raised. *watched* is what checks
    and defaults were called with, *asked* which methods of the value were called.
    """

    kind: str
    content: Any
    watched: list[tuple[str, Any]] = attrs.field(factory=list)
    asked: set[tuple[str, str]] = attrs.field(factory=set)

    @functools.cached_property
    def text(self) -> str:
        """The text of the error."""
        return str(self.content)

    @functools.cached_property
    def issues(self) -> list[Any]:
        """The issues of the error, as data."""
        found: list[Any] = self.content.found.told(lambda *facts: facts)
        return found


@attrs.define(eq=False)
class Trial:
    """One value, asked about by both ways; *changed* says whether one of them changed it."""

    value: Any
    context: Any
    expected: Told
    told: Told
    changed: bool = False


@attrs.define(eq=False, slots=False)
class Given:
    """One case of a subject: a value and a context, as parts (see `calls`)."""

    subject: "Subject"
    part: Any
    context_part: Any = None

    @functools.cached_property
    def _packed(self) -> bytes | None:
        return pack(self.part)

    def value(self) -> Any:
        """Return the value, built anew each time, as it may be hostile or be changed."""
        return build(self.part) if self._packed is None else marshal.loads(self._packed)

    @property
    def is_plain(self) -> bool:
        """Whether the value is made of exact dicts, lists, texts, bytes, numbers, booleans and None."""
        return self._packed is not None

    def context(self) -> Any:
        """Return the context, built anew."""
        return None if self.context_part is None else build(self.context_part)

    @functools.cached_property
    def trial(self) -> Trial:
        """What both ways say of the value, asked once."""
        value, context = self.value(), self.context()
        # Of what is plain, content tells most and is cheap; in a third, each part's identity is looked at.
        packed = self._packed if self._packed is not None and len(self._packed) % 3 else None
        before = shape(value) if packed is None else []
        expected = interpreted(self.subject.reference, value, context)
        told = compiled(self.subject.judged, value, context)
        unchanged = before == shape(value) if packed is None else packed == pack(value)
        return Trial(value, context, expected, told, not unchanged)

    @property
    def told(self) -> Told:
        """What the compiled schema says of the value."""
        return self.trial.told

    def __str__(self) -> str:
        return spell_case(self.subject.part, self.part, self.context_part)


@attrs.define(eq=False, slots=False)
class Subject:
    """A drawn schema and the cases to ask it of.

    *style* says how it was drawn: "wild" has kinds, checks and keys of all sorts, "plain" is what an API
    would have, without code of an author's in it.
    """

    part: Call
    cases: list[Given] = attrs.field(factory=list)
    seed: str = ""
    number: int = 0
    style: str = "wild"

    @functools.cached_property
    def reference(self) -> Schema[Any]:
        """The schema, which is never compiled: ask its `outcome`."""
        schema: Schema[Any] = build(self.part)
        return schema

    @functools.cached_property
    def refusal(self) -> SchemaDefinitionError | None:
        """What was raised when the schema was built."""
        try:
            _ = self.reference
        except SchemaDefinitionError as error:
            return error
        return None

    @functools.cached_property
    def judged(self) -> Schema[Any]:
        """The schema, built once more and compiled."""
        schema: Schema[Any] = build(self.part)
        schema.compile()
        return schema

    @functools.cached_property
    def source(self) -> str:
        """The source of the compiled schema."""
        return self.judged.source

    def add(self, part: Any, context_part: Any = None) -> "Subject":
        """Add a case, and return the subject."""
        self.cases.append(Given(self, part, context_part))
        return self

    def alone(self, given: Given) -> "Subject":
        """Return the same subject with this one case."""
        lone = Subject(self.part, [], self.seed, self.number, self.style)
        return lone.add(given.part, given.context_part)

    def rng(self, purpose: str) -> random.Random:
        """Return random numbers that follow from where the subject comes from and the *purpose*."""
        return random.Random(f"{self.seed}:{self.number}:{purpose}")


def interpreted(schema: Schema[Any], value: Any, context: Any = None) -> Told:
    """Return what `check` says of *value*."""
    parts.WATCHED.clear()
    nasty.ASKED.clear()
    kind, content = "accepted", None
    try:
        content = schema.outcome(value, Run({} if context is None else context))
    except Exception as error:
        kind, content = "broken", error
    if type(content) is Failure:
        cause = content.cause
        kind, content = "refused", ValidationError(content, None)
        content.__cause__ = cause
    return _noted(kind, content)


def compiled(schema: Schema[Any], value: Any, context: Any = None) -> Told:
    """Return what compiled code says of *value*; what it raises by itself is not hidden, as for users."""
    before = NAMES["Exception"]
    NAMES["Exception"] = NOT_OURS
    try:
        told = tell(schema, value, context)
    finally:
        NAMES["Exception"] = before
    if told.kind == "broken" and not isinstance(told.content, SchemaError) and not is_generated(told.content):
        # The code of an author, or a value, raised: this may pass through compiled code, which then gives up.
        return tell(schema, value, context)
    return told


def _validate(schema: Schema[Any], value: Any, context: Any) -> Any:
    return schema.validate(value, context)


def tell(schema: Schema[Any], value: Any, context: Any = None, ask: Callable[..., Any] = _validate) -> Told:
    """Return what `validate` of *schema* says of *value*, or another way to *ask*."""
    parts.WATCHED.clear()
    nasty.ASKED.clear()
    try:
        kind, content = "accepted", ask(schema, value, context)
    except ValidationError as error:
        kind, content = "refused", error
    except Exception as error:
        kind, content = "broken", error
    return _noted(kind, content)


def _noted(kind: str, content: Any) -> Told:
    return Told(kind, content, parts.WATCHED.copy(), set(nasty.ASKED) if nasty.ASKED else set())


def pack(value: Any) -> bytes | None:
    """Return the content of *value* as bytes; None if it is not made of exact types that have literals."""
    try:
        return marshal.dumps(value, PLAIN_FORMAT)
    except ValueError:
        return None


def shape(value: Any) -> list[Any]:
    """Return the containers of *value* and what they hold by identity; nothing for what is none."""
    return snapshot(value) if issubclass(type(value), (dict, list)) else []
