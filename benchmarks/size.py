"""How large an installation is: what `make run` puts into .venv."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from _measure import Figure, publish

ROOT = Path(__file__).parents[1]


def size(place: Path, *which: str) -> str:
    ours = {"UV_PROJECT_ENVIRONMENT": str(place), "UV_LINK_MODE": "copy", "UV_PYTHON_DOWNLOADS": "never"}
    command = [shutil.which("uv") or ".venv/uv/bin/uv", "sync", "-q", "--frozen", "--no-dev", "--compile-bytecode"]
    subprocess.run([*command, *which], cwd=ROOT, env=os.environ | ours, check=True)
    return f"{int(subprocess.check_output(['du', '-sm', place]).split()[0])} MB"


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain, whole = size(folder / "plain"), size(folder / "whole", "--extra", "postgres")
    publish(
        "size",
        [
            Figure("size of the installation, compiled for quick starts", "250 MB", plain),
            Figure("the same with what PostgreSQL needs, as `make run` installs it", "250 MB", whole),
        ],
    )


if __name__ == "__main__":
    main()
