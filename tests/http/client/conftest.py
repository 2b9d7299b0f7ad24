"""Each promise is kept by both clients, over both libraries."""

import httpx
import httpx2
import pytest

from tests.http.client.calling import Calling


@pytest.fixture(
    params=[(httpx, False), (httpx, True), (httpx2, False), (httpx2, True)],
    ids=["httpx", "httpx-async", "httpx2", "httpx2-async"],
)
def calling(request):
    with Calling(*request.param) as calling:
        yield calling
