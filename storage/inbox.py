"""Mail that came in: the meeting that an address belongs to, and the letters that a person has to read."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
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
