"""This module says what a rule is: what happened to the values, and how severe that is."""

from collections.abc import Mapping
from typing import Final

import attrs

from kbn_schema.diff.changes import Direction, Level, Profile

Levels = tuple[Level, Level, Level]
"""In a request, in a response under the profile kibana, in a response under strict."""

LEVELS: Final[Mapping[str, Levels]] = {
    "narrower": ("ERR", "INFO", "INFO"),
    "wider": ("INFO", "ERR", "ERR"),
    "both": ("ERR", "ERR", "ERR"),
    "same": ("WARN", "INFO", "INFO"),
    "unknown": ("WARN", "WARN", "WARN"),
    "note": ("INFO", "INFO", "INFO"),
}
EFFECTS: Final = {
    "narrower": "less is accepted",
    "wider": "more is accepted",
    "both": "something else is accepted",
    "same": "the same is accepted, and means something else",
    "unknown": "it cannot be told what is accepted",
    "note": "what is accepted stays",
}


@attrs.frozen
class Rule:
    """What is told of one sort of change, and how severe it is.

    *name* stays, since authors allow changes by it. *effect* is what happens to the values that are accepted.
    *request* and *response* are the sentences, for rules about routes only the first. *advice* is the
    compatible spelling, if there is one, and *response_advice* that of a response where it is another. Levels
    are those of the effect, unless *given*; *strict_request* is another one of a request, which a single rule
    has.
    """

    name: str
    effect: str
    request: str
    response: str = ""
    advice: str = ""
    response_advice: str = ""
    given: Levels | None = None
    strict_request: Level | None = None

    def level(self, direction: Direction, profile: Profile) -> Level:
        """How severe it is under *profile*, in a request or a response, as *direction* says.

        What is neither, ``-``, is judged as a request.
        """
        request, kibana, strict = self.given or LEVELS[self.effect]
        if direction == "response":
            return strict if profile == "strict" else kibana
        return self.strict_request if profile == "strict" and self.strict_request is not None else request
