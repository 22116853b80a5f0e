"""Commands given one after the other in a folder, for what several tests start from."""

from __future__ import annotations

import shutil
import sys
import warnings
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from govern.cli import main


def given(folder: Path, *lines: str) -> str:
    """``govern LINE`` each in ``folder``, without MLflow; all must end well. What they print."""
    out = StringIO()
    quiet = warnings.catch_warnings()
    with pytest.MonkeyPatch.context() as patch, quiet, redirect_stdout(out):
        patch.chdir(folder)
        patch.setenv("GOVERN_KEY_PASSPHRASE", "correct horse")
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        patch.setattr("govern.app.mirror.run", lambda *_args, **_more: None)
        patch.setattr("govern.app.mirror.decision", lambda *_args, **_more: None)
        for line in lines:
            patch.setattr(sys, "argv", ["govern", *line.split()])
            with pytest.raises(SystemExit) as end:
                main()
            assert not end.value.code, line
    return out.getvalue()


def copied(template: Path, folder: Path) -> Path:
    """A copy of a project, whose runs go by the pipelines of the copy."""
    shutil.copytree(template, folder, dirs_exist_ok=True)
    for path in folder.glob(".govern/runs/*/run.json"):
        path.write_text(path.read_text().replace(str(template), str(folder)))
    return folder
