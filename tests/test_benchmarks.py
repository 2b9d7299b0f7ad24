"""The benchmarks measure what they say, and the page says what they found. Nothing is timed here."""

import asyncio
import re
from xml.etree import ElementTree

import attrs
import pytest

from benchmarks import __main__ as program
from benchmarks import contracts, http, instructions, report, stubs
from benchmarks.agreement import DisagreementError, assert_agrees, compare
from benchmarks.chart import WORKLOADS as DRAWN
from benchmarks.chart import draw
from benchmarks.contenders import MODULES, OURS
from benchmarks.growth import AXES, Axis
from benchmarks.http_bare import BARE
from benchmarks.http_bare import PEERS as BARE_PEERS
from benchmarks.http_peer import FASTAPI, finish, through
from benchmarks.http_requests import REQUESTS, SAVE
from benchmarks.peer import Peer
from benchmarks.peers import handwritten, ours
from benchmarks.question import CannotAnswerError, Scope
from benchmarks.slope import slope, verdict
from benchmarks.table import ratio_cell, table
from benchmarks.timing import ratio
from benchmarks.workloads import ACCEPTED, REFUSED, SCHEMAS, WORKLOADS
from kbn_schema import ValidationError

PUBLISHED = [name for name in program.QUESTIONS if name != "instructions"]
OUR_PEERS = [*ours.PEERS, *handwritten.PEERS]
TASKS = [
    pytest.param(peer, workload, id=f"{peer.name}-{workload.code}")
    for peer in OUR_PEERS
    for workload in WORKLOADS
    if workload.schema in peer.build
]


@pytest.mark.parametrize(("peer", "workload"), TASKS)
def test_the_expected_output_comes_out_of_each_workload(peer, workload):
    assert_agrees(peer, workload, peer.build[workload.schema](), workload.value())


@pytest.mark.parametrize("workload", [*ACCEPTED, *REFUSED], ids=lambda each: each.code)
def test_our_uncompiled_schemas_agree_as_well(workload):
    schema = ours.SCHEMAS[workload.schema]()

    assert workload.is_refused != schema.is_valid(workload.value())


def test_who_answers_wrongly_is_not_measured():
    accepted, refused = ACCEPTED[0], REFUSED[0]

    with pytest.raises(DisagreementError, match="makes something else of W1"):
        compare("a peer", accepted, {})
    with pytest.raises(DisagreementError, match="accepts W8a"):
        assert_agrees(OUR_PEERS[0], refused, lambda value: value, {})


@pytest.mark.parametrize("module", MODULES)
def test_every_peer_takes_part_or_says_why_not(module):
    for peer in peers_of(module):
        assert SCHEMAS.keys() == peer.build.keys() | peer.absent.keys()
        assert not peer.build.keys() & peer.absent.keys()


def peers_of(module: str) -> list[Peer]:
    # A peer that is not installed, as in the environment of the tests, is not looked at.
    peers: list[Peer] = pytest.importorskip(f"benchmarks.peers.{module}").PEERS
    return peers


@pytest.mark.parametrize("axis", AXES.values(), ids=AXES.keys())
def test_what_grows_has_good_and_bad_values_of_each_size(axis: Axis):
    for size in axis.sizes[:3]:
        schema = axis.schema(size)

        assert schema.is_valid(axis.good(size))
        with pytest.raises(ValidationError):
            schema.validate(axis.bad(size))


@pytest.mark.parametrize("power", [1, 2])
def test_a_slope_is_the_power_with_which_time_grows(power):
    times = {size: 50.0 + 3.0 * size**power for size in (0, 10, 100, 1000)}

    assert power == pytest.approx(slope(times))


def test_sizes_that_cost_mostly_the_constant_do_not_bend_the_slope():
    times = {0: 1000.0, 1: 1500.0, 1000: 11_000.0, 10_000: 101_000.0}

    assert pytest.approx(1) == slope(times)


def test_too_few_sizes_give_no_slope():
    with pytest.raises(ValueError, match="too close"):
        slope({0: 100.0, 1: 101.0, 2: 102.0})


@pytest.mark.parametrize(
    ("exponent", "words"),
    [(0.6, "at most linear"), (1.05, "at most linear"), (1.24, "NOT linear"), (2.0, "NOT linear")],
)
def test_a_verdict_says_whether_growth_is_linear(exponent, words):
    assert words == verdict(exponent)


def test_a_ratio_is_of_the_best_blocks_and_its_spread_of_the_middle_rounds():
    found = ratio([20.0, 22.0, 30.0], [10.0, 10.0, 10.0])

    assert (2.0, pytest.approx(0.25)) == (found.value, found.spread)


