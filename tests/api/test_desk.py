"""The desk over REST: rotations, who stands in, who is on call, channels that are down."""

from __future__ import annotations

import secrets
from typing import Any

import httpx

from tests.api.stack import Stack, a_member

# Far ahead, since what is over cannot be overridden. 1 March 2060 is a Monday; in Stockholm summer begins on the 28th.
OVERRIDES = "/api/rotations/first-line/overrides"


def a_rotation(**changes: Any) -> dict[str, Any]:
    """The body of a weekly rotation of Maya, Tom and Aisha."""
    return {
        "name": "First line",
        "members": ["maya", "tom", "aisha"],
        "handover": "weekly",
        "handover_at": "09:00",
        "first_day": "2060-03-01",
        "zone": "Europe/Stockholm",
        **changes,
    }


def a_swap(**changes: Any) -> dict[str, Any]:
    return {
        "member": "aisha",
        "begins": "2060-03-09T08:00:00Z",
        "ends": "2060-03-10T08:00:00Z",
        "by": "Maya",
        **changes,
    }


async def staffed(stack: Stack) -> None:
    """Maya, Tom and Aisha, who work for everybody, and Kenji, who works for Oura."""
    for name, vendors in (("maya", []), ("tom", []), ("aisha", []), ("kenji", ["oura"])):
        answer = await stack.post("/api/staff", a_member(name, name=name.title(), vendors=vendors))
        assert answer.status_code == 201, answer.text


async def put(stack: Stack, key: str = "first-line", **changes: Any) -> httpx.Response:
    return await stack.http.put(f"/api/rotations/{key}", json=a_rotation(**changes))


async def rota(stack: Stack) -> None:
    await staffed(stack)
    assert (await put(stack)).status_code == 201


def wrong(answer: httpx.Response) -> dict[str, str]:
    """What a refused body is refused for."""
    assert answer.status_code == 422, answer.text
    return {error["field"]: error["message"] for error in answer.json()["errors"]}


async def test_a_rotation_is_put_read_changed_and_deleted(api: Stack) -> None:
    await staffed(api)
    added = await put(api)
    assert added.status_code == 201
    assert added.json() == {"key": "first-line", "vendor_id": "", "overrides": [], **a_rotation()}
    changed = await put(api, name="Second line", handover="daily", handover_at="20:30", vendor_id="caret")
    assert changed.status_code == 200
    assert await api.get("/api/rotations/first-line") == changed.json()
    assert changed.json()["handover_at"] == "20:30"
    await put(api, "nights", name="Nights")
    assert [each["key"] for each in (await api.get("/api/rotations"))["items"]] == ["nights", "first-line"]
    part = await api.get("/api/rotations", vendor="oura", limit=1)
    assert ([each["key"] for each in part["items"]], part["total"]) == (["nights"], 1)
    assert (await api.http.delete("/api/rotations/first-line")).status_code == 204
    assert (await api.http.delete("/api/rotations/first-line")).status_code == 404
    assert (await api.http.get("/api/rotations/first-line")).status_code == 404


async def test_what_no_rotation_can_be_is_told_by_its_field(api: Stack) -> None:
    await staffed(api)
    refusals: list[tuple[dict[str, Any], dict[str, str]]] = [
        ({"members": ["maya", "tim"]}, {"members.1": "there is nobody 'tim' on the staff"}),
        ({"members": []}, {"members": "expected 1 to 50 members of the staff, in turn"}),
        ({"vendor_id": "caret", "members": ["maya", "kenji"]}, {"members.1": "Kenji does not work for caret"}),
        ({"vendor_id": "acme"}, {"vendor_id": "there is no vendor 'acme'; there are caret, essensys, ombori, oura"}),
        ({"zone": "Europe/Stokholm"}, {"zone": "expected the name of an IANA time zone, such as Europe/Stockholm"}),
        ({"handover_at": "24:00"}, {"handover_at": "expected a time of day, such as 09:00"}),
        ({"first_day": "9999-12-27"}, {"first_day": "expected a day of the years 2000 to 2099"}),
        ({"colour": "red"}, {"colour": "this field is not known"}),
    ]
    assert [wrong(await put(api, **changes)) for changes, _ in refusals] == [told for _, told in refusals]
    assert (await api.get("/api/rotations"))["total"] == 0


async def test_a_key_is_one_that_a_plan_can_name(api: Stack) -> None:
    assert set(wrong(await put(api, "First Line"))) == {"key"}
    assert set(wrong(await put(api, "x" * 41))) == {"key"}


async def test_who_is_on_call_follows_the_wall_clock_of_the_zone(api: Stack) -> None:
    await rota(api)

    async def who(at: str) -> tuple[str | None, str | None, str | None]:
        told = await api.get("/api/rotations/first-line/on-call", at=at)
        return told["staff_id"], told["until"], told["next_staff_id"]

    assert await who("2060-03-08T07:59:00Z") == ("maya", "2060-03-08T08:00:00Z", "tom")
    assert await who("2060-03-08T09:00:00+01:00") == ("tom", "2060-03-15T08:00:00Z", "aisha")
    assert await who("2060-03-22T08:00:00Z") == ("maya", "2060-03-29T07:00:00Z", "tom")
    assert await who("2060-01-01T00:00:00Z") == (None, None, None)
    early = await api.get("/api/rotations/first-line/on-call")
    assert early["reason"] == "the rotation First line begins on 1 March 2060"


