"""This module finds alternatives of a union that an earlier one takes the values of."""

from collections.abc import Iterator
from typing import Any, Final

from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.boolean import BooleanSchema
from kbn_schema.kinds.integer import IntegerSchema
from kbn_schema.kinds.literal import LiteralSchema
from kbn_schema.kinds.number import NumberSchema
from kbn_schema.kinds.one_of import OneOfSchema
from kbn_schema.kinds.string import StringSchema
from kbn_schema.lint.covering import Covering
from kbn_schema.lint.findings import SchemaRule
from kbn_schema.lint.survey import Site, Survey
from kbn_schema.wording import shorten, show_number

READ_TEXTS: Final = (NumberSchema, IntegerSchema, BooleanSchema)
# Unions of more are generated, and each pair costs.
MAX_ALTERNATIVES: Final = 200


def _shadowed(site: Site, survey: Survey) -> Iterator[str]:
    schema = site.schema
    if not isinstance(schema, OneOfSchema):
        return
    wires = {use.wire for use in site.uses}
    alternatives = schema.alternatives[:MAX_ALTERNATIVES]
    judges = [Covering(survey.guard, wire == "text") for wire in sorted(wires)]
    for index, alternative in enumerate(alternatives):
        for earlier in range(index):
            if all(judge.covers(alternatives[earlier], alternative) for judge in judges):
                yield (
                    f"alternative {index}, {_shown(alternative)}, is never reached: alternative "
                    f"{earlier}, {_shown(alternatives[earlier])}, takes all that it takes"
                )
                break


def _coerced(site: Site, _: Survey) -> Iterator[str]:
    schema = site.schema
    if not isinstance(schema, OneOfSchema) or "json" not in site.request_wires:
        return
    reader: Schema[Any] | None = None
    for alternative in schema.alternatives:
        if isinstance(alternative, READ_TEXTS):
            reader = reader or alternative
        elif reader is not None and type(alternative) is StringSchema and _takes_spelled(alternative):
            spelled = '"true"' if isinstance(reader, BooleanSchema) else '"5"'
            yield f"a text such as {spelled} never stays one: {reader.combinator}() stands before string()"
            return


def _shown(alternative: Schema[Any]) -> str:
    """What an alternative is called, with the value of a literal: documents and messages have that, too."""
    value = _spelled(alternative.value) if isinstance(alternative, LiteralSchema) else ""
    return f"{alternative.combinator}({value})"


def _spelled(value: Any) -> str:
    if isinstance(value, str):
        return f'"{shorten(value)}"'
    return repr(value) if value is None or isinstance(value, bool) else show_number(value)


def _takes_spelled(schema: StringSchema) -> bool:
    return schema.pattern is None and not schema.hostname


RULES: Final = (
    SchemaRule(
        "shadowed-branch",
        "error",
        "The first alternative that fits is taken, so one after what accepts as much is never asked.",
        "Put the narrower alternative first, or take it away.",
        _shadowed,
    ),
    SchemaRule(
        "coerced-text",
        "warning",
        "In JSON a client says itself what is a text and what a number, and a number() or boolean() that "
        "stands first turns its texts into something else.",
        "Put string() first: it takes no numbers.",
        _coerced,
    ),
)
