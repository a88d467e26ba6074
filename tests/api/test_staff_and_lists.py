"""Staff, customers, plans and tasks; paging."""

from __future__ import annotations

from tests.api.stack import Stack, a_member


async def test_staff_can_be_added_read_and_changed(api: Stack) -> None:
    added = await api.post("/api/staff", a_member("maya", working_hours="mon-thu 09:00-17:00; fri 09:00-12:00"))
    assert added.status_code == 201
    assert added.json()["working_hours"] == "mon-thu 09:00-17:00; fri 09:00-12:00"
    away = {**a_member("maya"), "active": False}
    assert (await api.http.put("/api/staff/maya", json=away)).json()["active"] is False
    assert (await api.get("/api/staff/maya"))["active"] is False
    assert (await api.get("/api/staff", active=True))["total"] == 0
    assert (await api.get("/api/staff", role="csm"))["total"] == 1
    assert (await api.get("/api/staff", role="tam"))["total"] == 0


async def test_another_member_of_the_same_id_is_refused(api: Stack) -> None:
    await api.post("/api/staff", a_member("maya"))
    assert (await api.post("/api/staff", a_member("maya"))).status_code == 201
    answer = await api.post("/api/staff", a_member("maya", name="Somebody Else"))
    assert answer.status_code == 409
    assert (await api.get("/api/staff/maya"))["name"] == "Maya Lindqvist"


async def test_what_is_wrong_with_a_member_is_told_by_field(api: Stack) -> None:
    body = a_member("maya", roles=("chef",), zone="Nowhere/City", email="not an address", vendors=["acme"])
    answer = await api.post("/api/staff", body)
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {"roles.0", "zone", "email"}
    answer = await api.post("/api/staff", a_member("maya", vendors=["acme"]))
    assert [error["field"] for error in answer.json()["errors"]] == ["vendors.0"]
    answer = await api.post("/api/staff", a_member("maya", working_hours="mon-fri 09:00-08:0"))
    assert "span of opening hours" in answer.json()["errors"][0]["message"]


async def test_lists_come_in_parts_with_links(api: Stack) -> None:
    for number in range(5):
        await api.post("/api/staff", a_member(f"member-{number}"))
    first = await api.http.get("/api/staff?limit=2&role=csm")
    assert [member["id"] for member in first.json()["items"]] == ["member-0", "member-1"]
    assert first.json()["total"] == 5
    assert first.headers["Link"] == (
        '</api/staff?role=csm&limit=2&offset=0>; rel="first", </api/staff?role=csm&limit=2&offset=2>; rel="next"'
    )
    last = await api.http.get("/api/staff?limit=2&offset=4")
    assert [member["id"] for member in last.json()["items"]] == ["member-4"]
    assert 'rel="next"' not in last.headers["Link"]
    assert (await api.http.get("/api/staff?limit=0")).status_code == 422
    assert (await api.http.get("/api/staff?limit=1000")).json()["errors"][0]["field"] == "limit"


async def test_all_twelve_packages_can_be_read(api: Stack) -> None:
    plans = (await api.get("/api/plans", limit=200))["items"]
    assert len(plans) == 12
    premium = await api.get("/api/plans/oura/premium")
    assert premium["hours"]["minutes"] == 120
    assert (await api.http.get("/api/plans/oura/gold")).status_code == 404
    assert (await api.get("/api/plans", vendor="ombori"))["total"] == 4


async def test_the_documentation_tells_every_route_and_how_it_refuses(api: Stack) -> None:
    schema = await api.get("/api/openapi.json")
    sign = schema["paths"]["/api/contracts"]["post"]
    assert set(sign["responses"]) >= {"201", "400", "409", "422", "503"}
    assert "application/problem+json" in sign["responses"]["409"]["content"]
    assert "ProblemOut" in schema["components"]["schemas"]
    page = (await api.http.get("/docs")).text
    for path, operations in schema["paths"].items():
        assert path in page
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            assert operation["tags"], (method, path)
