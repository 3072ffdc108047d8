"""What the tests about readiness share."""

import pytest


@pytest.fixture(scope="session")
def memory(tmp_path_factory):
    """Where what is installed is kept: once for all of them."""
    return tmp_path_factory.mktemp("memory")
