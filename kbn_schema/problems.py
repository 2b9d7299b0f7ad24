"""What `check` finds wrong: facts, from which texts and issues are made once somebody asks.

A problem's path starts at the schema that found it, and each container puts its key in
front (`Failure.under`): a value that is fine pays nothing for paths.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeVar

import attrs

from kbn_schema import messages
from kbn_schema.messages import Message
from kbn_schema.wording import MAX_SHOWN_BITS, escape, shorten, show, show_key, show_path

MAX_ISSUES = 100
MAX_TEXT_BYTES = 4096
MAX_WORDS = 1024
MAX_TEXTS = 5
SIMILAR = 0.6  # of the letters, at least
MAX_GUESSED = 32
MAX_GUESSES = 10  # only among the first issues: a hundred guesses would take a tenth of a second
MAX_CANDIDATES = 50
NO_PARAMS: Mapping[str, Any] = {}
NOTHING_SHOWN: Mapping[str, str] = {}

# Codes that say: this alternative was not even meant. See `UnionProblem.closest`.
MISFIT = frozenset({"type", "required", "literal", "enum", "never", "json", "discriminator"})
CHOICE = frozenset({"literal", "enum"})

Path = tuple[str | int, ...]
Trail = tuple[str | int, "Trail"] | None
T = TypeVar("T")
# What makes something of an issue's path, code, message and params, which it may keep.
Tell = Callable[[Path, str, str, dict[str, Any]], T]


@attrs.frozen
class Issue:
    """One thing wrong with a value.

    *path* holds the keys and indices from the root, *code* is stable and documented,
    *message* is the sentence without the path, and *params* are the facts in it,
    JSON-ready. None of them holds the rejected value, but for the words of an author's own
    check, and for an unknown discriminator, which is escaped and cut to 64 characters.

    Source:
        ``docs/reference/issues.md`` is the table of codes and params.
    """

    path: Path
    code: str
    message: str
    params: Mapping[str, Any] = attrs.field(hash=False)

    def to_dict(self) -> dict[str, Any]:
        """Return ``{"path", "code", "message", "params"}``, JSON-ready.

        Keys in the path are escaped and cut to 64 characters.
        """
        return as_data(self.path, self.code, self.message, dict(self.params))

    def __repr__(self) -> str:
        return f"Issue({show_path(self.path)!r}, {self.code!r}, {self.message!r})"


def as_data(path: Path, code: str, message: str, params: dict[str, Any]) -> dict[str, Any]:
    """Return an issue as JSON-ready data, in which *params* are used as they are."""
    keys: list[str | int] = []
    for key in path:  # mostly one, for which a comprehension is slower
        keys.append(key if type(key) is int else show_key(key))
    return {"path": keys, "code": code, "message": message, "params": params}


class Problem:
    """One thing wrong: its sentence, the facts in it, and the *trail* from the schema that found it.

    The trail is a key and the trail below it, so that each container on the way up adds one key in
    the same time, however deep it is; `path` is made of it.

    *message* is the sentence with its code, and *params* are the facts in it, ready for JSON, which must
    not hold the value. *shown* are texts for places in the sentence that differ from the param of that name.
    *text* is the sentence where it is made already.
    """

    # A plain class, though never changed: setting the attributes of a frozen one of attrs
    # would be most of the cost of an error.
    __slots__ = ("_text", "message", "params", "shown", "trail")
    may_have_cause = False
    """Whether an author's exception may be found in it."""

    def __init__(
        self,
        message: Message,
        params: Mapping[str, Any] = NO_PARAMS,
        trail: Trail = None,
        shown: Mapping[str, str] = NOTHING_SHOWN,
        text: str | None = None,
    ) -> None:
        self.message: Message = message
        self.params: Mapping[str, Any] = params
        self.trail: Trail = trail
        self.shown: Mapping[str, str] = shown
        self._text = text

    def under(self, key: str | int, entry: bool = False) -> "Problem":
        """Return the same problem seen from the container that holds it at *key*.

        *entry* says that it is a record or a map, of which each value is a root of its own.
        """
        return Problem(self.message, self.params, (key, self.trail), self.shown, self._text)

    @property
    def path(self) -> Path:
        """The keys from the schema on that the problem is told of."""
        keys: list[str | int] = []
        trail = self.trail
        while trail is not None:
            key, trail = trail
            keys.append(key)
        return tuple(keys)

    @property
    def text(self) -> str:
        """The sentence, without the path."""
        if self._text is None:
            self._text = self.message.fill(self.params, self.shown, show)
        return self._text

    def headline(self, namespace: str | None) -> str:
        """Return the text of an error whose first problem this is; what is over 4 KiB may be missing.

        *namespace* is put in front of each path; None where there is none.
        """
        return locate(self.path, namespace) + self.text

    def lines(self, at: Path, shown: Path, namespace: str | None) -> Iterator[str]:
        """Yield the lines of the text: the problem lies *at* a path and its line shows *shown*.

        *namespace* is put in front of each path; None where there is none.
        """
        yield locate(shown, namespace) + self.text

    def tell(self, at: Path, told: list[T], tell: Tell[T]) -> None:
        """Add to *told* what *tell* makes of each issue, at most 100 in all; the problem lies *at* a path."""
        told.append(tell(at, self.message.code, self.text, json_ready(self.params)))

    def is_misfit(self) -> bool:
        """Whether the value is not at all of the kind that was asked for."""
        return self.trail is None and self.message.code in MISFIT


