"""What Kibana's validate block does, as recorded in ``validate_cases.json``, holds here."""

import json
import re
from pathlib import Path

import pytest

from kbn_schema import MISSING, schema
from kbn_schema.http.validation import InvalidRequest, check_request, read_rules

CASES = json.loads(Path(__file__).with_name("validate_cases.json").read_text())["cases"]

# DESIGN.md, section 3: the text for unsafe numbers is our own.
OUR_WORDS = {"V034"}


def must_be_x(value):
    return None if value == "x" else "must be x"


def snake(name):
    return re.sub(r"[A-Z]", lambda letter: "_" + letter[0].lower(), name)


def option(value):
    return {"must_be_x": must_be_x}[value["fn"]] if isinstance(value, dict) else value


def build(tree):
    """The schema that a neutral tree of the case file describes."""
    options = {snake(name): option(value) for name, value in tree.get("opts", {}).items()}
    match tree:
        case {"t": "object", "props": props}:
            return schema.object({name: build(prop) for name, prop in props.items()}, **options)
        case {"t": "arrayOf", "items": item}:
            return schema.array_of(build(item), **options)
        case {"t": "oneOf", "types": types}:
            return schema.one_of([build(kind) for kind in types])
        case {"t": "discriminatedUnion", "discriminator": name, "types": types}:
            return schema.discriminated_union(name, [build(kind) for kind in types])
        case {"t": "conditional", "left": {"ref": "sibling", "key": key}, "right": right}:
            return schema.conditional(
                schema.sibling_ref(key), right, build(tree["then"]), build(tree["otherwise"])
            )
        case {"t": "literal", "value": value}:
            return schema.literal(value)
        case {"t": name, "inner": inner}:
            return getattr(schema, name)(build(inner))
        case {"t": name}:
            return getattr(schema, name)(**options)


def outcome(case):
    sent = case["request"]
    rules = read_rules({part: build(tree) for part, tree in case["validate"].items()}, case["title"])
    query = {
        name: value if isinstance(value, list) else [value] for name, value in sent.get("query", {}).items()
    }
    try:
        valid = check_request(rules, sent.get("params", {}), query, sent.get("body", MISSING))
    except InvalidRequest as error:
        return next(iter(error.errors)), error.headline
    return {"params": valid.params, "query": valid.query, "body": valid.body}


def is_here(case):
    # Rules that are functions are not there yet.
    return case["kind"] == "request" and '"rule"' not in json.dumps(case["validate"])


HERE = [case for case in CASES if is_here(case) and case["id"] not in OUR_WORDS]


@pytest.mark.parametrize("case", HERE, ids=[case["id"] for case in HERE])
def test_a_request_has_the_outcome_that_kibana_gives_it(case):
    expect = case["expect"]
    expected = expect["request"] if expect["status"] == "handler" else (expect["source"], expect["message"])

    assert expected == outcome(case)


def test_most_cases_are_tried():
    assert len(HERE) > 60
