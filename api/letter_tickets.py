"""A letter that a person makes a ticket of, where no rule could. REST and pages both go through here."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from temporalio.service import RPCError

from api import problems
from api.house import House, now
from api.letters import letter_or_404, raw_letter
from api.orders import reaching
from api.problems import FieldError
from mail.support import message_id_of, read_letter
from storage.inbox import StrayLetter, is_about, mark_handled
from storage.ticket_mails import known_mails
from support.known import NoSupportError, UnknownContractError, contract_now
from support.mailed import register_mail
from support.registering import Registered


@dataclass(frozen=True, slots=True)
class Prospect:
    """``offered``: a ticket can be made of the letter. ``number``: of the ticket that it belongs to already."""

    offered: bool
    number: int | None = None


async def prospect(house: House, letter: StrayLetter) -> Prospect:
    """Whether a letter can become a ticket. One of no contract can, as soon as somebody says whose it is."""
    if letter.contract_id is None:
        return Prospect(offered=True)
    message_id = await asyncio.to_thread(message_id_of, await raw_letter(house, letter.id))
    async with house.sessions() as session:
        known = await known_mails(session, letter.contract_id, (message_id,))
        if known:
            return Prospect(offered=False, number=known[0].number)
        try:
            contract, _ = await contract_now(house.desk, session, letter.contract_id)
        except UnknownContractError:
            return Prospect(offered=False)
        except (RPCError, RuntimeError):  # nobody can say now; who presses the button is told
            return Prospect(offered=True)
    return Prospect(offered=bool(contract.plan.levels))


async def make_ticket(house: House, letter_id: str, contract_id: str, by: str) -> Registered:
    """Register what the letter says, as if its sender had written to the support address; then it is handled.

    ``contract_id`` counts only where the letter is about no contract yet. The same letter twice is one ticket. Raises
    Problem: 404, 409 where the plan has no support, 422 with the field ``contract_id``, 503.
    """
    letter = await letter_or_404(house, letter_id)
    mail = await asyncio.to_thread(read_letter, await raw_letter(house, letter.id))
    about = letter.contract_id or contract_id
    try:
        with reaching():
            done = await register_mail(house.desk, about, mail, now(), by)
    except UnknownContractError:
        raise problems.invalid([FieldError("contract_id", f"there is no contract {about!r}")]) from None
    except NoSupportError:
        raise problems.refused(f"the plan of {about} has no support levels") from None
    async with house.sessions.begin() as session:
        await is_about(session, letter.id, about)
        await mark_handled(session, letter.id, now(), by)
    return done
