"""All properties, over the same few thousand random cases in each run, and over such as Hypothesis chooses.

``python -m tests.fuzz --cases 100000 --seed 7`` searches on.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.properties import load
from tests.fuzz.property import Tally
from tests.fuzz.run import judge
from tests.fuzz.search import subject_of, subject_of_bytes

SEED = "the suite"
BATCHES, SUBJECTS = 24, 20


@pytest.mark.parametrize("batch", range(BATCHES))
def test_all_properties_hold_of_random_schemas_and_values(batch):
    for number in range(batch * SUBJECTS, (batch + 1) * SUBJECTS):
        finding = judge(subject_of(SEED, number), load(), Tally())

        assert finding is None, f"--seed {SEED!r} --start {number}\n{finding.given}\n{finding.error}"


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=400))
def test_all_properties_hold_of_what_any_bytes_describe(data):
    finding = judge(subject_of_bytes(data, values=6), load(), Tally())

    assert finding is None, f"{finding.given}\n{finding.error}"
