"""This module takes over what compiled code leaves: the values that surprised it.

Compiled code judges nothing. Where a value is not plainly fine it notes the place and goes on, and
the `check` of the schema at that place decides afterwards: a good part is walked once, and no
sentence, path or rule exists twice.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import chain, dropwhile
from typing import Any, Final, Protocol

from kbn_schema.missing import MISSING
from kbn_schema.problems import Failure
from kbn_schema.run import NOTHING, Run

# Compiled code stops at so many notes in one container, since `check` stops at 100 issues: noting
# all of a million bad items would cost more than the value itself.
MAX_NOTES = 100
Check = Callable[[Any, Run], Any]
# For a `check` that asks nothing of the run.
FREE: Final = Run({})


class Owner(Protocol):
    """What is asked of the schema of a container: to go on where compiled code stopped."""

    def told(self, left: "Left", strip: bool) -> Failure | None: ...

    def resume(self, left: "Left", run: Run) -> Any: ...


class Left:
    """A container that compiled code could not finish.

    *raw* is what came in, and *out* its output so far: a copy, in which the values that are not noted
    are outputs already. *notes* are the others, in the order of checking. Without notes (None)
    *out* is the failure of the author's own check of the whole.
    """

    __slots__ = ("named", "notes", "out", "owner", "raw")

    def __init__(
        self, owner: Owner | None, raw: Any, out: Any = None, notes: "Iterable[Note] | None" = None
    ) -> None:
        self.owner: Any = owner
        self.raw: Any = raw
        self.out: Any = out
        self.notes: Any = notes
        self.named: Mapping[str, Any] = NOTHING  # see `Run.go_on`

    def told(self, strip: bool) -> Failure | None:
        """Return the failure, if there is one and nothing is left to ask; *strip* drops unknown keys."""
        if self.notes is None:
            failure: Failure | None = self.out
        else:
            # A generator of notes can be gone through once, and `resume` has to.
            failure = self.owner.told(self, strip) if type(self.notes) in (list, tuple) else None
        return failure

    def check(self, value: Any, run: Run) -> Any:
        """Return what the `check` of the schema would have returned."""
        return self.out if self.notes is None else self.owner.resume(self, run)


# A key of a container, and what is known of the value there: nothing, its failure, or what was left of it.
Note = tuple[Any, Failure | Left | None]

# What a function returns that did nothing: whoever gets it asks the schema.
UNTOUCHED: Final[Any] = Left(None, None)


def get_all(container: dict[str, Any], keys: tuple[str, ...]) -> list[Any]:
    """Return what lies in *container* at each of *keys*, or MISSING."""
    return [container.get(key, MISSING) for key in keys]


def note(notes: list[Note] | None, key: Any, known: Failure | Left | None = None) -> list[Note]:
    """Return *notes* with one more."""
    known = None if known is UNTOUCHED else known
    if notes is None:
        return [(key, known)]
    notes.append((key, known))
    return notes


def judge(
    notes: list[Note] | None, at: int, out: dict[str, Any], key: str, check: Check, value: Any
) -> list[Note] | None:
    """Put into *out* what *check* makes of *value*, or return *notes* with one more: that it failed."""
    outcome = check(value, FREE)
    if type(outcome) is Failure:
        return note(notes, at, outcome)
    out[key] = outcome
    return notes


def judge_present(
    notes: list[Note] | None, at: int, out: dict[str, Any], key: str, check: Check, value: Any
) -> list[Note] | None:
    """Do what `judge` does with a value that is there; about MISSING its schema is asked later."""
    return note(notes, at) if value is MISSING else judge(notes, at, out, key, check, value)


def check_noted(known: Any, schema: Any, value: Any, run: Run) -> Any:
    """Return what is *known* of a noted value, or what its *schema* says."""
    if type(known) is Failure:
        return known
    return (known or schema).check(value, run)


def rest_of_list(notes: list[Note], out: list[Any], items: list[Any]) -> Iterable[Note]:
    """Return *notes*, and one for each of *items* that is not in *out* yet, where it is put."""
    done = len(out)
    out.extend(items[done:])
    return chain(notes, ((index, None) for index in range(done, len(out))))


def rest_of_dict(notes: list[Note], out: dict[Any, Any], last: Any) -> Iterable[Note]:
    """Return *notes*, and one for each key of *out* after the *last*."""
    keys = dropwhile(lambda key: key is not last, list(out))
    next(keys)
    return chain(notes, ((key, None) for key in keys))
