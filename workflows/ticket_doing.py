"""What people do to a ticket: each act changes it by the rules, tells facts, and writes to whom it concerns.

Called under the ticket's lock, after `_check` has said that the act is allowed.
"""

from collections.abc import Awaitable, Callable

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain import ticket_acts as rules
    from domain.happenings import Happening
    from domain.intake import Door
    from domain.ticket import Act, Actor, RouteKind, TicketState
    from workflows import ticket_mail as mail
    from workflows import ticket_staff_mail as staff_mail
    from workflows.ticket_checks import TicketChecks
    from workflows.ticket_facts import attachments, people
    from workflows.ticket_messages import ActDone, TicketAct


class TicketDoing(TicketChecks):
    """The acts of people, partners and machines."""

    async def _do(self, request: TicketAct) -> ActDone:
        if request.key and request.key in self._work.seen:
            return ActDone("It is known already.", self._work.ticket.state.value)
        said = await self._doing[request.act](request)
        if request.actor is Actor.PARTNER:
            self._recorder.say(staff_mail.heard(self._work, self._key("partner"), request))
        self._work.remember(request)
        await self._look_ahead()
        self._touch()
        self._describe()
        return ActDone(said, self._work.ticket.state.value)

    @property
    def _doing(self) -> dict[Act, Callable[[TicketAct], Awaitable[str]]]:
        return {
            Act.TRIAGE: self._triage,
            Act.ASSIGN: self._assign,
            Act.REPLY: self._reply,
            Act.HEAR: self._hear,
            Act.NOTE: self._take_note,
            Act.SET_LEVEL: self._set_level,
            Act.ROUTE: self._route,
            Act.TAKE_BACK: self._take_back,
            Act.PAUSE: self._pause,
            Act.RESUME: self._resume,
            Act.ACKNOWLEDGE: self._acknowledge,
            Act.RESOLVE: self._resolve,
            Act.ASK_AGREEMENT: self._ask_again,
            Act.AGREE: self._agree,
            Act.CLOSE: self._close,
            Act.WITHDRAW: self._withdraw,
            Act.REOPEN: self._reopen,
        }

    async def _triage(self, request: TicketAct) -> str:
        ticket, now = self._work.ticket, workflow.now()
        after = await self._worked_out(
            lambda lines: rules.triage(ticket, now, lines, request.level, request.impact, request.inside_boundary)
        )
        level = after.current_level
        self._step(
            after,
            Happening.TICKET_TRIAGED,
            level=level.key,
            level_name=level.name,
            impact=request.impact,
            inside_boundary=request.inside_boundary,
            by=request.by,
        )
        return f"Triaged as {level.name}."

    async def _set_level(self, request: TicketAct) -> str:
        ticket, now = self._work.ticket, workflow.now()
        after = await self._worked_out(lambda lines: rules.set_level(ticket, now, lines, request.level))
        level = after.current_level
        self._step(
            after,
            Happening.TICKET_LEVEL,
            level=level.key,
            level_name=level.name,
            before=ticket.level,
            reason=request.text,
            by=request.by,
        )
        self._post("ticket.level", request, level=level.key)
        return f"The level is {level.name} now."

    async def _assign(self, request: TicketAct) -> str:
        owner = request.owner
        assert owner is not None, "checked before"
        self._work.owner = owner
        self._step(
            rules.assign(self._work.ticket, owner.staff_id),
            Happening.TICKET_ASSIGNED,
            staff_id=owner.staff_id,
            name=owner.person.name,
            email=owner.person.email,
            by=request.by,
        )
        self._recorder.say(staff_mail.assigned(self._work, self._key("assigned"), request.by))
        return f"{owner.person.name} has it now."

    async def _reply(self, request: TicketAct) -> str:
        ticket, now = self._work.ticket, workflow.now()
        after = await self._worked_out(lambda lines: rules.reply(ticket, now, lines, request.actor))
        self._work.last_reply = request.text
        self._step(
            after,
            Happening.TICKET_REPLIED,
            text=request.text,
            by=request.by,
            side=request.actor.value,
            attachments=attachments(request.attachments),
        )
        first = ticket.answered_at is None
        self._recorder.say(mail.answer(self._work, self._key("reply"), request, first))
        self._post("ticket.updated", request)
        return "Answered; the customer is told." if first else "The customer is told."

    async def _hear(self, request: TicketAct) -> str:
        ticket, now = self._work.ticket, workflow.now()
        after = await self._worked_out(lambda lines: rules.hear(ticket, now, lines))
        self._step(
            after,
            Happening.TICKET_HEARD,
            text=request.text,
            by=request.by,
            email=request.email,
            message_id=request.message_id,
            attachments=attachments(request.attachments),
        )
        answers = ticket.first_asked is not None
        self._recorder.say(staff_mail.heard(self._work, self._key("heard"), request, answers=answers))
        self._post("ticket.heard", request)
        return "Thank you, it is written down."

    async def _take_note(self, request: TicketAct) -> str:
        self._note(
            Happening.TICKET_NOTED,
            (),
            text=request.text,
            by=request.by,
            side=request.actor.value,
            attachments=attachments(request.attachments),
        )
        if self._is_elsewhere(request.endpoint):
            number = self._work.order.number
            return f"Kept as a note: ticket {number} is not with {request.endpoint} any more. Whoever has it is told."
        return "Noted; the customer does not see it."

    async def _route(self, request: TicketAct) -> str:
        route, before = request.route, self._work.route
        assert route is not None, "checked before"
        if before is not None and before.endpoint != route.endpoint:
            self._post("ticket.taken-back", request)
        self._work.route = route
        if route.endpoint:
            self._work.had = tuple(dict.fromkeys((*self._work.had, route.endpoint)))
        self._step(
            rules.route(self._work.ticket, route.kind, route.to),
            Happening.TICKET_ROUTED,
            kind=route.kind.value,
            to=route.to,
            email=route.email,
            endpoint=route.endpoint,
            note=request.text,
            by=request.by,
        )
        if route.email:
            self._recorder.say(mail.routed(self._work, self._key("routed"), request))
        self._post("ticket.routed", request)
        own = " The clocks go on." if route.kind is not RouteKind.SPECIALIST else ""
        return f"It is with {route.to} now.{own}"

    async def _take_back(self, request: TicketAct) -> str:
        after = rules.take_back(self._work.ticket, request.actor)
        self._step(after, Happening.TICKET_TAKEN_BACK, by=request.by, note=request.text, side=request.actor.value)
        self._post("ticket.taken-back", request)
        self._work.route = None
        return "It is with our own people again."

    async def _pause(self, request: TicketAct) -> str:
        ticket, now = self._work.ticket, workflow.now()
        after = await self._worked_out(lambda lines: rules.pause(ticket, now, lines))
        self._step(after, Happening.TICKET_PAUSED, cause="customer", by=request.by, reason=request.text)
        return "The clocks wait for the customer."

    async def _resume(self, request: TicketAct) -> str:
        ticket, now = self._work.ticket, workflow.now()
        after = await self._worked_out(lambda lines: rules.resume(ticket, now, lines))
        self._step(after, Happening.TICKET_RESUMED, cause="customer", by=request.by, reason=request.text)
        return "The clocks go on."

    async def _acknowledge(self, request: TicketAct) -> str:
        clock = self._work.ticket.clock(request.clock)
        assert clock is not None, "checked before"
        after = rules.acknowledge(self._work.ticket, request.clock)
        self._step(
            after,
            Happening.TICKET_ACKNOWLEDGED,
            (clock.clause,),
            clock=request.clock,
            target=clock.governed_by,
            by=request.by,
        )
        return "Acknowledged: nobody else is told of this clock. Its target stands."

    async def _resolve(self, request: TicketAct) -> str:
        ticket, now = self._work.ticket, workflow.now()
        after = await self._worked_out(lambda lines: rules.resolve(ticket, now, lines, request.actor))
        self._work.solution, self._work.author = request.text, request.by
        self._step(
            after,
            Happening.TICKET_RESOLVED,
            text=request.text,
            by=request.by,
            side=request.actor.value,
            attachments=attachments(request.attachments),
        )
        self._end_outage(request.at)
        self._post("ticket.resolved", request)
        self._work.route = None
        if after.agreeable:
            self._ask_to_agree()
            return "Solved; the customer is asked to agree."
        if after.terms.closing_clause and self._work.order.decision.report.door is not Door.MONITORING:
            self._miss_who_agrees()
        return "Solved."

    async def _ask_again(self, request: TicketAct) -> str:
        self._ask_to_agree()
        return "The customer is asked once more."

    def _ask_to_agree(self) -> None:
        """Ask, and remind; it never closes by itself unless the plan sets a last day (essensys-13, A14)."""
        after = rules.ask_agreement(self._work.ticket, workflow.now())
        to = self._work.order.parties.agree
        clause = after.terms.closing_clause
        self._step(after, Happening.TICKET_ASKED, (clause,) if clause else (), times=after.asks, to=people(to))
        self._recorder.say(mail.agreement(self._work, self._key("agree"), to))

    async def _agree(self, request: TicketAct) -> str:
        ticket, now = self._work.ticket, workflow.now()
        after = await self._worked_out(lambda lines: rules.agree(ticket, now, lines))
        clause = ticket.terms.closing_clause
        self._step(
            after,
            Happening.TICKET_AGREED,
            (clause,) if clause else (),
            by=request.by,
            email=request.email,
            text=request.text,
        )
        self._say_closed(f"{request.by} agreed")
        return "Thank you. The ticket is closed."

    async def _close(self, request: TicketAct) -> str:
        ticket, now = self._work.ticket, workflow.now()
        after = await self._worked_out(lambda lines: rules.close(ticket, now, lines, request.actor))
        self._step(after, Happening.TICKET_CLOSED, by=request.by, reason=request.text)
        self._say_closed(request.text)
        return "The ticket is closed."

    async def _withdraw(self, request: TicketAct) -> str:
        ticket, now = self._work.ticket, workflow.now()
        after = await self._worked_out(lambda lines: rules.withdraw(ticket, now, lines))
        self._step(after, Happening.TICKET_WITHDRAWN, by=request.by, email=request.email, text=request.text)
        self._post("ticket.closed", request)
        self._work.route = None
        self._end_outage()
        self._recorder.say(staff_mail.heard(self._work, self._key("withdrawn"), request))
        self._say_closed(f"withdrawn by {request.by}")
        return "Withdrawn, and closed."

    async def _reopen(self, request: TicketAct) -> str:
        ticket, now = self._work.ticket, workflow.now()
        after = await self._worked_out(lambda lines: rules.reopen(ticket, now, lines, request.actor))
        self._step(
            after,
            Happening.TICKET_REOPENED,
            by=request.by,
            email=request.email,
            side=request.actor.value,
            text=request.text,
        )
        if self._work.order.outage and request.actor is Actor.SYSTEM:  # only monitoring knows that it is down again
            self._begin_outage(request.at or now)
        if request.actor is not Actor.STAFF:
            disagrees = request.actor is Actor.CUSTOMER and ticket.state is not TicketState.CLOSED
            told = staff_mail.heard(
                self._work, self._key("reopened"), request, disagrees=disagrees, reopens=not disagrees
            )
            self._recorder.say(told)
        if after.released:
            return "It is open again. The contract is over, so no clock runs."
        if after.paused:
            return "It is open again. The contract is suspended, so the clocks wait."
        return "It is open again; the clocks go on."

    def _say_closed(self, how: str) -> None:
        if self._work.ticket.state is TicketState.CLOSED:
            self._recorder.say(mail.closed(self._work, self._key("closed"), how))
