"""The outbox: a message is recorded with its bytes before it is sent, and settled once: sent, rejected or expired."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import Interval, Row, bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from storage.base import table_of
from storage.models import MessageRow
from storage.pipeline import Write, write_in


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

    def is_useless(self, now: datetime) -> bool:
        """It came too late: nobody wants to read it any more."""
        return self.useful_until is not None and now >= self.useful_until


@dataclass(frozen=True, slots=True)
class StoredLetter:
    """A letter as the outbox has it. ``state``: recorded, sent, rejected or expired; ``settled_at``: business time."""

    letter: Letter
    state: str
    attempts: int
    settled_at: datetime | None
    code: int | None
    reason: str


async def record_letters(
    session: AsyncSession, letters: Sequence[Letter], claim_seconds: float | None = None
) -> set[str]:
    """Record each once; the Message-IDs of those that were not there yet.

    What stands under a Message-ID already is kept: the first bytes are the ones sent. With ``claim_seconds`` the new
    ones are claimed from the start, as by `claim_letter`. Names and subject lines longer than their column are cut.
    """
    if not letters:
        return set()
    return set(await write_in(session, letter_write(letters, claim_seconds)))


def letter_write(letters: Sequence[Letter], claim_seconds: float | None) -> Write:
    """`record_letters` as a part of a pipeline's transaction; it returns the Message-IDs."""
    claim = None if claim_seconds is None else timedelta(seconds=claim_seconds)
    return Write(_RECORD, [_values(letter) | {"claim": claim} for letter in letters])


async def find_letter(session: AsyncSession, message_id: str) -> StoredLetter | None:
    """The letter of that Message-ID."""
    row = (await session.execute(_FIND, {"id": message_id})).one_or_none()
    return _stored(row) if row else None


async def claim_letter(session: AsyncSession, message_id: str, seconds: float) -> StoredLetter | None:
    """The letter if it still waits to be sent and nobody is sending it: for so many seconds nobody else gets it.

    No transaction is held while a server is talked to. Settling it, `note_attempt` or `release_letters` gives the
    claim up; that of a process that died runs out by the database's own clock.
    """
    row = (await session.execute(_CLAIM, {"id": message_id, "claim": timedelta(seconds=seconds)})).one_or_none()
    return _stored(row) if row else None


async def release_letters(session: AsyncSession, message_ids: Sequence[str]) -> None:
    """Give up one's claim on letters that one did not begin to send."""
    statement = update(_MESSAGES).where(_MESSAGES.c.message_id.in_(message_ids), _MESSAGES.c.state == "recorded")
    await session.execute(statement.values(claimed_until=None))


def mark_sent(message_id: str, at: datetime, code: int = 250) -> Write:
    """A server took it. This and what follows returns the Message-ID, or nothing where it was settled before."""
    return _settle(message_id, "sent", at, code, "", tried=1)


def mark_rejected(message_id: str, at: datetime, code: int, reason: str) -> Write:
    """A server refused it for good."""
    return _settle(message_id, "rejected", at, code, reason, tried=1)


def mark_expired(message_id: str, at: datetime, reason: str) -> Write:
    """It has become useless and is not sent any more."""
    return _settle(message_id, "expired", at, None, reason, tried=0)


def note_attempt(message_id: str, code: int | None, reason: str) -> Write:
    """A server did not take it now; it goes on waiting."""
    return Write(_NOTE, [{"id": message_id, "tried": 1, "new_code": code, "new_reason": _clean(reason)}])


def _settle(message_id: str, state: str, at: datetime, code: int | None, reason: str, tried: int) -> Write:
    settled = {"new_state": state, "at": at, "tried": tried, "new_code": code, "new_reason": _clean(reason)}
    return Write(_SETTLE, [{"id": message_id, **settled}])


# The statements are made once: to put one together takes longer than to run it.
_MESSAGES = table_of(MessageRow)
_NOW = func.clock_timestamp()
_CLAIMED = _NOW + bindparam("claim", type_=Interval)  # no claim, no time: NULL
_LETTER = tuple(_MESSAGES.c[field.name] for field in fields(Letter))
_STORED = (*_LETTER, *(_MESSAGES.c[name] for name in ("state", "attempts", "settled_at", "code", "reason")))
_OF_THE_ID = _MESSAGES.c.message_id == bindparam("id")
_WAITS = _MESSAGES.c.state == "recorded"

_RECORD = (
    insert(_MESSAGES)
    .values({column.name: bindparam(column.name) for column in _LETTER} | {"claimed_until": _CLAIMED})
    .on_conflict_do_nothing()
    .returning(_MESSAGES.c.message_id)
)
_FIND = select(*_STORED).where(_OF_THE_ID)
_CLAIM = (
    update(_MESSAGES)
    .where(_OF_THE_ID, _WAITS, or_(_MESSAGES.c.claimed_until.is_(None), _MESSAGES.c.claimed_until <= _NOW))
    .values(claimed_until=_CLAIMED)
    .returning(*_STORED)
)
_NOTE = (
    update(_MESSAGES)
    .where(_OF_THE_ID, _WAITS)
    .values(
        attempts=_MESSAGES.c.attempts + bindparam("tried"),
        code=bindparam("new_code"),
        reason=bindparam("new_reason"),
        claimed_until=None,
    )
    .returning(_MESSAGES.c.message_id)
)
_SETTLE = _NOTE.values(state=bindparam("new_state"), settled_at=bindparam("at"), settled_wall=_NOW)


def _values(letter: Letter) -> dict[str, object]:
    values = {field.name: getattr(letter, field.name) for field in fields(Letter)}
    values["recipient_name"] = letter.recipient_name[:200]
    values["subject_line"] = letter.subject_line[:998]
    return values


def _clean(reason: str) -> str:
    """What a server says is foreign text: no NUL, and no more than the column takes."""
    return reason.replace("\0", "")[:1000]


def _stored(row: Row[*tuple[object, ...]]) -> StoredLetter:
    letter = Letter(**{field.name: getattr(row, field.name) for field in fields(Letter)})
    return StoredLetter(letter, row.state, row.attempts, row.settled_at, row.code, row.reason)
