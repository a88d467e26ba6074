"""What is wrong with a plan file: where it stands, which field it is, and what was expected there."""

import dataclasses
from dataclasses import dataclass

ABSENT = "?"
"""What a problem is about that says that something is not there at all."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file (1 is the first) and the field that stands there, such as ``packages.premium.hours``."""

    file: str
    line: int
    field: str

    def at(self, message: str, about: str = "") -> "Problem":
        """A problem at this place; ``about`` is the name that a reference does not find."""
        return Problem(self.file, self.line, self.field, message, about)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One error of one file. As text: ``oura.yaml:42: packages.premium.hours.amount: expected …``."""

    file: str
    line: int
    field: str
    message: str
    # What a reference does not find, or ABSENT: with it, a consequence of another mistake can be told from a mistake.
    about: str = dataclasses.field(default="", compare=False)

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: {self.field}" if self.field else f"{self.file}:{self.line}"
        return f"{where}: {self.message}"


class CatalogueError(ValueError):
    """Plan files that were refused. ``problems`` holds every error of every file, by file and line."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))
