"""This module holds a property of routes: good requests are served, and bad ones never reach the handler."""

import contextlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn, TypeVar

import attrs
import hypothesis
from hypothesis.errors import FailedHealthCheck, FlakyFailure, InvalidArgument, Unsatisfiable
from hypothesis.strategies import SearchStrategy

from kbn_schema.http.loops import Loop
from kbn_schema.http.router import Router
from kbn_schema.http.rules import PARTS
from kbn_schema.testing.blaming import blamed
from kbn_schema.testing.generated import GeneratedRequest
from kbn_schema.testing.making import InvalidGenerated, Maker
from kbn_schema.testing.requests import makers
from kbn_schema.testing.watching import Outcome, sent

T = TypeVar("T")


@attrs.frozen
class Checked:
    """What was asked of routes, all of which have stood the test.

    Args:
        valid: How many requests were valid.
        invalid: How many requests were not.
        statuses: How often valid requests were answered with each status.
        undeclared: The statuses among them that a route does not declare, though it declares others.
        unreached: The routes whose handler was never called, since only a function knows what is valid there:
            give it values in `using`.
    """

    valid: int
    invalid: int
    statuses: Mapping[int, int]
    undeclared: Mapping[int, int]
    unreached: tuple[str, ...] = ()


def check_route(
    router: Router,
    path: str,
    *,
    method: str | None = None,
    version: str | None = None,
    settings: hypothesis.settings | None = None,
    context: Callable[..., Any] | None = None,
    headers: Mapping[str, str] | None = None,
    using: Mapping[Any, SearchStrategy[Any]] | None = None,
) -> Checked:
    """Send valid and invalid requests to the routes at *path*, and see how they are answered.

    - A valid request is answered neither 400 nor 500, nor with another status of 500 and above that the route
      does not declare.
    - What the handler answers fits what the route declares for the status: the body and the headers.
    - An invalid request is answered 400, with the path of what is wrong, and the handler is not called. Where
      the author's `on_validation_error` answers, it may be any status below 500. A hook may stop it before,
      with 401, 403 or 429.

    Each is an invalid request in one place alone. Call it in an ordinary test; it runs Hypothesis itself.

    Args:
        router: It is not changed.
        path: As it was declared, with the base path: ``/api/users/{id}``.
        method: Only routes of this method.
        version: Only this version of versioned routes.
        settings: Those of Hypothesis for each of the searches, of which there are two for each route. By
            default those of the profile that is loaded, but without a deadline.
        context: Makes the first argument of the handlers, in place of what the router has; see
            `Router.with_context`.
        headers: What each request has besides, as for a hook that asks who it is.
        using: Strategies in place of ours, as for `requests_for`.

    Returns:
        What was asked, and how often; `undeclared` may be worth an assertion.

    Raises:
        AssertionError: A request was answered otherwise. It shows the smallest one that was found.
        hypothesis.errors.Unsatisfiable: Nobody can call the route.
        hypothesis.errors.InvalidArgument: There is no such route, or *settings* are none of Hypothesis.
    """
    __tracebackhide__ = True
    return _check(router, path, method, version, settings, context, headers, using)


def check_router(
    router: Router,
    *,
    settings: hypothesis.settings | None = None,
    context: Callable[..., Any] | None = None,
    headers: Mapping[str, str] | None = None,
    using: Mapping[Any, SearchStrategy[Any]] | None = None,
) -> Checked:
    """Do for all routes of *router* what `check_route` does for those of one path.

    For *settings*, *context*, *headers* and *using*, and for what it returns and raises, see there.

    Raises:
        AssertionError: A request was answered otherwise.
        hypothesis.errors.Unsatisfiable: Nobody can call one of the routes.
        hypothesis.errors.InvalidArgument: There are no routes, or *settings* are none of Hypothesis.
    """
    __tracebackhide__ = True
    return _check(router, None, None, None, settings, context, headers, using)


def _check(
    router: Router,
    path: str | None,
    method: str | None,
    version: str | None,
    settings: hypothesis.settings | None,
    context: Callable[..., Any] | None,
    headers: Mapping[str, str] | None,
    using: Mapping[Any, SearchStrategy[Any]] | None,
) -> Checked:
    __tracebackhide__ = True
    if context is not None:
        makers(router, path, method, version, {}, {})  # a router, to begin with
        router = router.with_context(context)
    quiet = _quiet(settings)
    tally = _Tally()
    with contextlib.closing(Loop()) as loop:
        for maker in makers(router, path, method, version, headers or {}, using or {}):
            _Trial(maker, loop, tally, quiet).run()
    return tally.told()


