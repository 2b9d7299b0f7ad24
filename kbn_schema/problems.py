"""What `check` finds wrong: facts, from which texts and issues are made once somebody asks.

A problem's path starts at the schema that found it, and each container puts its key in
front (`Failure.under`): a value that is fine pays nothing for paths.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

import attrs

from kbn_schema import messages
from kbn_schema.messages import Message
from kbn_schema.wording import MAX_SHOWN_BITS, escape, shorten, show, show_path

MAX_ISSUES = 100
MAX_TEXT_BYTES = 4096
MAX_WORDS = 1024
MAX_TEXTS = 5
MAX_GUESSED = 32
MAX_CANDIDATES = 50
NO_PARAMS: Mapping[str, Any] = {}

# Codes that say: this alternative was not even meant. See `UnionProblem.closest`.
MISFIT = frozenset({"type", "required", "literal", "enum", "never", "json", "discriminator"})
CHOICE = frozenset({"literal", "enum"})

Path = tuple[str | int, ...]


@attrs.frozen
class Issue:
    """One thing wrong with a value.

    *path* holds the keys and indices from the root, *code* is stable and documented,
    *message* is the sentence without the path, and *params* are the facts in it,
    JSON-ready. None of them holds the rejected value.
    """

    path: Path
    code: str
    message: str
    params: Mapping[str, Any] = attrs.field(hash=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the issue as JSON-ready data; keys in the path are escaped and cut to 64 characters."""
        path = [key if type(key) is int else shorten(str(key)) for key in self.path]
        return {"path": path, "code": self.code, "message": self.message, "params": dict(self.params)}

    def __repr__(self) -> str:
        return f"Issue({show_path(self.path)!r}, {self.code!r}, {self.message!r})"


@attrs.frozen(eq=False)
class Problem:
    """One thing wrong: its sentence, the facts in it, and the path from the schema that found it.

    *shown* are texts for places in the sentence that differ from the param of that name;
    *words* is a sentence of the author's, which replaces ours; *cause* is what the author's
    code raised instead of one, for the log.
    """

    message: Message
    params: Mapping[str, Any] = NO_PARAMS
    path: Path = ()
    shown: Mapping[str, str] = NO_PARAMS
    words: str | None = None
    cause: BaseException | None = None

    def under(self, key: str | int, entry: bool = False) -> "Problem":
        """Return the same problem seen from the container that holds it at *key*."""
        path = (key, *self.path)
        return Problem(self.message, self.params, path, self.shown, self.words, self.cause)

    @property
    def text(self) -> str:
        """The sentence, without the path."""
        if self.words is not None:
            return shorten(self.words, MAX_WORDS)
        places = {name: show(value) for name, value in self.params.items()} | dict(self.shown)
        return self.message.text.format(**places)

    def lines(self, at: Path, shown: Path, namespace: str | None) -> Iterator[str]:
        """Yield the lines of the text: the problem lies *at* a path and its line shows *shown*."""
        yield locate(shown, namespace) + self.text

    def issues(self, at: Path) -> Iterator[Issue]:
        """Yield the issues; the problem lies *at* a path."""
        yield Issue(at, self.message.code, self.text, json_ready(self.params))

    def is_misfit(self) -> bool:
        """Whether the value is not at all of the kind that was asked for."""
        return not self.path and self.message.code in MISFIT


@attrs.frozen(eq=False)
class UnknownKey(Problem):
    """A key without a prop; *props* are the names that it may have been meant for."""

    props: tuple[str, ...] = ()

    def under(self, key: str | int, entry: bool = False) -> "UnknownKey":
        return UnknownKey(self.message, self.params, (key, *self.path), self.shown, props=self.props)

    def issues(self, at: Path) -> Iterator[Issue]:
        near = nearest(str(self.params["key"]), self.props)
        params = {**self.params, "did_you_mean": near} if near else self.params
        yield Issue(at, self.message.code, self.text, params)


@attrs.frozen(eq=False)
class UnionProblem(Problem):
    """No alternative took the value; *branches* holds what each one found.

    The paths in *branches* start at the union. *hidden* counts the keys in front of
    *path* that its lines leave out, see `under`.
    """

    branches: tuple[tuple[Problem, ...], ...] = ()
    hidden: int = 0

    def under(self, key: str | int, entry: bool = False) -> "UnionProblem":
        """Return the same problem seen from the container that holds it at *key*.

        Kibana validates each *entry* of a record or map as a root of its own, so the
        lines of a union in there leave out the path to the entry.
        """
        hidden = self.hidden + 1 if self.hidden or entry else 0
        return UnionProblem(
            self.message, self.params, (key, *self.path), branches=self.branches, hidden=hidden
        )

    @property
    def text(self) -> str:
        return messages.UNION_HEADLINE

    def lines(self, at: Path, shown: Path, namespace: str | None) -> Iterator[str]:
        yield f"{locate(shown, namespace)}{messages.UNION_HEADLINE}"
        base = self.path[self.hidden :] if self.hidden else at
        for index, (first, *_) in enumerate(self.branches):
            lines = first.lines((*base, *first.path), (*base, index, *first.path), namespace)
            yield "- " + next(lines)
            yield from (" " + line for line in lines)

    def issues(self, at: Path) -> Iterator[Issue]:
        closest = self.closest()
        if closest is None:
            # Each alternative has a misfit first, at the path of the union itself.
            texts = [first.text for first, *_ in self.branches[:MAX_TEXTS]]
            found = "; ".join([*texts, "..."] if len(self.branches) > MAX_TEXTS else texts)
            text = messages.UNION_MISFIT.text.format(found=found)
            yield Issue(at, self.message.code, text, {"alternatives": len(self.branches)})
            return
        params = {"alternatives": len(self.branches), "closest": closest}
        text = messages.UNION_CLOSEST.text.format(closest=closest)
        yield Issue(at, self.message.code, text, params)
        for problem in self.branches[closest]:
            yield from problem.issues((*at, *problem.path))

    def closest(self) -> int | None:
        """Return the index of the alternative that came closest, or None if none was meant.

        An alternative whose literals in the first level fit comes before one whose do
        not, then the one with fewer problems, then the first.
        """
        candidates = [
            (_distance(branch), index)
            for index, branch in enumerate(self.branches)
            if not any(problem.is_misfit() for problem in branch)
        ]
        return min(candidates)[1] if candidates else None

    def is_misfit(self) -> bool:
        return not self.path and self.closest() is None


