"""The mail catcher keeps what it got, and hands replies on for as long as that takes."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from runtime.mailcatcher import Mailbox, catching
from runtime.ports import free_ports
from tests.runtime.waiting import until_async
from tests.smtp_catcher import SmtpCatcher

Catching = Callable[[], AbstractAsyncContextManager[Mailbox]]


@pytest.fixture
def port() -> int:
    return free_ports(1)[0]


@pytest.fixture
def catcher(tmp_path: Path, port: int, smtp_catcher: SmtpCatcher) -> Catching:
    """A catcher on one folder that can be started again; `smtp_catcher` is the inbound listener."""

    @asynccontextmanager
    async def started() -> AsyncIterator[Mailbox]:
        mailbox = Mailbox(tmp_path / "mail")
        async with catching(
            mailbox,
            host="127.0.0.1",
            port=port,
            reply_domain="reply.pledge.test",
            inbound_host=smtp_catcher.host,
            inbound_port=smtp_catcher.port,
        ):
            yield mailbox

    return started


async def send(port: int, *recipients: str, text: str = "How do you do?") -> None:
    message = EmailMessage()
    message["Subject"] = "hello"
    message.set_content(text)

    def blocking() -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as connection:
            connection.send_message(message, "us@pledge.test", recipients)

    await asyncio.to_thread(blocking)


async def test_a_message_is_kept_byte_for_byte_with_its_envelope(catcher: Catching, port: int) -> None:
    async with catcher() as mailbox:
        await send(port, "anna@acme.test", "bo@acme.test")
    (line,) = mailbox.messages()
    assert (line["from"], line["to"]) == ("us@pledge.test", ["anna@acme.test", "bo@acme.test"])
    assert timedelta() <= datetime.now(UTC) - datetime.fromisoformat(line["received"]) < timedelta(minutes=1)
    content = (mailbox.folder / line["file"]).read_bytes()
    assert b"Subject: hello\r\n" in content
    assert content.endswith(b"\r\n\r\nHow do you do?\r\n")
    assert line["size"] == len(content)


async def test_what_was_kept_is_there_after_a_restart_and_the_order_stays(catcher: Catching, port: int) -> None:
    async with catcher():
        await send(port, "first@acme.test")
        await send(port, "second@acme.test")
    async with catcher() as mailbox:
        await send(port, "third@acme.test")
    assert [line["to"] for line in mailbox.messages()] == [
        ["first@acme.test"],
        ["second@acme.test"],
        ["third@acme.test"],
    ]


async def test_a_line_that_a_crash_tore_counts_as_none(catcher: Catching, port: int) -> None:
    async with catcher() as mailbox:
        await send(port, "first@acme.test")
    with mailbox.index.open("ab") as index:
        index.write(b'{"file": "2026')
    assert [line["to"] for line in mailbox.messages()] == [["first@acme.test"]]
    async with catcher() as mailbox:
        await send(port, "second@acme.test")
    assert [line["to"] for line in mailbox.messages()] == [["first@acme.test"], ["second@acme.test"]]


async def test_a_disk_that_takes_nothing_is_told_to_the_sender(catcher: Catching, port: int) -> None:
    async with catcher() as mailbox:
        mailbox.index.mkdir()  # in the way of the index
        with pytest.raises(smtplib.SMTPDataError) as refusal:
            await send(port, "anna@acme.test")
    assert refusal.value.smtp_code == 452


async def test_a_reply_is_handed_to_the_inbound_listener_and_other_mail_is_not(
    catcher: Catching, port: int, smtp_catcher: SmtpCatcher
) -> None:
    async with catcher() as mailbox:
        await send(port, "anna@acme.test")
        await send(port, "m-7@Reply.Pledge.Test", "anna@acme.test", text="Yes, I come.")
        await until_async(lambda: bool(smtp_catcher.caught), "the reply has come")
        await until_async(lambda: not list(mailbox.spool.iterdir()), "nothing is pending")
    (reply,) = smtp_catcher.caught
    assert (reply.sender, reply.recipients) == ("us@pledge.test", ("m-7@Reply.Pledge.Test",))
    assert reply.message.get_content() == "Yes, I come.\r\n"
    assert len(mailbox.messages()) == 2


async def test_a_reply_waits_for_a_listener_that_is_down_over_a_restart(
    catcher: Catching, port: int, smtp_catcher: SmtpCatcher
) -> None:
    smtp_catcher.refuse_connections()
    async with catcher() as mailbox:
        await send(port, "m-7@reply.pledge.test")
        assert len(list(mailbox.spool.iterdir())) == 1
    async with catcher() as mailbox:
        smtp_catcher.accept_connections()
        await until_async(lambda: bool(smtp_catcher.caught), "the reply has come")
        await until_async(lambda: not list(mailbox.spool.iterdir()), "nothing is pending")
    assert len(smtp_catcher.caught) == 1


async def test_a_reply_that_is_deferred_is_offered_again_to_whom_it_concerns(
    catcher: Catching, port: int, smtp_catcher: SmtpCatcher
) -> None:
    smtp_catcher.defer("m-8@reply.pledge.test")
    async with catcher() as mailbox:
        await send(port, "m-7@reply.pledge.test", "m-8@reply.pledge.test")
        await until_async(lambda: len(smtp_catcher.caught) == 1, "the first has it")
        smtp_catcher.behave()
        await until_async(lambda: len(smtp_catcher.caught) == 2, "the second has it")
        await until_async(lambda: not list(mailbox.spool.iterdir()), "nothing is pending")
    assert [each.recipients for each in smtp_catcher.caught] == [
        ("m-7@reply.pledge.test",),
        ("m-8@reply.pledge.test",),
    ]


async def test_a_reply_that_is_refused_is_kept_in_the_mailbox_and_not_offered_again(
    catcher: Catching, port: int, smtp_catcher: SmtpCatcher
) -> None:
    smtp_catcher.reject("gone@reply.pledge.test")
    async with catcher() as mailbox:
        await send(port, "gone@reply.pledge.test")
        await until_async(lambda: not list(mailbox.spool.iterdir()), "nothing is pending")
    assert len(mailbox.messages()) == 1
    assert smtp_catcher.caught == []
