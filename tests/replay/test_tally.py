"""Tallies add up to the same, however they are added."""

import pickle
from functools import reduce
from itertools import pairwise
from operator import add

import hypothesis.strategies as st
from hypothesis import given, settings

from kbn_schema.replay import Counts, Group, Place, Tally, joined, report
from kbn_schema.replay.part import Part
from kbn_schema.replay.tally import MAX_NAMED
from tests.replay.recorded import TARGET, traffic

KEYS = st.lists(st.text("abcdef", min_size=1, max_size=2), max_size=40)


def counted(keys, limit=5):
    counts = Counts(limit)
    for key in keys:
        counts.add(key)
    return counts


@settings(deadline=None)
@given(KEYS, KEYS, KEYS)
def test_counts_are_the_same_in_any_order(one, two, three):
    expected = counted([*one, *two, *three])
    a, b, c = counted(one), counted(two), counted(three)

    assert expected == a.merged(b).merged(c)
    assert expected == c.merged(a.merged(b))
    assert expected == counted([*three, *two, *one])


@settings(deadline=None)
@given(KEYS)
def test_what_is_kept_is_exact_and_nothing_is_lost(keys):
    counts = counted(keys)
    kept = counts.items()

    assert {key: keys.count(key) for key in sorted(set(keys))[:5]} == kept
    assert len(keys) == sum(kept.values()) + counts.others


def test_counts_are_no_other_thing_and_show_what_they_are():
    counts = counted("aab", limit=1)

    assert counts != {"a": 2}
    assert "Counts({'a': 2}, others=1)" == repr(counts)


def test_a_report_is_of_bounded_size_and_tells_how_much_it_leaves_out():
    place = Place("GET", "/x", "")
    tally = Tally(requests=30, refused=30, groups=Counts(25), places=Counts(25))
    tally.asked.add(place, 30)
    tally.places.add(Group(place, "refused", 400), 30)
    for number in range(30):
        tally.groups.add(Group(place, "refused", 400, f"body.a{number:02}", "type"))
    shown = report(tally)

    assert 20 == shown.count("    1 body.a")
    assert "    and 5 more, see --format json\n" in shown
    assert shown.endswith("and 5 more in groups that are not shown\n")


def test_counts_stay_small():
    counts = counted(map(str, range(1000)), limit=10)

    assert len(counts._counts) <= 20
    assert 10 == len(pickle.loads(pickle.dumps(counts))._counts)


LINES = traffic(110).splitlines(keepends=True)
CUTS = st.lists(st.integers(0, len(LINES)), max_size=6).map(lambda cuts: sorted({0, len(LINES), *cuts}))


@settings(deadline=None, max_examples=50)  # each example replays lines
@given(CUTS)
def test_the_tallies_of_any_cut_add_up_to_that_of_the_whole(cuts):
    part = Part(TARGET)
    whole = part(LINES)
    parts = [part(LINES[start:end]) for start, end in pairwise(cuts)]
    moved = [tally.moved(start) for tally, start in zip(parts, cuts, strict=False)]

    assert whole == joined(parts)
    assert whole == reduce(add, reversed(moved), Tally())
    assert whole == pickle.loads(pickle.dumps(joined(parts)))


def test_only_the_first_lines_that_cannot_be_read_are_named():
    tally = Part(TARGET)([b"x"] * 1000)

    assert tuple(range(1, MAX_NAMED + 1)) == tuple(number for number, _ in tally.named)
    assert {"it is not JSON": 1000} == tally.unreadable.items()


def test_groups_sort_by_their_place():
    other = Group(Place("GET", "/b", ""), "refused", 400)
    counts = counted([other, Group(Place("GET", "/a", ""), "refused", 400)])

    assert ["/a", "/b"] == [group.place.route for group in counts.items()]
