"""What a meeting's facts change: the meeting, its attendees, its item on the agenda and its bookings."""

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.agenda import ItemKind
from domain.contract import Side
from domain.meeting import Answer, MeetingStatus
from storage.bookings import settle_bookings
from storage.telling import Told, change, put
from storage.views import AgendaView, AttendeeView, MeetingView

UPCOMING = (MeetingStatus.INVITED, MeetingStatus.CONFIRMED)


async def opened(session: AsyncSession, fact: Told) -> None:
    """Told by the meeting itself and, where somebody asked for it, by its contract before.

    A meeting that the agenda does not list gets its item from here; the contract's own word counts more.
    """
    latest = fact.instant("latest")
    item = {
        "kind": ItemKind.REQUESTED.value,
        "title": fact.text("title"),
        "clause": fact.text("clause", ""),
        "at": fact.at,
        "due": latest,
        "day": latest.date(),
    }
    row = insert(AgendaView).values(contract_id=fact.contract_id, key=fact.subject, own_status="absent", **item)
    if fact.fact.workflow_id != meeting_id(fact):
        asked_for = row.values(own_status="open")
        await session.execute(
            asked_for.on_conflict_do_update(
                index_elements=["contract_id", "key"],
                set_=item | {"own_status": "open"},
                where=AgendaView.own_status == "absent",
            )
        )
        return
    await session.execute(row.on_conflict_do_nothing())
    await _set(
        session,
        fact,
        MeetingStatus.SEEKING,
        title=fact.text("title"),
        minutes=fact.number("minutes"),
        clause=fact.text("clause", ""),
        earliest=fact.instant("earliest"),
        latest=latest,
        debits_hours=fact.flag("debits_hours", False),
        requested_by=fact.text("requested_by", ""),
        opened_at=fact.at,
    )


async def booked(session: AsyncSession, fact: Told) -> None:
    """Booked, or moved. The same sequence again means other attendees: answers given to it stay."""
    sequence = fact.number("sequence")
    same = await _sequence(session, fact) == sequence
    await _put_attendees(session, fact, keep_answers=same)
    await _set(
        session,
        fact,
        await _upcoming(session, fact),
        start=fact.instant("start"),
        end=fact.instant("end"),
        staff_id=fact.text("staff_id"),
        host=fact.text("host", ""),
        host_email=fact.text("host_email", ""),
        sequence=sequence,
        place=fact.text("place", ""),
        uid=fact.text("uid"),
        token=fact.text("token"),
        reason=fact.text("reason", ""),
        by=fact.text("by", ""),
    )
    await settle_bookings(session, meeting_id(fact), "cancelled", before=sequence)


async def unbookable(session: AsyncSession, fact: Told) -> None:
    await _set(session, fact, MeetingStatus.SEEKING, reason=fact.text("reason", ""))


async def answered(session: AsyncSession, fact: Told) -> None:
    """Changes the answer of somebody who is invited, never adds anybody."""
    await change(
        session,
        AttendeeView,
        *_attendees_of(fact),
        AttendeeView.address == fact.text("email").casefold(),
        answer=fact.text("answer"),
        comment=fact.text("comment", ""),
        answered_at=fact.at,
    )
    status = await _status(session, fact)
    if status in UPCOMING:
        now = await _upcoming(session, fact)
        await _set(session, fact, now)
        if now is MeetingStatus.CONFIRMED:
            sequence = await _sequence(session, fact)
            await settle_bookings(session, meeting_id(fact), "confirmed", up_to=sequence)


async def nudged(session: AsyncSession, fact: Told) -> None:
    await change(session, MeetingView, *_meeting_of(fact), nudges=fact.number("times"))


async def outcome_asked(session: AsyncSession, fact: Told) -> None:
    await _set(session, fact, MeetingStatus.AWAITING_OUTCOME, outcome_asked=fact.number("times"))


async def held(session: AsyncSession, fact: Told) -> None:
    await _end(session, fact, MeetingStatus.HELD, held_minutes=fact.number("minutes"), notes=fact.text("notes", ""))
    await settle_bookings(session, meeting_id(fact), "done")


