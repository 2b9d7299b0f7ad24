"""This module finds patterns that a client can keep busy with one text."""

import re
from collections.abc import Iterator
from typing import Final

from kbn_schema.kinds.string import StringSchema
from kbn_schema.lint.findings import SchemaRule
from kbn_schema.lint.regex import Attack, attack_on
from kbn_schema.lint.rules.open_ends import longest
from kbn_schema.lint.survey import Site, Survey

# Ways to match; Python tries some ten millions of them in a second.
MAX_WAYS: Final = 100_000_000
# Of text that is sent: the largest body that is taken unless a route says otherwise.
LENGTH: Final = 1_048_576


def _exponential(site: Site, _: Survey) -> Iterator[str]:
    attack = _attack(site)
    if attack is not None and attack.degree is None:
        yield f"its pattern takes twice as long with each {_shown(attack.pump)} that {_told(attack)}"


def _polynomial(site: Site, _: Survey) -> Iterator[str]:
    attack = _attack(site)
    if attack is not None and attack.degree is not None:
        power = {2: "square", 3: "cube"}.get(attack.degree, f"{attack.degree}th power")
        yield (
            f"its pattern takes time with the {power} of the length, "
            f"as when {_shown(attack.pump)} {_told(attack)}"
        )


def _attack(site: Site) -> Attack | None:
    schema = site.schema
    if not site.in_requests or not isinstance(schema, StringSchema):
        return None
    if not isinstance(schema.pattern, re.Pattern):
        return None
    attack = attack_on(schema.pattern)
    limit = longest(schema)
    is_slow = attack is not None and attack.steps(LENGTH if limit is None else limit) > MAX_WAYS
    return attack if is_slow else None


def _told(attack: Attack) -> str:
    before = f"after {_shown(attack.prefix)}" if attack.prefix else "from the start"
    behind = f" and before {_shown(attack.suffix)}" if attack.suffix else ""
    return f"comes again and again, {before}{behind}"


def _shown(text: str) -> str:
    return f"[{ascii(text)[1:-1]}]"


RULES: Final = (
    SchemaRule(
        "exponential-pattern",
        "error",
        "A text of some forty characters that the pattern refuses keeps a core busy for hours: a loop in a "
        "loop takes it apart in every way there is.",
        "Let each text have one way through the pattern: no loop in a loop over the same characters, "
        "or a possessive quantifier, such as `a++`, which tries one way only.",
        _exponential,
    ),
    SchemaRule(
        "polynomial-pattern",
        "warning",
        "Loops that follow one another take the same characters, so that a long text that the pattern "
        "refuses is tried in very many ways.",
        "Set max_length, which is asked before the pattern, or let one loop stop where the next begins, "
        "as in `[^,]*,[^,]*`.",
        _polynomial,
    ),
)
