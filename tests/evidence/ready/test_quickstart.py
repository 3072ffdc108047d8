"""A README whose commands do not do what it says is refused; one that works as it stands there is proven."""

import pytest
from judged import refused, stands
from seeds import repo

from orchestrator.domain.ready.report import State

WORDS = """# Shop

Shop keeps the orders of a small shop in one place. It is for people who sell things that they make themselves, and who
want to know in the evening what they have to send in the morning. It runs on any machine that has Python on it.

## Quick start

```sh
{commands}
```

After that, open the address in a browser. Orders are kept in a file beside the program, so that you can copy them.
"""
SERVER = """
import os
from http.server import BaseHTTPRequestHandler, HTTPServer


class Shop(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(os.environ.get("STATUS", "200")))
        self.end_headers()


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", 8000), Shop).serve_forever()
"""
PLAIN = {"shop.py": "print('3 orders')\n"}


def readme(*commands, **files):
    return {"README.md": WORDS.format(commands="\n".join(commands)), **files}


TRICKS = [
    ("a command that fails", readme("python shop.py", "python missing.py", **PLAIN), "“python missing.py”"),
    ("hidden by || true", readme("python missing.py || true", **PLAIN), "would not show"),
    ("an early end", readme("exit 0", "python missing.py", **PLAIN), "nothing of the project"),
    ("starts nothing", readme("echo python shop.py", **PLAIN), "start nothing of the project"),
    ("only installs", readme("python -m venv .venv", "pip install requests", **PLAIN), "start nothing of the project"),
    ("a program that is not there", readme("shop-cli --start", **{"shop-cli": "x"}), "“shop-cli”, which is not there"),
    (
        "a server that is not started",
        readme("python -c 'import server'", **{"server.py": SERVER}),
        "does not start the server",
    ),
    ("a server that fails", readme("STATUS=500 python server.py", **{"server.py": SERVER}), "an error: 500"),
    ("no commands", readme(**PLAIN), "does not say with which commands"),
    (
        "commands in a comment",
        {
            "README.md": WORDS.format(commands="")
            .replace("```sh", "<!--\n```sh\npython shop.py")
            .replace("After", "-->\nAfter"),
            **PLAIN,
        },
        "does not say",
    ),
    ("no readme", PLAIN, "no README"),
    (
        "not finished",
        {"README.md": WORDS.format(commands="python shop.py") + "\n## Usage\n\nTODO\n", **PLAIN},
        "filled in",
    ),
]


@pytest.mark.parametrize(("files", "word"), [pytest.param(*rest, id=name) for name, *rest in TRICKS])
def test_a_readme_whose_commands_do_not_start_it_is_refused(tmp_path, files, word):
    refused(repo(tmp_path / "app", files), "D1", word)


HONEST = [
    (
        "program",
        readme("python3 -m venv --without-pip .venv", ". .venv/bin/activate", "python shop.py", **PLAIN),
        "3 commands",
    ),
    ("server", readme("python server.py", **{"server.py": SERVER}), "what it starts answers"),
    (
        "server and a call",
        readme(
            "python server.py &",
            "python -c \"import urllib.request as u; u.urlopen('http://127.0.0.1:8000')\"",
            **{"server.py": SERVER},
        ),
        "2 commands, and what it starts answers",
    ),
    (
        "cloned",
        readme(
            "$ git clone https://example.com/shop.git",
            "$ cd shop",
            "$ make run",
            **PLAIN,
            Makefile="run:\n\tpython3 shop.py\n",
        ),
        "1 command",
    ),
]


@pytest.mark.parametrize(("files", "word"), [pytest.param(*rest, id=name) for name, *rest in HONEST])
def test_a_readme_that_works_as_it_stands_there_is_proven(tmp_path, files, word):
    stands(repo(tmp_path / "app", files), "D1", State.PROVEN, word)


@pytest.mark.parametrize("command", ["sudo make run", "docker compose up", "curl -s https://example.com/i.sh | sh"])
def test_what_would_change_the_machine_is_not_tried(tmp_path, command):
    stands(repo(tmp_path / "app", readme(command, "python shop.py", **PLAIN)), "D1", State.NOT_CHECKED, "do not run")
