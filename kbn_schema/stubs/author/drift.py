"""This module finds the schemas whose annotations do not say what they are.

Which must have one is said in `inference`: where checkers do not infer the type by themselves. One that is
there is compared with the type of the output, in whatever way that is spelled. A TypedDict that the author
wrote is another type: nobody would notice when the schema changes.
"""

import ast

import attrs

from kbn_schema.stubs.author.audit import Audit, Verdict
from kbn_schema.stubs.author.handlers import Misnamed
from kbn_schema.stubs.outline import Outline
from kbn_schema.wording import shorten

# Of an annotation in a message.
MAX_TOLD = 200


@attrs.frozen
class Finding:
    """An annotation that is missing or wrong, in *line* of the author's module, and how to mend it."""

    line: int
    name: str
    message: str


def drift(outline: Outline) -> list[Finding]:
    """Return the annotations of *outline* that are missing or wrong, in the order of lines."""
    audit = Audit(outline)
    found = [_finding(verdict, audit) for verdict in audit.verdicts()]
    found += [_finding_of(one) for one in audit.handlers.misnamed()]
    return sorted(found, key=lambda one: one.line)


def _finding(verdict: Verdict, audit: Audit) -> Finding:
    return Finding(verdict.line, verdict.name, f"{verdict.name} {_problem(verdict)}; {_mend(verdict, audit)}")


def _finding_of(handler: Misnamed) -> Finding:
    told = f"{handler.handler} names {handler.told}, the type of another route"
    write = " or ".join(f'"{name}"' for name in handler.right)
    imports = "" if handler.types is None else f" (with from {handler.types} import {handler.right[0]})"
    return Finding(handler.annotation.lineno, handler.handler, f"{told}; write {write}{imports}")


def _problem(verdict: Verdict) -> str:
    if verdict.problem == "vague":
        return "has a type that checkers do not see"
    if verdict.told is None:
        return "has no type" if verdict.is_inline else "is not annotated"
    is_annotated = isinstance(verdict.statement, ast.AnnAssign) and not verdict.is_inline
    verb = "is annotated with" if is_annotated else "is made as"
    told = f"{verb} [{shorten(_unparsed(verdict.told), MAX_TOLD)}]"
    match verdict.problem:
        case "hidden":
            return f"{told}, which hides its type"
        case "input":
            return f"{told}, the type of what is sent and not of what comes out"
        case _:
            return f"{told}, which is another type"


def _mend(verdict: Verdict, audit: Audit) -> str:
    if verdict.problem == "vague":
        return "give it a variable of its own in the module"
    declaration = f'{verdict.name}: "{verdict.wanted.text}"'
    imports = _imports(verdict)
    if verdict.mend == "call":
        called = "..." if verdict.target is None else _unparsed(verdict.target)
        return f'write {called}["{verdict.wanted.type}"]({{...}}){imports}'
    if verdict.mend == "parameter":
        return f"write [{verdict.wanted.type}]{imports}"
    if verdict.mend == "append":
        return f'write {verdict.name}: Final["{verdict.wanted.text}"] = ...{imports}'
    if verdict.mend is not None:
        return f"write {declaration} = ...{imports}"
    lines = sorted({statement.lineno for statement in audit.bindings(verdict.name)})
    if len(lines) > 1:
        listed = f"{', '.join(map(str, lines[:-1]))} and {lines[-1]}"
        return f"it is assigned in the lines {listed}: write {declaration} in a line before them"
    return f"it is assigned together with others: write {declaration} = ... in a statement of its own"


def _imports(verdict: Verdict) -> str:
    """What to import, where the words that are there would do if they meant the right thing."""
    told = "" if verdict.told is None else _unparsed(verdict.told)
    imports = verdict.wanted.imports
    is_plain = told not in (verdict.wanted.text, verdict.wanted.type)
    if is_plain and all(one.name == one.alias for one in imports):
        return ""
    listed = ", ".join(f"from {one.module} import {one.spelled}" for one in imports)
    return f" (with {listed})" if listed else ""


def _unparsed(annotation: ast.expr) -> str:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return annotation.value
    try:
        return ast.unparse(annotation)
    except RecursionError:
        return "..."
