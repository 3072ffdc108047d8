"""Starts to measure in every process of a test run, and keeps a project's own file of this name from being run."""

import os

if os.environ.get("COVERAGE_PROCESS_START"):
    import coverage

    coverage.process_startup()
