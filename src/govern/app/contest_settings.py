"""What a company sets for its contests: the table ``[contests]`` of ``govern.toml``."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from govern.contest.calendar import Calendar
from govern.contest.deadlines import Deadlines
from govern.domain.base import Noun
from govern.errors import InputError
from govern.settings_file import NAME, read_tables
from govern.sources.locate import Project
from govern.strict_yaml import explain


class Settings(Noun):
    """The table ``[contests]``.

    ``country`` and ``subdivision`` are codes of the package `holidays`; without a country only
    weekends are free. ``pipeline_owners`` are the people who answer for a pipeline, by its id;
    ``signers`` say who in the company's directory holds a key of the trust root, by its name.
    """

    country: str | None = None
    subdivision: str | None = None
    time_zone: str = "UTC"
    deadlines: Deadlines = Deadlines()
    pipeline_owners: Mapping[str, tuple[str, ...]] = {}
    signers: Mapping[str, str] = {}


def read_settings(project: Project) -> Settings:
    """What ``govern.toml`` says of contests, else the defaults.

    Raises:
        InputError: the file is no TOML, or a value in the table cannot be used.
    """
    if not project.configured:
        return Settings()
    table = read_tables(project.root).get("contests", {})
    try:
        return Settings.model_validate(table)
    except ValidationError as err:
        raise InputError(f"{project.root / NAME}: contests: {explain(err)}") from err


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
