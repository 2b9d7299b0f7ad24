"""This module holds what is compared: two terms, with and without what is around them."""

from collections.abc import Generator
from typing import Final, TypeAlias

import attrs

from kbn_schema.diff.differences import Difference, Found, Key, Term
from kbn_schema.diff.shapes import Shape

Steps: TypeAlias = Generator["Pair", Found, None]
Work: TypeAlias = Generator["Pair", Found, Found]


@attrs.frozen(eq=False)
class Pair:
    """Two shapes to compare.

    *old_ignores* and *new_ignores* say whether objects that state nothing drop unknown keys. *domain* is what
    can stand there: "json" for any JSON value; "fields", "headers" and "params" for a dict of the texts of a
    query (or a form), of headers and of a path; "field", "header" and "text" for what stands in one of those:
    a text, in the first two also a list of texts; "answered" for the headers of an answer.
    """

    before: Shape
    after: Shape
    old_ignores: bool
    new_ignores: bool
    domain: str

    @property
    def key(self) -> Key:
        """What the pair is known by, however it was reached."""
        before, after = self.before, self.after
        ids = id(before.term), id(before.facts), id(after.term), id(after.facts)
        return (*ids, self.old_ignores, self.new_ignores, self.domain)

    def differ(self, rule: str, effect: str, **words: object) -> Difference:
        """That the two differ by *rule*."""
        told = {name: str(word) for name, word in words.items()}
        return Difference(rule, effect, self.before.term, self.after.term, told)


@attrs.frozen(eq=False)
class Wanted:
    """Two terms to compare; *may_be_absent* where a value may be missing there at all."""

    before: Term
    after: Term
    old_ignores: bool
    new_ignores: bool
    domain: str
    may_be_absent: bool


MEMBERS: Final = {"fields": "field", "headers": "header", "params": "text"}
TEXTUAL: Final = frozenset({"field", "header", "text"})
HEADERS: Final = frozenset({"headers", "answered"})
LISTED: Final = frozenset({"field", "header"})


def member_domain(domain: str) -> str:
    """What can stand in a member of a dict that stands in *domain*."""
    return MEMBERS.get(domain, "json")
