"""The folder of a decision: all that it rests on, and how it reads."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from govern.app.outputs import outputs
from govern.attest.envelopes import sign
from govern.attest.keys import PrivateKey
from govern.attest.statements import decision_statement
from govern.domain.base import Noun
from govern.domain.decision import Decision
from govern.domain.docket import Docket
from govern.domain.policy import Policy
from govern.errors import InputError
from govern.policy.reader import read_policy
from govern.report.html import render
from govern.report.view import build
from govern.runner.folder import write_text
from govern.sources.locate import builtin_root
from govern.strict_yaml import explain


def decision_texts(
    decision: Decision, docket: Docket, policy: Policy, key: PrivateKey | None
) -> dict[str, str]:
    """The files of a decision's folder that are made of the decision, by name."""
    texts = {
        "decision.json": as_text(decision),
        "docket.json": as_text(docket),
        "report.html": render(build(decision, policy), templates()),
    } | outputs(decision, policy)
    if key:
        envelope = sign(decision_statement(decision), [key], now=decision.created)
        texts["decision.dsse.json"] = f"{json.dumps(envelope, indent=2)}\n"
    return texts


def as_text(noun: Noun) -> str:
    """A noun's JSON as it stands in a file."""
    text = json.dumps(noun.as_json(), indent=1, ensure_ascii=False, sort_keys=True)
    return f"{text}\n"


def write_decision(target: Path, texts: Mapping[str, str], sources: Mapping[str, Path]) -> None:
    """The whole decision folder or nothing of it: texts, and copies of other files.

    Raises:
        InputError: the folder exists.
    """
    if target.exists():
        raise InputError(f"{target}: exists already; a decision is never overwritten")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=".decision-", dir=target.parent))
    try:
        for name, text in texts.items():
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            write_text(part / name, text)
        for name, source in sources.items():
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, part / name)
        part.chmod(0o755)
        part.rename(target)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def render_report(decision_folder: Path) -> Path:
    """Write ``report.html`` of a decision folder anew, from what stands in it.

    Raises:
        InputError: this is no decision folder.
        IntegrityError: the policy in it is not the one that was judged by.
    """
    try:
        decision = Decision.model_validate_json((decision_folder / "decision.json").read_bytes())
        policy = read_policy((decision_folder / "policy.md").read_bytes(), where="policy.md")
    except OSError as err:
        raise InputError(f"{decision_folder}: not a decision folder: {err.strerror}") from err
    except ValidationError as err:
        raise InputError(f"{decision_folder}/decision.json: {explain(err)}") from err
    path = decision_folder / "report.html"
    write_text(path, render(build(decision, policy), templates()))
    return path


def templates() -> Path:
    """The folder of the shipped report templates."""
    return builtin_root() / "reports" / "templates"
