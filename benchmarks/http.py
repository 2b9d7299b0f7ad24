"""How long does a request take in an ASGI application, from its scope to the last byte of the answer?

The applications are driven in process, in turn. There is no server, no socket and no waiting, so
that what is counted is the time of the processor that the application itself takes.
"""

import asyncio
import gc
import json
from collections.abc import Callable, Mapping
from importlib import import_module
from statistics import quantiles
from typing import Final

import attrs

from benchmarks.agreement import DisagreementError
from benchmarks.contenders import OURS
from benchmarks.environment import environment, versions
from benchmarks.http_bare import BARE
from benchmarks.http_peer import FASTAPI, HttpPeer
from benchmarks.http_requests import REQUESTS, HttpRequest
from benchmarks.question import Found, Scope
from benchmarks.table import machine_line, ratio_cell, remark_lines, table, title_lines
from benchmarks.timing import calls, interleaved

# In the order of the tables.
MODULES: Final = ["http_bare", "http_ours", "http_ours_starlette", "http_pydantic"]
# What a request may cost us, in µs more than the bare endpoint, and a refusal as a multiple of the
# same request when it is valid.
MORE: Final = {"H1": 15.0, "H2": 150.0}
REFUSAL: Final = 2.0
LEFT_BY: Final = 20

# By the code of the request and the name of the peer: one figure a round, in nanoseconds.
Blocks = Mapping[str, list[float]]


def measure(scope: Scope) -> Found:
    peers, missing = http_peers(scope)
    requests = [request for request in REQUESTS if scope.has_workload(request.code)]
    blocks, left = asyncio.run(race(peers, requests, scope.rounds(41)))
    return {
        **environment(),
        "versions": versions(dict.fromkeys(package for peer in peers for package in peer.packages)),
        "missing": missing,
        "remarks": {peer.name: peer.remark for peer in peers},
        "requests": {request.code: request.title for request in requests},
        "times": by_request(requests, peers, lambda request, peer: time(blocks, request, peer)),
        "more": by_request(requests, peers, lambda request, peer: more(blocks, request, peer)),
        "refusals": by_request(requests, peers, lambda request, peer: refusal(blocks, request, peer)),
        "left": left,
    }


def http_peers(scope: Scope) -> tuple[list[HttpPeer], dict[str, str]]:
    """Return the peers, the bare endpoint first, and those that are not installed with the reason."""
    peers: list[HttpPeer] = []
    missing: dict[str, str] = {}
    for name in MODULES:
        try:
            module = import_module(f"benchmarks.{name}")
        except ModuleNotFoundError as error:
            if str(error.name).startswith("kbn_schema"):
                raise
            missing[str(error.name)] = "not installed, see the extra `bench`"
        else:
            peers.extend(
                peer for peer in module.PEERS if peer.name in (BARE, OURS) or scope.has_peer(peer.name)
            )
    return peers, missing


async def race(peers: list[HttpPeer], requests: list[HttpRequest], rounds: int) -> tuple[Blocks, Found]:
    """Return the blocks of all, and who leaves how many objects to the garbage collector.

    An event loop runs meanwhile, as Starlette wants it, and does nothing.
    """
    tasks = [(request, peer) for request in requests for peer in peers if takes(peer, request)]
    for request, peer in tasks:
        assert_answers(peer, request)
    left = {key(request.code, peer.name): left_over(peer, request) for request, peer in tasks}
    samplers = {key(request.code, peer.name): calls(peer.ask, request) for request, peer in tasks}
    blocks = interleaved(samplers, rounds) if samplers else {}
    return blocks, {name: count for name, count in left.items() if count}


def left_over(peer: HttpPeer, request: HttpRequest) -> int:
    """Return how many objects of an answer only the garbage collector finds, whose time is not measured."""
    gc.collect()
    gc.disable()
    try:
        for _ in range(LEFT_BY):
            peer.ask(request)
        return gc.collect() // LEFT_BY
    finally:
        gc.enable()


def key(code: str | None, name: str) -> str:
    return f"{code} {name}"


def takes(peer: HttpPeer, request: HttpRequest) -> bool:
    return peer.refusal is not None or not request.wrong


def assert_answers(peer: HttpPeer, request: HttpRequest) -> None:
    """Raise unless *peer* answers with the validated number, or refuses what is wrong and nothing else."""
    answer = peer.ask(request)
    expected = peer.refusal if request.wrong else 200
    if answer.status != expected:
        raise DisagreementError(f"{peer.name} answers {request.code} with {answer.status}, not {expected}")
    value = json.loads(answer.body)
    if request.wrong and peer.wrong is not None:
        is_right = peer.wrong(value) == request.wrong
    else:
        is_right = value == {"ok": True, "n": request.number}
    if not is_right:
        raise DisagreementError(f"{peer.name} answers something else to {request.code}: {value!r:.500}")


Figure = dict[str, float]


