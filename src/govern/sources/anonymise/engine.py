"""All layers over one chunk of texts: what is replaced, and by what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from govern.sources.anonymise.clean import clean, key
from govern.sources.anonymise.index import NameIndex
from govern.sources.anonymise.mentions import find_mentions
from govern.sources.anonymise.patterns import Patterns
from govern.sources.anonymise.phrases import Phrases
from govern.sources.anonymise.pseudonyms import Pseudonyms
from govern.sources.anonymise.spans import Span, apply, resolve
from govern.sources.anonymise.unlisted import UnlistedNames


@dataclass(frozen=True, repr=False)
class Anonymised:
    """A text after the layers. ``before`` is the clean original, for the attacks alone."""

    text: str
    before: str
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Engine:
    """Roster, patterns, lists and, where asked for, a model; in this order of trust."""

    index: NameIndex
    pseudonyms: Pseudonyms
    patterns: Patterns
    phrases: Phrases
    unlisted: UnlistedNames | None = None

    def anonymise(self, texts: Sequence[str], subjects: Sequence[int | None]) -> list[Anonymised]:
        """Each text without what identifies.

        Args:
            texts: as they came.
            subjects: number of the person each text is about; its dates move by their offset.
        """
        before = [clean(text) for text in texts]
        return [
            Anonymised(apply(text, spans), text, tuple(spans))
            for text, spans in zip(before, self.spans(before, subjects), strict=True)
        ]

    def spans(self, texts: Sequence[str], subjects: Sequence[int | None]) -> list[list[Span]]:
        """What is replaced in each clean text, in order and without overlap."""
        keys = [key(text) for text in texts]
        offsets = [self.pseudonyms.offset_days(subject) for subject in subjects]
        patterns = self.patterns.find(texts, keys, offsets)
        guessed = self.unlisted.find(texts) if self.unlisted else [[] for _ in texts]
        found = []
        for n, (text, folded) in enumerate(zip(texts, keys, strict=True)):
            spans = patterns[n] + guessed[n]
            spans += find_mentions(text, folded, self.index, self.pseudonyms, subject=subjects[n])
            if self.phrases:
                spans += self.phrases.find(text, folded)
            found.append(resolve(spans))
        return found
