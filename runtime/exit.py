"""Leaving the interpreter with a true status.

The native part of temporalio sometimes aborts a Python process while its interpreter is being taken down
(sdk-python issue 300), which turns a success into a crash. A process that is done does not need that taking
down.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
import traceback
from collections.abc import Callable
from typing import NoReturn

_STATUS_OF_A_FAILED_FLUSH = 120  # what the interpreter itself would return


def run_and_leave(main: Callable[[], int]) -> NoReturn:
    """End this process with the status that `main` returns, or 1 and a traceback when it raises."""
    try:
        status = main()
    except BaseException:  # noqa: BLE001 -- whatever it is, the interpreter would only print it too
        traceback.print_exc()
        status = 1
    leave(status)


def leave(status: int) -> NoReturn:
    """End this process now with `status`, its threads joined, exit functions run and output flushed."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            status = status or _STATUS_OF_A_FAILED_FLUSH
    os._exit(status)
