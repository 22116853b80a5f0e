"""The run folder: what was intended, the journal, Inspect's logs, the frame, the findings."""

from __future__ import annotations

import fcntl
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from govern.canon import file_digest
from govern.domain.attempts import Lineage
from govern.domain.base import Noun
from govern.domain.finding import Findings
from govern.domain.pipeline import Manifest
from govern.domain.suite import Plan, Suite
from govern.errors import FrameError, InputError, RunError
from govern.runner.journal import Journal
from govern.strict_yaml import explain
from govern.whole_files import write_text

if TYPE_CHECKING:
    import pandas as pd

RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")


class Deciding(Noun):
    """What a run that may promote was entered in the record for."""

    lineage: Lineage
    policy_version: str
    policy_digest: str
    requested_by: str | None = None


class Until(Noun):
    """The policy by which a run looks whether it is decided, after how many cases."""

    policy_path: str
    policy_digest: str
    cases: tuple[int, ...]


class Intent(Noun):
    """What a run set out to do, written before its first cell.

    A deciding run drafts fresh cases; ``dataset`` is the one whose grammar they come from.
    ``cells_of`` is the folder of the run whose cells are drafted again by another pipeline.
    ``anew``: no draft of an earlier run will do, nor a reply that somebody kept.
    """

    run_id: str
    created: datetime
    suite: Suite
    plan: Plan
    dataset: str
    dataset_digest: str
    identities_digest: str
    manifest: Manifest
    fingerprint: str
    pipeline_path: str
    seed: int
    baseline: str | None = None
    baseline_digest: str | None = None
    decide: Deciding | None = None
    cells_of: str | None = None
    harness_version: str = ""
    until: Until | None = None
    anew: bool = False


class Progress(Noun):
    """What the mirror and the clock know of a run."""

    seconds: float = 0.0
    mlflow_run_id: str | None = None


@dataclass(frozen=True)
class RunFolder:
    """Paths and files of one run."""

    root: Path

    @property
    def journal(self) -> Journal:
        return Journal(self.root / "journal.jsonl")

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def frame(self) -> Path:
        return self.root / "drafts.parquet"

    @property
    def findings_path(self) -> Path:
        return self.root / "findings.json"

    @property
    def secret(self) -> Path:
        """The chance that a deciding run's cases came from; nobody but the owner reads it."""
        return self.root / "seed.json"

    @property
    def sealed(self) -> Path:
        """The dataset folder of a deciding run's own cases."""
        return self.root / "sealed"

    @property
    def finished(self) -> bool:
        """Whether findings were written."""
        return self.findings_path.exists()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While nobody else works on the run; a kill gives it up.

        Raises:
            RunError: somebody does.
        """
        with (self.root / ".lock").open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as err:
                raise RunError(
                    f"run {self.root.name}: another process works on it; wait for that one to end"
                ) from err
            yield

    def write_intent(self, intent: Intent) -> None:
        """Make the folder and say what it is for."""
        self.logs.mkdir(parents=True, exist_ok=True)
        write_text(self.root / "run.json", intent.model_dump_json(indent=2, exclude_none=True))

    def read_intent(self) -> Intent:
        """What the run set out to do.

        Raises:
            InputError: this is no run folder.
        """
        path = self.root / "run.json"
        try:
            return Intent.model_validate_json(path.read_bytes())
        except OSError as err:
            raise InputError(
                f"{self.root}: no run.json in it, so nothing to go on with; drafts from a file are "
                "measured again by the same `govern run --drafts`"
            ) from err
        except ValidationError as err:
            raise InputError(f"{path}: {explain(err)}") from err

    def write_progress(self, progress: Progress) -> None:
        """Keep what the run has cost so far."""
        write_text(self.root / "progress.json", progress.model_dump_json())

    def read_progress(self) -> Progress:
        """What the run has cost so far; nothing where it never began.

        Raises:
            InputError: the file holds something else.
        """
        path = self.root / "progress.json"
        if not path.exists():
            return Progress()
        try:
            return Progress.model_validate_json(path.read_bytes())
        except ValidationError as err:
            raise InputError(f"{path}: {explain(err)}; without the file its cost is lost") from err

    def write_frame(self, frame: pd.DataFrame) -> str:
        """The digest of the frame's file. One that holds the same drafts stays as it is: another
        release of a library would write other bytes.
        """
        from govern import frames  # pandas is heavy, and reading about a run needs none

        try:
            if self.frame.exists() and frames.read(self.frame).equals(frame):
                return file_digest(self.frame)
        except FrameError:
            pass
        return frames.write(frame, self.frame)

    def write_findings(self, findings: Findings) -> None:
        """The findings, as indented JSON."""
        write_text(self.findings_path, findings.model_dump_json(indent=1, exclude_none=True))

    def read_findings(self) -> Findings:
        """The findings of a finished run.

        Raises:
            InputError: the run has none yet, or the file is no findings file.
        """
        try:
            return Findings.model_validate_json(self.findings_path.read_bytes())
        except OSError as err:
            raise InputError(
                f"{self.root}: no findings.json; finish the run with "
                f"`govern run --resume {self.root.name}`"
            ) from err
        except ValidationError as err:
            raise InputError(f"{self.findings_path}: {explain(err)}") from err
