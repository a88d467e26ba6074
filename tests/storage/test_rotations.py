"""Rotations and their overrides, as the database keeps them."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from domain.rotation import Handover, Override, Rotation
from storage.rotations import (
    KeptRotation,
    add_override,
    delete_override,
    delete_rotation,
    find_rotation,
    list_overrides,
    list_rotations,
    put_rotation,
)
from storage.session import Sessions
from tests.storage.story import at

FIRST_LINE = KeptRotation(
    Rotation("first-line", "Europe/Stockholm", Handover.WEEKLY, date(2026, 3, 2), ("ada", "bo", "cy"), 540),
    "First line",
    "ombori",
)
SWAP = Override(at("2026-03-10 08:00"), at("2026-03-12 08:00"), "cy")


async def test_a_rotation_comes_back_as_it_was_put_and_can_be_changed(sessions: Sessions) -> None:
    changed = replace(
        FIRST_LINE, name="Nights", vendor_id="", rotation=replace(FIRST_LINE.rotation, members=("bo", "ada"))
    )
    async with sessions.begin() as session:
        assert await put_rotation(session, FIRST_LINE) is True
        assert await find_rotation(session, "first-line") == FIRST_LINE
        assert await put_rotation(session, changed) is False
        assert await find_rotation(session, "first-line") == changed
        assert await find_rotation(session, "nights") is None
    assert (FIRST_LINE.serves("ombori"), FIRST_LINE.serves("oura"), changed.serves("oura")) == (True, False, True)


async def test_overrides_come_with_their_rotation_in_the_order_in_which_they_were_made(sessions: Sessions) -> None:
    later = Override(at("2026-03-11 08:00"), at("2026-03-11 20:00"), "ada")
    async with sessions.begin() as session:
        await put_rotation(session, FIRST_LINE)
        made = await add_override(session, "first-line", SWAP, "Maya", "a wedding")
        await add_override(session, "first-line", later, "Maya")
        kept = await find_rotation(session, "first-line")
        assert kept
        assert kept.rotation.overrides == (SWAP, later)
        assert made
        assert [(each.member, each.by, each.reason) for each in kept.overrides] == [
            ("cy", "Maya", "a wedding"),
            ("ada", "Maya", ""),
        ]
        ahead = await find_rotation(session, "first-line", since=at("2026-03-11 20:00"))
        assert ahead
        assert ahead.rotation.overrides == (SWAP,)
        listed = await list_rotations(session, since=at("2026-03-12 08:00"))
        assert [(each.key, each.overrides) for each in listed] == [("first-line", ())]
        page = await list_overrides(session, "first-line", limit=1)
        assert ([each.member for each in page.items], page.total) == (["cy"], 2)
        assert await add_override(session, "nights", SWAP, "Maya") is None


async def test_the_same_override_said_twice_is_there_once_unless_another_one_came_between(sessions: Sessions) -> None:
    between = replace(SWAP, member="ada")
    async with sessions.begin() as session:
        await put_rotation(session, FIRST_LINE)
        first = await add_override(session, "first-line", SWAP, "Maya")
        assert await add_override(session, "first-line", SWAP, "Maya") == first
        await add_override(session, "first-line", between, "Maya")
        await add_override(session, "first-line", SWAP, "Maya")
        kept = await find_rotation(session, "first-line")
    assert kept
    assert [each.member for each in kept.rotation.overrides] == ["cy", "ada", "cy"]


async def test_an_override_is_taken_back_and_all_go_with_their_rotation(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await put_rotation(session, FIRST_LINE)
        await put_rotation(session, replace(FIRST_LINE, rotation=replace(FIRST_LINE.rotation, key="nights")))
        made = await add_override(session, "first-line", SWAP, "Maya")
        assert made
        assert await delete_override(session, "nights", made.id) is None
        assert await delete_override(session, "first-line", made.id) == made
        assert await delete_override(session, "first-line", made.id) is None
        await add_override(session, "first-line", SWAP, "Maya")
        assert await delete_rotation(session, "first-line") is True
        assert await delete_rotation(session, "first-line") is False
        assert await session.scalar(text("SELECT count(*) FROM rotation_overrides")) == 0
        assert [each.key for each in await list_rotations(session)] == ["nights"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rotations SET members = '{}'",
        "UPDATE rotations SET handover = 'monthly'",
        "UPDATE rotations SET handover_minute = 1440",
        "UPDATE rotation_overrides SET ends = begins",
    ],
)
async def test_the_tables_refuse_what_no_rotation_can_be(sessions: Sessions, statement: str) -> None:
    async with sessions.begin() as session:
        await put_rotation(session, FIRST_LINE)
        await add_override(session, "first-line", SWAP, "Maya")
    with pytest.raises(IntegrityError):
        async with sessions.begin() as session:
            await session.execute(text(statement))
