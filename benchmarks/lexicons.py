"""The agency lists against labelled sentences, and identity gaps in reviews, raw and masked.

Data: github.com/elainew728/labe-agency (MIT), in the folder that ``GOVERN_SHARED_DATA`` names, by
default ``../shared/data`` beside the project; without it nothing is measured.
"""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import beta
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from govern import frames
from govern.metrics import METRICS, measure
from govern.metrics.groups import contrast_findings
from govern.stats.intervals import bounds
from govern.text.lexicons import hits, rates
from govern.text.sentences import cut, sentences
from govern.text.tokens import tokenise
from govern.text.wordlists import word_list

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("GOVERN_SHARED_DATA", ROOT.parent / "shared" / "data")) / "labe"
WORDING = [name for name, metric in METRICS.items() if "masked texts" in metric.spec.method]
LISTS = (
    "agentic communal standout grindstone ability doubt hedges personality behaviour vagueness "
    "exaggeration growth fixed directives steps"
).split()
SWAP = {"he": "she", "him": "her", "his": "her", "himself": "herself"}
SWAP |= {"she": "he", "her": "his", "hers": "his", "herself": "himself"}
_WORD = re.compile(r"\b(?:" + "|".join(SWAP) + r")\b", re.IGNORECASE)


def main() -> int:
    speed()
    if not DATA.is_dir():
        print(f"no data at {DATA}: nothing else measured")
        return 0
    train, validation = (pd.read_csv(DATA / f"lac_{part}.csv") for part in ("train", "validation"))
    agency(train, validation)
    for file, column in (
        ("chatgpt_clg_professor.csv", "chatgpt_gen"),
        ("llama3_clg_professor.csv", "llama3_gen"),
    ):
        gaps(file, reviews(DATA / file, column), train)
    return 0


def speed() -> None:
    """15 lists over 100,000 texts of 180 words, once they are tokenised."""
    rng = np.random.default_rng(4)
    known = [" ".join(p) for name in LISTS for p in sorted(word_list(name).phrases)]
    words = np.array([*known, *(f"word{i}" for i in range(20_000))], dtype=object)
    texts = pd.Series([" ".join(rng.choice(words, 180)) for _ in range(100_000)], dtype="str")
    started = time.perf_counter()
    tokens = tokenise(texts)
    between = time.perf_counter()
    for name in LISTS:
        hits(tokens, word_list(name))
    seconds = time.perf_counter() - between
    print(f"100,000 texts of 180 words: tokens {between - started:.1f} s, 15 lists {seconds:.1f} s")


def agency(train: pd.DataFrame, validation: pd.DataFrame) -> None:
    """Agentic less communal words against labels; the cut is chosen on the training half."""
    cut = best_cut(lean(train["text"]), train["label"].to_numpy())
    print(f"\nagency lists: agentic where agentic - communal >= {cut} words (cut set on train)")
    for name, part in (("train", train), ("validation", validation)):
        score, label = lean(part["text"]), part["label"].to_numpy()
        right, n = int(((score >= cut) == label).sum()), len(part)
        low, high = beta.ppf(0.025, right, n - right + 1), beta.ppf(0.975, right + 1, n - right)
        area, se = auc(score, label)
        print(
            f"  {name:<10} n {n:>4}  accuracy {right / n:.3f} ({low:.3f} to {high:.3f})  "
            f"AUC {area:.3f} ({area - 1.96 * se:.3f} to {area + 1.96 * se:.3f})"
        )
        said = score >= cut
        both = int((said & (label == 1)).sum())
        print(
            f"             of agentic sentences found {both / (label == 1).sum():.3f}, "
            f"of those found agentic {both / said.sum():.3f}"
        )


def lean(texts: pd.Series[str]) -> np.ndarray:
    tokens = tokenise(texts.astype("str"))
    return hits(tokens, word_list("agentic")) - hits(tokens, word_list("communal"))


def best_cut(score: np.ndarray, label: np.ndarray) -> int:
    return max(range(-2, 3), key=lambda cut: int(((score >= cut) == label).sum()))


