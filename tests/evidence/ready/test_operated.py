"""Deployments, dashboards, alerts, ways back and copies that are only there to be seen are refused."""

import json

import pytest
from judged import refused, stands
from seeds import repo

from orchestrator.domain.ready.report import State

CODE = {"shop/app.py": "import sqlite3\n\nCOUNT = 'shop_orders_total'\nSLOW = 'shop_seconds'\n", "requirements.txt": ""}
DOCKER = 'FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt .\nCOPY shop shop\nCMD ["python", "-m", "shop.app"]\n'
DEPLOY = """
on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - run: flyctl deploy
"""


def alert(expr="rate(shop_orders_total[5m]) > 100", wait="5m"):
    lines = ["groups:", "- name: shop", "  rules:", "  - alert: Slow", f"    expr: {json.dumps(expr)}"]
    return {"alerts.yml": "\n".join([*lines, f"    for: {wait}"] if wait else lines) + "\n"}


def board(*queries):
    panels = [
        {"type": "stat", "title": f"No {at}", "targets": [{"expr": one}] if one else []}
        for at, one in enumerate(queries)
    ]
    return {"grafana/shop.json": json.dumps({"title": "Shop", "panels": panels})}


BACK = "# Operations\n\n## Roll back\n\n```sh\n{}\n```\n"
COPIES = "# Operations\n\n## Backup and restore\n\nDaily:\n\n```sh\n{}\n```\n\nIf all is lost:\n\n```sh\n{}\n```\n"

TRICKS = [
    ("O5", "nothing", {}, "Nothing puts it in place"),
    (
        "O5",
        "copies what is not there",
        {"Dockerfile": DOCKER.replace("COPY shop shop", "COPY server server")},
        "copies “server”",
    ),
    ("O5", "copies what is left out", {"Dockerfile": DOCKER, ".dockerignore": "shop\n"}, "copies “shop”"),
    ("O5", "a stage that there is not", {"Dockerfile": DOCKER + "COPY --from=build /a /b\n"}, "a stage “build”"),
    (
        "O5",
        "starts nothing",
        {"Dockerfile": DOCKER.replace('["python", "-m", "shop.app"]', "sleep infinity")},
        "starts nothing",
    ),
    ("O5", "without the project", {"Dockerfile": "FROM alpine\nCMD run\n"}, "takes nothing of the project"),
    ("O5", "without a command", {"Dockerfile": "FROM python\nCOPY shop shop\n"}, "what is started"),
    (
        "O5",
        "builds from a file that is not there",
        {"compose.yml": "services:\n  web:\n    build: .\n"},
        "needs “Dockerfile”",
    ),
    ("O5", "only a database", {"compose.yml": "services:\n  db:\n    image: postgres:17\n"}, "nothing of the project"),
    (
        "O5",
        "settings that are not there",
        {"Dockerfile": DOCKER, "compose.yml": "services:\n  web:\n    build: .\n    env_file: deploy/web.list\n"},
        "deploy/web.list",
    ),
    (
        "O5",
        "a job that may fail",
        {".github/workflows/d.yml": DEPLOY.replace("run: flyctl deploy", "run: flyctl deploy || true")},
        "would not notice",
    ),
    (
        "O5",
        "a job that is never run",
        {".github/workflows/d.yml": DEPLOY.replace("    runs-on", "    if: false\n    runs-on")},
        "would not notice",
    ),
    (
        "O5",
        "a service that starts nothing",
        {"shop.service": "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n"},
        "nothing of the project",
    ),
    ("O9", "no dashboard", {}, "no dashboard"),
    ("O9", "empty pictures", board("", "", ""), "0 pictures"),
    (
        "O9",
        "somebody else's",
        board("rate(billing_invoices_total[5m])", "billing_open", "billing_seconds"),
        "“billing_invoices_total”",
    ),
    ("O9", "asks for nothing", board("vector(1)", "vector(1)", "vector(1)"), "no figure"),
    ("O9", "too few", board("shop_orders_total"), "too little"),
    ("O10", "no rules", {}, "Nothing calls for help"),
    ("O10", "compares nothing", alert("shop_orders_total"), "compares nothing"),
    ("O10", "never true", alert("1 == 2"), "no figure"),
    ("O10", "at once", alert(wait=""), "for how long"),
    ("O10", "after weeks", alert(wait="4w"), "more than a day"),
    ("O10", "cannot be read", alert("rate(shop_orders_total[5m] > 1"), "cannot be read"),
    ("O10", "somebody else's", alert("billing_open > 3"), "“billing_open”"),
    ("O10", "not rules", {"alerts.yml": "- alert: Down\n"}, "no rules"),
    ("O6", "not written down", {}, "not written down"),
    ("O6", "a script that is not there", {"docs/ops.md": BACK.format("./scripts/back.sh")}, "is not there"),
    ("O7", "not written down", {}, "not written down"),
    (
        "O7",
        "copies nothing",
        {"docs/ops.md": COPIES.format("touch backup.db", "cp backup.db shop.db")},
        "does not work",
    ),
    (
        "O7",
        "a second name, not a copy",
        {"docs/ops.md": COPIES.format("ln shop.db backup.db", "ln -f backup.db shop.db # restore")},
        "not there again",
    ),
    (
        "O7",
        "brings nothing back",
        {"docs/ops.md": COPIES.format("cp shop.db backup.db", "./restore.sh"), "restore.sh": "true\n"},
        "does not work",
    ),
    (
        "O7",
        "says that it did",
        {"docs/ops.md": COPIES.format("cp shop.db backup.db", "sh restore.sh"), "restore.sh": "echo restored\n"},
        "not there again",
    ),
]


