"""What test modules of adapters share without importing it."""

import pytest


@pytest.fixture(scope="class")
def port_and_log(request, tmp_path_factory):
    """The port on which the app of a test class is served, see `under`, and the file for what is logged."""
    log = tmp_path_factory.mktemp("served") / "log"
    with request.cls.serving(log) as port:
        yield port, log
