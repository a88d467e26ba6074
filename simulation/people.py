"""The people outside, in skipped time: a workflow that reads their mail and acts on it when they would."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from simulation.script import Act, ActKind, Script, Seen, due_first, reactions, without_plans_for

PEOPLE_WORKFLOW = "PeopleWorkflow"
PEOPLE_ID = "people"
DO = "do"


@dataclass(frozen=True, slots=True)
class PeopleOrder:
    script: Script


@workflow.defn(name=PEOPLE_WORKFLOW)
class PeopleWorkflow:
    """Customer and CSM of one contract. Their clock is the simulation's, so nothing is answered before its time."""

    @workflow.init
    def __init__(self, order: PeopleOrder) -> None:
        self._script = order.script
        self._plans: tuple[Act, ...] = ()
        self._moved: Counter[str] = Counter()
        self._missed: Counter[str] = Counter()
        self._arrivals = 0

    @workflow.run
    async def run(self, order: PeopleOrder) -> None:
        while True:
            seen = self._arrivals
            pause = self._plans[0].at - workflow.now() if self._plans else None
            if (pause is None or pause > timedelta(0)) and await self._mail_before(pause, seen):
                continue
            act, self._plans = self._plans[0], self._plans[1:]
            self._moved[act.about.workflow_id] += act.kind is ActKind.RESCHEDULE
            self._missed[act.about.workflow_id] += act.kind is ActKind.NO_SHOW
            # A local one: what people do is no part of the product, so the server need not hear of it.
            await workflow.execute_local_activity(
                DO,
                act,
                start_to_close_timeout=timedelta(seconds=60),
                retry_policy=RetryPolicy(maximum_attempts=1),
            )

    async def _mail_before(self, pause: timedelta | None, seen: int) -> bool:
        try:
            await workflow.wait_condition(lambda: self._arrivals != seen, timeout=pause)
        except TimeoutError:
            return False
        return True

    @workflow.signal
    def mail_came(self, mail: Seen) -> None:
        """Somebody reads a mail."""
        plans = without_plans_for(self._plans, mail)
        about = mail.workflow_id
        self._plans = due_first(
            (*plans, *reactions(self._script, mail, workflow.now(), self._moved[about], self._missed[about]))
        )
        self._arrivals += 1
