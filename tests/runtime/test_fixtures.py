"""The shared fixtures do what the other tests rely on."""

from __future__ import annotations

import smtplib
from datetime import timedelta

import psycopg
import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from tests.smtp_catcher import SmtpCatcher


def _query(url: str, statement: str) -> object:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        row = connection.execute(statement.encode()).fetchone()
        return row and row[0]


def test_the_database_is_a_postgresql_18_with_utf8_and_utc(empty_database: str) -> None:
    assert _query(empty_database, "SELECT current_setting('server_version_num')::int / 10000") == 18
    assert _query(empty_database, "SHOW server_encoding") == "UTF8"
    assert _query(empty_database, "SHOW timezone") == "UTC"


def test_the_role_of_the_tests_is_no_superuser_and_may_use_btree_gist(empty_database: str) -> None:
    assert _query(empty_database, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    with psycopg.connect(empty_database.replace("+psycopg", "")) as connection:
        assert connection.execute("CREATE EXTENSION btree_gist").statusmessage == "CREATE EXTENSION"


def test_a_wrong_password_does_not_get_in(empty_database: str) -> None:
    user, rest = empty_database.replace("+psycopg", "").split("@")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"{user}x@{rest}")


async def test_the_search_attributes_are_registered(temporal_client: Client) -> None:
    known = await temporal_client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace="default")
    )
    assert {name for name in known.custom_attributes if name.startswith("Pledge")} == {
        "PledgeContract", "PledgeCsm", "PledgeCustomer", "PledgeLevel", "PledgeNextDue", "PledgePlan", "PledgeStage",
        "PledgeVendor",
    }  # fmt: skip


async def test_a_year_passes_at_once_in_skipped_time(time_skipping_env: WorkflowEnvironment) -> None:
    before = await time_skipping_env.get_current_time()
    await time_skipping_env.sleep(timedelta(days=365))
    assert await time_skipping_env.get_current_time() - before >= timedelta(days=365)


def _send(catcher: SmtpCatcher, *recipients: str) -> dict[str, tuple[int, bytes]]:
    with smtplib.SMTP(catcher.host, catcher.port, timeout=5) as connection:
        return connection.sendmail("us@pledge.test", recipients, b"Subject: hello\r\n\r\nHow do you do?\r\n")


def test_the_smtp_catcher_keeps_the_bytes_and_refuses_whom_it_is_told_to(smtp_catcher: SmtpCatcher) -> None:
    smtp_catcher.reject("gone@acme.test")
    smtp_catcher.defer("later@acme.test")
    refused = _send(smtp_catcher, "anna@acme.test", "gone@acme.test", "later@acme.test")
    assert {address: code for address, (code, _) in refused.items()} == {
        "gone@acme.test": 550,
        "later@acme.test": 451,
    }
    assert [(each.recipients, each.content) for each in smtp_catcher.caught] == [
        (("anna@acme.test",), b"Subject: hello\r\n\r\nHow do you do?\r\n")
    ]
    assert smtp_catcher.caught[0].message["Subject"] == "hello"


def test_the_smtp_catcher_can_be_down_and_come_back(smtp_catcher: SmtpCatcher) -> None:
    smtp_catcher.refuse_connections()
    with pytest.raises(ConnectionRefusedError):
        _send(smtp_catcher, "anna@acme.test")
    smtp_catcher.accept_connections()
    _send(smtp_catcher, "anna@acme.test")
    assert len(smtp_catcher.caught) == 1


def test_the_smtp_catcher_can_keep_a_message_and_lose_its_answer(smtp_catcher: SmtpCatcher) -> None:
    smtp_catcher.lose_answers(1)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        _send(smtp_catcher, "anna@acme.test")
    assert len(smtp_catcher.caught) == 1
