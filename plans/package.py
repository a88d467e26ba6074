"""A package with the shared blocks that it takes over: all its entitlements, and which clause each one
carries.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from domain.plan import Role
from plans.problems import Place, Problem
from plans.schema import BlockSection, ClockSection, LevelSection, PackageSection, VendorFile


@dataclass(frozen=True, slots=True)
class Carrier:
    """What carries a clause: the part of the package, its name there, and where the clause is named."""

    clause: str
    part: str
    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Package:
    """``blocks``: the shared blocks in the order of ``with``, the package's own part last; ``whole``: all as
    one.
    """

    key: str
    section: PackageSection
    blocks: tuple[BlockSection, ...]
    whole: BlockSection

    @property
    def host(self) -> tuple[Role, ...]:
        """Who holds a meeting that names no roles: the package's first role."""
        return tuple(granted.role for granted in self.whole.roles[:1])

    def carriers(self) -> Iterator[Carrier]:
        """Everything that names a clause, in the order of the schema."""
        for block in self.blocks:
            yield from _block_carriers(block)


def gather(key: str, file: VendorFile) -> tuple[Package, list[Problem]]:
    """The package with its shared blocks. A block that does not exist, or a part given twice, is a problem."""
    section = file.packages[key]
    problems: list[Problem] = []
    blocks: list[BlockSection] = []
    for number, name in enumerate(section.takes):
        if name in file.shared:
            blocks.append(file.shared[name])
        else:
            known = ", ".join(file.shared) or "a block of the section shared"
            problems.append(section.place("with", number).at(f"expected one of {known}, got {name!r}", name))
    blocks.append(section)
    whole: dict[str, Any] = {}
    for part in BlockSection.model_fields:
        values = [getattr(block, part) for block in blocks]
        if isinstance(values[0], tuple):
            whole[part] = tuple(item for value in values for item in value)
            continue
        given = [(block, value) for block, value in zip(blocks, values, strict=True) if value is not None]
        whole[part] = given[-1][1] if given else None
        for block, _ in given[1:]:
            problems.append(block.place(part).at(f"expected {part} once, and a block of with gives it too"))
    return Package(key, section, tuple(blocks), BlockSection.model_construct(**whole)), problems


_NAMES = ("title", "name", "key", "kind", "role")
_GRANTS = ("roles", "hours", "meetings", "touchpoints", "coverage", "levels", "channels", "limits", "charges", "uptime",
           "closing", "services")  # fmt: skip


def _block_carriers(block: BlockSection) -> Iterator[Carrier]:
    for part in _GRANTS:
        value = getattr(block, part)
        for item in value if isinstance(value, tuple) else (value,) if value else ():
            name = next((str(each) for key in _NAMES if (each := getattr(item, key, None)) is not None), "")
            yield Carrier(item.clause, part, name, item.place("clause"))
            if isinstance(item, LevelSection):
                yield from _level_carriers(item)
    for part in ("duties", "terms"):
        for number, clause in enumerate(getattr(block, part)):
            yield Carrier(clause, part, "", block.place(part, number))


def _level_carriers(level: LevelSection) -> Iterator[Carrier]:
    for clock in clocks(level).values():
        if clock.clause is not None:
            yield Carrier(clock.clause, "levels", level.name, clock.place("clause"))
    if level.major_incident is not None:
        yield Carrier(level.major_incident, "levels", level.name, level.place("major_incident"))


def clocks(level: LevelSection) -> dict[str, ClockSection]:
    """The clocks that a level states, by their kind."""
    stated = {"response": level.response, "update": level.update, "resolution": level.resolution}
    return {kind: clock for kind, clock in stated.items() if clock is not None}
