"""Files that come in with JSON and go out again: measured coming in, and never run by a browser going out."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from pathlib import PurePosixPath
from urllib.parse import quote

from fastapi import Response

from api import problems
from api.problems import FieldError, Problem
from api.ticket_models import FileIn
from mail.safe import line
from storage.tickets import StoredFile
from support.filing import file_id

MOST_BYTES = 10 * 2**20
"""Of one file."""

MOST_TOGETHER = 20 * 2**20
"""Of all files of one message."""

_SHOWN_AS = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain"})
"""What a program may open by itself; any other file goes out as bytes, whatever its sender called it."""


def files_of(sent: Sequence[FileIn], source: str) -> tuple[StoredFile, ...]:
    """The files as they are stored. Raises Problem 413 or 422 with the field.

    The same request (``source``: its contract and key) gives the same ids, so a file is stored once.
    """
    contents = [_content(each, number) for number, each in enumerate(sent)]
    if wrong := [each for each in contents if isinstance(each, FieldError)]:
        raise problems.invalid(wrong)
    files = [each for each in contents if isinstance(each, bytes)]
    large = [
        FieldError(f"attachments.{number}.content", f"expected at most 10 MiB, got {len(content):,} bytes")
        for number, content in enumerate(files)
        if len(content) > MOST_BYTES
    ]
    if not large and sum(map(len, files)) > MOST_TOGETHER:
        large = [FieldError("attachments", f"expected at most 20 MiB together, got {sum(map(len, files)):,} bytes")]
    if large:
        raise Problem(problems.TOO_LARGE, "nothing was taken: " + large[0].message, tuple(large))
    return tuple(
        StoredFile(file_id(source, number, content), file_name(each.name), each.media_type, content)
        for number, (each, content) in enumerate(zip(sent, files, strict=True))
    )


def file_name(given: str) -> str:
    """A name without folders, without signs that turn the direction of writing, and never empty."""
    last = PurePosixPath(line(given).replace("\\", "/")).name.strip(". ")
    return last or "file"


def served(file: StoredFile) -> Response:
    """The file as a download: under its name, and as nothing that a browser would run."""
    name = file_name(file.name)
    plain = "".join(sign if sign.isascii() and sign not in '"\\%' else "_" for sign in name)
    return Response(
        file.content,
        media_type=file.media_type if file.media_type in _SHOWN_AS else "application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, max-age=3600",
        },
    )


def _content(sent: FileIn, number: int) -> bytes | FieldError:
    try:
        return base64.b64decode(sent.content, validate=True)
    except (binascii.Error, ValueError):
        return FieldError(f"attachments.{number}.content", "expected base64 without line breaks")
