"""Measures over more drafts than one machine holds: what a block of them adds, and what all make.

A block is a drafts frame with all drafts of its cases. Texts are read where the block is; what
leaves it are numbers by draft, and sums of vectors by case. From these come the findings that
``metrics.measure`` has over the whole frame, up to the order in which numbers are added up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from types import MappingProxyType
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from govern.domain.finding import Finding
from govern.errors import InputError
from govern.frames import main_block
from govern.metrics import METRICS, evaluator_digest, likeness
from govern.metrics.fairness import LENGTH_GAP, RATING_SHIFT
from govern.metrics.groups import contrast_findings
from govern.metrics.homogeneity import SIMILARITY
from govern.metrics.spec import undefined
from govern.stats.similarity import between, stratified
from govern.text.lexicons import rates
from govern.text.sentiment import tone
from govern.text.tokens import Tokens, counts, tokenise
from govern.text.wordlists import word_list

Floats = NDArray[np.float64]
Read = Callable[[pd.DataFrame], pd.DataFrame]


class Listed(NamedTuple):
    """Hits of one list of words, less those of another, or as a multiple of their mean rate."""

    more: str
    less: str | None = None
    relative: bool = False


LISTED: Mapping[str, Listed] = MappingProxyType(
    {
        "fairness.agentic_gap": Listed("agentic", relative=True),
        "fairness.communal_gap": Listed("communal", relative=True),
        "fairness.standout_gap": Listed("standout"),
        "fairness.grindstone_gap": Listed("grindstone"),
        "fairness.ability_gap": Listed("ability"),
        "fairness.doubt_gap": Listed("doubt"),
        "fairness.hedge_gap": Listed("hedges"),
        "fairness.personality_gap": Listed("personality", "behaviour"),
        "fairness.vagueness_gap": Listed("vagueness"),
        "fairness.exaggeration_gap": Listed("exaggeration"),
        "fairness.growth_gap": Listed("growth", "fixed"),
    }
)
SENTIMENT = "fairness.sentiment_gap"
# They read no text: what is kept of each draft is all that they need.
WITHOUT_TEXT = (RATING_SHIFT.id, "fairness.outcome_shift", "fairness.refusal_gap")
SPREAD: tuple[str, ...] = (*WITHOUT_TEXT, LENGTH_GAP.id, *LISTED, SENTIMENT, SIMILARITY.id)
"""The metrics that can be measured block by block."""
TEXTS = ("text", "input", "evidence", "baseline", "baseline_case", "baseline_kind", "citations")
WORDS, MASKED = "words", "masked words"
"""Of each draft: its words, and what they are when each name counts one."""
PLACE = "place"
"""Where a draft stands among all, which its block may say: lots are drawn in that order."""


@dataclass(frozen=True)
class Masks:
    """Names and words for groups, of all drafts."""

    names: frozenset[str]
    groups: frozenset[str]

    def tokens(self, texts: pd.Series[str]) -> Tokens:
        """The texts with these masked."""
        return tokenise(texts).masked(self.names, self.groups)


@dataclass(frozen=True)
class Weights:
    """What each word weighs in all drafts, the most words that one is compared by, and its stratum.

    ``stratum`` is the column that drafts are compared within, ``None`` where all are in one.
    """

    words: pd.Index[str]
    weight: Floats
    length: int
    stratum: str | None


class Blocks(Protocol):
    """Blocks of drafts, or of what was read from them, wherever they are."""

    def each(self, read: Read) -> Iterator[pd.DataFrame]:
        """What is read from each block, here."""
        ...

    def made(self, read: Read) -> Blocks:
        """What is read from each block, kept where the block is."""
        ...


@dataclass(frozen=True)
class Here:
    """Blocks in this process."""

    blocks: Sequence[pd.DataFrame]

    def each(self, read: Read) -> Iterator[pd.DataFrame]:
        return map(read, self.blocks)

    def made(self, read: Read) -> Here:
        return Here([read(block) for block in self.blocks])


def require_spread(metrics: Sequence[str]) -> None:
    """InputError for metrics that need all drafts in one place."""
    others = [name for name in metrics if name not in SPREAD]
    if others:
        raise InputError(
            f"{', '.join(others)}: needs all drafts in one place; block by block there are "
            f"{', '.join(SPREAD)}"
        )


def measured(blocks: Blocks, metrics: Sequence[str]) -> tuple[Finding, ...]:
    """The findings of ``metrics`` over all blocks, in the order asked for.

    Raises:
        InputError: a metric needs all drafts in one place, or an id stands in two blocks.
    """
    wanted = list(dict.fromkeys(metrics))
    require_spread(wanted)
    words: pd.DataFrame = pd.concat(list(blocks.each(mask_words))).drop_duplicates()
    masks = Masks(*(frozenset(words.loc[words["of"] == of, "word"]) for of in ("name", "group")))
    kept = _kept(blocks.each(partial(readings, masks=masks, metrics=wanted)))
    ours = evaluator_digest()
    return tuple(
        found.model_copy(update={"evaluator": ours})
        for name in wanted
        for found in (
            (similarity(kept, blocks, masks),) if name == SIMILARITY.id else gap(kept, name)
        )
    )


def _kept(read: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """What was kept of all drafts, in their order."""
    parts = list(read)
    kept = pd.concat(parts, ignore_index=True)
    if sum(part["case_id"].nunique() for part in parts) > kept["case_id"].nunique():
        raise InputError("a case stands in two blocks; a block has all drafts of its cases")
    if (twice := kept["draft_id"].duplicated()).any():
        raise InputError(f"draft_id occurs twice: {kept['draft_id'][twice].iloc[0]}")
    return kept.sort_values(PLACE, ignore_index=True) if PLACE in kept else kept


def mask_words(block: pd.DataFrame) -> pd.DataFrame:
    """The names and the words for groups in a block: ``word``, and which it is ``of``."""
    names, groups = likeness.mask_words(main_block(block))
    return pd.DataFrame(
        {"of": ["name"] * len(names) + ["group"] * len(groups), "word": [*names, *groups]}
    )


def readings(block: pd.DataFrame, masks: Masks, metrics: Iterable[str]) -> pd.DataFrame:
    """What is kept of each draft of the main block: all but its texts, and numbers read in them.

    One column more for each metric of ``LISTED`` and for tone, in hits per 100 words.
    """
    main = main_block(block)
    kept = main.drop(columns=[column for column in TEXTS if column in main])
    masked = masks.tokens(main["text"])
    kept = kept.assign(**{WORDS: tokenise(main["text"]).lengths, MASKED: masked.lengths})
    for name in metrics:
        if name in LISTED:
            kept[name] = _hits(masked, LISTED[name])
        elif name == SENTIMENT:
            kept[name] = tone(masked)
    return kept


def _hits(tokens: Tokens, listed: Listed) -> Floats:
    found = rates(tokens, word_list(listed.more))
    return found - rates(tokens, word_list(listed.less)) if listed.less else found


def holders(block: pd.DataFrame, masks: Masks, length: int) -> pd.DataFrame:
    """In how many ``cases`` each ``word`` is, a case by the share of its drafts that have it."""
    drafts, tokens = _cut(block, masks, length)
    matrix = counts(tokens)
    share = np.repeat(_of_case(drafts), np.diff(matrix.indptr))
    having = np.bincount(matrix.indices, share, minlength=matrix.shape[1])
    return pd.DataFrame({"word": tokens.words, "cases": having})


def case_sums(block: pd.DataFrame, masks: Masks, weights: Weights) -> pd.DataFrame:
    """The sums of a block's unit vectors by case, within its stratum.

    Returns:
        A row a case and stratum: ``stratum``, ``drafts``, ``own``, the sum's product with itself,
        and which words it has, ``codes``, and how much of each, ``values``.
    """
    drafts, tokens = _cut(block, masks, weights.length)
    place = weights.words.get_indexer(pd.Index(tokens.words, dtype=object))
    weighted = sparse.csr_array(counts(tokens).multiply(weights.weight[place]))
    length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
    label = _label(drafts, weights.stratum)
    code, pairs = pd.factorize(pd.MultiIndex.from_arrays([label, drafts["case_id"]]))
    gather = sparse.csr_array((scale, (code, np.arange(len(code)))), (len(pairs), len(code)))
    sums = sparse.csr_array(gather @ weighted)
    ends = sums.indptr[1:-1]
    return pd.DataFrame(
        {
            "stratum": [str(stratum) for stratum, _ in pairs],
            "drafts": np.bincount(code, minlength=len(pairs)),
            "own": np.asarray(sums.multiply(sums).sum(axis=1)).ravel(),
            "codes": np.split(place[sums.indices], ends) if len(pairs) else [],
            "values": np.split(sums.data, ends) if len(pairs) else [],
        }
    )


def totals(cases: pd.DataFrame, words: int) -> pd.DataFrame:
    """The sum over some cases: a row a ``stratum`` with its ``total``, ``words`` numbers each."""
    return pd.DataFrame(
        [
            {
                "stratum": stratum,
                "total": np.bincount(
                    np.concatenate(part["codes"].to_numpy()),
                    np.concatenate(part["values"].to_numpy()),
                    words,
                ),
            }
            for stratum, part in cases.groupby("stratum")
        ]
    )


def with_all_others(cases: pd.DataFrame, of_all: Mapping[str, Floats]) -> pd.DataFrame:
    """What each case's sum makes with that of all other cases of its stratum: ``others``."""
    columns = (cases[name] for name in ("stratum", "codes", "values", "own"))
    products = [
        float(of_all[stratum][codes] @ values) - own
        for stratum, codes, values, own in zip(*columns, strict=True)
    ]
    return cases[["stratum", "drafts"]].assign(others=np.array(products, dtype=np.float64))


