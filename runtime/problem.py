"""What stops a run and can be mended by the person who started it."""

from __future__ import annotations

import errno
import os


class Problem(Exception):
    """The text is one line that says what is wrong and what to do."""


def of_the_system(error: OSError, doing: str) -> Problem:
    """One line for what the operating system refused while `doing` something."""
    reason = {
        errno.ENOSPC: "the disk is full",
        errno.EDQUOT: "the disk quota is used up",
        errno.EROFS: "the file system is read-only",
    }.get(error.errno or 0, os.strerror(error.errno) if error.errno else str(error))
    where = f" ({error.filename})" if error.filename else ""
    return Problem(f"cannot {doing}: {reason}{where}")
