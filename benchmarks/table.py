"""Tables in Markdown, and the notes under them."""

from collections.abc import Iterable, Sequence

from benchmarks.contenders import OURS
from benchmarks.question import Found
from benchmarks.workloads import ACCEPTED


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; all columns but the first are figures."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, rule, *rows])


def race_table(found: Found, times: Found) -> str:
    """Return the nanoseconds of ours, and of the others how many times as long they take."""
    codes = list(times)
    ours = [f"{OURS}, ns", *(f"{times[code][OURS]['ns']:,.0f}" for code in codes)]
    names = [name for name in found["remarks"] if name != OURS and any(name in times[code] for code in codes)]
    rows = [[name, *(ratio_cell(times[code].get(name)) for code in codes)] for name in names]
    return table(["", *codes], [ours, *rows])


def ratio_cell(time: dict[str, float] | None) -> str:
    """Return such as ``1.62 ±0.03``, and fewer digits where they would say nothing."""
    if time is None:
        return "-"
    digits = 2 if time["ratio"] < 10 else 1 if time["ratio"] < 100 else 0
    return f"{time['ratio']:.{digits}f} ±{time['spread']:.{digits}f}"


def machine_line(found: Found) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    return f"Measured {found['date']} on {found['python']}, {found['machine']}; {versions}."


def title_lines(titles: dict[str, str]) -> str:
    return "\n".join(f"- {code}: {title}" for code, title in titles.items())


def remark_lines(found: Found) -> str:
    return "\n".join(f"- {name}: {remark}." for name, remark in found["remarks"].items() if remark)


def absent_lines(found: Found) -> str:
    """Return who did not take part where, and why."""
    lines = [f"- {name}: {reason}." for name, reason in found["missing"].items()]
    for name, absent in found["absent"].items():
        for reason in dict.fromkeys(absent.values()):
            schemas = {schema for schema, why in absent.items() if why == reason}
            codes = [workload.code for workload in ACCEPTED if workload.schema in schemas]
            lines.append(f"- {name}, {', '.join(codes)}: {reason}.")
    return "\n".join(lines)
