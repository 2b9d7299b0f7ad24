"""Bytes become a schema and values, by the generator of the fuzzer; its properties have to hold."""

import random
import zlib
from collections.abc import Iterator
from typing import Final

from tests.fuzz.calls import spell_case
from tests.fuzz.coverage_guided.target import Target
from tests.fuzz.draw import data_of
from tests.fuzz.properties import (
    all_ways,
    definitions,
    fast_is_check,
    idempotent,
    metamorphic,
    only_validation_errors,
    silent,
    unchanged,
    unshared,
    vocabulary,
)
from tests.fuzz.property import Property, Tally
from tests.fuzz.search import subject_of_bytes
from tests.fuzz.subject import Subject

# Those that need no other process and no other library, and are quick.
PROPERTIES: Final[list[Property]] = [module.PROPERTY for module in (
    definitions, fast_is_check, all_ways, idempotent, only_validation_errors, unchanged, unshared, silent,
    metamorphic, vocabulary,
)]  # fmt: skip
VALUES: Final = 4


def read(data: bytes) -> Subject:
    subject = subject_of_bytes(data, VALUES)
    subject.number = zlib.crc32(data)  # by which dear properties look at their share
    return subject


def judge(data: bytes) -> None:
    subject, tally = read(data), Tally()
    for prop in PROPERTIES:
        if prop.covers(subject.number) and (subject.refusal is None or prop is definitions.PROPERTY):
            prop.check(subject, tally)


def shown(data: bytes) -> str:
    subject = read(data)
    return "\n\n".join(map(str, subject.cases)) or spell_case(subject.part, None, None)


def seeds() -> Iterator[bytes]:
    """Yield the bytes of some subjects, cut to what most of them read, more or less."""
    rng = random.Random(0)
    for number in range(60):
        yield data_of("coverage-guided", number, rng.choice([20, 60, 150, 400]))


TARGET = Target(
    "schemas", judge, shown, seeds, max_bytes=600, traces_generated=False, traces_comparisons=False,
)  # fmt: skip
