"""Mail that came in: the meeting that an address belongs to, and the letters that a person has to read."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.meeting import Answer
from domain.replies import MeetingView, Replier
from storage import views
from storage.models import LETTER_BYTES, LetterRow
from storage.telling import without_nul


@dataclass(frozen=True, slots=True)
class AddressedMeeting:
    """The meeting whose reply address has the token, as a reply is held against it."""

    workflow_id: str
    contract_id: str
    key: str
    title: str
    view: MeetingView


async def meeting_of_token(session: AsyncSession, token: str) -> AddressedMeeting | None:
    """The meeting that the unguessable address belongs to; None for a stranger's guess."""
    found = await session.execute(select(views.MeetingView).where(views.MeetingView.token == token.casefold()))
    row = found.scalar_one_or_none()
    if row is None or row.uid is None or row.sequence is None:
        return None
    attendees = await session.scalars(
        select(views.AttendeeView).where(
            views.AttendeeView.contract_id == row.contract_id, views.AttendeeView.key == row.key
        )
    )
    repliers = tuple(Replier(each.email, Answer(each.answer)) for each in attendees)
    return AddressedMeeting(
        row.workflow_id,
        row.contract_id,
        row.key,
        row.title,
        MeetingView(row.token or "", row.uid, row.sequence, repliers),
    )


async def keep_letter(
    session: AsyncSession,
    raw: bytes,
    sender: str,
    subject: str,
    reason: str,
    received_at: datetime,
    contract_id: str | None,
) -> bool:
    """Keep a letter for the CSM's queue, once. False where it is there already. Cut at what the table takes."""
    row = insert(LetterRow).values(
        digest=hashlib.sha256(raw).hexdigest(),
        sender=str(without_nul(sender))[:320],
        received_at=received_at,
        contract_id=contract_id,
        subject_line=str(without_nul(subject))[:998],
        reason=str(without_nul(reason))[:1000],
        raw=raw[:LETTER_BYTES],
    )
    kept = await session.execute(row.on_conflict_do_nothing().returning(LetterRow.digest))
    return kept.first() is not None


@dataclass(frozen=True, slots=True)
class StrayLetter:
    """``reason`` says why a person has to read it. ``id``: the digest of its bytes."""

    id: str
    sender: str
    received_at: datetime
    contract_id: str | None
    subject_line: str
    reason: str
    handled_at: datetime | None


async def stray_letters(
    session: AsyncSession, contract_id: str | None = None, handled: bool = False, limit: int = 100
) -> tuple[StrayLetter, ...]:
    """The newest first; of one contract where asked; those that nobody has handled unless ``handled``."""
    statement = select(
        LetterRow.digest.label("id"),
        LetterRow.sender,
        LetterRow.received_at,
        LetterRow.contract_id,
        LetterRow.subject_line,
        LetterRow.reason,
        LetterRow.handled_at,
    ).where(LetterRow.handled_at.is_not(None) if handled else LetterRow.handled_at.is_(None))
    if contract_id is not None:
        statement = statement.where(LetterRow.contract_id == contract_id)
    rows = await session.execute(statement.order_by(LetterRow.received_at.desc(), LetterRow.digest).limit(limit))
    return tuple(StrayLetter(**row._mapping) for row in rows)


async def stray_bytes(session: AsyncSession, letter_id: str) -> bytes | None:
    """The letter as it came."""
    return await session.scalar(select(LetterRow.raw).where(LetterRow.digest == letter_id))


async def mark_handled(session: AsyncSession, letter_id: str, at: datetime) -> bool:
    """A person has dealt with it. False where it is unknown or was handled before."""
    handled = await session.execute(
        update(LetterRow)
        .where(LetterRow.digest == letter_id, LetterRow.handled_at.is_(None))
        .values(handled_at=at)
        .returning(LetterRow.digest)
        .execution_options(synchronize_session=False)
    )
    return handled.first() is not None
