"""Pydantic, strict, told the calls and not the schema, accepts what the schema accepts, coercion apart.

Strict, it coerces nothing and we do. So it must refuse whatever is refused; and of what is accepted it gets
the output, which it must accept and give back as it is, and the value, if nothing in it was coerced. What
became another thing on the way must have been a text, or a number where a text may be one. The judge is
pydantic-core, which does all that pydantic does at run time; a test shows that it is told here what users of
pydantic write.

What pydantic has no word for it is not told, and takes more: such a disagreement is excused by a rule only if
a *twin* of the schema that is not told either would agree. Each is counted.
"""

import functools
import math
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import attrs
from pydantic_core import CoreConfig, SchemaValidator, ValidationError, core_schema

from kbn_schema import ByteSize, Duration, SchemaDefinitionError
from kbn_schema.numbers import SAFE
from tests.fuzz.calls import Call, walk
from tests.fuzz.judges import reading
from tests.fuzz.judges.rewriting import (
    COMMON,
    Change,
    args_of,
    calls_code,
    has_strange_default,
    only,
    rewritten,
    twin,
    without,
    without_formats,
)
from tests.fuzz.property import Property, Tally
from tests.fuzz.subject import Given, Subject

NAME = "pydantic"

# What is not compared.
WILD = "a schema that is drawn to be odd, in names, numbers and kinds"
UNKNOWN = "a kind that pydantic has not"
AUTHORED = "code of an author's, references, conditions"
NO_JSON = "the value is no JSON"
BROKEN = "the schema could not be asked"
# Where the two may disagree.
DEPTH = "nested more than 200 levels"
FORMAT = "a format, which pydantic is not told"
FLAGS = "a pattern with flags inside, which pydantic is not told"
STEP = "a multiple, which pydantic reckons with a tolerance"
FALLBACK = "an alternative for other tags, which pydantic tries last and for all"
KEY = "a key that spells something: it stays a text, and to pydantic it is any"
SEVERAL = "several of these at once"
TRUSTED = "a default that its own schema would not yield, which is the author's risk"

OF_TEXTS = {
    "schema.any", "schema.email", "schema.enum", "schema.ip", "schema.literal", "schema.never",
    "schema.string", "schema.uri",
}  # fmt: skip
FLAGGED = re.compile(r"\(\?[aiLmsux]+\)")
CONFIG = CoreConfig(strict=True, allow_inf_nan=False)
CoreSchema = core_schema.CoreSchema


def check(subject: Subject, tally: Tally) -> None:
    """Compare all that can be compared of *subject*."""
    untold = UNKNOWN if has_unknown_kinds(subject.part) else None
    untold = WILD if subject.style != "plain" else AUTHORED if calls_code(subject.part) else untold
    if untold is not None:
        tally.excluded(NAME, untold, len(subject.cases))
        return
    if leads_nowhere(subject):  # pydantic-core overflows its stack, which ends the process
        tally.excluded(NAME, BROKEN, len(subject.cases))
        return
    strict = translated(subject.part)
    for given in subject.cases:
        value = given.value()
        if not reading.is_json(value):
            tally.excluded(NAME, NO_JSON)
        elif given.told.kind == "accepted":
            _compare_accepted(strict, given, value, tally)
        elif given.told.kind == "refused":
            _compare_refused(strict, given, value, tally)
        else:
            tally.excluded(NAME, BROKEN)


def leads_nowhere(subject: Subject) -> bool:
    """Return whether a `lazy` in the subject stands for nothing but itself, or for no schema."""
    if not any(isinstance(part, Call) and part.name == "schema.lazy" for part in walk(subject.part)):
        return False
    try:
        subject.reference.json_schema()
    except SchemaDefinitionError:
        return True
    return False


def _compare_accepted(strict: SchemaValidator, given: Given, value: Any, tally: Tally) -> None:
    output = given.told.content
    yielded = asked(strict, output)
    # What was coerced may fit an alternative further up, as it is now.
    is_same = yielded is not REFUSED and (
        reading.is_alike(yielded, output) or not reading.is_alike(value, output)
    )
    if not is_same:
        what = "refuses an output" if yielded is REFUSED else "makes another thing of an output"
        rule = _excuse_of_output(given, output)
        assert rule is not None, explain(f"pydantic {what}", given)
        tally.excluded(NAME, rule)
        return
    is_text_for_number = reading.has_numbers_for_texts(given.subject.part)
    odd = reading.odd_change(value, output, is_text_for_number)
    assert not odd, explain("what is no text was coerced", given)
    is_changed = (
        is_text_for_number or reading.is_coerced(value, output) or reading.has_other_numbers(value, output)
    )
    is_taken = is_changed or asked(strict, value) is not REFUSED
    assert is_taken, explain("pydantic refuses what is accepted as it is", given)
    tally.compared(NAME)


