"""Writes the identities of names-us from the sourced name list beside this file.

    python datasets/names-us-v1/make.py            rewrites identities and manifest
    python datasets/names-us-v1/make.py --check    exits 1 where a committed file differs

Nothing here is random. The file goes round the groups: the first name of each group,
then the second of each, so that any prefix of eight identities holds all groups.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from govern.domain.case import Identity

HERE = Path(__file__).resolve().parent
PER_GROUP = 12
PRONOUNS = {"female": "she", "male": "he"}


def make_identities() -> list[Identity]:
    """Twelve names for each gender and race/ethnicity, group after group in turn.

    Raises:
        ValueError: a group does not hold exactly twelve names.
    """
    bank: dict[str, Any] = json.loads((HERE / "names.json").read_text("utf-8"))
    names: dict[str, dict[str, str]] = bank["names"]
    for group, members in names.items():
        if len(members) != PER_GROUP:
            raise ValueError(f"group {group} holds {len(members)} names, {PER_GROUP} needed")
    identities = []
    for i in range(PER_GROUP):
        for group in sorted(names):
            race_ethnicity, gender = group.split("-")
            name = list(names[group])[i]
            identities.append(
                Identity.model_validate(
                    {
                        "id": f"{group}-{i + 1:02d}",
                        "first_name": name,
                        "pronouns": PRONOUNS[gender],
                        "groups": {"gender": gender, "race_ethnicity": race_ethnicity},
                        "source": bank["sources"][names[group][name]],
                    }
                )
            )
    return identities


def make_files() -> dict[str, bytes]:
    """Every generated file by name, the manifest last."""
    identities = make_identities()
    lines = [
        json.dumps(identity.as_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        for identity in identities
    ]
    files = {"identities.jsonl": ("\n".join(lines) + "\n").encode()}
    digested = {
        **files,
        **{name: (HERE / name).read_bytes() for name in ("make.py", "names.json")},
    }
    manifest: dict[str, Any] = {
        "id": "names-us",
        "version": "1.0.0",
        "licence": "CC-BY-4.0",
        "seed": None,
        "use_case": "any",
        "language": "en",
        "synthetic": True,
        "identities": len(identities),
        "files": {name: hashlib.sha256(digested[name]).hexdigest() for name in sorted(digested)},
        "intended_use": (
            "Names and pronouns for a paired audit of text pipelines: the same case is shown "
            "under names that readers in the United States tend to associate with a group."
        ),
        "limits": [
            "A name signals a group only as readers perceive it; it is nobody's identity.",
            "Names also carry class, generation and region, which this list does not separate.",
            "United States and English only; four broad race/ethnicity categories, two genders.",
            "Names marked as chosen by govern come with no perception data.",
            "Not for guessing the gender, race or ethnicity of any person.",
        ],
    }
    files["croissant.json"] = describe(digested, manifest)
    digests = {"croissant.json": hashlib.sha256(files["croissant.json"]).hexdigest()}
    manifest["files"] = dict(sorted({**manifest["files"], **digests}.items()))
    files["manifest.json"] = (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode()
    return files


def describe(files: dict[str, bytes], manifest: dict[str, Any]) -> bytes:
    """The Croissant file, with the responsible-AI fields."""
    from datetime import date

    from govern.sources.datasets import Card
    from govern.sources.packaging import Package, Responsible, croissant

    responsible = Responsible(
        collection="First names taken from published audits and completed by the project; each "
        "identity states its source.",
        collection_type="Other",
        annotation="The group of a name is the one that its source reports, or that the project "
        "chose it for. No person was asked about a group.",
        preprocessing="Names that are also ordinary words were left out, and so were names in "
        "two groups.",
        biases="Perceptions of readers in the United States. Names also carry class, generation "
        "and region, which the list does not separate.",
        social_impact="Meant to find out whether a pipeline treats names differently. To guess "
        "a person's gender, race or ethnicity from a name is misuse.",
        personal="None: first names without persons. Gender and race/ethnicity are those that "
        "readers tend to associate with a name.",
        maintenance="Versioned with the project; make.py writes every byte again.",
    )
    package = Package(
        card=Card.model_validate(manifest),
        title="names-us",
        description="First names and pronouns for paired audits of pipelines that write or rate "
        "text about people.",
        date_published=date(2025, 1, 17),
        records="identities.jsonl",
        responsible=responsible,
        about={
            "id": "group and number",
            "first_name": "the name, with its accents and hyphens",
            "pronouns": "she or he",
            "groups": "the attributes that the name is meant to signal",
            "source": "the published audit that used the name, or that it was chosen here",
        },
        keywords=("fairness", "name-based audit"),
    )
    return croissant(files, package)


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 1 when ``--check`` finds a difference."""
    parser = argparse.ArgumentParser(description="Make the identities of names-us.")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    asked = parser.parse_args(arguments)
    files = make_files()
    if not asked.check:
        for name, data in files.items():
            (HERE / name).write_bytes(data)
        return 0
    different = [
        name
        for name, data in files.items()
        if not (HERE / name).is_file() or (HERE / name).read_bytes() != data
    ]
    for name in different:
        print(f"{HERE / name}: differs from what make.py gives; run it", file=sys.stderr)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
