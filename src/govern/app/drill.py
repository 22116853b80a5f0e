"""From a finding to the drafts behind it: few, chosen by rule, under codes in place of names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

import pandas as pd

from govern.app.codes import Codes
from govern.app.drilled_claims import claims_at_fault
from govern.domain.decision import ClauseOutcome, Decision, SliceOutcome
from govern.domain.finding import Findings
from govern.frames import evidence_items, group_attributes, main_block
from govern.metrics.accuracy_claims import claim_shares, unsupported
from govern.metrics.claims import key_coverage_by_draft
from govern.metrics.groups import CROSS, labels
from govern.report.beside import Excerpts, PairOf
from govern.report.blocks import Pair, Piece, Side
from govern.report.subjects import group_words
from govern.report.wording import anchor, counted, first_words, last_words

CLAUSES, PAIRS, EVIDENCE = 3, 2, 6
LONGEST, LEAD = 1_500, 300
"""Characters of a draft that are shown, and of these before the first difference if it is late."""
_WORDS = re.compile(r"\s*\S+")
_FIGURES = re.compile(r"^(?:\d+ )+|(?: \d+)+$")
# Words that differ with the person alone; they are shown, and not marked as a difference.
_PERSON = frozenset("he she they him her them his hers their theirs himself herself".split())


@dataclass(frozen=True)
class Measured:
    """What a metric reads in each draft, and how that is said of one."""

    values: pd.Series[float]
    said: Callable[[float], str]


@dataclass(frozen=True)
class Chosen:
    """Two drafts of one case: for each its row and its group."""

    case: str
    drafts: tuple[tuple[int, str], tuple[int, str]]


def excerpts_of(drafts: pd.DataFrame, decision: Decision, findings: Findings) -> Excerpts:
    """Pairs for the clauses about groups that did not pass, claims at fault, shared phrases."""
    main = main_block(drafts)
    codes = Codes(drafts)
    contradicted, without = claims_at_fault(main, findings, codes)
    return Excerpts(
        pairs=tuple(_pairs(main, decision, codes)),
        contradicted=contradicted,
        unsupported=without,
        phrases=_phrases(findings, codes),
    )


def _pairs(main: pd.DataFrame, decision: Decision, codes: Codes) -> Iterator[PairOf]:
    seen: set[str] = set()
    shown = 0
    for clause in decision.clauses:
        part = _worst(clause, main) if shown < CLAUSES else None
        measured = _measured(clause.subject, main) if part is not None else None
        if part is None or measured is None:
            continue
        unseen = main[~main["case_id"].isin(seen)]
        chosen = list(_of_slice(unseen, part, measured))
        found = [_pair(main, clause.id, one, measured, codes) for one in chosen]
        seen |= {one.case for one in chosen}
        shown += bool(found)
        yield from found


def _worst(clause: ClauseOutcome, main: pd.DataFrame) -> SliceOutcome | None:
    """The group that a clause which did not pass rests on, if one does."""
    known = set(group_attributes(main))
    for part in clause.slices:
        finding = part.finding
        if finding is None or not isinstance(part.estimate, float) or part.outcome == "pass":
            continue
        if finding.contrast != "all" and set(finding.by.split(CROSS)) <= known:
            return part
    return None


def _measured(metric: str, main: pd.DataFrame) -> Measured | None:
    """What a metric about groups reads in each draft; ``None`` where it reads none alone."""
    if metric in ("fairness.rating_shift", "fairness.impact_ratio"):
        return Measured(main["rating"], lambda value: f"rated {value:g}")
    if metric == "fairness.omission_gap":
        coverage = key_coverage_by_draft(main)
        if coverage is None:
            return None
        return Measured(coverage["share"], lambda value: f"mentions {value:.0%} of the key facts")
    if metric == "fairness.unsupported_claim_gap":
        shares = claim_shares(main, unsupported)
        if shares is None:
            return None
        return Measured(
            shares["faults"], lambda value: f"{counted(int(value), 'claims')} without support"
        )
    if metric == "fairness.length_gap":
        counted_words = [float(len(str(text).split())) for text in main["text"]]
        return Measured(pd.Series(counted_words, main.index), lambda value: f"{value:.0f} words")
    return None


def _of_slice(main: pd.DataFrame, part: SliceOutcome, measured: Measured) -> Iterator[Chosen]:
    """The cases in which the group lies furthest from the others, the way the estimate points."""
    finding = part.finding
    if finding is None:
        return
    group, _, other = finding.contrast.partition(" / ")
    label = labels(main, finding.by.split(CROSS))
    values = measured.values.reindex(main.index)
    table = pd.DataFrame({"value": values, "label": label, "case": main["case_id"]})
    table = table[main["text"].notna()].dropna()
    mine = table[table["label"] == group]
    theirs = table[table["label"] == other if other else table["label"] != group]
    gap = mine.groupby("case")["value"].mean() - theirs.groupby("case")["value"].mean()
    up = float(gap.mean()) >= 0
    gap = (gap if up else -gap).dropna()
    gap = gap[gap > 0].sort_index().sort_values(ascending=False, kind="stable")
    for case in gap.index[:PAIRS]:
        one = _furthest(mine[mine["case"] == case], highest=up)
        two = _furthest(theirs[theirs["case"] == case], highest=not up)
        yield Chosen(str(case), ((one, str(label[one])), (two, str(label[two]))))


def _furthest(rows: pd.DataFrame, *, highest: bool) -> int:
    ordered = rows["value"].sort_values(ascending=not highest, kind="stable")
    return int(ordered.index.to_numpy()[0])


def _pair(
    main: pd.DataFrame, clause: str, chosen: Chosen, measured: Measured, codes: Codes
) -> PairOf:
    texts = [codes.masked(str(main["text"][row])) for row, _ in chosen.drafts]
    shown = _differences(*texts)
    if max(map(len, texts)) > LONGEST:
        shown = _from_difference(*shown)
    left, right = (
        Side(
            who=f"{group_words(group)}, {codes.person(main['identity_id'][row])}, "
            f"draft {main['draft_id'][row]}",
            measured=measured.said(float(measured.values[row])),
            pieces=_cut(pieces),
        )
        for (row, group), pieces in zip(chosen.drafts, shown, strict=True)
    )
    items = evidence_items(main[main["case_id"] == chosen.case]).get(chosen.case, [])
    key = [i for i in items if i["salience"] == "key" and not i.get("confidential")]
    return PairOf(
        clause=clause,
        pair=Pair(
            title=f"{clause}: one file, two people, case {chosen.case}",
            anchor=f"pair-{anchor(chosen.case)}",
            evidence=tuple(codes.masked(str(item["text"])) for item in key[:EVIDENCE]),
            left=left,
            right=right,
        ),
    )


def _from_difference(
    left: tuple[Piece, ...], right: tuple[Piece, ...]
) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both from shortly before the first difference, if it would come too late to be shown."""
    differ = any(piece.marked for piece in (*left, *right))
    late = all(
        side and not side[0].marked and len(side[0].text) > LONGEST - LEAD for side in (left, right)
    )
    return (_without_lead(left), _without_lead(right)) if differ and late else (left, right)


