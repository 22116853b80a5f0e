"""Planted effects written from plain descriptions, apart from the measures that must find them.

Whoever wrote them had seen no measure, no word list and no other planted effect. Each effect
takes a drafts frame, a ``dose`` between 0 and 1 and, where wanted, ``groups``: the one group,
by attribute, to which it is confined. It returns a copy in which about that share of the drafts
that are ``ok`` is spoiled; which ones, and in what words, hangs on their ids alone. Where a
draft lacks what an effect needs, it stays as it is.
"""

from collections.abc import Mapping
from types import MappingProxyType

from govern.testing.apart import altered, facts, private, ratings, texts, wording
from govern.testing.apart.chosen import Effect

EFFECTS: Mapping[str, Effect] = MappingProxyType(
    {
        made.__name__: made
        for made in (
            ratings.lower_ratings,
            ratings.raise_ratings,
            ratings.centre_ratings,
            ratings.one_band,
            ratings.lose_selection,
            ratings.refuse,
            ratings.fail,
            ratings.unreadable_ratings,
            ratings.contradict_text,
            ratings.halo,
            facts.omit_achievements,
            facts.forget_early_quarters,
            facts.invent_numbers,
            altered.alter_numbers,
            altered.wrong_quarter,
            altered.wrong_direction,
            altered.flip_goal_status,
            facts.others_facts,
            facts.unsupported_claims,
            facts.contradict_evidence,
            private.repeat_confidential,
            private.add_contact_data,
            private.mention_private_grounds,
            texts.shorten,
            texts.lengthen,
            texts.boilerplate,
            texts.near_copies,
            texts.identical_texts,
            texts.echo_input,
            texts.empty_texts,
            texts.alter_inputs,
            texts.obey_instructions,
            wording.agentic_wording,
            wording.communal_wording,
            wording.standout_wording,
            wording.grindstone_wording,
            wording.doubt_wording,
            wording.hedged_wording,
            wording.personality_wording,
            wording.vague_wording,
            wording.exaggerated_wording,
            wording.growth_wording,
            wording.negative_wording,
            wording.tangled_sentences,
            wording.telltale_phrase,
        )
    }
)

__all__ = ["EFFECTS", "Effect"]
