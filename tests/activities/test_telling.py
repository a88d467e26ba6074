"""Telling a contract's tickets, where its new plan has no opening hours for it. The rest is in tests/tickets."""

from __future__ import annotations

from dataclasses import replace

from temporalio.testing import ActivityEnvironment

from activities.calls import TellCall
from activities.telling import Telling
from domain.contract_news import ContractNews
from storage.contracts import sign
from storage.session import Sessions
from storage.tickets import StoredTicket, keep_ticket
from tests.workflows.trial import contract, utc

NOW = utc("2026-02-02 09:00")


async def test_a_plan_without_hours_for_the_contract_leaves_its_tickets_as_they_are(sessions: Sessions) -> None:
    agreed = contract("essensys/inbound")
    stored = StoredTicket(agreed.id, 1, "key", True, "token", "", {"terms": {"owed": True}}, NOW, True, None)
    async with sessions.begin() as session:
        await sign(session, agreed, NOW)
        await keep_ticket(session, stored, "")
    nowhere = replace(agreed, region="mars")
    call = TellCall(nowhere, None, ContractNews.AMENDED, "Lisa", "more help", NOW)
    assert await ActivityEnvironment().run(Telling(sessions).tell_tickets, call) == 0
