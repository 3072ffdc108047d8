"""People of the installation, in the database."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from ground.stores import SEAL, Store
from orchestrator.domain.command import ORCHESTRATOR
from orchestrator.errors import Conflict, NotFound, NotUnderstood
from orchestrator.store import events, expired, links, people, sessions, tokens
from orchestrator.store.people import User

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def nadia(store: Store) -> User:
    return await store.tx(people.create_first, " Nadia@Example.org ", "Nadia  Rahman", "hash", NOON)


async def tom(store: Store, **how: object) -> User:
    return await store.tx(people.create, ORCHESTRATOR, "tom@example.org", "Tom", NOON, **how)


async def test_the_first_person_owns_the_installation_and_is_written_down_readably(store: Store):
    user = await nadia(store)

    assert (user.email, user.name, user.owner) == ("nadia@example.org", "Nadia Rahman", True)
    assert await store.read(people.get, user.id) == user
    assert await store.kinds() == ["user.created"]
    assert "hash" not in repr(user)


async def test_of_two_first_people_at_once_one_becomes_the_owner(store: Store):
    both = [store.tx(people.create_first, f"{name}@example.org", name, "hash", NOON) for name in ("a", "b")]
    results = await asyncio.gather(*both, return_exceptions=True)

    assert sorted(type(result) for result in results if isinstance(result, Exception)) == [Conflict]
    assert len(await store.read(people.all)) == 1


async def test_an_email_is_known_in_any_case_and_only_once(store: Store):
    user = await nadia(store)

    assert await store.read(people.by_email, "NADIA@example.ORG") == user
    with pytest.raises(Conflict, match="here already"):
        await store.tx(people.create, ORCHESTRATOR, "Nadia@Example.org", "Other", NOON)


@pytest.mark.parametrize("email", ["", "nadia", "@", "a b@example.org", "a\x00@example.org", "\ud800@example.org"])
async def test_what_cannot_be_an_email_is_not_found_and_not_taken(store: Store, email: str):
    assert await store.read(people.by_email, email) is None
    with pytest.raises(NotUnderstood, match="check the email"):
        await store.tx(people.create, ORCHESTRATOR, email, "Nadia", NOON)


@pytest.mark.parametrize(("name", "said"), [(" \x00\n", "tell us"), ("n" * 101, "at most 100")])
async def test_a_name_has_to_be_one(store: Store, name: str, said: str):
    user = await nadia(store)
    with pytest.raises(NotUnderstood, match=said):
        await store.tx(people.rename, user.id, name)


async def test_a_person_changes_name_and_look(store: Store):
    user = await nadia(store)
    await store.tx(people.rename, user.id, "Dia")
    await store.tx(people.set_look, user.id, "dark", True, "Europe/Berlin")

    changed = await store.read(people.get, user.id)
    assert (changed.name, changed.theme, changed.whole_answers, changed.zone) == ("Dia", "dark", True, "Europe/Berlin")


@pytest.mark.parametrize(("theme", "zone"), [("pink", ""), ("", "Mars/Base"), ("", "../../etc/passwd"), ("", "\x00")])
async def test_a_look_that_is_none_is_refused(store: Store, theme: str, zone: str):
    user = await nadia(store)
    with pytest.raises(NotUnderstood):
        await store.tx(people.set_look, user.id, theme, False, zone)


async def test_who_changes_a_password_stays_in_and_all_other_sessions_end(store: Store):
    user = await nadia(store)
    here, there = [await store.tx(sessions.open, user, 12, NOON, "password", "127.0.0.1") for _ in "ab"]
    session = await store.read(sessions.by_cookie, here.cookie, NOON)

    await store.tx(people.set_password, user.acts(), user.id, "new", session.hash)

    assert await store.read(sessions.by_cookie, here.cookie, NOON)
    assert await store.read(sessions.by_cookie, there.cookie, NOON) is None
    assert (await store.read(people.get, user.id)).password == "new"
    assert (await store.kinds())[-1] == "password.changed"


async def test_who_is_shut_out_is_out_at_once_and_may_come_back(store: Store):
    owner, user = await nadia(store), await tom(store)
    opened = await store.tx(sessions.open, user, 12, NOON, "password", "")
    fresh = await store.tx(tokens.create, user.acts(), user.id, "script", NOON)

    await store.tx(people.disable, owner.acts(), user.id, NOON)
    assert await store.read(sessions.by_cookie, opened.cookie, NOON) is None
    assert await store.read(tokens.by_raw, fresh.raw, NOON) is None

    late = await store.tx(sessions.open, user, 12, NOON, "password", "")  # as by a request that was on its way
    assert await store.read(sessions.by_cookie, late.cookie, NOON) is None

    await store.tx(people.enable, owner.acts(), user.id)
    assert await store.read(tokens.by_raw, fresh.raw, NOON)
    assert [e.data.get("disabled") for e in await store.log() if e.kind == "user.changed"] == [True, False]


async def test_the_last_owner_cannot_be_shut_out(store: Store):
    owner = await nadia(store)
    with pytest.raises(Conflict, match="Somebody has to own"):
        await store.tx(people.disable, owner.acts(), owner.id, NOON)

    other = await tom(store, owner=True)
    await store.tx(people.disable, other.acts(), owner.id, NOON)
    assert (await store.read(people.get, owner.id)).disabled_at == NOON


async def test_somebody_who_was_added_chooses_email_name_and_password(store: Store):
    await nadia(store)
    user = await tom(store)
    settled = await store.tx(people.settle, user.id, "thomas@example.org", "Thomas", "hash")
    again = await store.tx(people.settle, user.id, "Thomas@example.org", "Tom", "other")

    assert (settled.email, settled.name, settled.password) == ("thomas@example.org", "Thomas", "hash")
    assert (again.email, again.name) == ("thomas@example.org", "Tom")
    with pytest.raises(Conflict):
        await store.tx(people.settle, user.id, "nadia@example.org", "Thomas", "hash")


async def test_nobody_is_found_under_an_id_that_is_not_there(store: Store):
    with pytest.raises(NotFound, match="no such person"):
        await store.read(people.get, "nobody")


async def test_a_link_works_once(store: Store):
    user = await nadia(store)
    raw = await store.tx(links.create, user.acts(), links.SIGN_IN, user.id, NOON)

    looked = await store.read(links.look, raw, links.SIGN_IN, NOON)
    assert await store.tx(links.take, raw, links.SIGN_IN, NOON) == looked
    with pytest.raises(Conflict, match="works once"):
        await store.tx(links.take, raw, links.SIGN_IN, NOON)
    assert await store.kinds() == ["user.created", "link.created", "link.used"]


async def test_of_many_takers_at_once_one_gets_the_link(store: Store):
    user = await nadia(store)
    raw = await store.tx(links.create, user.acts(), links.SIGN_IN, user.id, NOON)
    takers = [store.tx(links.take, raw, links.SIGN_IN, NOON) for _ in range(8)]
    results = await asyncio.gather(*takers, return_exceptions=True)

    assert sum(isinstance(result, links.Link) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 7


async def test_a_link_runs_out_and_serves_no_other_purpose(store: Store):
    user = await nadia(store)
    raw = await store.tx(links.create, user.acts(), links.SIGN_IN, user.id, NOON)

    with pytest.raises(Conflict, match="run out"):
        await store.tx(links.take, raw, links.SIGN_IN, NOON + links.LASTS)
    with pytest.raises(NotFound, match="do not know"):
        await store.tx(links.take, raw, links.SETUP, NOON)
    with pytest.raises(NotFound, match="do not know"):
        await store.tx(links.take, raw[:-1], links.SIGN_IN, NOON)


async def test_a_new_link_ends_the_one_before(store: Store):
    user, other = await nadia(store), await tom(store)
    old = await store.tx(links.create, user.acts(), links.SIGN_IN, user.id, NOON)
    others = await store.tx(links.create, user.acts(), links.SIGN_IN, other.id, NOON)
    new = await store.tx(links.create, user.acts(), links.SIGN_IN, user.id, NOON)

    with pytest.raises(NotFound):
        await store.tx(links.take, old, links.SIGN_IN, NOON)
    assert await store.tx(links.take, new, links.SIGN_IN, NOON)
    assert (await store.tx(links.take, others, links.SIGN_IN, NOON)).user_id == other.id


async def test_a_set_up_link_is_there_until_an_owner_can_sign_in(store: Store):
    raw = await store.tx(links.first, NOON)
    assert (await store.read(links.look, raw, links.SETUP, NOON)).user_id is None

    user = await store.tx(tokens.bootstrap, "a token for scripts", NOON)
    raw = await store.tx(links.first, NOON)
    assert (await store.read(links.look, raw, links.SETUP, NOON)).user_id == user.id

    await store.tx(people.settle, user.id, "nadia@example.org", "Nadia", "hash")
    assert await store.tx(links.first, NOON) is None


async def test_a_session_slides_while_it_is_used_but_not_for_ever(store: Store):
    user = await nadia(store)
    opened = await store.tx(sessions.open, user, 12, NOON, "password", "")
    now = NOON
    while session := await store.read(sessions.by_cookie, opened.cookie, now):
        assert session.stale(now) == (now > NOON)
        await store.tx(sessions.touch, session.hash, 12, now)
        now += timedelta(hours=11)

    assert timedelta(days=7) <= now - NOON < timedelta(days=8)


async def test_a_session_that_is_not_used_ends(store: Store):
    user = await nadia(store)
    opened = await store.tx(sessions.open, user, 12, NOON, "password", "")

    assert await store.read(sessions.by_cookie, opened.cookie, NOON + timedelta(hours=11, minutes=59))
    assert await store.read(sessions.by_cookie, opened.cookie, NOON + timedelta(hours=12)) is None


async def test_use_is_noted_once_a_minute(store: Store):
    user = await nadia(store)
    opened = await store.tx(sessions.open, user, 12, NOON, "password", "")
    soon, then = NOON + timedelta(seconds=59), NOON + timedelta(seconds=60)
    session = await store.read(sessions.by_cookie, opened.cookie, NOON)

    await store.tx(sessions.touch, session.hash, 12, soon)
    assert (await store.read(sessions.by_cookie, opened.cookie, soon)).used_at == NOON
    await store.tx(sessions.touch, session.hash, 12, then)
    assert (await store.read(sessions.by_cookie, opened.cookie, then)).used_at == then
    await store.tx(sessions.touch, "gone meanwhile", 12, then)


async def test_sessions_are_closed_one_or_all(store: Store):
    user = await nadia(store)
    first, *others = [await store.tx(sessions.open, user, 12, NOON, "password", "") for _ in range(3)]

    await store.tx(sessions.close, first.cookie)
    await store.tx(sessions.close, first.cookie)
    assert await store.read(sessions.by_cookie, first.cookie, NOON) is None
    assert await store.tx(sessions.close_all, user.acts(), user.id) == 2
    assert await store.tx(sessions.close_all, user.acts(), user.id) == 0
    assert [e.data["sessions"] for e in await store.log() if e.kind == "session.closed"] == [1, 2]
    assert not [1 for opened in others if await store.read(sessions.by_cookie, opened.cookie, NOON)]


async def test_nothing_that_opens_a_door_is_stored(store: Store):
    user = await nadia(store)
    opened = await store.tx(sessions.open, user, 12, NOON, "password", "")
    fresh = await store.tx(tokens.create, user.acts(), user.id, "script", NOON)
    link = await store.tx(links.create, user.acts(), links.SIGN_IN, user.id, NOON)

    async with store.database.reader.connect() as connection:
        names = ("sessions", "tokens", "links", "events")
        rows = [str((await connection.exec_driver_sql(f"SELECT * FROM {name}")).all()) for name in names]
    assert [raw for raw in (opened.cookie, fresh.raw, link) if raw in "".join(rows)] == []
    assert opened.csrf in "".join(rows)


async def test_a_token_works_until_it_runs_out_or_is_revoked(store: Store):
    user = await nadia(store)
    fresh = await store.tx(tokens.create, user.acts(), user.id, "script", NOON)
    ever = await store.tx(tokens.create, user.acts(), user.id, "ever", NOON, None)
    late = NOON + timedelta(days=90)

    assert fresh.raw.startswith("po_")
    assert await store.read(tokens.by_raw, fresh.raw, NOON) == (fresh.token, user)
    assert await store.read(tokens.by_raw, fresh.raw, late) is None
    assert await store.read(tokens.by_raw, ever.raw, late)
    for _ in range(2):
        await store.tx(tokens.revoke, user.acts(), ever.token.id, late)
    assert await store.read(tokens.by_raw, ever.raw, late) is None
    assert (await store.kinds())[1:] == ["token.created", "token.created", "token.revoked"]


async def test_while_a_token_is_changed_over_both_work(store: Store):
    user = await nadia(store)
    old = await store.tx(tokens.create, user.acts(), user.id, "script", NOON)
    new = await store.tx(tokens.rotate, user.acts(), old.token.id, NOON)

    assert new.token.name == "script"
    assert [bool(await store.read(tokens.by_raw, fresh.raw, NOON)) for fresh in (old, new)] == [True, True]
    tomorrow = NOON + timedelta(hours=24)
    assert [bool(await store.read(tokens.by_raw, fresh.raw, tomorrow)) for fresh in (old, new)] == [False, True]
    assert (await store.log())[-1].data["until"] == tomorrow.isoformat()


async def test_a_token_can_be_changed_over_at_once_and_never_lives_longer_by_it(store: Store):
    user = await nadia(store)
    old = await store.tx(tokens.create, user.acts(), user.id, "script", NOON, timedelta(hours=1))
    ever = await store.tx(tokens.create, user.acts(), user.id, "ever", NOON, None)
    newest = await store.tx(tokens.rotate, user.acts(), ever.token.id, NOON, timedelta())
    await store.tx(tokens.rotate, user.acts(), old.token.id, NOON)

    assert newest.token.expires_at is None
    assert await store.read(tokens.by_raw, ever.raw, NOON) is None
    assert await store.read(tokens.by_raw, old.raw, NOON + timedelta(hours=1)) is None
    with pytest.raises(Conflict, match="ended already"):
        await store.tx(tokens.rotate, user.acts(), ever.token.id, NOON)


async def test_nobody_touches_a_token_of_somebody_else_but_the_operator(store: Store):
    user, other = await nadia(store), await tom(store)
    fresh = await store.tx(tokens.create, user.acts(), user.id, "script", NOON)

    for change in (tokens.rotate, tokens.revoke):
        with pytest.raises(NotFound, match="no such key"):
            await store.tx(change, other.acts(), fresh.token.id, NOON)
    await store.tx(tokens.revoke, ORCHESTRATOR, fresh.token.id, NOON)
    assert await store.read(tokens.by_raw, fresh.raw, NOON) is None


async def test_tokens_are_listed_newest_first_and_their_use_is_noted(store: Store):
    user, other = await nadia(store), await tom(store)
    first = await store.tx(tokens.create, user.acts(), user.id, "first", NOON)
    await store.tx(tokens.create, user.acts(), user.id, "second", NOON + timedelta(minutes=1))
    await store.tx(tokens.create, other.acts(), other.id, "other", NOON + timedelta(minutes=2))

    for seconds in (0, 30, 61):
        await store.tx(tokens.touch, first.token.id, NOON + timedelta(seconds=seconds))
    listed = await store.read(tokens.all, user.id)

    assert [token.name for token in listed] == ["second", "first"]
    assert listed[1].used_at == NOON + timedelta(seconds=61)
    assert [token.name for token in await store.read(tokens.all)] == ["other", "second", "first"]


async def test_the_token_of_the_settings_acts_for_the_first_owner_and_a_new_one_ends_the_old(store: Store):
    user = await store.tx(tokens.bootstrap, "first token", NOON)
    for raw in ("first token", "second token", "second token"):
        assert (await store.tx(tokens.bootstrap, raw, NOON)).id == user.id

    assert user.owner
    assert await store.read(tokens.by_raw, "first token", NOON) is None
    assert (await store.read(tokens.by_raw, "second token", NOON))[1] == user
    assert await store.kinds() == ["user.created", "token.created", "token.revoked", "token.created"]


async def test_a_token_of_the_settings_that_comes_back_works_again(store: Store):
    for raw in ("first token", "second token", "first token"):
        await store.tx(tokens.bootstrap, raw, NOON)

    assert await store.read(tokens.by_raw, "first token", NOON)
    assert await store.read(tokens.by_raw, "second token", NOON) is None


async def test_what_has_run_out_is_swept_and_the_log_still_holds(store: Store):
    user = await nadia(store)
    await store.tx(sessions.open, user, 12, NOON, "password", "")
    await store.tx(links.create, user.acts(), links.SIGN_IN, user.id, NOON)
    ended = await store.tx(tokens.create, user.acts(), user.id, "ended", NOON)
    await store.tx(tokens.create, user.acts(), user.id, "short", NOON, timedelta(hours=1))
    kept = await store.tx(tokens.create, user.acts(), user.id, "ever", NOON, None)
    await store.tx(tokens.revoke, user.acts(), ended.token.id, NOON)

    await store.tx(expired.sweep, NOON + timedelta(hours=11))
    assert len(await store.read(tokens.all)) == 3
    await store.tx(expired.sweep, NOON + timedelta(days=31))

    assert await store.read(tokens.all) == [kept.token]
    async with store.database.reader.connect() as connection:
        left = [(await connection.exec_driver_sql(f"SELECT * FROM {name}")).all() for name in ("sessions", "links")]
    assert left == [[], []]
    async with store.reads() as db:
        assert [broken async for broken in events.verify(db, SEAL)] == []