async def no_show(session: AsyncSession, fact: Told) -> None:
    """A meeting that is offered again is looking for its next slot."""
    again = fact.flag("offered_again", False)
    status = MeetingStatus.SEEKING if again else MeetingStatus.NO_SHOW
    await _end(session, fact, status, notes=fact.text("notes", ""))
    await change(session, MeetingView, *_meeting_of(fact), no_shows=MeetingView.no_shows + 1)
    # A rebuild comes past here when the next sequence is booked already: that one stays.
    await settle_bookings(session, meeting_id(fact), "done", up_to=await _sequence(session, fact))


async def cancelled(session: AsyncSession, fact: Told) -> None:
    await _end(session, fact, MeetingStatus.CANCELLED, reason=fact.text("reason", ""))
    await settle_bookings(session, meeting_id(fact), "cancelled")


async def lapsed(session: AsyncSession, fact: Told) -> None:
    await _end(session, fact, MeetingStatus.LAPSED, reason=fact.text("reason", ""))
    await settle_bookings(session, meeting_id(fact), "cancelled")


def meeting_id(fact: Told) -> str:
    """The meeting's workflow, as `domain.meeting.MeetingPlan.workflow_id` and the bookings name it."""
    return f"meeting/{fact.contract_id}/{fact.subject}"


async def _end(session: AsyncSession, fact: Told, status: MeetingStatus, **values: object) -> None:
    await _set(session, fact, status, by=fact.text("by", ""), **values)


async def _set(session: AsyncSession, fact: Told, status: MeetingStatus, **values: object) -> None:
    """Write the meeting's row (made where it is not there yet), and the status on its agenda item."""
    over_at = fact.at if status.over else None
    await put(
        session,
        MeetingView,
        {"contract_id": fact.contract_id, "key": fact.subject},
        workflow_id=meeting_id(fact),
        status=status.value,
        changed_at=fact.at,
        over_at=over_at,
        **values,
    )
    await change(
        session,
        AgendaView,
        AgendaView.contract_id == fact.contract_id,
        AgendaView.key == fact.subject,
        meeting_status=status.value,
        meeting_over_at=over_at,
    )


async def _put_attendees(session: AsyncSession, fact: Told, keep_answers: bool) -> None:
    rows = {
        person.text("email").casefold(): {
            "contract_id": fact.contract_id,
            "key": fact.subject,
            "address": person.text("email").casefold(),
            "email": person.text("email"),
            "name": person.text("name", ""),
            "side": person.text("side"),
            "position": position,
            "answer": Answer.NEEDS_ACTION.value,
        }
        for position, person in enumerate(fact.each("attendees"))
    }
    gone = delete(AttendeeView).where(*_attendees_of(fact))
    await session.execute(gone.where(AttendeeView.address.not_in(rows)) if keep_answers else gone)
    if rows:
        row = insert(AttendeeView)
        same = {name: row.excluded[name] for name in ("email", "name", "side", "position")}
        statement = row.on_conflict_do_update(index_elements=["contract_id", "key", "address"], set_=same)
        await session.execute(statement, list(rows.values()))


async def _upcoming(session: AsyncSession, fact: Told) -> MeetingStatus:
    """Confirmed as soon as anybody of the customer has accepted."""
    accepted = await session.scalar(
        select(func.count()).where(
            *_attendees_of(fact),
            AttendeeView.side == Side.CUSTOMER.value,
            AttendeeView.answer == Answer.ACCEPTED.value,
        )
    )
    return MeetingStatus.CONFIRMED if accepted else MeetingStatus.INVITED


async def _status(session: AsyncSession, fact: Told) -> str | None:
    return await session.scalar(select(MeetingView.status).where(*_meeting_of(fact)))


async def _sequence(session: AsyncSession, fact: Told) -> int | None:
    return await session.scalar(select(MeetingView.sequence).where(*_meeting_of(fact)))


def _meeting_of(fact: Told) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return MeetingView.contract_id == fact.contract_id, MeetingView.key == fact.subject


def _attendees_of(fact: Told) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return AttendeeView.contract_id == fact.contract_id, AttendeeView.key == fact.subject