@pytest.mark.parametrize(
    ("item", "files", "word"), [pytest.param(item, *rest, id=f"{item} {name}") for item, name, *rest in TRICKS]
)
def test_what_only_looks_operated_is_refused(tmp_path, item, files, word):
    refused(repo(tmp_path / "app", {**CODE, **files}), item, word)


HONEST = [
    ("O5", {"Dockerfile": DOCKER}, "Dockerfile"),
    (
        "O5",
        {
            "deploy/Dockerfile": DOCKER,
            "compose.yml": "services:\n  web:\n    build:\n      context: .\n      dockerfile: deploy/Dockerfile\n",
        },
        "puts it in place",
    ),
    ("O5", {".github/workflows/d.yml": DEPLOY}, "d.yml puts it in place"),
    (
        "O5",
        {"deploy/shop.service": "[Service]\nExecStart=/srv/venv/bin/python -m shop.app\n[Install]\nWantedBy=a\n"},
        "puts",
    ),
    (
        "O9",
        board(
            "rate(shop_orders_total[5m])",
            "histogram_quantile(0.95, sum by (le) (rate(shop_seconds_bucket[5m])))",
            'up{job="shop"}',
        ),
        "3 pictures",
    ),
    ("O10", alert(), "1 rule"),
    (
        "O7",
        {
            "docs/ops.md": COPIES.format(
                "mkdir -p copies\ncp shop.db copies/shop-backup.db", "cp copies/shop-backup.db shop.db"
            )
        },
        "brought back data",
    ),
    (
        "O7",
        {
            "docs/ops.md": COPIES.format("./scripts/backup.sh", "./scripts/restore.sh"),
            "scripts/backup.sh": "#!/bin/sh\ncp data/shop.db kept.copy\n",
            "scripts/restore.sh": "#!/bin/sh\ncp kept.copy data/shop.db\n",
        },
        "brought back data",
    ),
]


@pytest.mark.parametrize(
    ("item", "files", "word"), [pytest.param(*rest, id=f"{rest[0]} {at}") for at, rest in enumerate(HONEST)]
)
def test_what_is_operated_is_proven(tmp_path, item, files, word):
    source = repo(tmp_path / "app", {**CODE, **files})
    for script in source.glob("scripts/*.sh"):
        script.chmod(0o755)
    if any(source.glob("scripts/*.sh")):
        from evidence.evidence_repo import save

        save(source, {"x.txt": "x"})

    stands(source, item, State.PROVEN, word)


def test_a_way_back_that_nobody_tried_and_copies_elsewhere_are_not_checked(tmp_path):
    back = {"docs/ops.md": BACK.format("git checkout v1.0.0"), "app.py": "print(1)\n"}
    away = {**CODE, "docs/ops.md": COPIES.format("pg_dump shop > backup.sql", "psql shop < backup.sql # restore")}

    stands(repo(tmp_path / "a", back), "O6", State.NOT_CHECKED, "nobody has tried")
    stands(repo(tmp_path / "b", away), "O7", State.NOT_CHECKED, "more than we can start")
