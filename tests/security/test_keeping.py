"""What keeps secrets: the key file, stored settings, passwords; and who takes part in a project."""

import asyncio
import stat
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import argon2
import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from ground.stores import SEAL, Store
from orchestrator import keys, passwords, vault
from orchestrator.domain.command import ORCHESTRATOR, Actor
from orchestrator.domain.policy import Role
from orchestrator.domain.project import Stage, Step
from orchestrator.errors import Conflict, NotFound, NotPossible, NotUnderstood, WrongSetting
from orchestrator.store import events, members, people, secrets, tokens
from orchestrator.store.tables import MemberRow, ProjectRow, SecretRow
from orchestrator.vault import Vault

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_key_file_is_made_once_and_for_our_eyes_only(tmp_path: Path):
    first, second = vault.load(tmp_path), vault.load(tmp_path)

    assert first == second
    assert stat.S_IMODE((tmp_path / vault.NAME).stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [vault.NAME]
    assert first.keys[0].decode() not in repr(first)


def test_a_key_file_that_others_could_read_is_closed_to_them(tmp_path: Path):
    vault.load(tmp_path)
    (tmp_path / vault.NAME).chmod(0o644)
    vault.load(tmp_path)

    assert stat.S_IMODE((tmp_path / vault.NAME).stat().st_mode) == 0o600


async def test_two_first_starts_at_once_get_the_same_keys(tmp_path: Path):
    program = "import sys; from orchestrator import vault; from pathlib import Path; "
    program += "print(vault.load(Path(sys.argv[1])).keys)"
    starts = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, str(tmp_path), stdout=asyncio.subprocess.PIPE
        )
        for _ in range(3)
    ]
    said = {(await start.communicate())[0] for start in starts}

    assert said == {f"{vault.load(tmp_path).keys}\n".encode()}


def test_after_a_rotation_the_old_is_still_read_and_what_was_derived_stays(tmp_path: Path):
    before = vault.load(tmp_path)
    sealed = before.seal(b"secret")
    after = vault.rotate(tmp_path)

    assert after.open(sealed) == b"secret"
    assert after == vault.load(tmp_path)
    assert after.derive("audit") == before.derive("audit")
    assert after.derive("audit") != after.derive("preview")
    assert len(after.derive("audit")) == 32
    with pytest.raises(NotPossible, match="is not the one it was made with"):
        before.open(after.seal(b"new"))


def test_what_is_derived_is_what_the_standard_says(tmp_path: Path):
    keys = vault.load(tmp_path)
    standard = HKDF(SHA256(), 32, salt=None, info=b"orchestrator/audit").derive(keys.keys[-1])
    assert keys.derive("audit") == standard


async def test_the_log_is_whole_also_while_somebody_writes_on(store: Store):
    """What is verified is one moment: a row that comes in between is no fault."""
    nadia, _ = await two_people(store)
    writing = asyncio.create_task(write_on(store, Actor(nadia, "Nadia", "web")))
    try:
        while len(await store.log()) < 60:
            assert [broken async for broken in verified(store)] == []
    finally:
        writing.cancel()
        await asyncio.wait({writing})


async def write_on(store: Store, by: Actor) -> None:
    while True:
        await store.tx(tokens.create, by, by.user_id, "program", NOON)


async def verified(store: Store) -> AsyncIterator[events.Broken]:
    async with store.reads() as db:
        async for broken in events.verify(db, SEAL):
            yield broken


@pytest.mark.parametrize("content", ["", "\n", "not a key\n", "c2hvcnQ=\n"])
def test_a_file_that_is_no_key_file_stops_the_start_with_a_sentence(tmp_path: Path, content: str):
    (tmp_path / vault.NAME).write_text(content)
    with pytest.raises(WrongSetting, match="is not a key file"):
        vault.load(tmp_path)


@given(plain=st.binary(max_size=200))
def test_what_is_sealed_is_opened_again_and_cannot_be_read_otherwise(plain: bytes):
    key = Vault((b"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",))
    sealed = key.seal(plain)

    assert key.open(sealed) == plain
    assert len(plain) < 4 or plain not in sealed


