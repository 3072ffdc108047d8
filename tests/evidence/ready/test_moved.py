"""Migrations that lose rows, leave things behind or cannot go back are refused: they are run with rows in them."""

import json
import sqlite3
import subprocess
import sys

import pytest
from judged import refused, stands
from seeds import repo

from orchestrator.domain.ready.report import State
from orchestrator.evidence.ready import python

ENV = """
from alembic import context
from sqlalchemy import engine_from_config, pool

engine = engine_from_config(context.config.get_section("alembic"), prefix="sqlalchemy.", poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
"""
STEP = """
import sqlalchemy as sa
from alembic import op

revision = "{number}"
down_revision = {before}


def upgrade():
    {up}


def downgrade():
    {down}
"""
SHOPS = "op.create_table('shops', sa.Column('id', sa.Integer, primary_key=True), sa.Column('name', sa.String(40)))"
ORDERS = (
    "op.create_table('orders', sa.Column('id', sa.Integer, primary_key=True), "
    "sa.Column('shop_id', sa.Integer, sa.ForeignKey('shops.id'), nullable=False{index}), "
    "sa.Column('state', sa.String(9), sa.CheckConstraint(\"state IN ('new', 'sent')\"), nullable=False))"
)


INDEXED = ORDERS.format(index=", index=True")


def step(number, up, down):
    return STEP.format(number=number, before=repr(str(number - 1)) if number > 1 else None, up=up, down=down)


def project(
    first=(SHOPS, "op.drop_table('shops')"),
    second=(INDEXED, "op.drop_table('orders')"),
    **more,
):
    return {
        "requirements.txt": "sqlalchemy>=2\nalembic>=1.13\n",
        "app.py": "from sqlalchemy import create_engine\n\nengine = create_engine('sqlite:///app.db', pool_size=5)\n",
        "alembic.ini": "[alembic]\nscript_location = migrations\nsqlalchemy.url = sqlite:///app.db\n",
        "migrations/env.py": ENV,
        "migrations/script.py.mako": "",
        "migrations/versions/1_shops.py": step(1, *first),
        "migrations/versions/2_orders.py": step(2, *second),
        **more,
    }


TRICKS = [
    ("goes down by doing nothing", project(first=(SHOPS, "pass")), "leaves tables behind: “shops”"),
    (
        "refuses to go down",
        project(second=(ORDERS.format(index=""), "raise RuntimeError('one way')")),
        "cannot go down: 2 fails",
    ),
    (
        "loses rows on its way up",
        project(second=("op.drop_table('shops'); " + SHOPS, "pass")),
        "Going up by 2 loses rows of the table shops",
    ),
    (
        "only works without rows",
        project(second=("op.execute('alter table shops add column at integer not null')", "pass")),
        "2 fails with data in the tables",
    ),
    (
        "loses rows on its way down",
        project(second=("pass", "op.execute('delete from shops')")),
        "Going down by 2 loses rows",
    ),
    ("two ends", project(**{"migrations/versions/3.py": step(3, "pass", "pass").replace("'2'", "'1'")}), "2 ends"),
    (
        "does not go up again",
        project(
            second=(
                ORDERS.format(index=""),
                "op.drop_table('orders'); op.execute('create table left_over (id integer)')",
            )
        ),
        "leaves tables behind",
    ),
    ("no migrations", {"app.py": "import sqlite3\n\nsqlite3.connect('app.db')\n"}, "has no migrations"),
]


@pytest.mark.parametrize(("files", "word"), [pytest.param(*rest, id=name) for name, *rest in TRICKS])
def test_migrations_that_do_not_go_both_ways_with_rows_are_refused(tmp_path, memory, files, word):
    refused(repo(tmp_path / "app", files), "O8", word, memory=memory)


def test_migrations_that_go_both_ways_are_proven_and_their_indexes_are_seen(tmp_path, memory):
    source = repo(tmp_path / "app", project())

    stands(source, "O8", State.PROVEN, "2 migrations went up, down and up again with rows in 2 tables", memory=memory)
    stands(source, "P2", State.NOT_CHECKED, "1 column that points to other tables has an index", memory=memory)


