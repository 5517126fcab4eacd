"""Sign-ins that overlap with changes of the account, with each other, and with clocks that are wrong."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sync_server import accounts
from sync_server.accounts import commands
from sync_server.errors import ApiError
from sync_server.passwords import Attempts, Passwords, network_of
from sync_server.turns import Turns
from tests.support.sync_server_world import PASSWORD, Person, World
from webapp.py.domain.ids import now_ms

FORM = {"X-Limner": "1"}
DAY_MS = 86_400_000


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path) as made:
        yield made


def sign_in(world: World, name: str, password: str = PASSWORD, **headers: str) -> Any:
    body = {"email": f"{name}@limner.test", "password": password}
    return world.client.post("/api/session", json=body, headers={**FORM, **headers})


def meanwhile(world: World, monkeypatch: pytest.MonkeyPatch, job: Callable[[Any], object]) -> None:
    """Let something happen to the database after a password was checked and before the request goes on."""
    check = Passwords.check

    async def check_slowly(*given: Any) -> bool:
        right = await check(*given)
        await world.server.storage.write(job)
        return right

    monkeypatch.setattr(Passwords, "check", check_slowly)


def test_a_sign_in_does_not_outlive_a_reset_or_a_disabling_while_it_was_checked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = world.server.passwords.hash_now("another-password")
    person = world.annotator.id
    with monkeypatch.context() as patch:
        meanwhile(world, patch, lambda rows: accounts.reset_password(rows, person, new))
        assert sign_in(world, "annotator").status_code == 401
    with monkeypatch.context() as patch:
        execute = "UPDATE accounts SET disabled = 1 WHERE id = ?"
        meanwhile(world, patch, lambda rows: rows.connection.execute(execute, [person]))
        assert sign_in(world, "annotator", "another-password").status_code == 401
    sessions = world.server.storage.look(
        lambda rows: rows.connection.execute("SELECT count(*) FROM sessions").fetchone()
    )
    assert sessions == (0,)


def test_a_new_password_of_ones_own_does_not_undo_a_reset_while_the_old_one_was_checked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = world.server.passwords.hash_now("chosen-by-an-admin")
    with monkeypatch.context() as patch:
        meanwhile(world, patch, lambda rows: rows.accounts.set_password(world.annotator.id, new))
        body = {"current": PASSWORD, "new": "chosen-by-a-thief"}
        assert world.annotator.request("PUT", "/api/password", json=body).status_code == 403
    assert sign_in(world, "annotator", "chosen-by-an-admin").status_code == 200


def test_a_reset_by_an_admin_ends_keys_and_ones_own_change_does_not(world: World) -> None:
    path = f"/api/accounts/{world.annotator.id}"
    body = {"current": PASSWORD, "new": "my-new-password"}
    assert world.annotator.request("PUT", "/api/password", json=body).status_code == 204
    assert world.annotator.request("GET", "/api/keys").status_code == 200
    assert world.admin.request("PATCH", path, json={"password": "from-the-admin"}).status_code == 200
    assert world.annotator.request("GET", "/api/keys").status_code == 401
    own = f"/api/accounts/{world.admin.id}"
    assert world.admin.request("PATCH", own, json={"password": "from-the-admin"}).status_code == 200
    assert world.admin.request("GET", "/api/keys").status_code == 200


def keys_of(world: World, person: Person) -> list[dict[str, Any]]:
    answer = world.admin.request("GET", f"/api/accounts/{person.id}/keys")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


def test_an_admin_sees_and_revokes_the_keys_of_others(world: World) -> None:
    another = world.annotator.new_key()
    listed = keys_of(world, world.annotator)
    assert [key["name"] for key in listed] == ["tests", "another"]
    assert {key["key"] for key in listed} == {None}
    path = f"/api/accounts/{world.annotator.id}/keys"
    assert world.admin.request("DELETE", f"{path}/{listed[0]['id']}").status_code == 204
    assert world.annotator.request("GET", "/api/session").status_code == 401
    assert [key["id"] for key in keys_of(world, world.annotator)] == [another]
    assert (
        world.admin.request("DELETE", f"/api/accounts/{world.colleague.id}/keys/{another}").status_code == 404
    )
    assert world.admin.request("GET", "/api/accounts/nobody/keys").status_code == 404


def test_keys_are_listed_and_revoked_on_the_command_line(world: World) -> None:
    run = CliRunner().invoke
    home = ["--home", str(world.settings.home)]
    listed = run(commands.command, [*home, "keys", "annotator@limner.test"]).output
    identifier = listed.split()[0]
    assert listed.split()[2:] == ["tests"]
    done = run(commands.command, [*home, "revoke-key", "annotator@limner.test", identifier])
    assert (done.exit_code, identifier in done.output) == (0, True)
    assert world.annotator.request("GET", "/api/session").status_code == 401
    again = run(commands.command, [*home, "revoke-key", "annotator@limner.test", identifier])
    assert (again.exit_code, "no such API key" in again.output) == (1, True)


def test_a_session_that_was_begun_while_the_clock_was_ahead_does_not_count(world: World) -> None:
    sign_in(world, "annotator")

    def begun(at: int) -> str | None:
        world.server.storage.write_now(
            lambda rows: rows.connection.execute(
                "UPDATE sessions SET created_at = ?, expires_at = ?", [at, at + 30 * DAY_MS]
            )
        )
        person: str | None = world.client.get("/api/session").json()["person"]
        return person

    assert begun(now_ms() + 60_000) == world.annotator.id
    assert begun(now_ms() + 3 * 365 * DAY_MS) is None


def test_signing_in_again_ends_the_session_before(world: World) -> None:
    sign_in(world, "annotator")
    old = world.client.cookies["limner_session"]
    assert sign_in(world, "annotator", "wrong-password").status_code == 401
    assert world.client.get("/api/session").json()["person"] == world.annotator.id
    sign_in(world, "reviewer")
    assert world.client.get("/api/session").json()["person"] == world.reviewer.id
    world.client.cookies.clear()
    world.client.cookies.set("limner_session", old)
    assert world.client.get("/api/session").json()["person"] is None


def test_the_sign_in_of_a_proxy_in_front_is_none_of_ours(world: World) -> None:
    basic = "Basic " + base64.b64encode(b"intranet:secret").decode()
    assert sign_in(world, "annotator", Authorization=basic).status_code == 200
    for foreign in (basic, "Negotiate abc", "Bearer eyJhbGciOi"):
        answer = world.client.get("/api/session", headers={"Authorization": foreign})
        assert answer.json()["person"] == world.annotator.id
        # It counts for nothing else: what changes something still needs our header.
        answer = world.client.post("/api/keys", json={"name": "k"}, headers={"Authorization": foreign})
        assert answer.status_code == 403
    unknown = world.client.get("/api/session", headers={"Authorization": "Bearer limner_x"})
    assert unknown.status_code == 401
    world.client.cookies.clear()
    for nobody in ("Bearer eyJhbGciOi", "Bearer limner_x"):
        assert world.client.get("/api/keys", headers={"Authorization": nobody}).status_code == 401


def test_one_address_cannot_try_one_account_after_the_other(world: World) -> None:
    most = world.settings.sign_in_attempts_of_address
    for number in range(most):
        assert sign_in(world, f"person-{number}", "guess").status_code == 401
    stopped = sign_in(world, "annotator")
    assert (stopped.status_code, stopped.json()["code"]) == (429, "too-many-attempts")


def test_attempts_count_by_address_and_what_worked_does_not_count() -> None:
    attempts = Attempts(3, 5, 300)
    for number in range(20):
        attempts.count(f"p{number}", "192.0.2.1")
        attempts.forget(f"p{number}", "192.0.2.1")
    for number in range(5):
        attempts.count(f"p{number}", f"2001:db8:1:2::{number}")
    with pytest.raises(ApiError):
        attempts.count("another", "2001:db8:1:2:ffff::1")
    attempts.count("another", "2001:db8:1:3::1")
    attempts.count("another", "192.0.2.1")
    # The addresses of RFC 5737 and RFC 3849 (documentation), and an IPv4 one as IPv6 writes it (RFC 4291).
    assert network_of("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64"
    assert network_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert network_of("testclient") == "testclient"


async def test_whoever_asks_two_hundred_times_does_not_hold_up_the_others() -> None:
    turns = Turns(most_each=20, most_all=50)
    order: list[str] = []
    release = asyncio.Event()

    async def ask(owner: str) -> None:
        async with turns.turn(owner):
            await release.wait()
            order.append(owner)

    tasks = [asyncio.create_task(_refused(ask("attacker"))) for _ in range(200)]
    tasks += [asyncio.create_task(_refused(ask(name))) for name in ("ann", "bob", "ann")]
    await asyncio.sleep(0)
    release.set()
    refused = await asyncio.gather(*tasks)
    assert order[:6] == ["attacker", "attacker", "ann", "bob", "attacker", "ann"]
    assert (order.count("attacker"), sum(refused), refused[-3:]) == (21, 179, [False] * 3)


async def test_a_turn_that_nobody_waits_for_any_more_goes_to_the_next() -> None:
    turns = Turns(most_each=5, most_all=5)
    had: list[str] = []

    async def ask(owner: str) -> None:
        async with turns.turn(owner):
            had.append(owner)
            await asyncio.sleep(0.01)

    tasks = [asyncio.create_task(ask(name)) for name in "abcd"]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.sleep(0.015)
    tasks[2].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await ask("e")
    assert (had[0], had[-2:]) == ("a", ["d", "e"])


async def test_all_together_wait_in_a_bounded_line() -> None:
    turns = Turns(most_each=5, most_all=3)
    release = asyncio.Event()

    async def ask(owner: str) -> None:
        async with turns.turn(owner):
            await release.wait()

    tasks = [asyncio.create_task(ask(f"{number}")) for number in range(4)]
    await asyncio.sleep(0)
    assert await _refused(ask("last"))
    release.set()
    await asyncio.gather(*tasks)


async def _refused(asking: Any) -> bool:
    try:
        await asking
    except ApiError as error:
        return error.status == 429
    return False
