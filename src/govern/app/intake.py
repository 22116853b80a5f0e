"""Reviews and HR outcomes out of a company's own systems, all of a file or request, or none.

A file is CSV or JSON Lines. In CSV the columns are named as the fields of ``IntakeReview`` and
``HrOutcome``, groups ``group.<attribute>``; ``line`` has people apart by semicolons and
``evidence`` is JSON. An empty cell says nothing.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from govern.app.past import past_decisions
from govern.contest.coverage import Uncovered, uncovered
from govern.contest.notices import undisclosed
from govern.domain.contest_store import ContestStore
from govern.domain.review_intake import HrOutcome, IntakeReview
from govern.errors import InputError
from govern.sources.asked_columns import asked_columns
from govern.sources.locate import Project
from govern.strict_yaml import explain

GROUP = "group."
SHOWN_PROBLEMS = 20
LONGEST_CELL = 10_000_000
"""Characters of one CSV field."""
Row = TypeVar("Row", IntakeReview, HrOutcome)
Columns = Mapping[str, str]


class Problem(NamedTuple):
    """What is wrong with a row: where it is, counted from 1, and why it cannot be used."""

    line: int
    why: str


class RowsError(InputError):
    """Rows that cannot be used, so that none was taken."""

    def __init__(self, source: str, problems: Sequence[Problem], rows: int, unit: str) -> None:
        self.problems = tuple(problems)
        said = "".join(f"\n  {unit} {line}: {why}" for line, why in problems[:SHOWN_PROBLEMS])
        more = "\n  …" if len(problems) > SHOWN_PROBLEMS else ""
        super().__init__(
            f"{source}: {len(problems)} of {rows} rows cannot be used, so none was taken:"
            f"{said}{more}"
        )


@dataclass(frozen=True)
class Taken:
    """What came in: rows of each kind and how many of them were new.

    ``uncovered`` are pipelines that drafted without a valid decision in scope; ``undisclosed``
    is how many reviews name no notice to the person that AI took part.
    """

    reviews: int
    new_reviews: int
    outcomes: int
    new_outcomes: int
    uncovered: tuple[Uncovered, ...]
    undisclosed: int


def take_in(
    project: Project,
    store: ContestStore,
    *,
    reviews: Path | None = None,
    outcomes: Path | None = None,
    columns: Columns | None = None,
) -> Taken:
    """Keep what files hold; the same again changes nothing.

    Args:
        project: whose decisions let pipelines draft.
        store: where it is kept.
        reviews: a file of reviews.
        outcomes: a file of HR outcomes.
        columns: our field to the column of the file of reviews, where that has other names.

    Raises:
        InputError: a row cannot be used, with its line and why, or another review is there under
            its id and version. Then no row of that file is kept.
    """
    asked = read_rows(reviews, IntakeReview, columns or {}) if reviews else ()
    decided = read_rows(outcomes, HrOutcome, {}) if outcomes else ()
    return keep(project, store, reviews=asked, outcomes=decided)


def keep(
    project: Project,
    store: ContestStore,
    *,
    reviews: Sequence[IntakeReview] = (),
    outcomes: Sequence[HrOutcome] = (),
) -> Taken:
    """Keep what came in, all reviews or none, and all outcomes or none.

    Raises:
        InputError: another review is there under the id and version of one.
        PolicyError, IntegrityError: a decision in the record does not hold; nothing is kept.
    """
    decisions = past_decisions(project.record)
    return Taken(
        reviews=len(reviews),
        new_reviews=store.intake.put_reviews(reviews),
        outcomes=len(outcomes),
        new_outcomes=store.intake.put_outcomes(outcomes),
        uncovered=uncovered(reviews, decisions),
        undisclosed=sum(map(undisclosed, reviews)),
    )


def read_mapping(asked: str) -> dict[str, str]:
    """Our field to the file's column, out of ``review_id=Id,group.gender=Sex``.

    Raises:
        InputError: a part is not ``field=column``, or a field is unknown or given twice.
    """
    fields = [name for name in IntakeReview.model_fields if name != "groups"]
    return asked_columns(asked, fields, [GROUP], noun="field")


def read_rows(path: Path, kind: type[Row], columns: Columns) -> tuple[Row, ...]:
    """The rows of a file, each as it has to be; InputError with every line that is not."""
    if columns and path.suffix.lower() != ".csv":
        raise InputError(f"{path}: --columns names the columns of a .csv file")
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            lines = list(_lines(path, stream, columns))
    except (OSError, UnicodeDecodeError, csv.Error) as err:
        raise InputError(f"{path}: cannot be read: {err}") from err
    return _rows(str(path), lines, kind, unit="line")


def rows_of_lines(text: str, kind: type[Row], *, source: str) -> tuple[Row, ...]:
    """The rows of JSON Lines; RowsError with every line that is not as it has to be."""
    return _rows(source, list(_json_lines(text.split("\n"))), kind, unit="line")


def rows_of_array(text: str, kind: type[Row], *, source: str) -> tuple[Row, ...]:
    """The rows of one JSON array; RowsError with every element that is not as it has to be."""
    found = _json_fields(text)
    if not isinstance(found, list):
        why = found if isinstance(found, str) else "expected a JSON array"
        raise InputError(f"{source}: {why}")
    elements = [_object(element) for element in found]
    return _rows(source, list(enumerate(elements, start=1)), kind, unit="element")


def _rows(
    source: str, lines: Sequence[tuple[int, Any]], kind: type[Row], *, unit: str
) -> tuple[Row, ...]:
    read = [_row(number, fields, kind) for number, fields in lines]
    if problems := [one for one in read if isinstance(one, Problem)]:
        raise RowsError(source, problems, len(read), unit)
    return tuple(one for one in read if not isinstance(one, Problem))


def _row(number: int, fields: Any, kind: type[Row]) -> Row | Problem:
    """A row, or what is wrong with it."""
    if isinstance(fields, str):
        return Problem(number, fields)
    try:
        return kind.model_validate(fields)
    except ValidationError as err:
        return Problem(number, explain(err))


def _lines(path: Path, stream: Any, columns: Columns) -> Iterator[tuple[int, Any]]:
    """Each row's line and fields; text in place of the fields says why there are none."""
    suffix = path.suffix.lower()
    if suffix == ".jsonl":
        yield from _json_lines(stream)
    elif suffix == ".csv":
        csv.field_size_limit(LONGEST_CELL)
        reader = csv.DictReader(stream, strict=True)
        _require_columns(path, reader.fieldnames or (), columns)
        for row in reader:
            yield reader.line_num, _csv_fields(row, columns)
    else:
        raise InputError(f"{path}: expected .csv or .jsonl, found {path.suffix!r}")


