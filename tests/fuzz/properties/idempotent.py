"""P2: validating an output again changes nothing, where a schema takes its outputs as it takes its inputs."""

from typing import Any

from tests.fuzz.calls import Call, walk
from tests.fuzz.compare import show
from tests.fuzz.properties.fast_is_check import alike, shown
from tests.fuzz.property import Property, Tally
from tests.fuzz.subject import Subject, tell


def check(subject: Subject, tally: Tally) -> None:
    rule = excluded(subject)
    for given in subject.cases:
        if given.told.kind != "accepted":
            tally.excluded("P2", "the value is refused")
        elif rule:
            tally.excluded("P2", rule)
        else:
            again = tell(subject.judged, given.told.content, given.context())
            if again.kind == "broken":
                tally.excluded("P2", "a lazy leads nowhere, which its author has to hear")
                continue
            is_same = again.kind == "accepted" and alike(again.content, given.told.content)
            assert is_same, (
                f"P2: an output validates to something else\n"
                f"again: {again.kind} {show(again.content)}\n{shown(given)}"
            )
            tally.compared("P2")


def _has_key_without_text(call: Call) -> bool:
    """Return whether a key can be accepted that is not accepted as the text that it comes out as."""
    if call.name != "schema.record_of":
        return False
    inside = [part for part in walk(call.args[0]) if isinstance(part, Call)]  # type: ignore[index]
    return any(part.name in ("schema.literal", "schema.enum") for part in inside)


RULES: dict[str, Any] = {
    "an author's code": lambda call: call.name.startswith("parts.") or "validate" in call.options,
    "a default, which is trusted": lambda call: "default" in call.options,
    "a reference": lambda call: (
        call.name in ("schema.sibling_ref", "schema.context_ref", "schema.conditional")
    ),
    "one_of, which may choose another alternative": lambda call: call.name == "schema.one_of",
    "keys of a record, which come out as text": lambda call: _has_key_without_text(call),
}


def excluded(subject: Subject) -> str:
    """Return the rule by which the subject is not looked at, an empty text if there is none."""
    for call in walk(subject.part):
        if isinstance(call, Call):
            for rule, applies in RULES.items():
                if applies(call):
                    return rule
    return ""


PROPERTY = Property("P2", "validating an output again changes nothing", check, share=0.5)
