"""The outbox: a message is recorded with its bytes before it is sent, and settled once: sent, rejected or expired."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import func, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import MessageRow


@dataclass(frozen=True, slots=True)
class Letter:
    """A rendered mail for one recipient. ``recorded_at`` and ``useful_until`` are business time (UTC).

    ``subject`` is the agenda key (or empty), ``subject_line`` what the reader sees, ``envelope_from`` where bounces go.
    """

    message_id: str
    workflow_id: str
    key: str
    contract_id: str
    subject: str
    kind: str
    recipient_email: str
    recipient_name: str
    subject_line: str
    eml: bytes
    envelope_from: str
    recorded_at: datetime
    useful_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredLetter:
    """A letter as the outbox has it. ``state``: recorded, sent, rejected or expired; ``settled_at``: business time."""

    letter: Letter
    state: str
    attempts: int
    settled_at: datetime | None
    code: int | None
    reason: str


async def record_letter(session: AsyncSession, letter: Letter) -> StoredLetter:
    """Record it once. What stands under the Message-ID already is kept and returned: the first bytes are the ones sent.

    Names and subject lines longer than their column are cut.
    """
    values = {field.name: getattr(letter, field.name) for field in fields(Letter)}
    values["recipient_name"] = letter.recipient_name[:200]
    values["subject_line"] = letter.subject_line[:998]
    recorded = insert(MessageRow).values(values).on_conflict_do_nothing().returning(MessageRow.message_id)
    if await session.scalar(recorded) is not None:
        return StoredLetter(Letter(**values), "recorded", 0, None, None, "")
    stored = await find_letter(session, letter.message_id)
    if stored is None:
        raise RuntimeError(f"{letter.message_id} was recorded and is gone")
    return stored


async def find_letter(session: AsyncSession, message_id: str) -> StoredLetter | None:
    """The letter of that Message-ID."""
    row = await session.get(MessageRow, message_id, populate_existing=True)
    return _stored(row) if row else None


async def claim_letter(session: AsyncSession, message_id: str, seconds: float) -> StoredLetter | None:
    """The letter if it still waits to be sent and nobody is sending it: for so many seconds nobody else gets it.

    No transaction is held while a server is talked to. Settling it, or `note_attempt`, gives the claim up; that of a
    process that died runs out by the database's own clock.
    """
    now = func.clock_timestamp()
    claimed = await session.execute(
        update(MessageRow)
        .where(
            MessageRow.message_id == message_id,
            MessageRow.state == "recorded",
            or_(MessageRow.claimed_until.is_(None), MessageRow.claimed_until <= now),
        )
        .values(claimed_until=now + timedelta(seconds=seconds))
        .returning(MessageRow.message_id)
        .execution_options(synchronize_session=False)
    )
    return await find_letter(session, message_id) if claimed.first() is not None else None


async def mark_sent(session: AsyncSession, message_id: str, at: datetime, code: int = 250) -> bool:
    """A server took it. False where it was settled before."""
    return await _settle(session, message_id, "sent", at, code, "", tried=1)


async def mark_rejected(session: AsyncSession, message_id: str, at: datetime, code: int, reason: str) -> bool:
    """A server refused it for good. False where it was settled before."""
    return await _settle(session, message_id, "rejected", at, code, reason, tried=1)


async def mark_expired(session: AsyncSession, message_id: str, at: datetime, reason: str) -> bool:
    """It has become useless and is not sent any more. False where it was settled before."""
    return await _settle(session, message_id, "expired", at, None, reason, tried=0)


async def note_attempt(session: AsyncSession, message_id: str, code: int | None, reason: str) -> bool:
    """A server did not take it now; it goes on waiting. False where it was settled before."""
    done = await session.execute(
        update(MessageRow)
        .where(MessageRow.message_id == message_id, MessageRow.state == "recorded")
        .values(attempts=MessageRow.attempts + 1, code=code, reason=_clean(reason), claimed_until=None)
        .returning(MessageRow.message_id)
        .execution_options(synchronize_session=False)
    )
    return done.first() is not None


async def _settle(
    session: AsyncSession, message_id: str, state: str, at: datetime, code: int | None, reason: str, tried: int
) -> bool:
    done = await session.execute(
        update(MessageRow)
        .where(MessageRow.message_id == message_id, MessageRow.state == "recorded")
        .values(
            state=state,
            settled_at=at,
            settled_wall=func.clock_timestamp(),
            claimed_until=None,
            attempts=MessageRow.attempts + tried,
            code=code,
            reason=_clean(reason),
        )
        .returning(MessageRow.message_id)
        .execution_options(synchronize_session=False)
    )
    return done.first() is not None


def _clean(reason: str) -> str:
    """What a server says is foreign text: no NUL, and no more than the column takes."""
    return reason.replace("\0", "")[:1000]


def _stored(row: MessageRow) -> StoredLetter:
    letter = Letter(**{field.name: getattr(row, field.name) for field in fields(Letter)})
    return StoredLetter(letter, row.state, row.attempts, row.settled_at, row.code, row.reason)
