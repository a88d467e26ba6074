"""Mail in, over a real connection."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiosmtplib import SMTP, SMTPDataError, SMTPRecipientsRefused, SMTPResponseException

from mail.inbound import InboundHandler, serve_inbound

RAW = b"From: john@acme.example\r\nSubject: hello\r\n\r\nhello\r\n"
TO = "m-7f3k2q9x4c8v1b6n@reply.oura.example"

Taken = tuple[bytes, str, tuple[str, ...]]


async def fails(_content: bytes, _sender: str, _recipients: tuple[str, ...]) -> str:
    raise RuntimeError("the database is away")


@asynccontextmanager
async def listening(on_message: Callable[[bytes, str, tuple[str, ...]], Awaitable[str]]) -> AsyncIterator[SMTP]:
    server = await serve_inbound("127.0.0.1", 0, InboundHandler(on_message, "reply.oura.example"))
    async with server:
        client = SMTP(hostname="127.0.0.1", port=server.port, start_tls=False, timeout=5)
        async with client:
            yield client


class Mailbox:
    """Remembers what it was given."""

    def __init__(self, answer: str = "") -> None:
        self.taken: list[Taken] = []
        self._answer = answer

    async def __call__(self, content: bytes, sender: str, recipients: tuple[str, ...]) -> str:
        self.taken.append((content, sender, recipients))
        return self._answer


async def test_a_mail_is_handed_on_as_it_came() -> None:
    mailbox = Mailbox()
    async with listening(mailbox) as client:
        _, answer = await client.sendmail("john@acme.example", [TO], RAW)
    assert mailbox.taken == [(RAW, "john@acme.example", (TO,))]
    assert answer == "2.0.0 Taken"


async def test_the_null_sender_is_an_empty_text() -> None:
    mailbox = Mailbox()
    async with listening(mailbox) as client:
        await client.ehlo()
        await client.execute_command(b"MAIL", b"FROM:<>")
        await client.rcpt(TO)
        await client.data(RAW)
    assert mailbox.taken[0][1] == ""


@pytest.mark.parametrize(
    "address", ["john@acme.example", "x@sub.reply.oura.example", "x@reply.oura.example.evil.example"]
)
async def test_this_is_no_relay(address: str) -> None:
    mailbox = Mailbox()
    async with listening(mailbox) as client:
        with pytest.raises(SMTPRecipientsRefused) as refused:
            await client.sendmail("john@acme.example", [address], RAW)
    assert refused.value.recipients[0].code == 550
    assert mailbox.taken == []


async def test_the_reply_domain_is_known_in_any_case() -> None:
    mailbox = Mailbox()
    async with listening(mailbox) as client:
        await client.sendmail("john@acme.example", ["M-1@Reply.Oura.Example"], RAW)
    assert mailbox.taken[0][2] == ("M-1@Reply.Oura.Example",)


async def test_a_failure_of_ours_lets_the_sender_try_again(caplog: pytest.LogCaptureFixture) -> None:
    async with listening(fails) as client:
        with pytest.raises(SMTPDataError) as refused:
            await client.sendmail("john@acme.example", [TO], RAW)
    assert refused.value.code == 451
    assert "an inbound mail could not be taken" in caplog.text


async def test_an_answer_of_the_caller_is_passed_on_as_one_line() -> None:
    async with listening(Mailbox("550 5.7.1 no\r\n250 fooled")) as client:
        with pytest.raises(SMTPDataError) as refused:
            await client.sendmail("john@acme.example", [TO], RAW)
    assert (refused.value.code, refused.value.message) == (550, "5.7.1 no 250 fooled")


async def test_too_big_a_mail_is_refused_before_it_is_sent() -> None:
    mailbox = Mailbox()
    async with listening(mailbox) as client:
        await client.ehlo()
        assert client.esmtp_extensions["size"] == "31457280"
        with pytest.raises(SMTPResponseException) as refused:
            await client.mail("john@acme.example", options=["SIZE=31457281"])
    assert refused.value.code == 552
    assert mailbox.taken == []


async def test_a_long_line_is_taken() -> None:
    mailbox = Mailbox()
    long = RAW + b"x" * 20_000 + b"\r\n"
    async with listening(mailbox) as client:
        await client.sendmail("john@acme.example", [TO], long)
    assert mailbox.taken[0][0] == long


async def test_lmtp_answers_for_each_recipient() -> None:
    mailbox = Mailbox()
    handler = InboundHandler(mailbox, "reply.oura.example")
    server = await serve_inbound("127.0.0.1", 0, handler, lmtp=True)
    async with server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(
            b"LHLO relay.example\r\nMAIL FROM:<john@acme.example>\r\nRCPT TO:<m-1@reply.oura.example>\r\n"
            b"RCPT TO:<m-2@reply.oura.example>\r\nDATA\r\n"
        )
        while not (await reader.readline()).startswith(b"354"):
            pass
        writer.write(RAW + b".\r\nQUIT\r\n")
        answers = (await asyncio.wait_for(reader.read(), 5)).decode().splitlines()
        writer.close()
        await writer.wait_closed()
    assert answers[:2] == ["250 2.0.0 Taken", "250 2.0.0 Taken"]
    assert answers[2].startswith("221")
    assert mailbox.taken[0][2] == ("m-1@reply.oura.example", "m-2@reply.oura.example")


async def test_closing_hangs_up_and_leaves_nothing_open() -> None:
    server = await serve_inbound("127.0.0.1", 0, InboundHandler(Mailbox(), "reply.oura.example"))
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    assert (await reader.readline()).startswith(b"220 pledge")
    server.close()
    await server.wait_closed()
    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()
