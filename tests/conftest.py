"""What every test may ask for."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from ground import postgres

settings.register_profile("ours", deadline=None)  # a busy machine is not a fault
settings.load_profile("ours")


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[postgres.Cluster]:
    """A PostgreSQL of our own, started when the first test asks for it."""
    with postgres.running() as cluster:
        yield cluster
