"""Monitoring (ombori-5) and uptime (ombori-6) in skipped time. 2 February 2026 is a Monday."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain import uptime
from domain.ticket import Act
from domain.uptime import Availability
from storage.queries.tickets import outages_of
from storage.tickets import tickets_of_alert
from support import monitoring
from support.monitoring import Alert, Heard, News, NotTakenError, WrongFieldError
from tests.tickets.trial_desk import PATIENCE, TrialDesk, order
from tests.workflows.trial import plan, utc

ALERT = Alert("gateway-4/offline", "Gateway 4 is offline", "monitoring")


class Watched(TrialDesk):
    """A desk whose contract is watched."""

    async def fires(self, alert: Alert = ALERT, **changes: Any) -> Heard:
        now = await self.trial.now()
        heard = await monitoring.fires(self.desk, "acme-2026", replace(alert, **changes), now, PATIENCE)
        if heard.news is News.OPENED:
            await self.settled(heard.number or 0)
        return heard

    async def clears(self, key: str = ALERT.key, at: str | None = None) -> Heard:
        now, since = await self.trial.now(), utc(at) if at else None
        return await monitoring.clears(self.desk, "acme-2026", key, "monitoring", now, since, PATIENCE)

    async def record(self, begin: str, end: str | None = None, key: str = "k1", **changes: Any) -> Heard:
        given = monitoring.Outage("Nothing answered", utc(begin), "Maya", "A disk was full.", utc(end) if end else None)
        now = await self.trial.now()
        return await monitoring.record_outage(self.desk, "acme-2026", replace(given, **changes), key, now, PATIENCE)

    async def outages(self) -> list[str]:
        async with self.trial.sessions() as session:
            found = await outages_of(session, "acme-2026")
        return [
            f"{o.number} {o.begin:%m-%d %H:%M:%S} {o.end:%H:%M:%S}" if o.end else f"{o.number} goes on" for o in found
        ]

    async def february(self) -> Availability:
        """The month's availability in Stockholm, which is an hour ahead of UTC then."""
        async with self.trial.sessions() as session:
            found = await outages_of(session, "acme-2026")
        promise = plan("ombori/production").uptime
        assert promise is not None
        outages = [uptime.Outage(o.alert, o.begin, o.end) for o in found]
        month = utc("2026-01-31 23:00"), utc("2026-02-28 23:00")
        return uptime.availability(promise, outages, *month, now=utc("2026-03-02 00:00"))


@pytest.fixture
async def watched(desk: TrialDesk) -> Watched:
    """The desk at 09:00 UTC of Monday 2 February 2026."""
    opened = Watched(desk.trial)
    await opened.sign(order("ombori/production"))
    await opened.trial.to("2026-02-02 09:00")
    return opened


async def test_one_alert_is_one_ticket_until_it_cleared_and_reopens_it_within_a_day(watched: Watched) -> None:
    assert await watched.fires() == Heard(News.OPENED, 1)
    assert await watched.fires() == Heard(News.KNOWN, 1)
    assert await watched.clears() == Heard(News.RESOLVED, 1)
    assert await watched.clears() == Heard(News.NOTHING, 1)
    head = (await watched.detail()).head
    assert (head.state, head.level, head.door, head.reporter_name) == ("resolved", "l4", "monitoring", "monitoring")
    await watched.trial.to("2026-02-02 20:00")
    assert await watched.fires() == Heard(News.REOPENED, 1)
    assert await watched.fires() == Heard(News.KNOWN, 1)
    assert (await watched.detail()).head.state == "reopened"
    assert await watched.clears() == Heard(News.RESOLVED, 1)
    await watched.trial.to("2026-02-03 21:00")
    assert await watched.fires() == Heard(News.OPENED, 2)
    assert (await watched.detail(2)).head.registered_at.isoformat()[:16] == "2026-02-03T21:00"
    # Nobody reported it, so nobody is written to; whoever has it hears of it, and that it came back. The desk is closed
    # when it fires for the third time.
    assert await watched.trial.letters("ticket-received", "ticket-new", "ticket-heard") == [
        "ticket-heard ticket/1 cecilia@vendor.example sent",
        "ticket-new ticket/1 cecilia@vendor.example sent",
    ]
    assert [(e.kind, e.side, e.text) for e in (await watched.detail()).entries] == [
        ("report", "system", "Gateway 4 is offline"),
        ("solution", "system", "the alert cleared"),
        ("reopened", "system", "the alert fires again"),
        ("solution", "system", "the alert cleared"),
    ]


async def test_after_its_ticket_was_closed_an_alert_is_a_new_ticket(watched: Watched) -> None:
    await watched.fires(level="l2", device="gateway-4")
    await watched.act(Act.RESOLVE, text="A new power supply.")
    await watched.act(Act.CLOSE, text="It works.")
    assert await watched.clears() == Heard(News.NOTHING, 1)
    assert await watched.fires(level="l2") == Heard(News.OPENED, 2)
    first = (await watched.detail()).head
    assert (first.state, first.level_name, first.device) == ("closed", "Major", "gateway-4")


