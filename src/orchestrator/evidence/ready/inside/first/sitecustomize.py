"""Starts to measure in every process of a test run, and keeps a project's own file of this name from being run."""

import coverage

coverage.process_startup()
