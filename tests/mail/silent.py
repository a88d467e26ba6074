"""A relay that hangs: its kernel takes connections, and nobody ever speaks on them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Silent:
    """``connections``: how many were made; ``hung_up`` is set when one of them was closed from the other side."""

    port: int = 0
    connections: int = 0
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)


@asynccontextmanager
async def silent_relay(port: int = 0) -> AsyncIterator[Silent]:
    """Listens until the block ends, then closes every connection."""
    silent = Silent()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        silent.connections += 1
        silent.writers.append(writer)
        await reader.read()
        silent.hung_up.set()
        writer.close()

    async with await asyncio.start_server(listen, "127.0.0.1", port) as server:
        silent.port = server.sockets[0].getsockname()[1]
        yield silent
        for writer in silent.writers:
            writer.close()
