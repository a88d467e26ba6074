"""Who writes about a ticket: somebody of the customer's, a partner who was asked for help, or the staff.

A From address proves nothing. It decides only who is shown as the writer, and whether the customer sees the words.
"""

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from domain.ticket import Actor
from storage.queries.contract import contacts_of
from storage.staff import staff_of_address
from storage.ticket_mails import partners_of
from storage.tickets import StoredTicket
from workflows.ticket_messages import TicketOrder

_ORDER: TypeAdapter[TicketOrder] = TypeAdapter(TicketOrder)


async def known_writer(
    session: AsyncSession, ticket: StoredTicket, address: str, handed_over: bool = False
) -> Actor | None:
    """Whose part somebody has in the ticket: its reporter, a contact of the contract, a partner, the staff.

    None: a stranger. ``handed_over``: the mail answers one that asked a partner for help; who is both a partner and the
    customer's (their own service desk, ombori-24) writes as the partner there.
    """
    customers = await _customers(session, ticket)
    partners = {each.casefold() for each in await partners_of(session, ticket.contract_id, ticket.number)}
    written = address.casefold()
    if written in partners and (handed_over or written not in customers):
        return Actor.PARTNER
    if written in customers:
        return Actor.CUSTOMER
    return Actor.STAFF if await staff_of_address(session, address) else None


async def writer_of(session: AsyncSession, ticket: StoredTicket, address: str, handed_over: bool) -> Actor:
    """The same for a mail that stands in a thread of the ticket: a stranger was copied in by whoever stands in it."""
    known = await known_writer(session, ticket, address, handed_over)
    return known or (Actor.PARTNER if handed_over else Actor.CUSTOMER)


async def _customers(session: AsyncSession, ticket: StoredTicket) -> set[str]:
    order = _ORDER.validate_python(ticket.document)
    people = (order.decision.report.reporter, *order.parties.contacts, *order.parties.agree)
    contacts = await contacts_of(session, ticket.contract_id)
    addresses = [*(person.email for person in people), *(contact.email for contact in contacts)]
    return {address.casefold() for address in addresses if address}
