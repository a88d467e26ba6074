"""Files that a form of a page brings, in the shape that the actions take them."""

from __future__ import annotations

import base64
from typing import Any

from starlette.datastructures import FormData, UploadFile

from api import problems
from api.files import MOST_BYTES, file_name
from api.problems import FieldError
from api.ticket_models import MOST_FILES


async def files_in(form: FormData, name: str = "attachments") -> list[dict[str, Any]]:
    """The files that were chosen. Raises Problem 422 where they are too many or one is too large."""
    chosen = [each for each in form.getlist(name) if isinstance(each, UploadFile) and each.filename]
    if len(chosen) > MOST_FILES:
        raise problems.invalid([FieldError(name, f"expected at most {MOST_FILES} files")])
    return [await _read(upload, name) for upload in chosen]


async def _read(upload: UploadFile, name: str) -> dict[str, Any]:
    content = await upload.read(MOST_BYTES + 1)
    called = file_name(upload.filename or "")
    if len(content) > MOST_BYTES:
        raise problems.invalid([FieldError(name, f"{called} is larger than {MOST_BYTES // 2**20} MiB")])
    given = {"name": called, "content": base64.b64encode(content).decode()}
    told = (upload.content_type or "").partition(";")[0].strip()
    return given | ({"media_type": told} if told else {})
