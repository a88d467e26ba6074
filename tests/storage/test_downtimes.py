"""Channels that are down: said once, ended once, remembered."""

import asyncio

from storage.downtimes import Downtime, down_channels, latest_downtimes, mark_down, mark_up
from storage.session import Sessions
from tests.storage.story import at


async def test_a_channel_is_down_until_somebody_says_that_it_is_up(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        assert await down_channels(session, "essensys") == ()
        await mark_down(session, "essensys", "phone", at("2026-03-02 09:00"), "Maya")
        await mark_down(session, "essensys", "Live Chat", at("2026-03-02 09:05"), "Maya", "the vendor's fault")
        await mark_down(session, "caret", "chat", at("2026-03-02 09:10"), "Tom")
        assert await down_channels(session, "essensys") == ("Live Chat", "phone")
        ended = await mark_up(session, "essensys", "Live Chat", at("2026-03-02 11:00"), "Tom", "it answers")
        assert ended == Downtime(
            "essensys", "Live Chat", at("2026-03-02 09:05"), at("2026-03-02 11:00"), "Maya", "the vendor's fault",
            "Tom", "it answers",
        )  # fmt: skip
        assert await mark_up(session, "essensys", "Live Chat", at("2026-03-02 11:01"), "Tom") is None
        assert await down_channels(session, "essensys") == ("phone",)


async def test_the_last_downtime_of_each_channel_is_known(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await mark_down(session, "essensys", "Live Chat", at("2026-03-02 09:00"), "Maya")
        await mark_up(session, "essensys", "Live Chat", at("2026-03-02 10:00"), "Maya")
        await mark_down(session, "essensys", "Live Chat", at("2026-03-03 09:00"), "Maya")
        await mark_down(session, "caret", "chat", at("2026-03-01 09:00"), "Maya")
        latest = await latest_downtimes(session)
    assert [(each.vendor_id, each.channel, each.since, each.until) for each in latest] == [
        ("caret", "chat", at("2026-03-01 09:00"), None),
        ("essensys", "Live Chat", at("2026-03-03 09:00"), None),
    ]


async def test_nothing_ends_before_it_began_when_two_clocks_differ(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await mark_down(session, "caret", "chat", at("2026-03-02 09:00"), "Maya")
        ended = await mark_up(session, "caret", "chat", at("2026-03-02 08:59"), "Tom")
    assert ended
    assert ended.until == at("2026-03-02 09:00")


async def test_of_many_who_say_it_at_once_one_has_said_it(sessions: Sessions) -> None:
    async def say(name: str) -> Downtime:
        async with sessions.begin() as session:
            return await mark_down(session, "caret", "chat", at("2026-03-02 09:00"), name)

    told = await asyncio.gather(*(say(f"caller {number}") for number in range(5)))
    assert len({each.by for each in told}) == 1
