"""What every door refuses: other hosts, other sites, and what it tells browsers to allow."""

from __future__ import annotations

import pytest

from api.app import create_app
from api.security import host_names
from settings import SettingsError, read_settings
from tests.api.stack import Stack, new_id


def _problem(answer: object) -> str:
    return str(answer.json()["type"].rsplit("/", 1)[1])  # type: ignore[attr-defined]


async def test_another_host_name_gets_no_answer(api: Stack) -> None:
    answer = await api.http.get("/api/contracts", headers={"Host": "rebound.example:8080"})
    assert answer.status_code == 421
    assert "items" not in answer.text


async def test_localhost_by_name_is_ourselves(api: Stack) -> None:
    answer = await api.http.get("/healthz", headers={"Host": f"localhost:{api.settings.api_port}"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
async def test_a_form_of_another_site_is_refused(api: Stack, headers: dict[str, str]) -> None:
    answer = await api.http.post("/contracts/new", data={"id": "x"}, headers=headers)
    assert answer.status_code == 403
    assert _problem(answer) == "forbidden"


async def test_a_form_of_our_own_is_let_through(api: Stack) -> None:
    own = {"Origin": api.settings.base_url, "Sec-Fetch-Site": "same-origin"}
    answer = await api.http.post("/contracts/new", data={"id": "x"}, headers=own)
    assert answer.status_code == 422


async def test_pages_allow_no_foreign_script_and_no_frame_around_them(api: Stack) -> None:
    policy = (await api.http.get("/")).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


async def test_no_page_holds_a_script_or_a_style_of_its_own(api: Stack) -> None:
    for path in ("/", "/plans", "/plans/oura/premium", "/contracts/new", "/docs", "/me", "/desk"):
        html = (await api.http.get(path)).text
        assert "<style" not in html, path
        assert " style=" not in html, path
        assert "onclick" not in html, path
        assert "<script>" not in html, path
        assert "//cdn" not in html, path


async def test_an_unknown_page_is_a_page_and_an_unknown_route_a_problem(api: Stack) -> None:
    page = await api.http.get("/nowhere")
    assert page.status_code == 404
    assert "There is no such page" in page.text
    assert "contract" not in page.text.split("<h1>")[1].split("</main>")[0]
    assert page.headers["content-type"].startswith("text/html")
    problem = await api.http.get("/api/nowhere")
    assert problem.status_code == 404
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["detail"] == "there is nothing at this address"


async def test_a_broken_body_is_told_as_one(api: Stack) -> None:
    answer = await api.http.post(
        "/api/contracts",
        content=b"{",
        headers={"Idempotency-Key": new_id("key"), "Content-Type": "application/json"},
    )
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "", "message": "expected a JSON object"}]


async def test_the_type_of_a_problem_leads_to_its_meaning(api: Stack) -> None:
    problem = (await api.http.get("/api/contracts/nobody")).json()
    page = await api.http.get(problem["type"])
    assert page.status_code == 200
    assert "The id in the address is not known here" in page.text


async def test_a_static_file_is_kept_for_ever_and_only_ours_are_served(api: Stack) -> None:
    found = await api.http.get("/static/pledge.css?v=1")
    assert found.status_code == 200
    assert "immutable" in found.headers["Cache-Control"]
    assert (await api.http.get("/static/..%2fapp.py")).status_code == 404
    assert (await api.http.get("/static/app.py")).status_code == 404


def test_an_address_that_others_reach_needs_an_explicit_setting() -> None:
    with pytest.raises(SettingsError, match="PLEDGE_ALLOW_REMOTE"):
        create_app(read_settings(bind="0.0.0.0"))


def test_the_names_we_answer_to_are_this_machines_and_the_one_of_the_settings() -> None:
    assert set(host_names("https://pledge.example.com", "127.0.0.1", False)) == {
        "127.0.0.1",
        "localhost",
        "::1",
        "pledge.example.com",
    }
    assert host_names("http://127.0.0.1:8080", "0.0.0.0", True) == ("*",)
