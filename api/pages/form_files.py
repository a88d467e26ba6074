"""A form with files as it was sent: what was typed, and the files in the shape that the actions take them."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from api import problems
from api.files import MOST_BYTES, file_name
from api.problems import FieldError, Problem
from api.ticket_models import MOST_FILES

FILES = "attachments"


@dataclass(frozen=True, slots=True)
class SentForm:
    """``typed``: what a person wrote and chose; ``hidden``: fields whose names begin with an underscore."""

    typed: dict[str, str]
    hidden: dict[str, str]
    read: list[dict[str, Any]] | Problem

    @property
    def key(self) -> str:
        """The key that makes sending it twice harmless."""
        return self.hidden.get("_key", "")

    def files(self) -> list[dict[str, Any]]:
        """The files that were chosen. Raises Problem 422 where they are too many or one is too large."""
        if isinstance(self.read, Problem):
            raise self.read
        return self.read


async def sent_form(request: Request) -> SentForm:
    """The form, read whole; files that cannot be taken are told of when they are asked for."""
    async with request.form() as form:
        texts = {name: value for name, value in form.items() if isinstance(value, str)}
        try:
            files: list[dict[str, Any]] | Problem = await _files(form)
        except Problem as problem:
            files = problem
    hidden = {name: value for name, value in texts.items() if name.startswith("_")}
    return SentForm({name: value for name, value in texts.items() if name not in hidden}, hidden, files)


async def _files(form: FormData) -> list[dict[str, Any]]:
    chosen = [each for each in form.getlist(FILES) if isinstance(each, UploadFile) and each.filename]
    if len(chosen) > MOST_FILES:
        raise problems.invalid([FieldError(FILES, f"expected at most {MOST_FILES} files")])
    return [await _read(upload) for upload in chosen]


async def _read(upload: UploadFile) -> dict[str, Any]:
    content = await upload.read(MOST_BYTES + 1)
    called = file_name(upload.filename or "")
    if len(content) > MOST_BYTES:
        raise problems.invalid([FieldError(FILES, f"{called} is larger than {MOST_BYTES // 2**20} MiB")])
    given = {"name": called, "content": base64.b64encode(content).decode()}
    told = (upload.content_type or "").partition(";")[0].strip()
    return given | ({"media_type": told} if told else {})
