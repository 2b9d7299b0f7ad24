"""Measure calls side by side, so that what disturbs the machine disturbs all alike."""

import gc
from collections.abc import Callable, Mapping
from itertools import repeat
from statistics import median, quantiles
from time import thread_time_ns
from typing import Any, Final

import attrs

# Takes a number of calls, and returns the nanoseconds that they took.
Sampler = Callable[[int], float]

SAMPLE_NS: Final = 2_000_000  # long enough for the clock, short enough to be left alone
SAMPLES_IN_BLOCK: Final = 5


def calls(call: Callable[[Any], object], value: Any) -> Sampler:
    """Return the sampler of ``call(value)``, in time of the thread: waits for the processor do not count."""

    def sample(count: int) -> float:
        start = thread_time_ns()
        for _ in repeat(None, count):
            call(value)
        return thread_time_ns() - start

    return sample


def interleaved(samplers: Mapping[str, Sampler], rounds: int) -> dict[str, list[float]]:
    """Return by name the nanoseconds a call, one figure a round: the median of a block of samples.

    In each round every sampler has one block, and each round begins with the next of them.
    The garbage collector rests meanwhile; nothing that is measured makes cycles.
    """
    counts = {name: calls_in_sample(sample) for name, sample in samplers.items()}
    names = list(samplers)
    blocks: dict[str, list[float]] = {name: [] for name in names}
    gc.collect()
    gc.disable()
    try:
        for turn in range(rounds):
            first = turn % len(names)
            for name in names[first:] + names[:first]:
                times = [samplers[name](counts[name]) for _ in range(SAMPLES_IN_BLOCK)]
                blocks[name].append(median(times) / counts[name])
    finally:
        gc.enable()
    return blocks


def calls_in_sample(sample: Sampler) -> int:
    """Return how many calls fill a sample; what is compiled when it gets hot is hot afterwards."""
    count = 1
    while (taken := sample(count)) < SAMPLE_NS / 4:
        count *= 2
    return max(1, round(count * SAMPLE_NS / taken))


@attrs.frozen
class Ratio:
    """How many times as long as another: of the best blocks.

    *spread* is half the range in which the ratios of the middle half of the rounds lie.
    """

    value: float
    spread: float


def ratio(blocks: list[float], base: list[float]) -> Ratio:
    by_round = [mine / others for mine, others in zip(blocks, base, strict=True)]
    lower, _, upper = quantiles(by_round, n=4, method="inclusive")
    return Ratio(min(blocks) / min(base), (upper - lower) / 2)