def _distance(branch: tuple[Problem, ...]) -> int:
    wrong_choice = any(len(p.path) == 1 and p.message.code in CHOICE for p in branch)
    return len(branch) + (MAX_ISSUES if wrong_choice else 0)


class Failure:
    """What `check` returns in place of an output: at least one problem, in the order they were found."""

    __slots__ = ("problems",)

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)

    def under(self, key: str | int, entry: bool = False) -> Iterator[Problem]:
        """Yield the problems seen from the container that holds the value at *key*."""
        return (problem.under(key, entry) for problem in self.problems)

    @property
    def path(self) -> Path:
        """The path of the first problem."""
        return self.problems[0].path

    @property
    def cause(self) -> BaseException | None:
        """What the author's code raised where an error was expected, the first of all."""
        waiting: list[Problem] = list(reversed(self.problems))
        met: set[int] = set()  # nested unions share their branches, and there may be 2**200 ways through
        while waiting:
            problem = waiting.pop()
            if problem.cause is not None:
                return problem.cause
            if isinstance(problem, UnionProblem) and id(problem.branches) not in met:
                met.add(id(problem.branches))
                waiting.extend(branch[0] for branch in reversed(problem.branches))
        return None

    def headline(self, namespace: str | None) -> str:
        """Return the text of the first problem, at most 4 KiB in UTF-8."""
        first = self.problems[0]
        lines: list[str] = []
        room = MAX_TEXT_BYTES
        for line in first.lines(first.path, first.path, namespace):
            lines.append(line)
            room -= len(line)
            if room < 0:
                break
        return cut("\n".join(lines))

    def issues(self) -> tuple[Issue, ...]:
        """Return all issues, at most 100."""
        found = chain.from_iterable(problem.issues(problem.path) for problem in self.problems)
        return tuple(islice(found, MAX_ISSUES))


@attrs.frozen
class Report:
    """A failure that is told already: its *text*, *path* and issues, and nothing of the search for them.

    It stands in a `ValidationError` that was pickled or copied.
    """

    text: str
    path: Path
    found: tuple[Issue, ...]

    def headline(self, namespace: str | None) -> str:
        """Return the text."""
        return self.text

    def issues(self) -> tuple[Issue, ...]:
        """Return all issues."""
        return self.found


def json_ready(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return *params*, with integers as text that are too large for a reader of JSON."""
    if not any(type(value) is int and value.bit_length() > MAX_SHOWN_BITS for value in _values(params)):
        return params
    return {name: _small(value) for name, value in params.items()}


def _values(params: Mapping[str, Any]) -> Iterator[Any]:
    for value in params.values():
        yield from value if type(value) is list else (value,)


def _small(value: Any) -> Any:
    if type(value) is list:
        return [_small(item) for item in value]
    return show(value) if type(value) is int and value.bit_length() > MAX_SHOWN_BITS else value


def collect(problems: list[Problem], failure: Failure, key: str | int, entry: bool = False) -> None:
    """Add to *problems*, as far as there is room, those of the value at *key*."""
    problems.extend(islice(failure.under(key, entry), max(MAX_ISSUES - len(problems), 0)))


def fail(message: Message, params: Mapping[str, Any] = NO_PARAMS, **shown: str) -> Failure:
    """Return a failure of one problem: *message* with its *params*.

    *shown* replaces the text of a param in the sentence where that differs.
    """
    return Failure((Problem(message, params, shown=shown),))


def fail_because(message: Message, cause: BaseException) -> Failure:
    """Return a failure of one problem: *message*, since the author's code raised *cause*."""
    return Failure((Problem(message, cause=cause),))


def fail_in_words(words: str) -> Failure:
    """Return a failure whose sentence is the author's own."""
    return Failure((Problem(messages.CUSTOM, words=words),))


def locate(path: Path, namespace: str | None) -> str:
    """Return ``[namespace.path]: ``, or nothing at the root without a namespace."""
    parts = [escape(namespace)] if namespace is not None else []
    if path:
        parts.append(show_path(path))
    return f"[{'.'.join(parts)}]: " if parts else ""


def cut(text: str) -> str:
    """Return *text*, or as much of it as 4 KiB of UTF-8 hold."""
    data = text.encode()
    if len(data) <= MAX_TEXT_BYTES:
        return text
    return data[: MAX_TEXT_BYTES - 3].decode(errors="ignore") + "..."


def nearest(key: str, names: tuple[str, ...]) -> str | None:
    """Return the one of *names* that *key* was probably meant for, or None."""
    from difflib import get_close_matches  # noqa: PLC0415 - only errors need it

    # The caps keep hostile data cheap: comparing is quadratic in the lengths.
    if not 1 < len(key) <= MAX_GUESSED:
        return None
    candidates = [name for name in names if abs(len(name) - len(key)) <= 2][:MAX_CANDIDATES]
    return next(iter(get_close_matches(key, candidates, n=1, cutoff=0.6)), None)
