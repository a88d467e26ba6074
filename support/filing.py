"""Files from outside as they are stored: the same file of the same message has the same id, however often it comes."""

import base64
import hashlib
from collections.abc import Iterable

from mail.attached import Attached
from storage.tickets import StoredFile


def stored_files(source: str, files: Iterable[Attached]) -> tuple[StoredFile, ...]:
    """The files of one message; ``source`` names the message. Delivered twice, no second copy is left behind."""
    return tuple(
        StoredFile(file_id(source, number, file.content), file.name, file.media_type, file.content)
        for number, file in enumerate(files)
    )


def file_id(source: str, number: int, content: bytes) -> str:
    """An id that is made of the file's bytes too: whoever has not seen them cannot guess it."""
    digest = hashlib.sha256(f"{source} {number} ".encode() + content).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
