"""This package reads regular expressions: how long a text they take, and how long they take for it."""

from kbn_schema.lint.regex.attacks import Attack, attack_on
from kbn_schema.lint.regex.lengths import lengths_of

__all__ = ["Attack", "attack_on", "lengths_of"]
