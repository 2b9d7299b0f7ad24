"""The table of rules: what each means, and how severe it is in each direction and profile.

``docs/reference/compatibility.md`` is this table, made by `kbn_schema.diff.reference`; a test compares them.
"""

from collections.abc import Mapping
from typing import Final

from kbn_schema.diff.rules.fields import FIELDS
from kbn_schema.diff.rules.notes import NOTES
from kbn_schema.diff.rules.routes import ROUTES
from kbn_schema.diff.rules.rule import EFFECTS, LEVELS, Rule
from kbn_schema.diff.rules.types import TYPES
from kbn_schema.diff.rules.unions import UNIONS

__all__ = ["EFFECTS", "GROUPS", "LEVELS", "RULES", "Rule"]

GROUPS: Final[Mapping[str, tuple[Rule, ...]]] = {
    "Routes": ROUTES,
    "Fields": FIELDS,
    "Types": TYPES,
    "Unions": UNIONS,
    "Notes": NOTES,
}
RULES: Final[Mapping[str, Rule]] = {rule.name: rule for rules in GROUPS.values() for rule in rules}
