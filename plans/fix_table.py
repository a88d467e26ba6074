"""A table of fix targets that a package imports (A13): a CSV file beside the vendor's.

Its first line names the columns: ``level`` (a key), ``target`` (``8h``, ``5 service days``), and where needed
``clause`` (else the one that the level measures its fixes under) and ``wall`` (``yes``: by the wall clock, A17).
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from domain.fix_targets import FixTarget
from plans.completeness import belongs_to
from plans.package import Package
from plans.problems import Place, Problem
from plans.references import service_day_minutes
from plans.schema import LevelSection, VendorFile
from plans.source import LONGEST_BYTES
from plans.units import Length, parse_length, shown

COLUMNS = ("level", "target", "clause", "wall")
_NEEDED = COLUMNS[:2]
_YES_OR_NO = {"": False, "no": False, "yes": True}


@dataclass(frozen=True, slots=True)
class _Row:
    file: str
    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "").strip()

    def at(self, column: str, message: str) -> Problem:
        return Place(self.file, self.line, column).at(message)


def read_table(folder: Path, file: VendorFile, package: Package) -> tuple[tuple[FixTarget, ...], list[Problem]]:
    """The fix targets of a package, none where it imports none; and every mistake of the table, with line and column.

    Only for a package in which no check found a mistake.
    """
    name = package.section.fix_targets
    if name is None:
        return (), []
    rows, problems = _rows(folder, name, package.section.place("fix_targets"))
    targets: list[FixTarget] = []
    lines: dict[str, int] = {}
    for row in rows:
        found, mistakes = _target(row, file, package)
        if row["level"] in lines:
            message = f"expected another level than {row['level']}, which line {lines[row['level']]} has"
            mistakes.append(row.at("level", message))
        lines.setdefault(row["level"], row.line)
        problems += mistakes
        targets += [found] if found is not None and not mistakes else []
    if not (rows or problems):
        problems.append(Problem(name, 1, "", "expected a row for each level that has a fix target"))
    return tuple(targets), problems


def _rows(folder: Path, name: str, place: Place) -> tuple[list[_Row], list[Problem]]:
    try:
        raw = (folder / name).read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        return [], [place.at(f"expected a table beside {place.file}; {name} cannot be read: {error.strerror}")]
    except UnicodeDecodeError as error:
        return [], [Problem(name, raw[: error.start].count(b"\n") + 1, "", "expected UTF-8 text")]
    if len(raw) > LONGEST_BYTES:
        return [], [Problem(name, 1, "", f"expected a file of at most {LONGEST_BYTES} bytes")]
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        listed = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        return [], [Problem(name, reader.line_num, "", f"expected CSV: {error}")]
    header = [cell.strip().lower() for cell in listed[0][1]] if listed else []
    if problems := list(_header(name, header)):
        return [], problems
    rows = [_Row(name, line, dict(zip(header, cells, strict=False))) for line, cells in listed[1:]]
    wrong = [
        Problem(name, line, "", f"expected {len(header)} cells, as the first line has, got {len(cells)}")
        for line, cells in listed[1:]
        if len(cells) != len(header)
    ]
    return ([], wrong) if wrong else (rows, [])


def _header(name: str, header: list[str]) -> Iterator[Problem]:
    expected = f"expected the columns {', '.join(_NEEDED)}, and where needed {', '.join(COLUMNS[2:])}"
    if unknown := [column for column in header if column not in COLUMNS]:
        yield Problem(name, 1, "", f"{expected}; got {shown(unknown[0])}")
    elif missing := [column for column in _NEEDED if column not in header]:
        yield Problem(name, 1, "", f"{expected}; {missing[0]} is missing")
    elif twice := [column for column in header if header.count(column) > 1]:
        yield Problem(name, 1, "", f"{expected}, each once; {twice[0]} stands twice")


def _target(row: _Row, file: VendorFile, package: Package) -> tuple[FixTarget | None, list[Problem]]:
    levels = {level.key: level for level in package.whole.levels}
    level = levels.get(row["level"])
    if level is None:
        known = ", ".join(levels) or "there is none"
        return None, [row.at("level", f"expected a level of {package.key} ({known}), got {row['level']!r}")]
    if level.resolution is not None and level.resolution.within is not None:
        stated = level.place("resolution")
        message = f"expected a level without a fix target, and {stated.file}:{stated.line} has one for {level.key}"
        return None, [row.at("level", message)]
    clause = row["clause"] or (level.resolution.clause if level.resolution else None) or level.clause
    wall, problems = _YES_OR_NO.get(row["wall"].lower()), []
    if wall is None:
        problems.append(row.at("wall", f"expected yes or no, got {row['wall']!r}"))
    if clause not in file.clauses or not belongs_to(file.clauses[clause], package.key):
        problems.append(row.at("clause", f"expected a clause of package {package.key}, got {clause!r}"))
    try:
        length = parse_length(row["target"])
        seconds = _seconds(length, level, package, bool(wall))
    except ValueError as error:
        return None, [*problems, row.at("target", str(error))]
    text = f"{length} by the wall clock" if wall else str(length)
    return FixTarget(level.key, seconds, text, clause, bool(wall)), problems


def _seconds(length: Length, level: LevelSection, package: Package, wall: bool) -> int:
    """ValueError for service days that have no known length, or by the wall clock (A17)."""
    if not length.service_days:
        return length.minutes * 60
    if wall:
        raise ValueError("expected hours or minutes by the wall clock, such as 48h (A17)")
    day = service_day_minutes(rule for rule in package.whole.coverage if rule.key == level.coverage)
    if day is None:
        message = f"the days of coverage {level.coverage!r} have no one known length (A17)"
        raise ValueError(f"expected hours, such as 48h: {message}")
    return length.service_days * day * 60