def _cut(block: pd.DataFrame, masks: Masks, length: int) -> tuple[pd.DataFrame, Tokens]:
    drafts = likeness.worded(main_block(block))
    return drafts, masks.tokens(drafts["text"]).ends(length)


def _of_case(drafts: pd.DataFrame) -> Floats:
    """How much of its case each draft is."""
    case = drafts["case_id"]
    return 1 / case.groupby(case).transform("size").to_numpy(dtype=np.float64)


def _label(drafts: pd.DataFrame, stratum: str | None) -> pd.Series[str]:
    return likeness.everybody(drafts) if stratum is None else drafts[stratum].fillna("")


def weights_of(kept: pd.DataFrame, having: pd.Series[float], length: int) -> Weights:
    """The weights over all drafts, from all blocks' ``readings`` and ``holders`` added up."""
    worded = kept[kept[WORDS] > 0]
    label = likeness.strata(worded)
    within = [c for c in ("stratum", "stratum_above") if label.equals(worded[c].fillna(""))]
    weight = 1 + np.log((1 + worded["case_id"].nunique()) / (1 + having.to_numpy()))
    return Weights(having.index, weight, length, next(iter(within), None))


def common_length(kept: pd.DataFrame) -> int:
    """How many words of each draft are compared: the 5 % point of all, from 20 to 120."""
    lengths = kept.loc[kept[WORDS] > 0, MASKED]
    return int(np.clip(np.quantile(lengths, 0.05), likeness.FEWEST_TOKENS, likeness.MOST_TOKENS))


