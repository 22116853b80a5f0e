"""Identity swaps on hand-labelled sentences: ours, LangFair's and LangTest's, by category.

    python benchmarks/swap.py
    python benchmarks/swap.py --langfair-python /path/bin/python --langtest-python /path/bin/python

The other two run in environments of their own; docs/swaps.md says how to make them, and what is
done to compare like with like.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from govern.domain.case import Identity
from govern.text.swap import swap

DATA = Path(__file__).resolve().parents[1] / "tests" / "data"
FILES = {
    "labelled before the rules": DATA / "swap_sentences.jsonl",
    "labelled when the rules stood": DATA / "swap_sentences_fresh.jsonl",
}
Rows = list[dict[str, Any]]

READ = """
import contextlib, io, json, random, re, sys, warnings
warnings.simplefilter("ignore")
rows = json.load(sys.stdin)
said = io.StringIO()
"""
LANGFAIR = (
    READ
    + """
with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
    from nltk.tokenize import word_tokenize
    from langfair.generator import counterfactual
    def tokens(text):
        parts = re.split(r"(?<=[.!?])\\s+", text)
        return [t for part in parts for t in word_tokenize(part, preserve_line=True)]
    counterfactual.word_tokenize = tokens
    made = counterfactual.CounterfactualGenerator()
    words = dict(zip(("she", "he"), (counterfactual.GENDER_TO_WORD_LISTS[g] for g in
                                     ("female", "male"))))
    def one(row):
        source, target = row["from"], row["to"]
        if source["pronouns"] not in words or target["pronouns"] == "none":
            return None
        text = row["text"]
        if target["pronouns"] == "they":
            [text] = made.neutralize_tokens([text])
            lists = {"source": [], "target": []}
        else:
            lists = {"source": list(words[source["pronouns"]]),
                     "target": list(words[target["pronouns"]])}
        for part in ("first_name", "surname"):
            if source.get(part) and target.get(part):
                lists["source"].append(source[part].lower())
                lists["target"].append(target[part].lower())
        try:
            return made.create_prompts([text], custom_dict=lists)["target_prompt"][0]
        except AssertionError:
            return text
    results = [one(row) for row in rows]
json.dump(results, sys.stdout)
"""
)
LANGTEST = (
    READ
    + """
with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
    from langtest.transform import bias
    bias.neutral_pronouns = {"subjective_pronouns": ["they"], "objective_pronouns": ["them"],
        "reflexive_pronouns": ["themself"], "possessive_pronouns": ["their", "theirs"]}
    tables = {"she": bias.female_pronouns, "he": bias.male_pronouns,
              "they": bias.neutral_pronouns}
    kinds = {"she": "female", "he": "male", "they": "neutral"}
    def one(row):
        source, target = row["from"], row["to"]
        if "none" in (source["pronouns"], target["pronouns"]):
            return None
        text = row["text"]
        if source["pronouns"] != target["pronouns"]:
            old = [w for group in tables[source["pronouns"]].values() for w in group]
            [text] = bias.GenderPronounBias.transform([text], old, kinds[target["pronouns"]])
        for part in ("first_name", "surname"):
            if source.get(part) and target.get(part):
                [text] = bias.EthnicityNameBias.transform([text], [source[part]], [target[part]])
        return text
    random.seed(0)
    results = [one(row) for row in rows]
json.dump(results, sys.stdout)
"""
)


def identity(described: dict[str, str]) -> Identity:
    """The person of one row."""
    return Identity.model_validate({"id": "row", "groups": {}, "source": "test", **described})


def ours(rows: Rows) -> list[str | None]:
    """Our variants."""
    return [
        swap(
            row["text"],
            from_identity=identity(row["from"]),
            to_identity=identity(row["to"]),
        ).text
        for row in rows
    ]


def elsewhere(python: str, program: str) -> Callable[[Rows], list[str | None]]:
    """Another library's variants, from its own environment; None where it has no function."""

    def run(rows: Rows) -> list[str | None]:
        done = subprocess.run(
            [python, "-c", program],
            input=json.dumps(rows),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{python} failed:\n{done.stderr[-2000:]}")
        results: list[str | None] = json.loads(done.stdout)
        return results

    return run


def exact(got: str | None, expected: str) -> bool:
    return got == expected


def loosely(got: str | None, expected: str) -> bool:
    """Equal but for capitals, spaces and the shape of quotation marks."""

    def plain(text: str) -> str:
        return re.sub(r"\s+|``|''|[\"“”'’]", "", text).casefold()

    return got is not None and plain(got) == plain(expected)


def share(right: list[bool]) -> str:
    return f"{sum(right):>4}/{len(right):<4}{sum(right) / len(right):>5.0%}" if right else "none"


def table(title: str, rows: Rows, tools: dict[str, Callable[[Rows], list[str | None]]]) -> None:
    """Accuracy by category, and over all rows that a tool has a function for."""
    variants = {name: tool(rows) for name, tool in tools.items()}
    print(f"\n{title}: {len(rows)} sentences, each with the text expected")
    columns = []
    for name, got in variants.items():
        columns.append((name, got, exact))
        if name != "govern":
            columns.append((f"{name}, loosely", got, loosely))
    print(f"{'category':16}" + "".join(f"{head:>20}" for head, _, _ in columns))
    categories = list(dict.fromkeys(row["category"] for row in rows))
    for category in [*categories, "all"]:
        chosen = [i for i, r in enumerate(rows) if category in (r["category"], "all")]
        cells = [
            share([same(got[i], rows[i]["expected"]) for i in chosen if got[i] is not None])
            for _, got, same in columns
        ]
        print(f"{category:16}" + "".join(f"{cell:>20}" for cell in cells))
    for name, got in variants.items():
        if name != "govern":
            both = [i for i in range(len(rows)) if got[i] is not None]
            here = [exact(variants["govern"][i], rows[i]["expected"]) for i in both]
            print(f"govern on the rows that {name} has a function for: {share(here)}")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Accuracy of identity swaps.")
    parser.add_argument("--langfair-python", help="the python of an environment with langfair")
    parser.add_argument("--langtest-python", help="the python of an environment with langtest")
    asked = parser.parse_args(arguments)
    tools: dict[str, Callable[[Rows], list[str | None]]] = {"govern": ours}
    for name, python, program in (
        ("LangFair", asked.langfair_python, LANGFAIR),
        ("LangTest", asked.langtest_python, LANGTEST),
    ):
        if python:
            tools[name] = elsewhere(python, program)
        else:
            print(f"{name}: not compared, no environment given")
    for title, path in FILES.items():
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        table(title, rows, tools)


if __name__ == "__main__":
    main()
