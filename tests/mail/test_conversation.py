"""How the listener takes a mail: all of it and nothing else, and no more than there is room for."""

import asyncio
import base64
import smtplib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.policy import SMTP
from random import Random

import pytest

from mail.conversation import MAX_HELD, NO_ROOM, TOO_BIG, House, Taking
from mail.inbound import InboundHandler, InboundServer, serve_inbound
from mail.support import SupportMail, read_support

DOMAIN = "reply.oura.example"
TO = f"support+acme-2026@{DOMAIN}"
SCREENSHOT = Random(3).randbytes(2 * 1024 * 1024)


class Mailbox:
    """Remembers the contents that it was given; ``opens`` when they may be answered."""

    def __init__(self) -> None:
        self.contents: list[bytes] = []
        self.opens = asyncio.Event()
        self.opens.set()

    async def __call__(self, content: bytes, _sender: str, _recipients: tuple[str, ...]) -> str:
        self.contents.append(content)
        await self.opens.wait()
        return ""


@asynccontextmanager
async def listening(
    mailbox: Mailbox, *, lmtp: bool = False, conversations: int = 5, held: int = MAX_HELD
) -> AsyncIterator[InboundServer]:
    handler = InboundHandler(mailbox, DOMAIN)
    async with await serve_inbound(
        "127.0.0.1", 0, handler, lmtp=lmtp, conversations=conversations, held=held
    ) as server:
        yield server


