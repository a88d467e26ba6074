"""The environment, read once.

Every setting is an environment variable: `PLEDGE_` and the field's name in capitals (`PLEDGE_API_PORT`),
and besides `DATABASE_URL` and the `TEMPORAL_*` variables and profiles that `temporalio.envconfig` reads.
Without any of them the settings are those of `make run`: everything on this machine, state in `.pledge/`.
"""

from __future__ import annotations

import contextlib
import ipaddress
import zoneinfo
from email.utils import parseaddr
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from mail.settings import MailSettings, SmtpSettings

if TYPE_CHECKING:
    from temporalio.envconfig import ClientConnectConfig


# Zone rules come from the pinned tzdata, never from the machine's own copy: two machines must agree on a due time.
zoneinfo.reset_tzpath(to=())


class SettingsError(Exception):
    """A setting that cannot be used; the text is one line for the person who set it."""


class Settings(BaseSettings):
    """What the environment says. Ports are TCP ports of this machine, folders are absolute."""

    model_config = SettingsConfigDict(
        env_prefix="PLEDGE_", env_ignore_empty=True, extra="ignore", frozen=True, populate_by_name=True
    )

    data_dir: Path = Path(".pledge")
    """Where the embedded servers keep their state, and the logs."""
    bind: str = "127.0.0.1"
    """The address that the API, the mail catcher and the inbound listener bind to."""
    allow_remote: bool = False
    """Allows `bind` to be an address that other machines reach."""

    api_port: int = Field(8080, ge=1, le=65535)
    postgres_port: int = Field(5433, ge=1, le=65535)
    temporal_port: int = Field(7233, ge=1, le=65535)
    temporal_ui_port: int = Field(8233, ge=1, le=65535)
    inbound_port: int = Field(2526, ge=1, le=65535)
    """Where replies come in (SMTP)."""

    database: str = Field("", validation_alias=AliasChoices("DATABASE_URL", "database"))
    """As given; use `database_url`."""
    task_queue: str = Field("pledge", min_length=1)
    base: str = Field("", validation_alias=AliasChoices("PLEDGE_BASE_URL", "base"))
    """As given; use `base_url`."""

    mail_from: str = "Pledge <pledge@reply.pledge.test>"
    """The sender of messages that belong to no meeting."""
    reply_domain: str = Field("reply.pledge.test", min_length=1)
    """The domain of the reply addresses, one for each meeting."""
    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(2525, ge=1, le=65535)
    """Where mail goes out; `make run` has its catcher listen here."""
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    mailbox_dir: Path | None = None
    """The folder of the mail catcher, when there is one to show: `make run` sets it."""

    worker_memory_mb: int = Field(1024, ge=128)
    """The memory that the worker's cache of workflows may take, in MiB."""
    worker_grace_seconds: int = Field(10, ge=0)
    """How long running activities may go on after the worker is told to stop."""

    @field_validator("data_dir", "mailbox_dir")
    @classmethod
    def _absolute(cls, folder: Path | None) -> Path | None:
        if folder is None:
            return None
        folder = folder.expanduser().absolute()
        with contextlib.suppress(PermissionError):  # where we may not look, whoever uses the folder says so
            if folder.is_file():
                raise ValueError("is a file, not a folder")
        return folder

    @field_validator("database")
    @classmethod
    def _postgres_only(cls, url: str) -> str:
        if url and url.split("://", maxsplit=1)[0] not in ("postgres", "postgresql", "postgresql+psycopg"):
            raise ValueError("expected postgresql://USER:PASSWORD@HOST:PORT/NAME")
        return url

    @field_validator("mail_from")
    @classmethod
    def _has_an_address(cls, sender: str) -> str:
        if "@" not in parseaddr(sender)[1]:
            raise ValueError("expected Name <address@domain>")
        return sender

    @field_validator("base")
    @classmethod
    def _whole_url(cls, url: str) -> str:
        if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
            raise ValueError("expected an address such as https://pledge.example.com")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _this_machine_only(self) -> Settings:
        # Until there are roles, whoever reaches the port may do everything.
        if not self.allow_remote and not _is_loopback(self.bind):
            raise ValueError(
                f"PLEDGE_BIND={self.bind} would let other machines in, and Pledge has no sign-in yet: "
                "keep 127.0.0.1, or set PLEDGE_ALLOW_REMOTE=1 behind a proxy that checks who comes"
            )
        return self

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL: `DATABASE_URL`, else the embedded PostgreSQL with its password."""
        if self.database:
            return "postgresql+psycopg://" + self.database.split("://", 1)[1]
        password_file = self.data_dir / "postgres" / "password"
        password = password_file.read_text().strip() if password_file.is_file() else ""
        return f"postgresql+psycopg://pledge:{quote(password, safe='')}@127.0.0.1:{self.postgres_port}/pledge"

    @property
    def base_url(self) -> str:
        """The address of the screens as people and their mail reach it, without a slash at its end."""
        return self.base or f"http://127.0.0.1:{self.api_port}"

    @property
    def mail(self) -> MailSettings:
        """Who writes our mail, and where answers go."""
        name, address = parseaddr(self.mail_from)
        return MailSettings(
            sender=address,
            sender_name=name,
            reply_domain=self.reply_domain,
            message_id_domain=self.reply_domain,
            base_url=self.base_url,
        )

    @property
    def smtp(self) -> SmtpSettings:
        """The relay that takes our mail."""
        return SmtpSettings(
            host=self.smtp_host,
            port=self.smtp_port,
            tls=self.smtp_tls,
            user=self.smtp_user,
            password=self.smtp_password.get_secret_value(),
        )

    def temporal_connection(self) -> ClientConnectConfig:
        """The keyword arguments of `Client.connect`: the `TEMPORAL_*` ones, else the embedded server."""
        from temporalio.envconfig import ClientConfig

        connection = ClientConfig.load_client_connect_config()
        connection.setdefault("target_host", f"127.0.0.1:{self.temporal_port}")
        return connection


def _is_loopback(address: str) -> bool:
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def read_settings(**given: Any) -> Settings:
    """The settings of the environment, `given` ones over them. Raises `SettingsError` with one line."""
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingsError("; ".join(_one_line(detail) for detail in error.errors())) from None


def _one_line(detail: Any) -> str:
    text = str(detail["msg"]).removeprefix("Value error, ")
    if not detail["loc"]:
        return text
    name = str(detail["loc"][0])
    variable = name if name.isupper() else f"PLEDGE_{name.upper()}"
    if name.endswith("_port"):
        text = "expected a port from 1 to 65535"
    # A URL may hold a password: what was given is not repeated for those.
    shown = "" if variable == "DATABASE_URL" else f"={detail['input']}"
    return f"{variable}{shown}: {text[0].lower()}{text[1:]}"


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read at the first call. Raises `SettingsError`."""
    return read_settings()
