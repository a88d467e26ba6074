"""Record the histories that every later release has to replay: `python -m tests.replay.record`.

One contract of each vendor with its meetings, through its whole term in skipped time, and one with tickets. From the
first release on a workflow is changed behind a patch only, so what is recorded here once stays: record a new file for a
new feature, and never record an old one anew to make a test pass.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import text

from domain.meeting import Answer, Outcome
from simulation.world import private_database
from storage.facts import facts_of_workflow
from tests.replay import tickets
from tests.smtp_catcher import SmtpCatcher
from tests.workflows.trial import ADA, Trial, contract, open_trial
from workflows.messages import (
    AnswerInvitation,
    CompleteItem,
    DecideOverage,
    RecordOutcome,
    RequestMeeting,
    Reschedule,
    Resume,
    Suspend,
)

FOLDER = Path(__file__).resolve().parent / "recorded"
RUNS = {
    "oura-launch-kit": ("oura/launch-kit", 4),
    "caret-tam": ("caret/tam", 3),
    "essensys-engagement-enterprise": ("essensys/engagement-enterprise", 4),
    "ombori-pilot": ("ombori/pilot", 3),
}


async def live(trial: Trial, months: int) -> None:
    """Everything that people do to a contract, at the pace of a week; whatever cannot be done now is left out."""
    for week in range(months * 5):
        now = await trial.now()
        await trial.environment.sleep(7 * 24 * 3600)
        if not await trial.is_running(trial.contract().id):
            return
        await _answer_and_record(trial, week)
        if week == 2:
            await trial.press(RequestMeeting("A workshop", 300, "Ada"))
            await _decide(trial)
        if week in (4, 5):
            await trial.press(Suspend("Lisa", "an invoice is unpaid") if week == 4 else Resume("Lisa"))
        assert await trial.now() > now


async def _decide(trial: Trial) -> None:
    for asked in await trial.facts(None, "overage.asked"):
        if not await trial.facts(asked.subject, "overage.approved"):
            await trial.press(DecideOverage(asked.subject, approved=True, by="Ada"))


async def _answer_and_record(trial: Trial, week: int) -> None:
    async with trial.sessions() as session:
        rows = (
            await session.execute(
                text('SELECT key, status, sequence, "start" FROM meeting_view WHERE over_at IS NULL ORDER BY key')
            )
        ).all()
        reports = (
            await session.execute(text("SELECT key FROM agenda_view WHERE kind = 'report' AND own_status = 'open'"))
        ).scalars()
        open_reports = list(reports)
    now = await trial.now()
    for row in rows:
        meeting = trial.meeting(row.key)
        if row.start is None:
            continue
        if row.start > now:
            if week % 3 == 1 and row.sequence == 0:
                await meeting.execute_update("reschedule", Reschedule("Ada", "another week suits us better"))
            else:
                await meeting.execute_update("answer", AnswerInvitation(ADA.email, Answer.ACCEPTED))
        elif row.status != "seeking":
            outcome = Outcome.NO_SHOW if week % 4 == 3 else Outcome.HELD
            await meeting.execute_update("record_outcome", RecordOutcome(outcome, "Cecilia", 50, "All is well."))
    for key in open_reports:
        await trial.press(CompleteItem(key, "Cecilia", "sent"))


async def record(name: str, url: str) -> bytes:
    """One run on an empty database: its histories, and the facts that the database has of it."""
    smtp = SmtpCatcher()
    async with open_trial(url, smtp, "2026-01-30 12:00") as trial:
        if name in tickets.TICKETS:
            await tickets.live(trial, name)
        else:
            plan_id, months = RUNS[name]
            await trial.sign(contract(plan_id, months=months, id=name))
            await live(trial, months)
            await trial.environment.sleep(40 * 24 * 3600)
        ids = sorted({fact.workflow_id for fact in await trial.facts()})
        histories = {each: _without_names(json.loads((await trial.history(each)).to_json())) for each in ids}
        for number, (workflow_id, run_id) in enumerate(trial.runs, 1):  # a reopened ticket has several
            earlier = _without_names(json.loads((await trial.history(workflow_id, run_id)).to_json()))
            if earlier != histories[workflow_id]:
                histories[f"{workflow_id}|{number}"] = earlier
        async with trial.sessions() as session:
            facts = {each: [[f.seq, f.kind, f.digest] for f in await facts_of_workflow(session, each)] for each in ids}
    smtp.refuse_connections()
    return json.dumps({"histories": histories, "facts": facts}, sort_keys=True).encode()


def _without_names(value: Any) -> Any:
    """A history without the process and machine that made it: they say nothing, and differ each time."""
    if isinstance(value, dict):
        return {key: _without_names(each) for key, each in value.items() if key != "identity"}
    return [_without_names(each) for each in value] if isinstance(value, list) else value


def main() -> int:
    """Record the runs that are named; without names those that are not recorded yet."""
    missing = [each for each in (*RUNS, *tickets.TICKETS) if not (FOLDER / f"{each}.json.gz").exists()]
    for name in sys.argv[1:] or missing:
        with private_database() as url:
            body = gzip.compress(asyncio.run(record(name, url)), 9, mtime=0)
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f"{name}.json.gz").write_bytes(body)
        print(f"{name}: {len(body) // 1024} KiB", file=sys.stderr)
    return 0


if __name__ == "__main__":
    from runtime.exit import run_and_leave

    run_and_leave(main)
