"""What a company sets for its contests: the table ``[contests]`` of ``govern.toml``."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import date
from typing import Annotated, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, model_validator

from govern.contest.calendar import Calendar
from govern.contest.deadlines import Deadlines
from govern.domain.base import Noun
from govern.domain.contest import Role
from govern.domain.sending import ADDRESS, Smtp, Webhook
from govern.errors import InputError
from govern.settings_file import NAME, read_tables
from govern.sources.locate import Project
from govern.strict_yaml import explain

Address = Annotated[str, Field(pattern=ADDRESS)]
Route = Annotated[str, Field(pattern=r"^[^\n]*\S[^\n]*$", max_length=200)]


class NoticeSettings(Noun):
    """The table ``[contests.notices]``: from whom notices come, and how they leave.

    ``people`` is a file of who has which address, ``roles`` the addresses of those in a role.
    They leave by a mail server, or as files in a ``folder``.
    """

    sender: Address
    people: str | None = None
    roles: Mapping[Role, tuple[Address, ...]] = {}
    smtp: Smtp | None = None
    folder: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.smtp is None) == (self.folder is None):
            raise ValueError("expected a table smtp or a folder, one of the two")
        return self


class Settings(Noun):
    """The table ``[contests]``.

    ``country`` and ``subdivision`` are codes of the package `holidays`; without a country only
    weekends are free. ``pipeline_owners`` are the people who answer for a pipeline, by its id;
    ``signers`` say who in the company's directory holds a key of the trust root, by its name.
    ``hr`` is where the HR system is told of contested ratings. ``external_routes`` are where people
    can go outside: their pages name them, and a decision is begun with them.
    """

    country: str | None = None
    subdivision: str | None = None
    time_zone: str = "UTC"
    deadlines: Deadlines = Deadlines()
    pipeline_owners: Mapping[str, tuple[str, ...]] = {}
    signers: Mapping[str, str] = {}
    external_routes: Annotated[tuple[Route, ...], Field(min_length=1)] = (
        "The works council or a union",
        "The data protection authority",
        "A court, within its own time limits",
    )
    notices: NoticeSettings | None = None
    hr: Webhook | None = None


def read_settings(project: Project) -> Settings:
    """What ``govern.toml`` says of contests, else the defaults.

    Raises:
        InputError: the file is no TOML, or a value in the table cannot be used.
    """
    try:
        return Settings.model_validate(_table(project, "contests"))
    except ValidationError as err:
        raise InputError(f"{project.root / NAME}: contests: {explain(err)}") from err


def read_public_url(project: Project) -> str:
    """Where people reach the pages: what a notice links to.

    Raises:
        InputError: ``public_url`` under ``[web]`` is missing or no address.
    """
    web = _table(project, "web")
    found = web.get("public_url") if isinstance(web, dict) else None
    parts = urlsplit(found) if isinstance(found, str) and found.isprintable() else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.netloc:
        raise InputError(
            f"{project.root / NAME}: [web]: public_url: a notice holds a link, so it "
            f"takes an address such as https://reviews.example, found {found!r}"
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _table(project: Project, name: str) -> object:
    """A table of ``govern.toml``, empty where there is none."""
    return read_tables(project.root).get(name, {}) if project.configured else {}


def calendar_of(settings: Settings) -> Calendar:
    """The working days of the company's country, in its time zone.

    Raises:
        InputError: nobody knows that country, subdivision or time zone.
    """
    try:
        zone = ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as err:
        raise InputError(
            f"govern.toml: contests: time_zone: expected a name such as Europe/Berlin, found "
            f"{settings.time_zone!r}"
        ) from err
    return Calendar(_holidays(settings.country, settings.subdivision), zone=zone)


def _holidays(country: str | None, subdivision: str | None) -> Container[date]:
    if country is None:
        if subdivision is not None:
            raise InputError("govern.toml: contests: subdivision: name its country as well")
        return frozenset()
    import holidays

    try:
        return holidays.country_holidays(country, subdiv=subdivision)
    except NotImplementedError as err:
        raise InputError(
            f"govern.toml: contests: no holidays are known for country {country!r}"
            f"{f' and subdivision {subdivision!r}' if subdivision else ''}: {err}"
        ) from err