async def test_a_time_without_an_offset_or_beyond_every_calendar_is_refused(api: Stack) -> None:
    await rota(api)
    for at in ("2060-03-08T07:59:00", "9999-12-31T23:59:59Z", "now"):
        assert set(wrong(await api.http.get("/api/rotations/first-line/on-call", params={"at": at}))) == {"at"}


async def test_who_stands_in_is_on_call_until_it_is_taken_back(api: Stack) -> None:
    await rota(api)
    made = await api.post(OVERRIDES, a_swap(reason="a wedding"))
    assert made.status_code == 201
    noon = "2060-03-09T12:00:00Z"
    told = await api.get("/api/rotations/first-line/on-call", at=noon)
    assert (told["staff_id"], told["overridden"], told["until"]) == ("aisha", True, "2060-03-10T08:00:00Z")
    (override,) = (await api.get("/api/rotations/first-line"))["overrides"]
    assert override == made.json()
    assert (override["by"], override["reason"]) == ("Maya", "a wedding")
    listed = await api.get(OVERRIDES)
    assert (listed["items"], listed["total"]) == ([override], 1)
    assert (await api.http.delete(f"{OVERRIDES}/{override['id']}")).status_code == 204
    assert (await api.http.delete(f"{OVERRIDES}/{override['id']}")).status_code == 404
    assert (await api.get("/api/rotations/first-line/on-call", at=noon))["staff_id"] == "tom"


async def test_an_override_sent_again_is_one_override(api: Stack) -> None:
    await rota(api)
    key = secrets.token_hex(12)
    first = await api.post(OVERRIDES, a_swap(), key)
    again = await api.post(OVERRIDES, a_swap(), key)
    assert (again.status_code, again.json(), again.headers["Idempotency-Replayed"]) == (201, first.json(), "true")
    assert (await api.post(OVERRIDES, a_swap(member="tom"), key)).status_code == 422
    assert (await api.http.post(OVERRIDES, json=a_swap())).status_code == 400
    assert (await api.get(OVERRIDES))["total"] == 1


async def test_what_no_override_can_be_is_told_by_its_field(api: Stack) -> None:
    await rota(api)
    await api.http.put("/api/staff/tom", json=a_member("tom", name="Tom", active=False))
    over = {"begins": "2020-03-09T08:00:00Z", "ends": "2020-03-10T08:00:00Z"}
    refusals: list[tuple[dict[str, Any], dict[str, str]]] = [
        ({"ends": "2060-03-09T08:00:00Z"}, {"ends": "expected an instant after the beginning"}),
        ({"ends": "2060-03-09T08:30:00+01:00"}, {"ends": "expected an instant after the beginning"}),
        ({"member": "tim"}, {"member": "there is nobody 'tim' on the staff"}),
        ({"member": "tom"}, {"member": "Tom is away"}),
        (over, {"ends": "expected an end that lies ahead: what is over is not changed"}),
    ]
    told = [wrong(await api.post(OVERRIDES, a_swap(**changes))) for changes, _ in refusals]
    assert told == [reason for _, reason in refusals]
    assert (await api.post("/api/rotations/nights/overrides", a_swap())).status_code == 404


async def test_who_is_away_is_passed_over_and_it_is_said(api: Stack) -> None:
    await rota(api)
    await api.http.put("/api/staff/tom", json=a_member("tom", name="Tom", active=False))
    told = await api.get("/api/rotations/first-line/on-call", at="2060-03-09T12:00:00Z")
    assert (told["staff_id"], told["email"], told["reason"]) == (
        "aisha", "aisha@pledge.test", "Tom is away, so it is Aisha"
    )  # fmt: skip


async def test_each_channel_of_each_vendor_is_up_until_somebody_says_otherwise(api: Stack) -> None:
    listed = (await api.get("/api/channels", vendor="essensys"))["items"]
    assert [(each["channel"], each["opens"], each["down"], each["since"]) for each in listed] == [
        ("Live Chat", ["phone", "e-mail"], False, None),
        ("phone", [], False, None),
        ("e-mail", [], False, None),
    ]
    assert {each["vendor"] for each in (await api.get("/api/channels"))["items"]} == {"caret", "essensys", "ombori"}
    body = {"channel": "live chat", "by": "Maya", "reason": "it hangs"}
    down = (await api.post("/api/channels/essensys/down", body)).json()
    assert (down["channel"], down["down"], down["by"], down["reason"]) == ("Live Chat", True, "Maya", "it hangs")
    still = (await api.post("/api/channels/essensys/down", {**body, "by": "Tom"})).json()
    assert still == down
    assert [each["channel"] for each in (await api.get("/api/channels", down=True))["items"]] == ["Live Chat"]
    up = (await api.post("/api/channels/essensys/up", {"channel": "Live Chat", "by": "Tom"})).json()
    assert (up["down"], up["by"], up["reason"]) == (False, "Tom", "")
    assert up["since"] >= down["since"]
    assert (await api.get("/api/channels", down=True))["total"] == 0


async def test_an_unknown_vendor_or_channel_is_refused(api: Stack) -> None:
    assert (await api.post("/api/channels/acme/down", {"channel": "chat"})).status_code == 404
    assert wrong(await api.post("/api/channels/essensys/down", {"channel": "fax"})) == {
        "channel": "essensys has no channel 'fax'; it has Live Chat, phone, e-mail"
    }
    assert wrong(await api.post("/api/channels/essensys/up", {})) == {"channel": "this field is required"}
