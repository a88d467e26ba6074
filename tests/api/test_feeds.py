"""A contract's calendar feed: an address that can be revoked, and answers that a subscriber keeps."""

from __future__ import annotations

from icalendar import Calendar

from tests.api.stack import Stack, kicked_off


async def _with_a_meeting(stack: Stack) -> str:
    contract_id = await kicked_off(stack)
    body = {"title": "Refresher", "minutes": 60, "by": "Maya"}
    key = (await stack.post(f"/api/contracts/{contract_id}/request-meeting", body)).json()["key"]
    await stack.until(f"/api/meetings/{contract_id}/{key}", lambda m: m["status"] == "invited")
    return contract_id


async def test_a_feed_publishes_the_meetings_without_attendees(whole: Stack) -> None:
    contract_id = await _with_a_meeting(whole)
    assert (await whole.get(f"/api/contracts/{contract_id}/feed"))["url"] is None
    url = (await whole.post(f"/api/contracts/{contract_id}/feed")).json()["url"]
    assert (await whole.post(f"/api/contracts/{contract_id}/feed")).json()["url"] == url
    answer = await whole.http.get(url)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    assert calendar["method"] == "PUBLISH"
    titles = [str(event["summary"]) for event in calendar.walk("VEVENT")]
    assert "Refresher" in titles
    assert b"ATTENDEE" not in answer.content


async def test_a_subscriber_that_has_it_gets_304(whole: Stack) -> None:
    contract_id = await _with_a_meeting(whole)
    url = (await whole.post(f"/api/contracts/{contract_id}/feed")).json()["url"]
    first = await whole.http.get(url)
    by_tag = await whole.http.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert (by_tag.status_code, by_tag.content) == (304, b"")
    assert by_tag.headers["ETag"] == first.headers["ETag"]
    by_date = await whole.http.get(url, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert by_date.status_code == 304
    other = await whole.http.get(url, headers={"If-None-Match": '"another"'})
    assert other.status_code == 200


async def test_a_revoked_address_gives_nothing_and_the_next_one_is_another(whole: Stack) -> None:
    contract_id = await _with_a_meeting(whole)
    url = (await whole.post(f"/api/contracts/{contract_id}/feed")).json()["url"]
    assert (await whole.http.delete(f"/api/contracts/{contract_id}/feed")).status_code == 204
    assert (await whole.http.get(url)).status_code == 404
    assert (await whole.post(f"/api/contracts/{contract_id}/feed")).json()["url"] != url


async def test_a_guessed_address_gives_nothing(api: Stack) -> None:
    assert (await api.http.get("/feeds/guess.ics")).status_code == 404
