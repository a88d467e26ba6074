"""Draws `docs/contract.png` anew: `make picture`.

A contract is signed seven months ago and lives until today, in skipped time, by the real workflows; then the real
screen is photographed in Chromium (Debian's package). Nothing in the picture is made up but the people.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from playwright.async_api import async_playwright

from api.app import create_app
from domain.contract import Contact, Person
from domain.terms import add_months
from plans.loader import load_catalogue
from runtime.exit import run_and_leave
from runtime.ports import free_ports
from settings import Settings, read_settings
from simulation.order import contract_of, signing_of
from simulation.run import begin
from simulation.script import MeetingHabits, Script
from simulation.world import World, open_world, private_database
from storage.staff import list_staff, put_staff

TARGET = Path(__file__).parent / "contract.png"
MONTHS_AGO = 7
PEOPLE = {"csm-1": ("Maya Lindqvist", "maya.lindqvist@oura.example"), "csm-2": ("Rosa Delgado", "rosa@oura.example")}
CHROMIUM = "/usr/bin/chromium"
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


async def draw(database_url: str) -> None:
    """Live for seven months, then look."""
    today = datetime.now(UTC)
    plan = load_catalogue().get("oura/premium")
    contract = replace(
        contract_of(plan, add_months(today.date(), -MONTHS_AGO), "America/New_York", name="northwind"),
        id="northwind-2026",
        customer_name="Northwind Sleep Lab",
        contacts=(Contact(Person("Lee Park", "lee.park@northwind.example", "+1 212 555 0140"), primary=True),),
    )
    async with open_world(database_url, signing_of(contract)) as world:
        await begin(world, contract, Script("accepts", MeetingHabits(held_percent=75)))
        await _name_the_staff(world)
        await world.environment.sleep(today - await world.now())
        settings = read_settings(database=database_url, api_port=free_ports(1)[0])
        async with _serving(settings):
            await _photograph(f"{settings.base_url}/contracts/{contract.id}")


async def _name_the_staff(world: World) -> None:
    async with world.sessions.begin() as session:
        for member in await list_staff(session):
            name, email = PEOPLE.get(member.id, (member.name, member.email))
            await put_staff(session, replace(member, name=name, email=email))


@contextlib.asynccontextmanager
async def _serving(settings: Settings) -> AsyncIterator[None]:
    config = uvicorn.Config(
        create_app(settings), port=settings.api_port, log_level="error", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.05)
    yield
    server.should_exit = True
    await serving


async def _photograph(address: str) -> None:
    async with async_playwright() as tools:
        browser = await tools.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = await browser.new_page(viewport={"width": 1180, "height": 1240}, color_scheme="light")
        await page.goto(address, wait_until="domcontentloaded")
        await page.wait_for_timeout(500)
        await page.screenshot(path=TARGET)
        await browser.close()


def main() -> int:
    """Draw it; the exit status."""
    with private_database() as database_url:
        asyncio.run(draw(database_url))
    return 0


if __name__ == "__main__":
    run_and_leave(main)
