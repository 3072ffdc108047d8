"""What a builder's program needs to see, and what a person can let it write."""

import os
from pathlib import Path

import pytest

from orchestrator.contain.places import granted, needed
from orchestrator.domain.run import Rule, Wish


def file(path, text="", mode=0o644):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def seen(command, path="", hidden=()):
    return set(needed([str(word) for word in command], str(path), hidden))


def test_a_program_from_npm_is_seen_with_all_that_was_installed_with_it(tmp_path):
    node = file(tmp_path / "node" / "bin" / "node", mode=0o755)
    (tmp_path / "node" / "lib").mkdir()
    real = file(
        tmp_path / "agents" / "node_modules" / "@x" / "agent" / "dist" / "index.js", "#!/usr/bin/env node\n", 0o755
    )
    link = tmp_path / "agents" / "node_modules" / ".bin" / "agent"
    link.parent.mkdir()
    link.symlink_to("../@x/agent/dist/index.js")

    found = seen(["agent", "--acp"], f"{link.parent}{os.pathsep}{node.parent}")

    assert {tmp_path / "agents" / "node_modules", node, node.parent, tmp_path / "node" / "lib", real} <= found
    assert tmp_path / "agents" not in found


def test_a_virtual_environment_is_seen_with_what_it_borrows_from(tmp_path):
    base = file(tmp_path / "versions" / "3.11" / "bin" / "python", mode=0o755)
    (tmp_path / "versions" / "3.11" / "lib").mkdir()
    file(tmp_path / "venv" / "pyvenv.cfg", f"home = {base.parent}\nversion = 3.11\n")
    own = tmp_path / "venv" / "bin" / "python"
    own.parent.mkdir()
    own.symlink_to(base)
    script = file(tmp_path / "src" / "pack" / "inner" / "agent.py")
    for folder in (script.parent, script.parent.parent):
        file(folder / "__init__.py")

    found = seen([own, "-I", script])

    assert {tmp_path / "venv", base.parent, tmp_path / "versions" / "3.11" / "lib", tmp_path / "src" / "pack"} <= found
    assert tmp_path / "src" not in found


def test_of_a_file_that_belongs_to_nothing_only_itself_is_seen(tmp_path):
    program, given = file(tmp_path / "work" / "agent", mode=0o755), file(tmp_path / "work" / "given.json")

    assert seen([program, given, "/no/such/file", "--x"]) == {program, given}


def test_neither_a_home_nor_what_is_ours_is_seen_because_a_command_names_it(tmp_path):
    data = tmp_path / "data"
    inside = file(data / "work" / "x", mode=0o755)
    program = file(tmp_path / "agent", mode=0o755)

    assert seen([program, "/", Path.home(), Path.home().parent, data, inside], hidden=(data,)) == {program}


@pytest.fixture
def asks(tmp_path):
    (tmp_path / "copy").mkdir()

    def ask(*subjects, hidden=(), allowed=True, wish=Wish.OUTSIDE):
        rules = [Rule(wish, str(subject), allowed) for subject in subjects]
        return granted(rules, tmp_path / "copy", hidden)

    return ask


def test_what_a_person_allowed_can_be_written(asks, tmp_path):
    (tmp_path / "beside").mkdir()
    (tmp_path / "link").symlink_to("beside")

    assert asks(tmp_path / "beside") == (tmp_path / "beside",)
    assert asks("../beside", tmp_path / "link", tmp_path / "beside") == (tmp_path / "beside",)


def test_what_was_not_allowed_not_named_or_is_not_there_cannot(asks, tmp_path):
    assert asks(tmp_path, allowed=False) == ()
    assert asks(tmp_path, wish=Wish.INSTALL) == ()
    assert asks("", tmp_path / "nowhere", "~/x", "rm -rf /", "x\0y") == ()


def test_nobody_can_allow_what_is_ours_the_machines_or_secret(asks, tmp_path):
    data = tmp_path / "data" / "installation"
    keys = file(tmp_path / "person" / ".ssh" / "id")
    (data / "work").mkdir(parents=True)
    (tmp_path / "link").symlink_to(data / "work")
    ours = (data, data / "work", tmp_path / "data", tmp_path, tmp_path / "link", "../data/installation")

    assert asks(*ours, hidden=(data,)) == ()
    assert (
        asks(
            "/",
            "/etc",
            "/etc/hosts",
            "/usr",
            "/usr/bin/env",
            "/proc/self",
            "/dev/null",
            "/run",
            "/var/lib",
            "/home",
            "/root",
        )
        == ()
    )
    assert asks(keys, keys.parent, Path.home(), Path.home().parent) == ()
