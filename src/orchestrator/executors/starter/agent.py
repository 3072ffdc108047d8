"""Starts the starter as a coding agent that speaks the Agent Client Protocol on its standard input and output."""

import sys
from pathlib import Path

if __name__ == "__main__":
    # Started with -S there are no installed packages; at the end of the path ours is found and hides nothing.
    sys.path.append(str(Path(__file__).resolve().parents[3]))
    from orchestrator.executors.starter import protocol

    sys.exit(protocol.serve(sys.stdin.buffer, sys.stdout.buffer))
