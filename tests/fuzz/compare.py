"""One assertion: what the compiled code says of a value is what `check` says, in all respects."""

import contextlib
import traceback
from collections.abc import Iterator, Sequence
from typing import Any

import attrs

from kbn_schema import Schema, SchemaError, ValidationError, messages
from kbn_schema.codegen.runtime import NAMES
from kbn_schema.problems import Failure
from kbn_schema.run import Run
from tests.fuzz import nasty, parts
from tests.hostile.helper import snapshot
from tests.same import same, shown_error, shown_issues


@attrs.frozen
class Way:
    """One way to ask: how `check` is run, and what is called of the compiled schema."""

    name: str
    options: dict[str, Any]
    namespace: str | None = None


WAYS = [
    Way("validate", {}),
    Way("strip_unknown_keys", {"strip": True}, "request body"),
    Way("fields", {"fields": True}, "request query"),
    Way("optional", {"optional": True}, "key"),
]


@attrs.frozen
class Answer:
    """What came out: *kind* is "accepted", "refused" or "broken".

    *stopped* says that the reference did not look at all of the value.
    """

    kind: str
    content: Any
    watched: list[tuple[str, Any]]
    asked: set[tuple[str, str]]
    stopped: bool = False


def compare(
    judged: Any,
    value: Any,
    context: Any = None,
    reference: Schema[Any] | None = None,
    ways: Sequence[Way] = WAYS,
) -> Answer:
    """Assert that *judged*, once compiled, answers for *value* as `check` of *reference* does.

    *reference* is *judged* itself, or a schema built the same way. Returns the first of the answers, which
    are the plain one and those of the other *ways*.
    """
    _compile(judged)
    reference = judged if reference is None else reference
    answers = [_compare_way(way, judged, value, context, reference) for way in ways]
    if ways[0].name == "validate":
        _compare_verdicts(answers[0], judged, value, context)
    return answers[0]


def _compile(judged: Any) -> None:
    try:
        judged.compile()
    except Exception as error:
        raise AssertionError(f"compile: raises {error!r}\nschema: {show(judged)}") from error


def _compare_way(way: Way, judged: Any, value: Any, context: Any, reference: Schema[Any]) -> Answer:
    before = snapshot(value)
    expected = _observed(lambda: _interpreted(way, reference, value, context))
    expected = attrs.evolve(expected, stopped=_stopped(expected, way, reference, value, context))
    again = _observed(lambda: _interpreted(way, reference, value, context))
    assert before == snapshot(value), "the reference changed the input"
    told = _observed(lambda: _compiled(way, judged, value, context))
    twice = _observed(lambda: _compiled(way, judged, value, context))

    explain = _Explanation(way.name, judged, value, expected, told)
    assert before == snapshot(value), explain("the input was changed")
    assert expected.kind == told.kind, explain("accepts what is refused, or the reverse")
    if told.kind == "refused" and is_told_elsewhere(
        value, expected.content["issues"], told.content["issues"]
    ):
        return told
    assert same(expected.content, told.content), explain("says something else")
    assert same(told.content, twice.content), explain("says something else the second time")
    # Where the reference stopped, no check asked what comes behind.
    assert told.asked <= expected.asked or expected.stopped, explain(
        "asked a value more than the reference does"
    )
    _compare_watched(expected, told, explain)
    if told.kind == "accepted":
        _compare_sharing(expected, again, told, twice, value, explain)
    return told


def _compare_verdicts(told: Answer, judged: Any, value: Any, context: Any) -> None:
    explain = _Explanation("is_valid, issues_of", judged, value, told, None)
    if told.kind == "broken":
        return
    assert judged.is_valid(value, context) is (told.kind == "accepted"), explain("is_valid differs")
    issues = told.content["issues"] if told.kind == "refused" else []
    assert same(issues, shown_issues(judged.issues_of(value, context))), explain("issues_of differs")


def _interpreted(way: Way, reference: Schema[Any], value: Any, context: Any) -> Any:
    outcome = reference.outcome(value, Run({} if context is None else context, **way.options))
    if type(outcome) is Failure:
        raise ValidationError(outcome, way.namespace) from outcome.cause
    return outcome


def _stopped(told: Answer, way: Way, reference: Schema[Any], value: Any, context: Any) -> bool:
    """Return whether the reference ended early: at 100 issues, or since something was raised."""
    if told.kind != "refused":
        return told.kind == "broken"
    if len(told.content["issues"]) >= 100:
        return True
    try:
        reference.check(value, Run({} if context is None else context, **way.options))
    except Exception:
        return True
    return False


def _compiled(way: Way, judged: Any, value: Any, context: Any) -> Any:
    """Ask compiled code; what it raises by itself is shown, though users would not see it."""
    try:
        with _nothing_hidden():
            return _asked(way, judged, value, context)
    except SchemaError:
        raise
    except Exception as error:
        if is_generated(error):
            raise
    # The code of an author, or a value, raised: this may pass through compiled code, which then gives up.
    parts.WATCHED.clear()
    nasty.ASKED.clear()
    return _asked(way, judged, value, context)