def _compare_refused(strict: SchemaValidator, given: Given, value: Any, tally: Tally) -> None:
    if asked(strict, value) is REFUSED:
        tally.compared(NAME)
        return
    rule = _excuse(given, value)
    assert rule is not None, explain("pydantic accepts what is refused", given)
    tally.excluded(NAME, rule)


def _excuse(given: Given, value: Any) -> str | None:
    if reading.is_deep(value) or any(issue.code == "depth" for issue in given.told.content.issues):
        return DEPTH
    twins = {**{rule: (change,) for rule, change in TWINS.items()}, SEVERAL: tuple(TWINS.values())}
    told = (rule for rule, changes in twins.items() if twin(given.subject.part, *changes).is_valid(value))
    return next(told, None)


def _excuse_of_output(given: Given, output: Any) -> str | None:
    part = given.subject.part
    if has_strange_default(part):
        return TRUSTED
    without = translated(rewritten(part, without_steps))
    return None if asked(without, output) is REFUSED else STEP


REFUSED = object()


def asked(strict: SchemaValidator, value: Any) -> Any:
    """Return what pydantic makes of *value*, `REFUSED` if it does not accept it."""
    try:
        return strict.validate_python(value)
    except ValidationError:
        return REFUSED


def explain(what: str, given: Given) -> str:
    """Return the message for a finding: what is wrong, and Python that shows it."""
    return f"{NAME}: {what}\n{given}"


# --- what pydantic is not told, taken away from the schema, too ---


def without_flagged_patterns(call: Call) -> Call:
    return without(call, "pattern") if call.name == "schema.string" and is_untold(call) else call


def without_steps(call: Call) -> Call:
    return without(call, "multiple_of")


def without_other_keys(call: Call) -> Call:
    if not has_other_keys(call):
        return call
    _, value = args_of(call)
    return Call(call.name, [Call("schema.string"), value], call.options)


def has_other_keys(call: Call) -> bool:
    """Return whether *call* is a record whose keys spell something else, and stay texts."""
    return call.name == "schema.record_of" and args_of(call)[0].name not in OF_TEXTS


def without_tags(call: Call) -> Call:
    if call.name != "schema.discriminated_union":
        return call
    _, alternatives = args_of(call)
    return Call("schema.one_of", [alternatives], only(call, *COMMON))


def is_untold(call: Call) -> bool:
    """Return whether *call* has a pattern that cannot be put into another, or that has no UTF-8."""
    pattern = call.options.get("pattern")
    return isinstance(pattern, str) and (bool(FLAGGED.match(pattern)) or not reading.is_utf8(pattern))


TWINS: dict[str, Change] = {
    FORMAT: without_formats,
    FLAGS: without_flagged_patterns,
    STEP: without_steps,
    FALLBACK: without_tags,
    KEY: without_other_keys,
}


# --- the schema in pydantic's words ---


class Nothing:
    """What no value is an instance of."""


NOTHING = core_schema.is_instance_schema(Nothing)


def has_unknown_kinds(root: Call) -> bool:
    """Return whether there is a kind in *root* for which there is no translation."""
    return any(isinstance(part, Call) and part.name not in WORDS for part in walk(root))


def translated(root: Call) -> SchemaValidator:
    """Return what judges by the calls of *root*."""
    translation = Translation()
    schema = translation.schema(root, Place())
    definitions = list(translation.definitions.values())
    if definitions:
        schema = core_schema.definitions_schema(schema, definitions)
    return SchemaValidator(schema, CONFIG)


@attrs.frozen
class Place:
    """What is inherited on the way down: whether unknown keys are dropped, and the calls with an id."""

    strip: bool = False
    named: Mapping[str, Call] = attrs.field(factory=dict[str, Call])

    def inside(self, call: Call) -> "Place":
        """Return the place inside of *call*."""
        unknowns = call.options.get("unknowns")
        strip = self.strip if unknowns is None else unknowns == "ignore"
        name = call.options.get("id")
        named = self.named if name is None else {**self.named, name: call}
        return Place(strip, named)


