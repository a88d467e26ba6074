"""Tickets that are with somebody else's system: what happens to them is posted there by a signed webhook (ombori-24).

A system that is down holds up nothing: a post goes on in the background, and is given up after three days, which is
told to whoever has the ticket.
"""

import asyncio
import json
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.calls import POST_WEBHOOK, PostCall, Posted
    from domain.happenings import Happening
    from domain.ticket import Actor
    from workflows import ticket_mail as mail
    from workflows.asking import ask
    from workflows.ticket_base import TicketBase
    from workflows.ticket_messages import TicketAct, TicketOrder

KEEP_POSTING = RetryPolicy(
    initial_interval=timedelta(seconds=5), backoff_coefficient=3, maximum_interval=timedelta(hours=6)
)
GIVE_UP_AFTER = timedelta(days=3)


class TicketPosting(TicketBase):
    """Posts of one ticket. ``_posting``: those that are on their way."""

    def __init__(self, order: TicketOrder) -> None:
        super().__init__(order)
        self._posting: list[asyncio.Task[None]] = []

    def _post(self, event: str, request: TicketAct, **more: object) -> None:
        """Tell the system that has the ticket; what came from there is not sent back to it."""
        work = self._work
        route = work.route
        if route is None or not route.endpoint or request.actor is Actor.PARTNER:
            return
        work.posts += 1
        data: dict[str, object] = {"ticket": work.ticket.id, "state": work.ticket.state.value}
        data |= {"by": request.by, "text": request.text}
        if event == "ticket.routed":
            data |= self._whole()
        body = {"type": event, "timestamp": workflow.now().isoformat(), "data": {**data, **more}}
        call = PostCall(
            contract_id=work.order.contract_id,
            endpoint=route.endpoint,
            id=f"{workflow.info().workflow_id}/{work.posts}",
            event=event,
            body=json.dumps(body, ensure_ascii=False, sort_keys=True),
        )
        task = asyncio.create_task(self._send(call))
        self._posting.append(task)
        task.add_done_callback(self._posting.remove)

    def _whole(self) -> dict[str, object]:
        """The ticket as a system that sees it for the first time needs it."""
        order, report = self._work.order, self._work.order.decision.report
        return {
            "number": order.number,
            "subject": self._work.title,
            "description": report.description,
            "level": self._work.ticket.level,
            "level_name": self._work.ticket.current_level.name,
            "registered_at": order.registered_at.isoformat(),
            "customer": order.parties.customer_name,
            "premises": report.premises,
            "device": report.device,
            "reporter": {
                "name": report.reporter.name,
                "email": report.reporter.email,
                "phone": report.reporter.phone,
            },
        }

    async def _send(self, call: PostCall) -> None:
        told = {"endpoint": call.endpoint, "event": call.event, "id": call.id}
        try:
            posted = await ask(POST_WEBHOOK, call, Posted, f"post {call.event}", KEEP_POSTING, GIVE_UP_AFTER)
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            reason = str(error.cause or error)
            self._note(Happening.WEBHOOK_FAILED, (), **told, reason=reason)
            title = f"{call.endpoint} did not take the news of ticket {self._work.order.number}"
            self._open_task(f"webhook/{self._work.order.number}", title, reason)
        else:
            self._note(Happening.WEBHOOK_POSTED, (), **told, status=posted.status)
        await self._recorder.flush()

    def _open_task(self, key: str, title: str, detail: str) -> None:
        """Something needs a person: a task on the screens, and a mail to whoever has the ticket."""
        who = self._work.owner or self._work.order.parties.main
        self._note(
            Happening.TASK_OPENED,
            task=key,
            title=title,
            detail=detail,
            staff_id=who.staff_id if who else "",
            due=workflow.now().isoformat(),
        )
        self._recorder.say(mail.task(self._work, f"task-{self._recorder.chain.seq}", title, detail))
