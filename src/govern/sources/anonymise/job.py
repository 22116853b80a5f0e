"""The second pass: one chunk of texts after another, changed, attacked, put aside."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from govern.sources.anonymise.clean import key
from govern.sources.anonymise.columns import Columns
from govern.sources.anonymise.engine import Anonymised, Engine
from govern.sources.anonymise.generalise import Coarse
from govern.sources.anonymise.index import NameIndex
from govern.sources.anonymise.leaks import LeakScan
from govern.sources.anonymise.linkage import SAMPLE, attack
from govern.sources.anonymise.patterns import Patterns
from govern.sources.anonymise.phrases import Phrases, read_phrases
from govern.sources.anonymise.presidio import Recognisers
from govern.sources.anonymise.problems import Problem
from govern.sources.anonymise.pseudonyms import Pseudonyms
from govern.sources.anonymise.rare import Flag, RareFacts
from govern.sources.anonymise.risk import Look, Risk, Thresholds
from govern.sources.anonymise.spans import placed
from govern.sources.anonymise.survey import Survey
from govern.sources.anonymise.unlisted import UnlistedNames
from govern.sources.anonymise.writing import Shuffle

CHUNK_ROWS = 2_000


@dataclass(frozen=True)
class Asked:
    """What the user asks for; paths and options as they were given."""

    reviews: Path
    roster: Path
    columns: str
    out: Path
    thresholds: Thresholds = field(default_factory=Thresholds)
    products: Path | None = None
    clients: Path | None = None
    keep_mapping: Path | None = None
    spacy: bool = False
    encoding: str | None = None
    day_first: bool = False
    chunk_rows: int = CHUNK_ROWS


class Job:
    """Everything the pass needs, and what it has found so far."""

    def __init__(
        self, asked: Asked, columns: Columns, found: Survey, coarse: Coarse, secret: bytes
    ) -> None:
        self.asked, self.found, self.coarse = asked, found, coarse
        self.table = coarse.table.set_index("row", drop=False)
        index = NameIndex(found.people)
        self.pseudonyms = Pseudonyms(found.people, index, secret=secret)
        lists = {
            kind: read_phrases(path, asked.encoding)
            for kind, path in (("product", asked.products), ("client", asked.clients))
            if path
        }
        phrases = Phrases(lists)
        codes = {code for one in found.people for code in one.codes}
        self.engine = Engine(
            index,
            self.pseudonyms,
            Patterns(Recognisers(), codes=codes, day_first=asked.day_first),
            phrases,
            UnlistedNames(self.pseudonyms) if asked.spacy else None,
        )
        self.scan = LeakScan(index, words=phrases.words(), codes=codes)
        self.rare = RareFacts()
        self.kept: list[Flag] = []
        self.leaks: dict[int, int] = {}
        self.replaced: Counter[str] = Counter()
        self.sampled = self._sample()
        self.sample: dict[int, Anonymised] = {}
        self.roles = [*columns.groups, *columns.quasi]
        self.rated = "rating" in self.table
        self.written = ["text", "case", "person", "name", *(["rating"] if self.rated else [])]
        self.written += self.roles
        cases = sorted(self.table["case"].unique(), key=lambda c: self.pseudonyms.draw("case", c))
        self.case_ids = {case: f"c{n:06d}" for n, case in enumerate(cases, start=1)}

    @property
    def case_count(self) -> int:
        """Cases in the set."""
        return len(self.case_ids)

    def order(self, row: int) -> int:
        """Where a row goes: a secret draw."""
        return self.pseudonyms.draw("row", row)

    def _sample(self) -> frozenset[int]:
        """All rows of so many people that they are some 2,000: pairs have to stay together."""
        sizes = self.table.groupby("person").size()
        order = sorted(sizes.index, key=lambda p: self.pseudonyms.draw("sample", int(p)))
        taken = pd.Series(sizes.loc[order].to_numpy(), index=order).cumsum()
        people = taken.index[(taken <= SAMPLE) | (taken.index == taken.index[:1].max())]
        return frozenset(self.table.loc[self.table["person"].isin(people), "row"].head(SAMPLE))

    def take(self, numbers: tuple[int, ...], texts: list[str | None], shuffle: Shuffle) -> None:
        """Anonymise one chunk's texts and put the rows that stay aside."""
        stay = [(n, t) for n, t in zip(numbers, texts, strict=True) if t and n in self.table.index]
        if not stay:
            return
        plain = self.table.loc[[n for n, _ in stay]].to_dict("records")
        people = [int(one["person"]) for one in plain]
        done = self.engine.anonymise([t for _, t in stay], people)
        for one, person, new in zip(plain, people, done, strict=True):
            row = int(one["row"])
            self._note(row, person, new)
            value: dict[str, Any] = {
                "text": new.text,
                "case": self.case_ids[one["case"]],
                "person": self.pseudonyms.id_of(person),
                "name": self.pseudonyms.of(person).full,
            }
            if self.rated:
                value["rating"] = None if pd.isna(one["rating"]) else float(one["rating"])
            shuffle.add(row, value | {role: one[role] for role in self.roles})

    def _note(self, row: int, person: int, new: Anonymised) -> None:
        self.replaced.update(span.kind for span in new.spans)
        leaks, kept = self.scan.scan(new.text)
        if leaks:
            self.leaks[row] = len(leaks)
        self.kept += [
            Flag(row, start, end, "name or word")
            for start, end in kept
            if self.engine.index.is_name_of(key(new.text[start:end]), person)
        ]
        self.rare.take(new.text, placed(new.spans), row=row, person=person)
        if row in self.sampled:
            self.sample[row] = new

    def risk(self, problems: list[Problem]) -> Risk:
        """What the attacks find; a missed threshold is one more problem."""
        rows = list(self.sample)
        part = self.table.loc[rows]
        linked = attack(
            list(self.sample.values()),
            rows=rows,
            people=part["person"].tolist(),
            roles=part["stratum"].tolist() if "stratum" in part else ["all"] * len(part),
        )
        thresholds = self.asked.thresholds
        found = list(problems)
        if self.leaks:
            found.append(
                Problem(
                    "leak scan",
                    f"{sum(self.leaks.values())} roster word(s) left",
                    tuple(self.leaks),
                )
            )
        found += self._named_in_columns()
        if linked.person.excess is not None and linked.person.excess > thresholds.most_linkage:
            found.append(
                Problem(
                    "linkage",
                    f"texts find another text of the same person, excess "
                    f"{linked.person.excess:.2f}, at most {thresholds.most_linkage:g} may",
                    linked.person.rows,
                )
            )
        flags = [*self.rare.flags(), *self.kept]
        return Risk(
            written=False,
            thresholds=thresholds,
            reviews=len(self.table),
            people=int(self.table["person"].nunique()),
            k=self.coarse.k,
            l=self.coarse.l,
            levels=self.coarse.levels,
            suppressed=len(self.coarse.suppressed),
            unlisted_share=len(self.found.unlisted) / len(self.found.table),
            without_text=len(self.found.without_text),
            replaced=dict(sorted(self.replaced.items())),
            leaks=sum(self.leaks.values()),
            own=linked.own,
            person=linked.person,
            sample=len(rows),
            look=sorted((Look(f.row, f.start, f.end, f.kind) for f in flags), key=Look.place),
            problems=found,
        )

    def _named_in_columns(self) -> list[Problem]:
        """Roster words in the other columns that would be written."""
        found = []
        for role in self.roles:
            values = self.table[role]
            named = {value for value in values.unique() if self.scan.scan(value)[0]}
            if named:
                rows = tuple(self.table.loc[values.isin(named), "row"])
                found.append(Problem("leak scan", f"names of the roster in column {role}", rows))
        return found

    def mapping(self, lines: list[int]) -> dict[str, Any]:
        """Who is who: for the encrypted file alone."""
        people = {one.number: one.full for one in self.found.people}
        return {
            "people": [
                {
                    "person": self.pseudonyms.id_of(number),
                    "pseudonym": name.full,
                    "name": people[number],
                    "days": self.pseudonyms.offset_days(number),
                }
                for number, name in self.pseudonyms.mapping().items()
            ],
            "cases": {new: str(old) for old, new in self.case_ids.items()},
            "source_row_of_line": lines,
        }
