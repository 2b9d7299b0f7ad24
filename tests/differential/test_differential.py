"""Compiled code says what `check` says, over the same few thousand random cases in each run.

``python -m tests.differential --seconds 600 --seed 7`` searches on.
"""

import pytest

from tests.differential.search import draw_cases

SEED = "the suite"
BATCHES, SCHEMAS = 24, 12


@pytest.mark.parametrize("batch", range(BATCHES))
def test_compiled_code_says_what_check_says(batch):
    for number in range(batch * SCHEMAS, (batch + 1) * SCHEMAS):
        for case in draw_cases(SEED, number):
            difference = case.difference()

            assert difference is None, f"--seed {SEED!r} --start {number}\n{case}\n{difference}"
