"""`pledge rotations import`: what it checks, tells and does."""

from __future__ import annotations

from pathlib import Path

from api import importing
from api.house import open_house
from api.importing import Report
from api.importing_rotations import import_rotations, read_rotations
from api.rotations import mistakes
from plans.loader import load_catalogue
from storage.staff import put_staff
from tests.api.stack import ROOT, Stack, a_member, pledge
from tests.workflows.trial import member

HEADER = "key,name,members,first_day,zone,vendor,handover,handover_at"
GOOD = "first-line,First line,maya; tom,2026-01-05,Europe/Stockholm,,,"


def told(*lines: str) -> list[tuple[int, str]]:
    return [(error.line, error.column) for error in read_rotations("\n".join([HEADER, *lines])).errors]


def test_the_examples_are_without_a_mistake_and_name_people_of_the_staff() -> None:
    staff = importing.read_staff(importing.read_text(ROOT / "examples" / "staff.csv"))
    known = {each.id: each for _, each in staff.rows}
    sheet = read_rotations(importing.read_text(ROOT / "examples" / "rotations.csv"))
    assert sheet.errors == []
    assert [mistakes(kept, known, load_catalogue().vendors) for _, kept in sheet.rows] == [[], [], []]


def test_a_row_is_a_rotation_with_weekly_handovers_at_nine_where_it_says_nothing_else() -> None:
    ((_, kept),) = read_rotations(f"{HEADER}\n{GOOD}").rows
    assert (kept.rotation.members, kept.rotation.handover, kept.rotation.handover_minute, kept.vendor_id) == (
        ("maya", "tom"), "weekly", 540, ""
    )  # fmt: skip


def test_every_mistake_of_a_row_is_told_by_its_column() -> None:
    assert told("First Line,,maya,today-3d,Mars/Phobos,,monthly,9 am", GOOD, GOOD, "nights,Nights,,,UTC,,,") == [
        (2, "first_day"), (2, "handover"), (2, "handover_at"), (2, "key"), (2, "name"), (2, "zone"),
        (3, "key"), (4, "key"), (5, "first_day"), (5, "members"),
    ]  # fmt: skip


async def test_nothing_is_done_while_a_row_names_somebody_whom_nobody_knows(api: Stack) -> None:
    sheet = read_rotations("\n".join([HEADER, GOOD, GOOD.replace("first-line", "nights").replace("tom", "tim")]))

    async def imported(*, partial: bool) -> Report:
        return await import_rotations(house, sheet, partial=partial, tell=lambda *_: None)

    async with open_house(api.settings) as house:
        async with house.sessions.begin() as session:
            for name in ("maya", "tom"):
                await put_staff(session, member(name))
        refused = await imported(partial=False)
        assert (refused.done, [(each.line, each.column, each.reason) for each in refused.errors]) == (
            False, [(3, "members", "there is nobody 'tim' on the staff")]
        )  # fmt: skip
        assert (await api.get("/api/rotations"))["total"] == 0
        assert (await imported(partial=True)).added == ["first-line"]
        assert (await imported(partial=True)).unchanged == ["first-line"]
        sheet = read_rotations(f"{HEADER}\n{GOOD.replace('maya; tom', 'tom')}")
        assert (await imported(partial=False)).changed == ["first-line"]
        assert (await api.get("/api/rotations/first-line/on-call"))["staff_id"] == "tom"


async def test_a_file_is_imported_and_the_rotations_are_listed(api: Stack, tmp_path: Path) -> None:
    file = tmp_path / "rotations.csv"
    for name in ("maya", "tom"):
        await api.post("/api/staff", a_member(name, name=name.title()))
    file.write_text(f"{HEADER}\n{GOOD}\n")
    done = await pledge(api, "rotations", "import", str(file))
    assert (done.returncode, done.stdout) == (0, "1 rotation imported\n"), done.stderr
    assert (await pledge(api, "rotations", "list")).stdout.splitlines()[1].split("  ")[0] == "first-line"
