"""What the clock brings to a contract: each agenda item's act. Called under the contract's lock."""

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.calls import HOURLY_RATE, Delivery, Rate, RateCall
    from domain.agenda import AgendaItem, ItemKind
    from domain.charges import ChargeLine, charge_of, monthly_lines, overage_amount
    from domain.contract import ContractStage
    from domain.happenings import Happening
    from domain.hours import Shortfall
    from domain.meeting import MeetingPlan
    from domain.plan import ChargeKind
    from workflows import contract_mail as mail
    from workflows.asking import ask
    from workflows.contract_meetings import meeting_of_item
    from workflows.contract_state import ContractState, Moment, PendingOverage
    from workflows.messages import (
        CONTRACT,
        CSM,
        CUSTOMER,
        MEETING_WORKFLOW,
        NEXT_DUE,
        PLAN,
        REFUSED,
        STAGE,
        VENDOR,
        Withdraw,
        meeting_workflow_id,
    )
    from workflows.recorder import Recorder


class ContractActs:
    """State and acts of one contract. ``_changes`` rises with whatever must wake the loop."""

    def __init__(self, state: ContractState) -> None:
        self._state = state
        self._recorder = Recorder(state.contract.id, "", state.chain, self._on_refused)
        self._recorder.resume(state.waiting)
        self._acting = asyncio.Lock()
        self._changes = 0

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
        # ItemKind.END is the workflow's own business: it ends or renews the term.

    # Meetings and the hours that they draw on.

    async def _open_meeting(self, plan: MeetingPlan) -> None:
        """Reserve the hours and start the meeting, or ask the customer for what goes beyond the package (A2)."""
        state = self._state
        if plan.debits_hours and state.ledger is not None:
            reserved = state.ledger.reserve(plan.key, plan.minutes, workflow.now())
            if isinstance(reserved, Shortfall):
                if state.contract.plan.readings.overage_needs_approval:
                    return await self._ask_overage(plan, reserved)
                state.ledger = state.ledger.approve_overage(plan.key, reserved.minutes_over, workflow.now())
                reserved = state.ledger.reserve(plan.key, plan.minutes, workflow.now())
            if isinstance(reserved, Shortfall):
                raise RuntimeError(f"{plan.key}: approved overage is still short")
            state.ledger = reserved
            held = reserved.reservation(plan.key)
            self._recorder.note(
                Happening.HOURS_RESERVED,
                plan.key,
                (plan.clause,),
                minutes=held.minutes if held else 0,
                overage_minutes=held.overage_minutes if held else 0,
                left=reserved.left,
            )
        state.meetings = (*state.meetings, plan.key)
        await workflow.start_child_workflow(
            MEETING_WORKFLOW,
            plan,
            id=plan.workflow_id,
            parent_close_policy=workflow.ParentClosePolicy.ABANDON,
            search_attributes=self._meeting_attributes(),
            static_summary=f"{plan.title} for {plan.customer_name}",
            static_details=f"{plan.minutes} min, clause {plan.clause}. {plan.purpose}",
        )
        return None

    async def _ask_overage(self, plan: MeetingPlan, shortfall: Shortfall) -> None:
        state = self._state
        pending = PendingOverage(plan, shortfall.minutes_over)
        state.overages = (*state.overages, pending)
        rate = await self._rate_on(workflow.now())
        minutes = shortfall.minutes_over
        charge = charge_of(state.contract.plan, ChargeKind.OVERAGE_HOURS)
        amount = overage_amount(minutes, rate.amount, charge.rounding_minutes) if charge else None
        self._recorder.note(
            Happening.OVERAGE_ASKED,
            plan.key,
            (plan.clause,),
            minutes=minutes,
            left=shortfall.left,
            rate=rate.amount,
            amount=amount,
            currency=rate.currency or state.contract.prices.currency,
        )
        self._recorder.say(mail.overage_request(state, pending, shortfall.left, rate.amount, amount, rate.currency))

    async def _rate_on(self, instant: datetime) -> Rate:
        """The vendor's hourly rate on that local day: looked up outside, since it can change under a contract (A5)."""
        contract = self._state.contract
        return await ask(
            HOURLY_RATE, RateCall(contract.plan.vendor.id, instant, contract.zone), Rate, "hourly rate of the day"
        )

    async def _withdraw_meetings(self, reason: str, by: str, final: bool = False) -> None:
        for key in self._state.meetings:
            handle = workflow.get_external_workflow_handle(meeting_workflow_id(self._state.contract.id, key))
            await handle.signal("withdraw", Withdraw(reason, by, final))

    # Reports, windows, notices, money.

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
            lapsed = self._lapse_hours(item.plan_key)
            for pending in state.overages:
                self._drop(pending.plan.key, "the window closed before the overage was approved")
            state.overages = ()
        for grant in state.contract.plan.roles:
            if grant.window == item.plan_key:
                self._recorder.note(
                    Happening.ROLE_ENDED, grant.role.value, (grant.clause,), role=grant.role.value, reason=item.title
                )
        self._note(Happening.WINDOW_CLOSED, item, window=item.plan_key, lapsed_minutes=lapsed)
        used = state.ledger.used if state.ledger else 0
        if any(window.key == item.plan_key and window.last_day is not None for window in state.contract.plan.windows):
            self._recorder.say(mail.window_closed(state, item, lapsed, used))

    def _lapse_hours(self, window: str) -> int:
        state = self._state
        plan = state.contract.plan
        if state.ledger is None or plan.hours is None or not plan.readings.unused_hours_lapse:
            return 0
        state.ledger, lapsed = state.ledger.lapse(workflow.now())
        if lapsed:
            self._recorder.note(
                Happening.HOURS_LAPSED,
                window,
                (plan.hours.clause,),
                minutes=lapsed,
                window=window,
                left=state.ledger.left,
            )
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

    # Small helpers.

    def _note(self, kind: Happening, item: AgendaItem, **data: object) -> None:
        self._recorder.note(kind, item.key, (item.clause,) if item.clause else (), **data)

    def _note_charge(self, subject: str, line: ChargeLine) -> None:
        self._recorder.note(
            Happening.CHARGED,
            subject,
            (line.clause,),
            key=line.key,
            day=line.day.isoformat(),
            amount=line.amount,
            currency=line.currency,
            text=line.text,
            quantity=line.quantity,
            unit_amount=line.unit_amount,
        )

    def _drop(self, key: str, reason: str) -> None:
        """An agenda item that will not happen any more."""
        item = self._state.close(key)
        if item is not None:
            self._note(Happening.ITEM_DROPPED, item, reason=reason)

    def _open_task(self, key: str, title: str, detail: str, clauses: tuple[str, ...] = ()) -> None:
        """Something needs a person: a task on the screen and a mail to the main contact."""
        self._note_task(key, title, detail, clauses)
        self._recorder.say(mail.task(self._state, f"{key}-{self._recorder.chain.seq}", title, detail))

    def _note_task(self, key: str, title: str, detail: str, clauses: tuple[str, ...] = ()) -> None:
        self._recorder.note(
            Happening.TASK_OPENED,
            "",
            clauses,
            task=key,
            title=title,
            detail=detail,
            staff_id=self._state.owner.staff_id if self._state.owner else "",
            due=workflow.now().isoformat(),
        )

    def _on_refused(self, delivery: Delivery) -> None:
        """An address that a server refused is a task for the main contact; the contract goes on."""
        key, title = f"address/{delivery.email}", f"Mail to {delivery.email} is refused"
        owner = self._state.owner
        if owner is not None and owner.person.email.casefold() != delivery.email.casefold():
            self._open_task(key, title, f"{delivery.code} {delivery.reason}".strip())
        else:
            self._note_task(key, title, f"{delivery.code} {delivery.reason}".strip())

    async def _sleep_until(self, instant: datetime | None, why: str) -> bool:
        """True where a change woke it before the instant (None: only a change can)."""
        seen = self._changes
        pause = None if instant is None else instant - workflow.now()
        if pause is not None and pause <= timedelta(0):
            return False
        try:
            await workflow.wait_condition(lambda: self._changes != seen, timeout=pause, timeout_summary=why)
        except TimeoutError:
            return False
        return True

    def _touch(self) -> None:
        self._changes += 1

    def _describe(self) -> None:
        """What Temporal's own UI shows: the stage, the next thing, who is at work on it."""
        state = self._state
        moment, due = state.next_moment(), state.next_due
        lines = [f"**{state.contract.customer_name}**, {state.contract.plan.name}: {state.stage.value}"]
        if moment is not None:
            lines.append(f"next: {moment.item.title} at {moment.at:%Y-%m-%d %H:%M} UTC")
        if state.open:
            lines.append("open: " + ", ".join(item.title for item in state.open))
        workflow.set_current_details("  \n".join(lines))
        wanted = {STAGE: state.stage.value, CSM: state.owner.staff_id if state.owner else "unassigned"}
        have = workflow.info().typed_search_attributes
        changes = [key.value_set(value) for key, value in wanted.items() if have.get(key) != value]
        if due is not None and have.get(NEXT_DUE) != due:
            workflow.upsert_search_attributes([*changes, NEXT_DUE.value_set(due)])
        elif changes:
            workflow.upsert_search_attributes(changes)

    def _meeting_attributes(self) -> TypedSearchAttributes:
        contract = self._state.contract
        return TypedSearchAttributes(
            [
                SearchAttributePair(CONTRACT, contract.id),
                SearchAttributePair(CUSTOMER, contract.customer_name),
                SearchAttributePair(VENDOR, contract.plan.vendor.id),
                SearchAttributePair(PLAN, contract.plan.id),
            ]
        )

    # Refusals.

    def _refuse_if_over(self) -> None:
        if self._state.stage.over:
            raise refused(f"the contract is {self._state.stage.value}")

    def _refuse_unless_running(self) -> None:
        self._refuse_if_over()
        if self._state.stage is ContractStage.SIGNED:
            raise refused(f"the contract starts on {self._state.contract.starts_on}")
        if self._state.stage is ContractStage.SUSPENDED:
            raise refused("the contract is suspended; resume it first")


def refused(reason: str) -> ApplicationError:
    """A refusal: the state forbids it, and nothing was done."""
    return ApplicationError(reason, type=REFUSED, non_retryable=True)
