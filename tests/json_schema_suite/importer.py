"""Translate a JSON Schema (2020-12) into combinators of ours, or say why that cannot be done.

Keyword by keyword, by what the standard says of each; nothing here knows the cases of the suite. Every yes
and no comes from a combinator: types, bounds and texts from the kind that has the option, ``anyOf`` from
`one_of`, ``allOf`` from an `object` whose props are all the same value, ``not``, ``if`` and ``oneOf`` from a
`conditional`, ``uniqueItems`` and constant containers from one that compares, counts from `array_of`.
`ByType` and `View` only arrange who is asked what.
"""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from kbn_schema import Schema, schema
from tests.json_schema_suite.kinds import Ask, ByType, View
from tests.json_schema_suite.references import Documents, Place

# Why a schema cannot be translated.
EVALUATED = "unevaluated*: what other keywords have looked at is no matter of the value"
DYNAMIC = "$dynamicRef: where it leads depends on the way to it"
ELSEWHERE = "a reference to the meta-schema, which is full of $dynamicRef"
VOCABULARY = "another meta-schema, which takes keywords away"
PATTERN = "a pattern that Python's re cannot read, or reads in another way"

DRAFT = "https://json-schema.org/draft/2020-12/schema"

ANYTHING = schema.any()
NOTHING = schema.one_of(schema.never())  # `never` alone would take a missing value

TYPES = ("string", "null", "boolean", "number", "array", "object")  # texts first, see `_united`
NUMBERS = {
    "minimum": "min", "maximum": "max", "exclusiveMinimum": "exclusive_min",
    "exclusiveMaximum": "exclusive_max", "multipleOf": "multiple_of",
}  # fmt: skip


class Unmapped(Exception):
    """There is no translation; the text says why."""


def translated(document: Any) -> Schema[Any]:
    """Return the schema that accepts what the JSON Schema *document* accepts, or raise `Unmapped`."""
    return Importer(document).schema(document)


