"""``govern judge``: a model says which drafts of a run claim what their evidence does not support.

It sees masked drafts and evidence, in two orders. How it errs is taken from labelled drafts that
are put to it in the same way. The verdicts go into a copy of the run's frame, and that copy is
measured and judged like any other run.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from govern import frames
from govern.app.looking import measured
from govern.app.progress import Reporter
from govern.app.run_folders import find_run
from govern.canon import digest, file_digest
from govern.domain.finding import Findings
from govern.domain.judging import EVERYBODY, Errors, JudgeFacts, group_key
from govern.errors import InputError, IntegrityError
from govern.metrics import BY_MODEL
from govern.runner.folder import RunFolder
from govern.runner.judging import ASKED, Question, Verdict, judge_all
from govern.sources.labelled import read_labelled
from govern.sources.locate import Project
from govern.text.blind import blinded


@dataclass(frozen=True)
class Judged:
    """The new run, and how many drafts of the old one got which verdict or none."""

    folder: RunFolder
    findings: Findings
    verdicts: dict[str, int]
    facts: JudgeFacts


def judge_drafts(
    project: Project,
    run: str,
    *,
    model: str,
    calibration: Path | None,
    at_once: int,
    reporter: Reporter,
) -> Judged:
    """Have a finished run's drafts judged; asked again, go on where it stopped.

    Args:
        project: where the run is.
        run: its id or folder.
        model: as Inspect names it.
        calibration: file of labelled drafts; without one there is no corrected share.
        at_once: questions in flight.
        reporter: told of progress.

    Raises:
        InputError: the run, the model or the file cannot be used.
        IntegrityError: the drafts are not those that were measured.
        RunError: the model could not be reached; verdicts given so far are kept.
    """
    source = find_run(project, run)
    before = source.read_findings()
    if file_digest(source.frame) != before.run.drafts_digest:
        raise IntegrityError(f"{source.frame}: not the drafts that the findings are of")
    _refuse_the_drafter(source, model)
    drafts = frames.read(source.frame)
    if frames.JUDGED in drafts:
        raise InputError(f"run {run}: judged already; name the run that it was made from")
    tests, labels = (None, None) if calibration is None else read_labelled(calibration)
    asked = questions(drafts)
    all_asked = [*asked.values(), *(questions(tests).values() if tests is not None else ())]
    root = _root(source, model, calibration)
    root.mkdir(parents=True, exist_ok=True)
    planned = len({question.key for question in all_asked})
    with reporter.drafting(f"judging by {model}", done=0, planned=planned) as tick:
        given = judge_all(
            all_asked, model=model, kept=root / "verdicts.jsonl", at_once=at_once, tick=tick
        )
    facts = JudgeFacts(model=model, asked=ASKED)
    if tests is not None and labels is not None and calibration is not None:
        facts = calibrated(tests, labels, given, model, file_digest(calibration))
    column = verdict_column(drafts, asked, given)
    frame = frames.judged(drafts, column, facts.model_dump_json())
    folder = RunFolder(root)
    findings = _measured(before, frame, folder, model)
    return Judged(folder, findings, _tally(drafts, asked, given), facts)


def questions(drafts: pd.DataFrame) -> dict[int, Question]:
    """What is asked of each designed draft that has text and evidence, by its row."""
    drafts = frames.main_block(drafts)
    words = {
        word
        for attribute in frames.group_attributes(drafts)
        for group in drafts[f"{frames.GROUP}{attribute}"].unique()
        for word in str(group).split()
    }
    evidence = {
        case: tuple(_line(item, words) for item in items)
        for case, items in frames.evidence_items(drafts).items()
    }
    rows = drafts[drafts["text"].notna() & drafts["case_id"].isin(list(evidence))]
    names = rows["name"].where(rows["name"].notna(), None)
    return {
        int(row): Question(blinded(text, name=name, group_words=words), evidence[case])
        for row, text, name, case in zip(
            rows.index, rows["text"], names, rows["case_id"], strict=True
        )
    }


def _line(item: dict[str, object], words: set[str]) -> str:
    when = f"{item['quarter']}: " if item.get("quarter") else ""
    return when + blinded(str(item["text"]), name=None, group_words=words)


def verdict_column(
    drafts: pd.DataFrame, asked: dict[int, Question], given: dict[str, Verdict]
) -> pd.Series[float]:
    """1, 0 or missing for each draft."""
    said = {row: given[question.key].unsupported for row, question in asked.items()}
    values = {row: float(answer) for row, answer in said.items() if answer is not None}
    return pd.Series(values, dtype="float64").reindex(drafts.index)


def calibrated(
    tests: pd.DataFrame,
    labels: pd.Series[bool],
    given: dict[str, Verdict],
    model: str,
    calibration: str,
) -> JudgeFacts:
    """The model's errors on labelled drafts, for everybody and for each group."""
    said = verdict_column(tests, questions(tests), given)
    errors = {EVERYBODY: _errors(said, labels)}
    for attribute in frames.group_attributes(tests):
        for group, rows in tests.groupby(f"{frames.GROUP}{attribute}").groups.items():
            errors[group_key(attribute, str(group))] = _errors(said.loc[rows], labels.loc[rows])
    return JudgeFacts(
        model=model,
        asked=ASKED,
        calibration=calibration,
        labelled=len(tests),
        unscored=int(said.isna().sum()),
        errors=errors,
    )


def _errors(said: pd.Series[float], labels: pd.Series[bool]) -> Errors:
    scored = said.notna()
    spoiled, sound = scored & labels, scored & ~labels
    return Errors(
        found=int((said[spoiled] == 1).sum()),
        spoiled=int(spoiled.sum()),
        cleared=int((said[sound] == 0).sum()),
        sound=int(sound.sum()),
    )


def _measured(before: Findings, frame: pd.DataFrame, folder: RunFolder, model: str) -> Findings:
    digest_ = frames.write(frame, folder.frame)
    run = before.run.model_copy(
        update={
            "run_id": folder.root.name,
            "drafts_digest": digest_,
            "declared_only": (*before.run.declared_only, f"the judging model {model}"),
        }
    )
    names = [*dict.fromkeys(f.metric for f in before.findings), *sorted(BY_MODEL)]
    findings = Findings(run=run, findings=measured(frame, names, run.looks))
    folder.write_findings(findings)
    return findings


def _tally(
    drafts: pd.DataFrame, asked: dict[int, Question], given: dict[str, Verdict]
) -> dict[str, int]:
    said = Counter[str]()
    for question in asked.values():
        verdict = given[question.key]
        said[verdict.why if verdict.unsupported is None else str(verdict.unsupported)] += 1
    return {
        "unsupported": said["True"],
        "supported": said["False"],
        "unreadable": said["unreadable"],
        "disagreed": said["disagreed"],
        "not asked": len(drafts) - len(asked),
    }


def _root(source: RunFolder, model: str, calibration: Path | None) -> Path:
    """One folder for one run, model, question and calibration."""
    labels = None if calibration is None else file_digest(calibration)
    print_ = digest([file_digest(source.frame), model, ASKED, labels])
    return source.root.parent / f"{source.root.name}-judged-{print_[:8]}"


def _refuse_the_drafter(source: RunFolder, model: str) -> None:
    """A model that judges its own drafts prefers them.

    Raises:
        InputError: it is the one that drafted the run.
    """
    if (source.root / "run.json").exists() and source.read_intent().manifest.model == model:
        raise InputError(f"--model {model}: drafted this run; take one of another family")