def _json_lines(lines: Iterable[str]) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, _json_fields(line)


def _json_fields(text: str) -> Any:
    """What is there; text says why it is nothing that can be read."""
    try:
        return _object(json.loads(text, object_pairs_hook=_once))
    except (ValueError, RecursionError) as err:
        return f"no JSON object: {err}"


def _object(found: Any) -> Any:
    return "expected an object" if isinstance(found, str) else found


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in an object")
    return found


def _require_columns(path: Path, there: Sequence[str], columns: Columns) -> None:
    if len(set(there)) < len(there):
        raise InputError(f"{path}: two columns have the same name")
    missing = sorted(set(columns.values()) - set(there))
    if missing:
        raise InputError(f"{path}: no column {', '.join(missing)}; it has {', '.join(there)}")


def _csv_fields(row: dict[str | None, Any], columns: Columns) -> dict[str, Any] | str:
    if None in row:
        return "more cells than columns"
    if None in row.values():
        return "fewer cells than columns"
    cells = {str(name): str(value) for name, value in row.items()}
    if columns:
        cells = {field: cells[column] for field, column in columns.items()}
    given = {name: value for name, value in cells.items() if value != ""}
    groups = {n.removeprefix(GROUP): v for n, v in given.items() if n.startswith(GROUP)}
    fields: dict[str, Any] = {n: v for n, v in given.items() if not n.startswith(GROUP)}
    if groups:
        fields["groups"] = groups
    if "line" in fields:
        fields["line"] = [one.strip() for one in fields["line"].split(";") if one.strip()]
    if "evidence" in fields:
        fields["evidence"] = _json_fields(fields["evidence"])
    if "value" in fields:
        fields["value"] = _number(fields["value"])
    return fields


def _number(text: str) -> float | str:
    """A number where it is one; what HR decided can also be a word."""
    try:
        return float(text)
    except ValueError:
        return text
