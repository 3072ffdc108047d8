"""Does nothing. Placed as `sitecustomize.py`, it keeps a project's own file of this name from being run first."""
