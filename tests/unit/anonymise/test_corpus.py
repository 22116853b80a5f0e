"""Recall on the seeded corpus: .99 of mentions, .98 of patterns."""

from __future__ import annotations

import pytest

from govern.sources.anonymise.clean import clean
from govern.sources.anonymise.leaks import LeakScan
from govern.sources.anonymise.roster import person, with_variants


@pytest.fixture(scope="module")
def planted(corpus):
    return corpus.corpus(200, seed=7)


def staff(known):
    return [
        with_variants(
            person(
                n,
                f"{e.family}, {e.given}",
                nicknames=[e.nickname.lower()] if e.nickname else [],
                initials=[e.initials] if e.initials else [],
            ),
            e.full,
        )
        for n, e in enumerate(known)
    ]


def test_the_corpus_marks_places_of_the_cleaned_text(planted):
    assert all(clean(t.raw) == t.cleaned for t in planted[1])


def test_the_corpus_repeats(corpus, planted):
    assert planted[1][0].raw == corpus.corpus(1, seed=7)[1][0].raw


def test_recall_and_precision_on_the_corpus(planted, engine, scoring):
    known, texts = planted
    made = engine(people=staff(known))
    spans = made.spans([t.cleaned for t in texts], [t.subject for t in texts])
    found = scoring.score(texts, [[(s.start, s.end, s.kind) for s in row] for row in spans])

    assert found.recall(names=True) >= 0.99, found.missed
    assert found.recall(names=False) >= 0.98, found.missed
    assert found.precision(names=True) >= 0.85, found.wrong
    assert found.precision(names=False) >= 0.97, found.wrong


def test_no_roster_word_is_left_in_the_corpus(planted, engine):
    known, texts = planted
    made = engine(people=staff(known))
    scan = LeakScan(made.index, words=(), codes=())
    done = made.anonymise([t.raw for t in texts], [t.subject for t in texts])

    assert [] == [n for n, new in enumerate(done) if scan.scan(new.text)[0]]
    assert len(texts) == sum(bool(scan.scan(t.raw)[0]) for t in texts)
