"""P8: schemas and values that are related get related answers; nobody has to know the right one."""

import pickle
from collections.abc import Callable
from typing import Any

import attrs

from kbn_schema import MISSING, SchemaDefinitionError
from tests.fuzz.calls import Call, Later, build, call, replaced, walk
from tests.fuzz.compare import contains_itself, show
from tests.fuzz.properties.fast_is_check import alike, shown
from tests.fuzz.property import Property, Tally
from tests.fuzz.subject import Given, Subject, Told, tell

NEW_KEY = "unheard of"
WIDER = (
    "min", "max", "exclusive_min", "exclusive_max", "multiple_of", "min_length", "max_length", "min_size",
    "max_size", "pattern",
)  # fmt: skip


@attrs.frozen
class Relation:
    """One relation: *other* makes the other schema (or the same), *values* the other value, *differ* judges.

    *rule* returns why a subject is not looked at; *other* and *values* return None where there is nothing.
    """

    name: str
    other: Callable[[Subject], Any]
    differ: Callable[[Given, Told, Told], str]
    rule: Callable[[Subject], str] = lambda subject: ""
    values: Callable[[Given], Any] = lambda given: given.trial.value  # the same object: any hands it on


def check(subject: Subject, tally: Tally) -> None:
    # All of them on each subject would be dear, and each gets its part of so many subjects.
    first = subject.number % len(RELATIONS)
    some = (RELATIONS[first], RELATIONS[(first + 4) % len(RELATIONS)])
    for relation in RELATIONS if len(subject.cases) == 1 else some:
        _look(relation, subject, tally)


def _look(relation: Relation, subject: Subject, tally: Tally) -> None:
    name = "P8"
    rule = relation.rule(subject) or (
        "the state of the run is put out" if _has(subject, "parts.Where") else ""
    )
    if rule:
        tally.excluded(name, f"{relation.name}: {rule}", len(subject.cases))
        return
    try:
        other = relation.other(subject)
    except SchemaDefinitionError:
        other = None
    if other is None:
        tally.excluded(name, f"{relation.name}: there is no such schema", len(subject.cases))
        return
    for given in subject.cases:
        value = MISSING if given.told.kind == "broken" else relation.values(given)
        if value is MISSING:
            tally.excluded(name, f"{relation.name}: there is no such value")
            continue
        if contains_itself(value):
            tally.excluded(name, "where in a value that contains itself it is told to be too deep")
            continue
        told = tell(other, value, given.context())
        wrong = relation.differ(given, given.told, told)
        assert not wrong, (
            f"P8: {relation.name}: {wrong}\nother: {told.kind} {show(told.content)}\n{shown(given)}"
        )
        tally.compared(name)


# --- other schemas ---


def _around(*make: Any) -> Callable[[Subject], Any]:
    def other(subject: Subject) -> Any:
        name, *before = make
        if name == "schema.one_of":
            return build(call(name, [*before, subject.part]))
        return build(call(name, Later(subject.part) if name == "schema.lazy" else subject.part))

    return other


def _pickled(subject: Subject) -> Any:
    try:
        packed = pickle.dumps(subject.reference)
    except (pickle.PicklingError, AttributeError, TypeError):  # there is a function in it that has no name
        return None
    return pickle.loads(packed)


def _props_reversed(subject: Subject) -> Any:
    for one in walk(subject.part):
        if isinstance(one, Call) and one.name == "schema.object" and one.args and len(one.args[0]) > 1:
            mirrored = Call(one.name, [dict(reversed(one.args[0].items()))], one.options)
            return build(replaced(subject.part, one, mirrored))
    return None


def _widened(subject: Subject) -> Any:
    calls = [one for one in walk(subject.part) if isinstance(one, Call) and one.name.startswith("schema.")]
    bounded = [(one, name) for one in calls for name in WIDER if name in one.options]
    if not bounded:
        return None
    one, name = bounded[subject.number % len(bounded)]
    options = {key: option for key, option in one.options.items() if key != name}
    return build(replaced(subject.part, one, Call(one.name, one.args, options)))


def _same(subject: Subject) -> Any:
    return subject.judged


# --- other values ---


def _not_none(given: Given) -> Any:
    value = given.trial.value
    return MISSING if value is None else value


