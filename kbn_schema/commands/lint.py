"""This module answers ``kbn-schema lint``: what in a module's schemas and routes is likely a mistake?"""

import contextlib
import json
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import TextIO

import attrs

from kbn_schema.commands.answers import FINE, NO, CannotAsk
from kbn_schema.commands.targets import load_module, require_module
from kbn_schema.lint import RULES, Finding, NothingToLint, Report, lint
from kbn_schema.wording import escape


@attrs.frozen
class Order:
    """What is asked for: the arguments of the command, by their names."""

    module: str
    ignore: Sequence[str] = ()
    format: str = "text"


def run(order: Order) -> int:
    """Print the findings; return the exit status.

    Raises:
        CannotAsk: The module cannot be imported, or has nothing to lint, or an id is unknown.
    """
    reasons = {rule.id: rule.reason for rule in RULES}
    for id in order.ignore:
        if id not in reasons:
            near = get_close_matches(id, reasons, n=1)
            raise CannotAsk(f"there is no finding [{id}]{f'; did you mean [{near[0]}]?' if near else ''}")
    answer = sys.stdout
    # What the author's code prints, while it is imported or asked, is no part of the answer.
    with contextlib.redirect_stdout(sys.stderr):
        report = _report(order)
    if order.format == "json":
        _print_json(report, reasons, order, answer)
    else:
        _print_text(report, order, answer)
    return NO if report.findings else FINE


def _report(order: Order) -> Report:
    require_module(order.module)
    module = load_module(order.module)
    try:
        return lint(module, frozenset(order.ignore))
    except NothingToLint:
        raise CannotAsk(
            f"[{order.module}] has no schemas and no routes: name a module that has a router, or schemas"
        ) from None


def _print_text(report: Report, order: Order, answer: TextIO) -> None:
    for finding in report.findings:
        print(
            f"{_where(finding)}{finding.level}: {finding.id}: {escape(finding.place)}: ", end="", file=answer
        )
        print(f"{escape(finding.message)}\n    {finding.advice}", file=answer)
    found = len(report.findings)
    silenced = f", [{report.silenced}] silenced" if report.silenced else ""
    counted = f"[{found}] finding" if found else "no finding"
    plural = "" if found == 1 else "s"
    print(f"{escape(order.module)}: {counted}{plural}{silenced}", file=sys.stderr)


def _where(finding: Finding) -> str:
    if finding.file is None:
        return ""
    return f"{escape(finding.file)}:{finding.line}: "


def _print_json(report: Report, reasons: dict[str, str], order: Order, answer: TextIO) -> None:
    findings = [attrs.asdict(finding) | {"reason": reasons[finding.id]} for finding in report.findings]
    told = {"module": order.module, "findings": findings, "silenced": report.silenced}
    print(json.dumps(told, indent=2), file=answer)
