"""The environment, read once: what it means, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings import Settings, SettingsError, read_settings


@pytest.fixture(autouse=True)
def _a_bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PLEDGE_BIND", "PLEDGE_API_PORT", "PLEDGE_DATA_DIR", "DATABASE_URL", "TEMPORAL_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "none.toml"))
    monkeypatch.chdir(tmp_path)


def test_without_an_environment_everything_is_on_this_machine(tmp_path: Path) -> None:
    settings = read_settings()
    assert settings.bind == "127.0.0.1"
    assert settings.data_dir == tmp_path / ".pledge"
    assert settings.base_url == "http://127.0.0.1:8080"
    assert settings.database_url == "postgresql+psycopg://pledge:@127.0.0.1:5433/pledge"
    assert settings.temporal_connection()["target_host"] == "127.0.0.1:7233"
    assert (settings.smtp_host, settings.smtp_port, settings.inbound_port) == ("127.0.0.1", 2525, 2526)
    assert settings.reply_domain == "reply.pledge.test"
    assert settings.mailbox_dir is None


@pytest.mark.parametrize("address", ["0.0.0.0", "192.168.1.7", "::", "pledge.example.com"])
def test_an_address_that_others_reach_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("PLEDGE_BIND", address)
    with pytest.raises(SettingsError, match=r"^PLEDGE_BIND=\S+ would let other machines in.*PLEDGE_ALLOW_REMOTE=1"):
        read_settings()


def test_an_address_that_others_reach_is_taken_when_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLEDGE_BIND", "192.168.1.7")
    monkeypatch.setenv("PLEDGE_ALLOW_REMOTE", "1")
    assert read_settings().bind == "192.168.1.7"


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_every_loopback_address_is_taken(address: str) -> None:
    assert Settings(bind=address).bind == address


@pytest.mark.parametrize("given", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_a_postgresql_url_is_understood(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{given}://me:word@db.example.com/pledge")
    assert read_settings().database_url == "postgresql+psycopg://me:word@db.example.com/pledge"


def test_another_database_is_refused_without_telling_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://me:secret@db.example.com/pledge")
    with pytest.raises(SettingsError, match=r"^DATABASE_URL: expected postgresql://") as refusal:
        read_settings()
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("given", ["0", "99999", "abc", "80.5"])
def test_a_port_that_is_none_is_one_line_with_the_name_of_the_variable(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("PLEDGE_API_PORT", given)
    with pytest.raises(SettingsError) as refusal:
        read_settings()
    assert str(refusal.value) == f"PLEDGE_API_PORT={given}: expected a port from 1 to 65535"


@pytest.mark.parametrize("variable", ["PLEDGE_DATA_DIR", "PLEDGE_MAILBOX_DIR"])
def test_a_file_where_a_folder_is_expected_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str
) -> None:
    (tmp_path / "note").write_text("a note")
    monkeypatch.setenv(variable, str(tmp_path / "note"))
    with pytest.raises(SettingsError) as refusal:
        read_settings()
    assert str(refusal.value) == f"{variable}={tmp_path}/note: is a file, not a folder"


def test_the_environment_of_temporal_wins_over_the_embedded_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "temporal.example.com:7233")
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "care")
    connection = read_settings().temporal_connection()
    assert connection["target_host"] == "temporal.example.com:7233"
    assert connection["namespace"] == "care"


def test_the_sender_and_the_relay_are_made_of_their_settings() -> None:
    settings = Settings(mail_from="Care Team <care@acme.test>", smtp_host="mx.acme.test", smtp_tls="starttls")
    assert (settings.mail.sender_name, settings.mail.sender) == ("Care Team", "care@acme.test")
    assert settings.mail.message_id_domain == "reply.pledge.test"
    assert (settings.smtp.host, settings.smtp.port, settings.smtp.tls) == ("mx.acme.test", 2525, "starttls")


def test_a_sender_without_an_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLEDGE_MAIL_FROM", "Care Team")
    with pytest.raises(SettingsError, match=r"^PLEDGE_MAIL_FROM=Care Team: expected Name <address@domain>$"):
        read_settings()


def test_the_password_of_the_embedded_database_comes_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "password").write_text("ab/c")
    settings = Settings(data_dir=tmp_path, postgres_port=15433)
    assert settings.database_url == "postgresql+psycopg://pledge:ab%2Fc@127.0.0.1:15433/pledge"