async def test_a_secret_setting_is_kept_encrypted(store: Store, tmp_path: Path):
    key = vault.load(tmp_path)
    await store.tx(secrets.set, key, ORCHESTRATOR, "GITHUB_TOKEN", "first-value", NOON)
    await store.tx(secrets.set, key, ORCHESTRATOR, "GITHUB_TOKEN", "ghp-value", NOON)

    assert await store.read(secrets.get, key, "GITHUB_TOKEN") == "ghp-value"
    assert await store.read(secrets.get, key, "SENTRY_DSN") is None
    assert await store.read(secrets.names) == ["GITHUB_TOKEN"]
    assert "ghp-value" not in str(await store.log())
    async with store.database.reader.connect() as connection:
        assert "ghp-value" not in str((await connection.exec_driver_sql("SELECT * FROM secrets")).all())


async def test_secrets_move_to_a_new_key_and_the_old_one_can_go(store: Store, tmp_path: Path):
    await store.tx(secrets.set, vault.load(tmp_path), ORCHESTRATOR, "SENTRY_DSN", "https://sentry", NOON)
    rotated = vault.rotate(tmp_path)

    assert await store.tx(secrets.rotate, rotated) == 1
    assert await store.read(secrets.get, Vault(rotated.keys[:1]), "SENTRY_DSN") == "https://sentry"


async def test_a_secret_put_under_another_name_is_not_believed(store: Store, tmp_path: Path):
    key = vault.load(tmp_path)
    await store.tx(secrets.set, key, ORCHESTRATOR, "CHEAP", "value", NOON)

    async def swap(db):
        row = await db.get_one(SecretRow, "CHEAP")
        db.add(SecretRow(name="DEAR", value=row.value, set_at=NOON, set_by=""))

    await store.tx(swap)
    with pytest.raises(NotPossible, match="set it again"):
        await store.read(secrets.get, key, "DEAR")


async def test_a_secret_is_removed_once(store: Store, tmp_path: Path):
    await store.tx(secrets.set, vault.load(tmp_path), ORCHESTRATOR, "SENTRY_DSN", "https://sentry", NOON)
    await store.tx(secrets.remove, ORCHESTRATOR, "SENTRY_DSN")

    assert await store.read(secrets.names) == []
    assert (await store.log())[-1].data == {"name": "SENTRY_DSN", "removed": True}
    with pytest.raises(NotFound, match="SENTRY_DSN"):
        await store.tx(secrets.remove, ORCHESTRATOR, "SENTRY_DSN")


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "Please choose a password of at least 12 characters."),
        ("s", "One character so far: please use at least 12."),
        ("supper", "Six characters so far: please use at least 12."),
        ("supper supp", "Eleven characters so far: please use at least 12."),
        ("abcabcabcabcabc", "easy to guess"),
        ("long " * 201, "at most 1000"),
    ],
)
def test_a_password_that_will_not_do_is_told_why(password: str, said: str):
    with pytest.raises(NotUnderstood, match=said):
        passwords.check(password)


async def test_a_password_fits_itself_and_nothing_else():
    passwords.check("three blue teapots")
    known = await passwords.hashed("three blue teapots")

    assert await passwords.matches("three blue teapots", known)
    assert not await passwords.matches("three blue teapot", known)
    assert not await passwords.matches("three blue teapots", None)
    assert not await passwords.matches("three blue teapots", "no hash at all")
    assert not await passwords.matches("\ud800", known)
    assert not passwords.outdated(known)
    assert passwords.outdated(argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash("x"))


async def test_the_same_letters_typed_otherwise_fit():
    assert await passwords.matches("cafe\u0301 au lait", await passwords.hashed("caf\u00e9 au lait"))


