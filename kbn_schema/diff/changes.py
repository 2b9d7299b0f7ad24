"""This module holds what a comparison tells."""

from typing import Literal

import attrs

Level = Literal["ERR", "WARN", "INFO"]
Direction = Literal["request", "response", "-"]
Profile = Literal["kibana", "strict"]


@attrs.frozen
class Change:
    """One thing that is different in a new contract.

    Source:
        ``docs/reference/compatibility.md`` lists the rules.
    """

    rule: str
    """Its name, which stays: ``property-removed``."""
    level: Level
    """ERR breaks clients, WARN is accepted and behaves differently, INFO breaks nobody."""
    direction: Direction
    """Who sends what changed; ``-`` for what is neither sent nor answered."""
    method: str
    """Of the route, in upper case, such as ``GET``."""
    route: str
    """Its path, as the old contract has it; of a route that was added, as the new one has it."""
    version: str
    """Empty for a route without versions."""
    path: tuple[str | int, ...]
    """Where, from the part on: ``("body", "user", "tags", "[]")``, ``("200", "body", "id")``, ``()``."""
    before: str | None
    """The old schema, spelled short; None where there was none."""
    after: str | None
    """The new schema, spelled short; None where there is none any more."""
    message: str
    """Why it matters, one sentence."""
    advice: str = ""
    """What to do about it; empty where there is nothing to do."""
    tier: str = ""
    """How stable the route was said to be: "experimental", "beta", "stable" or nothing."""
