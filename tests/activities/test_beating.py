"""Signs of life: given while an activity waits, and never after it."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.testing import ActivityEnvironment

from activities.beating import BEAT_SECONDS, beating
from activities.calls import NOTICED_AFTER


async def test_an_activity_that_waits_beats_until_it_is_done_and_one_that_is_quick_never() -> None:
    beats, third = list[float](), asyncio.Event()

    def beat(*_: object) -> None:
        beats.append(asyncio.get_running_loop().time())
        if len(beats) == 3:
            third.set()

    environment = ActivityEnvironment()
    environment.on_heartbeat = beat

    async def slow(name: str) -> str:
        await third.wait()
        return f"done with {name}"

    async def quick() -> int:
        return 7

    async def failing() -> None:
        raise ValueError("no")

    assert await environment.run(beating(slow, every=0.01), "it") == "done with it"
    assert await ActivityEnvironment().run(beating(quick, every=0.01)) == 7
    with pytest.raises(ValueError, match="no"):
        await ActivityEnvironment().run(beating(failing, every=0.01))
    at_the_end = len(beats)
    await asyncio.sleep(0.05)
    assert len(beats) == at_the_end == 3


def test_three_signs_fit_into_the_time_after_which_a_worker_counts_as_dead() -> None:
    assert 3 * BEAT_SECONDS < NOTICED_AFTER.total_seconds() == 10
