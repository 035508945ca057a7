"""Every setting in one typed table: from `aimas.toml` in the home, overridden by AIMAS_… in the environment."""

import json
import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_origin
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from aimas.core import BadInput, BadSetting

FILE = "aimas.toml"


class Settings(BaseSettings):
    """Names are the keys of aimas.toml; in the environment they are upper-case with AIMAS_ before."""

    model_config = SettingsConfigDict(env_prefix="AIMAS_", extra="forbid", frozen=True, enable_decoding=False)

    profiles: tuple[str, ...] = Field(
        default=("kz-mia",), min_length=1, description="Institutions listened for: shipped names or paths."
    )
    records_url: SecretStr = Field(
        default=SecretStr(""),
        description="PostgreSQL that holds the records, like postgresql://user:password@host:5432/database, best "
        "given in the environment as AIMAS_RECORDS_URL; when absent they are records.sqlite in the home.",
    )
    timezone: str = Field(default="Asia/Almaty", description="Whose days the board counts.")
    language: str = Field(
        default="ru", pattern="^(ru|kk|en)$", description="Interface language before a reader chose."
    )
    port: int = Field(default=8000, ge=1, le=65535, description="Where the board is served, on 127.0.0.1.")
    workers: int = Field(
        default=0,
        ge=0,
        le=256,
        description="Processes for reading; 0 reads in the main process, which suits live feeds.",
    )
    cluster: str = Field(
        default="",
        pattern="^([a-z]+://.+)?$",
        description="Dask scheduler whose machines read for ingest and reread, as tcp://10.0.0.5:8786.",
    )
    follow: bool = Field(
        default=False,
        description="Another home gathers into these records on PostgreSQL: this one shows them from a search index of "
        "its own, and leaves placing, alerts, deliveries and the mailbox to the other.",
    )
    contact: str = Field(
        default="", description="Address for site owners, sent in the User-Agent; set it before gathering."
    )
    host_delay_s: float = Field(default=5.0, ge=0.0, description="Pause between two requests to one host.")
    gatherers: int = Field(default=4, ge=1, le=64, description="Sources polled at once, one a host.")
    min_interval_s: float = Field(default=60.0, ge=1.0, description="No source is polled more often.")
    max_interval_s: float = Field(default=86_400.0, ge=1.0, description="No source is polled less often.")
    max_body_mb: int = Field(default=20, ge=1, le=1000, description="Largest response or page, decompressed.")
    admitted: tuple[str, ...] = Field(
        default=(),
        description="host:port pairs that may be fetched though not public; for a demo or an intranet.",
    )
    admitted_delay_s: float = Field(default=0.2, ge=0.0, description="Pause between requests to those.")
    demo: bool = Field(
        default=False,
        description="Says on every page that what is shown is invented, and lets in its invented people.",
    )
    session_idle_minutes: int = Field(
        default=60, ge=5, le=1_440, description="A browser that did nothing for so long is signed out."
    )
    session_hours: int = Field(
        default=12, ge=1, le=168, description="After so long a person signs in again, whatever was done."
    )
    listen: str = Field(
        default="127.0.0.1",
        description="Address that the board is served on; before any but 127.0.0.1 belongs a proxy with TLS.",
    )
    allowed_hosts: tuple[str, ...] = Field(
        default=(),
        description="Names, with port where it is not the usual one, under which the board may be asked for; "
        "this machine's own always.",
    )
    trusted_proxy: str = Field(
        default="",
        description="Address of the proxy in front whose X-Forwarded-For and -Proto are believed; nobody's "
        "when absent.",
    )
    checkpoint_dir: str = Field(
        default="",
        description="Where signed checkpoints go: a place outside the home, best on another machine.",
    )
    checkpoint_every: int = Field(
        default=1_000, ge=1, description="Ledger entries after which a checkpoint is written."
    )

    public_address: str = Field(
        default="",
        pattern="^(https?://.+)?$",
        description="Where readers of alerts find the board; http://127.0.0.1 and the port when absent.",
    )
    smtp_host: str = Field(default="", description="Mail server that alerts are sent through.")
    smtp_port: int = Field(default=0, ge=0, le=65535, description="Its port; 0 is the usual one.")
    smtp_security: str = Field(
        default="starttls",
        pattern="^(starttls|tls|none)$",
        description="starttls, tls from the first byte, or none for a server on this machine.",
    )
    smtp_user: str = Field(default="", description="Name to log in to it with; no login when absent.")
    smtp_password: SecretStr = Field(
        default=SecretStr(""), description="Best given in the environment, as AIMAS_SMTP_PASSWORD."
    )
    smtp_from: str = Field(default="", description="Whom alerts by e-mail come from.")
    imap_host: str = Field(
        default="", description="Mail server whose mailbox is read for appeals; none when absent."
    )
    imap_port: int = Field(default=0, ge=0, le=65535, description="Its port; 0 is the usual one.")
    imap_security: str = Field(
        default="tls",
        pattern="^(starttls|tls|none)$",
        description="tls from the first byte, starttls, or none for a server on this machine.",
    )
    imap_user: str = Field(default="", description="Name to log in to the mailbox with.")
    imap_password: SecretStr = Field(
        default=SecretStr(""), description="Best given in the environment, as AIMAS_IMAP_PASSWORD."
    )
    imap_folder: str = Field(default="INBOX", description="Folder of the mailbox that letters come to.")
    imap_every_s: float = Field(default=60.0, ge=1.0, description="Pause between two looks into the mailbox.")
    imap_addresses: tuple[str, ...] = Field(
        default=(),
        description="The institution's own addresses beside smtp_from: letters from them are loops.",
    )
    letter_mb: int = Field(default=30, ge=1, le=200, description="A larger letter is not fetched but held.")
    letters_daily: int = Field(
        default=20, ge=1, le=1000, description="Letters that one address may send in a day; more are held."
    )
    attachment_mb: int = Field(default=15, ge=1, le=200, description="Largest file of an appeal.")
    attachments_mb: int = Field(default=40, ge=1, le=400, description="All files of an appeal together.")
    attachments_most: int = Field(default=10, ge=1, le=100, description="Files of an appeal.")
    picture_megapixels: int = Field(
        default=60, ge=1, le=500, description="Largest picture, in million points."
    )
    open311_keys: tuple[str, ...] = Field(
        default=(),
        description="Who may file by Open311: name:SHA-256 of the key in hex, with :identifies behind it where that "
        "program proves who signs. Without any, nobody may file by it.",
    )
    institution: str | dict[str, str] = Field(
        default="",
        description="Its full name on receipts and notices, one for all languages or a table with ru, kk and en; the "
        "first profile's when absent.",
    )
    appeals_receiver: str | dict[str, str] = Field(
        default="",
        description="Name and post of who takes in what comes by itself, said on the receipt; one for all languages or "
        "a table with ru, kk and en.",
    )
    appeals_contacts: tuple[str, ...] = Field(
        default=(), description="The institution's own telephones and addresses, which an answer may tell."
    )
    office_opens: str = Field(
        default="09:00", pattern=r"^\d\d:\d\d$", description="What comes before counts the same day."
    )
    office_closes: str = Field(
        default="18:00",
        pattern=r"^\d\d:\d\d$",
        description="What comes later counts from the next working day.",
    )
    two_months: str = Field(
        default="total",
        pattern="^(total|added)$",
        description="How an extension of not more than up to two months is read: of the whole term, or added to it.",
    )
    reopened_working_days: int = Field(
        default=0,
        ge=0,
        le=60,
        description="The institution's own promise after “not solved”; 0 promises nothing.",
    )
    appeals_calendar: str = Field(
        default="kz/2026-07", description="Version of the calendar that new cases are counted by."
    )
    least_for_ranks: int = Field(
        default=30, ge=1, description="Cases of a unit below which its figures are not ranked beside others."
    )
    telegram_token: SecretStr = Field(
        default=SecretStr(""),
        description="The bot's; best given in the environment, as AIMAS_TELEGRAM_TOKEN.",
    )
    telegram_api: str = Field(
        default="https://api.telegram.org",
        pattern="^https?://.+$",
        description="Where the bot's messages go; another address for a server of one's own.",
    )

    @field_validator("*", mode="before")
    @classmethod
    def _several_in_one_line(cls, value: Any, info: ValidationInfo) -> Any:
        """In the environment a list is written with commas, a table as JSON."""
        if not isinstance(value, str) or info.field_name is None:
            return value
        if value.lstrip().startswith(("[", "{")):
            return _decoded(value)
        is_list = get_origin(cls.model_fields[info.field_name].annotation) is tuple
        return [part for each in value.split(",") if (part := each.strip())] if is_list else value

    @field_validator("institution", "appeals_receiver")
    @classmethod
    def _in_known_languages(cls, value: str | dict[str, str]) -> str | dict[str, str]:
        if isinstance(value, dict) and (strange := sorted(value.keys() - {"ru", "kk", "en"})):
            raise ValueError(f"{strange[0]!r} is no language of the interface; name it under ru, kk or en")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{value!r} is no IANA time zone; write one like Asia/Almaty") from None
        return value

    @field_validator("admitted")
    @classmethod
    def _host_and_port(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pair in value:
            host, _, port = pair.rpartition(":")
            if not host or not port.isdigit():
                raise ValueError(f"{pair!r} is no host:port pair")
        return value

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def board_address(self) -> str:
        """What links in messages begin with."""
        return self.public_address.rstrip("/") or f"http://127.0.0.1:{self.port}"


def _decoded(value: str) -> Any:
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


class _Environment(Settings):
    """Reads the environment before what the file says."""


def read_settings(home: Path) -> Settings:
    """Raises BadInput when the folder is no home, BadSetting naming the setting that is wrong."""
    path = home / FILE
    try:
        said: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise BadInput(f"{home} is not a home yet. Run: aimas init {home}") from None
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BadSetting(f"{path} can't be read: {error}") from None
    try:
        from_environment = _Environment().model_dump(exclude_unset=True)
    except ValidationError as error:
        name, told = _told(error)
        raise BadSetting(f"AIMAS_{name.upper()} in the environment: setting {name}: {told}") from None
    try:
        return Settings.model_validate({**said, **from_environment})
    except ValidationError as error:
        name, told = _told(error)
        raise BadSetting(f"{path}: setting {name}: {told}") from None


def _told(error: ValidationError) -> tuple[str, str]:
    """The first setting that is wrong, and what is wrong with it."""
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"]) or FILE
    if first["type"] == "extra_forbidden":
        near = get_close_matches(name, Settings.model_fields, 1)
        return name, f"there is no such setting{f'; did you mean {near[0]}?' if near else '.'}"
    if first["type"] == "string_pattern_mismatch":
        choices = re.fullmatch(r"\^\(([a-z|]+)\)\$", first["ctx"]["pattern"])
        wanted = (
            f"one of {choices[1].replace('|', ', ')}"
            if choices
            else f"written like {first['ctx']['pattern']}"
        )
        return name, f"{first['input']!r} is not {wanted}"
    return name, first["msg"]


def written_settings(values: dict[str, Any]) -> str:
    """The text of an aimas.toml that says these values and explains each; other settings stay at their defaults."""
    lines = ["# Settings of this home; `aimas settings` lists them all with their defaults.", ""]
    for name, field in Settings.model_fields.items():
        if name in values:
            lines += [f"# {field.description}", f"{name} = {as_toml(values[name])}", ""]
    return "\n".join(lines)


def changed_setting(text: str, name: str, value: str) -> str:
    """The text of an aimas.toml that says this instead; empty takes the setting out."""
    lines = [line for line in text.splitlines() if not re.match(rf"\s*{name}\s*=", line)]
    description = f"# {Settings.model_fields[name].description}"
    lines = [line for line in lines if line != description]
    if value:
        lines += [description, f"{name} = {as_toml(value)}"]
    return "\n".join(lines).rstrip() + "\n"


def as_toml(value: Any) -> str:
    """A value as aimas.toml says it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(as_toml(v) for v in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {as_toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)
