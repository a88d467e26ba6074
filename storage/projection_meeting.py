"""What a meeting's facts change: the meeting, its attendees, its item on the agenda and its bookings."""

from dataclasses import dataclass

from sqlalchemy import bindparam, delete, exists, select
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.agenda import ItemKind
from domain.contract import Side
from domain.meeting import Answer, MeetingStatus
from storage.base import table_of
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
    sequence, before = fact.number("sequence"), await _standing(session, fact)
    same = before.sequence == sequence
    await _put_attendees(session, fact, keep_answers=same, first=before.sequence is None)
    await _set(
        session,
        fact,
        (await _standing(session, fact)).upcoming if same else MeetingStatus.INVITED,
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
    if sequence > 0:
        await settle_bookings(session, meeting_id(fact), "cancelled", before=sequence)


async def unbookable(session: AsyncSession, fact: Told) -> None:
    await _set(session, fact, MeetingStatus.SEEKING, reason=fact.text("reason", ""))


async def answered(session: AsyncSession, fact: Told) -> None:
    """Changes the answer of somebody who is invited, never adds anybody."""
    await change(
        session,
        AttendeeView,
        _meeting_of(fact) | {"address": fact.text("email").casefold()},
        answer=fact.text("answer"),
        comment=fact.text("comment", ""),
        answered_at=fact.at,
    )
    standing = await _standing(session, fact)
    if standing.status in UPCOMING:
        await _set(session, fact, standing.upcoming)
        if standing.upcoming is MeetingStatus.CONFIRMED:
            await settle_bookings(session, meeting_id(fact), "confirmed", up_to=standing.sequence)


async def nudged(session: AsyncSession, fact: Told) -> None:
    await change(session, MeetingView, _meeting_of(fact), nudges=fact.number("times"))


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
    await change(session, MeetingView, _meeting_of(fact), no_shows=MeetingView.no_shows + 1)
    # A rebuild comes past here when the next sequence is booked already: that one stays.
    await settle_bookings(session, meeting_id(fact), "done", up_to=(await _standing(session, fact)).sequence)


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
        _meeting_of(fact),
        workflow_id=meeting_id(fact),
        status=status.value,
        changed_at=fact.at,
        over_at=over_at,
        **values,
    )
    await change(
        session,
        AgendaView,
        _meeting_of(fact),
        meeting_status=status.value,
        meeting_over_at=over_at,
    )


async def _put_attendees(session: AsyncSession, fact: Told, keep_answers: bool, first: bool) -> None:
    rows = {
        person.text("email").casefold(): {
            **_meeting_of(fact),
            "address": person.text("email").casefold(),
            "email": person.text("email"),
            "name": person.text("name", ""),
            "side": person.text("side"),
            "position": position,
            "answer": Answer.NEEDS_ACTION.value,
        }
        for position, person in enumerate(fact.each("attendees"))
    }
    if not first:
        gone = delete(_ATTENDEES).where(_ATTENDEES.c.contract_id == fact.contract_id, _ATTENDEES.c.key == fact.subject)
        await session.execute(gone.where(_ATTENDEES.c.address.not_in(rows)) if keep_answers else gone)
    if rows:
        await session.execute(_PUT_ATTENDEES, list(rows.values()))


@dataclass(frozen=True, slots=True)
class _Standing:
    """How the meeting stands. ``upcoming``: confirmed as soon as anybody of the customer has accepted."""

    status: str | None
    sequence: int | None
    upcoming: MeetingStatus


async def _standing(session: AsyncSession, fact: Told) -> _Standing:
    row = (await session.execute(_STANDING, _meeting_of(fact))).one_or_none()
    if row is None:
        return _Standing(None, None, MeetingStatus.INVITED)
    return _Standing(row.status, row.sequence, MeetingStatus.CONFIRMED if row.accepted else MeetingStatus.INVITED)


def _meeting_of(fact: Told) -> dict[str, str]:
    return {"contract_id": fact.contract_id, "key": fact.subject}


_ATTENDEES, _MEETINGS = table_of(AttendeeView), table_of(MeetingView)
_ACCEPTED = exists().where(
    _ATTENDEES.c.contract_id == _MEETINGS.c.contract_id,
    _ATTENDEES.c.key == _MEETINGS.c.key,
    _ATTENDEES.c.side == Side.CUSTOMER.value,
    _ATTENDEES.c.answer == Answer.ACCEPTED.value,
)
_STANDING = select(_MEETINGS.c.status, _MEETINGS.c.sequence, _ACCEPTED.label("accepted")).where(
    _MEETINGS.c.contract_id == bindparam("contract_id"), _MEETINGS.c.key == bindparam("key")
)


def _put_attendees_statement() -> Insert:
    row = insert(_ATTENDEES)
    same = {name: row.excluded[name] for name in ("email", "name", "side", "position")}
    return row.on_conflict_do_update(index_elements=["contract_id", "key", "address"], set_=same)


_PUT_ATTENDEES = _put_attendees_statement()
