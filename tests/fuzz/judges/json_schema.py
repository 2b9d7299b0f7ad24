"""P10: jsonschema-rs, told nothing but the exported JSON Schema, accepts what the schema accepts.

Two documents are asked, and between them leave no gap: what the schema accepts, the one of dialect 2020-12
must accept; what it refuses, the one of OpenAPI 3.1, which leaves coercions out, must refuse; and what is
accepted in spite of that one must have been a text that was coerced. Outputs, as JSON, fit the document of
outputs. All documents fit the meta-schema.

Where a document says less on purpose, a *twin* of the schema says as little: a disagreement is excused by a
rule only if the schema would agree with the document but for what the rule names. Each is counted.
"""

import functools
import json
from typing import Any

import attrs
import jsonschema_rs

from kbn_schema import MISSING, Schema, SchemaDefinitionError
from kbn_schema.http.rendering import to_json
from kbn_schema.json_schema.ecma import ecma_pattern
from kbn_schema.json_schema.values import is_text, plain
from tests.fuzz.calls import Call, build
from tests.fuzz.judges import reading
from tests.fuzz.judges.rewriting import (
    COMMON,
    Change,
    args_of,
    calls_code,
    has_strange_default,
    only,
    takes_nothing_silently,
    twin,
    without,
    without_formats,
    without_key_bounds,
    without_quantity_bounds,
)
from tests.fuzz.property import Property, Tally
from tests.fuzz.subject import Given, Subject

NAME = "P10"
OUTPUTS = f"{NAME} outputs"

# What is not compared.
NO_JSON = "the value is no JSON"
BROKEN = "the schema could not be asked"
NO_JSON_OUTPUT = "the output is no JSON"
# What only one direction is compared of: documents say less than code, and than references.
AUTHORED = "refusals by code of an author's, by references, by conditions"
AUTHORED_COERCION = "what code of an author's coerced, or refuses to say"
SILENT = "a kind of an author's that takes a missing value, and does not say so by may_be_absent"
AUTHORED_OUTPUT = "outputs of code of an author's"
# Where the document and the schema may disagree.
FORMAT = "a format, read in another way"
HUGE = "a float of 2**53 or more: to us the integer that it holds, to the judge the decimal that it prints"
DEPTH = "nested more than 200 levels"
QUANTITY = "the text of a size or a duration, beside the bounds"
PATTERN = "a pattern that ECMAScript cannot spell"
KEY = "a key that spells a number, but not within bounds"
UNSAYABLE = "a constant or a name that JSON cannot say"
STREAM = "a stream, which is a text in documents, and none of JSON's"
SEVERAL = "several of these at once"
TRUSTED = "a default that its own schema would not yield, which is the author's risk"


def without_untold_patterns(call: Call) -> Call:
    """Let texts be of any form where the document cannot say the pattern."""
    pattern = call.options.get("pattern")
    if call.name != "schema.string" or pattern is None:
        return call
    return without(call, "pattern") if ecma_pattern(reading.compiled(pattern)) is None else call


def without_unsayable_texts(call: Call) -> Call:
    """Let any value be a constant that documents leave out, and any prop be away that they cannot name."""
    if call.name == "schema.object":
        (props,) = args_of(call)
        told = {name: prop if is_text(name) else Call("schema.maybe", [prop]) for name, prop in props.items()}
        return Call(call.name, [told], call.options)
    if call.name not in ("schema.literal", "schema.enum") or plain(build(call.args)) is not MISSING:
        return call
    return Call("schema.any", [], only(call, *COMMON))


def without_streams(call: Call) -> Call:
    """Let texts be streams."""
    if call.name != "schema.stream":
        return call
    stream = Call(call.name, [], {})
    return Call("schema.one_of", [[stream, Call("schema.string")]], only(call, *COMMON))


TWINS: dict[str, tuple[Change, ...]] = {
    FORMAT: (without_formats,),
    QUANTITY: (without_quantity_bounds,),
    PATTERN: (without_untold_patterns,),
    KEY: (without_key_bounds,),
    STREAM: (without_streams,),
    UNSAYABLE: (without_unsayable_texts,),
}
TWINS[SEVERAL] = tuple(change for changes in TWINS.values() for change in changes)


