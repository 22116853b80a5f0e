"""``govern judge`` and ``govern calibration``: a model's verdicts on drafts, and its errors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from govern.cli import context
from govern.cli.options import Json

JUDGE_EXAMPLE = "Example: govern judge RUN --model openai/gpt-5 --calibration labelled.csv"
CALIBRATION_EXAMPLE = "Example: govern calibration labelled.csv --drafts 240"


def judge(
    run: Annotated[str, typer.Argument(help="A finished run; see `govern list runs`.")],
    model: Annotated[str, typer.Option(help="Model that judges, as Inspect names it.")],
    calibration: Annotated[
        Path | None, typer.Option(help="Labelled drafts: CSV, JSONL or Parquet.")
    ] = None,
    at_once: Annotated[int, typer.Option(min=1, help="Questions in flight at once.")] = 8,
    json: Json = False,
) -> None:
    """Have a model say which drafts claim what their evidence does not support."""
    from govern.app.judge_drafts import judge_drafts
    from govern.cli.output import Bars, print_findings, print_json
    from govern.metrics import BY_MODEL

    judged = judge_drafts(
        context.here(),
        run,
        model=model,
        calibration=calibration,
        at_once=at_once,
        reporter=Bars(),
    )
    ours = [f for f in judged.findings.findings if f.metric in BY_MODEL]
    if json:
        print_json(
            {
                "run": judged.folder.root.name,
                "verdicts": judged.verdicts,
                "judge": judged.facts.as_json(),
                "findings": [f.as_json() for f in ours],
            }
        )
        return
    print_findings(ours)
    said = ", ".join(f"{count} {what}" for what, count in judged.verdicts.items())
    typer.echo(f"\nDrafts: {said}. Run {judged.folder.root.name}: {judged.folder.root}")


def calibration(
    file: Annotated[Path, typer.Argument(help="New CSV file.")],
    drafts: Annotated[int, typer.Option(min=1, help="How many labelled drafts.")] = 240,
    json: Json = False,
) -> None:
    """Write labelled drafts to calibrate a judging model: half of them with a planted claim."""
    from govern.app.calibration import write_calibration
    from govern.cli.output import print_json

    table = write_calibration(context.here(), file, drafts=drafts)
    counted = {
        "file": str(file),
        "drafts": len(table),
        "unsupported": int((table["unsupported"] == "yes").sum()),
    }
    if json:
        print_json(counted)
    else:
        typer.echo(f"{file}: {counted['drafts']} drafts, {counted['unsupported']} of them spoiled")