class AuthorsProblem(Problem):
    """What an author's own code found.

    *words* is a sentence of the author's, which replaces ours; *cause* is what the code
    raised instead of one, for the log.
    """

    __slots__ = ("cause", "words")
    may_have_cause = True

    def __init__(
        self,
        message: Message,
        trail: Trail = None,
        words: str | None = None,
        cause: BaseException | None = None,
    ) -> None:
        super().__init__(message, trail=trail)
        self.words: str | None = words
        self.cause: BaseException | None = cause

    def under(self, key: str | int, entry: bool = False) -> "AuthorsProblem":
        return AuthorsProblem(self.message, (key, self.trail), self.words, self.cause)

    @property
    def text(self) -> str:
        return self.message.text if self.words is None else shorten(self.words, MAX_WORDS)


class UnknownKey(Problem):
    """A key without a prop; it may have been meant for one of *props* that is not *present*."""

    __slots__ = ("present", "props")

    def __init__(
        self,
        message: Message,
        params: Mapping[str, Any],
        trail: Trail,
        props: Iterable[str] = (),
        present: Container[str] = (),
    ) -> None:
        super().__init__(message, params, trail)
        self.props: Iterable[str] = props
        self.present: Container[str] = present

    def under(self, key: str | int, entry: bool = False) -> "UnknownKey":
        return UnknownKey(self.message, self.params, (key, self.trail), self.props, self.present)

    def tell(self, at: Path, told: list[T], tell: Tell[T]) -> None:
        params = dict(self.params)
        if len(told) < MAX_GUESSES:
            near = nearest(str(params["key"]), tuple(name for name in self.props if name not in self.present))
            if near is not None:
                params["did_you_mean"] = near
        told.append(tell(at, self.message.code, self.text, params))


