"""P3: only `ValidationError` leaves `validate`, or `SchemaDefinitionError` of a `lazy` that leads nowhere."""

from kbn_schema import Schema, SchemaDefinitionError
from kbn_schema.messages import FAULT
from tests.fuzz import parts
from tests.fuzz.calls import Call, walk
from tests.fuzz.properties.fast_is_check import shown
from tests.fuzz.property import Property, Tally
from tests.fuzz.subject import Subject


def check(subject: Subject, tally: Tally) -> None:
    for given in subject.cases:
        told = given.told
        if told.kind == "broken":
            is_allowed = isinstance(told.content, SchemaDefinitionError) and has_lazy(subject)
            assert is_allowed, f"P3: {type(told.content).__name__} leaves validate\n{shown(given)}"
            tally.excluded("P3", "a lazy leads nowhere, which its author has to hear")
            continue
        if told.kind == "refused" and any(code == FAULT.code for _, code, _, _ in told.issues):
            # Nobody but an author's kind may raise: a hostile value is not asked.
            assert has_kind_of_author(subject), f"P3: something raises inside\n{shown(given)}"
        tally.compared("P3")


def has_lazy(subject: Subject) -> bool:
    """Return whether a schema is only known once it is used."""
    return any(isinstance(part, Call) and part.name == "schema.lazy" for part in walk(subject.part))


def has_kind_of_author(subject: Subject) -> bool:
    """Return whether a kind in the subject is not ours."""
    calls = [part for part in walk(subject.part) if isinstance(part, Call) and part.args is not None]
    return any(issubclass(kind, Schema) for kind in map(_class_of, calls))


def _class_of(call: Call) -> type:
    found = getattr(parts, call.name.removeprefix("parts."), None) if call.name.startswith("parts.") else None
    return found if isinstance(found, type) else object


PROPERTY = Property("P3", "nothing but ValidationError leaves validate", check)
