"""Write the condition under which a value of a leaf is its own output."""

from typing import Any

from kbn_schema.codegen.source import Source
from kbn_schema.plan import Leaf

EXACT = 2**53  # integers up to here are floats, too
TYPE_NAMES: dict[type[Any], str] = {
    str: "str",
    int: "int",
    float: "float",
    bool: "bool",
    list: "list",
    dict: "dict",
}


def condition(plan: Leaf, value: str, out: Source, types: tuple[type, ...] | None = None) -> str:
    """Return an expression that holds if the variable *value* is its own output.

    *types* narrows those of the plan.
    """
    kinds = plan.types if types is None else types
    if plan.values is not None:
        return _is_among(plan.values, is_type(kinds, value), value, out)
    if plan.is_unlimited or len(kinds) == 1:
        return _within(plan, kinds, value, out)
    # Each type has its own limits: comparing an int with a float is slow.
    return " or ".join(f"({_within(plan, (kind,), value, out)})" for kind in kinds)


def negated(test: str) -> str:
    """Return the expression that holds where *test* does not."""
    if " and " in test or " or " in test or test.count(" is ") != 1:
        return f"not ({test})"
    return test.replace(" is not ", " is ") if " is not " in test else test.replace(" is ", " is not ")


def _within(plan: Leaf, kinds: tuple[type, ...], value: str, out: Source) -> str:
    bounds = limits(plan, value, out, kinds[0] if len(kinds) == 1 else None)
    tests = [is_type(kinds, value), *_lengths(plan, value), *bounds, *_match(plan, value, out)]
    return " and ".join(tests)


def is_type(types: tuple[type, ...], value: str) -> str:
    """Return an expression that holds if *value* is of one of *types*, and of no subclass."""
    tests = [
        f"{value} is None" if kind is type(None) else f"type({value}) is {TYPE_NAMES[kind]}" for kind in types
    ]
    return tests[0] if len(tests) == 1 else f"({' or '.join(tests)})"


def _is_among(values: frozenset[Any], of_type: str, value: str, out: Source) -> str:
    if len(values) > 1:
        return f"{of_type} and {value} in {out.bind(values, 'VALUES')}"
    (only,) = values
    if type(only) is bool:
        return f"{value} is {only}"
    return f"{of_type} and {value} == {out.constant(only, 'VALUE')}"


def limits(plan: Leaf, value: str, out: Source, kind: type | None = None) -> list[str]:
    """Return the conditions that the bounds of a number are; *kind* is its type, if that is known."""
    low, above, high, below = (_as(kind, bound) for bound in (plan.low, plan.above, plan.high, plan.below))
    least = _bound(low, "{} <= ", out) or _bound(above, "{} < ", out)
    most = _bound(high, " <= {}", out) or _bound(below, " < {}", out)
    found = [f"{least}{value}{most}"] if least or most else []
    # Where both forms of a bound are given, the other one follows.
    if low is not None and above is not None:
        found.append(f"{value} > {out.constant(above, 'LIMIT')}")
    if high is not None and below is not None:
        found.append(f"{value} < {out.constant(below, 'LIMIT')}")
    return found


def _as(kind: type | None, bound: Any) -> Any:
    """Return a float for an integer *bound* of floats, where that is the same number."""
    return float(bound) if kind is float and type(bound) is int and abs(bound) <= EXACT else bound


def _bound(bound: Any, form: str, out: Source) -> str:
    return "" if bound is None else form.format(out.constant(bound, "LIMIT"))


def _lengths(plan: Leaf, value: str) -> list[str]:
    found = length(f"len({value})", plan.min_length, plan.max_length)
    return [found] if found else []


def length(measure: str, least: int | None, most: int | None) -> str:
    """Return the condition that an expression is at least and at most so large, or an empty text."""
    low = f"{least} <= " if least else ""
    high = f" <= {most}" if most is not None else ""
    return f"{low}{measure}{high}" if low or high else ""


def _match(plan: Leaf, value: str, out: Source) -> list[str]:
    return [] if plan.match is None else [f"{out.bind(plan.match, 'MATCH')}({value})"]