@attrs.define
class _Tally:
    valid: int = 0
    invalid: int = 0
    statuses: Counter[int] = attrs.field(factory=Counter[int])
    undeclared: Counter[int] = attrs.field(factory=Counter[int])
    unreached: list[str] = attrs.field(factory=list[str])

    def count(self, status: int, is_declared: bool) -> None:
        self.valid += 1
        self.statuses[status] += 1
        if not is_declared:
            self.undeclared[status] += 1

    def told(self) -> Checked:
        return Checked(
            self.valid, self.invalid, dict(self.statuses), dict(self.undeclared), tuple(self.unreached)
        )


class _Lie(AssertionError):
    """A request was answered otherwise than a route says."""

    def __init__(self, request: GeneratedRequest, law: str, outcome: Outcome, expected: str) -> None:
        super().__init__()
        self.request = request
        self.law = law
        self.outcome = outcome
        self.expected = expected

    def told(self, maker: Maker, advice: str) -> str:
        lines = [
            f"{maker.name}: {self.law}",
            "    client = TestClient(router)",
            f"    {self.request.call}",
            f"answered: {self.outcome.shown}",
            f"expected: {self.expected}",
        ]
        error = self.outcome.error
        if error is not None:
            lines.append(f"it raised {type(error).__name__}: {error}")
        return "\n".join([*lines, *([advice] if advice else [])])


class _NothingIsWrong(BaseException):
    """No request can carry anything that a part refuses; not an error, which would be shrunk."""


@attrs.frozen
class _Trial:
    """One route on trial."""

    maker: Maker
    loop: Loop
    tally: _Tally
    settings: hypothesis.settings

    def run(self) -> None:
        __tracebackhide__ = True
        before, reached = self.tally.valid, [0]

        def serves(request: GeneratedRequest) -> None:
            reached[0] += self.serves(request)

        valid = self.maker.valid()
        try:
            self._search(valid, serves, self.settings)
        except (Unsatisfiable, FailedHealthCheck) as error:
            if self.tally.valid > before:
                raise
            reason = blamed(self.maker.given) or NO_REQUEST
            raise Unsatisfiable(f"{self.maker.name}: {reason}") from error
        if not reached[0]:
            self._tell_unreached(self.tally.valid - before)
        parts = [found for part in PARTS if (found := self.maker.invalid(part)) is not None]
        # What is wrong in Python need not be wrong on the line, as 5 for a text: many are left out.
        lenient = hypothesis.settings(self.settings, suppress_health_check=LENIENT)
        for part in parts:
            with contextlib.suppress(Unsatisfiable, _NothingIsWrong):
                self._search(part, self._refuser(), lenient)

    def serves(self, request: GeneratedRequest) -> bool:
        """See that a valid request is served; return whether the handler was called."""
        outcome = sent(self.maker.router, request.parts, self.loop)
        responses, status = self.maker.route.rules.responses, outcome.status
        self.tally.count(status, is_declared=not responses or status in responses)
        if outcome.misfit is not None:
            law = "an answer does not fit what the route declares"
            raise _Lie(request, law, outcome, f"what is declared: {outcome.misfit}") from outcome.misfit
        if outcome.breaks:
            raise _Lie(request, "an answer breaks off", outcome, "all of it") from outcome.error
        if status == 400 and not self.maker.loose:
            raise _Lie(request, "a valid request is answered 400", outcome, SERVED)
        if status == 500 or (status > 500 and status not in responses):
            raise _Lie(request, f"a valid request is answered {status}", outcome, SERVED) from outcome.error
        return outcome.reached

    def _refuser(self) -> Callable[[InvalidGenerated | None], None]:
        """The law of invalid requests; None is what no request can carry."""
        count: Counter[bool] = Counter()

        def law(invalid: InvalidGenerated | None) -> None:
            count[invalid is not None] += 1
            if invalid is not None:
                self.refuses(invalid)
            elif count[False] < PATIENCE or count[True]:
                hypothesis.reject()
            else:
                raise _NothingIsWrong

        return law

    def refuses(self, invalid: InvalidGenerated) -> None:
        """See that an invalid request is refused."""
        request = invalid.request
        outcome = sent(self.maker.router, request.parts, self.loop)
        self.tally.invalid += 1
        place = _place(invalid.place)
        expected = f"400 with an issue at {place} ({invalid.broken.what}), and no call of the handler"
        if outcome.reached:
            raise _Lie(request, "an invalid request reaches the handler", outcome, expected)
        if self._is_mapped:
            if outcome.status >= 500:
                raise _Lie(request, f"an invalid request is answered {outcome.status}", outcome, expected)
            return
        if outcome.status not in REFUSED:
            raise _Lie(request, f"an invalid request is answered {outcome.status}", outcome, expected)
        told = _told(outcome.body)
        if told is not None and invalid.place not in told:
            raise _Lie(request, f"an invalid request is refused, but not for {place}", outcome, expected)

    @property
    def _is_mapped(self) -> bool:
        own = self.maker.route.rules.on_validation_error
        return (own or self.maker.router.on_validation_error) is not None

    def _tell_unreached(self, count: int) -> None:
        if self.maker.loose:
            self.tally.unreached.append(self.maker.name)
            return
        statuses = ", ".join(str(status) for status in sorted(self.tally.statuses))
        raise AssertionError(
            f"{self.maker.name}: none of {count} valid requests reached the handler\n"
            f"answered: {statuses}\n"
            "expected: that hooks and the context let some of them pass; "
            "give what they ask for as headers=, or another context="
        )

    def _search(
        self, strategy: SearchStrategy[T], law: Callable[[T], None], settings: hypothesis.settings
    ) -> None:
        """Look for an example that breaks *law*, and tell of the smallest one."""
        __tracebackhide__ = True

        def holds(example: T) -> None:
            law(example)

        try:
            settings(hypothesis.given(strategy)(holds))()
        except _Lie as lie:
            self._fail(lie)
        except FlakyFailure as flaky:
            lies = [error for error in flaky.exceptions if isinstance(error, _Lie)]
            if not lies:
                raise
            self._fail(lies[0], FLAKY)

    def _fail(self, lie: _Lie, advice: str = "") -> NoReturn:
        __tracebackhide__ = True
        raise AssertionError(lie.told(self.maker, advice)) from lie.__cause__


