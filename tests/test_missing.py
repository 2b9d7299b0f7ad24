"""MISSING, which stands where no value was given."""

import copy
import pickle

from kbn_schema import MISSING


def test_it_is_false_and_no_other_value():
    assert not MISSING
    assert MISSING not in (None, False, 0, "", [])


def test_it_spells_itself_and_stays_itself():
    assert ("MISSING", "MISSING") == (repr(MISSING), str(MISSING))
    assert all(other is MISSING for other in (copy.deepcopy(MISSING), pickle.loads(pickle.dumps(MISSING))))
