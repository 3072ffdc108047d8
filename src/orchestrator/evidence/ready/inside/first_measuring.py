"""Starts to measure in every process of a test run. Placed as `sitecustomize.py`, ahead of a project's own."""

import coverage

coverage.process_startup()