async def test_an_alert_that_never_fired_clears_nothing(watched: Watched) -> None:
    assert await watched.clears("never") == Heard(News.NOTHING, None)


async def test_the_platform_was_down_from_when_the_alert_says_until_it_says_so(watched: Watched) -> None:
    down = replace(ALERT, key="platform", title="The platform is down", outage=True)
    await watched.fires(down, at=utc("2026-02-02 08:59:50"))
    assert await watched.outages() == ["1 goes on"]
    await watched.trial.to("2026-02-02 09:00:20")
    await watched.clears("platform", "2026-02-02 09:00:00")
    await watched.trial.to("2026-02-02 10:00:30")
    assert await watched.fires(down, at=utc("2026-02-02 10:00:00")) == Heard(News.REOPENED, 1)
    await watched.clears("platform", "2026-02-02 10:00:14")
    assert await watched.outages() == ["1 02-02 08:59:50 09:00:00", "1 02-02 10:00:00 10:00:14"]
    month = await watched.february()
    assert (month.down_seconds, month.percent_text, month.kept) == (24, "99.99901", True)
    await watched.record("2026-02-02 03:00:00", "2026-02-02 03:00:05")
    month = await watched.february()
    assert (month.down_seconds, month.percent_text, month.kept) == (29, "99.99880", False)
    head = (await watched.detail()).head
    assert (head.level, head.registered_at.isoformat()[:16]) == ("l1", "2026-02-02T09:00")
    assert await watched.trial.letters("incident") == ["incident ticket/1 ada@acme.example sent"] * 4


async def test_an_outage_that_was_said_to_be_over_too_early_goes_on_from_its_begin(watched: Watched) -> None:
    down = replace(ALERT, outage=True, at=utc("2026-02-02 08:59:00"))
    await watched.fires(down)
    await watched.act(Act.RESOLVE, text="It was restarted.")
    assert await watched.fires(down) == Heard(News.REOPENED, 1)
    assert await watched.outages() == ["1 goes on"]
    await watched.trial.to("2026-02-02 09:30")
    await watched.clears(at="2026-02-02 09:29:00")
    assert await watched.outages() == ["1 02-02 08:59:00 09:29:00"]


async def test_an_outage_recorded_afterwards_is_a_ticket_that_is_resolved_already(watched: Watched) -> None:
    assert await watched.record("2026-02-02 06:00", "2026-02-02 06:20:10") == Heard(News.OPENED, 1)
    assert await watched.record("2026-02-02 06:00", "2026-02-02 06:20:10") == Heard(News.KNOWN, 1)
    assert await watched.outages() == ["1 02-02 06:00:00 06:20:10"]
    head = (await watched.detail()).head
    assert (head.state, head.level, head.reporter_name) == ("resolved", "l4", "Maya")
    assert await watched.trial.letters("incident", "ticket-new") == []
    assert await watched.record("2026-02-02 08:00", key="k2") == Heard(News.OPENED, 2)
    await watched.settled(2)
    assert (await watched.outages())[1] == "2 goes on"
    assert (await watched.detail(2)).head.level == "l1"
    await watched.act(Act.RESOLVE, 2, text="The disk is larger now.")
    assert (await watched.outages())[1][:16] == "2 02-02 08:00:00"


async def test_an_alert_is_not_half_an_outage(watched: Watched) -> None:
    await watched.fires()
    with pytest.raises(NotTakenError, match="ticket 1 already, as no outage and not as one: use another key for it"):
        await watched.fires(outage=True)
    await watched.clears()
    assert await watched.fires(outage=True) == Heard(News.OPENED, 2)


async def test_what_the_plan_does_not_have_is_refused_with_the_reason(watched: Watched) -> None:
    with pytest.raises(WrongFieldError, match="expected one of l1, l2, l3, l4") as wrong:
        await watched.fires(level="p1")
    assert wrong.value.field == "level"


async def test_a_plan_without_monitoring_takes_no_alerts_and_no_outages(desk: TrialDesk) -> None:
    bare = Watched(desk.trial)
    await bare.sign(order("ombori/free"))
    with pytest.raises(NotTakenError, match="the plan Free has no remote monitoring, so alerts open no tickets"):
        await bare.fires()
    with pytest.raises(NotTakenError, match="the plan Free promises no uptime, so no outages are recorded"):
        await bare.record("2026-02-01 06:00")
    async with desk.trial.sessions() as session:
        assert await tickets_of_alert(session, "acme-2026", ALERT.key) == ()


async def test_an_alert_before_the_contract_starts_is_refused_and_taken_once_it_has(desk: TrialDesk) -> None:
    early = Watched(desk.trial)
    await early.sign(order("ombori/pilot", starts_on="2026-02-03"))
    with pytest.raises(NotTakenError, match="the contract has not started"):
        await early.fires()
    await early.trial.to("2026-02-03 06:00")
    assert await early.fires() == Heard(News.OPENED, 1)
