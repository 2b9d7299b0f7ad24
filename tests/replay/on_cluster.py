"""A program that replays a file on two worker processes of a cluster, and prints the report."""

import sys

from distributed import Client, LocalCluster

from kbn_schema.replay import on_dask, report


def main(target, path, blocksize):
    cluster = LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None)
    with cluster, Client(cluster) as client:
        before = {worker["pid"] for worker in workers(client)}
        told = report(on_dask(target, path, blocksize=int(blocksize)), "json")
        client.wait_for_workers(2, timeout=30)
        after = {worker["pid"] for worker in workers(client)}
        sys.stdout.write(told)
        sys.stderr.write(f"killed {len(before - after)} of {len(before)}\n")


def workers(client):
    return client.run(lambda: {"pid": __import__("os").getpid()}).values()


if __name__ == "__main__":
    main(*sys.argv[1:])
