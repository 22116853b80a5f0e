"""The claim checker against people's error marks in machine-written basketball reports.

An adapter maps box-score cells to evidence and words the reports so that each number says what
it counts; reading, matching and verdicts are the product's. Rules and thresholds were set on
the texts with odd numbers; the figures to quote are those of the even ones.
Data: ../shared/data/accuracy_shared_task (Thomson & Reiter, INLG 2021).
"""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from govern.frames import build
from govern.metrics.evidence import facts_of
from govern.metrics.reading import Reading, read
from govern.metrics.stated import number_faults
from govern.metrics.verdicts import near_items

SHARED = Path(os.environ.get("GOVERN_SHARED_DATA", Path(__file__).parents[2] / "shared/data"))
DATA = SHARED / "accuracy_shared_task"
YARDSTICK = "40-line rule, numbers, training texts: recall .36, precision .60"
PUBLISHED = "best automatic system, all errors, test texts: recall .691, precision .756"
Game = dict[str, Any]

PLAYER = {
    "PTS": "points", "REB": "rebounds", "AST": "assists", "STL": "steals", "BLK": "blocks",
    "TO": "turnovers", "MIN": "minutes", "FGM": "shooting", "FGA": "shooting",
    "FG3M": "longrange", "FG3A": "longrange", "FTM": "freethrows", "FTA": "freethrows",
}  # fmt: skip
TEAM = {
    "PTS": "points", "WINS": "wins", "LOSSES": "losses", "REB": "rebounds", "AST": "assists",
    "TOV": "turnovers", "FG_PCT": "shooting", "FG3_PCT": "longrange", "FT_PCT": "freethrows",
}  # fmt: skip
SCORES = ("PTS", "PTS_QTR1", "PTS_QTR2", "PTS_QTR3", "PTS_QTR4")
ORDINAL = {"first": 1, "opening": 1, "second": 2, "third": 3, "fourth": 4, "final": 4}
ENDS_GAME = {"win", "victory", "loss", "defeat", "blowout"}
COUNTED = {"assist", "steal", "block", "rebound", "turnover"}
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
FAR = {"three", "3", "3pt", "arc", "deep", "downtown", "distance", "long", "range", "beyond"}
FREE = {"free", "ft", "charity", "stripe", "line", "foul"}
GIVEN = set("Center Arena Garden House NBA Conference Division Eastern Western I".split())
CLOSES = {".", ",", ";", ":", "!", "?", ")", "'s", "'", "n't", "'ve", "'re", "%"}


class Mark(NamedTuple):
    """Tokens of a text, from 1, that people marked as wrong, and how."""

    text: str
    first: int
    last: int
    kind: str


class Worded(NamedTuple):
    """A report for the checker, with the token that each stretch of characters came from."""

    text: str
    starts: list[int]
    tokens: list[int]


def games() -> dict[str, Game]:
    lines = (DATA / "shared_task.jsonl").read_text(encoding="utf-8").splitlines()
    return {game["shared_task_text_id"]: game for game in map(json.loads, lines)}


def marks() -> list[Mark]:
    with (DATA / "gsml.csv").open(encoding="utf-8", newline="") as file:
        return [
            Mark(
                row["TEXT_ID"].removesuffix(".txt"),
                int(row["DOC_TOKEN_START"]),
                int(row["DOC_TOKEN_END"]),
                row["TYPE"],
            )
            for row in csv.DictReader(file)
        ]


def evidence(game: Game) -> list[dict[str, Any]]:
    """Each cell of the box score as an item."""
    items: list[dict[str, Any]] = []

    def add(who: str, what: str, value: Any, **more: Any) -> None:
        if value not in ("N/A", None, ""):
            item = {"id": f"E{len(items)}", "salience": "key", "text": f"{who} {what}"}
            items.append(item | {"value": float(value), "unit": "", **more})

    box = game["box_score"]
    for row, name in box["PLAYER_NAME"].items():
        for column, what in PLAYER.items():
            add(name, what, box[column][row])
    lines = [(game["home_city"], game["home_name"], game["home_line"])]
    lines.append((game["vis_city"], game["vis_name"], game["vis_line"]))
    for city, name, line in lines:
        for column, what in TEAM.items():
            percent = {"unit": "%"} if column.endswith("_PCT") else {}
            add(f"{city} {name}", what, line[f"TEAM-{column}"], **percent)
    both = " ".join(f"{city} {name}" for city, name, _ in lines)
    home, guest = ([float(line[f"TEAM-{c}"]) for c in SCORES] for _, _, line in lines)
    add(both, "margin", abs(home[0] - guest[0]))
    spans = {"score": [0], **{f"scoreq{q}": [q] for q in range(1, 5)}}
    spans |= {"scoreh1": [1, 2], "scoreh2": [3, 4]}
    for what, parts in spans.items():
        for line in (home, guest):
            add(both, what, sum(line[part] for part in parts))
    return items


