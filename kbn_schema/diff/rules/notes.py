"""This module has the rules about names and remarks, which no value depends on."""

from typing import Final

from kbn_schema.diff.rules.rule import Rule

NOTES: Final = (
    Rule("id-added", "note", "it has the id {new} now", "it has the id {new} now"),
    Rule(
        "id-changed",
        "same",
        "generated types have another name: {new} instead of {old}",
        "generated types have another name: {new} instead of {old}",
        given=("WARN", "WARN", "WARN"),
    ),
    Rule(
        "id-removed",
        "same",
        "generated types have no name of their own any more: it was {old}",
        "generated types have no name of their own any more: it was {old}",
        advice="keep the id",
        response_advice="keep the id",
        given=("WARN", "WARN", "WARN"),
    ),
    Rule(
        "annotation-changed",
        "note",
        "what documents say changed: {what}",
        "what documents say changed: {what}",
    ),
    Rule("deprecated-added", "note", "it is deprecated now", "it is deprecated now"),
    Rule("deprecated-removed", "note", "it is not deprecated any more", "it is not deprecated any more"),
)
