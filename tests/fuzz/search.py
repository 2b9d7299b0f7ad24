"""Draw subjects, each a function of what it is drawn from: of bytes, or of a seed and a number."""

import random
from collections.abc import Iterator
from typing import Any

from tests.fuzz.calls import Call, build, named
from tests.fuzz.draw import ByteRandom, seeded
from tests.fuzz.edits import edited
from tests.fuzz.schemas import draw_plain_schema, draw_schema
from tests.fuzz.subject import Subject
from tests.fuzz.values import draw_values

CONTEXTS = [None, None, None, named("parts.CONTEXT"), named("parts.READ_ONLY"), named("parts.MAPPING"), {}]
VALUES = 20  # of one schema
PLAIN_SHARE = 0.4
EDIT_SHARE = 0.3


def subject_of(seed: str, number: int, values: int = VALUES) -> Subject:
    """Return the subject *number* of a run with this *seed*."""
    return draw_subject(seeded(seed, number), number, seed, values)


def subject_of_bytes(data: bytes, values: int = VALUES) -> Subject:
    """Return the subject that *data* describe, whatever they are."""
    return draw_subject(ByteRandom(data), values=values)


def draw_subject(rng: random.Random, number: int = 0, seed: str = "", values: int = VALUES) -> Subject:
    """Return a schema with *values* of it; none where the combinators refuse it (see `Subject.refusal`).

    Some schemas differ in one place from that of the *number* before, which the same process is likely to
    have compiled just now.
    """
    is_edit = rng.random() < EDIT_SHARE
    subject = _first(seeded(seed, number - 1) if is_edit and seed and number else rng)
    if is_edit:
        subject.part = edited(subject.part, rng)
    subject.seed, subject.number = seed, number
    if subject.refusal is not None:
        return subject
    for part in draw_values(subject.reference, rng, values, hostile=subject.style == "wild"):
        if can_be_built(part):
            subject.add(part, rng.choice(CONTEXTS) if subject.style == "wild" else None)
    return subject


def _first(rng: random.Random) -> Subject:
    """Return a subject without values, drawn from the beginning of what a number gives."""
    rng.random()  # where it was decided that this one is an edit, or is not
    is_plain = rng.random() < PLAIN_SHARE
    part = draw_plain_schema(rng) if is_plain else draw_schema(rng)
    return Subject(part, style="plain" if is_plain else "wild")


def draw_cases(seed: str, number: int) -> Iterator[Subject]:
    """Yield the subject *number* with each of its cases alone."""
    subject = subject_of(seed, number)
    yield from (subject.alone(given) for given in subject.cases)


def can_be_built(value: Any) -> bool:
    """Return whether *value* can be: a key that raises when it is compared may stand beside another,
    and what is copied may not be copyable.
    """
    if not isinstance(value, (dict, list, Call)):
        return True
    try:
        build(value)
    except Exception:  # from a hostile value, whatever it raises
        return False
    return True
