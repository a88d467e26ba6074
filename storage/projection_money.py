"""What facts change about hours and charges. The contract's own ``left`` is shown, never one counted here."""

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.telling import Told, change, put
from storage.views import ChargeView, HoursLine, HoursView, OverageView


async def grant(session: AsyncSession, fact: Told, granted: int) -> None:
    """What the plan grants (again, where it was amended): less what is used and reserved, it is left."""
    taken = HoursView.used + HoursView.reserved
    row = insert(HoursView).values(contract_id=fact.contract_id, granted=granted, left_minutes=granted)
    kept = await session.execute(
        row.on_conflict_do_update(
            index_elements=["contract_id"],
            set_={"granted": granted, "left_minutes": func.greatest(0, granted - taken)},
        ).returning(HoursView.left_minutes)
    )
    if granted:
        await _line(session, fact, "granted", granted, kept.scalar_one())


async def hours_granted(session: AsyncSession, fact: Told) -> None:
    """A new term's hours; meetings of the old term may still hold theirs."""
    minutes, left = fact.number("minutes"), fact.number("left")
    await _count(session, fact, left, granted=minutes, used=0, overage=0)
    await _line(session, fact, "granted", minutes, left)


async def hours_reserved(session: AsyncSession, fact: Told) -> None:
    minutes, left = fact.number("minutes"), fact.number("left")
    await _count(session, fact, left, reserved=HoursView.reserved + minutes)
    await _line(session, fact, "reserved", minutes, left, fact.number("overage_minutes", 0))


async def hours_released(session: AsyncSession, fact: Told) -> None:
    minutes, left = fact.number("minutes"), fact.number("left")
    await _count(session, fact, left, reserved=func.greatest(0, HoursView.reserved - minutes))
    await _line(session, fact, "released", minutes, left)


async def hours_debited(session: AsyncSession, fact: Told) -> None:
    minutes, left = fact.number("minutes"), fact.number("left")
    overage = fact.number("overage_minutes", 0)
    await _count(
        session,
        fact,
        left,
        reserved=func.greatest(0, HoursView.reserved - fact.number("reserved", 0)),
        used=HoursView.used + minutes,
        overage=HoursView.overage + overage,
    )
    await _line(session, fact, "debited", minutes, left, overage)


async def hours_lapsed(session: AsyncSession, fact: Told) -> None:
    minutes, left = fact.number("minutes"), fact.number("left")
    await _count(session, fact, left)
    await _line(session, fact, "lapsed", minutes, left)


async def overage_asked(session: AsyncSession, fact: Told) -> None:
    await put(
        session,
        OverageView,
        {"contract_id": fact.contract_id, "key": fact.subject},
        minutes=fact.number("minutes"),
        rate=fact.maybe_number("rate"),
        amount=fact.maybe_number("amount"),
        currency=fact.text("currency", ""),
        status="asked",
        asked_at=fact.at,
        answered_at=None,
        by="",
        token=fact.text("token", "") or None,
    )


async def overage_approved(session: AsyncSession, fact: Told) -> None:
    await _answer(session, fact, "approved")


async def overage_declined(session: AsyncSession, fact: Told) -> None:
    await _answer(session, fact, "declined")


async def charged(session: AsyncSession, fact: Told) -> None:
    """The same key again is the same line with its amount now known (A10)."""
    await put(
        session,
        ChargeView,
        {"contract_id": fact.contract_id, "key": fact.text("key")},
        subject=fact.subject,
        clauses=list(fact.fact.clauses),
        day=fact.day("day"),
        amount=fact.maybe_number("amount"),
        currency=fact.text("currency"),
        text=fact.text("text"),
        quantity=fact.maybe_number("quantity"),
        unit_amount=fact.maybe_number("unit_amount"),
        at=fact.at,
    )


async def _answer(session: AsyncSession, fact: Told, status: str) -> None:
    await put(
        session,
        OverageView,
        {"contract_id": fact.contract_id, "key": fact.subject},
        minutes=fact.number("minutes"),
        status=status,
        answered_at=fact.at,
        by=fact.text("by", ""),
    )


async def _count(session: AsyncSession, fact: Told, left: int, **values: object) -> None:
    await change(session, HoursView, {"contract_id": fact.contract_id}, left_minutes=left, **values)


async def _line(session: AsyncSession, fact: Told, kind: str, minutes: int, left: int, overage: int = 0) -> None:
    await put(
        session,
        HoursLine,
        {"workflow_id": fact.fact.workflow_id, "seq": fact.fact.seq},
        contract_id=fact.contract_id,
        at=fact.at,
        kind=kind,
        subject=fact.subject,
        minutes=minutes,
        overage_minutes=overage,
        left_minutes=left,
    )
