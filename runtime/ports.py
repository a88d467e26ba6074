"""TCP ports of this machine."""

from __future__ import annotations

import socket
from collections.abc import Iterable

from runtime.problem import Problem


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now, all different; for tests, which take what the system gives."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def is_open(port: int, host: str = "127.0.0.1") -> bool:
    """Whether somebody listens on the port."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def require_free(wanted: Iterable[tuple[str, int, str, str]]) -> None:
    """Raise a `Problem` that names each taken port of `wanted`: (for what, port, its setting, host)."""
    taken: list[str] = []
    seen: set[int] = set()
    for name, port, variable, host in wanted:
        if port in seen:
            raise Problem(f"port {port} is given twice: set {variable} to another one")
        seen.add(port)
        if not _can_bind(port, host):
            taken.append(f"port {port} for {name} ({variable})")
    if taken:
        raise Problem(f"in use: {', '.join(taken)}; stop the program that holds it, or set another port")


def _can_bind(port: int, host: str) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        # As servers do: a port whose last connections still linger is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError:
            return False
        return True
