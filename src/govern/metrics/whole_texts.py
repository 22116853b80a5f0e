"""Mean likeness of pairs of whole texts by a kernel of choice, for tables of one's own.

Nothing is masked and nothing cut, so that the mean is the plain mean over pairs which others
publish; a gate asks ``homogeneity.similarity`` instead. Definition: docs/measure.md#kernels.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from govern.domain.finding import Finding
from govern.errors import InputError
from govern.frames import main_block
from govern.metrics import likeness
from govern.metrics.homogeneity import SIMILARITY
from govern.stats.similarity import kernel_mean, stratified
from govern.text import embeddings
from govern.text.kernels import KERNELS, Codes, Rows, cosine_rows
from govern.text.tokens import counts, tokenise, unit_tfidf

COSINE, EMBEDDINGS = "tfidf-cosine", "embeddings"
NAMES = (*KERNELS, EMBEDDINGS)


def pair_similarity(drafts: pd.DataFrame, kernel: str) -> Finding:
    """Mean of a kernel over pairs of texts of different cases, within strata where given.

    Undefined under 12 cases.

    Raises:
        InputError: there is no such kernel, or its extra is not installed.
    """
    if kernel not in NAMES:
        raise InputError(f"--kernel: no kernel {kernel!r}; there are {', '.join(NAMES)}")
    if kernel == EMBEDDINGS and not embeddings.available():
        raise InputError("--kernel embeddings: install govern with the extra embeddings")
    main = main_block(drafts)
    texts = likeness.worded(main)
    spec = SIMILARITY.model_copy(
        update={"unit": kernel, "method": f"mean pairwise {kernel} across cases, whole texts"}
    )
    if short := likeness.too_few(spec, main, texts):
        return short
    rows_at, label = _rows_at(texts["text"], kernel), likeness.strata(texts).to_numpy()
    case = texts["case_id"].to_numpy()
    places = [np.flatnonzero(label == stratum) for stratum in sorted(set(label))]
    means = [
        kernel_mean(rows_at(at), pd.factorize(case[at], sort=True)[0].astype(np.int64))
        for at in places
    ]
    found = stratified([(mean, None) for mean in means])
    method = "nothing masked, delete-one-case jackknife"
    return likeness.level(spec, main, len(texts), found, method=method)


def _rows_at(texts: pd.Series[str], kernel: str) -> Callable[[Codes], Rows]:
    """The kernel among the texts at some places; word weights are those of the whole column."""
    if kernel not in (COSINE, EMBEDDINGS):
        return lambda at: KERNELS[kernel](tokenise(texts.iloc[at]))
    tokens = tokenise(texts)
    vectors = (
        embeddings.embed(tokens.joined()) if kernel == EMBEDDINGS else unit_tfidf(counts(tokens))
    )
    return lambda at: cosine_rows(vectors[at])
