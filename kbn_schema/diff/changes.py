"""This module holds what a comparison tells."""

from typing import Literal

import attrs

Level = Literal["ERR", "WARN", "INFO"]
Direction = Literal["request", "response", "-"]
Profile = Literal["kibana", "strict"]


@attrs.frozen
class Change:
    """One thing that is different in a new contract.

    The rules are listed in ``docs/reference/compatibility.md``.
    """

    rule: str
    """Its name, which stays: ``property-removed``."""
    level: Level
    """ERR breaks clients, WARN is accepted and behaves differently, INFO breaks nobody."""
    direction: Direction
    """Who sends what changed; ``-`` for what is neither sent nor answered."""
    method: str
    route: str
    version: str
    """Empty for a route without versions."""
    path: tuple[str | int, ...]
    """Where, from the part on: ``("body", "user", "tags", "[]")``, ``("200", "body", "id")``, ``()``."""
    before: str | None
    """The old schema, spelled short; None where there was none."""
    after: str | None
    message: str
    """Why it matters, one sentence."""
    advice: str = ""
    """What to do about it; empty where there is nothing to do."""
    tier: str = ""
    """How stable the route was said to be: "experimental", "beta", "stable" or nothing."""
