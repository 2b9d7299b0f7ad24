"""This module is what a kind says itself with in a contract: see `Schema.term`.

A term is plain JSON: a word for what values are, under ``"type"``, and facts. What a fact means stands in
``docs/reference/contract-file.md``. Facts that say nothing are left out.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Protocol

import attrs

from kbn_schema.contract.facts import Fact, Facts, as_json, flags_of, scalar, well_formed
from kbn_schema.contract.fingerprints import name_of
from kbn_schema.contract.model import fact_of
from kbn_schema.json_schema.writer import MAX_LEVELS, Definition
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.definition import speaks
from kbn_schema.kinds.options import LINT_IGNORE, Unknowns
from kbn_schema.missing import MISSING
from kbn_schema.references import Reference

Term = dict[str, Any]


class Named(Protocol):
    """What is asked of the named terms of a contract."""

    @property
    def facts(self) -> Facts: ...

    def number(self, schema: Any, named: Mapping[str, Any], name: str | None) -> int: ...

    def may_be_absent(self, schema: Any) -> bool: ...

    def is_apart(self, schema: Any) -> bool: ...

    def once(self, make: Callable[[], Any], made: Any) -> Any: ...


class TermWriter:
    """The words for what a kind is; in each of them, what is None, False or empty is left out.

    What stands inside is given as schemas, and told in turn. *unknowns* says what a container does with keys
    that it does not know, and is None where it inherits that.

    Args:
        terms: All terms of the contract that have names.
        definition: The one that is written, whose references are made right in the end.
        named: The schemas around this place that have an id.
        depth: How many levels down in it this place is.

    Source:
        ``docs/reference/contract-file.md`` says what words and facts mean.
    """

    def __init__(
        self, terms: Named, definition: Definition, named: Mapping[str, Any], depth: int = 0
    ) -> None:
        self.named = named
        """The schemas around this place that have an id."""
        self._terms = terms
        self._definition = definition
        self._depth = depth

    # --- what stands inside ---

    def term(self, schema: Any) -> Term:
        """Return what there is to say of *schema*, which stands inside."""
        if self._terms.is_apart(schema) or (self._depth >= MAX_LEVELS and schema.children()):
            return self.reference(schema)
        return self.content(schema)

    def content(self, schema: Any) -> Term:
        """Return what there is to say of *schema* itself, whatever its id."""
        named = self.named if schema.id is None else {**self.named, schema.id: schema}
        inside = TermWriter(self._terms, self._definition, named, self._depth + 1)
        said = schema.term(inside) if speaks(type(schema), "term") else inside.custom(schema)
        if said["type"] == "ref":
            return said
        common = self._common(schema)
        opaque = {**said.pop("opaque", {}), **common.pop("opaque", {})}
        # What is nested stands last, so that a reader sees what it belongs to.
        return {"type": said["type"], **common, **_told(opaque=opaque), **said}

    def reference(self, schema: Any, name: str | None = None, *, required: bool = False) -> Term:
        """Return what leads to *schema*, which is called *name* where it has no id.

        *required*: whether a missing value is refused there, whatever *schema* makes of it.
        """
        reference = {"type": "ref", "to": self._terms.number(schema, self.named, name)}
        reference |= _told(required=required and self._terms.may_be_absent(schema))
        self._definition.slots.append((reference, "to"))
        return reference

    def once(self, make: Callable[[], Any], made: Any) -> Any:
        """Return what *make* was the first to make; now it *made* this, which may have itself inside.

        Raises:
            SchemaDefinitionError: There is no end of such callables.
        """
        return self._terms.once(make, made)

    # --- the words ---

    def anything(self) -> Term:
        """Any value but a missing one."""
        return {"type": "any"}

    def nothing(self) -> Term:
        """Only a missing value."""
        return {"type": "nothing"}

    def boolean(self) -> Term:
        """True and false, and the texts that spell them."""
        return {"type": "boolean"}

    def bytes(self) -> Term:
        """Bytes, and texts."""
        return {"type": "bytes"}

    def stream(self) -> Term:
        """What is read piece by piece."""
        return {"type": "stream"}

    def number(
        self,
        *,
        min: int | float | None = None,
        max: int | float | None = None,
        exclusive_min: int | float | None = None,
        exclusive_max: int | float | None = None,
        multiple_of: int | float | None = None,
        whole: bool = False,
        unsafe: bool = False,
    ) -> Term:
        """Numbers, and texts that spell one; *whole* is for integers, of any size.

        Args:
            min: The smallest value, inclusive.
            max: The largest value, inclusive.
            exclusive_min: A value that numbers have to be greater than.
            exclusive_max: A value that numbers have to be lower than.
            multiple_of: A value that they have to be a multiple of.
            whole: Whether only whole numbers are taken, of any size.
            unsafe: Whether numbers beyond 2**53 - 1 in size are taken, and texts that lose digits.
        """
        bounds = {
            "min": min,
            "max": max,
            "exclusive_min": exclusive_min,
            "exclusive_max": exclusive_max,
            "multiple_of": multiple_of,
        }
        return {"type": "integer" if whole else "number", **_numbers(bounds), **_told(unsafe=unsafe)}

    def text(
        self,
        *,
        min_length: int | None = None,
        max_length: int | None = None,
        pattern: re.Pattern[str] | None = None,
        format: str | None = None,
        versions: Iterable[str] | None = None,
        scheme: Iterable[str] | None = None,
        coerce_from_number: bool = False,
    ) -> Term:
        """Texts; *format* is one of the words for what they spell, as ``"date_time"``.

        Args:
            min_length: The smallest length in code points, inclusive.
            max_length: The largest length in code points, inclusive.
            pattern: What the whole text matches.
            format: ``"hostname"``, ``"email"``, ``"uuid"``, ``"date"``, ``"date_time"``, ``"ip"`` or
                ``"uri"``.
            versions: Of the format ``"ip"``.
            scheme: Of the format ``"uri"``.
            coerce_from_number: Whether numbers are taken, too.
        """
        lengths = _numbers({"min_length": min_length, "max_length": max_length})
        matched = {} if pattern is None else {"pattern": well_formed(pattern.pattern)}
        flags = [] if pattern is None or pattern.flags == re.ASCII else flags_of(pattern)
        listed = {"versions": versions, "scheme": scheme}
        return {
            "type": "string",
            **_told(format=format),
            **{name: sorted({*map(well_formed, some)}) for name, some in listed.items() if some is not None},
            **lengths,
            **matched,
            **_told(flags=flags, coerce_from_number=coerce_from_number),
        }

    def quantity(self, unit: str, least: int | float | None, most: int | float | None) -> Term:
        """Numbers of a *unit*, and texts that spell a quantity.

        The *unit* is ``"bytes"`` or ``"milliseconds"``; *least* and *most* are numbers of these, inclusive.
        """
        return {"type": "quantity", "unit": unit, **_numbers({"min": least, "max": most})}

    def values(self, values: Iterable[Any]) -> Term:
        """A few *values*, each a scalar: text, a number, True, False or None."""
        return {"type": "values", "values": [scalar(value) for value in values]}

    def array(
        self,
        item: Any,
        *,
        min_size: int | None = None,
        max_size: int | None = None,
        unknowns: Unknowns | None = None,
    ) -> Term:
        """Lists of *min_size* to *max_size* items, both inclusive, that are what the schema *item* says."""
        sizes = _numbers({"min_size": min_size, "max_size": max_size})
        return {"type": "array", "items": self.term(item), **sizes, **_told(unknowns=unknowns)}

    def record(
        self, key: Any, value: Any, *, unknowns: Unknowns | None = None, keeps_keys: bool = False
    ) -> Term:
        """Dicts whose keys and values are what two schemas say.

        Args:
            key: The schema of the keys.
            value: The schema of the values.
            unknowns: As for the class.
            keeps_keys: Whether keys come out with the type that *key* gives them.
        """
        told = _told(unknowns=unknowns, keeps_keys=keeps_keys)
        return {"type": "record", "keys": self.term(key), "values": self.term(value), **told}

    def object(self, props: Mapping[str, Any], unknowns: Unknowns | None = None) -> Term:
        """Dicts with *props*: schemas by name."""
        return {"type": "object", **_told(unknowns=unknowns), "props": self._by_name(props)}

    def union(self, alternatives: Iterable[Any]) -> Term:
        """What one of the *alternatives* takes, schemas in the order of trying: the first that does."""
        return {"type": "union", "of": [self.term(alternative) for alternative in alternatives]}

    def tagged(self, discriminator: str, branches: Mapping[str, Any], other: Any = None) -> Term:
        """What the branch takes that is named under the key *discriminator*; *other* is for all else.

        The *branches* are schemas by that name.
        """
        rest = {} if other is None else {"other": self.term(other)}
        named = {"discriminator": well_formed(discriminator), "of": self._by_name(branches)}
        return {"type": "union", **named, **rest}

    def conditional(self, left: Reference, right: Any, then: Any, otherwise: Any) -> Term:
        """What the schema *then* takes where *left* is *right*, and else what *otherwise* takes.

        *left* is a reference; *right* another one, a value that is equal, or a schema that takes what is
        *left*.
        """
        return {
            "type": "conditional",
            "left": _reference(left),
            "right": self._condition(right),
            "then": self.term(then),
            "otherwise": self.term(otherwise),
        }

    def optional(self, of: Any | None) -> Term:
        """What the schema *of* takes, None for anything, and a missing value, which stays missing."""
        return {"type": "optional", "of": self.anything() if of is None else self.term(of)}

    def nullable(self, of: Any) -> Term:
        """What the schema *of* takes, and null; a missing value becomes null."""
        return {"type": "nullable", "of": self.term(of)}

    def custom(self, schema: Any) -> Term:
        """A kind of its own, that of *schema*: its name, its options, the schemas inside, and its check.

        What JSON does not have of that is told by a fingerprint.
        """
        kind = type(schema)
        inside = schema.children()
        options: dict[str, Any] = {}
        opaque: dict[str, str] = {}
        for field in attrs.fields(kind):
            value = getattr(schema, field.name)
            if field.init and field.name not in _COMMON and not any(value is child for child in inside):
                self._add(options, opaque, field.alias, value, "options.")
        return {
            "type": "custom",
            "name": well_formed(name_of(kind)),
            "check": self._terms.facts.function(kind.check),
            **_told(options=options, opaque=opaque, inside=[self.term(child) for child in inside]),
        }

    # --- what all kinds share ---

    def _by_name(self, schemas: Mapping[str, Any]) -> dict[str, Term]:
        # Sorted, for the order makes no difference.
        return {well_formed(name): self.term(schemas[name]) for name in sorted(schemas)}

    def _condition(self, right: Any) -> Fact:
        if isinstance(right, Reference):
            return _reference(right)
        if isinstance(right, Schema):
            return {"term": self.term(right)}
        return self._terms.facts.value(right)

    def _common(self, schema: Any) -> Term:
        """The facts that any kind may have."""
        facts = self._terms.facts
        common: Term = {}
        default = schema.default
        if isinstance(default, Reference):
            common["default"] = _reference(default)
        elif default is not MISSING and callable(default):
            made = facts.function(default)
            common["default"] = {"made_by": made.pop("name"), **made}
        elif default is not MISSING:
            common["default"] = facts.value(default)
        if schema.validator is not None:
            common["validate"] = facts.function(schema.validator)
        for name in ("title", "description", "id"):
            text = getattr(schema, name)
            if text is not None:
                common[name] = well_formed(text)
        common |= _told(deprecated=schema.deprecated)
        return common | self._remarks(schema) if schema.examples or schema.meta else common

    def _remarks(self, schema: Any) -> Term:
        examples: dict[str, Any] = {}
        meta: dict[str, Any] = {}
        opaque: dict[str, str] = {}
        for index, example in enumerate(schema.examples):
            self._add(examples, opaque, str(index), example, "examples.")
        for key in sorted(schema.meta.keys() - {LINT_IGNORE}, key=str):
            self._add(meta, opaque, str(key), schema.meta[key], "meta.")
        return _told(examples=list(examples.values()), meta=meta, opaque=opaque)

    def _add(self, plain: dict[str, Any], opaque: dict[str, str], name: str, value: Any, place: str) -> None:
        """Tell *value* in one of two mappings: as JSON has it, or by a fingerprint."""
        found = as_json(value)
        if found is MISSING:
            opaque[well_formed(place + name)] = self._terms.facts.fingerprint(value)
        else:
            plain[well_formed(name)] = found


def _told(**facts: Any) -> Term:
    return {name: fact for name, fact in facts.items() if fact}


def _numbers(facts: Mapping[str, int | float | None]) -> Term:
    return {name: fact_of(fact) for name, fact in facts.items() if fact is not None}


def _reference(reference: Reference) -> Fact:
    return {type(reference).combinator: well_formed(reference.path)}


_COMMON: Final = frozenset(field.name for field in attrs.fields(Schema))
