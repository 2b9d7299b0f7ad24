"""P11: the cost of a validation is in proportion to the value, and to the issues and how deep they lie.

It is counted in lines that run, without a clock.
"""

import functools
import sys
from collections.abc import Callable
from typing import Any

from kbn_schema import messages
from tests.fuzz.calls import Call, walk
from tests.fuzz.compare import contains_itself
from tests.fuzz.properties.fast_is_check import shown
from tests.fuzz.property import Property, Tally
from tests.fuzz.subject import Subject, tell

FREE = 2_000  # lines that any validation may take
EACH = 60  # lines for one value and one schema: any schema may be asked of any value in it
STEP = 10  # lines for one level that one issue is handed up
MOST = 20_000  # values inside of values that are counted; compiled code counts them, too


def check(subject: Subject, tally: Tally) -> None:
    schemas = sum(isinstance(part, Call) for part in walk(subject.part))
    for given in subject.cases:
        value, context = given.value(), given.context()
        issues = given.told.issues if given.told.kind == "refused" else []
        allowed = FREE + EACH * schemas * nodes(value) + STEP * len(issues) * levels(value)
        ask = functools.partial(tell, subject.judged, value, context)
        lines = counted(ask)
        if lines > allowed:
            lines = counted(ask)  # what is done once in a process is not of the value
        if lines > allowed and _is_endless(issues, value):
            tally.excluded("P11", "a condition asks itself until the stack is at its end")
            continue
        assert lines <= allowed, (
            f"P11: a validation costs too much\n{lines} lines, allowed {allowed}\n{shown(given)}"
        )
        tally.compared("P11")


def _is_endless(issues: list[Any], value: Any) -> bool:
    is_deep = levels(value) >= 200 or contains_itself(value)
    return not is_deep and any(code == messages.DEPTH.code for _, code, *_ in issues)


def nodes(value: Any) -> int:
    """Return how many values there are in *value*, those that are in several places counted each time."""
    count = 0
    waiting = [(value, 0)]
    while waiting and count < MOST:
        part, depth = waiting.pop()
        count += 1
        if depth > 200:
            continue
        if issubclass(type(part), dict):
            waiting.extend((item, depth + 1) for item in dict.values(part))
        elif issubclass(type(part), (list, tuple)):
            walked = list.__iter__(part) if issubclass(type(part), list) else tuple.__iter__(part)
            waiting.extend((item, depth + 1) for item in walked)
        elif issubclass(type(part), str):
            count += str.__len__(part) // 8  # it may spell a container
    return count


def levels(value: Any) -> int:
    """Return how deep *value* is nested at most, as far as validation goes down."""
    deepest = 0
    waiting, met = [(value, 0)], 0
    while waiting and met < MOST:
        part, depth = waiting.pop()
        met += 1
        deepest = max(deepest, depth)
        if depth > 200:
            continue
        if issubclass(type(part), dict):
            waiting.extend((item, depth + 1) for item in dict.values(part))
        elif issubclass(type(part), list):
            waiting.extend((item, depth + 1) for item in list.__iter__(part))
        elif issubclass(type(part), str):  # it may spell a container
            deepest = max(deepest, min(depth + str.count(part, "[") + str.count(part, "{"), 200))
    return deepest


def counted(run: Callable[[], Any]) -> int:
    """Return how many lines of Python *run* runs."""
    lines = 0

    def trace(frame: Any, event: str, arg: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(before)
    return lines


PROPERTY = Property("P11", "the cost is in proportion to the value and the issues", check, share=0.01)