def test_a_column_that_points_elsewhere_without_an_index_is_named(tmp_path, memory):
    source = repo(tmp_path / "app", project(second=(ORDERS.format(index=""), "op.drop_table('orders')")))

    refused(source, "P2", "“orders.shop_id”", memory=memory)


def test_tables_get_their_rows_whatever_they_are_called_and_however_wide_they_are(tmp_path):
    odd = 'a"b; drop table wide; --%w'
    quoted = '"' + odd.replace('"', '""') + '"'
    with sqlite3.connect(tmp_path / "app.db") as db:
        db.execute(f"create table {quoted} ({quoted} integer primary key)")
        db.execute(f"create table wide ({', '.join(f'c{at} text' for at in range(150))}, d references {quoted})")
    db.close()

    script, report = python.INSIDE / "rows_of_sqlite.py", tmp_path / "report"
    subprocess.run([sys.executable, "-I", script, "fill", tmp_path / "app.db", report], check=True)

    seen = json.loads(report.read_text())
    assert seen["rows"] == {odd: 3, "wide": 3}
    assert (seen["points"], seen["unindexed"]) == (1, ["wide.d"])
    assert seen["shape"][odd] == [[odd, "INTEGER", 0]]


def test_a_database_elsewhere_is_not_taken_for_ours(tmp_path, memory):
    files = project(**{"migrations/env.py": "import sqlite3\nsqlite3.connect('/tmp/mine.db')\n"})

    stands(repo(tmp_path / "app", files), "O8", State.NOT_CHECKED, "do not go to the database", memory=memory)


def test_without_a_database_there_is_nothing_to_move(tmp_path):
    stands(repo(tmp_path / "app", {"app.py": "print(1 + 1)\n"}), "O8", State.NOT_NEEDED, "nothing in a database")
    stands(
        repo(tmp_path / "b", {"app.py": "import os\nos.system('psql -c \"select 1 from a\"')\n"}),
        "O8",
        State.NOT_CHECKED,
        "select",
    )


ENGINE = "from sqlalchemy import create_engine\nfrom sqlalchemy.pool import NullPool\n\nengine = create_engine('postgresql://db/app'{})\n"
POOLS = [
    (", pool_size=5, max_overflow=10", State.PROVEN, "with a limit"),
    (", poolclass=NullPool", State.FAILED, "a new connection each time"),
    ("", State.FAILED, "says nothing about how many"),
    (", pool_size=0", State.FAILED, "sets no limit"),
    (", pool_size=5, max_overflow=-1", State.FAILED, "sets no limit"),
    ("  # pool_size=5", State.FAILED, "says nothing"),
    (", **options", State.NOT_CHECKED, "could not be followed"),
]


@pytest.mark.parametrize(("given", "state", "word"), POOLS)
def test_connections_are_shared_with_a_limit_or_it_is_said(tmp_path, given, state, word):
    text = (
        ENGINE.format(given)
        if not given.startswith("  #")
        else ENGINE.format("").replace("\nengine", f"\n{given}\nengine")
    )
    stands(repo(tmp_path / "app", {"app.py": text, "requirements.txt": "psycopg\n"}), "P3", state, word)


BY_HAND = """
from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
context.run_migrations()
"""


@pytest.mark.parametrize(
    ("down", "state", "word"),
    [("op.drop_table('orders')", State.PROVEN, "2 migrations"), ("pass", State.FAILED, "leaves tables behind")],
)
def test_migrations_without_alembic_ini_are_run_where_their_folder_is_declared(tmp_path, memory, down, state, word):
    files = project(second=(INDEXED, down)) | {"migrations/env.py": BY_HAND}
    del files["alembic.ini"]
    files[".orchestrator.toml"] = '[migrations]\nfolder = "migrations"\n'

    stands(repo(tmp_path / "app", files), "O8", state, word, memory=memory)