class Importer:
    """The translation of one document, and of those it refers to."""

    def __init__(self, document: Any) -> None:
        self._documents = Documents(document)
        self._made: dict[int, Schema[Any]] = {}
        self._waiting: list[Place] = []

    def schema(self, document: Any) -> Schema[Any]:
        """Return the schema for *document*, and for all that it leads to."""
        root = self._translate(*self._documents.place(document))
        while self._waiting:
            target, base = self._waiting.pop()
            if id(target) not in self._made:
                self._made[id(target)] = self._translate(target, base)
        return root

    def _translate(self, told: Any, base: str) -> Schema[Any]:
        if isinstance(told, bool):
            return ANYTHING if told else NOTHING
        _require_known(told)
        return every([*self._of_types(told), *self._of_all_types(told, base)])

    def _inner(self, told: Any) -> Schema[Any]:
        return self._translate(*self._documents.place(told))

    def _all_inner(self, told: Sequence[Any]) -> list[Schema[Any]]:
        return [self._inner(inner) for inner in told]

    # --- keywords that speak of all values ---

    def _of_all_types(self, told: dict[str, Any], base: str) -> list[Schema[Any]]:
        found: list[Schema[Any]] = []
        if "$ref" in told:
            found.append(self._referred(told["$ref"], base))
        if "const" in told:
            found.append(constant(told["const"]))
        if "enum" in told:
            found.append(any_of([constant(value) for value in told["enum"]]))
        if "allOf" in told:
            found.append(every(self._all_inner(told["allOf"])))
        if "anyOf" in told:
            found.append(any_of(self._all_inner(told["anyOf"])))
        if "oneOf" in told:
            found.append(exactly_one(self._all_inner(told["oneOf"])))
        if "not" in told:
            found.append(choice(self._inner(told["not"]), NOTHING, ANYTHING))
        if "if" in told:
            parts = (self._inner(told.get(word, True)) for word in ("if", "then", "else"))
            found.append(choice(*parts))
        return found

    def _referred(self, reference: str, base: str) -> Schema[Any]:
        place = self._documents.find(reference, base)
        if place is None:
            raise Unmapped(ELSEWHERE)
        target, _ = place
        if isinstance(target, bool):
            return self._inner(target)
        self._waiting.append(place)
        return schema.lazy(lambda: self._made[id(target)])

    # --- keywords that speak of one type ---

    def _of_types(self, told: dict[str, Any]) -> list[Schema[Any]]:
        named = told.get("type", TYPES)
        named = {named} if isinstance(named, str) else set(named)
        limits = {
            "string": texts(told),
            "number": numbers(told, whole="number" not in named),
            "array": self._array(told),
            "object": self._object(told),
        }
        plain = {"null": schema.literal(None), "boolean": schema.boolean(), **UNLIMITED}
        taken = named | ({"number"} if "integer" in named else set())
        limited = {name for name in limits if limits[name] is not UNLIMITED[name]}
        if taken >= set(TYPES) and not taken & limited:
            return []
        return [_united({name: limits.get(name, plain[name]) for name in TYPES if name in taken}, limited)]

    def _array(self, told: dict[str, Any]) -> Schema[Any]:
        found: list[Schema[Any]] = []
        first = told.get("prefixItems", [])
        fewest, most = count(told, "minItems"), count(told, "maxItems")
        items = self._inner(told.get("items", True))
        if first:
            found.append(by_index(self._all_inner(first)))
            if items is not ANYTHING:
                rest = schema.array_of(items)
                found.append(View(lambda value, ask: value[len(first) :], rest))
            items = ANYTHING
        if crosses(fewest, most):
            found.append(NOTHING)
        elif items is not ANYTHING or fewest is not None or most is not None:
            found.append(schema.array_of(items, min_size=fewest, max_size=most))
        if "contains" in told:
            found.append(self._contains(told))
        if told.get("uniqueItems"):
            found.append(UNIQUE)
        return every(found) if found else UNLIMITED["array"]

    def _contains(self, told: dict[str, Any]) -> Schema[Any]:
        wanted = self._inner(told["contains"])
        fewest, most = count(told, "minContains"), count(told, "maxContains")
        fewest = 1 if fewest is None else fewest
        return NOTHING if crosses(fewest, most) else View(
            lambda value, ask: [item for item in value if ask(wanted, item)],
            schema.array_of(ANYTHING, min_size=fewest, max_size=most),
            asked=(wanted,),
        )  # fmt: skip

    def _object(self, told: dict[str, Any]) -> Schema[Any]:
        found = [*self._props(told), *self._dependents(told)]
        if "propertyNames" in told:
            found.append(schema.record_of(self._inner(told["propertyNames"]), ANYTHING))
        fewest, most = count(told, "minProperties"), count(told, "maxProperties")
        if crosses(fewest, most):
            found.append(NOTHING)
        elif fewest is not None or most is not None:
            keys = schema.array_of(schema.string(), min_size=fewest, max_size=most)
            found.append(View(lambda value, ask: list(value), keys))
        return every(found) if found else UNLIMITED["object"]

    def _props(self, told: dict[str, Any]) -> list[Schema[Any]]:
        named = {name: self._inner(inner) for name, inner in told.get("properties", {}).items()}
        patterns = {
            schema.string(pattern=whole_pattern(pattern)): self._inner(inner)
            for pattern, inner in told.get("patternProperties", {}).items()
        }
        required = told.get("required", ())
        others = told.get("additionalProperties", True)
        if not patterns and isinstance(others, bool):
            is_free = others and not required and all(prop is ANYTHING for prop in named.values())
            return [] if is_free else [props(named, required, "allow" if others else "forbid")]
        found: list[Schema[Any]] = [
            entries(partial(_fits, text), value, text) for text, value in patterns.items()
        ]
        if named or required:
            found.append(props(named, required, "allow"))
        if others is not True:
            value = self._inner(others)
            found.append(
                entries(lambda key, ask: key not in named and not any(ask(text, key) for text in patterns),
                        value, *patterns)
                if named or patterns else schema.record_of(schema.string(), value)
            )  # fmt: skip
        return found

    def _dependents(self, told: dict[str, Any]) -> list[Schema[Any]]:
        found = [
            any_of([absent(name), props({}, [name, *others], "allow")])
            for name, others in told.get("dependentRequired", {}).items()
        ]
        return found + [
            any_of([absent(name), self._inner(inner)])
            for name, inner in told.get("dependentSchemas", {}).items()
        ]


