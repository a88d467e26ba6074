"""Mail out, against a real SMTP server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from domain.contract import Person
from mail.render import render
from mail.send import Delivery, MailNotTaken, Smtp
from mail.settings import SmtpSettings
from tests.mail.reading import calendar_bytes
from tests.mail.samples import ANA, JOHN, NOW, SETTINGS, WORKFLOW, message
from tests.mail.silent import silent_relay
from tests.smtp_catcher import SmtpCatcher

FROM = "m-7f3k2q9x4c8v1b6n@reply.oura.example"


def made(person: Person = JOHN, name: str = "invitation") -> EmailMessage:
    return render(message(name), person, settings=SETTINGS, workflow_id=WORKFLOW, now=NOW)


def relay(catcher: SmtpCatcher) -> Smtp:
    return Smtp(SmtpSettings(catcher.host, catcher.port, timeout_seconds=5))


class Taking:
    """Takes every mail, and remembers on which connection it came."""

    def __init__(self) -> None:
        self.sessions: list[Session] = []

    async def handle_DATA(self, _server: SMTP, session: Session, _envelope: Envelope) -> str:  # noqa: N802
        self.sessions.append(session)
        return "250 ok"


@asynccontextmanager
async def relay_of(handler: object, port: int = 0, **options: Any) -> AsyncIterator[int]:
    """A relay that does what the handler says; gives its port."""
    loop = asyncio.get_running_loop()
    conversations: list[SMTP] = []

    def conversation() -> SMTP:
        conversations.append(SMTP(handler, hostname="relay", loop=loop, **options))
        return conversations[-1]

    async with await loop.create_server(conversation, "127.0.0.1", port) as server:
        yield server.sockets[0].getsockname()[1]
        for one in conversations:
            if one.transport is not None:
                one.transport.close()
        while any(one.transport is not None for one in conversations):
            await asyncio.sleep(0)


async def test_the_calendar_arrives_byte_for_byte(smtp_catcher: SmtpCatcher) -> None:
    mail = made()
    async with relay(smtp_catcher) as smtp:
        delivery = await smtp.deliver(mail, JOHN.email, FROM)
    assert delivery == Delivery(accepted=True, code=250, reason="2.0.0 ok")
    (caught,) = smtp_catcher.caught
    assert caught.sender == FROM
    assert caught.recipients == ("John.Miller@acme.example",)
    assert caught.content == mail.as_bytes()
    sent = message_from_bytes(mail.as_bytes(), policy=mail.policy)
    assert isinstance(sent, EmailMessage)
    assert calendar_bytes(caught.message) == calendar_bytes(sent)


async def test_recorded_bytes_arrive_as_they_were_recorded(smtp_catcher: SmtpCatcher) -> None:
    raw = made().as_bytes()
    async with relay(smtp_catcher) as smtp:
        assert (await smtp.deliver(raw, JOHN.email, FROM)).accepted
    assert smtp_catcher.caught[0].content == raw


class Listening(Taking):
    """Remembers also what it was told of each mail before it came."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[list[str]] = []

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.told.append(options)
        envelope.mail_from = address
        return "250 ok"


async def test_the_relay_is_told_how_many_octets_will_come() -> None:
    listening, mail = Listening(), made()
    async with relay_of(listening) as port, Smtp(SmtpSettings("127.0.0.1", port, timeout_seconds=5)) as smtp:
        assert (await smtp.deliver(mail, JOHN.email, FROM)).accepted
    assert listening.told == [[f"SIZE={len(mail.as_bytes())}"]]


async def test_one_mail_after_the_other_goes_over_one_connection() -> None:
    taking = Taking()
    async with relay_of(taking) as port, Smtp(SmtpSettings("127.0.0.1", port, timeout_seconds=5)) as smtp:
        for one in (JOHN, ANA, JOHN):
            assert (await smtp.deliver(made(one), one.email, FROM)).accepted
    assert len(taking.sessions) == 3
    assert len(set(map(id, taking.sessions))) == 1


