"""Mail that came in: the meeting that an address belongs to, and the letters that a person has to read."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.meeting import Answer
from domain.replies import MeetingView, Replier
from storage import views
from storage.models import LETTER_BYTES, LetterRow
from storage.queries.page import Page, read_one, read_page
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
    meeting_key: str | None = None,
) -> bool:
    """Keep a letter for the CSM's queue, once. False where it is there already. Cut at what the table takes."""
    row = insert(LetterRow).values(
        digest=hashlib.sha256(raw).hexdigest(),
        sender=str(without_nul(sender))[:320],
        received_at=received_at,
        contract_id=contract_id,
        meeting_key=meeting_key,
        subject_line=str(without_nul(subject))[:998],
        reason=str(without_nul(reason))[:1000],
        raw=raw[:LETTER_BYTES],
    )
    kept = await session.execute(row.on_conflict_do_nothing().returning(LetterRow.digest))
    return kept.first() is not None


@dataclass(frozen=True, slots=True)
class StrayLetter:
    """``reason`` says why a person has to read it. ``id``: the digest of its bytes.

    ``customer`` and ``zone`` are those of the contract, ``meeting`` the title of the meeting that it was sent to; None
    where that is not known.
    """

    id: str
    sender: str
    received_at: datetime
    contract_id: str | None
    customer: str | None
    zone: str | None
    meeting_key: str | None
    meeting: str | None
    subject_line: str
    reason: str
    handled_at: datetime | None
    handled_by: str


async def stray_letters(
    session: AsyncSession,
    *,
    contract_id: str | None = None,
    csm_id: str | None = None,
    handled: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> Page[StrayLetter]:
    """The newest first; those that nobody has handled unless ``handled``.

    ``csm_id``: of the contracts that they look after, and those of no contract, which are everybody's.
    """
    statement = _letters().where(LetterRow.handled_at.is_not(None) if handled else LetterRow.handled_at.is_(None))
    if contract_id is not None:
        statement = statement.where(LetterRow.contract_id == contract_id)
    if csm_id is not None:
        statement = statement.where(or_(views.ContractView.csm_id == csm_id, LetterRow.contract_id.is_(None)))
    ordered = statement.order_by(LetterRow.received_at.desc(), LetterRow.digest)
    return await read_page(session, ordered, StrayLetter, limit, offset)


async def stray_letter(session: AsyncSession, letter_id: str) -> StrayLetter | None:
    """One letter, handled or not."""
    return await read_one(session, _letters().where(LetterRow.digest == letter_id), StrayLetter)


def _letters() -> Select[*tuple[Any, ...]]:
    return (
        select(
            LetterRow.digest.label("id"),
            LetterRow.sender,
            LetterRow.received_at,
            LetterRow.contract_id,
            views.ContractView.customer,
            views.ContractView.zone,
            LetterRow.meeting_key,
            views.MeetingView.title.label("meeting"),
            LetterRow.subject_line,
            LetterRow.reason,
            LetterRow.handled_at,
            LetterRow.handled_by,
        )
        .outerjoin(views.ContractView, views.ContractView.contract_id == LetterRow.contract_id)
        .outerjoin(
            views.MeetingView,
            and_(
                views.MeetingView.contract_id == LetterRow.contract_id, views.MeetingView.key == LetterRow.meeting_key
            ),
        )
    )


async def unhandled_letters(session: AsyncSession) -> int:
    """How many letters wait for a person."""
    waiting = select(func.count()).select_from(LetterRow).where(LetterRow.handled_at.is_(None))
    return await session.scalar(waiting) or 0


async def stray_bytes(session: AsyncSession, letter_id: str) -> bytes | None:
    """The letter as it came."""
    return await session.scalar(select(LetterRow.raw).where(LetterRow.digest == letter_id))


async def is_about(session: AsyncSession, letter_id: str, contract_id: str) -> None:
    """Somebody has found out which contract a letter is about, of which none was known."""
    await session.execute(
        update(LetterRow)
        .where(LetterRow.digest == letter_id, LetterRow.contract_id.is_(None))
        .values(contract_id=contract_id)
        .execution_options(synchronize_session=False)
    )


async def mark_handled(session: AsyncSession, letter_id: str, at: datetime, by: str = "") -> bool:
    """A person has dealt with it. False where it is unknown or was handled before."""
    return await _mark(session, letter_id, LetterRow.handled_at.is_(None), at, str(without_nul(by))[:200])


async def mark_unhandled(session: AsyncSession, letter_id: str) -> bool:
    """It waits for a person after all. False where it is unknown or was not handled."""
    return await _mark(session, letter_id, LetterRow.handled_at.is_not(None), None, "")


async def _mark(
    session: AsyncSession, letter_id: str, only_if: ColumnElement[bool], at: datetime | None, by: str
) -> bool:
    marked = await session.execute(
        update(LetterRow)
        .where(LetterRow.digest == letter_id, only_if)
        .values(handled_at=at, handled_by=by)
        .returning(LetterRow.digest)
        .execution_options(synchronize_session=False)
    )
    return marked.first() is not None