async def test_an_unknown_email_takes_as_long_as_a_wrong_password():
    known = await passwords.hashed("three blue teapots")
    await passwords.matches("warm up", None)

    async def work(against: str | None) -> float:
        """The processor's time: a busy machine makes all the rest longer."""
        begun = time.process_time()
        await passwords.matches("wrong guess here", against)
        return time.process_time() - begun

    rounds = [(await work(None), await work(known)) for _ in range(10)]
    unknown, wrong = (min(times) for times in zip(*rounds, strict=True))
    assert 0.5 < unknown / wrong < 2


@given(raw=st.text(max_size=50))
def test_any_text_has_a_hash(raw: str):
    assert len(keys.hashed(raw)) == 64
    assert keys.new("po_") != keys.new("po_")


async def project(db) -> None:
    numbers = dict.fromkeys(("leg", "moves", "phase", "phases", "tries"), 0)
    words = {"id": "p", "name": "Supper", "idea": "", "step": Step.TALKING, "stage": Stage.BRAINSTORMING}
    db.add(ProjectRow(**numbers, **words, brief={}, quick=[], created_at=NOON, updated_at=NOON))


async def two_people(store: Store) -> tuple[str, str]:
    await store.tx(project)
    both = [await store.tx(people.create, ORCHESTRATOR, f"{n}@example.org", n, NOON) for n in ("nadia", "tom")]
    await store.tx(members.set, "p", both[0].id, Role.OWNER, NOON)
    return both[0].id, both[1].id


async def test_who_takes_part_has_a_role_and_nobody_else_knows_the_project(store: Store):
    nadia, tom = await two_people(store)

    assert await store.read(members.role_of, "p", nadia) is Role.OWNER
    with pytest.raises(NotFound, match="not shared with you"):
        await store.read(members.role_of, "p", tom)
    await store.tx(members.set, "p", tom, Role.VIEWER, NOON)
    await store.tx(members.set, "p", tom, Role.APPROVER, NOON)
    assert [(one.name, one.role) for one in await store.read(members.members, "p")] == [
        ("nadia", Role.OWNER),
        ("tom", Role.APPROVER),
    ]


async def test_who_may_answer_sees_at_once_that_the_project_waits(store: Store):
    nadia, tom = await two_people(store)

    async def waits(db):
        row = await db.get_one(MemberRow, ("p", nadia))
        row.waiting, row.active_at = True, NOON + timedelta(hours=1)

    await store.tx(waits)
    for role, asked in ((Role.VIEWER, False), (Role.APPROVER, True), (Role.CONTRIBUTOR, False)):
        await store.tx(members.set, "p", tom, role, NOON)
        row = await store.read(lambda db: db.get_one(MemberRow, ("p", tom)))
        assert (row.waiting, row.active_at) == (asked, NOON + timedelta(hours=1)), role


async def test_a_project_keeps_an_owner(store: Store):
    nadia, tom = await two_people(store)
    await store.tx(members.set, "p", tom, Role.VIEWER, NOON)

    for lose in ((members.remove, "p", nadia), (members.set, "p", nadia, Role.VIEWER, NOON)):
        with pytest.raises(Conflict, match="A project needs an owner"):
            await store.tx(*lose)
    await store.tx(members.set, "p", tom, Role.OWNER, NOON)
    await store.tx(members.set, "p", nadia, Role.OWNER, NOON)
    await store.tx(members.remove, "p", nadia)
    assert [one.user_id for one in await store.read(members.members, "p")] == [tom]
    with pytest.raises(NotFound, match="does not take part"):
        await store.tx(members.remove, "p", nadia)


async def test_two_owners_who_let_each_other_go_leave_one(store: Store):
    nadia, tom = await two_people(store)
    await store.tx(members.set, "p", tom, Role.OWNER, NOON)
    gone = await asyncio.gather(
        store.tx(members.remove, "p", nadia), store.tx(members.remove, "p", tom), return_exceptions=True
    )

    assert sorted(isinstance(result, Conflict) for result in gone) == [False, True]
    assert len(await store.read(members.members, "p")) == 1
