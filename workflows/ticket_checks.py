"""What an act is refused for, before it enters the history: the rules of `domain.ticket`, and what a form left out."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.ticket import Act, why_not
    from workflows.sleeper import refused
    from workflows.ticket_messages import TicketAct
    from workflows.ticket_posting import TicketPosting

_WANT_TEXT = (Act.REPLY, Act.HEAR, Act.NOTE, Act.RESOLVE, Act.CLOSE)


class TicketChecks(TicketPosting):
    """The checks of all acts."""

    def _check(self, request: TicketAct) -> None:
        """Raises a refusal with the reason; a second delivery of the same thing is none."""
        if request.key and request.key in self._work.seen:
            return
        ticket = self._work.ticket
        reason = why_not(ticket, request.act, request.actor) or self._not_with(request)
        if reason is not None:
            raise refused(reason)
        if request.act in _WANT_TEXT and not request.text.strip() and not request.attachments:
            raise refused("text: write what is to be said")
        if request.act in (Act.SET_LEVEL, Act.TRIAGE):
            self._check_level(request)
        if request.act is Act.ASSIGN and request.owner is None:
            raise refused("staff_id: say who is to have it")
        if request.act is Act.ROUTE and (request.route is None or not request.route.to):
            raise refused("to: say where it goes")
        if request.act is Act.ACKNOWLEDGE and ticket.clock(request.clock) is None:
            raise refused(f"clock: this ticket has no clock {request.clock!r}")
        if request.act is Act.AGREE and not self._work.agreeing(request.email):
            asked = self._work.ticket.terms.asked_of or "whoever reported it"
            raise refused(f"email: only the agreement of {asked} closes it")

    def _check_level(self, request: TicketAct) -> None:
        levels = [level.key for level in self._work.ticket.terms.levels]
        if request.level not in levels:
            raise refused(f"level: expected one of {', '.join(levels)}")
