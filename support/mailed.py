"""A mail that becomes a report. The postman and whoever opens a letter at the desk both go through here."""

from datetime import datetime

from domain.contract import Person
from domain.intake import Door, Report, named_premises
from mail.support import SupportMail
from storage.queries.contract import ContactLine, contacts_of
from support.desk import Desk
from support.filing import stored_files
from support.registering import Extra, Registered, register


async def register_mail(desk: Desk, contract_id: str, mail: SupportMail, now: datetime, by: str = "") -> Registered:
    """Register what somebody wrote, once for each Message-ID. Raises UnknownContractError and NoSupportError.

    Of a contact of the contract the name, the telephone and the premises are known, where a mail does not say them.
    ``by``: of the staff, who made a ticket of it.
    """
    async with desk.sessions() as session:
        contact = _contact(await contacts_of(session, contract_id), mail.sender.email)
    files = stored_files(f"{contract_id} {mail.message_id}", mail.attachments)
    report = Report(
        door=Door.MAIL,
        reporter=Person(mail.sender.name or contact.name, mail.sender.email, contact.phone) if contact else mail.sender,
        description=mail.text or mail.subject,
        key=mail.message_id,
        subject=mail.subject,
        premises=_premises(contact, mail) if contact else "",
        attachments=tuple(file.name for file in files),
        by=by,
    )
    return await register(desk, contract_id, report, now, Extra(files, mail.left_out))


def _premises(contact: ContactLine, mail: SupportMail) -> str:
    """Those that the writer represents; of several the one that the mail names, empty where that is left open."""
    if len(contact.premises) == 1:
        return contact.premises[0]
    return named_premises(f"{mail.subject}\n{mail.text}", contact.premises)


def _contact(contacts: tuple[ContactLine, ...], address: str) -> ContactLine | None:
    return next((each for each in contacts if each.email.casefold() == address.casefold()), None)
