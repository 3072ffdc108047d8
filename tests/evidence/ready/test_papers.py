"""Documents that only look like some are refused with what they lack; those that explain are proven."""

import asyncio

import pytest
from judged import asked, refused
from seeds import repo

from orchestrator.domain.ready.report import State

DEPLOY = """# Deployment

You need a machine with Docker on it and a name that points to it.

## Install

Copy `compose.yml` to the machine. Each setting is explained in the file beside it, and the environment
variables with the keys belong into a file that only the server may read.

```
docker compose up -d
```

It will start the server and its database. You can see whether it is well at `/health`.

## Upgrade

To get the next version, pull the image again and restart. If the new version does not come up, roll back by
naming the version before it in `compose.yml`; the data in the database stays as it is.
"""
RUNBOOK = """# Runbook

## It is down

An alert comes when the page does not answer for five minutes. Look at the log first. If the process is gone, restart
it with `systemctl restart shop`, and write down what the log said.

## It is slow

Check how many people are on it, and see whether the disk is full. When the database is what takes long, scale it.

## Data is lost

Stop the server. Restore the newest backup into a new database, look at three orders by hand, and start again.
"""
TROUBLE = """# Troubleshooting

## The page shows an error after signing in

The cause is a clock that is wrong by more than a minute. Set the clock of the server and sign in again.

## Mails do not arrive

That happens when the key of the mail service is over. Try the command that sends a test mail, and change the key.

## It refuses to start

The reason is in the last line of the log. In most cases a variable is missing, and the line says which one to set.
"""
GUIDE = """# User guide

This page takes you through a day with the shop, from the first order to the last parcel.

## Sign in

Open the address that you got by mail and type your name. You get a link, and when you press it you are in. If the
link is older than an hour, ask for another one.

## Take an order

Choose “Orders” on the left. Each line is one order, the newest on top. Click a line to see what was bought, and press
“Packed” when the parcel is ready. The customer gets a mail by itself, so that you do not have to write one.

## Send it

Choose the service that picks the parcel up, and press “Print”. The label comes out of your printer with the address on
it. When you made a mistake, press “Take back” within ten minutes, and nothing is sent.

## The end of the day

Open “Today” and compare the sum with your till. When they differ, click the sum to see each payment. Write down what
was wrong, because the accountant reads the same page at the end of the month.
"""
CACHE = """# Caching

The list of products is cached for one minute, because it is read on each page and changes a few times a day.
Everything else is read from the database each time. Prices are never cached, since an old price would be wrong.
"""
CHANGES = """# Changelog

## Unreleased

- The list of orders can be sorted by date.

## 1.1.0 - 2026-02-01

- Orders can be printed on one page.
- Signing in works with links that hold for an hour.

## 1.0.0 - 2026-01-01

- The first version that took a real order.
"""
MIT = """MIT License

Copyright (c) 2026 The makers of the shop

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""
DRAWING = (
    "# Architecture\n\n```mermaid\nflowchart LR\n  browser --> web\n  web --> orders\n  orders --> database\n```\n"
)
CODE = {"shop/web.py": "x = 1\n", "shop/orders.py": "y = 2\n"}
WORDS = "install image environment setting start run upgrade version restart config variable container deploy " * 12

TRICKS = [
    ("D4", "words to be counted", {"docs/deploy.md": f"# Deployment\n\n{WORDS}\n"}, "a list of words"),
    (
        "D4",
        "one sentence again and again",
        {"docs/deploy.md": "# Deploy\n\n" + "You install it, set the variable, start it and update it. " * 20},
        "again and again",
    ),
    ("D4", "to be filled in", {"docs/deploy.md": DEPLOY + "\n## Servers\n\nTBD\n"}, "filled in"),
    (
        "D4",
        "only headings",
        {"docs/deploy.md": "# Deploy\n\n## Install\n\n## Settings\n\n## Start\n\n## Upgrade\n"},
        "nothing in them",
    ),
    ("D4", "in a comment", {"docs/deploy.md": f"# Deployment\n\n<!--\n{DEPLOY}\n-->\n"}, "in"),
    (
        "D4",
        "a script that is not there",
        {"docs/deploy.md": DEPLOY.replace("docker compose up -d", "./deploy/push.sh")},
        "is not there",
    ),
    (
        "D5",
        "one thing only",
        {
            "RUNBOOK.md": RUNBOOK.replace("## It is slow\n", "")
            .replace("## Data is lost\n", "")
            .replace("## It is down\n", "")
        },
        "tells of too little",
    ),
    (
        "D5",
        "nothing about copies",
        {"RUNBOOK.md": RUNBOOK.replace("Restore the newest backup into a new database, l", "L")},
        "says nothing about “backup”",
    ),
    (
        "D6",
        "no cause",
        {
            "docs/troubleshooting.md": TROUBLE.replace("The cause is", "It has")
            .replace("The reason is", "It is")
            .replace("happens when", "is so if")
        },
        "says nothing about “because”",
    ),
    (
        "D7",
        "too short",
        {"docs/user-guide.md": "# User guide\n\nOpen it and press the button. You are done. It is easy.\n"},
        "too short",
    ),
    (
        "D3",
        "arrows between nothing",
        {"docs/architecture.md": "```mermaid\ngraph TD\n  foo --> bar\n  bar --> baz\n```\n", **CODE},
        "nothing to do with the code",
    ),
    (
        "D3",
        "no arrows",
        {"docs/architecture.md": "```mermaid\ngraph TD\n  web\n  orders\n  database\n```\n", **CODE},
        "belong together",
    ),
    (
        "D3",
        "a picture of nothing",
        {"docs/architecture.md": "![How it is built](a.svg)\n", "docs/a.svg": "<svg></svg>"},
        "empty picture",
    ),
    ("D3", "a picture that nobody shows", {"docs/a.svg": "<svg>" + "<rect/>" * 20 + "</svg>"}, "no picture"),
    (
        "D3",
        "a picture of one point",
        {
            "docs/architecture.md": "![How it is built](a.png)\n",
            "docs/a.png": b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR\0\0\0\1\0\0\0\1" + b"\0" * 2000,
        },
        "too small",
    ),
    ("D8", "one line", {"CHANGELOG.md": "## 1.0.0 - 2026-01-01\n\n- First version of all\n"}, "says too little"),
    (
        "D8",
        "nothing said",
        {"CHANGELOG.md": "## 1.1.0 - 2026-01-02\n\n- Various bug fixes\n- Minor improvements and updates\n"},
        "says too little",
    ),
    ("D8", "no day", {"CHANGELOG.md": CHANGES.replace(" - 2026-02-01", "")}, "does not say when"),
    ("D8", "days to come", {"CHANGELOG.md": CHANGES.replace("2026-02-01", "2099-02-01")}, "still to come"),
    (
        "D8",
        "behind",
        {"CHANGELOG.md": CHANGES, "pyproject.toml": "[project]\nname = 'a'\nversion = '2.0.0'\n"},
        "does not know version 2.0.0",
    ),
    ("D8", "code of that name", {"history.py": CHANGES}, "There is no changelog"),
    (
        "P4",
        "by the way",
        {"README.md": "# Shop\n\nClear the cache of pip once a day, because it grows each minute.\n"},
        "no decision",
    ),
    ("P4", "one word", {"docs/caching.md": "# Caching\n\nNothing is cached.\n"}, "too short"),
    ("C1", "cut off", {"LICENSE": MIT[: MIT.index("THE SOFTWARE IS")]}, "not the whole MIT"),
    (
        "C1",
        "in between",
        {"LICENSE": MIT.replace("in all\ncopies or", "or")[: MIT.index("IN NO EVENT")] + "IN NO EVENT"},
        "not the whole",
    ),
    ("C1", "taken back", {"LICENSE": MIT + "\nThe Software may not be used for commercial purposes.\n"}, "takes back"),
    (
        "C1",
        "a name to be filled in",
        {"LICENSE": MIT.replace("2026 The makers of the shop", "[year] [fullname]")},
        "filled in",
    ),
    ("C1", "only its name", {"LICENSE": "MIT License\n"}, "does not let others"),
    ("C1", "reserved", {"LICENSE": "Copyright 2026. All rights reserved.\n"}, "all rights are reserved"),
    ("C1", "code of that name", {"license.py": MIT.replace("\n", " ")}, "There is no licence file"),
]


@pytest.mark.parametrize(
    ("item", "files", "word"), [pytest.param(item, *rest, id=f"{item} {name}") for item, name, *rest in TRICKS]
)
def test_a_document_that_only_looks_like_one_is_refused(tmp_path, item, files, word):
    refused(repo(tmp_path / "app", {"app.py": "x = 1\n", **files}), item, word)


HONEST = {
    "docs/deploy.md": DEPLOY,
    "RUNBOOK.md": RUNBOOK,
    "docs/troubleshooting.md": TROUBLE,
    "docs/user-guide.md": GUIDE,
    "docs/decisions/0004-caching.md": CACHE,
    "CHANGELOG.md": CHANGES,
    "pyproject.toml": "[project]\nname = 'shop'\nversion = '1.1.0'\n",
    "LICENSE": MIT,
    "ARCHITECTURE.md": DRAWING,
    **CODE,
}


@pytest.mark.parametrize("item", ["D3", "D4", "D5", "D6", "D7", "D8", "P4", "C1"])
def test_a_document_that_explains_is_proven(tmp_path, item):
    answer = asyncio.run(asked(repo(tmp_path / "app", HONEST), item))

    assert answer.state is State.PROVEN, answer.sentence
