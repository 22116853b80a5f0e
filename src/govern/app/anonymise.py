"""``govern anonymise``: real reviews in, an anonymous dataset folder out, or a reason why not."""

from __future__ import annotations

import traceback
from dataclasses import replace
from datetime import date
from pathlib import Path

from govern.app.progress import Reporter
from govern.errors import GovernError, InputError
from govern.sources.anonymise import card, groups
from govern.sources.anonymise.columns import read_columns
from govern.sources.anonymise.generalise import Coarse, generalise
from govern.sources.anonymise.job import Asked, Job
from govern.sources.anonymise.mapping import write_mapping
from govern.sources.anonymise.problems import Problem
from govern.sources.anonymise.reading import read_rows
from govern.sources.anonymise.risk import Look, Risk, Thresholds, refusal
from govern.sources.anonymise.roster import read_roster
from govern.sources.anonymise.survey import Survey, roster_mismatch, survey
from govern.sources.anonymise.writing import Shuffle, whole_or_nothing
from govern.sources.packaging import write_large_package
from govern.sources.reviews import REVIEWS

REFUSED = ".refused"


class NotAnonymousError(InputError):
    """A stated threshold was missed: nothing was written but the report."""

    def __init__(self, found: Risk, where: Path) -> None:
        super().__init__(refusal(found, str(where)))
        self.risk = found


def anonymise(
    asked: Asked, *, secret: bytes, passphrase: str | None, made: date, reporter: Reporter
) -> Risk:
    """Write the dataset folder and say what risk is left.

    Args:
        asked: files, columns, thresholds.
        secret: random bytes; pseudonyms, order and offsets follow from them. Not kept.
        passphrase: for the mapping, where one is asked for.
        made: the day, for the papers.
        reporter: draws progress.

    Raises:
        NotAnonymousError: a threshold is missed; ``<out>.refused`` holds the report alone.
        InputError: a file, column or option cannot be used; nothing is written.
    """
    try:
        return _anonymise(asked, secret, passphrase, made, reporter)
    except GovernError:
        raise
    except Exception as err:  # noqa: BLE001 - raised again without what it says
        place = _place_of(err)
    # Out here, so that the defect is not chained to what is raised.
    raise RuntimeError(place)


def _anonymise(
    asked: Asked, secret: bytes, passphrase: str | None, made: date, reporter: Reporter
) -> Risk:
    columns = read_columns(asked.columns)
    _check_places(asked)
    roster = read_roster(asked.roster, asked.encoding)
    with reporter.reading("reading the rows") as tick:
        found = survey(
            asked.reviews,
            columns,
            roster,
            chunk_rows=asked.chunk_rows,
            encoding=asked.encoding,
            tick=tick,
        )
    thresholds = asked.thresholds
    problems = roster_mismatch(found, most=thresholds.most_unlisted)
    problems += groups.small_cells(found.table, columns.groups, k=thresholds.k)
    with reporter.step("making the columns coarse"):
        coarse = generalise(
            found.table,
            groups=columns.groups,
            quasi=columns.quasi,
            k=thresholds.k,
            l=thresholds.l,
            most_suppressed=thresholds.most_suppressed,
        )
    problems += _too_few(found, coarse, thresholds)
    job = Job(asked, columns, found, coarse, secret)
    with whole_or_nothing(asked.out) as folder:
        shuffle = Shuffle(folder, job.order, size=asked.reviews.stat().st_size)
        try:
            with reporter.reading("anonymising") as tick:
                for chunk in read_rows(
                    asked.reviews, chunk_rows=asked.chunk_rows, encoding=asked.encoding
                ):
                    job.take(chunk.numbers, [r[columns.of["text"]] for r in chunk.rows], shuffle)
                    tick(chunk.done)
        finally:
            shuffle.close()
        with reporter.step("attacking the result"):
            result = job.risk(problems)
        if result.problems:
            raise NotAnonymousError(result, _write_report(asked.out, result))
        rows = shuffle.write(folder / REVIEWS).tolist()
        result = _by_line(result, rows)
        _write_papers(folder, asked.out.name, job, result, made)
        if asked.keep_mapping:
            write_mapping(asked.keep_mapping, job.mapping(rows), passphrase=passphrase or "")
        return result


def _by_line(result: Risk, rows: list[int]) -> Risk:
    """The report with lines of the new file in place of rows of the source."""
    wanted = {look.line for look in result.look}
    line_of = {row: line for line, row in enumerate(rows, start=1) if row in wanted}
    looks = [replace(look, line=line_of[look.line]) for look in result.look]
    return replace(result, written=True, look=sorted(looks, key=Look.place))


def _write_papers(folder: Path, name: str, job: Job, result: Risk, made: date) -> None:
    columns = ["id", *job.written]
    for file, text in (
        ("risk.json", result.text()),
        ("risk.md", result.page()),
        ("README.md", card.readme(name, result, cases=job.case_count, columns=columns)),
    ):
        (folder / file).write_text(text, encoding="utf-8")
    papers = card.package(name, result, cases=job.case_count, columns=columns, made=made)
    write_large_package(folder, papers)


def _too_few(found: Survey, coarse: Coarse, thresholds: Thresholds) -> list[Problem]:
    share = len(coarse.suppressed) / len(found.table)
    if coarse.k >= thresholds.k and share <= thresholds.most_suppressed:
        return []
    return [
        Problem(
            "k-anonymity",
            f"with every column as coarse as it gets, {share:.1%} of the rows stand in a class of "
            f"fewer than {thresholds.k} people or {thresholds.l} ratings; at most "
            f"{thresholds.most_suppressed:.1%} may be left out",
            coarse.suppressed,
        )
    ]


def _check_places(asked: Asked) -> None:
    """Refuse places before an hour of work, not after."""
    refused = _refused(asked.out)
    for path in (asked.out, refused):
        if path.exists():
            raise InputError(f"{path}: exists; give another --out or move it away")
    kept = asked.keep_mapping
    if kept is not None:
        if kept.exists():
            raise InputError(f"{kept}: exists; a mapping is never written over another")
        if kept.resolve().is_relative_to(asked.out.resolve()):
            raise InputError(f"{kept}: keep the mapping away from the data set")
        if not kept.resolve().parent.is_dir():
            raise InputError(f"{kept}: its folder does not exist")


def _refused(out: Path) -> Path:
    return out.with_name(out.name + REFUSED)


def _write_report(out: Path, result: Risk) -> Path:
    """The report of a refusal, in a folder of its own."""
    with whole_or_nothing(_refused(out)) as folder:
        (folder / "risk.json").write_text(result.text(), encoding="utf-8")
        (folder / "risk.md").write_text(result.page(), encoding="utf-8")
    return _refused(out) / "risk.md"


def _place_of(defect: Exception) -> str:
    """A defect by its kind and place alone: other people's messages may quote a cell."""
    frame = traceback.extract_tb(defect.__traceback__)[-1]
    return (
        f"{type(defect).__name__} in {Path(frame.filename).name}:{frame.lineno}; its message may "
        "hold personal text and is withheld"
    )
