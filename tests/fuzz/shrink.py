"""Make a failing case smaller, as long as it fails: greedy, one part after the other."""

import time
from collections.abc import Iterator
from typing import Any

import attrs

from tests.fuzz.calls import Call, Later, call, inside, replaced, spell_case, walk
from tests.fuzz.run import Finding, fails
from tests.fuzz.subject import Subject

SMALL_VALUES: list[Any] = [None, 0, 1, "", "a", [], {}]
SMALL_SCHEMAS = ["schema.any", "schema.string", "schema.number"]


@attrs.frozen
class Case:
    """A schema with one value and a context, as parts; with *bare* there is no value, only a schema."""

    schema: Any
    value: Any
    context: Any
    subject: Subject
    bare: bool = False

    def made(self) -> Subject:
        """Return the subject."""
        made = Subject(self.schema, [], self.subject.seed, self.subject.number, self.subject.style)
        return made if self.bare else made.add(self.value, self.context)


def shrunk(finding: Finding, seconds: float = 20) -> Finding:
    """Return the smallest finding got in *seconds* that is about the same."""
    until = time.monotonic() + seconds
    case = _case(finding)
    if case is None:
        return finding
    improved = True
    while improved:
        improved = False
        for candidate in _smaller(case):
            if time.monotonic() > until:
                return finding
            if _size(candidate) >= _size(case):
                continue
            again = _again(candidate, finding)
            if again is not None:
                case, finding, improved = candidate, again, True
                break
    return finding


def _case(finding: Finding) -> Case | None:
    """Return what can be made smaller: nothing, where it takes several values to find it."""
    subject, given = finding.subject, finding.given
    if given is not None:
        return Case(subject.part, given.part, given.context_part, subject)
    bare = Case(subject.part, None, None, subject, bare=True)
    return bare if _again(bare, finding) is not None else None


def _again(case: Case, finding: Finding) -> Finding | None:
    """Return what is found in *case* if it is about the same as *finding*."""
    subject = case.made()
    try:
        _ = subject.refusal
    except Exception:  # while a case is made smaller, it may become nonsense
        return None
    again = fails(subject, finding.prop)
    if again is None or again.about != finding.about:
        return None
    again.given = subject.cases[0] if subject.cases else None
    return again


def _size(case: Case) -> tuple[int, int]:
    parts = [*walk(case.schema), *walk(case.value), *walk(case.context)]
    return len(parts), len(spell_case(case.schema, case.value, case.context))


def _smaller(case: Case) -> Iterator[Case]:
    if case.context is not None:
        yield attrs.evolve(case, context=None)
    if not case.bare:
        for value in _smaller_parts(case.value, SMALL_VALUES):
            yield attrs.evolve(case, value=value)
    for schema in _smaller_parts(case.schema, [call(name) for name in SMALL_SCHEMAS]):
        if isinstance(schema, Call):
            yield attrs.evolve(case, schema=schema)


def _smaller_parts(root: Any, small: list[Any]) -> Iterator[Any]:
    """Yield copies of *root* in which one part, the largest first, is replaced or loses something."""
    for part in walk(root):
        for other in _instead(part, small):
            try:
                yield replaced(root, part, other)
            except TypeError:  # a list cannot be a key
                continue


def _instead(part: Any, small: list[Any]) -> Iterator[Any]:
    if isinstance(part, (Call, dict, list)):
        for inner in inside(part):
            if isinstance(part, Call) and type(inner) in (dict, list):
                yield from inside(inner)
            yield inner
    if not isinstance(part, Later):
        yield from _lesser(part)
    if isinstance(part, (Call, dict, list)) or part not in small:
        yield from small


def _lesser(part: Any) -> Iterator[Any]:
    """Yield *part* without one of the things in it."""
    if isinstance(part, Call):
        yield from (
            Call(part.name, part.args, {key: item for key, item in part.options.items() if key != name})
            for name in part.options
        )
        if part.args is not None and part.name.startswith("parts.Watched"):
            yield from part.args[1:]
    elif type(part) is dict:
        yield from ({key: item for key, item in part.items() if key is not gone} for gone in part)
    elif type(part) is list:
        half = len(part) // 2
        yield from (part[:half], part[half:]) if half else ()
        yield from ([*part[:index], *part[index + 1 :]] for index in range(min(len(part), 10)))
    elif type(part) is str and len(part) > 1:
        yield from (part[: len(part) // 2], part[1:], part[:-1])
    elif type(part) is int and abs(part) > 1:
        yield from (part // 2, part - 1 if part > 0 else part + 1)
