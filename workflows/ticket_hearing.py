"""What a ticket hears of its contract and of its opening hours: called under the ticket's lock; hearing it again does
nothing.
"""

from dataclasses import replace

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain import ticket_acts as rules
    from domain.clocks import PauseCause
    from domain.contract import Person
    from domain.contract_news import ContractChanged, ContractNews, People
    from domain.happenings import Happening
    from domain.intake import Door
    from domain.ticket import TicketState
    from domain.ticket_clocks import expired
    from workflows.ticket_doing import TicketDoing
    from workflows.ticket_facts import people as told
    from workflows.ticket_messages import CoverageChanged, Handler, TicketOrder


class TicketHearing(TicketDoing):
    """Suspension, resumption, amendment, the end; opening hours that changed."""

    async def _catch_up(self, order: TicketOrder) -> None:
        """What it missed while it was on the shelf, before anybody acts on it."""
        async with self._acting:
            for each in order.news:
                await self._change_contract(each)
            if order.closed_days is not None:
                await self._change_coverage(order.closed_days)
            await self._look_ahead()
            self._registered = True
            await self._recorder.flush()

    async def _change_contract(self, change: ContractChanged) -> None:
        ticket, now = self._work.ticket, workflow.now()
        suspended = PauseCause.SUSPENDED in ticket.paused
        if change.news is ContractNews.SUSPENDED and not suspended:
            after = await self._worked_out(lambda lines: rules.suspend(ticket, now, lines))
            self._step(after, Happening.TICKET_PAUSED, cause="suspended", by=change.by, reason=change.reason)
        elif change.news is ContractNews.RESUMED and suspended:
            after = await self._worked_out(lambda lines: rules.go_on(ticket, now, lines))
            self._step(after, Happening.TICKET_RESUMED, cause="suspended", by=change.by, reason=change.reason)
        elif change.news is ContractNews.AMENDED and change.terms is not None:
            await self._amend(change)
        elif change.news is ContractNews.OVER and not ticket.released:
            after = await self._worked_out(lambda lines: rules.release(ticket, now, lines))
            self._step(after, Happening.TICKET_RELEASED, reason=change.reason)
        if change.people is not None:
            self._meet(change.people)

    def _meet(self, people: People) -> None:
        """Who is written to, and who may agree, from now on; somebody new is asked at once if the others are waited
        for, and where nobody is left to agree a person has to see to it.
        """
        work, report = self._work, self._work.order.decision.report
        before, contacts = work.order.parties, tuple(each.person for each in people.contacts)
        was_contact = before.reporter_left or _knows(before.contacts, report.reporter)
        left = was_contact and not _knows(contacts, report.reporter)
        reporter = Person("", "") if left else report.reporter
        agree = () if report.door is Door.MONITORING else people.agreeing(reporter, report.premises)
        work.order = replace(
            work.order,
            parties=replace(
                before,
                contacts=contacts,
                agree=agree,
                main=Handler(people.main.staff_id, people.main.person) if people.main else before.main,
                reporter_left=left,
            ),
        )
        if agree != before.agree:
            self._step(rules.meet(work.ticket, bool(agree)), Happening.TICKET_AGREEING, agree=told(agree))
        asked = work.ticket.state is TicketState.AGREEMENT_ASKED and not work.ticket.released
        if asked and not agree and before.agree:
            self._miss_who_agrees()
        elif asked and work.ticket.first_asked and any(not _knows(before.agree, each) for each in agree):
            self._ask_to_agree()

    async def _amend(self, change: ContractChanged) -> None:
        work, terms, now = self._work, change.terms, workflow.now()
        assert terms is not None, "an amendment brings its terms"
        if (terms.plan_id, terms.plan_version) == (work.ticket.terms.plan_id, work.ticket.terms.plan_version):
            return
        if all(level.key != work.ticket.level for level in terms.levels):
            return  # it stays under the plan that has its level
        keys = tuple(each.key for each in change.hours)
        work.hours = (*(each for each in work.hours if each.key not in keys), *change.hours)
        self._adopt(change.coverages, by=change.by, reason="the plan was amended")
        after = await self._worked_out(lambda lines: rules.amend(work.ticket, terms, now, lines))
        self._step(after, Happening.TICKET_AMENDED, plan=terms.plan_id, plan_version=terms.plan_version, by=change.by)

    async def _change_coverage(self, change: CoverageChanged) -> None:
        now, lines = workflow.now(), self._work.by_key
        newer = tuple(  # signals may overtake each other; one that comes late must not bring the older hours back
            each for each in change.coverages if each.key in lines and each.coverage.version >= lines[each.key].version
        )
        self._step(expired(self._work.ticket, now), None)
        if any(each.coverage != lines[each.key] for each in newer):
            self._adopt(newer, change.by, change.reason)
        after = await self._worked_out(lambda lines: rules.move(self._work.ticket, now, lines))
        self._step(after, None)


def _knows(persons: tuple[Person, ...], person: Person) -> bool:
    return any(each.email.casefold() == person.email.casefold() for each in persons)