class UnionProblem(Problem):
    """No alternative took the value; *branches* holds what each one found.

    The paths in *branches* start at the union. *hidden* counts the keys in front of
    *path* that its lines leave out, see `under`.
    """

    __slots__ = ("branches", "hidden")
    may_have_cause = True

    def __init__(
        self,
        message: Message,
        trail: Trail = None,
        branches: tuple[tuple[Problem, ...], ...] = (),
        hidden: int = 0,
    ) -> None:
        super().__init__(message, trail=trail)
        self.branches: tuple[tuple[Problem, ...], ...] = branches
        self.hidden: int = hidden

    def under(self, key: str | int, entry: bool = False) -> "UnionProblem":
        """Return the same problem seen from the container that holds it at *key*.

        Kibana validates each *entry* of a record or map as a root of its own, so the
        lines of a union in there leave out the path to the entry.
        """
        hidden = self.hidden + 1 if self.hidden or entry else 0
        return UnionProblem(self.message, (key, self.trail), self.branches, hidden)

    @property
    def text(self) -> str:
        return messages.UNION_HEADLINE

    def headline(self, namespace: str | None) -> str:
        lines: list[str] = []
        room = MAX_TEXT_BYTES
        path = self.path
        for line in self.lines(path, path, namespace):
            lines.append(line)
            room -= len(line)
            if room < 0:
                break
        return "\n".join(lines)

    def lines(self, at: Path, shown: Path, namespace: str | None) -> Iterator[str]:
        yield f"{locate(shown, namespace)}{messages.UNION_HEADLINE}"
        base = self.path[self.hidden :] if self.hidden else at
        for index, (first, *_) in enumerate(self.branches):
            lines = first.lines((*base, *first.path), (*base, index, *first.path), namespace)
            yield "- " + next(lines)
            yield from (" " + line for line in lines)

    def tell(self, at: Path, told: list[T], tell: Tell[T]) -> None:
        closest = self.closest()
        if closest is None:
            # Each alternative has a misfit first, at the path of the union itself.
            texts = [first.text for first, *_ in self.branches[:MAX_TEXTS]]
            found = "; ".join([*texts, "..."] if len(self.branches) > MAX_TEXTS else texts)
            text = messages.UNION_MISFIT.text.format(found=found)
            told.append(tell(at, self.message.code, text, {"alternatives": len(self.branches)}))
            return
        params = {"alternatives": len(self.branches), "closest": closest}
        text = messages.UNION_CLOSEST.text.format(closest=closest)
        told.append(tell(at, self.message.code, text, params))
        for problem in self.branches[closest]:
            if len(told) >= MAX_ISSUES:
                return
            problem.tell((*at, *problem.path), told, tell)

    def closest(self) -> int | None:
        """Return the index of the alternative that came closest, or None if none was meant.

        An alternative whose literals in the first level fit comes before one whose do
        not, then the one with fewer problems, then the one that knows more of the keys, then
        the first.
        """
        candidates = [
            (_distance(branch), index)
            for index, branch in enumerate(self.branches)
            if not any(problem.is_misfit() for problem in branch)
        ]
        return min(candidates)[1] if candidates else None

    def is_misfit(self) -> bool:
        return self.trail is None and self.closest() is None


def _distance(branch: tuple[Problem, ...]) -> tuple[bool, int, int]:
    wrong_choice = any(len(p.path) == 1 and p.message.code in CHOICE for p in branch)
    return wrong_choice, len(branch), sum(isinstance(problem, UnknownKey) for problem in branch)


class Failure:
    """What `check` returns in place of an output: *problems*, at least one, in the order they were found."""

    __slots__ = ("problems",)

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)

    def under(self, key: str | int, entry: bool = False) -> Iterator[Problem]:
        """Yield the problems seen from the container that holds the value at *key*.

        *entry* says that the container is a record or a map, of which each value is a root of its own.
        """
        return (problem.under(key, entry) for problem in self.problems)

    @property
    def path(self) -> Path:
        """The path of the first problem."""
        return self.problems[0].path

    @property
    def cause(self) -> BaseException | None:
        """What the author's code raised where an error was expected, the first of all."""
        for problem in self.problems:
            if problem.may_have_cause:
                return _cause(self.problems)
        return None

    def headline(self, namespace: str | None) -> str:
        """Return the text of the first problem, at most 4 KiB in UTF-8; *namespace* goes before paths."""
        return cut(self.problems[0].headline(namespace))

    def told(self, tell: Tell[T]) -> list[T]:
        """Return what *tell* makes of each issue, of at most 100."""
        told: list[T] = []
        for problem in self.problems:
            if len(told) >= MAX_ISSUES:
                break
            problem.tell(problem.path, told, tell)
        return told

    def issues(self) -> tuple[Issue, ...]:
        """Return all issues, at most 100."""
        return tuple(self.told(Issue))


def _cause(problems: tuple[Problem, ...]) -> BaseException | None:
    waiting = list(reversed(problems))
    met: set[int] = set()  # nested unions share their branches, and there may be 2**200 ways through
    while waiting:
        problem = waiting.pop()
        if isinstance(problem, AuthorsProblem) and problem.cause is not None:
            return problem.cause
        if isinstance(problem, UnionProblem) and id(problem.branches) not in met:
            met.add(id(problem.branches))
            waiting.extend(branch[0] for branch in reversed(problem.branches))
    return None