def test_a_table_has_a_rule_and_figures_on_the_right():
    assert "| a | b |\n| --- | ---: |\n| c | 1 |" == table(["a", "b"], [["c", "1"]])


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (None, "-"),
        ({"ns": 1, "ratio": 1.614, "spread": 0.031}, "1.61 ±0.03"),
        ({"ns": 1, "ratio": 16.14, "spread": 0.31}, "16.1 ±0.3"),
        ({"ns": 1, "ratio": 161.4, "spread": 3.1}, "161 ±3"),
    ],
)
def test_a_ratio_is_shown_with_the_digits_that_say_something(time, text):
    assert text == ratio_cell(time)


def test_a_section_is_put_between_its_marks_and_nowhere_else():
    page = f"before\n{report.begin('peers')}\nold\n{report.end('peers')}\nafter"

    written = report.with_section(page, "peers", "new")

    assert f"before\n{report.begin('peers')}\n\nnew\n\n{report.end('peers')}\nafter" == written
    assert written == report.with_section(written, "peers", "new")


def test_a_page_without_the_marks_is_not_written():
    with pytest.raises(ValueError, match="no marks of peers"):
        report.with_section("a page", "peers", "new")


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_page_shows_what_was_kept(name):
    page = report.PAGE.read_text(encoding="utf-8")
    section = program.QUESTIONS[name].markdown(report.kept(name))

    assert page == report.with_section(page, name, section)


def test_the_page_has_every_workload():
    assert {each.code for each in ACCEPTED} == report.kept("peers")["times"].keys()
    assert {each.code for each in REFUSED} == report.kept("errors")["raised"].keys()


def test_the_chart_shows_what_was_kept():
    assert report.CHART.read_text(encoding="utf-8") == draw(report.kept("peers"))


def test_the_chart_is_xml_with_a_bar_for_everyone_and_no_address_of_a_font():
    found = report.kept("peers")

    root = ElementTree.fromstring(draw(found))

    bars = [each for each in root if each.tag.endswith("rect")]
    drawn = [name for code in DRAWN for name in found["times"][code] if name != "by hand"]
    assert len(drawn) == len(bars)
    assert len(DRAWN) == len([bar for bar in bars if bar.get("class") == "ours"])
    assert draw(found).count("http") == 1  # the name space


def test_the_budget_has_every_workload():
    for budget in instructions.read_budget().values():
        assert {each.code for each in WORKLOADS} == budget["ratios"].keys()


@pytest.mark.parametrize(("build", "allowed"), [("this one", 1.05), ("another", 1.15)])
def test_what_exceeds_its_budget_is_named(monkeypatch, build, allowed):
    budget = {"3.11": {"build": "this one", "ratios": {"W1": 1.0, "W3": 2.0}}}
    monkeypatch.setattr(instructions, "read_budget", lambda: budget)
    within = {"W1": 0.99 * allowed, "W3": 2 * 0.99 * allowed}

    assert [] == instructions.complaints({"python": "3.11", "build": build, "ratios": within})

    beyond = {**within, "W3": 2 * 1.01 * allowed}
    [complaint] = instructions.complaints({"python": "3.11", "build": build, "ratios": beyond})
    assert complaint.startswith("W3 takes ")


def test_a_python_without_a_budget_is_a_complaint():
    [complaint] = instructions.complaints({"python": "2.7", "build": "old", "ratios": {}})

    assert "no budget for Python 2.7" in complaint


def test_part_of_a_run_is_not_published(capsys):
    with pytest.raises(SystemExit):
        program.main(["peers", "--quick", "--write"])

    assert "for whole runs" in capsys.readouterr().err


def test_a_question_that_nobody_asked_is_a_usage_error(capsys):
    with pytest.raises(SystemExit):
        program.main(["speed"])

    assert "choose from peers, json" in capsys.readouterr().err


def test_a_peer_is_asked_for_by_the_beginning_of_its_name():
    scope = Scope(peers=("pyd",))

    assert scope.has_peer("pydantic TypedDict")
    assert not scope.has_peer("msgspec Struct")
    assert OURS not in scope.peers


@pytest.mark.parametrize(("code", "size"), [("H1", 300), ("H2", 10_240)])
def test_a_request_has_the_size_that_its_title_says(code, size):
    [body] = [request.body for request in REQUESTS if request.code == code]

    assert size == pytest.approx(len(body), rel=0.02)


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda each: each.code)
@pytest.mark.parametrize("module", http.MODULES)
def test_every_http_peer_answers_rightly(module, request_):
    peers = pytest.importorskip(f"benchmarks.{module}").PEERS

    async def ask() -> None:
        for peer in peers:
            if http.takes(peer, request_):
                http.assert_answers(peer, request_)

    asyncio.run(ask())