def _reversed(given: Given) -> Any:
    return _mirrored(given.value()) if given.is_plain and type(given.part) in (dict, list) else MISSING


def _mirrored(value: Any) -> Any:
    if type(value) is dict:
        return {key: _mirrored(item) for key, item in reversed(value.items())}
    return [_mirrored(item) for item in value] if type(value) is list else value


def _with_new_key(given: Given) -> Any:
    value = given.trial.value if given.is_plain else None
    return {**value, NEW_KEY: [1]} if given.told.kind == "accepted" and type(value) is dict else MISSING


# --- what may differ ---


def _alike(given: Given, one: Told, other: Told) -> str:
    if one.kind != other.kind:
        return f"what is {one.kind} is {other.kind}"
    if one.kind == "accepted" and not alike(one.content, other.content):
        return "another output"
    return ""


def _alike_but_for_order(given: Given, one: Told, other: Told) -> str:
    if one.kind != other.kind:
        return f"what is {one.kind} is {other.kind}"
    if not given.is_plain:
        return ""
    if one.kind == "accepted" and not alike(_ordered(one.content), _ordered(other.content)):
        return "another output"
    return ""


def _ordered(value: Any) -> Any:
    if type(value) is dict:
        return {
            key: _ordered(value[key]) for key in sorted(value, key=lambda key: (str(type(key)), ascii(key)))
        }
    return [_ordered(item) for item in value] if type(value) is list else value


def _kind_alike(given: Given, one: Told, other: Told) -> str:
    return "" if one.kind == other.kind else f"what is {one.kind} is {other.kind}"


def _never_refused(given: Given, one: Told, other: Told) -> str:
    return "what is accepted is refused" if one.kind == "accepted" and other.kind == "refused" else ""


def _new_key(given: Given, one: Told, other: Told) -> str:
    unknowns = given.subject.part.options.get("unknowns", "forbid")
    if unknowns == "forbid":
        is_told = other.kind == "refused" and any(code == "unknown_key" for _, code, _, _ in other.issues)
        return "" if is_told else "an unknown key is not refused"
    expected = {**one.content, NEW_KEY: [1]} if unknowns == "allow" else one.content
    # A default comes behind what was sent, also behind an unknown key.
    is_alike = other.kind == "accepted" and alike(_ordered(expected), _ordered(other.content))
    return "" if is_alike else "another output"


# --- which subjects ---


def _has(subject: Subject, *names: str) -> bool:
    return any(isinstance(part, Call) and part.name in names for part in walk(subject.part))


def _looks_elsewhere(subject: Subject) -> str:
    for part in walk(subject.part):
        if isinstance(part, Call):
            if part.name.startswith("parts.") or "validate" in part.options:
                return "an author's code"
            if part.name in ("schema.sibling_ref", "schema.context_ref", "schema.conditional"):
                return "a reference, which reads what is put out elsewhere"
    return ""


def _is_no_object(subject: Subject) -> str:
    part = subject.part
    is_plain = part.name == "schema.object" and "validate" not in part.options
    is_plain = is_plain and part.options.get("unknowns") in (None, "forbid", "ignore", "allow")
    is_plain = is_plain and type(part.args[0]) is dict  # type: ignore[index]
    return "" if is_plain and NEW_KEY not in part.args[0] else "the root is no plain object"  # type: ignore[index]


RELATIONS = [
    Relation("nullable(S) is S but for null", _around("schema.nullable"), _alike, values=_not_none),
    Relation("one_of([S]) is S", _around("schema.one_of"), _alike),
    Relation("one_of([never, S]) is S", _around("schema.one_of", call("schema.never")), _alike),
    Relation("lazy(lambda: S) is S", _around("schema.lazy"), _alike),
    Relation("pickle(S) is S", _pickled, _alike),
    Relation("the order of keys does not matter", _same, _kind_alike, _looks_elsewhere, _reversed),
    Relation("the order of props does not matter", _props_reversed, _alike_but_for_order, _looks_elsewhere),
    Relation("an unknown key is refused, dropped or kept", _same, _new_key, _is_no_object, _with_new_key),
    Relation("a bound less refuses no more", _widened, _never_refused, _looks_elsewhere),
]
PROPERTY = Property("P8", "related schemas and values get related answers", check, share=0.2)
