"""This module draws bytes and streams, which JSON does not have."""

import io

from hypothesis import strategies as st

from kbn_schema.testing.anything import CHARACTERS
from kbn_schema.testing.values import Faults, Values, other_types


def binary(*, spelled: bool = True) -> Values:
    """Return bytes, and, if they may be *spelled*, texts, whose UTF-8 they are."""

    def faults() -> Faults:
        # Half of a pair: no text that UTF-8 can hold, and so nothing that could be sent.
        halves = st.sampled_from(["\ud800", "a\udfff", "\udc00\ud800"])
        return {"type": other_types(str), "format": halves}

    return Values(st.one_of(st.binary(), st.text(CHARACTERS)) if spelled else st.binary(), faults)


def streams() -> Values:
    """Return streams of bytes; nothing that JSON has is one."""

    def faults() -> Faults:
        return {"type": st.one_of(other_types(), st.binary())}

    return Values(st.binary().map(io.BytesIO), faults)