async def test_mails_at_once_go_over_no_more_connections_than_are_allowed() -> None:
    taking = Taking()
    settings = SmtpSettings("127.0.0.1", 0, timeout_seconds=5, connections=2)
    async with relay_of(taking) as port, Smtp(replace(settings, port=port)) as smtp:
        results = await asyncio.gather(*(smtp.deliver(made(), JOHN.email, FROM) for _ in range(8)))
    assert [one.accepted for one in results] == [True] * 8
    assert len(set(map(id, taking.sessions))) == 2


async def test_a_rejected_address_is_a_result_and_the_next_one_still_gets_its_mail(smtp_catcher: SmtpCatcher) -> None:
    smtp_catcher.reject(ANA.email)
    async with relay(smtp_catcher) as smtp:
        assert await smtp.deliver(made(ANA), ANA.email, FROM) == Delivery(
            accepted=False, code=550, reason="5.1.1 no such mailbox"
        )
        assert (await smtp.deliver(made(), JOHN.email, FROM)).accepted
    assert [one.recipients for one in smtp_catcher.caught] == [("John.Miller@acme.example",)]


async def test_an_address_that_is_none_is_rejected_without_asking(smtp_catcher: SmtpCatcher) -> None:
    async with relay(smtp_catcher) as smtp:
        delivery = await smtp.deliver(made(), "john@acme.example>\r\nRCPT TO:<eve@x.example", FROM)
    assert (delivery.accepted, delivery.code) == (False, 553)
    assert smtp_catcher.caught == []


async def test_a_deferral_is_worth_another_try(smtp_catcher: SmtpCatcher) -> None:
    smtp_catcher.defer(JOHN.email)
    async with relay(smtp_catcher) as smtp:
        with pytest.raises(MailNotTaken, match="451"):
            await smtp.deliver(made(), JOHN.email, FROM)
        smtp_catcher.behave()
        assert (await smtp.deliver(made(), JOHN.email, FROM)).accepted


async def test_a_message_deferred_after_its_last_byte_is_worth_another_try(smtp_catcher: SmtpCatcher) -> None:
    smtp_catcher.defer_messages()
    async with relay(smtp_catcher) as smtp:
        with pytest.raises(MailNotTaken, match="451"):
            await smtp.deliver(made(), JOHN.email, FROM)


async def test_a_relay_that_goes_away_and_comes_back() -> None:
    taking = Taking()
    async with relay_of(taking) as port:
        smtp = Smtp(SmtpSettings("127.0.0.1", port, timeout_seconds=5))
        assert (await smtp.deliver(made(), JOHN.email, FROM)).accepted
    with pytest.raises(MailNotTaken, match=f"127.0.0.1:{port}: "):
        await smtp.deliver(made(), JOHN.email, FROM)
    async with relay_of(taking, port), smtp:
        assert (await smtp.deliver(made(), JOHN.email, FROM)).accepted
    assert len(taking.sessions) == 2


async def test_a_lost_answer_is_tried_again_under_the_same_message_id(smtp_catcher: SmtpCatcher) -> None:
    smtp_catcher.lose_answers(1)
    async with relay(smtp_catcher) as smtp:
        with pytest.raises(MailNotTaken):
            await smtp.deliver(made(), JOHN.email, FROM)
        assert (await smtp.deliver(made(), JOHN.email, FROM)).accepted
    first, second = smtp_catcher.caught
    assert first.content == second.content
    assert first.message["Message-ID"] == second.message["Message-ID"]


async def test_a_relay_that_says_nothing_is_not_waited_for_forever() -> None:
    async with silent_relay() as silent:
        async with Smtp(SmtpSettings("127.0.0.1", silent.port, timeout_seconds=0.2)) as smtp:
            with pytest.raises(MailNotTaken):
                await smtp.deliver(made(), JOHN.email, FROM)
        await asyncio.wait_for(silent.hung_up.wait(), 5)