# What each type that has keywords takes without one.
UNLIMITED: dict[str, Schema[Any]] = {
    "string": schema.string(),
    "number": schema.number(unsafe=True),
    "array": schema.array_of(ANYTHING),
    "object": schema.object({}, unknowns="allow"),
}


def _require_known(told: dict[str, Any]) -> None:
    if told.keys() & {"unevaluatedItems", "unevaluatedProperties"}:
        raise Unmapped(EVALUATED)
    if "$dynamicRef" in told:
        raise Unmapped(DYNAMIC)
    if told.get("$schema", DRAFT) != DRAFT:
        raise Unmapped(VOCABULARY)


def _united(schemas: dict[str, Schema[Any]], limited: set[str]) -> Schema[Any]:
    """Return the schema of the types in *schemas*.

    A `one_of` where no text is left to be coerced: those before take it as it is, or nothing coerces.
    """
    if ("string" in schemas and "string" not in limited) or schemas.keys() <= {"string", "null"}:
        return any_of([*schemas.values()])
    return ByType(schemas)


# --- combinators for what keywords say ---


def every(schemas: Sequence[Schema[Any]]) -> Schema[Any]:
    """Return the schema of what fits all *schemas*: the props of an object that has the value often."""
    limits = [one for one in schemas if one is not ANYTHING]
    if len(limits) < 2:
        return limits[0] if limits else ANYTHING
    names = [str(index) for index in range(len(limits))]
    return View(
        lambda value, ask: dict.fromkeys(names, value),
        schema.object(dict(zip(names, limits, strict=True))),
        told=tuple(limits),
    )


def any_of(schemas: Sequence[Schema[Any]]) -> Schema[Any]:
    """Return the schema of what fits at least one of *schemas*."""
    if not schemas:
        return NOTHING
    return schemas[0] if len(schemas) == 1 else schema.one_of(schemas)


def choice(condition: Schema[Any], then: Schema[Any], otherwise: Schema[Any]) -> Schema[Any]:
    """Return the schema of what fits *then* if it fits *condition*, else *otherwise*."""
    if then is otherwise:
        return then
    return _beside(schema.conditional(schema.sibling_ref("it"), condition, then, otherwise))


def _beside(conditional: Schema[Any], told: tuple[Schema[Any], ...] = ()) -> Schema[Any]:
    """Return the schema of what fits *conditional*, which may refer to the value as its sibling ``it``."""
    both = schema.object({"it": ANYTHING, "too": conditional})
    return View(lambda value, ask: {"it": value, "too": value}, both, told=told)


def exactly_one(schemas: Sequence[Schema[Any]]) -> Schema[Any]:
    """Return the schema of what fits one of *schemas*, and no other."""
    none: Schema[Any] = ANYTHING
    found: Schema[Any] = NOTHING
    for one in reversed(schemas):
        none, found = choice(one, NOTHING, none), choice(one, none, found)
    return every([found, any_of(schemas)])  # the latter for documents, which can say no more


def constant(value: Any) -> Schema[Any]:
    """Return the schema of *value* and no other."""
    if isinstance(value, list | dict):
        it = schema.sibling_ref("it")
        shape = UNLIMITED["array" if isinstance(value, list) else "object"]
        guard = ByType({"array" if isinstance(value, list) else "object": shape})
        return _beside(schema.conditional(it, value, ANYTHING, NOTHING), told=(guard,))
    return schema.literal(value)