def test_an_application_that_answers_wrongly_is_not_measured():
    [bare] = BARE_PEERS
    credulous = attrs.evolve(bare, refusal=400)
    [_, one_wrong, *_] = REQUESTS

    with pytest.raises(DisagreementError, match="answers H1a with 200, not 400"):
        http.assert_answers(credulous, one_wrong)
    with pytest.raises(DisagreementError, match="answers something else to H1"):
        http.assert_answers(bare, attrs.evolve(SAVE, number=8))


def test_an_application_that_waits_is_not_measured():
    with pytest.raises(RuntimeError, match="waits"):
        asyncio.run(wait())


async def wait() -> None:
    finish(asyncio.sleep(0))


def test_what_only_the_garbage_collector_finds_is_counted():
    async def leave(scope, receive, send):
        cycle = [scope]
        cycle.append(cycle)

    [bare] = BARE_PEERS

    assert 0 == http.left_over(bare, SAVE)
    assert 1 <= http.left_over(attrs.evolve(bare, ask=through(leave)), SAVE)


def test_promises_are_judged_by_the_figures():
    found = {
        "more": {"H1": {OURS: {"us": 15.0}}, "H2": {OURS: {"us": 150.1}}},
        "refusals": {"H1a": {OURS: {"ratio": 2.0}}, "H2a": {OURS: {"ratio": 2.01}}},
        "times": {
            "H1": {BARE: {"us": 5.0}, OURS: {"us": 20.0}, FASTAPI: {"us": 30.0}},
            "H3": {OURS: {"us": 20.0}, FASTAPI: {"us": 19.0}},
        },
    }

    assert [True, False, True, False, True, False] == [each.holds for each in http.targets(found)]
    assert "- H2: at most 150 µs more than the bare endpoint: 150.1 µs, DOES NOT HOLD." in http.target_lines(
        found
    )


def test_what_was_not_measured_is_neither_shown_nor_judged():
    found = http.measure(Scope(quick=True, workloads=("H1",), peers=("nobody",)))

    assert {"H1": {BARE, OURS}} == {code: times.keys() for code, times in found["times"].items()}
    assert ["H1: at most 15 µs more than the bare endpoint"] == [each.promise for each in http.targets(found)]
    assert "| bare | " in http.markdown(found)


def test_an_application_has_as_many_schemas_and_routes_as_are_counted():
    routes = stubs.application(30)["app/routes.py"]

    assert 30 == len(re.findall(r"^thing\d+_\w+ = ", routes, re.MULTILINE))
    assert 9 == len(re.findall(r"router\.(?:versioned\.)?(?:get|put)\(", routes))


def test_the_types_of_an_application_are_checked(tmp_path):
    folder = stubs.written(tmp_path, 10)

    assert all(seconds > 0 for seconds in stubs.seconds_of_check(folder))


def test_what_is_stale_is_not_measured(tmp_path):
    folder = stubs.written(tmp_path, 10)
    (folder / "app/_routes_types.py").unlink()

    with pytest.raises(CannotAnswerError, match="answers 1"):
        stubs.seconds_of_check(folder)


@pytest.mark.parametrize(
    ("factor", "outcomes"), [(1, ["holds", "at most"]), (10, ["DOES NOT HOLD", "at most"])]
)
def test_the_time_for_an_application_is_judged(factor, outcomes):
    times = {10: 0.2, 500: 0.5, 1000: 0.8, 2000: 1.4, 4000: 2.6}
    seconds = {size: {"median": factor * time, "processor": time} for size, time in times.items()}

    assert [True, True] == [
        outcome in line for outcome, line in zip(reversed(outcomes), stubs.judgements(seconds), strict=True)
    ]


def test_contracts_of_an_application_differ_and_are_compared(tmp_path):
    folder = contracts.written(tmp_path, 10)

    for arguments, status in contracts.COMMANDS.values():
        contracts.run(folder, arguments, status)

    with pytest.raises(CannotAnswerError, match="answers 0"):
        contracts.run(folder, ["diff", "old.json", "old.json"], 1)


@pytest.mark.parametrize(("factor", "outcome"), [(1, "holds"), (10, "DOES NOT HOLD")])
def test_the_time_for_contracts_is_judged(factor, outcome):
    times = {10: 0.2, 500: 0.5, 1000: 0.8, 2000: 1.4, 4000: 2.6}
    seconds = {
        size: {name: {"median": factor * time} for name in contracts.COMMANDS} for size, time in times.items()
    }
    *growth, promise = contracts.judgements(seconds)

    assert promise.endswith(outcome + ".")
    assert all("at most linear" in line for line in growth)
