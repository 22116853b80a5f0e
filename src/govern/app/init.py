"""``govern init``: a project of one's own that works from the first minute."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

from govern.canon import file_digest
from govern.errors import InputError
from govern.sources.locate import builtin_root

CASES = 24
DATASET = "my-cases-v1"
REVIEW_AFTER_DAYS = 180
_RENAMED = {"gitignore": ".gitignore"}


def init(folder: Path, *, today: date) -> list[Path]:
    """Write a starter project; returns the files it wrote.

    Raises:
        InputError: the folder holds something already.
    """
    if folder.exists() and any(p.name != ".git" for p in folder.iterdir()):
        raise InputError(f"{folder}: not empty; a new project needs a folder of its own")
    starter = Path(str(files("govern"))) / "starter"
    written = []
    for source in sorted(p for p in starter.rglob("*") if p.is_file()):
        if "__pycache__" in source.parts:
            continue
        relative = source.relative_to(starter)
        target = folder / relative.with_name(_RENAMED.get(relative.name, relative.name))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_dated(source.read_text(encoding="utf-8"), today), encoding="utf-8")
        written.append(target)
    return written + _cases(folder / "datasets" / DATASET)


def _dated(text: str, today: date) -> str:
    review_by = today + timedelta(days=REVIEW_AFTER_DAYS)
    return text.replace("@TODAY@", str(today)).replace("@REVIEW_BY@", str(review_by))


def _cases(folder: Path) -> list[Path]:
    """The first shipped cases as a dataset of the project."""
    shipped = builtin_root() / "datasets" / "review-core-v1"
    folder.mkdir(parents=True)
    lines = (shipped / "cases.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "cases.jsonl").write_text("".join(lines[:CASES]), encoding="utf-8")
    shutil.copyfile(shipped / "rubric.json", folder / "rubric.json")
    shipped_card = json.loads((shipped / "manifest.json").read_text(encoding="utf-8"))
    card = shipped_card | {
        "id": "my-cases",
        "version": "0.1.0",
        "cases": CASES,
        "files": {name: file_digest(folder / name) for name in ("cases.jsonl", "rubric.json")},
    }
    # The canary stands in papers that an excerpt has not.
    card.pop("canary", None)
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    return [folder / "cases.jsonl", folder / "rubric.json", manifest]