class Report:
    """A failure that is told already: its *text*, *path* and issues, and nothing of the search for them.

    It stands in a `ValidationError` that was pickled or copied.
    """

    def __init__(self, text: str, path: Path, found: tuple[Issue, ...]) -> None:
        self.text = text
        self.path = path
        self.found = found

    def headline(self, namespace: str | None) -> str:
        """Return the text."""
        return self.text

    def told(self, tell: Tell[T]) -> list[T]:
        """Return what *tell* makes of each issue."""
        return [tell(issue.path, issue.code, issue.message, dict(issue.params)) for issue in self.found]

    def issues(self) -> tuple[Issue, ...]:
        """Return all issues."""
        return self.found


def json_ready(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of *params*, with integers as text that are too large for a reader of JSON."""
    for value in params.values():
        if type(value) is list or (type(value) is int and value.bit_length() > MAX_SHOWN_BITS):
            return {name: _small(value) for name, value in params.items()}
    return {**params}


def _small(value: Any) -> Any:
    if type(value) is list:
        return [_small(item) for item in value]
    return show(value) if type(value) is int and value.bit_length() > MAX_SHOWN_BITS else value


def collect(problems: list[Problem], failure: Failure, key: str | int, entry: bool = False) -> None:
    """Add to *problems* those of *failure*, of the value at *key*, as long as there are not 100.

    *entry* says that the container is a record or a map, of which each value is a root of its own.
    """
    for problem in failure.problems:
        if len(problems) >= MAX_ISSUES:
            return
        problems.append(problem.under(key, entry))


def fail(message: Message, params: Mapping[str, Any] = NO_PARAMS, **shown: str) -> Failure:
    """Return a failure of one problem: *message* with its *params*.

    The *params* are told in issues, so they are ready for JSON, and do not hold the value. *shown* replaces
    the text of a param in the sentence where that differs.
    """
    return Failure((Problem(message, params, None, shown),))


@lru_cache(maxsize=1024, typed=True)
def fail_alike(message: Message, **params: str | float | None) -> Failure:
    """Return what `fail` returns, once for the same params: for sentences that will be needed often.

    It is cheaper, and so is its text. Not for params that the sender chooses.
    """
    failure = fail(message, params)
    _ = failure.problems[0].text  # made now, and kept
    return failure


def fail_because(message: Message, cause: BaseException) -> Failure:
    """Return a failure of one problem: *message*, since the author's code raised *cause*."""
    return Failure((AuthorsProblem(message, cause=cause),))


def fail_in_words(words: str) -> Failure:
    """Return a failure whose sentence is the author's own."""
    return Failure((AuthorsProblem(messages.CUSTOM, words=words),))


def locate(path: Path, namespace: str | None) -> str:
    """Return ``[namespace.path]: ``, or nothing at the root without a namespace."""
    if namespace is None:
        return f"[{show_path(path)}]: " if path else ""
    return f"[{escape(namespace)}.{show_path(path)}]: " if path else f"[{escape(namespace)}]: "


def cut(text: str) -> str:
    """Return *text*, or as much of it as 4 KiB of UTF-8 hold."""
    if 4 * len(text) <= MAX_TEXT_BYTES:
        return text
    data = text.encode()
    if len(data) <= MAX_TEXT_BYTES:
        return text
    return data[: MAX_TEXT_BYTES - 3].decode(errors="ignore") + "..."


def _may_be_meant(key: str, name: str) -> bool:
    """Whether it is worth comparing: few typing errors are in the first and in the last letter."""
    if abs(len(name) - len(key)) > 2 or not name or (key[0] != name[0] and key[-1] != name[-1]):
        return False
    return sum(letter in name for letter in key) >= SIMILAR * (len(key) + len(name)) / 2


def nearest(key: str, names: tuple[str, ...]) -> str | None:
    """Return the one of *names* that *key* was probably meant for, or None."""
    # The caps keep hostile data cheap: comparing is quadratic in the lengths.
    if not 1 < len(key) <= MAX_GUESSED:
        return None
    candidates = [name for name in names if _may_be_meant(key, name)][:MAX_CANDIDATES]
    if not candidates:
        return None
    from difflib import get_close_matches  # noqa: PLC0415 - only errors need it, see `late`

    return next(iter(get_close_matches(key, candidates, n=1, cutoff=SIMILAR)), None)
