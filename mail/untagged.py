"""The words of a mail that was written in HTML, in the lines in which they are read."""

import re
from html import unescape

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_MARK = re.compile(r"<(?=[a-zA-Z/!?])")  # any other is a sign that somebody wrote
_SPACES = re.compile(r"\s+")
_HIDDEN = {tag: re.compile(f"</{tag}", re.IGNORECASE) for tag in ("style", "script", "title")}
_BLOCKS = frozenset(
    ("address", "article", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "footer", "form", "h1", "h2",
     "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul")
)  # fmt: skip
MAX_QUOTED = 5


def untagged(html: str) -> str:
    """Each block in a line of its own, a quoted one behind ``>``. Passes each letter once, however the page is made."""
    page = _Page()
    position = 0
    while mark := _MARK.search(html, position):
        opened = mark.start()
        page.say(html[position:opened])
        if html.startswith("<!--", opened):
            position = _after(html, "-->", opened + 4)
        elif tag := _TAG.match(html, opened):
            position = _after(html, ">", tag.end())
            name = tag[2].lower()
            if name in _HIDDEN and not tag[1]:
                ending = _HIDDEN[name].search(html, position)
                position = _after(html, ">", ending.end()) if ending else len(html)
            else:
                page.tag(name, closing=bool(tag[1]))
        else:
            position = _after(html, ">", opened)
    page.say(html[position:])
    return page.text()


def _after(html: str, mark: str, position: int) -> int:
    found = html.find(mark, position)
    return found + len(mark) if found >= 0 else len(html)


class _Page:
    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._quoted = 0
        self._as_written = 0

    def say(self, words: str) -> None:
        words = unescape(words).replace("\xa0", " ")
        if self._as_written:
            *whole, words = words.split("\n")
            for line in whole:
                self._line.append(line)
                self._end()
            self._line.append(words)
        else:
            self._line.append(_SPACES.sub(" ", words))

    def tag(self, name: str, *, closing: bool) -> None:
        if name == "br":
            self._end()
        elif name in ("td", "th"):
            self._line.append(" ")
        elif name in _BLOCKS:
            if "".join(self._line).strip():
                self._end()
            self._line.clear()
            step = -1 if closing else 1
            if name == "blockquote":
                self._quoted = max(self._quoted + step, 0)
            elif name == "pre":
                self._as_written = max(self._as_written + step, 0)
            elif name == "li" and not closing:
                self._line.append("- ")

    def _end(self) -> None:
        line = "".join(self._line)
        line = line.rstrip() if self._as_written else _SPACES.sub(" ", line).strip()
        self._line.clear()
        quoted = "> " * min(self._quoted, MAX_QUOTED)
        # One empty line is enough between two paragraphs.
        if line or not self._lines or self._lines[-1].strip("> "):
            self._lines.append((quoted + line).rstrip())

    def text(self) -> str:
        self._end()
        return "\n".join(self._lines).strip()
