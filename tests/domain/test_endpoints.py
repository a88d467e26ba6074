"""What may be an endpoint, and what may be its secret."""

from __future__ import annotations

import pytest

from domain.endpoints import secret_mistake, secret_of, url_mistake


@pytest.mark.parametrize(
    "url",
    [
        "https://desk.acme.example/hooks",
        "https://desk.acme.example:8443/hooks?tenant=7",
        "https://10.1.2.3/hooks",  # a client's own desk in a private network
        "https://desk.internal/hooks",
        "http://127.0.0.1:9000/hooks",
        "http://127.8.8.8/hooks",
        "http://localhost:9000/hooks",
        "http://[::1]:9000/hooks",
    ],
)
def test_https_anywhere_and_http_on_this_machine_are_endpoints(url: str) -> None:
    assert url_mistake(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://desk.acme.example/hooks",
        "http://10.1.2.3/hooks",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost.acme.example/",
        "http://2130706433/",  # 127.0.0.1 as one number: not every program reads it so
        "ftp://desk.acme.example/",
        "file:///etc/passwd",
        "//desk.acme.example/hooks",
        "https://",
        "https:///hooks",
        "https://desk.acme.example:99999/",
        "https://[::1/",
        "",
    ],
)
def test_anything_else_is_none(url: str) -> None:
    assert url_mistake(url) == "expected https://…, or http://… of this machine (127.0.0.1, localhost)"


@pytest.mark.parametrize("url", ["https://a:b@desk.acme.example/", "https://desk.acme.example/#part"])
def test_a_password_or_a_fragment_in_it_is_refused(url: str) -> None:
    assert (url_mistake(url) or "").endswith(", without a user, a password or a fragment")


@pytest.mark.parametrize(
    "url", ["https://desk.acme.example/a b", "https://désk.example/", "https://a.example/" + "x" * 2000]
)
def test_signs_that_no_address_has_are_refused(url: str) -> None:
    assert (url_mistake(url) or "").endswith(", of at most 2000 ASCII signs without a space")


def test_a_secret_is_what_standard_webhooks_allows() -> None:
    assert secret_mistake("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") is None  # the specification's own example
    assert secret_mistake(secret_of(b"k" * 24)) is None
    assert secret_mistake(secret_of(b"k" * 64)) is None
    expected = "expected whsec_ and 24 to 64 bytes in base64"
    for wrong in (
        secret_of(b"k" * 23),
        secret_of(b"k" * 65),
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_",
        "whsec_no!",
    ):
        assert secret_mistake(wrong) == expected, wrong
