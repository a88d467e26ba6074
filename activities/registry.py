"""Every activity of the worker, with what it needs in its hands."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Protocol

from activities.finding import Finding
from activities.opening import Opening
from activities.planning import Planning
from activities.posting import Posting
from activities.recording import Recording
from activities.staffing import Staffing
from activities.telling import Telling
from activities.webhooks import Webhooks
from mail.send import Smtp
from mail.settings import MailSettings, SmtpSettings
from plans.loader import load_catalogue
from storage.session import open_engine, open_sessions


class ActivitySettings(Protocol):
    """What the activities need to know of the environment."""

    @property
    def database_url(self) -> str: ...
    @property
    def mail(self) -> MailSettings: ...
    @property
    def smtp(self) -> SmtpSettings: ...


@asynccontextmanager
async def open_activities(settings: ActivitySettings) -> AsyncIterator[list[Callable[..., Any]]]:
    """The activities, for as long as the worker runs; then the database's connections are given back."""
    # An activity that meets a dead connection fails, and is tried again on a new one.
    engine = open_engine(settings.database_url, tested=False)
    sessions = open_sessions(engine)
    smtp = Smtp(settings.smtp)
    recording, staffing = Recording(sessions, smtp, settings.mail), Staffing(sessions)
    planning, opening, webhooks = Planning(load_catalogue()), Opening(sessions), Webhooks()
    try:
        yield [
            recording.record,
            recording.deliver,
            planning.resolve_agenda,
            planning.hourly_rate,
            staffing.assign_roles,
            staffing.book,
            staffing.book_team,
            staffing.bring_in,
            opening.expand_coverage,
            Finding(sessions).find_people,
            Telling(sessions).tell_tickets,
            Posting(sessions, webhooks).post_webhook,
        ]
    finally:
        await recording.close()
        await smtp.close()
        await webhooks.close()
        await engine.dispose()
