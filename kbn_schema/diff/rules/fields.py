"""This module has the rules about the fields of objects: whether they are there, and may be missing."""

from typing import Final

from kbn_schema.diff.rules.rule import Rule

KEEP_FIELD: Final = "keep the field, with deprecated=True"
OPTIONAL: Final = "wrap it in maybe(...) or give it a default"

FIELDS: Final = (
    Rule(
        "property-added",
        "wider",
        "{name} may be sent",
        "answers may have {name}, too; clients are expected to leave alone what they do not know",
        given=("INFO", "INFO", "WARN"),
    ),
    Rule(
        "required-property-added",
        "both",
        "requests without {name} are refused",
        "answers have {name}, too; clients are expected to leave alone what they do not know",
        advice=OPTIONAL,
        given=("ERR", "INFO", "WARN"),
    ),
    Rule(
        "property-claimed",
        "narrower",
        "{name} could be sent as anything, being unknown, and is checked now",
        "{name} is told now",
        advice="add it as any()",
    ),
    Rule(
        "property-declared", "same", "{name} reaches the handler, where it was unknown", "{name} is told now"
    ),
    Rule(
        "property-removed",
        "both",
        "requests with {name} are refused",
        "clients read {name}",
        advice=KEEP_FIELD,
        response_advice=KEEP_FIELD,
    ),
    Rule(
        "optional-property-removed",
        "narrower",
        "requests with {name} are refused",
        "clients may read {name}",
        advice=KEEP_FIELD,
        response_advice=KEEP_FIELD,
        given=("ERR", "ERR", "INFO"),
    ),
    Rule(
        "property-ignored",
        "wider",
        "{name} may still be sent, as anything, and is not checked any more",
        "nothing is promised of {name} any more",
        advice=KEEP_FIELD,
        response_advice=KEEP_FIELD,
        given=("WARN", "ERR", "ERR"),
    ),
    Rule(
        "header-respelled",
        "same",
        "the handler gets {old} as {new}, which no client sees",
        "{old} is spelled {new} now, which no client sees",
        given=("WARN", "INFO", "INFO"),
    ),
    Rule("property-permitted", "wider", "{name} may be there now", "answers may have {name}"),
    Rule("property-forbidden", "narrower", "requests with {name} are refused", "answers have no {name}"),
    Rule(
        "became-required",
        "narrower",
        "requests without it are refused",
        "it is always there",
        advice=OPTIONAL,
    ),
    Rule(
        "became-optional",
        "wider",
        "it may be left out",
        "clients count on it, and it may be missing",
        response_advice="keep it required",
    ),
    Rule("default-added", "same", "where it is left out, the handler gets {new}", "it has a default now"),
    Rule(
        "default-removed",
        "same",
        "where it is left out, the handler gets no {old} any more",
        "it has no default",
    ),
    Rule(
        "default-changed",
        "same",
        "requests that leave it out mean something else: {new} instead of {old}",
        "the default is {new} instead of {old}, which no answer shows",
        advice="keep the default",
    ),
    Rule(
        "absent-became-null",
        "same",
        "where it is left out, the handler gets None",
        "a missing value counts as null",
    ),
    Rule(
        "null-became-absent",
        "same",
        "where it is left out, the handler gets no None any more",
        "it stays missing",
    ),
    Rule(
        "nullable-added",
        "wider",
        "null is accepted",
        "clients may get null",
        response_advice="keep it from null",
    ),
    Rule(
        "nullable-removed",
        "narrower",
        "null is refused",
        "null does not come any more",
        advice="keep nullable(...)",
    ),
    Rule(
        "unknowns-forbidden",
        "narrower",
        "requests with unknown keys are refused",
        "no other keys come",
        advice="keep unknowns={old!r}",
    ),
    Rule(
        "unknowns-accepted",
        "wider",
        "requests may have unknown keys",
        "answers may have any other key",
        given=("INFO", "WARN", "ERR"),
    ),
    Rule(
        "unknowns-dropped", "same", "unknown keys do not reach the handler any more", "unknown keys may come"
    ),
    Rule("unknowns-kept", "same", "unknown keys reach the handler", "unknown keys may come"),
)