def _quiet(settings: hypothesis.settings | None) -> hypothesis.settings:
    """*settings*, or those of the profile, without what Hypothesis says of a test of its own."""
    # The first requests import and compile, and a handler may wait for a database: time is no law here.
    given: object = hypothesis.settings(deadline=None) if settings is None else settings
    if not isinstance(given, hypothesis.settings):
        raise InvalidArgument(f"settings: expected hypothesis.settings(...) but got [{type(given).__name__}]")
    phases = [phase for phase in given.phases if phase is not hypothesis.Phase.explain]
    verbosity = hypothesis.Verbosity.quiet if given.verbosity is NORMAL else given.verbosity
    return hypothesis.settings(
        given, phases=phases, report_multiple_bugs=False, print_blob=False, verbosity=verbosity
    )


def _told(body: bytes) -> list[tuple[str | int, ...]] | None:
    """The paths in an answer of ours; None where it is another's, or has no room for all of them."""
    try:
        attributes = json.loads(body)["attributes"]
        return None if "omitted" in attributes else [tuple(issue["path"]) for issue in attributes["issues"]]
    except (ValueError, LookupError, TypeError):
        return None


def _place(path: tuple[str | int, ...]) -> str:
    return f"[{'.'.join(map(str, path))}]"


NO_REQUEST: Final = (
    "no valid request was found: give values for what a function or a limit refuses, with using="
)
NORMAL: Final = hypothesis.Verbosity.normal
LENIENT: Final = (hypothesis.HealthCheck.filter_too_much, hypothesis.HealthCheck.too_slow)
# Draws of what is wrong that cannot be sent, after which nothing can.
PATIENCE: Final = 50
SERVED: Final = "any status but 400 and 5xx: the request fits all that the route says"
# 400, or what a hook says before anything is validated.
REFUSED: Final = frozenset({400, 401, 403, 429})
FLAKY: Final = (
    "It was answered otherwise when it was sent again: what the handler works on outlives a request. "
    "Give each request its own, with context=."
)