@attrs.define(eq=False, slots=False)
class Documents:
    """The documents of one schema, read by jsonschema-rs, and the twins that say no more than they do."""

    part: Call
    schema: Schema[Any]

    @functools.cached_property
    def problem(self) -> SchemaDefinitionError | None:
        """Why there is no document: a `lazy` that leads nowhere, which nothing but a use finds out."""
        try:
            _ = self.broad
        except SchemaDefinitionError as error:
            return error
        return None

    @functools.cached_property
    def broad(self) -> Any:
        return read(self.schema.json_schema())

    @functools.cached_property
    def narrow(self) -> Any:
        return read(self.schema.json_schema(dialect="openapi-3.1"))

    @functools.cached_property
    def of_outputs(self) -> Any:
        return read(self.schema.json_schema("output"))

    @functools.cached_property
    def without_formats(self) -> Any:
        return read(self.schema.json_schema(), formats=False)

    @functools.cached_property
    def outputs_without_formats(self) -> Any:
        return read(self.schema.json_schema("output"), formats=False)

    @functools.cached_property
    def has_strange_default(self) -> bool:
        return has_strange_default(self.part)

    @functools.cached_property
    def twins(self) -> dict[str, Schema[Any]]:
        return {rule: twin(self.part, *changes) for rule, changes in TWINS.items()}


def check(subject: Subject, tally: Tally) -> None:
    """Compare all that can be compared of *subject*."""
    documents = Documents(subject.part, subject.reference)
    if documents.problem is not None:
        tally.excluded(NAME, BROKEN, len(subject.cases))
        return
    is_authored = calls_code(subject.part)
    for given in subject.cases:
        value = given.value()
        if not reading.is_json(value):
            tally.excluded(NAME, NO_JSON)
        elif given.told.kind == "broken":
            tally.excluded(NAME, BROKEN)
        elif given.told.kind == "accepted":
            _compare_accepted(documents, given, value, is_authored, tally)
            if is_authored:
                tally.excluded(OUTPUTS, AUTHORED_OUTPUT)
            else:
                _compare_output(documents, given, tally)
        else:
            _compare_refused(documents, given, value, is_authored, tally)


def _compare_accepted(
    documents: Documents, given: Given, value: Any, is_authored: bool, tally: Tally
) -> None:
    rule = None
    if not documents.broad.is_valid(value):
        rule = _excuse_of_accepting(documents, given, value)
        assert rule is not None, explain("the document refuses what is accepted", given)
    elif not documents.narrow.is_valid(value):
        output = given.told.content
        if is_authored:
            rule = AUTHORED_COERCION
        elif not (reading.is_coerced(value, output) or reading.has_numbers_for_texts(given.subject.part)):
            raise AssertionError(explain("the OpenAPI document refuses what is accepted as it is", given))
    _count(rule, tally)


def _excuse_of_accepting(documents: Documents, given: Given, value: Any) -> str | None:
    if documents.without_formats.is_valid(value):
        return FORMAT
    if reading.is_huge(value):
        return HUGE
    return SILENT if takes_nothing_silently(given.subject.part) else None


def _compare_refused(documents: Documents, given: Given, value: Any, is_authored: bool, tally: Tally) -> None:
    if not documents.narrow.is_valid(value):
        tally.compared(NAME)
    elif is_authored:
        tally.excluded(NAME, AUTHORED)
    else:
        rule = _excuse(documents, given, value)
        assert rule is not None, explain("the document accepts what is refused", given)
        tally.excluded(NAME, rule)


def _excuse(documents: Documents, given: Given, value: Any) -> str | None:
    # A union that holds it tells that no alternative fits, and not why.
    if reading.is_deep(value) or any(issue.code == "depth" for issue in given.told.content.issues):
        return DEPTH
    if reading.is_huge(value):
        return HUGE
    return next((rule for rule, other in documents.twins.items() if other.is_valid(value)), None)


def _compare_output(documents: Documents, given: Given, tally: Tally) -> None:
    output = as_json(given.told.content)
    if output is MISSING or not reading.is_json(output):
        tally.excluded(OUTPUTS, NO_JSON_OUTPUT)
    elif documents.of_outputs.is_valid(output):
        tally.compared(OUTPUTS)
    else:
        rule = FORMAT if documents.outputs_without_formats.is_valid(output) else None
        rule = TRUSTED if rule is None and documents.has_strange_default else rule
        assert rule is not None, explain("an output does not fit the document of outputs", given)
        tally.excluded(OUTPUTS, rule)


def _count(rule: str | None, tally: Tally) -> None:
    if rule is None:
        tally.compared(NAME)
    else:
        tally.excluded(NAME, rule)


def read(document: dict[str, Any], formats: bool = True) -> Any:
    """Return what judges by *document*, which has to fit the meta-schema."""
    assert jsonschema_rs.meta.is_valid(document), f"{NAME}: the document is no JSON Schema\n{document}"
    return jsonschema_rs.Draft202012Validator(document, validate_formats=formats)


def as_json(output: Any) -> Any:
    """Return the output as a client gets it; MISSING where JSON has no such thing."""
    try:
        return json.loads(to_json(output))
    except (TypeError, ValueError):  # bytes, say, or NaN
        return MISSING


def explain(what: str, given: Given) -> str:
    """Return the message for a finding: what is wrong, and Python that shows it."""
    return f"{NAME}: {what}\n{given}"


PROPERTY = Property(
    NAME, "jsonschema-rs accepts by the exported document what the schema accepts", check, 0.1
)
