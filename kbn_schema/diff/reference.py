"""This module writes the tables of ``docs/reference/compatibility.md``."""

from kbn_schema.diff.rules import EFFECTS, GROUPS, LEVELS, Rule

HEAD = "| rule | what it means | effect | request | response | response, strict | advice |"


def tables() -> str:
    """The table of effects, and that of the rules of each group, as Markdown."""
    lines = ["| effect | | request | response | response, strict |", "| --- | --- | --- | --- | --- |"]
    lines += [f"| {name} | {told} | {' | '.join(LEVELS[name])} |" for name, told in EFFECTS.items()]
    for title, rules in GROUPS.items():
        lines += ["", f"## {title}", "", HEAD, "| --- | --- | --- | --- | --- | --- | --- |"]
        lines += [_row(rule, title == "Routes") for rule in rules]
    return "\n".join(lines) + "\n"


def _row(rule: Rule, is_about_routes: bool) -> str:
    request: str = rule.level("request", "kibana")
    answers: tuple[str, str] = rule.level("response", "kibana"), rule.level("response", "strict")
    if rule.strict_request is not None:
        request = f"{request}, under strict {rule.strict_request}"
    if is_about_routes and rule.request:
        answers = "-", "-"
    elif not rule.request:
        request = "-"
    advice = "; ".join(dict.fromkeys(filter(None, (rule.advice, rule.response_advice))))
    told = [_shown(rule.request), _shown(rule.response)]
    levels = " | ".join((request, *answers))
    meaning = " / ".join(part for part in dict.fromkeys(told) if part)
    return f"| `{rule.name}` | {meaning} | {rule.effect} | {levels} | {_shown(advice)} |"


def _shown(sentence: str) -> str:
    return sentence.replace("!r}", "}").replace("{{", "{").replace("}}", "}").replace("|", "\\|")
