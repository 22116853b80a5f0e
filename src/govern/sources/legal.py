"""Legal tables from files: the shipped ones, and a project's own beside them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from govern import strict_yaml
from govern.domain.legal import LegalDuty, LegalTable
from govern.errors import InputError, PolicyError
from govern.sources.locate import Project, known


def read_table(path: Path) -> LegalTable:
    """The table in a file, which bears its name.

    Raises:
        InputError: the file cannot be read.
        PolicyError: with file and field, when it is malformed or holds an id twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as err:
        raise InputError(f"{path}: cannot be read as UTF-8 text: {err}") from err
    return _read(path, text)


@lru_cache(maxsize=64)
def _read(path: Path, text: str) -> LegalTable:
    fields = strict_yaml.load(text, where=str(path), error=PolicyError)
    try:
        table = LegalTable.model_validate(fields)
    except ValidationError as err:
        raise PolicyError(f"{path}: {strict_yaml.explain(err)}") from err
    if table.table != path.stem:
        raise PolicyError(f"{path}: the table in it calls itself {table.table!r}; rename one")
    return table


def legal_tables(project: Project) -> tuple[LegalTable, ...]:
    """Every table, shipped and the project's own.

    Raises:
        PolicyError: as ``read_table``, or a duty's id stands in two places.
    """
    tables: list[LegalTable] = []
    seen: dict[str, str] = {}
    for name, path in known(project, "laws").items():
        table = read_table(path)
        for duty in table.duties:
            if duty.id in seen:
                raise PolicyError(f"{path}: duty {duty.id} already stands in {seen[duty.id]}")
            seen[duty.id] = name
        tables.append(table)
    return tuple(tables)


def duties(project: Project) -> Mapping[str, LegalDuty]:
    """Every duty that a clause's ``maps`` may name, by id.

    Raises:
        PolicyError: as ``legal_tables``.
    """
    return {duty.id: duty for table in legal_tables(project) for duty in table.duties}
