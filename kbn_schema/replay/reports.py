"""This module writes what replaying found, for people and for programs."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from kbn_schema.replay.part import IN_FRONT
from kbn_schema.replay.tally import Outcome, Place, Tally
from kbn_schema.wording import escape

# Groups of one place that are shown to people; programs get them all.
MAX_SHOWN: Final = 20


def report(tally: Tally, format: Literal["text", "json"] = "text") -> str:
    """What *tally* counted, for people or for programs; it ends with a newline.

    For people, *format* is ``"text"``, which shows at most 20 groups of a route, and nothing of a tally
    without lines. For programs it is ``"json"``, which has all groups.
    """
    return _json(tally) if format == "json" else _text(tally)


def _text(tally: Tally) -> str:
    parts = ["\n".join(_summary(tally)), *_places(tally), _undecided(tally), _unreadable(tally)]
    told = "\n\n".join(part for part in parts if part)
    return told + "\n" if told else ""


def _json(tally: Tally) -> str:
    outcomes = _outcomes(tally)
    # Every list is sorted by its keys.
    told = {
        "requests": tally.requests,
        "different": tally.different,
        "refused": tally.refused,
        "accepted": tally.accepted,
        "undecided": {str(status): count for status, count in tally.undecided.items().items()},
        "bodies_not_recorded": tally.unread,
        "routes": [
            {**place._asdict(), "requests": count, **_sums(outcomes.get(place, {}))}
            for place, count in tally.asked.items().items()
        ],
        "groups": [
            {
                **group.place._asdict(),
                "outcome": group.outcome,
                "status": group.status,
                "path": group.path,
                "code": group.code,
                "count": count,
            }
            for group, count in tally.groups.items().items()
        ],
        "in_other_groups": tally.groups.others,
        "unreadable": {
            "count": _total(tally.unreadable.items()),
            "reasons": tally.unreadable.items(),
            "first": [{"line": number, "reason": reason} for number, reason in tally.named],
        },
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _summary(tally: Tally) -> Iterator[str]:
    if not tally.requests:
        return
    counts = f": {tally.refused} refused now, {tally.accepted} accepted now" if tally.different else ""
    yield (
        f"{tally.different} of {_counted(tally.requests, 'request')} would be answered differently{counts}"
    )
    if tally.unread:
        yield f"{_counted(tally.unread, 'body', 'bodies')} not recorded: all else of the request was checked"


def _places(tally: Tally) -> Iterator[str]:
    """A paragraph for each route that answers differently, the most frequent first."""
    asked, outcomes = tally.asked.items(), _outcomes(tally)
    groups: dict[tuple[Place, Outcome, int], list[tuple[int, str, str]]] = defaultdict(list)
    for group, count in tally.groups.items().items():
        groups[group[:3]].append((-count, group.path, group.code))
    for place in sorted(outcomes, key=lambda place: (-sum(outcomes[place].values()), place)):
        lines = [f"{_shown(place)}: {_counted(asked.get(place, 0), 'request')}"]
        for (outcome, status), count in sorted(outcomes[place].items(), key=lambda item: -item[1]):
            when = "now" if outcome == "refused" else "then, and not now"
            found = sorted(groups[place, outcome, status])
            # A refusal before anything is validated has one reason.
            reason = "".join(f": {code}" for _, path, code in found if code and not path)
            lines.append(f"  {count} refused with {status} {when}{reason}")
            lines.extend(_findings(found))
        yield "\n".join(lines)
    if tally.groups.others:
        yield f"and {tally.groups.others} more in groups that are not shown"


def _findings(found: list[tuple[int, str, str]]) -> Iterator[str]:
    shown = [f"    {-count} {escape(path)}: {code}" for count, path, code in found if path]
    yield from shown[:MAX_SHOWN]
    if len(shown) > MAX_SHOWN:
        yield f"    and {len(shown) - MAX_SHOWN} more, see --format json"


def _undecided(tally: Tally) -> str:
    counts = tally.undecided.items()
    if not counts:
        return ""
    lines = [f"{_total(counts)} cannot be told:"]
    for status, count in counts.items():
        why = "perhaps before they were validated" if status in IN_FRONT else "perhaps by the handler itself"
        lines.append(f"  {count} answered {status} then, {why}")
    return "\n".join(lines)


def _unreadable(tally: Tally) -> str:
    count = _total(tally.unreadable.items())
    if not count:
        return ""
    lines = [f"{_counted(count, 'line')} cannot be read:"]
    lines.extend(f"  line {number}: {reason}" for number, reason in tally.named)
    if count > len(tally.named):
        lines.append(f"  and {count - len(tally.named)} more")
    return "\n".join(lines)


def _outcomes(tally: Tally) -> dict[Place, dict[tuple[Outcome, int], int]]:
    """How many requests of each place have which outcome."""
    outcomes: dict[Place, dict[tuple[Outcome, int], int]] = defaultdict(dict)
    for group, count in tally.places.items().items():
        outcomes[group.place][group.outcome, group.status] = count
    return outcomes


def _sums(outcomes: Mapping[tuple[Outcome, int], int]) -> dict[str, int]:
    sums = {"refused": 0, "accepted": 0}
    for (outcome, _), count in outcomes.items():
        sums[outcome] += count
    return sums


def _shown(place: Place) -> str:
    version = f", version {place.version}" if place.version else ""
    return escape(f"{place.method} {place.route}{version}")


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def _total(counts: Mapping[Any, int]) -> int:
    return sum(counts.values())
