"""Every property that a test states, tried `EXAMPLES=5000` times instead of a hundred."""

import os
import subprocess
import sys

EXAMPLES = os.environ.get("EXAMPLES", "5000")
COMMAND = (
    *(sys.executable, "-m", "pytest", "-m", "hypothesis", "-n", "2", "--timeout", "3600"),
    "--hypothesis-profile=soak",
)


if __name__ == "__main__":
    sys.exit(subprocess.run(COMMAND, env=os.environ | {"EXAMPLES": EXAMPLES}, check=False).returncode)
