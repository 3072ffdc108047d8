"""What every test may ask for."""

from collections.abc import Iterator

import pytest

from ground import postgres


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[postgres.Cluster]:
    """A PostgreSQL of our own, started when the first test asks for it."""
    with postgres.running() as cluster:
        yield cluster
