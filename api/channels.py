"""The ways in of each vendor, and whether they are up: one that is down may open another (essensys-3)."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from api import problems
from api.house import House, now
from api.models import By, Line, OptionalLine
from api.problems import FieldError
from domain.plan import Vendor
from storage.downtimes import Downtime, latest_downtimes, mark_down, mark_up


class ChannelIn(By):
    """Say that a channel is down, or up again."""

    channel: Line = Field(description="Its name in the plans", examples=["Live Chat"])
    reason: OptionalLine = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way in. ``plans`` have it; ``opens`` are the channels that are a way in while this one is down.

    ``last``: its last downtime, None where it never had one.
    """

    vendor: Vendor
    name: str
    plans: tuple[str, ...]
    opens: tuple[str, ...]
    last: Downtime | None

    @property
    def down(self) -> bool:
        return self.last is not None and self.last.until is None


async def list_channels(house: House) -> list[Channel]:
    """Every channel of the packages on offer, by vendor and in the plans' order; then those that are down still
    although no package has them any more.
    """
    async with house.sessions() as session:
        last = {(each.vendor_id, each.channel): each for each in await latest_downtimes(session)}
    found: list[Channel] = []
    for vendor in house.vendors:
        plans = [plan for plan in house.plans.values() if plan.vendor.id == vendor.id]
        names = list(dict.fromkeys(channel.name for plan in plans for channel in plan.channels))
        names += [each.channel for each in last.values() if each.vendor_id == vendor.id and _left(each, names)]
        for name in names:
            having = tuple(plan.id for plan in plans if any(channel.name == name for channel in plan.channels))
            ways = [channel for plan in plans for channel in plan.channels if channel.only_if_down == name]
            opens = tuple(dict.fromkeys(channel.name for channel in ways))
            found.append(Channel(vendor, name, having, opens, last.get((vendor.id, name))))
    return found


async def set_channel(house: House, vendor_id: str, body: ChannelIn, *, down: bool) -> Channel:
    """Say that it is down or up; saying what is so already changes nothing. Raises Problem 404 for the vendor, 422
    for the channel.
    """
    channel = await _channel(house, vendor_id, body.channel)
    if channel.down == down:
        return channel
    async with house.sessions.begin() as session:
        change = mark_down if down else mark_up
        await change(session, vendor_id, channel.name, now(), body.by, body.reason)
    return await _channel(house, vendor_id, channel.name)


async def _channel(house: House, vendor_id: str, name: str) -> Channel:
    if vendor_id not in house.catalogue.vendors:
        raise problems.not_found("vendor", vendor_id)
    there = [channel for channel in await list_channels(house) if channel.vendor.id == vendor_id]
    for channel in there:
        if channel.name.casefold() == name.casefold():
            return channel
    names = ", ".join(channel.name for channel in there) or "none in its plans"
    raise problems.invalid([FieldError("channel", f"{vendor_id} has no channel {name!r}; it has {names}")])


def _left(downtime: Downtime, names: list[str]) -> bool:
    return downtime.until is None and downtime.channel not in names
