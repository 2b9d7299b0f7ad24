"""This module replays traffic on the workers of a Dask cluster."""

from importlib import import_module
from typing import Any, Final

from kbn_schema.late import IMPORTING
from kbn_schema.replay.lines import lines_of
from kbn_schema.replay.part import Part
from kbn_schema.replay.tally import Tally, joined

BLOCK: Final = "16 MiB"


def on_dask(target: str, urlpath: Any, *, blocksize: int | str = BLOCK, **storage_options: Any) -> Tally:
    """What is found in the files *urlpath*, by the cluster of the present client, or by Dask's own scheduler.

    The module of the router has to be on the path of each worker. A part that was lost with its worker is
    done again by another, and counts once.

    Args:
        target: ``MODULE:ROUTER``.
        urlpath: A path, a list of them, or a pattern such as ``s3://logs/*.ndjson``, as Dask takes them.
            Lines are numbered through, in the order that Dask reads the files.
        blocksize: How many bytes a worker is given at a time, or a text such as ``"16 MiB"``; it makes no
            difference to what is found.
        storage_options: Passed on to the file system.

    Raises:
        kbn_schema.commands.answers.CannotAsk: There is no such router.
        ImportError: Dask is not installed.
    """
    with IMPORTING:
        # An optional dependency, and slow; without types.
        dask: Any = import_module("dask")
        bags: Any = import_module("dask.bag")
        read_bytes: Any = import_module("dask.bytes").read_bytes
    _, files = read_bytes(urlpath, delimiter=b"\n", blocksize=blocksize, sample=False, **storage_options)
    split = dask.delayed(lines_of, pure=True)
    lines = bags.from_delayed([split(block) for file in files for block in file])
    return joined(lines.map_partitions(Part(target).tallies).compute())
