"""The door for mail: an SMTP (or LMTP) listener that hands what comes in to the `Postman`."""

import asyncio
from datetime import UTC, datetime
from typing import Protocol

from temporalio.client import Client

from mail.inbound import InboundHandler, serve_inbound
from plans.loader import load_catalogue
from replies.postman import Postman
from storage.session import open_engine, open_sessions
from support.desk import Desk


class ListenerSettings(Protocol):
    """What the listener needs to know of the environment."""

    @property
    def database_url(self) -> str: ...
    @property
    def bind(self) -> str: ...
    @property
    def inbound_port(self) -> int: ...
    @property
    def reply_domain(self) -> str: ...
    @property
    def task_queue(self) -> str: ...


async def listen(
    settings: ListenerSettings, client: Client, told_to_stop: asyncio.Event, *, lmtp: bool = False
) -> None:
    """Take mail for the reply domain until told to stop. OSError where the address is in use or not ours."""
    catalogue = load_catalogue()
    engine = open_engine(settings.database_url, pool_size=4)
    desk = Desk(open_sessions(engine), client, settings.task_queue, catalogue)
    postman = Postman(desk, lambda: datetime.now(UTC), settings.reply_domain)
    handler = InboundHandler(postman.take, settings.reply_domain)
    server = await serve_inbound(settings.bind, settings.inbound_port, handler, lmtp=lmtp)
    try:
        await told_to_stop.wait()
    finally:
        server.close()
        await engine.dispose()
