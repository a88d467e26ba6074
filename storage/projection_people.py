"""What facts change about people: roles, contacts, and the tasks that need somebody."""

from sqlalchemy import case, delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.plan import Role
from storage.models import AssignmentRow
from storage.telling import Told, change, put
from storage.ticket_views import DesignatedView
from storage.views import ContactView, ContractView, RoleView, TaskView

MAIN_FIRST = (
    Role.CSM,
    Role.ACCOUNT_MANAGER,
    Role.TAM,
    Role.SUPPORT_LEAD,
    Role.CSE,
    Role.TDS,
    Role.SUPPORT_ENGINEER,
)
"""Whom a contract is shown under where no role says that it is the main contact (oura-16)."""


async def role_assigned(session: AsyncSession, fact: Told) -> None:
    """The assignment table follows, since a role can also be changed by hand."""
    role, staff_id = fact.text("role"), fact.text("staff_id")
    await _put_role(
        session,
        fact,
        "active",
        main=fact.flag("main", False),
        staff_id=staff_id,
        name=fact.text("name"),
        email=fact.text("email"),
        reason="",
    )
    await put(session, AssignmentRow, {"contract_id": fact.contract_id, "role": role}, staff_id=staff_id, active=True)
    await _show_csm(session, fact)


async def role_unfilled(session: AsyncSession, fact: Told) -> None:
    await _put_role(session, fact, "unfilled", staff_id=None, name="", email="", reason=fact.text("reason", ""))
    await _show_csm(session, fact)


async def role_ended(session: AsyncSession, fact: Told) -> None:
    role = fact.text("role")
    await change(
        session,
        RoleView,
        {"contract_id": fact.contract_id, "role": role},
        status="ended",
        until=fact.at,
        reason=fact.text("reason", ""),
    )
    await change(
        session,
        AssignmentRow,
        {"contract_id": fact.contract_id, "role": role},
        active=False,
    )
    await _show_csm(session, fact)


async def contact_asked(session: AsyncSession, fact: Told) -> None:
    email = fact.text("email")
    key = {"contract_id": fact.contract_id, "address": email.casefold()}
    row = insert(ContactView).values(**key, email=email, name=email, asked_at=fact.at)
    await session.execute(row.on_conflict_do_update(index_elements=list(key), set_={"asked_at": fact.at}))


async def contact_set(session: AsyncSession, fact: Told) -> None:
    """One contact is primary: a new one takes that over. ``replaces`` leaves."""
    email, primary = fact.text("email"), fact.flag("primary", False)
    address, replaced = email.casefold(), fact.text("replaces", "").casefold()
    if replaced and replaced != address:
        await session.execute(
            delete(ContactView).where(ContactView.contract_id == fact.contract_id, ContactView.address == replaced)
        )
    if primary:
        await change(session, ContactView, {"contract_id": fact.contract_id}, primary=False)
    await put(
        session,
        ContactView,
        {"contract_id": fact.contract_id, "address": address},
        email=email,
        name=fact.text("name"),
        phone=fact.text("phone", ""),
        primary=primary,
        set_at=fact.at,
        set_by=fact.text("by", ""),
        premises=fact.texts("premises"),
    )


async def contact_removed(session: AsyncSession, fact: Told) -> None:
    await session.execute(
        delete(ContactView).where(
            ContactView.contract_id == fact.contract_id, ContactView.address == fact.subject.casefold()
        )
    )


async def designated(session: AsyncSession, fact: Told) -> None:
    """The whole list, as it is from now on (caret-2)."""
    await session.execute(delete(DesignatedView).where(DesignatedView.contract_id == fact.contract_id))
    rows = [
        {
            "contract_id": fact.contract_id,
            "address": user.text("email").casefold(),
            "email": user.text("email"),
            "name": user.text("name", ""),
            "place": place,
        }
        for place, user in enumerate(fact.each("users"), 1)
    ]
    if rows:
        await session.execute(insert(DesignatedView).on_conflict_do_nothing(), rows)


async def task_opened(session: AsyncSession, fact: Told) -> None:
    """A meeting and its contract may both speak of a task, so the later opening counts, in whatever order they come."""
    row = insert(TaskView).values(
        contract_id=fact.contract_id,
        task=fact.text("task"),
        subject=fact.subject,
        title=fact.text("title"),
        detail=fact.text("detail", ""),
        staff_id=fact.text("staff_id", "") or None,
        due=fact.maybe_instant("due"),
        opened_at=fact.at,
    )
    shown = ("subject", "title", "detail", "staff_id", "due", "opened_at")
    await session.execute(
        row.on_conflict_do_update(
            index_elements=["contract_id", "task"],
            set_={name: row.excluded[name] for name in shown},
            where=or_(TaskView.opened_at.is_(None), TaskView.opened_at <= row.excluded.opened_at),
        )
    )


async def task_done(session: AsyncSession, fact: Told) -> None:
    row = insert(TaskView).values(
        contract_id=fact.contract_id, task=fact.text("task"), done_at=fact.at, done_by=fact.text("by", "")
    )
    await session.execute(
        row.on_conflict_do_update(
            index_elements=["contract_id", "task"],
            set_={name: row.excluded[name] for name in ("done_at", "done_by")},
            where=or_(TaskView.done_at.is_(None), TaskView.done_at <= row.excluded.done_at),
        )
    )


async def _put_role(session: AsyncSession, fact: Told, status: str, **values: object) -> None:
    await put(
        session,
        RoleView,
        {"contract_id": fact.contract_id, "role": fact.text("role")},
        role_title=fact.text("role_title"),
        status=status,
        since=fact.at,
        until=None,
        **values,
    )


async def _show_csm(session: AsyncSession, fact: Told) -> None:
    """The contract is listed under its main contact: the role marked so, else the first of `MAIN_FIRST`."""
    rank = case({role.value: place for place, role in enumerate(MAIN_FIRST)}, value=RoleView.role, else_=99)
    found = await session.execute(
        select(RoleView.staff_id, RoleView.name)
        .where(RoleView.contract_id == fact.contract_id, RoleView.status == "active")
        .order_by(RoleView.main.desc(), rank, RoleView.role)
        .limit(1)
    )
    main = found.one_or_none()
    await change(
        session,
        ContractView,
        {"contract_id": fact.contract_id},
        csm_id=main.staff_id if main else None,
        csm_name=main.name if main else None,
    )
