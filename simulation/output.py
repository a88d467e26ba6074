"""What a simulation leaves in its folder: messages, invitations, facts and the report."""

import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar

from domain.facts import canonical_json
from simulation.report import rendered
from simulation.run import Record
from simulation.story import digest_line
from simulation.world import Caught

MESSAGES, INVITES, FACTS, REPORT = "messages", "invites", "facts.jsonl", "report.html"
WRITTEN = (MESSAGES, INVITES, FACTS, REPORT)
_UNUSUAL = re.compile(r"[^A-Za-z0-9@._-]+")


class FolderInUse(Exception):
    """The folder holds something already, or cannot be written to."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A message with the file that holds it, and that of its invitation (both relative to the folder)."""

    message: Caught
    eml: str
    ics: str | None


def claim(folder: Path, force: bool) -> None:
    """Make sure that the folder can be written to. With ``force`` what an earlier simulation left in it goes.

    Raises FolderInUse where it holds anything and ``force`` was not said, or where it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()) and not force:
            raise FolderInUse(f"{folder} is not empty: choose another folder, or say --force to write over it")
        for name in WRITTEN:
            old = folder / name
            if old.is_dir() and not old.is_symlink():
                shutil.rmtree(old)
            else:
                old.unlink(missing_ok=True)
        (folder / MESSAGES).mkdir()
        (folder / INVITES).mkdir()
    except OSError as error:
        raise FolderInUse(f"{folder} cannot be written to: {error.strerror}") from None


def write(record: Record, folder: Path) -> tuple[Filed, ...]:
    """Write all of it into a claimed folder. Raises OSError where the disk does not take it."""
    zone = ZoneInfo(record.contract.zone)
    calendars: dict[str, bytes] = {}
    filed = tuple(_filed(number, message, zone, calendars) for number, message in enumerate(record.messages, 1))
    for each in filed:
        (folder / each.eml).write_bytes(each.message.raw)
    for name, calendar in calendars.items():
        (folder / name).write_bytes(calendar)
    (folder / FACTS).write_bytes(b"".join(canonical_json(digest_line(fact)) + b"\n" for fact in record.facts))
    (folder / REPORT).write_text(rendered(record, filed), encoding="utf-8")
    return filed


def _filed(number: int, message: Caught, zone: ZoneInfo, calendars: dict[str, bytes]) -> Filed:
    local = message.at.astimezone(zone).strftime("%Y-%m-%d-%H%M")
    about = f"-{message.key}" if message.key else ""
    eml = f"{MESSAGES}/{number:04}-{local}-{_safe(f'{message.kind}{about}')}-{_safe(message.recipient)}.eml"
    calendar = message.invite
    return Filed(message, eml, _file_calendar(message.key, calendar, calendars) if calendar else None)


def _file_calendar(key: str, calendar: bytes, calendars: dict[str, bytes]) -> str:
    """Everybody gets the same bytes, so one file a sequence; one who is dropped gets a calendar of their own."""
    parsed = icalendar.Calendar.from_ical(calendar)
    sequence = int(parsed.walk("VEVENT")[0].get("sequence", 0))
    stem = f"{INVITES}/{_safe(key)}-{sequence}-{str(parsed['method']).lower()}"
    name = next(name for name in _numbered(stem) if calendars.get(name, calendar) == calendar)
    calendars[name] = calendar
    return name


def _numbered(stem: str) -> Iterable[str]:
    yield f"{stem}.ics"
    number = 2
    while True:
        yield f"{stem}-{number}.ics"
        number += 1


def _safe(text: str) -> str:
    """A part of a file name: no path, nothing that a shell or a file system reads differently."""
    return _UNUSUAL.sub("_", text).strip(".")[:80] or "_"