def _without_lead(side: tuple[Piece, ...]) -> tuple[Piece, ...]:
    first, *rest = side
    return (first.model_copy(update={"text": last_words(first.text, LEAD)}), *rest)


def _cut(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The pieces up to the longest text that is shown."""
    kept: list[Piece] = []
    room = LONGEST
    for piece in pieces:
        if len(piece.text) > room:
            return (*kept, piece.model_copy(update={"text": first_words(piece.text, room)}))
        kept.append(piece)
        room -= len(piece.text)
    return tuple(kept)


def _differences(left: str, right: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts in pieces, marked where the other one does not say the same."""
    words = [_WORDS.findall(text) for text in (left, right)]
    keys = [[_key(word) for word in some] for some in words]
    same = SequenceMatcher(None, keys[0], keys[1], autojunk=False).get_matching_blocks()
    return (
        _pieces(words[0], [(block.a, block.size) for block in same]),
        _pieces(words[1], [(block.b, block.size) for block in same]),
    )


def _key(word: str) -> str:
    bare = word.strip().casefold()
    return "person" if bare.strip(".,;:!?") in _PERSON else bare


def _pieces(words: list[str], same: list[tuple[int, int]]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    at = 0
    for start, size in same:
        if start > at:
            told = "".join(words[at:start])
            bare = told.lstrip()
            if bare != told:
                pieces.append(Piece(text=told[: len(told) - len(bare)]))
            pieces.append(Piece(text=bare, marked=True))
        if size:
            pieces.append(Piece(text="".join(words[start : start + size])))
        at = start + size
    return tuple(pieces)


def _phrases(findings: Findings, codes: Codes) -> tuple[str, ...]:
    """The examples of the finding on boilerplate, without the figures at their ends, or none."""
    found = [f for f in findings.findings if f.metric == "homogeneity.boilerplate"]
    phrases = (_FIGURES.sub("", phrase) for finding in found for phrase in finding.examples)
    return tuple(dict.fromkeys(map(codes.masked, phrases)))
