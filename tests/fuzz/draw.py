"""Chance that is read from bytes: whoever chooses the bytes, chooses the schema and the values.

So one generator serves all drivers: a seed (`seeded`), Hypothesis, and atheris.
"""

import hashlib
import random
from typing import Any


class ByteRandom(random.Random):
    """Random numbers that are read from *data*, and once it is used up from a generator that it seeds.

    All draws of `random.Random` go through the two methods here: `choice`, `sample` and `shuffle` through
    `getrandbits`, the others through `random`.
    """

    def __new__(cls, data: bytes = b"") -> "ByteRandom":
        return super().__new__(cls)

    def __init__(self, data: bytes = b"") -> None:
        self._data = data
        self._at = 0
        super().__init__(int.from_bytes(hashlib.blake2b(data, digest_size=16).digest(), "big"))

    def random(self) -> float:
        """Return a number in [0, 1), of two bytes."""
        at = self._at
        if at + 2 > len(self._data):
            return self._go_on().random()
        self._at = at + 2
        return int.from_bytes(self._data[at : at + 2], "big") / 65536

    def getrandbits(self, k: int) -> int:
        """Return *k* random bits, of as few bytes as hold them."""
        count = (k + 7) // 8
        at = self._at
        if at + count > len(self._data):
            return self._go_on().getrandbits(k)
        self._at = at + count
        return int.from_bytes(self._data[at : at + count], "big") & ((1 << k) - 1)

    def _go_on(self) -> "ByteRandom":
        """Draw from the generator from now on, at its own speed."""
        self.random = super().random  # type: ignore[method-assign]
        self.getrandbits = super().getrandbits  # type: ignore[method-assign]
        return self

    def seed(self, *args: Any, **options: Any) -> None:
        """Seed what comes after the bytes."""
        super().seed(*args, **options)


def seeded(seed: str, number: int, count: int = 256) -> ByteRandom:
    """Return the random numbers of the subject *number* of a run with this *seed*."""
    return ByteRandom(data_of(seed, number, count))


def data_of(seed: str, number: int, count: int = 256) -> bytes:
    """Return the bytes of the subject *number* of a run with this *seed*."""
    return hashlib.shake_128(f"{seed}:{number}".encode()).digest(count)