def texts(told: dict[str, Any]) -> Schema[Any]:
    """Return the schema for what *told* says of texts."""
    fewest, most = count(told, "minLength"), count(told, "maxLength")
    if crosses(fewest, most):
        return NOTHING
    if "pattern" in told:
        return schema.string(min_length=fewest, max_length=most, pattern=whole_pattern(told["pattern"]))
    if fewest is None and most is None:
        return UNLIMITED["string"]
    return schema.string(min_length=fewest, max_length=most)


def numbers(told: dict[str, Any], *, whole: bool) -> Schema[Any]:
    """Return the schema for what *told* says of numbers."""
    options = {option: told[word] for word, option in NUMBERS.items() if word in told}
    if whole:
        return schema.integer(**options)
    return schema.number(unsafe=True, **options) if options else UNLIMITED["number"]


def props(named: dict[str, Schema[Any]], required: Sequence[str], unknowns: Any) -> Schema[Any]:
    """Return the schema of objects with the props *named*, of which those in *required* must be there."""
    every_prop = {**dict.fromkeys(required, ANYTHING), **named}
    return schema.object(
        {name: prop if name in required else schema.maybe(prop) for name, prop in every_prop.items()},
        unknowns=unknowns,
    )


def absent(name: str) -> Schema[Any]:
    """Return the schema of objects without the key *name*."""
    return schema.object({name: schema.never()}, unknowns="allow")


def entries(is_meant: Callable[[str, Ask], bool], value: Schema[Any], *asked: Schema[Any]) -> Schema[Any]:
    """Return the schema of objects in which the values of the keys that are meant fit *value*."""
    return View(
        lambda entries, ask: {key: item for key, item in entries.items() if is_meant(key, ask)},
        schema.record_of(schema.string(), value),
        asked=asked,
    )


def by_index(first: Sequence[Schema[Any]]) -> Schema[Any]:
    """Return the schema of lists whose first items fit *first*, one each, as far as they are there."""
    named = {str(index): item for index, item in enumerate(first)}
    return View(
        lambda value, ask: {str(index): item for index, item in enumerate(value)}, props(named, (), "allow")
    )


def count(told: dict[str, Any], word: str) -> int | None:
    """Return the number of things that *word* says; JSON Schema may write it 2.0."""
    return int(told[word]) if word in told else None


def crosses(fewest: int | None, most: int | None) -> bool:
    """Return whether nothing can be between the two; our kinds refuse such bounds."""
    return fewest is not None and most is not None and fewest > most


def whole_pattern(pattern: str) -> str:
    """Return what a whole text matches if *pattern*, in ECMAScript's words, is found somewhere in it."""
    if re.search(r"\\[pPuckSsB]|\(\?<[a-zA-Z]|\[\^?\]", pattern):
        raise Unmapped(PATTERN)
    # Python's $ also matches before a line break at the end. An escape or a class is left as it is.
    ends = re.sub(r"\\.|\[(?:\\.|[^\]])*\]|\$", lambda met: r"\Z" if met[0] == "$" else met[0], pattern)
    return rf"[\s\S]*(?:{ends})[\s\S]*"


def _fits(text: Schema[Any], key: str, ask: Ask) -> bool:
    return ask(text, key)


def _pairs(value: list[Any], ask: Ask) -> list[Any]:
    return [
        {"one": one, "other": other, "apart": None}
        for index, one in enumerate(value)
        for other in value[:index]
    ]


_APART = schema.conditional(schema.sibling_ref("one"), schema.sibling_ref("other"), NOTHING, ANYTHING)
UNIQUE: Schema[Any] = View(
    _pairs, schema.array_of(schema.object({"one": ANYTHING, "other": ANYTHING, "apart": _APART}))
)
