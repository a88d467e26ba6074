"""What the contract's own facts change: its stage, its term, its counts."""

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.agenda import ItemKind
from domain.contract import ContractStage
from storage.models import AssignmentRow
from storage.projection_agenda import drop_open_items, drop_passed
from storage.projection_money import grant
from storage.telling import Told, change, put
from storage.views import AgendaView, ContractView, RoleView

OVER = [stage.value for stage in ContractStage if stage.over]


async def signed(session: AsyncSession, fact: Told) -> None:
    await put(
        session,
        ContractView,
        {"contract_id": fact.contract_id},
        workflow_id=fact.fact.workflow_id,
        customer_id=fact.text("customer_id"),
        customer=fact.text("customer"),
        plan=fact.text("plan"),
        plan_name=fact.text("plan_name"),
        plan_version=fact.number("plan_version"),
        vendor=fact.text("vendor"),
        vendor_name=fact.text("vendor_name"),
        stage=ContractStage.SIGNED.value,
        starts_on=fact.day("starts_on"),
        ends_on=fact.day("ends_on"),
        starts=fact.instant("starts"),
        ends=fact.instant("ends"),
        term_months=fact.number("term_months"),
        term=1,
        zone=fact.text("zone"),
        country=fact.text("country"),
        language=fact.text("language"),
        currency=fact.text("currency"),
        flags=fact.texts("flags"),
        signed_at=fact.at,
    )
    await grant(session, fact, fact.number("granted_minutes", 0))


async def started(session: AsyncSession, fact: Told) -> None:
    """A plan without onboarding meetings is active at once; no fact says so separately."""
    onboarding = await session.scalar(
        select(func.count()).where(
            AgendaView.contract_id == fact.contract_id,
            AgendaView.kind == ItemKind.ONBOARDING.value,
            AgendaView.own_status == "planned",
        )
    )
    await _enter(session, fact, ContractStage.ONBOARDING if onboarding else ContractStage.ACTIVE)


async def onboarded(session: AsyncSession, fact: Told) -> None:
    await _enter(session, fact, ContractStage.ACTIVE)


async def suspended(session: AsyncSession, fact: Told) -> None:
    await change(
        session,
        ContractView,
        {"contract_id": fact.contract_id},
        ContractView.stage.not_in([*OVER, ContractStage.SUSPENDED.value]),
        stage_before=ContractView.stage,
        stage=ContractStage.SUSPENDED.value,
        reason=fact.text("reason", ""),
    )


async def resumed(session: AsyncSession, fact: Told) -> None:
    await change(
        session,
        ContractView,
        {"contract_id": fact.contract_id},
        ContractView.stage == ContractStage.SUSPENDED.value,
        stage=func.coalesce(ContractView.stage_before, ContractStage.ACTIVE.value),
        stage_before=None,
        reason="",
    )
    await drop_passed(session, fact, fact.texts("passed"))


async def amended(session: AsyncSession, fact: Told) -> None:
    await change(
        session,
        ContractView,
        {"contract_id": fact.contract_id},
        plan=fact.text("plan"),
        plan_name=fact.text("plan_name"),
        plan_version=fact.number("plan_version"),
    )
    await grant(session, fact, fact.number("granted_minutes", 0))


async def renewed(session: AsyncSession, fact: Told) -> None:
    await change(
        session,
        ContractView,
        {"contract_id": fact.contract_id},
        ends_on=fact.day("ends_on"),
        ends=fact.instant("ends"),
        term_months=fact.number("term_months"),
    )


async def terminated(session: AsyncSession, fact: Told) -> None:
    await _finish(session, fact, ContractStage.TERMINATED, reason=fact.text("reason", ""))
    await drop_open_items(session, fact, "the contract was terminated", the_end="dropped")


async def ended(session: AsyncSession, fact: Told) -> None:
    await _finish(
        session,
        fact,
        ContractStage.ENDED,
        meetings_held=fact.number("meetings_held"),
        minutes_used=fact.number("minutes_used"),
    )
    await drop_open_items(session, fact, "the contract has ended", the_end="done")


async def counted(session: AsyncSession, fact: Told) -> None:
    counts = {name: fact.maybe_number(name) for name in ("users", "devices")}
    known = {name: number for name, number in counts.items() if number is not None}
    if known:
        await change(session, ContractView, {"contract_id": fact.contract_id}, **known)


async def _enter(session: AsyncSession, fact: Told, stage: ContractStage) -> None:
    """A suspended contract remembers the stage for when it is resumed; one that is over stays so."""
    is_suspended = ContractView.stage == ContractStage.SUSPENDED.value
    await change(
        session,
        ContractView,
        {"contract_id": fact.contract_id},
        ContractView.stage.not_in(OVER),
        stage=case((is_suspended, ContractView.stage), else_=stage.value),
        stage_before=case((is_suspended, stage.value), else_=None),
    )


async def _finish(session: AsyncSession, fact: Told, stage: ContractStage, **values: object) -> None:
    await change(
        session,
        ContractView,
        {"contract_id": fact.contract_id},
        ContractView.stage.not_in(OVER),
        stage=stage.value,
        stage_before=None,
        over_at=fact.at,
        **values,
    )
    await change(
        session,
        RoleView,
        {"contract_id": fact.contract_id},
        RoleView.status == "active",
        status="ended",
        until=fact.at,
    )
    await change(session, AssignmentRow, {"contract_id": fact.contract_id}, active=False)
