"""This module draws sizes and durations, as numbers and as the texts that are read as such."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from kbn_schema.quantities import MAX_SAFE_INTEGER, Duration
from kbn_schema.testing.values import Faults, Values, other_types

BYTES: Final = {"b": 1, "kb": 1024, "mb": 1024**2, "gb": 1024**3}
MILLISECONDS: Final = {"w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
# Longer texts are not read.
SIZE_LENGTH: Final = 18

NO_SIZES: Final = (
    "", "kb", "1.5kb", "1 kb", "10tb", "01kb", "-1kb", "1kbb", "1k", "kb1", "a", "1,000", " 1kb", "1kb\n",
    "0kb", "0x1", "\u0661kb",
)  # fmt: skip
NO_DURATIONS: Final = (
    "", "s", "1.5s", "1 s", "01s", "-1s", "1x", "1S", "1H", "P", "PT", "P1", "1P", "PT1", "P1Y1W", "P1S",
    "PT1.1234S", "pt1s", "T1S", "a", " 1s", "1s\n", "1s 1m", "PT-1S", "\u0661s", "NaN",
)  # fmt: skip
UNSAFE: Final = (-1, MAX_SAFE_INTEGER + 1, 1.5, 0.5, -0.5, 2**64, 1e300, float(2**53))
UNSAFE_TEXTS: Final = ("-1", "+1", "1.5", "1e3", "9007199254740992", "Infinity")
NOT_FINITE: Final = (float("nan"), float("inf"), float("-inf"))


def sizes(least: int | None = None, most: int | None = None, *, spelled: bool = True) -> Values:
    """Return numbers of bytes between two, inclusive.

    If they may be *spelled*, also texts such as ``"1kb"``.
    """
    least, most = least or 0, MAX_SAFE_INTEGER if most is None else most
    fitting = _counted(least, most)
    if spelled:
        fitting = st.one_of(fitting, _sizes_in_text(least, most))

    def faults() -> Faults:
        found = _bounded(least, most, _sizes_in_text)
        # A text that is too long is no safe number whatever it says.
        unsafe = st.sampled_from([*UNSAFE, *NOT_FINITE, *UNSAFE_TEXTS, "9007199254740991kb", "0" * 19])
        return found | {"format": st.sampled_from(NO_SIZES), "unsafe_number": unsafe}

    return Values(fitting, faults)


def durations(least: int | None = None, most: int | None = None, *, spelled: bool = True) -> Values:
    """Return milliseconds between two numbers, inclusive.

    If they may be *spelled*, also texts such as ``"1m30s"``.
    """
    least, most = least or 0, MAX_SAFE_INTEGER if most is None else most
    fitting = _counted(least, most)
    if spelled:
        fitting = st.one_of(fitting, _durations_in_text(least, most))

    def faults() -> Faults:
        found = _bounded(least, most, _durations_in_text)
        unsafe = st.sampled_from([*UNSAFE, *NOT_FINITE, *UNSAFE_TEXTS, "285617y", "P285617Y", "0" * 257])
        return found | {"format": st.sampled_from(NO_DURATIONS), "unsafe_number": unsafe}

    return Values(fitting, faults)


def _bounded(least: int, most: int, spell: Any) -> dict[str, SearchStrategy[Any]]:
    found: dict[str, SearchStrategy[Any]] = {"type": other_types(str, int, float)}
    if least > 0:
        found["min"] = st.one_of(st.just(least - 1), _counted(0, least - 1), spell(0, least - 1))
    if most < MAX_SAFE_INTEGER:
        above = (most + 1, MAX_SAFE_INTEGER)
        found["max"] = st.one_of(st.just(most + 1), _counted(*above), spell(*above))
    return found


def _counted(least: int, most: int) -> SearchStrategy[Any]:
    """Return integers, then the floats that equal them."""
    counts = st.integers(least, most)
    return st.one_of(counts, counts.map(float))


def _sizes_in_text(least: int, most: int) -> SearchStrategy[str]:
    digits = st.integers(least, most).map(str)
    padded = digits.map(lambda text: text.zfill(len(text) + min(2, SIZE_LENGTH - len(text))))
    found = [digits, padded]
    for unit, size in BYTES.items():
        low, high = max(1, -(-least // size)), most // size
        if low <= high:
            units = st.sampled_from(_cases(unit))
            found.append(st.builds("{}{}".format, st.integers(low, high), units))
    return st.one_of(found)


def _cases(unit: str) -> Sequence[str]:
    return list(dict.fromkeys([unit, unit.upper(), unit.capitalize(), unit.capitalize().swapcase()]))


def _durations_in_text(least: int, most: int) -> SearchStrategy[str]:
    counts = st.one_of(st.integers(least, most), *_round(least, most))
    units = st.lists(st.sampled_from([*MILLISECONDS, "M", "y"]), unique=True)
    return st.one_of(counts.map(str), st.builds(_glued, counts, units), st.builds(_iso, counts, units))


def _round(least: int, most: int) -> Iterator[SearchStrategy[int]]:
    """Yield the milliseconds that are some of a unit."""
    for size in MILLISECONDS.values():
        low, high = -(-least // size), most // size
        if low <= high:
            yield st.integers(low, high).map(size.__mul__)


def _glued(milliseconds: int, units: Sequence[str]) -> str:
    """Return *milliseconds* in *units*, what is left over in milliseconds."""
    counts = _split(milliseconds, units)
    return "".join(f"{count}{unit}" for unit, count in counts.items() if count) or "0ms"


def _iso(milliseconds: int, units: Sequence[str]) -> str:
    """Return *milliseconds* in ISO 8601."""
    weeks, rest = divmod(milliseconds, MILLISECONDS["w"])
    if "w" in units and not rest:
        return f"P{weeks}W"
    counts = _split(milliseconds, [unit for unit in units if unit != "w"])
    seconds, thousandths = divmod(counts["s"] * 1000 + counts["ms"], 1000)
    fraction = f".{thousandths:03}".rstrip("0") if thousandths else ""
    date = "".join(
        f"{counts[unit]}{name}" for unit, name in (("y", "Y"), ("M", "M"), ("d", "D")) if counts[unit]
    )
    time = "".join(f"{counts[unit]}{name}" for unit, name in (("h", "H"), ("m", "M")) if counts[unit])
    time += f"{seconds}{fraction}S" if seconds or thousandths or not (date or time) else ""
    return f"P{date}T{time}" if time else f"P{date}"


def _split(milliseconds: int, units: Sequence[str]) -> dict[str, int]:
    """Return how many of each of *units* are in so many milliseconds, the largest first."""
    months, rest = _months(milliseconds, units)
    counts = {"y": months // 12 if "y" in units else 0}
    counts["M"] = months - 12 * counts["y"]
    for unit, size in MILLISECONDS.items():
        counts[unit], rest = divmod(rest, size) if unit in units or unit == "ms" else (0, rest)
    return counts


def _months(milliseconds: int, units: Sequence[str]) -> tuple[int, int]:
    """Return months, if they are among *units*, and the milliseconds beside them."""
    months = milliseconds // (31 * MILLISECONDS["d"]) if "M" in units else 0
    months = max(months, 12 * (milliseconds // (366 * MILLISECONDS["d"]))) if "y" in units else months
    return months, milliseconds - Duration(months=months).milliseconds
