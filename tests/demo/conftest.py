import pytest

from kbn_schema.demo.application import make_router
from kbn_schema.demo.store import Store
from kbn_schema.http import TestClient


@pytest.fixture
def store():
    with Store() as store:
        yield store


@pytest.fixture
def router(store):
    return make_router(store)


@pytest.fixture
def client(router):
    """Asks for the newest version, where there are versions."""
    return TestClient(router, version="newest")


@pytest.fixture
def old_client(router):
    """Knows nothing of versions."""
    return TestClient(router)
