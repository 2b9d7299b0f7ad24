"""This module reads which breaking changes are meant, why, and until when."""

import datetime
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, TypedDict

import attrs

from kbn_schema import schema
from kbn_schema.commands.answers import CannotAsk
from kbn_schema.commands.documents import DocumentError, format_of, reader_of
from kbn_schema.commands.files import content
from kbn_schema.commands.issues import show_issue
from kbn_schema.diff import Change
from kbn_schema.diff.places import dotted
from kbn_schema.diff.rules import RULES
from kbn_schema.errors import ValidationError

MAX_REMARKS: Final = 100


class _Entry(TypedDict):
    rule: str
    route: str
    version: str
    direction: str
    path: str
    reason: str
    expires: datetime.date


_text: Final = schema.string(min_length=1, max_length=1000)
_entries: Final = schema.object[dict[str, list[_Entry]]](
    {
        "allow": schema.array_of(
            schema.object[_Entry](
                {
                    "rule": schema.string(min_length=1, max_length=100),
                    "route": _text,
                    "version": schema.maybe(_text),
                    "direction": schema.maybe(schema.enum(["request", "response", "-"])),
                    "path": schema.maybe(schema.string(max_length=1000)),
                    "reason": schema.string(min_length=1, max_length=10_000),
                    "expires": schema.date(),
                }
            ),
            max_size=10_000,
        )
    }
)


@attrs.frozen
class Allowance:
    """A breaking change that is meant; what is None is whatever it may be."""

    rule: str
    route: str
    """Method and path, as they are shown: ``GET /api/users/{id}``."""
    reason: str
    expires: datetime.date
    """The last day on which it counts."""
    version: str | None = None
    direction: str | None = None
    path: str | None = None

    def covers(self, change: Change) -> bool:
        """Whether *change* is the one that is meant."""
        return (
            change.rule == self.rule
            and f"{change.method} {change.route}" == self.route
            and self.version in (None, change.version)
            and self.direction in (None, change.direction)
            and self.path in (None, dotted(change.path))
        )

    def __str__(self) -> str:
        told = [self.route, self.version and f"version {self.version}", self.path, self.rule]
        return ", ".join(part for part in told if part)


@attrs.frozen
class Judged:
    """A change, and what allows it."""

    change: Change
    allowance: Allowance | None = None

    @property
    def is_breaking(self) -> bool:
        """Whether it breaks clients, and nobody has said that this is meant."""
        return self.change.level == "ERR" and self.allowance is None


@attrs.frozen
class Judgement:
    """What became of the changes, and of the allowances."""

    changes: Sequence[Judged]
    remarks: Sequence[str]
    """On allowances that count no longer, one line each."""


def read_allowances(file: str) -> list[Allowance]:
    """The allowances in *file*, which is TOML, YAML or JSON: a list under ``allow``.

    Raises:
        CannotAsk: They cannot be read, or are malformed.
    """
    format = format_of(file)
    if format is None or format == "ndjson":
        raise CannotAsk(f"cannot tell the format of [{file}] by its suffix: expected .toml, .yaml or .json")
    reader = reader_of(format)
    data = content(Path(file))
    if data is None:
        raise CannotAsk(f"cannot read [{file}]: there is no such file")
    try:
        entries: Any = _entries.validate(reader(data))
    except DocumentError as error:
        raise CannotAsk(f"[{file}]: {error}") from None
    except ValidationError as error:
        raise CannotAsk(*(f"[{file}]: {show_issue(issue)}" for issue in error.issues)) from None
    allowances = [Allowance(**entry) for entry in entries["allow"]]
    for allowance in allowances:
        _require_sense(allowance, file)
    return allowances


def _require_sense(allowance: Allowance, file: str) -> None:
    """Refuse what could never allow anything: nobody would notice that it is misspelt."""
    if allowance.rule not in RULES:
        near = get_close_matches(allowance.rule, RULES, n=1)
        hint = f"; did you mean [{near[0]}]?" if near else ""
        raise CannotAsk(f"[{file}]: there is no rule [{allowance.rule}]{hint}")
    method, _, path = allowance.route.partition(" ")
    if not (method.isupper() and path.startswith("/")):
        raise CannotAsk(f"[{file}]: route must be a method and a path, GET /x, but is [{allowance.route}]")


def judge(changes: Iterable[Change], allowances: Sequence[Allowance], today: datetime.date) -> Judgement:
    """Tell which of *changes* are allowed *today*."""
    used: set[int] = set()
    late: set[int] = set()
    judged: list[Judged] = []
    for change in changes:
        covering = [
            number
            for number, allowance in enumerate(allowances)
            if change.level == "ERR" and allowance.covers(change)
        ]
        valid = [number for number in covering if allowances[number].expires >= today]
        used.update(valid)
        late.update(number for number in covering if number not in valid)
        judged.append(Judged(change, allowances[valid[0]] if valid else None))
    remarks = [f"the allowance for [{allowances[number]}] has expired" for number in sorted(late)]
    unused = set(range(len(allowances))) - used - late
    remarks += [f"the allowance for [{allowances[number]}] allows nothing" for number in sorted(unused)]
    if len(remarks) > MAX_REMARKS:
        remarks[MAX_REMARKS:] = [f"and [{len(remarks) - MAX_REMARKS}] more allowances count no longer"]
    return Judgement(judged, remarks)