class Talking:
    """A connection on which a test says what it wants."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def hears(self, code: str) -> str:
        """The next last line of an answer."""
        while True:
            line = (await asyncio.wait_for(self._reader.readline(), 10)).decode().rstrip()
            if line[3:4] != "-":
                assert line.startswith(code), line
                return line

    async def says(self, words: bytes, code: str) -> str:
        self._writer.write(words)
        return await self.hears(code)

    async def begins_a_mail(self, greeting: bytes = b"EHLO relay.example", recipients: int = 1) -> None:
        await self.says(greeting + b"\r\n", "250")
        await self.says(b"MAIL FROM:<ana@acme.example>\r\n", "250")
        for _ in range(recipients):
            await self.says(f"RCPT TO:<{TO}>\r\n".encode(), "250")
        await self.says(b"DATA\r\n", "354")


@asynccontextmanager
async def talking(server: InboundServer) -> AsyncIterator[Talking]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        yield Talking(reader, writer)
    finally:
        writer.close()
        await writer.wait_closed()


def with_screenshot() -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = "Ana Ortiz <ana@acme.example>", TO, "The app does not sync"
    mail["Message-ID"] = "<big-1@acme.example>"
    mail.set_content("See the picture.\n.\n..and a line that begins with a dot.\n")
    mail.add_attachment(SCREENSHOT, maintype="image", subtype="png", filename="screen.png")
    return mail.as_bytes()


@pytest.mark.parametrize("lmtp", [False, True])
async def test_a_mail_with_a_file_of_two_mebibytes_arrives_whole(lmtp: bool) -> None:
    mailbox, raw = Mailbox(), with_screenshot()

    def send() -> None:
        with (smtplib.LMTP if lmtp else smtplib.SMTP)("127.0.0.1", server.port, timeout=10) as relay:
            relay.sendmail("ana@acme.example", [TO], raw)

    async with listening(mailbox, lmtp=lmtp) as server:
        await asyncio.to_thread(send)
    assert mailbox.contents == [raw]
    read = read_support(mailbox.contents[0], envelope_from="ana@acme.example", recipient=TO, own_domain=DOMAIN)
    assert isinstance(read, SupportMail)
    assert read.text == "See the picture.\n.\n..and a line that begins with a dot."
    assert [(file.name, file.content == SCREENSHOT) for file in read.attachments] == [("screen.png", True)]


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        (b".\r\n", b""),
        (b"\r\n.\r\n", b"\r\n"),
        (b"..\r\n.\r\n", b".\r\n"),
        (b"a\r\n..b\r\n...\r\n.\r\n", b"a\r\n.b\r\n..\r\n"),
        (b"a\n.\nb\r.\rc\r\n.\r\n", b"a\n.\nb\r.\rc\r\n"),  # only a dot between two whole line breaks ends a mail
        (b"a\r\n.b\r\n.\r\n", b"a\r\nb\r\n"),
        (b"x" * 65_530 + b"\r\n.\r\n", b"x" * 65_530 + b"\r\n"),
        (b"x" * 65_533 + b"\r\n.\r\n", b"x" * 65_533 + b"\r\n"),
        (b"x" * 200_000 + b"\r\n.\r\n", b"x" * 200_000 + b"\r\n"),
    ],
)
async def test_a_mail_ends_at_the_lone_dot(sent: bytes, taken: bytes) -> None:
    mailbox = Mailbox()
    async with listening(mailbox) as server, talking(server) as relay:
        await relay.hears("220")
        await relay.begins_a_mail()
        await relay.says(sent + b"NOOP\r\n", "250 2.0.0 Taken")
        await relay.hears("250")
        await relay.says(b"QUIT\r\n", "221")
    assert mailbox.contents == [taken]


async def test_a_mail_that_comes_byte_by_byte_is_the_same_mail() -> None:
    house = House(1, 1_000)
    taking = Taking(house)
    for byte in b"\r\nSubject: a\r\n\r\n..b\r\n.\r\n":
        taking.add(bytes([byte]))
    assert taking.content() == b"Subject: a\r\n\r\n.b\r\n"
    taking.let_go()
    assert house.left == 1_000


def test_of_a_mail_that_is_too_big_nothing_is_held() -> None:
    house, piece = House(1, MAX_HELD), base64.b64encode(bytes(768 * 1024))
    taking = Taking(house)
    for _ in range(30):
        taking.add(piece)
    assert (taking.refusal, house.left) == ("", MAX_HELD - 31_457_280)
    taking.add(b"123456")
    taking.add(b"7")
    assert (taking.refusal, house.left) == (TOO_BIG, MAX_HELD)


async def test_lmtp_says_for_each_recipient_that_there_is_no_room() -> None:
    mailbox = Mailbox()
    async with listening(mailbox, lmtp=True, held=100) as server, talking(server) as relay:
        await relay.hears("220")
        await relay.begins_a_mail(b"LHLO relay.example", recipients=2)
        assert await relay.says(b"x" * 100 + b"\r\n.\r\n", "452") == NO_ROOM
        assert await relay.hears("452") == NO_ROOM
        await relay.begins_a_mail(b"LHLO relay.example")
        await relay.says(b"x\r\n.\r\n", "250")
    assert mailbox.contents == [b"x\r\n"]


async def test_what_others_hold_is_no_room_for_me_until_it_is_answered() -> None:
    mailbox = Mailbox()
    mailbox.opens.clear()
    async with listening(mailbox, held=100) as server, talking(server) as first, talking(server) as second:
        for relay in (first, second):
            await relay.hears("220")
            await relay.begins_a_mail()
        answer = asyncio.create_task(first.says(b"x" * 80 + b"\r\n.\r\n", "250"))
        while not mailbox.contents:
            await asyncio.sleep(0)
        assert await second.says(b"y" * 80 + b"\r\n.\r\n", "452") == NO_ROOM
        mailbox.opens.set()
        await answer
        await second.begins_a_mail()
        await second.says(b"y" * 80 + b"\r\n.\r\n", "250")


async def test_one_conversation_too_many_is_told_to_come_back() -> None:
    mailbox = Mailbox()
    async with listening(mailbox, conversations=2) as server:
        async with talking(server) as first, talking(server) as second:
            await first.hears("220")
            await second.hears("220")
            async with talking(server) as third:
                assert await third.hears("421") == "421 4.3.2 Too many conversations, please try again later"
            await first.says(b"QUIT\r\n", "221")
        async with talking(server) as fourth:
            await fourth.hears("220")


async def test_a_connection_that_breaks_within_a_mail_gives_its_room_back() -> None:
    mailbox = Mailbox()
    async with listening(mailbox, conversations=1, held=100_000) as server:
        async with talking(server) as broken:
            await broken.hears("220")
            await broken.begins_a_mail()
            broken._writer.write(b"x" * 70_000)
            while server._house.left == 100_000:
                await asyncio.sleep(0)
        await asyncio.wait_for(server.wait_closed(), 10)
        async with talking(server) as relay:
            await relay.hears("220")
            await relay.begins_a_mail()
            await relay.says(b"x" * 90_000 + b"\r\n.\r\n", "250")
    assert mailbox.contents == [b"x" * 90_000 + b"\r\n"]