class Translation:
    """The translation of one schema; *definitions* are of what is referred to, by name."""

    def __init__(self) -> None:
        self.definitions: dict[str, Any] = {}

    def schema(self, call: Call, place: Place) -> CoreSchema:
        """Return the schema for *call*, which is at *place*; what may be missing is said elsewhere."""
        return self._definition(call, place) if "id" in call.options else WORDS[call.name](self, call, place)

    def any(self, call: Call, place: Place) -> CoreSchema:
        return core_schema.any_schema()

    def boolean(self, call: Call, place: Place) -> CoreSchema:
        return core_schema.bool_schema()

    def string(self, call: Call, place: Place) -> CoreSchema:
        options = call.options
        pattern = None if is_untold(call) else options.get("pattern")
        return core_schema.str_schema(
            min_length=options.get("min_length"),
            max_length=options.get("max_length"),
            pattern=None if pattern is None else whole(pattern),
            regex_engine="python-re",
        )

    def integer(self, call: Call, place: Place) -> CoreSchema:
        return of_integers(call.options)

    def number(self, call: Call, place: Place) -> CoreSchema:
        options = dict(call.options)
        if not options.get("unsafe"):
            options["min"] = max(-SAFE, options.get("min", -SAFE))
            options["max"] = min(SAFE, options.get("max", SAFE))
        return core_schema.union_schema([of_integers(options), of_floats(options)], mode="left_to_right")

    def literal(self, call: Call, place: Place) -> CoreSchema:
        (value,) = args_of(call)
        return constant(value)

    def enum(self, call: Call, place: Place) -> CoreSchema:
        (values,) = args_of(call)
        return core_schema.union_schema(list(map(constant, values)), mode="left_to_right")

    def text(self, call: Call, place: Place) -> CoreSchema:
        return core_schema.str_schema()

    def output(self, call: Call, place: Place) -> CoreSchema:
        """Return the schema of outputs that no JSON value is: only they are judged."""
        return OUTPUTS[call.name]

    def never(self, call: Call, place: Place) -> CoreSchema:
        return NOTHING

    def maybe(self, call: Call, place: Place) -> CoreSchema:
        (of,) = args_of(call)
        return self.schema(of, place)

    def nullable(self, call: Call, place: Place) -> CoreSchema:
        return core_schema.nullable_schema(self.maybe(call, place))

    def array_of(self, call: Call, place: Place) -> CoreSchema:
        (item,) = args_of(call)
        # Kibana's `never` is a word about presence, and an item is always there.
        items = None if item.name == "schema.never" else self.schema(item, place.inside(call))
        sizes = {"min_length": call.options.get("min_size"), "max_length": call.options.get("max_size")}
        return core_schema.list_schema(items, **sizes)

    def entries(self, call: Call, place: Place) -> CoreSchema:
        inner = place.inside(call)
        key, value = (self.schema(part, inner) for part in args_of(call))
        key = core_schema.str_schema() if has_other_keys(call) else key
        return core_schema.dict_schema(key, value)

    def object(self, call: Call, place: Place) -> CoreSchema:
        (props,) = args_of(call)
        return self._object(call, props, place)

    def all_of(self, call: Call, place: Place) -> CoreSchema:
        (parts,) = args_of(call)
        return self._object(
            call, {name: prop for part in parts for name, prop in part.args[0].items()}, place
        )

    def _object(self, call: Call, props: dict[str, Call], place: Place) -> CoreSchema:
        inner = place.inside(call)
        fields = {
            name: core_schema.typed_dict_field(self.schema(prop, inner), required=not may_be_absent(prop))
            for name, prop in props.items()
        }
        extra: Any = call.options.get("unknowns") or ("ignore" if place.strip else "forbid")
        return core_schema.typed_dict_schema(fields, extra_behavior=extra, config=CONFIG)

    def one_of(self, call: Call, place: Place) -> CoreSchema:
        (alternatives,) = args_of(call)
        return self._union(call, alternatives, place)

    def discriminated_union(self, call: Call, place: Place) -> CoreSchema:
        _, alternatives = args_of(call)
        return self._union(call, alternatives, place)

    def _union(self, call: Call, alternatives: list[Call], place: Place) -> CoreSchema:
        inner = place.inside(call)
        choices: list[Any] = [self.schema(alternative, inner) for alternative in alternatives]
        return core_schema.union_schema(choices, mode="left_to_right")

    def lazy(self, call: Call, place: Place) -> CoreSchema:
        (name,) = args_of(call)
        target = place.named.get(name)  # none where it leads nowhere: who comes there is told so
        return NOTHING if target is None else self._definition(target, place)

    def _definition(self, call: Call, place: Place) -> CoreSchema:
        """Return a reference to the definition of *call*, one for each way that keys are treated there."""
        name = f"{id(call)} {'drops' if place.strip else 'refuses'} unknown keys"
        if name not in self.definitions:
            self.definitions[name] = None  # for what refers to it on the way
            self.definitions[name] = {**WORDS[call.name](self, call, place), "ref": name}
        return core_schema.definition_reference_schema(name)