def what_is_shot(tokens: Sequence[str], at: int) -> str:
    """What the shots are that a number before ``at`` counts."""
    near = {token.lower() for token in tokens[at : at + 6]}
    for stop in (",", ".", "and", "percent"):
        if stop in tokens[at : at + 6]:
            near = {t.lower() for t in tokens[at : at + tokens[at : at + 6].index(stop)]}
            break
    return "longrange" if near & FAR else "freethrows" if near & FREE else "shooting"


def worded(tokens: list[str], players: dict[str, str], teams: set[str]) -> Worded:
    """The report with what its numbers count said beside them, and pronouns by their name."""
    pieces = list(_pieces(tokens, players, teams))
    text, starts, origin = "", [], []
    glue = True
    for piece, token in pieces:
        glue = glue or piece in CLOSES or piece == "-"
        text += piece if glue else f" {piece}"
        starts.append(len(text) - len(piece))
        origin.append(token)
        glue = piece in {"(", "-", "$"}
    return Worded(text, starts, origin)


def what_is_scored(tokens: Sequence[str], at: int) -> str:
    """Which score two numbers that end before ``at`` give: of the game, a quarter, a half."""
    near = [token.lower() for token in tokens[at : at + 9]]
    near = near[: near.index(".")] if "." in near else near
    for word, after in pairwise(near):
        if word in ORDINAL and after in ("quarter", "half"):
            return f"score{after[0]}{ORDINAL[word]}"
    return "score"


def _pieces(
    tokens: list[str], players: dict[str, str], teams: set[str]
) -> Iterator[tuple[str, int]]:
    """Each token with its place, reworded where what is counted or meant stands elsewhere."""
    last, named, skip = "", False, 0
    for i, token in enumerate(tokens):
        named = named and tokens[i - 1] != "."
        if token in players:
            last, named = players[token], True
        small, after = token.lower(), [t.lower() for t in tokens[i + 1 : i + 5]]
        his_team = named and token in teams and {"for", "the"} & set(tokens[max(i - 3, 0) : i])
        if skip or his_team or _tells_nothing(token, after):
            skip = max(skip - 1, 0)
        elif small in ("he", "who") and last and not named:
            yield last, i
        elif small in ("three", "3") and after[:2] == ["-", "point"]:
            yield "longrange", i
            skip = 2
        elif small in ("a", "an") and after[:1] and after[0] in COUNTED:
            yield "one", i
        elif small == "pair" and after[:1] == ["of"]:
            yield "two", i
        else:
            yield token, i
            if noun := _noun(tokens, i):
                yield noun, i


def _tells_nothing(token: str, after: list[str]) -> bool:
    """The 12 minutes of a quarter, leads within a game, and the article of *a pair of*."""
    lead = after[:2] == ["-", "point"] and after[2:3] and after[2] not in ENDS_GAME | {","}
    return bool(
        (lead and token.lower() not in ("three", "3"))
        or (token == "12" and after[:1] == ["minutes"])
        or (token.lower() == "a" and after[:2] == ["pair", "of"])
    )


def _noun(tokens: list[str], i: int) -> str | None:
    """What the number at ``i`` counts, where its neighbours do not say so."""
    after, before = tokens[i + 1 : i + 4], tokens[max(i - 3, 0) : i]
    if after[:2] == ["-", "point"]:
        return "margin" if after[2:] and after[2] in ENDS_GAME else None
    if tokens[i].lower() == "percent" or (tokens[i].isdigit() and before[-2:] == ["of", "-"]):
        return what_is_shot(tokens, i + 1)
    if not tokens[i].isdigit():
        return None
    if after[:2] == ["-", "of"]:
        return what_is_shot(tokens, i + 4)
    first = after[:1] == ["-"] and after[1:2] and after[1].isdigit()
    second = before[-1:] == ["-"] and before[-2:-1] and before[-2].isdigit()
    if not first and not second:
        return None
    end = i + 3 if first else i + 1
    if tokens[end : end + 1] and tokens[end].lower() in ("fg", "3pt", "ft"):
        return what_is_shot(tokens, end)
    if tokens[end : end + 1] == [")"]:
        return "wins" if first else "losses"
    return what_is_scored(tokens, end)


