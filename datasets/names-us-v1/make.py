"""Writes the identities and surnames of names-us from the sourced list beside this file.

    python datasets/names-us-v1/make.py            rewrites the three lists and the manifest
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

from govern.domain.base import Noun
from govern.domain.case import Identity, Surname

HERE = Path(__file__).resolve().parent
PER_GROUP = 24
PRONOUNS = {"female": "she", "male": "he"}


def make_identities(bank: dict[str, Any]) -> list[Identity]:
    """Twenty-four names for each gender and race/ethnicity, group after group in turn.

    Raises:
        ValueError: a group does not hold exactly as many names.
    """
    names: dict[str, dict[str, str]] = bank["names"]
    for group, members in names.items():
        if len(members) != PER_GROUP:
            raise ValueError(f"group {group} holds {len(members)} names, {PER_GROUP} needed")
    seen = dict(bank["perception"])
    shares = seen.pop("shares")
    identities = []
    for i in range(PER_GROUP):
        for group in sorted(names):
            race_ethnicity, gender = group.split("-")
            name = list(names[group])[i]
            known = {"perception": {**seen, "share": shares[name]}} if name in shares else {}
            identities.append(
                Identity.model_validate(
                    {
                        "id": f"{group}-{i + 1:02d}",
                        "first_name": name,
                        "pronouns": PRONOUNS[gender],
                        "groups": {"gender": gender, "race_ethnicity": race_ethnicity},
                        "source": bank["sources"][names[group][name]],
                        **known,
                    }
                )
            )
    return identities


def make_extra(bank: dict[str, Any]) -> list[Identity]:
    """The same names once with *they* and once without pronouns, in turn."""
    extra = bank["extra"]
    return [
        Identity.model_validate(
            {
                "id": f"{pronouns}-{i + 1:02d}",
                "first_name": name,
                "pronouns": pronouns,
                "groups": {"pronouns": pronouns},
                "source": extra["source"],
            }
        )
        for i, name in enumerate(extra["names"])
        for pronouns in ("they", "none")
    ]


def make_surnames(bank: dict[str, Any]) -> list[Surname]:
    """Surnames by the group most bearers say they belong to, group after group in turn."""
    surnames = bank["surnames"]
    groups = [group for group in surnames if group not in ("source", "columns")]
    sizes = {len(surnames[group]) for group in groups}
    if len(sizes) != 1:
        raise ValueError(f"surname groups differ in size: {sizes}")
    found = []
    for i in range(sizes.pop()):
        for group in sorted(groups):
            name = list(surnames[group])[i]
            percent = zip(surnames["columns"], surnames[group][name], strict=True)
            found.append(
                Surname.model_validate(
                    {
                        "id": f"surname-{group}-{i + 1:02d}",
                        "surname": name,
                        "race_ethnicity": group,
                        "shares": {column: round(p / 100, 4) for column, p in percent},
                        "source": surnames["source"],
                    }
                )
            )
    return found


def lines_of(nouns: Sequence[Noun]) -> bytes:
    """One JSON object a line."""
    lines = [
        json.dumps(noun.as_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        for noun in nouns
    ]
    return ("\n".join(lines) + "\n").encode()


def make_files() -> dict[str, bytes]:
    """Every generated file by name, the manifest last."""
    bank: dict[str, Any] = json.loads((HERE / "names.json").read_text("utf-8"))
    identities = make_identities(bank)
    files = {
        "identities.jsonl": lines_of(identities),
        "identities-extra.jsonl": lines_of(make_extra(bank)),
        "surnames.jsonl": lines_of(make_surnames(bank)),
    }
    digested = {
        **files,
        **{name: (HERE / name).read_bytes() for name in ("make.py", "names.json")},
    }
    manifest: dict[str, Any] = {
        "id": "names-us",
        "version": "1.1.0",
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
            "Perception data are known for 24 of the 192 names; for the others, none.",
            "They and no-pronoun identities are a list apart, with no group but their pronouns.",
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
