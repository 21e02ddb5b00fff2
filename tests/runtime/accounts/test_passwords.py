"""Which passwords are taken, and what it takes to look at one."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters

from terapin.runtime.core.accounts.passwords import Hashing, check_password
from terapin.runtime.core.accounts.settings import AccountsSettings
from terapin.runtime.core.errors import Invalid, Unavailable

EMAIL = "ada.lovelace@example.org"
GOOD = "a long walk by the sea"


@pytest.mark.parametrize(
    "password",
    [GOOD, "x7!kQ2_z", "        a b c       ", "пароль длинный", "🐢🐙🦑🦐🐚🐠🐡🦈", "a b c" * 25],
)
def test_any_characters_are_taken(password: str) -> None:
    check_password(password, 8, EMAIL, "/password")


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("x7!kQ2_", "must have 8 to 128 characters"),
        # Seven, once they are composed.
        ("e\u0301" * 7, "must have 8 to 128 characters"),
        ("\ufdfa" * 8, "must have 8 to 128 characters"),
        ("password", "is among the first that are tried"),
        ("PassWord123", "is among the first that are tried"),
        # In letters of another width.
        ("\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44", "is among the first that are tried"),
        ("abababababab", "is among the first that are tried"),
        ("Ada.Lovelace@Example.org", "is the address"),
        ("ada.lovelace", "is the address"),
        ("example.org", "is the address"),
    ],
)
def test_others_are_not(password: str, told: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_password(password, 8, EMAIL, "/password")
    assert [each.as_dict() for each in refused.value.faults] == [
        {"pointer": "/password", "detail": told}
    ]


def test_longer_ones_can_be_asked_for() -> None:
    with pytest.raises(Invalid):
        check_password("x7!kQ2_z", 15, EMAIL, "/password")


async def test_is_argon2id_of_one_form() -> None:
    hashing = Hashing(AccountsSettings())
    hash_ = await hashing.hash("caf\u00e9 au lait")
    assert hash_.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await hashing.verify(hash_, "cafe\u0301 au lait")
    assert not await hashing.verify(hash_, "cafe au lait")


async def test_nobodys_password_takes_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hash is made: it is by nothing else that time could tell."""
    looked_at: list[Any] = []
    verify = PasswordHasher.verify

    def counting(self: PasswordHasher, hash_: str, password: str) -> Any:
        looked_at.append(extract_parameters(hash_))
        return verify(self, hash_, password)

    monkeypatch.setattr(PasswordHasher, "verify", counting)
    hashing = Hashing(AccountsSettings())
    async with hashing.running():
        hash_ = await hashing.hash(GOOD)
        assert not await hashing.verify(None, GOOD)
        assert not await hashing.verify(hash_, "another")
    assert looked_at[0] == looked_at[1]
    assert len(looked_at) == 2


async def test_few_wait_and_the_loop_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what nobody waits for any more counts as long as it is at work."""
    going = threading.Event()
    monkeypatch.setattr(PasswordHasher, "hash", lambda *_: going.wait(30) and "done")
    hashing = Hashing(AccountsSettings(hash_threads=1, hash_queue=2))
    waiting = [asyncio.create_task(hashing.hash(GOOD)) for _ in range(3)]
    await asyncio.sleep(0)
    waiting.pop().cancel()
    with pytest.raises(Unavailable) as busy:
        await hashing.hash(GOOD)
    assert busy.value.headers == {"Retry-After": "1"}
    going.set()
    assert await asyncio.gather(*waiting) == ["done", "done"]
    assert await hashing.hash(GOOD) == "done"


@pytest.mark.parametrize(
    "settings",
    [{"hash_memory": 19455}, {"hash_time": 0}, {"shortest_password": 7}, {"login_rate": ""}],
)
def test_no_setting_makes_them_weak(settings: Any) -> None:
    with pytest.raises(ValueError, match=next(iter(settings))):
        AccountsSettings(**settings)
