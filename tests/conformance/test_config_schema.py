"""What @kbn/config-schema does, recorded by running it, holds here.

`docs/explanation/differences-from-kibana.md` says why some cases are exempt.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kbn_schema import MISSING, SchemaDefinitionError, SchemaError, ValidationError
from tests.conformance import translate
from tests.ways import WAYS, interpreted

CASES = [
    json.loads(line)
    for line in Path(__file__).with_name("config_schema.jsonl").read_text(encoding="utf-8").split("\n")
    if line
]
EXEMPT_TAGS = {
    "js-types", "js-crash", "js-accident", "js-number-format", "utf16", "joi-message", "lazy-option-check",
    "explicit-undefined", "js-number-parse", "crossed-bounds", "validator-false",
}  # fmt: skip
# Each has its line in the page named above.
EXEMPT_CASES = {
    "byte_size-4ba09d6f83": "a bound may be a ByteSize",
    "duration-3016de0630": "ISO 8601 durations are read",
    "duration-e2910897e3": "a bound that is no duration is refused",
    "literal-19903f7cc7": "NaN is no literal",
    "literal-6080b3429b": "NaN is no literal",
    "map-8cdbe0d56a": "a dict has no dicts as keys",
    "number-033ebb2133": "a bound of None is no bound",
    "record-259acd61f9": "a Map is a dict, and so is an object",
    "validate_fn-cca51eacdf": "a Map is a dict, and so is an object",
}


def is_exempt(case: dict[str, Any]) -> bool:
    return case["id"] in EXEMPT_CASES or not EXEMPT_TAGS.isdisjoint(case.get("tags", ()))


HELD = [case for case in CASES if not is_exempt(case)]


def named(case: dict[str, Any]) -> str:
    return case["id"]


def run(case: dict[str, Any], way: Callable[..., Any] = interpreted) -> Any:
    built = translate.schema(case["schema"])
    given = translate.value(case.get("input"))
    if case.get("op") == "structure":
        return built.get_schema_structure()
    if case.get("op") == "propNames":
        return list(built.get_prop_schemas())
    if case.get("op") == "validateKey":
        return (built if way is interpreted else built.compile()).validate_key(case["key"], given)
    strip = case.get("options", {}).get("stripUnknownKeys", False)
    context = translate.value(case["context"]) if "context" in case else None
    return way(built, given, context, case.get("namespace"), strip_unknown_keys=strip)


def expected_output(case: dict[str, Any]) -> Any:
    return plain(translate.encode(translate.value(case.get("output"))))


def plain(encoded: Any) -> Any:
    """Take numbers as they compare in JSON: a bool is none of them."""
    if isinstance(encoded, dict):
        return {key: plain(item) for key, item in encoded.items() if item is not MISSING}
    if isinstance(encoded, list):
        return [plain(item) for item in encoded]
    return (type(encoded).__name__, encoded) if isinstance(encoded, bool) else encoded


both_ways = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)


@both_ways
@pytest.mark.parametrize("case", [c for c in HELD if c["ok"]], ids=named)
def test_accepts_what_kibana_accepts_and_puts_out_the_same(case, way):
    output = run(case, way)

    assert expected_output(case) == plain(translate.encode(output))


@both_ways
@pytest.mark.parametrize("case", [c for c in HELD if not c["ok"] and "stage" not in c], ids=named)
def test_refuses_what_kibana_refuses_in_the_same_words(case, way):
    with pytest.raises(ValidationError) as caught:
        run(case, way)

    assert case["error"] == str(caught.value)
    assert case["error_path"] == [str(key) for key in caught.value.path]


@pytest.mark.parametrize("case", [c for c in HELD if c.get("stage") == "construct"], ids=named)
def test_refuses_to_build_what_kibana_refuses_to_build(case):
    with pytest.raises((SchemaDefinitionError, TypeError)):
        run(case)


@both_ways
@pytest.mark.parametrize("case", [c for c in HELD if c.get("stage") == "runtime"], ids=named)
def test_refuses_a_call_that_kibana_refuses_in_the_same_words(case, way):
    with pytest.raises(SchemaError) as caught:
        run(case, way)

    assert case["error"] == str(caught.value)


@both_ways
@pytest.mark.parametrize("case", [c for c in CASES if is_exempt(c)], ids=named)
def test_an_exempt_case_has_an_ordinary_answer(case, way):
    """Outputs and words may differ there, but nothing but our own errors comes out."""
    raised: BaseException | None = None
    try:
        run(case, way)
    except Exception as error:
        raised = error

    assert raised is None or isinstance(raised, (SchemaDefinitionError, ValidationError))


def test_few_cases_are_exempt():
    assert len(CASES) == 2183
    assert sum(map(is_exempt, CASES)) == 256 + len(EXEMPT_CASES)