def may_be_absent(prop: Call) -> bool:
    """Return whether an object may lack *prop*."""
    if "default" in prop.options or prop.name in ("schema.maybe", "schema.never", "schema.nullable"):
        return True
    if prop.name == "schema.object":
        return all(map(may_be_absent, args_of(prop)[0].values()))
    if prop.name == "schema.all_of":
        return all(map(may_be_absent, args_of(prop)[0]))
    return prop.name == "schema.discriminated_union" and any(map(may_be_absent, _for_other_tags(prop)))


def _for_other_tags(union: Call) -> list[Call]:
    """Return the alternatives of *union* that have no literal for a tag, which also judge what is missing."""
    tag, alternatives = args_of(union)
    objects = [one for one in alternatives if one.name == "schema.object"]
    return [one for one in objects if args_of(one)[0][tag].name != "schema.literal"]


def constant(value: Any) -> CoreSchema:
    """Return the schema of one scalar; of a number, by bounds: 1.0 is 1."""
    if value is None:
        return core_schema.none_schema()
    if type(value) is str:
        return core_schema.literal_schema([value])
    if type(value) is bool:  # a literal alone would take 1 for True
        return core_schema.chain_schema([core_schema.bool_schema(), core_schema.literal_schema([value])])
    both = {"min": value, "max": value}
    return core_schema.union_schema([of_integers(both), of_floats(both)], mode="left_to_right")


def of_integers(options: dict[str, Any]) -> CoreSchema:
    """Return the schema of the integers within the bounds in *options*."""
    step = options.get("multiple_of")
    return core_schema.int_schema(
        ge=rounded(math.ceil, options.get("min")),
        le=rounded(math.floor, options.get("max")),
        gt=rounded(math.floor, options.get("exclusive_min")),
        lt=rounded(math.ceil, options.get("exclusive_max")),
        # An integer is a multiple of p/q, in lowest terms, if it is one of p.
        multiple_of=None if step is None else Fraction(repr(step)).numerator,
    )


def of_floats(options: dict[str, Any]) -> CoreSchema:
    """Return the schema of the floats within the bounds in *options*."""
    return core_schema.float_schema(
        ge=options.get("min"),
        le=options.get("max"),
        gt=options.get("exclusive_min"),
        lt=options.get("exclusive_max"),
        multiple_of=options.get("multiple_of"),
    )


def rounded(how: Callable[[float], int], bound: float | None) -> int | None:
    return None if bound is None else how(bound)


@functools.cache
def whole(pattern: str) -> str:
    """Return what pydantic, which looks for a pattern anywhere, needs for the whole text to match."""
    return rf"\A(?a:{pattern})\Z"


OUTPUTS: dict[str, CoreSchema] = {
    "schema.byte_size": core_schema.is_instance_schema(ByteSize),
    "schema.duration": core_schema.is_instance_schema(Duration),
    "schema.date": core_schema.date_schema(),
    "schema.date_time": core_schema.datetime_schema(tz_constraint="aware"),
    "schema.uuid": core_schema.uuid_schema(),
}
WORDS: dict[str, Callable[[Translation, Call, Place], CoreSchema]] = {
    "schema.any": Translation.any,
    "schema.boolean": Translation.boolean,
    "schema.string": Translation.string,
    "schema.integer": Translation.integer,
    "schema.number": Translation.number,
    "schema.literal": Translation.literal,
    "schema.enum": Translation.enum,
    "schema.email": Translation.text,
    "schema.ip": Translation.text,
    "schema.uri": Translation.text,
    "schema.never": Translation.never,
    "schema.maybe": Translation.maybe,
    "schema.nullable": Translation.nullable,
    "schema.array_of": Translation.array_of,
    "schema.record_of": Translation.entries,
    "schema.map_of": Translation.entries,
    "schema.object": Translation.object,
    "schema.all_of": Translation.all_of,
    "schema.one_of": Translation.one_of,
    "schema.discriminated_union": Translation.discriminated_union,
    "schema.lazy": Translation.lazy,
    **dict.fromkeys(OUTPUTS, Translation.output),
}

PROPERTY = Property(NAME, "pydantic, strict, accepts what the schema accepts", check, 0.5)