def auc(score: np.ndarray, label: np.ndarray) -> tuple[float, float]:
    """Area under the curve and its standard error (DeLong, DeLong & Clarke-Pearson 1988)."""
    wins = np.sign(score[label == 1][:, None] - score[label == 0][None, :]) / 2 + 0.5
    rows, columns = wins.mean(axis=1), wins.mean(axis=0)
    variance = rows.var(ddof=1) / len(rows) + columns.var(ddof=1) / len(columns)
    return float(wins.mean()), float(np.sqrt(variance))


def reviews(file: Path, column: str) -> pd.DataFrame:
    """A drafts frame: departments are cases. A prompt that the text repeats is left out."""
    table = pd.read_csv(file)
    text = table[column].str.replace("<return>", "\n")
    echoed = [said.startswith(sent) for said, sent in zip(text, table["prompts"], strict=True)]
    text = text.where(~np.array(echoed), text.str.partition("\n")[2].str.strip())
    return frames.build(
        pd.DataFrame(
            {
                "draft_id": [f"d{i}" for i in range(len(table))],
                "case_id": table["department"],
                "name": table["name"],
                "text": text,
                "group.gender": table["gender"],
                "group.race": table["race"],
            }
        )
    )


def gaps(file: str, drafts: pd.DataFrame, train: pd.DataFrame) -> None:
    print(f"\n{file}: {len(drafts)} reviews, women against men, 95 % intervals")
    print("  share of sentences that a TF-IDF classifier of the labelled sentences calls agentic")
    spec = METRICS["fairness.agentic_gap"].spec
    swapped = drafts.assign(text=drafts["text"].map(swap))
    for title, masked in (("raw", False), ("masked", True)):
        model = classifier(train, masked)
        as_is, other = (agentic_share(model, frame, masked) for frame in (drafts, swapped))
        sign = np.where(drafts["group.gender"] == "female", 1, -1)
        moved = float((sign * (as_is - other)).mean())
        for what, values in (("as written", as_is), ("pronouns swapped", other)):
            print(f"    {title:<7} {what:<17} {shown(drafts, values, spec)}")
        print(f"    {title:<7} a review is moved by the swap alone by {moved:+.4f}")
    print("  word lists, hits per 100 words")
    for name in ("agentic", "communal"):
        raw = tokenise(drafts["text"])
        for title, tokens in (("raw", raw), ("masked", raw.masked(drafts["name"].unique()))):
            values = pd.Series(rates(tokens, word_list(name)), index=drafts.index)
            print(f"    {name:<9} {title:<7} {shown(drafts, values, spec)}")
    print("  metrics of wording (masked)")
    for found in measure(drafts, WORDING):
        if found.by == "gender":
            low, high = bounds(found.estimate, found.interval, 0.025)
            gap = f"{found.estimate:+.3f} ({low:+.3f} to {high:+.3f}) {found.unit}"
            print(f"    {found.metric:<27} {gap}")


def classifier(train: pd.DataFrame, masked: bool) -> Pipeline:
    model = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
    return model.fit(prepared(train["text"].astype("str"), [], masked), train["label"])


def agentic_share(model: Pipeline, drafts: pd.DataFrame, masked: bool) -> pd.Series[float]:
    found = sentences(drafts["text"])
    called = model.predict(prepared(cut(drafts["text"], found), drafts["name"].unique(), masked))
    share = pd.Series(called).groupby(found["row"]).mean()
    return share.reindex(range(len(drafts))).set_axis(drafts.index)


def prepared(texts: pd.Series[str], names: list[str], masked: bool) -> list[str]:
    tokens = tokenise(texts)
    return (tokens.masked(names) if masked else tokens).joined()


def swap(text: str) -> str:
    """Pronouns of the other gender, word for word."""
    return _WORD.sub(_other, text)


def _other(found: re.Match[str]) -> str:
    word = SWAP[found.group().lower()]
    return word.capitalize() if found.group()[0].isupper() else word


def shown(drafts: pd.DataFrame, values: pd.Series[float], spec: object) -> str:
    [found] = [f for f in contrast_findings(drafts, values, spec, step=0.0) if f.by == "gender"]
    low, high = bounds(found.estimate, found.interval, 0.025)
    return f"{found.estimate:+.4f} ({low:+.4f} to {high:+.4f})"


if __name__ == "__main__":
    sys.exit(main())
