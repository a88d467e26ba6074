"""Tickets that are with somebody else's system: what happens to them is posted there by a signed webhook (ombori-24).

A system that is down holds up nothing: a post goes on in the background. What was not taken three days after it was
made is given up, and whoever has the ticket is told. News waits for the hand-over, since a system that does not know
the ticket can do nothing with it; beyond that posts may overtake each other, and ``sequence`` tells their order.
"""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, RetryState

with workflow.unsafe.imports_passed_through():
    from activities.calls import POST_WEBHOOK, PostCall, Posted
    from domain.happenings import Happening
    from domain.ticket import Act, Actor
    from workflows import ticket_staff_mail as staff_mail
    from workflows.asking import ask, is_stopped, until
    from workflows.ticket_base import TicketBase
    from workflows.ticket_messages import TicketAct, TicketOrder, Unposted

KEEP_POSTING = RetryPolicy(
    initial_interval=timedelta(seconds=5), backoff_coefficient=3, maximum_interval=timedelta(hours=6)
)
"""For a system of others: it comes back within hours, or somebody has to look. No last attempt."""

GIVE_UP_AFTER = timedelta(days=3)

_HAND_OVER = "ticket.routed"


class TicketPosting(TicketBase):
    """Posts of one ticket.

    ``_posting``: those that are on their way, ``_unposted`` those that were stopped before a continue-as-new.
    ``_hand_over``: the one by which the system that has the ticket learns of it. ``_in_trouble``: the last one failed.
    """

    def __init__(self, order: TicketOrder) -> None:
        super().__init__(order)
        self._posting: list[asyncio.Task[None]] = []
        self._unposted: list[Unposted] = []
        self._hand_over: asyncio.Task[None] | None = None
        self._in_trouble = False

    def _post(self, event: str, request: TicketAct, **more: object) -> None:
        """Tell the system that has the ticket; what came from there is not sent back to it."""
        work = self._work
        route = work.route
        if route is None or not route.endpoint or request.actor is Actor.PARTNER:
            return
        work.posts += 1
        data: dict[str, object] = {"ticket": work.ticket.id, "sequence": work.posts, "state": work.ticket.state.value}
        data |= {"by": request.by, "text": request.text}
        if event == _HAND_OVER:
            data |= self._whole()
        body = {"type": event, "timestamp": workflow.now().isoformat(), "data": {**data, **more}}
        call = PostCall(
            contract_id=work.order.contract_id,
            endpoint=route.endpoint,
            id=f"{workflow.info().workflow_id}/{work.posts}",
            event=event,
            body=json.dumps(body, ensure_ascii=False, sort_keys=True),
        )
        self._send_off(Unposted(call, workflow.now()))

    def _not_with(self, request: TicketAct) -> str | None:
        """Who acts through an endpoint acts on what is there; who had it once may still leave a note."""
        kept = request.act is Act.NOTE and request.endpoint in self._work.had
        if kept or not self._is_elsewhere(request.endpoint):
            return None
        return f"ticket {self._work.order.number} is not with {request.endpoint}"

    def _is_elsewhere(self, endpoint: str) -> bool:
        route = self._work.route
        return bool(endpoint) and (route is None or route.endpoint != endpoint)

    def _kept(self, request: TicketAct) -> TicketAct:
        """Words to the customer of a system that had the ticket and has it no more: nobody sends them on, and they are
        not lost, so they become a note.
        """
        too_late = request.act is Act.REPLY and self._is_elsewhere(request.endpoint)
        return replace(request, act=Act.NOTE) if too_late and request.endpoint in self._work.had else request

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

    def _send_off(self, news: Unposted) -> None:
        hands_over = news.call.event == _HAND_OVER
        task = asyncio.create_task(self._send(news, None if hands_over else self._hand_over))
        if hands_over:
            self._hand_over = task
        self._posting.append(task)
        task.add_done_callback(self._posting.remove)

    async def _send(self, news: Unposted, behind: asyncio.Task[None] | None) -> None:
        call = news.call
        told = {"endpoint": call.endpoint, "event": call.event, "id": call.id}
        try:
            if behind is not None:
                await workflow.wait_condition(behind.done)
            await self._recorder.flush()  # nothing is posted that is not recorded
            posted = await self._ask_to_post(news)
        except BaseException as error:
            if is_stopped(error):
                self._unposted.append(news)
                return
            if not isinstance(error, FailureError):
                raise
            reason = _why(error)
            self._note(Happening.WEBHOOK_FAILED, (), **told, reason=reason)
            self._open_task(call, reason)
        else:
            self._in_trouble = False
            self._note(Happening.WEBHOOK_POSTED, (), **told, status=posted.status)
        await self._recorder.flush()

    async def _ask_to_post(self, news: Unposted) -> Posted:
        """Raises ActivityError where it was not taken in time, or never will be."""
        rest = GIVE_UP_AFTER - (workflow.now() - news.since)
        # What waited for the hand-over until its own time was up is still tried, once.
        once = RetryPolicy(maximum_attempts=1) if rest <= timedelta(0) else None
        limit = None if once else rest
        return await ask(POST_WEBHOOK, news.call, Posted, f"post {news.call.event}", once or KEEP_POSTING, limit)

    def _open_task(self, call: PostCall, reason: str) -> None:
        """It needs a person: a task on the screens, and one mail to whoever has the ticket until one gets through."""
        number = self._work.order.number
        title, detail = f"{call.endpoint} did not take the news of ticket {number}", f"{call.event}: {reason}"
        self._note_task(f"webhook/{number}", title, detail)
        if not self._in_trouble:
            self._recorder.say(staff_mail.task(self._work, f"task-{self._recorder.chain.seq}", title, detail))
        self._in_trouble = True

    def _resume_posting(self, unposted: tuple[Unposted, ...]) -> None:
        """Go on with what an earlier run left."""
        for news in unposted:
            self._send_off(news)

    async def _stop_posting(self) -> tuple[Unposted, ...]:
        """Before a continue-as-new: stop, and return what the next run is to resume, in the order of its making.

        Only what was really stopped: a post that ends in its own way meanwhile has told what became of it.
        """
        for task in list(self._posting):
            task.cancel()
        await until(lambda: not self._posting)
        stopped, self._unposted = self._unposted, []
        return tuple(sorted(stopped, key=lambda news: int(news.call.id.rpartition("/")[2])))


def _why(error: FailureError) -> str:
    """What the last attempt met; where there is no time for another one, that too."""
    reason = error
    while not isinstance(reason, ApplicationError) and isinstance(reason.__cause__, FailureError):
        reason = reason.__cause__
    for_good = isinstance(error, ActivityError) and error.retry_state is RetryState.NON_RETRYABLE_FAILURE
    return reason.message if for_good else f"not taken in three days: {reason.message}"
