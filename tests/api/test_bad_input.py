"""What no column can hold is refused in words: it is a mistake of the request, never one of ours."""

from __future__ import annotations

import pytest

from api.app import create_app
from settings import read_settings
from tests.api.stack import Stack


@pytest.mark.parametrize(
    "path",
    [
        "/api/contracts/%00",
        "/api/contracts/a%00b/timeline",
        "/api/meetings/%00/k",
        "/api/meetings/acme/%00",
        "/api/staff/%00",
        "/api/plans/oura/%00",
        "/contracts/%00",
        "/contracts/%00/terminate",
        "/plans/oura/%00",
        "/answer/%00",
        "/feeds/%00.ics",
    ],
)
async def test_no_address_with_nul_leads_anywhere(api: Stack, path: str) -> None:
    answer = await api.http.get(path)
    assert answer.status_code == 404
    if not path.startswith(("/contracts", "/plans", "/answer")):
        assert answer.json()["type"].endswith("/problems/not-found")


@pytest.mark.parametrize(
    "path",
    ["/api/contracts", "/api/meetings", "/api/tasks", "/api/staff", "/api/customers", "/api/plans"],
)
async def test_nul_in_a_query_is_told_by_its_name(api: Stack, path: str) -> None:
    answer = await api.http.get(f"{path}?customer=%00")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "customer", "message": "expected text without NUL"}]


async def test_a_page_asked_for_with_nul_is_a_page_that_says_so(api: Stack) -> None:
    answer = await api.http.get("/?customer=%00")
    assert answer.status_code == 422
    assert "The input is not valid" in answer.text


async def test_nul_in_a_form_is_no_mistake_of_ours(api: Stack) -> None:
    answer = await api.http.post("/me", data={"staff_id": "\0"}, headers={"Origin": api.settings.base_url})
    assert answer.status_code == 422


@pytest.mark.parametrize("name", ["before", "after"])
async def test_a_number_beyond_every_id_is_refused(api: Stack, name: str) -> None:
    for number in ("9223372036854775808", "99999999999999999999"):
        answer = await api.http.get(f"/api/contracts/nobody-2026/timeline?{name}={number}")
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == [name]
    assert (await api.http.get("/contracts/nobody-2026?before=99999999999999999999")).status_code == 422


async def test_a_meeting_cannot_be_asked_for_between_a_day_and_the_day_before(api: Stack) -> None:
    asked = {
        "title": "Refresher",
        "minutes": 60,
        "earliest": "2026-12-02T09:00:00Z",
        "latest": "2026-12-02T09:30:00+01:00",
    }
    answer = await api.post("/api/contracts/nobody-2026/request-meeting", asked)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "latest", "message": "expected an instant after the earliest one"}]


def test_the_description_names_every_refusal() -> None:
    paths = create_app(read_settings()).openapi()["paths"]
    assert set(paths["/api/plans/{vendor}/{package}"]["get"]["responses"]) == {"200", "404", "421", "422", "503"}
    assert set(paths["/api/contracts"]["get"]["responses"]) == {"200", "421", "422", "503"}
    assert set(paths["/api/contracts"]["post"]["responses"]) == {"201", "400", "403", "409", "421", "422", "503"}
    assert "application/problem+json" in paths["/api/contracts"]["post"]["responses"]["403"]["content"]