def by_request(
    requests: list[HttpRequest],
    peers: list[HttpPeer],
    figure_of: Callable[[HttpRequest, HttpPeer], Figure | None],
) -> Found:
    """Return the figures that there are, by the code of the request and the name of the peer."""
    found: Found = {}
    for request in requests:
        figures = {peer.name: figure_of(request, peer) for peer in peers}
        found[request.code] = {name: each for name, each in figures.items() if each is not None}
    return {code: figures for code, figures in found.items() if figures}


def time(blocks: Blocks, request: HttpRequest, peer: HttpPeer) -> Figure | None:
    own = blocks.get(key(request.code, peer.name))
    return None if own is None else figure("us", [each / 1000 for each in own])


def more(blocks: Blocks, request: HttpRequest, peer: HttpPeer) -> Figure | None:
    """Return what *peer* takes more than the bare endpoint."""
    own, bare = blocks.get(key(request.code, peer.name)), blocks.get(key(request.code, BARE))
    if own is None or bare is None or peer.name == BARE:
        return None
    return figure("us", [(mine - others) / 1000 for mine, others in zip(own, bare, strict=True)])


def refusal(blocks: Blocks, request: HttpRequest, peer: HttpPeer) -> Figure | None:
    """Return how many times as long *peer* takes as for the same request with nothing wrong."""
    own, valid = blocks.get(key(request.code, peer.name)), blocks.get(key(request.valid, peer.name))
    if own is None or valid is None:
        return None
    return figure("ratio", [mine / others for mine, others in zip(own, valid, strict=True)])


def figure(name: str, by_round: list[float]) -> Figure:
    """Return the median, and half the range in which the middle half of the rounds lies.

    The best round is no figure here: a moment in which the machine is quick meets one peer and not
    the other, and what is asked for is a difference.
    """
    lower, middle, upper = quantiles(by_round, n=4, method="inclusive")
    return {name: round(middle, 3), "spread": round((upper - lower) / 2, 3)}


@attrs.frozen
class Target:
    """What has been promised, and what was found."""

    promise: str
    found: str
    holds: bool


def targets(found: Found) -> list[Target]:
    """Return the targets of which *found* knows."""
    return [*more_targets(found), *refusal_targets(found), *fastapi_targets(found)]


def more_targets(found: Found) -> list[Target]:
    return [
        Target(
            f"{code}: at most {limit:.0f} µs more than the bare endpoint",
            f"{figures[OURS]['us']:.1f} µs",
            figures[OURS]["us"] <= limit,
        )
        for code, limit in MORE.items()
        if OURS in (figures := found["more"].get(code, {}))
    ]


def refusal_targets(found: Found) -> list[Target]:
    return [
        Target(
            f"{code}: at most {REFUSAL:.0f} times as long as the valid one",
            f"{figures[OURS]['ratio']:.2f} times",
            figures[OURS]["ratio"] <= REFUSAL,
        )
        for code, figures in found["refusals"].items()
        if OURS in figures
    ]


def fastapi_targets(found: Found) -> list[Target]:
    return [
        Target(
            f"{code}: FastAPI takes longer",
            f"{(times := figures[FASTAPI]['us'] / figures[OURS]['us']):.2f} times as long",
            times > 1,
        )
        for code, figures in found["times"].items()
        if OURS in figures and FASTAPI in figures
    ]


def markdown(found: Found) -> str:
    sections = [
        "µs a request, the median of the rounds and half the range in which the middle half of them lies:",
        figure_table(found, "times", microseconds_cell),
        "µs more than the bare endpoint:",
        figure_table(found, "more", microseconds_cell),
        "How many times as long as the same request with nothing wrong:",
        figure_table(found, "refusals", ratio_cell),
        machine_line(found),
        title_lines(found["requests"]),
        "What we promise of ours, and whether it holds:",
        target_lines(found),
        "Where they do other work than ours:",
        remark_lines(found),
        missing_lines(found),
        left_lines(found),
    ]
    return "\n\n".join(section for section in sections if section)


def figure_table(found: Found, which: str, cell: Callable[[Figure | None], str]) -> str:
    """Return a table with a row for each peer of which there is a figure."""
    figures: dict[str, dict[str, Figure]] = found[which]
    names = [name for name in found["remarks"] if any(name in each for each in figures.values())]
    rows = [[name, *(cell(each.get(name)) for each in figures.values())] for name in names]
    return table(["", *figures], rows)


def microseconds_cell(figure: Figure | None) -> str:
    """Return such as ``21.3 ±0.4``."""
    return "-" if figure is None else f"{figure['us']:,.1f} ±{figure['spread']:.1f}"


def target_lines(found: Found) -> str:
    return "\n".join(f"- {each.promise}: {each.found}, {verdict(each)}." for each in targets(found))


def verdict(target: Target) -> str:
    return "holds" if target.holds else "DOES NOT HOLD"


def missing_lines(found: Found) -> str:
    return "\n".join(f"- {name}: {reason}." for name, reason in found["missing"].items())


def left_lines(found: Found) -> str:
    lines = [f"- {name}: {count} objects a request." for name, count in found["left"].items()]
    return (
        "\n".join(["Left for the garbage collector, whose time is not in the tables:\n", *lines])
        if lines
        else ""
    )
