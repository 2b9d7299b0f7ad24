"""How a time grows with a size: the slope of a line through the logarithms."""

import math
from collections.abc import Mapping
from typing import Final

# Straight through, a slope is 1; twice as steep, 2. What lies between is noise, caches and the
# tables of dicts, which grow in steps.
LINEAR: Final = 1.15


def slope(times: Mapping[int, float]) -> float:
    """Return the exponent *p* of the best fit ``time - constant = factor * size ** p``.

    The constant is the time of the smallest size, which is left out of the fit together
    with sizes that take less than twice that time: what they cost is mostly the constant.
    """
    smallest = min(times)
    constant = times[smallest]
    points = [
        (math.log(size - smallest), math.log(time - constant))
        for size, time in times.items()
        if size != smallest and time >= 2 * constant
    ]
    if len(points) < 2:
        raise ValueError("the sizes are too close to tell growth from the constant")
    return least_squares(points)


def least_squares(points: list[tuple[float, float]]) -> float:
    """Return the slope of the straight line through *points*."""
    count = len(points)
    mean_x = sum(x for x, _ in points) / count
    mean_y = sum(y for _, y in points) / count
    covariance = sum((x - mean_x) * (y - mean_y) for x, y in points)
    return covariance / sum((x - mean_x) ** 2 for x, _ in points)


def verdict(exponent: float) -> str:
    return "at most linear" if exponent <= LINEAR else "NOT linear"
