"""A part of the lines is counted: what is answered differently, and where."""

import copy
import pickle

import pytest

from kbn_schema.commands.answers import CannotAsk
from kbn_schema.http import Router
from kbn_schema.kinds.number import NumberSchema
from kbn_schema.replay import Group, Part, Place
from kbn_schema.replay.part import tally_of
from kbn_schema.replay.verdicts import Judge
from tests.replay.recorded import JSON, TARGET, line, posted, traffic

PLACE = Place("POST", "/api/orders", "")
GOOD = {"user": {"name": "Ada"}}
BAD = {"user": {"name": "long name"}}


def outcome(*lines):
    tally = Part(TARGET)(lines)
    return tally.refused, tally.accepted, sum(tally.undecided.items().values())


@pytest.mark.parametrize("status", [200, 201, 302, 404, 405, 409, 413, 415, 422, 500])
def test_what_was_answered_otherwise_and_is_refused_now_differs(status):
    assert (1, 0, 0) == outcome(posted(BAD, status))


def test_what_is_refused_as_it_was_does_not_differ():
    assert (0, 0, 0) == outcome(posted(BAD, 400))
    assert (0, 0, 0) == outcome(line(path="/nowhere", status=404))


@pytest.mark.parametrize("status", [401, 403, 407, 408, 429, 502, 503, 504])
def test_what_was_perhaps_answered_before_it_was_validated_is_undecided(status):
    assert (0, 0, 1) == outcome(posted(BAD, status))


@pytest.mark.parametrize("status", [400, 405, 413, 415])
def test_what_was_refused_and_is_accepted_now_differs(status):
    assert (0, 1, 0) == outcome(posted(GOOD, status))


@pytest.mark.parametrize("status", [200, 201, 204, 302, 401, 409, 422, 500, 503])
def test_what_is_accepted_as_it_was_does_not_differ(status):
    assert (0, 0, 0) == outcome(posted(GOOD, status))


@pytest.mark.parametrize(
    "raw", [posted(GOOD, 404), posted(GOOD, 408), line(status=404), line(status=400)], ids=range(4)
)
def test_what_the_handler_may_have_answered_itself_is_undecided(raw):
    assert (0, 0, 1) == outcome(raw)


def mapped(status, body):
    router = Router(on_validation_error=lambda error, request, response: response.unprocessable_content())
    router.post("/x", validate={"body": NumberSchema()})(lambda *_: None)
    tally = tally_of(Judge(router), [line("POST", "/x", status, headers=JSON, body=body)])
    return tally.refused, tally.accepted, sum(tally.undecided.items().values())


def test_a_mapper_may_have_refused_with_any_status():
    assert (1, 0, 0) == mapped(200, "[]")
    assert (0, 0, 1) == mapped(422, "[]")
    assert (0, 0, 0) == mapped(422, "5")


def test_a_request_counts_once_in_each_of_its_groups():
    lines = [posted({"user": {"name": "long name"}, "tags": ["long", "longer", "ok"]})] * 3 + [posted(BAD)]
    tally = Part(TARGET)(lines)

    assert 4 == tally.refused
    assert {
        Group(PLACE, "refused", 400, "body.tags.[]", "max_length"): 3,
        Group(PLACE, "refused", 400, "body.user.name", "max_length"): 4,
    } == tally.groups.items()
    assert ({PLACE: 4}, {Group(PLACE, "refused", 400): 4}) == (tally.asked.items(), tally.places.items())


def test_a_body_that_is_not_recorded_is_counted_where_it_is_wanted():
    sent = {"headers": {**JSON, "content-length": "7"}}
    tally = Part(TARGET)(
        [line("POST", "/api/orders", **sent), line(**sent), line("POST", "/api/orders?dry=x", **sent)]
    )

    assert (1, 1) == (tally.unread, tally.refused)


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_lines_may_be_texts_and_have_any_end(end):
    lines = [raw.decode().strip() + end for raw in traffic(200).splitlines()]

    assert Part(TARGET)(traffic(200).splitlines()) == Part(TARGET)(lines)


def test_blank_lines_count_in_the_numbers_of_lines_only():
    tally = Part(TARGET)([b"\n", b" \r\n", b"x\n"])

    assert (3, 0, ((3, "it is not JSON"),)) == (tally.lines, tally.requests, tally.named)


def test_a_text_that_was_no_utf_8_is_one_line_that_cannot_be_read():
    tally = Part(TARGET)(["\udcff"])

    assert ((1, "the JSON text is not valid UTF-8"),) == tally.named


@pytest.mark.parametrize("again", [copy.deepcopy, lambda part: pickle.loads(pickle.dumps(part))])
def test_a_part_can_be_sent(again):
    assert Part(TARGET)([line()]) == again(Part(TARGET))([line()])


def test_nothing_of_what_was_sent_is_in_a_tally():
    lines = [
        *traffic(100).splitlines(),
        line(path="/secret/api"),
        line("SECRET"),
        line(path="/api/orders/1?secret=1"),
        posted({"secret": 1, "user": {"name": "Ada"}, "extra": {"secret": "x"}}),
        line("PUT", "/api/parcels/1", headers={"elastic-api-version": "secret"}),
        b'{"secret": }',
    ]

    assert b"secret" not in pickle.dumps(Part(TARGET)(lines)).lower()


def test_a_router_that_is_not_complete_cannot_be_asked():
    with pytest.raises(CannotAsk, match=r"cannot read the routes of \[tests.replay.hostile:malformed\]"):
        Part("tests.replay.hostile:malformed")([line()])


@pytest.mark.parametrize(
    "target", ["tests.replay.recorded:secret", "nowhere:router", "tests.replay.recorded"]
)
def test_a_router_that_is_not_there_cannot_be_asked(target):
    with pytest.raises(CannotAsk):
        Part(target)([line()])