async def test_after_one_timeout_nobody_else_waits_until_the_rest_is_over() -> None:
    async with silent_relay() as silent:
        settings = SmtpSettings("127.0.0.1", silent.port, timeout_seconds=0.2, rest_seconds=600)
        async with Smtp(settings) as smtp:
            for _ in range(50):
                with pytest.raises(MailNotTaken):
                    await smtp.deliver(made(), JOHN.email, FROM)
            assert not smtp.answers
    assert silent.connections == 1


async def test_when_the_rest_is_over_one_mail_at_a_time_asks_a_silent_relay() -> None:
    async with silent_relay() as silent:
        settings = SmtpSettings("127.0.0.1", silent.port, timeout_seconds=0.2, rest_seconds=0)
        async with Smtp(settings) as smtp:
            with pytest.raises(MailNotTaken):
                await smtp.deliver(made(), JOHN.email, FROM)
            tries = (smtp.deliver(made(), JOHN.email, FROM) for _ in range(20))
            results = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(one) for one in results] == [MailNotTaken] * 20
    assert silent.connections == 2


async def test_a_relay_that_speaks_again_gets_all_the_mail_at_once() -> None:
    async with silent_relay() as silent:
        smtp = Smtp(SmtpSettings("127.0.0.1", silent.port, timeout_seconds=0.5, rest_seconds=0))
        with pytest.raises(MailNotTaken):
            await smtp.deliver(made(), JOHN.email, FROM)
    taking = Taking()
    async with relay_of(taking, silent.port), smtp:
        assert (await smtp.deliver(made(), JOHN.email, FROM)).accepted
        assert smtp.answers
        results = await asyncio.gather(*(smtp.deliver(made(), JOHN.email, FROM) for _ in range(8)))
    assert [one.accepted for one in results] == [True] * 8


async def test_a_domain_in_another_script_is_sent_in_ascii(smtp_catcher: SmtpCatcher) -> None:
    asa = Person("Åsa", "asa@räksmörgås.example")
    async with relay(smtp_catcher) as smtp:
        await smtp.deliver(made(asa), asa.email, FROM)
    assert smtp_catcher.caught[0].recipients == ("asa@xn--rksmrgs-5wao1o.example",)


async def test_a_local_part_in_another_script_is_sent_under_smtputf8(smtp_catcher: SmtpCatcher) -> None:
    asa = Person("Åsa", "åsa@acme.example")
    async with relay(smtp_catcher) as smtp:
        assert (await smtp.deliver(made(asa), asa.email, FROM)).accepted
    (caught,) = smtp_catcher.caught
    assert caught.recipients == ("åsa@acme.example",)
    assert "To: Åsa <åsa@acme.example>".encode() in caught.content


class _Login:
    def __call__(self, _server: SMTP, _session: Session, _envelope: Envelope, _way: str, data: object) -> AuthResult:
        return AuthResult(success=data == LoginPassword(b"pledge", b"secret"), handled=False)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
@pytest.mark.parametrize(("password", "taken"), [("secret", True), ("wrong", False)])
async def test_a_relay_that_asks_for_a_password(password: str, *, taken: bool) -> None:
    settings = SmtpSettings("127.0.0.1", 0, user="pledge", password=password, timeout_seconds=5)
    asking = relay_of(Taking(), auth_require_tls=False, auth_required=True, authenticator=_Login())
    async with asking as port, Smtp(replace(settings, port=port)) as smtp:
        if taken:
            assert (await smtp.deliver(made(), JOHN.email, FROM)).accepted
        else:
            with pytest.raises(MailNotTaken, match="535"):
                await smtp.deliver(made(), JOHN.email, FROM)


async def test_starttls_is_not_given_up_silently(smtp_catcher: SmtpCatcher) -> None:
    settings = SmtpSettings(smtp_catcher.host, smtp_catcher.port, tls="starttls", timeout_seconds=5)
    async with Smtp(settings) as smtp:
        with pytest.raises(MailNotTaken):
            await smtp.deliver(made(), JOHN.email, FROM)
    assert smtp_catcher.caught == []


def test_a_password_does_not_show_in_a_repr() -> None:
    assert "secret" not in repr(SmtpSettings("relay.example", 587, user="pledge", password="secret"))
