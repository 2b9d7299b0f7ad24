"""What holds for all kinds: nothing that is called compatible breaks anybody."""

import functools
import json
from typing import Any

import pytest

from kbn_schema import MISSING, contract, diff
from kbn_schema.diff.rules import RULES
from kbn_schema.diff.walk import Walk
from kbn_schema.http import Router
from tests.diff.mutants import LEAVES, mutants, tightened
from tests.diff.routers import handle, worst
from tests.examples import EXAMPLES, IDS
from tests.near_miss import near_misses

# By its row (C132) it is compatible; under the profile strict it is not.
MOST_MUTANTS = 40
MOST_VALUES = 250
LIFTED = "condition-lifted-required"


def is_json(value: Any) -> bool:
    if isinstance(value, dict):
        return all(type(key) is str and is_json(item) for key, item in value.items())
    if isinstance(value, list):
        return all(map(is_json, value))
    return value is None or (type(value) in (str, int, float, bool) and value == value)


def is_sent(value: Any) -> bool:
    return value is MISSING or is_json(value)


def values_of(row: Any) -> list[Any]:
    """What may be sent, and is the example's, or nearly."""
    near = [other for value in row.values for other in (value, *near_misses(value))]
    return list({repr(value): value for value in near if is_sent(value)}.values())[:MOST_VALUES]


class Family:
    """Schemas with one contract, and what each makes of the values of an example."""

    def __init__(self, schemas: list[Any], values: list[Any], context: Any) -> None:
        router = Router()
        for index, rule in enumerate(schemas):
            router.post(f"/{index}", validate={"body": rule})(handle)
            router.get(f"/{index}", validate={"request": {}, "response": {200: {"body": rule}}})(handle)
        self.contract = contract.of(router)
        self.schemas = schemas
        self.fits = [[rule.is_valid(value, context) for value in values] for rule in schemas]
        self.endpoints: dict[Any, Any] = {
            (route.method, int(route.path[1:])): route.versions[""] for route in self.contract.routes
        }

    def compared(self, old: int, new: int, method: str = "POST", profile: Any = "kibana") -> Any:
        before, after = self.endpoints[method, old], self.endpoints[method, new]
        return diff.compare_endpoints(before, after, self.contract, self.contract, profile=profile)

    def refuses(self, old: int, new: int) -> bool:
        """Whether *new* refuses a value that *old* accepts."""
        return any(was and not now for was, now in zip(self.fits[old], self.fits[new], strict=True))


@functools.cache
def family(place: int) -> Family:
    row = EXAMPLES[place]
    others = list(mutants(row.schema))
    some = others[:: len(others) // MOST_MUTANTS + 1]
    return Family([row.schema, *some, *LEAVES], values_of(row), row.context)


@pytest.mark.parametrize("place", range(len(EXAMPLES)), ids=IDS)
def test_what_is_not_called_breaking_accepts_all_that_was_accepted(place):
    them = family(place)
    told = 0
    for other in range(1, len(them.schemas)):
        for old, new in ((0, other), (other, 0)):
            changes = [change for change in them.compared(old, new) if change.direction == "request"]
            if worst(changes) == "ERR" or any(change.rule == LIFTED for change in changes):
                told += 1
                continue

            assert not them.refuses(old, new), (them.schemas[old], them.schemas[new], changes)
    assert told < 2 * len(them.schemas)


@pytest.mark.parametrize("place", range(len(EXAMPLES)), ids=IDS)
def test_what_is_neither_breaking_nor_a_warning_answers_nothing_new(place):
    """Under strict; a field that came is a warning there."""
    them = family(place)
    for other in range(1, len(them.schemas)):
        for old, new in ((0, other), (other, 0)):
            if worst(them.compared(old, new, "GET", "strict")) != "INFO":
                continue

            assert not them.refuses(new, old), (them.schemas[old], them.schemas[new])


@pytest.mark.parametrize("place", range(len(EXAMPLES)), ids=IDS)
def test_a_narrower_request_is_a_wider_response_the_other_way_round(place):
    them = family(place)
    walk = Walk(them.contract, them.contract)
    terms = [them.endpoints["POST", index].request["body"] for index in range(len(them.schemas))]
    for term in terms[1:]:
        there, back = walk.compare(terms[0], term, "json"), walk.compare(term, terms[0], "json")

        assert (there.narrows, there.widens) == (back.widens, back.narrows), (terms[0], term)


@pytest.mark.parametrize("row", EXAMPLES, ids=IDS)
def test_nothing_differs_from_itself(row):
    one = Family([row.schema], [], {}).contract
    data = one.to_json()
    again = contract.read(data, "again.json")

    assert diff.compare(one, one) == diff.compare(one, again) == diff.compare(again, one) == ()


@pytest.mark.parametrize("row", EXAMPLES, ids=IDS)
def test_a_stricter_bound_is_narrower(row):
    for loose, tight in tightened(row.schema):
        if loose is None or tight is None:
            continue
        them = Family([loose, tight], [], {})

        assert worst(them.compared(0, 1)) == "ERR"
        assert worst(them.compared(1, 0)) == "INFO"
        assert worst(them.compared(0, 1, "GET")) == "INFO"
        assert worst(them.compared(1, 0, "GET")) == "ERR"


def test_all_changes_are_by_rules_of_the_table():
    them = family(30)
    told = [change for other in range(1, len(them.schemas)) for change in them.compared(0, other)]

    assert {change.rule for change in told} <= RULES.keys()
    assert all(json.dumps(change.path) and change.message for change in told)
    assert all(len(side or "") <= 80 for change in told for side in (change.before, change.after))
