"""What the clock brings to a contract: each agenda item's act. Called under the contract's lock."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.agenda import AgendaItem, ItemKind
    from domain.charges import monthly_lines
    from domain.happenings import Happening
    from workflows import contract_mail as mail
    from workflows.contract_meetings import meeting_asked_before, meeting_of_item
    from workflows.contract_sittings import ContractSittings
    from workflows.contract_state import Moment


class ContractActs(ContractSittings):
    """Reports, windows, notices, money."""

    async def _act(self, moment: Moment) -> None:
        """Do what an instant asks for, and write it down."""
        item = moment.item
        if moment.late:
            self._state.late = (*self._state.late, item.key)
            self._note(Happening.ITEM_LATE, item, due=item.due.isoformat())
        else:
            self._state.take(item)
            await self._act_on(item)
        await self._recorder.flush()

    async def _act_on(self, item: AgendaItem) -> None:
        if item.kind in (ItemKind.ONBOARDING, ItemKind.TOUCHPOINT):
            await self._open_meeting(meeting_of_item(self._state, item, workflow.now()))
        elif item.kind is ItemKind.REPORT:
            self._open_report(item)
        elif item.kind is ItemKind.WINDOW_WARNING:
            self._warn_of_window(item)
        elif item.kind is ItemKind.WINDOW_END:
            self._close_window(item)
        elif item.kind is ItemKind.RENEWAL_NOTICE:
            self._give_renewal_notice(item)
        elif item.kind is ItemKind.CHARGES:
            self._charge(item)
        elif item.kind is ItemKind.REQUESTED:
            await self._open_meeting(meeting_asked_before(self._state, item, workflow.now()))
        elif item.kind is not ItemKind.END:  # the workflow's own business: it ends or renews the term
            raise RuntimeError(f"{item.key}: nobody knows what to do for {item.kind}")

    def _open_report(self, item: AgendaItem) -> None:
        self._note(Happening.REPORT_OPENED, item, period=item.period, due=item.due.isoformat())
        self._recorder.say(mail.report_due(self._state, item))

    def _warn_of_window(self, item: AgendaItem) -> None:
        """Only where hours are unused: a warning without a reason teaches people to ignore warnings."""
        state = self._state
        window = state.window_of_hours()
        unused = state.ledger.left if state.ledger else 0
        if window is None or window.key != item.plan_key or unused == 0 or state.ledger is None:
            return self._note(Happening.ITEM_DONE, item, by="pledge", note="no unused hours")
        self._note(
            Happening.WINDOW_WARNED,
            item,
            window=window.key,
            day=item.number,
            unused_minutes=unused,
            closes=window.closes.isoformat(),
        )
        self._recorder.say(mail.window_warning(state, item, window.last_day, unused, state.ledger.granted))
        return None

    def _close_window(self, item: AgendaItem) -> None:
        """Hours lapse, roles of the window end, and the main contact goes on (A1, oura-16)."""
        state = self._state
        lapsed = 0
        if state.ledger is not None and state.ledger.window_key == item.plan_key:
            lapsed = self._lapse_hours()
            for pending in state.overages:
                self._drop(pending.plan.key, "the window closed before the overage was approved")
            state.overages = ()
        contact, ended = state.owner_person, [g for g in state.contract.plan.roles if g.window == item.plan_key]
        for grant in ended:
            self._end_role(grant.role, item.title, (grant.clause,))
        self._note(Happening.WINDOW_CLOSED, item, window=item.plan_key, lapsed_minutes=lapsed)
        used = state.ledger.used if state.ledger else 0
        if any(window.key == item.plan_key and window.last_day is not None for window in state.contract.plan.windows):
            self._recorder.say(mail.window_closed(state, item, lapsed, used, tuple(g.role for g in ended), contact))

    def _lapse_hours(self) -> int:
        """Close the hours' window: how many minutes were left in it."""
        state = self._state
        if state.ledger is None or not state.contract.plan.readings.unused_hours_lapse:
            return 0
        state.ledger, lapsed = state.ledger.lapse(workflow.now())
        self._note_lapse(lapsed)
        return lapsed

    def _give_renewal_notice(self, item: AgendaItem) -> None:
        if self._state.renewed_months is not None:
            return self._note(Happening.ITEM_DONE, item, by="pledge", note="renewed already")
        ends_on = self._state.calendar.last_day.isoformat()
        self._note(Happening.RENEWAL_NOTICED, item, days=item.number, ends_on=ends_on)
        self._recorder.say(mail.renewal_notice(self._state, item))
        return None

    def _charge(self, item: AgendaItem) -> None:
        for line in monthly_lines(self._state.contract, self._state.counts, item.key, item.day):
            self._note_charge(item.key, line)
        self._note(Happening.ITEM_DONE, item, by="pledge", note="")
