"""This module compares texts: lengths, patterns and formats."""

import json
from typing import Final

from kbn_schema.diff.differences import Found, Term
from kbn_schema.diff.pairs import Pair
from kbn_schema.diff.shapes import bound, json_text

# Of formats whose texts have these lengths, as code points.
LENGTHS: Final = {"uuid": (36, 36), "date": (10, 10), "email": (3, 254)}


def compare(pair: Pair, found: Found) -> None:
    """Note how two texts differ."""
    _compare_formats(pair, found)
    _compare_lengths(pair, found)
    _compare_patterns(pair, found)
    before, after = coerces(pair.before.term), coerces(pair.after.term)
    if before and not after and pair.domain == "json":
        found.add(pair.differ("coerce-from-number-removed", "narrower"))
    if after and not before and pair.domain == "json":
        found.add(pair.differ("coerce-from-number-added", "wider"))


def coerces(term: Term) -> bool:
    """Whether numbers become texts."""
    return bool(term.get("coerce_from_number")) and "format" not in term


def _compare_formats(pair: Pair, found: Found) -> None:
    before, after = pair.before.term, pair.after.term
    old, new = before.get("format"), after.get("format")
    if old == new:
        if old == "ip":
            _compare_choices(pair, found, "versions", set(before["versions"]), set(after["versions"]))
        elif old == "uri":
            schemes = [set(term["scheme"]) if "scheme" in term else None for term in (before, after)]
            _compare_choices(pair, found, "scheme", *schemes)
    elif old is None:
        found.add(pair.differ("format-added", "narrower", new=new))
    elif new is None:
        found.add(pair.differ("format-removed", "wider", old=old))
    else:
        found.add(pair.differ("format-changed", "both", old=old, new=new))


def _compare_choices(
    pair: Pair, found: Found, option: str, old: set[str] | None, new: set[str] | None
) -> None:
    if old == new:
        return
    narrows = new is not None and (old is None or not old <= new)
    widens = old is not None and (new is None or not new <= old)
    kept = f"it without {option}" if old is None else f"{option}={json.dumps(sorted(old))}"
    words = {"option": option, "old": _listed(old), "new": _listed(new), "kept": kept}
    if narrows and widens:
        found.add(pair.differ("bound-changed", "both", **words))
    elif narrows:
        found.add(pair.differ("bound-tightened", "narrower", **words))
    else:
        found.add(pair.differ("bound-loosened", "wider", **words))


def _listed(choices: set[str] | None) -> str:
    return "any" if choices is None else ", ".join(sorted(choices))


def _compare_lengths(pair: Pair, found: Found) -> None:
    before, after = pair.before.term, pair.after.term
    for option, sign in (("min_length", -1), ("max_length", 1)):
        old, new = bound(before, option), bound(after, option)
        if old == new:
            continue
        compare_sizes(pair, found, option, _length(before, option, sign), _length(after, option, sign), sign)


def _length(term: Term, option: str, sign: int) -> int | None:
    own: int | None = bound(term, option)
    known = LENGTHS.get(term.get("format", ""))
    if known is None:
        return own
    # A bound that is not the tighter one says nothing.
    given = known[0] if sign < 0 else known[1]
    return given if own is None else max(own, given) if sign < 0 else min(own, given)


def compare_sizes(pair: Pair, found: Found, option: str, old: int | None, new: int | None, sign: int) -> None:
    """Note how a bound of a length or a size differs; *sign* is 1 for an upper one."""
    least_old, least_new = (old or 0, new or 0) if sign < 0 else (old, new)
    shown = [_shown(side.term, option, size) for side, size in ((pair.before, old), (pair.after, new))]
    words = {
        "option": option,
        "old": shown[0],
        "new": shown[1],
        "kept": f"it without {option}" if old is None else f"{option}={shown[0]}",
    }
    if least_old == least_new:
        if words["old"] != words["new"]:
            found.add(pair.differ("bound-respelled", "note", **words))
        return
    tighter = least_old is None or (least_new is not None and sign * least_new < sign * least_old)
    if tighter:
        found.add(pair.differ("bound-tightened", "narrower", **words))
    else:
        found.add(pair.differ("bound-loosened", "wider", **words))


def _shown(term: Term, option: str, size: int | None) -> str:
    """A bound as it is given, or *size*, which a format implies."""
    given = bound(term, option)
    found = size if given is None else given
    return "none" if found is None else str(found)


def _compare_patterns(pair: Pair, found: Found) -> None:
    before, after = pair.before.term, pair.after.term
    old, new = before.get("pattern"), after.get("pattern")
    if old is None and new is None:
        return
    if old is None:
        found.add(pair.differ("pattern-added", "narrower", new=new))
    elif new is None:
        found.add(pair.differ("pattern-removed", "wider", old=old))
    elif old != new or json_text(before.get("flags")) != json_text(after.get("flags")):
        found.add(pair.differ("pattern-changed", "both", old=old, new=new))
