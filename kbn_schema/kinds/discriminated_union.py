"""The alternative that a tag names."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self, overload

import attrs
from typing_extensions import TypeVar, Unpack

from kbn_schema import messages
from kbn_schema.exact import exact_items, exact_str
from kbn_schema.kinds.base import Schema, T_co
from kbn_schema.kinds.definition import refuse
from kbn_schema.kinds.literal import LiteralSchema
from kbn_schema.kinds.object import ObjectSchema
from kbn_schema.kinds.one_of import OneOfSchema, as_schemas
from kbn_schema.kinds.options import Options
from kbn_schema.missing import MISSING
from kbn_schema.plan import ASKS, Absence, Plan, Tagged
from kbn_schema.problems import Failure, fail
from kbn_schema.run import Run
from kbn_schema.wording import show, show_all, type_word

if TYPE_CHECKING:
    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.json_schema import Presence, SchemaWriter
    from kbn_schema.stubs import Hint, TypeWriter
    from kbn_schema.testing.nodes import Shape
    from kbn_schema.testing.writer import StrategyWriter

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class DiscriminatedUnionSchema(Schema[T_co]):
    """See `discriminated_union`."""

    combinator = "discriminated_union"
    word = "unknown"  # so says Kibana

    discriminator: str = attrs.field(kw_only=False)
    alternatives: tuple[Schema[Any], ...] = attrs.field(kw_only=False)
    # The alternative of each tag, and the one without a tag.
    branches: Mapping[str, Schema[Any]] = attrs.field(init=False, factory=dict[str, Schema[Any]])
    fallback: Schema[Any] | None = attrs.field(init=False, default=None)

    def prepare(self) -> None:
        if exact_str(self.discriminator) is None:
            refuse(self, f"the discriminator must name a prop, but is [{type_word(self.discriminator)}]")
        if not self.alternatives:
            refuse(self, "give it at least one alternative")
        branches: dict[str, Schema[Any]] = {}
        for index, alternative in enumerate(self.alternatives):
            tag = self._tag(alternative, index)
            if tag is None:
                if self.fallback is not None:
                    refuse(self, "Only one fallback schema is allowed")
                object.__setattr__(self, "fallback", alternative)
            elif tag in branches:
                at = f"Discriminator for schema at index {index}"
                refuse(self, f"{at} must be a unique, {show(tag)} is already used")
            else:
                branches[tag] = alternative
        if not branches:  # as in Kibana, a fallback alone never matches
            object.__setattr__(self, "fallback", None)
        object.__setattr__(self, "branches", branches)

    def _tag(self, alternative: Schema[Any], index: int) -> str | None:
        if isinstance(alternative, OneOfSchema):
            return self._common_tag(alternative, index)
        if not isinstance(alternative, ObjectSchema):
            kind = type(alternative).__name__
            wanted = "an object schema or oneOf of object schemas"
            refuse(self, f"Schema at index {index} must be {wanted}, got {kind}")
        return self._own_tag(alternative, f"schema at index {index}", f"at index {index}")

    def _common_tag(self, union: OneOfSchema[Any], index: int) -> str | None:
        tags: dict[str | None, None] = {}
        for place, alternative in enumerate(union.alternatives):
            if not isinstance(alternative, ObjectSchema):
                kind = type(alternative).__name__
                refuse(self, f"oneOf schema at index {index} must only include object schemas, "
                             f"got {kind} at index {place}")  # fmt: skip
            where = f"schema at index {index} (oneOf alternative {place})"
            tags[self._own_tag(alternative, where, f"at index {index}")] = None
        if len(tags) == 1:
            return next(iter(tags))
        at = f"Discriminator for schema at index {index}"
        if None in tags:
            refuse(self, f"{at} must not mix literal and fallback discriminators within oneOf")
        return refuse(self, f"{at} must resolve to a single value, got [{_quoted(tags)}]")

    def _own_tag(self, alternative: ObjectSchema[Any], where: str, at: str) -> str | None:
        prop = alternative.props.get(self.discriminator)
        if prop is None:
            refuse(self, f'Discriminator property "{show(self.discriminator)}" is required for {where}')
        if not isinstance(prop, LiteralSchema) or prop.value is None:
            return None
        tag: object = prop.value
        if not isinstance(tag, str):
            refuse(self, f"Discriminator for schema {at} must be a string type, got {type_word(tag)}")
        return tag

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING and (self.default is not MISSING or (run.optional and self.fallback is None)):
            return self.missing(run)
        named = run.name(self)
        alternative = self._choose(value)
        outcome = alternative if isinstance(alternative, Failure) else alternative.check(value, run)
        run.named = named
        return outcome if type(outcome) is Failure else self.finish(outcome, run)

    def plan(self) -> Plan:
        return Tagged(self.discriminator, self.branches, self.fallback)

    def absence(self) -> Absence:
        # What is missing is left to the fallback, which may have a default.
        return ASKS if self.default is MISSING and self.fallback is not None else super().absence()

    def _choose(self, value: Any) -> Schema[Any] | Failure:
        items = exact_items(value) or ()
        tag = next((item for key, item in items if type(key) is str and key == self.discriminator), MISSING)
        text = exact_str(tag)
        branch = self.branches.get(text, self.fallback) if text is not None else self.fallback
        return self._refuse(tag) if branch is None else branch

    def _refuse(self, tag: object) -> Failure:
        property, expected = self.discriminator, list(self.branches)
        if tag is None or tag is MISSING:
            return fail(messages.TAG_REQUIRED, {"property": property, "expected": expected})
        got = type_word(tag)
        params = {"property": property, "expected": expected, "got": got}
        if got != "string":
            return fail(messages.TAG_TYPE, params, quoted=_quoted(expected))
        # The one place where a text of the sender's is shown: Kibana does, and it is a name.
        return fail(messages.TAG_UNKNOWN, params, quoted=_quoted(expected), tag=show(tag))

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        told = {tag: branch for tag, branch in self.branches.items() if out.can_say(self.discriminator, tag)}
        if not told:
            return out.nothing() if self.fallback is None else out.reference(self.fallback, "other")
        branches = {tag: out.reference(branch, tag) for tag, branch in told.items()}
        mapping = {"propertyName": self.discriminator, "mapping": out.mapping(branches)}
        choices = list(branches.values())
        if out.coerces:
            # JSON text has no tag, whatever the alternatives make of it.
            choices = [out.but(choice, type="object") for choice in choices]
        if self.fallback is None:
            return {"discriminator": mapping, "oneOf": choices}
        tag = {self.discriminator: out.constants(branches)}
        tags = {"type": "object", "properties": tag, "required": [self.discriminator]}
        choices.append(out.but(out.reference(self.fallback, "other"), **{"not": tags}))
        # A tag that is not in the mapping fits nothing (OpenAPI 3.1, 4.8.25); 3.0 is in Kibana's form.
        return {"oneOf": choices} if out.is_exact else {"discriminator": mapping, "oneOf": choices}

    def hint(self, out: "TypeWriter") -> "Hint":
        if self.fallback is None:
            return out.union(list(self.branches.values()), self.branches)
        return out.union([*self.branches.values(), self.fallback], [*self.branches, "Other"])

    def term(self, out: "TermWriter") -> "Term":
        return out.tagged(self.discriminator, self.branches, self.fallback)

    def strategy(self, out: "StrategyWriter") -> "Shape":
        return out.tagged(self.discriminator, self.branches, self.fallback)

    def may_be_absent(self, out: "Presence") -> bool:
        if self.default is not MISSING or self.fallback is None:
            return super().may_be_absent(out)
        return out.may_be_absent(self.fallback)

    def precedents(self) -> frozenset[str]:
        # Kibana's union reads its own prop by a reference, which Joi takes for a sibling's.
        return super().precedents() | {self.discriminator}

    def children(self) -> tuple[Schema[Any], ...]:
        return self.alternatives

    def handed_on(self) -> tuple[Schema[Any], ...]:
        return self.children()

    def rebuild(self, change: Callable[[Schema[Any]], Schema[Any]]) -> Self:
        return attrs.evolve(self, alternatives=tuple(map(change, self.alternatives)))


def _quoted(tags: Iterable[object]) -> str:
    return show_all(tags, lambda tag: f'"{show(tag)}"')


@overload
def discriminated_union(
    discriminator: str, a: Schema[A], /, **options: Unpack[Options[A]]
) -> DiscriminatedUnionSchema[A]: ...
@overload
def discriminated_union(
    discriminator: str, a: Schema[A], b: Schema[B], /, **options: Unpack[Options[A | B]]
) -> DiscriminatedUnionSchema[A | B]: ...
@overload
def discriminated_union(
    discriminator: str, a: Schema[A], b: Schema[B], c: Schema[C], /, **options: Unpack[Options[A | B | C]]
) -> DiscriminatedUnionSchema[A | B | C]: ...
@overload
def discriminated_union(
    discriminator: str,
    a: Schema[A],
    b: Schema[B],
    c: Schema[C],
    d: Schema[D],
    /,
    **options: Unpack[Options[A | B | C | D]],
) -> DiscriminatedUnionSchema[A | B | C | D]: ...
@overload
def discriminated_union(
    discriminator: str, alternatives: Sequence[Schema[A]], /, **options: Unpack[Options[A]]
) -> DiscriminatedUnionSchema[A]: ...
@overload
def discriminated_union(
    discriminator: str,
    a: Schema[Any],
    b: Schema[Any],
    c: Schema[Any],
    d: Schema[Any],
    e: Schema[Any],
    /,
    *more: Schema[Any],
    **options: Unpack[Options[Any]],
) -> DiscriminatedUnionSchema[Any]: ...
def discriminated_union(
    discriminator: str, *alternatives: Any, **options: Unpack[Options[Any]]
) -> DiscriminatedUnionSchema[Any]:
    """Accept what the alternative accepts that the prop *discriminator* names; yield its output.

    Only that alternative is asked, so its problems are the answer, and the cost does not
    grow with the number of alternatives. JSON text is not parsed.

    Codes: ``discriminator`` for a tag that no alternative has.

    Args:
        discriminator: Name of the prop that all alternatives have, a `literal` text in
            each, another in each.
        alternatives: Objects, or `one_of` of objects with the same literal, each an
            argument or all in a list; type checkers infer the union best from arguments.
            One may have a prop that is no literal: it is the fallback for all other values,
            and says what becomes of a missing one.

    Raises:
        SchemaDefinitionError: an alternative lacks the prop, two have the same literal, a
            literal is no text, or there are two fallbacks.

    Source:
        Kibana `schema.discriminatedUnion`.

    Example:
        >>> from kbn_schema import schema
        >>> shape = schema.discriminated_union(
        ...     "type",
        ...     schema.object({"type": schema.literal("circle"), "radius": schema.number()}),
        ...     schema.object({"type": schema.literal("square"), "side": schema.number()}),
        ... )
        >>> shape.validate({"type": "square", "side": 2})
        {'type': 'square', 'side': 2}
        >>> shape.issues_of({"type": "square", "side": "x"})
        (Issue('side', 'type', 'expected value of type [number] but got [string]'),)
    """
    schemas = as_schemas("discriminated_union", alternatives)
    return DiscriminatedUnionSchema(discriminator, schemas, **options)
