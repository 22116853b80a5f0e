"""Anonymising: our layers beside plain Presidio on the same texts, with recall and precision."""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import spacy
from presidio_analyzer import AnalyzerEngine, PatternRecognizer, RecognizerRegistry
from presidio_analyzer import predefined_recognizers as known
from presidio_analyzer.nlp_engine import SpacyNlpEngine

from govern.sources.anonymise.engine import Engine
from govern.sources.anonymise.index import NameIndex
from govern.sources.anonymise.patterns import Patterns
from govern.sources.anonymise.phrases import Phrases
from govern.sources.anonymise.presidio import Recognisers
from govern.sources.anonymise.pseudonyms import Pseudonyms
from govern.sources.anonymise.roster import person, with_variants

TEXTS, PRESIDIO_TEXTS, SEED = 2_000, 200, 20260131
TESTS = Path(__file__).resolve().parents[1] / "tests" / "unit" / "anonymise"
Found = list[list[tuple[int, int, str]]]


def load(name: str) -> Any:
    """A module of the tests, by its file."""
    spec = importlib.util.spec_from_file_location(f"anonymise_{name}", TESTS / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def ours(staff: Sequence[Any]) -> Engine:
    """The engine that the command uses, without the optional model."""
    people = [
        with_variants(
            person(
                n,
                f"{e.family}, {e.given}",
                nicknames=[e.nickname.lower()] if e.nickname else [],
                initials=[e.initials] if e.initials else [],
            ),
            e.full,
        )
        for n, e in enumerate(staff)
    ]
    index = NameIndex(people)
    pseudonyms = Pseudonyms(people, index, secret=b"benchmark")
    patterns = Patterns(Recognisers(), codes=(), day_first=False)
    return Engine(index, pseudonyms, patterns, Phrases({}))


class _NoModel(SpacyNlpEngine):
    """Tokens alone: the names come from the list."""

    def __init__(self) -> None:
        super().__init__(models=[{"lang_code": "en", "model_name": "blank"}])
        self.nlp = {"en": spacy.blank("en")}

    def load(self) -> None:
        pass

    def is_loaded(self) -> bool:
        return True


def plain(staff: Sequence[Any]) -> AnalyzerEngine:
    """Presidio as its documentation has it: all of its recognisers, the roster as a deny list."""
    names = {n for e in staff for n in (e.full, e.given, e.family, e.nickname, e.initials) if n}
    recognisers = [
        PatternRecognizer(supported_entity="NAME", deny_list=sorted(names)),
        known.UsSsnRecognizer(),
        known.UkNinoRecognizer(),
        known.UsBankRecognizer(),
        known.IbanRecognizer(),
        known.CreditCardRecognizer(),
        known.PhoneRecognizer(),
        known.EmailRecognizer(),
        known.UrlRecognizer(),
        known.IpRecognizer(),
        known.DateRecognizer(),
    ]
    registry = RecognizerRegistry(recognizers=recognisers)
    return AnalyzerEngine(registry=registry, nlp_engine=_NoModel(), supported_languages=["en"])


def timed(find: Callable[[Sequence[Any]], Found], texts: Sequence[Any]) -> tuple[Found, float]:
    """What was found, and kB a second."""
    started = time.perf_counter()
    found = find(texts)
    seconds = time.perf_counter() - started
    return found, sum(len(t.cleaned.encode()) for t in texts) / 1000 / seconds


def main() -> None:
    corpus, scoring = load("corpus"), load("scoring")
    staff, texts = corpus.corpus(TEXTS, seed=SEED)
    engine, analyser = ours(staff), plain(staff)

    def by_us(some: Sequence[Any]) -> Found:
        rows = engine.spans([t.cleaned for t in some], [t.subject for t in some])
        return [[(s.start, s.end, s.kind) for s in row] for row in rows]

    def by_presidio(some: Sequence[Any]) -> Found:
        return [
            [
                (r.start, r.end, "name" if r.entity_type == "NAME" else r.entity_type)
                for r in analyser.analyze(t.cleaned, language="en")
            ]
            for t in some
        ]

    few = texts[:PRESIDIO_TEXTS]
    by_us(few[:20])
    by_presidio(few[:20])
    found, speed = timed(by_us, texts)
    both, their_speed = timed(by_presidio, few)
    whole, mine = scoring.score(texts, found), scoring.score(few, found[:PRESIDIO_TEXTS])
    theirs = scoring.score(few, both)
    marks = sum(whole.marked.values())
    print(f"{TEXTS} texts, {marks} marks, {len(staff)} people, seed {SEED}; Presidio on {len(few)}")
    print(f"{'':<22}{'mentions':>20}{'patterns':>20}{'kB/s':>8}")
    for name, score, rate in (
        ("govern, all texts", whole, speed),
        ("govern, the same", mine, speed),
        ("Presidio, deny list", theirs, their_speed),
    ):
        cells = "".join(
            f"{f'{score.recall(names):.4f} / {score.precision(names):.4f}':>20}"
            for names in (True, False)
        )
        print(f"{name:<22}{cells}{rate:>8.0f}")
    print(f"(recall / precision) {speed / their_speed:.0f} times as fast")
    for kind in sorted({k for k in whole.marked if whole.found[k] < whole.marked[k]}):
        print(f"  {kind[0]} {kind[1]}: {whole.found[kind]} of {whole.marked[kind]}")
    assert whole.recall(names=True) >= 0.99
    assert whole.recall(names=False) >= 0.98
    for names in (True, False):
        assert mine.recall(names) >= theirs.recall(names)


if __name__ == "__main__":
    main()