def similarity(kept: pd.DataFrame, blocks: Blocks, masks: Masks) -> Finding:
    """How alike drafts about different people are, from all ``readings`` and two more passes."""
    if few := likeness.too_few(SIMILARITY, kept, kept[kept[WORDS] > 0]):
        return few
    length = common_length(kept)
    having = _added_up(blocks.each(partial(holders, masks=masks, length=length)), "word")["cases"]
    weights = weights_of(kept, having, length)
    sums = blocks.made(partial(case_sums, masks=masks, weights=weights))
    total = _added_up(sums.each(partial(totals, words=len(having))), "stratum")["total"]
    of_all = {str(stratum): summed for stratum, summed in total.items()}
    cases: pd.DataFrame = pd.concat(list(sums.each(partial(with_all_others, of_all=of_all))))
    means = [
        between(part["others"].to_numpy(), part["drafts"].to_numpy())
        for _, part in cases.groupby("stratum", sort=True)
    ]
    return likeness.level(
        SIMILARITY,
        kept,
        int((kept[WORDS] > 0).sum()),
        stratified([(mean, None) for mean in means]),
        method=f"first and last tokens, {length} in all",
    )


def _added_up(parts: Iterable[pd.DataFrame], by: str) -> pd.DataFrame:
    """The sums over all parts by what stands in one column, a part at a time."""
    return reduce(
        lambda all_, part: pd.concat([all_, part]).groupby(by, sort=False).sum(),
        (part.set_index(by) for part in parts),
    )


def gap(kept: pd.DataFrame, metric: str) -> tuple[Finding, ...]:
    """The findings of a metric that compares a number of each draft between groups."""
    if metric in WITHOUT_TEXT:
        return tuple(METRICS[metric].measure(kept))
    spec, masked = METRICS[metric].spec, kept[MASKED]
    some = masked[masked > 0]
    if metric == LENGTH_GAP.id:
        step = float(np.log1p(1 / some.median())) if len(some) else 1.0
        values = masked.astype(float).where(masked > 0).map(np.log)
        return tuple(contrast_findings(kept, values, spec, step=step))
    if some.empty:
        nothing = pd.Series(np.nan, index=kept.index)
        return tuple(contrast_findings(kept, nothing, spec, step=1.0))
    values, step = kept[metric], 100 / float(some.median())
    if metric in LISTED and LISTED[metric].relative:
        average = float(values.mean())
        if average == 0:
            reason = f"no draft has a word of the list {LISTED[metric].more}"
            return (undefined(spec, kept, reason, scored=len(some)),)
        values, step = values / average, step / average
    return tuple(contrast_findings(kept, values, spec, step=step))
