"""Moves a database of ours up or down by the migrations of a project, with Alembic as it was installed by us."""

import json
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import QueuePool


def main(action: str, ini: str, url: str, target: str, roots: list[str]) -> None:
    folder = Path(ini).is_dir()
    settings = Config() if folder else Config(ini)
    settings.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    sys.path[:0] = roots  # after what moves the database was taken in, so that nothing can stand in its place
    if not folder:
        move(action, settings, target)
        return
    settings.set_main_option("script_location", str(Path(ini).absolute()))
    with create_engine(url, poolclass=QueuePool, pool_size=1, max_overflow=0).begin() as connection:
        settings.attributes["connection"] = connection
        move(action, settings, target)


def move(action: str, settings: Config, target: str) -> None:
    if action == "list":
        scripts = ScriptDirectory.from_config(settings)
        steps = [one.revision for one in scripts.walk_revisions("base", "heads")]
        Path(target).write_text(json.dumps({"heads": list(scripts.get_heads()), "steps": steps[::-1]}), "utf-8")
    elif action == "up":
        command.upgrade(settings, target)
    else:
        command.downgrade(settings, target)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5:])