def flagged_numbers(reading: Reading, texts: Sequence[Worded]) -> set[tuple[int, int]]:
    """Text and token of each number at fault."""
    faults = number_faults(reading, near_items(reading, reading.overlap()))
    wrong = np.flatnonzero(faults.altered | faults.fabricated | faults.astray)
    found = set()
    for word in reading.numbers["word"].to_numpy()[wrong]:
        row, place = int(reading.lex.row[word]), int(reading.lex.start[word])
        at = np.searchsorted(texts[row].starts, place, side="right") - 1
        found.add((row, texts[row].tokens[at] + 1))
    return found


def unknown_names(tokens: list[str], game: Game) -> Iterator[int]:
    """First tokens of names that the data do not have, and of days that are not the game's.

    Not the product's: it checks no names of third parties. Names that open a sentence, of
    venues and of divisions are left alone.
    """
    known = {w for key in game if key.endswith(("city", "name")) for w in game[key].split()}
    known |= {w for name in game["box_score"]["PLAYER_NAME"].values() for w in name.split()}
    day = DAYS[datetime.strptime(game["day"], "%m_%d_%y").weekday()]  # noqa: DTZ007
    i = 0
    while i < len(tokens):
        run = i
        while run < len(tokens) and tokens[run][:1].isupper():
            run += 1
        words = tokens[i:run]
        if words and i and tokens[i - 1] != ".":
            fresh = not set(words) & (known | GIVEN) and len(words[0]) > 2
            if words[0] != day if words[0] in DAYS else fresh:
                yield i + 1
        i = max(run, i + 1)


def score(flagged: set[tuple[str, int]], gold: list[Mark]) -> tuple[float, float]:
    """Recall and precision: a flag is right where it falls into a mark, a mark found where hit."""
    cells = {(m.text, t): m for m in gold for t in range(m.first, m.last + 1)}
    right = [f for f in flagged if f in cells]
    return len({cells[f] for f in right}) / max(len(gold), 1), len(right) / max(len(flagged), 1)


def flags_and_marks() -> tuple[dict[str, set[tuple[str, int]]], list[Mark]]:
    """What the checker and the rule for names flag in all texts, and what people marked."""
    played = games()
    ids, reports, names = list(played), [], set()
    for name, game in played.items():
        words = (DATA / "texts" / f"{name}.txt").read_text(encoding="utf-8").split()
        players = {part: p for p in game["box_score"]["PLAYER_NAME"].values() for part in p.split()}
        teams = {w for k in game if k.endswith(("city", "name")) for w in game[k].split()}
        reports.append(worded(words, players, teams))
        names |= {(name, token) for token in unknown_names(words, game)}
    frame = build(
        [
            {"draft_id": n, "case_id": n, "text": r.text, "evidence": json.dumps(evidence(g))}
            for (n, g), r in zip(played.items(), reports, strict=True)
        ]
    )
    facts = facts_of(frame)
    assert facts is not None
    found = flagged_numbers(read(frame, facts), reports)
    return {"NUMBER": {(ids[row], token) for row, token in found}, "NAME": names}, marks()


def main() -> None:
    if not DATA.is_dir():
        sys.exit(f"skipped: no {DATA}; GOVERN_SHARED_DATA names another folder than ../shared/data")
    flags, gold = flags_and_marks()
    for half, odd in (("tuned on, odd texts", 1), ("held out, even texts", 0)):
        mine = [m for m in gold if int(m.text[1:]) % 2 == odd]
        here = {k: {f for f in v if int(f[0][1:]) % 2 == odd} for k, v in flags.items()}
        print(f"\n{half}: {len(mine)} marks")
        print(f"{'':22}{'marks':>6}{'flags':>7}{'recall':>8}{'precision':>11}")
        everything = here["NUMBER"] | here["NAME"]
        rows = [
            ("numbers, checker", "NUMBER", here["NUMBER"]),
            ("names, adapter", "NAME", here["NAME"]),
        ]
        rows += [(kind.lower(), kind, everything) for kind in ("WORD", "CONTEXT", "NOT_CHECKABLE")]
        for label, kind, found in rows:
            of_kind = [m for m in mine if m.kind == kind]
            recall, precision = score(found, of_kind)
            shown = f"{precision:11.2f}" if found is not everything else ""
            print(f"{label:22}{len(of_kind):6}{len(found):7}{recall:8.2f}{shown}")
        for label, found in (("all, checker alone", here["NUMBER"]), ("all", everything)):
            recall, precision = score(found, mine)
            print(f"{label:22}{len(mine):6}{len(found):7}{recall:8.2f}{precision:11.2f}")
    print(f"\n{YARDSTICK}\n{PUBLISHED}")


if __name__ == "__main__":
    main()
