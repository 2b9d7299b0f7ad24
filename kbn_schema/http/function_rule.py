"""This module lets a function stand where a schema does."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import attrs

from kbn_schema.errors import ValidationError
from kbn_schema.http.errors import HttpError
from kbn_schema.http.logs import log
from kbn_schema.http.mistakes import refuse
from kbn_schema.http.signatures import is_asked_for, parameters, takes
from kbn_schema.kinds.definition import is_async
from kbn_schema.problems import Failure, fail_in_words


@attrs.frozen
class Accepted:
    """A function rule's answer: the part, as the handler gets it."""

    value: Any
    """What the handler gets; nothing checks it again."""


@attrs.frozen
class Rejected:
    """A function rule's answer: what is wrong, and at which path of the part."""

    error: object
    """A text, or an exception, whose text is told."""
    path: tuple[str | int, ...] = ()
    """Keys and indices from the part to the problem; none where that is the part itself."""


class RuleResult:
    """Makes the answers of a function rule.

    Source:
        Kibana's `RouteValidationResultFactory`.
    """

    def ok(self, value: Any) -> Accepted:
        """The part is fine; the handler gets *value*."""
        return Accepted(value)

    def bad_request(self, error: object, path: Iterable[str | int] = ()) -> Rejected:
        """The part is wrong at *path*; *error* is a text, or an exception whose text is told.

        The *path* holds keys and indices, from the part on; none are the part itself.
        """
        return Rejected(error, tuple(path))


class FunctionRule:
    """Lets a function stand where a schema does.

    It is called with the value and a `RuleResult`, where it takes a second argument; parameters named ``ok``
    and ``bad_request`` get those alone. What it raises is the error, as in Kibana; an `HttpError` is the
    answer.
    """

    def __init__(self, function: Callable[..., Any], where: str) -> None:
        if is_async(function):
            refuse(where, "it must be a plain function: an async one is never awaited")
        self._function = function
        self._where = where
        named = {"ok": _RESULT.ok, "bad_request": _RESULT.bad_request}
        taken = parameters(function)
        self._named = {other.name: named[other.name] for other in taken[1:] if other.name in named}
        # `*arguments` takes whatever it is given: a decorator's, say.
        takes_two = any(map(is_asked_for, taken[1:])) or any(p.kind is p.VAR_POSITIONAL for p in taken)
        self._given = (_RESULT,) if takes_two and not self._named else ()
        if not takes(function, 1 + len(self._given), self._named):
            refuse(where, "it must take (value), (value, result) or (value, ok, bad_request)")

    @property
    def function(self) -> Callable[..., Any]:
        """The author's function."""
        return self._function

    def validate(self, value: Any, /) -> Any:
        verdict = self._asked(value)
        if isinstance(verdict, Accepted):
            return verdict.value
        if verdict is None:
            raise TypeError(f"{self._where} returned neither ok(...) nor bad_request(...)")
        raise _rejection(verdict)

    def _asked(self, value: Any) -> Accepted | Rejected | None:
        try:
            return _read_verdict(self._function(value, *self._given, **self._named))
        except HttpError:
            raise
        except Exception as error:
            if not isinstance(error, ValueError | AssertionError):
                log.error("%s raised", self._where, exc_info=error)
            # Without its traceback, whose frames hold what was sent, and lead to whoever holds the error.
            return Rejected(error.with_traceback(None))


def _read_verdict(answer: object) -> Accepted | Rejected | None:
    """A mapping ``{"value"}`` or ``{"error"}`` is as good as what the factory makes."""
    if isinstance(answer, Accepted | Rejected):
        return answer
    if isinstance(answer, Mapping):
        plain = cast(Mapping[str, Any], answer)
        if "error" in plain:
            return Rejected(plain["error"], tuple(plain.get("path", ())))
        if "value" in plain:
            return Accepted(plain["value"])
    return None


def _rejection(verdict: Rejected) -> ValidationError:
    error = verdict.error
    found = error.found if isinstance(error, ValidationError) else None
    failure = found if isinstance(found, Failure) else fail_in_words(str(error))
    for key in reversed(verdict.path):
        failure = Failure(failure.under(key))
    rejection = ValidationError(failure)
    rejection.__cause__ = RejectedValue(error)
    return rejection


class RejectedValue(Exception):
    """Carries what a function rule rejected with, whatever it is, to `InvalidRequest.raw_error`."""

    def __init__(self, error: object) -> None:
        super().__init__()
        self.error = error


_RESULT = RuleResult()
