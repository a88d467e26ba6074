"""The files of a mail: a name that any disk takes, and what is too much named instead of kept."""

import unicodedata
from dataclasses import dataclass

from mail.mime import MAX_PARTS, Part, content

MAX_FILE = 10 * 1024 * 1024
MAX_FILES_BYTES = 20 * 1024 * 1024
MAX_FILES = 20
MAX_NAME = 150
MAX_ENDING = 20

_NO_NAME = frozenset('/\\<>:"|?*\ufeff')
_ENDINGS = {
    "application/pdf": "pdf",
    "image/gif": "gif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "message/rfc822": "eml",
    "text/calendar": "ics",
    "text/csv": "csv",
    "text/html": "html",
    "text/plain": "txt",
}


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came with a mail. ``name`` is a single safe file name: no path, no control signs, never empty.

    No two files of a mail have the same name, also where case does not count.
    """

    name: str
    media_type: str
    content: bytes


class Files:
    """Collects the files of one mail up to the caps. ``left_out`` says in words what is not kept, and why."""

    def __init__(self) -> None:
        self.kept: list[Attached] = []
        self.left_out: list[str] = []
        self._bytes = 0
        self._names: set[str] = set()

    def add(self, part: Part, name: str = "") -> None:
        """Keeps a part's content, or says why not."""
        whole = content(part)
        name = self._unused(file_name(part.name or name, part.kind))
        reason = self._refusal(len(whole))
        if reason:
            self.left_out.append(f"{name} ({_size(len(whole))}): {reason}")
        else:
            self._bytes += len(whole)
            self.kept.append(Attached(name, part.kind, whole))

    def add_no_more(self) -> None:
        """Says that the mail has more parts than are read."""
        self.left_out.append(f"the rest of the mail: more than {MAX_PARTS} parts")

    def _refusal(self, size: int) -> str:
        if size > MAX_FILE:
            return f"larger than {_size(MAX_FILE)}"
        if len(self.kept) >= MAX_FILES:
            return f"more than {MAX_FILES} files"
        if self._bytes + size > MAX_FILES_BYTES:
            return f"the files of the mail are larger than {_size(MAX_FILES_BYTES)} together"
        return ""

    def _unused(self, name: str) -> str:
        start, ending = _parted(name)
        number, unused = 1, name
        while unused.casefold() in self._names:
            number += 1
            again = f" ({number})"
            unused = start[: MAX_NAME - len(again) - len(ending)] + again + ending
        self._names.add(unused.casefold())
        return unused


def file_name(written: str, kind: str) -> str:
    """A safe name made of what the mail calls the file, its ending kept; a plain one where that says nothing."""
    last = written.replace("\\", "/").rstrip("/ ").rpartition("/")[2]
    name = "".join(c for c in last if not _is_hidden(c)).translate(_REPLACED)
    name = " ".join(name.split()).strip(". ")
    if len(name) > MAX_NAME:
        start, ending = _parted(name)
        name = start[: MAX_NAME - len(ending)].rstrip() + ending
    return name or f"file.{_ENDINGS.get(kind, 'bin')}"


def _parted(name: str) -> tuple[str, str]:
    start, dot, ending = name.rpartition(".")
    return (start, dot + ending) if start and len(ending) <= MAX_ENDING else (name, "")


_REPLACED = {ord(sign): "_" for sign in _NO_NAME}


def _is_hidden(sign: str) -> bool:
    """Control signs, marks that turn the writing direction or cannot be seen, and what is no letter at all."""
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _size(number: int) -> str:
    if number >= 1024 * 1024:
        return f"{number / 1024 / 1024:.1f} MiB".replace(".0 MiB", " MiB")
    return f"{number / 1024:.1f} KiB".replace(".0 KiB", " KiB") if number >= 1024 else f"{number} bytes"
