"""Recorded requests, sent again to nobody: would the present contract answer them differently?

`Part` replays a part of the lines, wherever that is, and answers with a `Tally`. Tallies can be added up, and
`joined` adds those of consecutive parts. `replay_file` and `replay_stream` do so on the cores of one machine,
`on_dask` on the workers of a cluster; `report` tells it. Nothing here calls a handler, a hook or a context.
"""

from kbn_schema.replay.cluster import on_dask
from kbn_schema.replay.cores import replay_file, replay_stream
from kbn_schema.replay.part import Part
from kbn_schema.replay.reports import report
from kbn_schema.replay.tally import Counts, Group, Place, Tally, joined

__all__ = [
    "Counts",
    "Group",
    "Part",
    "Place",
    "Tally",
    "joined",
    "on_dask",
    "replay_file",
    "replay_stream",
    "report",
]