@contextlib.contextmanager
def _nothing_hidden() -> Iterator[None]:
    """Let through what generated code would take for a reason to give up."""
    before = NAMES["Exception"]
    NAMES["Exception"] = (RecursionError, StopIteration)
    try:
        yield
    finally:
        NAMES["Exception"] = before


def is_generated(error: BaseException) -> bool:
    """Return whether *error* was raised in generated code itself, and not further down."""
    last = [frame.f_code for frame, _ in traceback.walk_tb(error.__traceback__)][-1]
    return last.co_filename.startswith("<kbn_schema")


def _asked(way: Way, judged: Any, value: Any, context: Any) -> Any:
    if way.name == "validate":
        return judged.validate(value, context, way.namespace)
    if way.name == "strip_unknown_keys":
        return judged.validate(value, context, way.namespace, strip_unknown_keys=True)
    return judged.enforce(value, Run({} if context is None else context, **way.options), way.namespace)


def _observed(ask: Any) -> Answer:
    parts.WATCHED.clear()
    nasty.ASKED.clear()
    try:
        kind, content = "accepted", ask()
    except ValidationError as error:
        kind, content = "refused", shown_error(error)
    except Exception as error:  # whatever it is, both ways have to raise it
        kind, content = "broken", [type(error).__name__, str(error)]
    return Answer(kind, content, list(parts.WATCHED), set(nasty.ASKED))


def _compare_watched(expected: Answer, told: Answer, explain: "_Explanation") -> None:
    """Checks are called for the same values if all is well, and never more often if it is not.

    A default of an alternative that does not fit need not be asked for.
    """
    left = list(expected.watched)
    for name, value in told.watched:
        at = next((i for i, (known, seen) in enumerate(left) if known == name and same(seen, value)), None)
        if at is None:
            assert expected.stopped, explain(f"{name} was called once more, with {show(value)}")
            return
        left.pop(at)
    if expected.kind == "accepted":
        missed = [name for name, value in left if value is not parts.ASKED_FOR]
        assert not missed, explain("checks were not called")


def _compare_sharing(
    expected: Answer, again: Answer, told: Answer, twice: Answer, value: Any, explain: "_Explanation"
) -> None:
    """Of the input, and between two outputs, no more is shared than the reference shares."""
    given = set(containers(value))
    first, second = set(containers(expected.content)), set(containers(again.content))
    one, other = containers(told.content), set(containers(twice.content))

    assert set(one) & given <= first & given, explain("the output holds a container of the input")
    assert set(one) & other - given <= first & second, explain("two outputs share a container")
    assert len(one) >= len(first), explain("one container stands in two places of the output")


def is_told_elsewhere(value: Any, expected: Sequence[Any], told: Sequence[Any]) -> bool:
    """Return whether issues, each a path, a code and more, differ by where a circle is too deep."""
    if len(expected) != len(told):
        return False
    pairs = [pair for pair in zip(expected, told, strict=True) if not same(*map(list, pair))]
    codes = {code for pair in pairs for _, code, *_ in pair}
    return codes == {messages.DEPTH.code} and contains_itself(value)


def contains_itself(value: Any) -> bool:
    """Return whether a dict or list in *value* has itself inside."""
    waiting: list[tuple[Any, bool]] = [(value, False)]
    around: set[int] = set()
    done: set[int] = set()
    while waiting:
        part, is_left = waiting.pop()
        if is_left:
            around.remove(id(part))
            done.add(id(part))
        elif id(part) in around:
            return True
        elif issubclass(type(part), (dict, list)) and id(part) not in done:
            around.add(id(part))
            waiting.append((part, True))
            items = dict.values(part) if issubclass(type(part), dict) else list.__iter__(part)
            waiting.extend((item, False) for item in items)
    return False


def containers(value: Any) -> dict[int, Any]:
    """Return the dicts and lists in *value* by identity."""
    found: dict[int, Any] = {}
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if not issubclass(type(part), (dict, list)) or id(part) in found:
            continue
        found[id(part)] = part
        waiting.extend(dict.values(part) if issubclass(type(part), dict) else list.__iter__(part))
    return found


@attrs.frozen
class _Explanation:
    """The message of a failed assertion, made when it is needed."""

    way: str
    judged: Any
    value: Any
    expected: Any
    told: Any

    def __call__(self, what: str) -> str:
        return (
            f"{self.way}: {what}\n"
            f"schema:    {show(self.judged)}\nvalue:     {show(self.value)}\n"
            f"reference: {show(self.expected)}\ncompiled:  {show(self.told)}\n"
            f"source:\n{show_source(self.judged)}"
        )


def show(value: Any) -> str:
    try:
        text = repr(value)
    except Exception as error:  # of a value that raises when it is printed, or that is too deep
        text = f"<{type(value).__name__}, which cannot be printed: {type(error).__name__}>"
    return text if len(text) <= 2000 else text[:2000] + "..."


def show_source(judged: Any) -> str:
    try:
        return str(judged.source)
    except Exception as error:
        return f"<none: {error!r}>"
