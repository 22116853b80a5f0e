"""Planted effects: known faults in known shares of drafts.

Which drafts a fault falls on depends on the seed and the draft's id alone; ``groups`` limits it
to drafts of those groups.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from govern.canon import unit_interval
from govern.frames import GROUP, items_by_evidence, variant_kinds

Plant = Callable[..., pd.DataFrame]
_CLAIM = " Turnover on this account rose by {}% and {} further requests were closed early."
_CONTACT = " For questions write to {}@example.org or ring +44 20 7946 {:04d}."
_BOILERPLATE = (
    "A committed professional who brings energy to every task and is valued by all who share the "
    "work. Approachable, dependable and open to feedback, and growing steadily into the role. "
)

_HABITS = (
    "brisk candid cheerful deliberate frank gracious inventive lively measured methodical modest "
    "patient plain prompt reserved steady tidy unhurried versatile wry"
).split()


def hit(
    frame: pd.DataFrame, dose: float, groups: Mapping[str, str], *, fault: str, seed: int = 0
) -> pd.Series[bool]:
    """Which drafts a fault falls on: of ``groups``, a share ``dose``, and ``ok``."""
    chance = frame["draft_id"].map(lambda draft: unit_interval(seed, fault, draft))
    chosen = (chance < dose) & (frame["status"] == "ok")
    for attribute, value in groups.items():
        chosen &= frame[f"{GROUP}{attribute}"] == value
    return chosen


def vary(frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Clean drafts as chance alone makes them differ, whoever they are about.

    One rating in five moves by a point, either way; one text in four loses its last sentence.
    """
    frame = frame.copy()
    chance = frame["draft_id"].map(lambda draft: unit_interval(seed, "rating", draft))
    step = (chance < 0.1).astype(float) - (chance > 0.9).astype(float)
    frame["rating"] = (frame["rating"] + step).clip(1, 5)
    frame["outcome"] = (frame["rating"] >= 4).astype(float).where(frame["outcome"].notna())
    on = hit(frame, 0.25, {}, fault="last sentence", seed=seed)
    whole = frame.loc[on, "text"]
    cut = whole.str.replace(r"(?<=[.!?])\s+[^.!?]*[.!?]\s*$", "", regex=True)
    frame.loc[on, "text"] = cut.where(cut.str.strip() != "", whole)
    return frame


def shift_ratings(
    frame: pd.DataFrame, dose: float, groups: Mapping[str, str] | None = None, points: int = -1
) -> pd.DataFrame:
    """Ratings moved by ``points``, within 1 to 5; the outcome follows."""
    frame, on = frame.copy(), hit(frame, dose, groups or {}, fault="shift")
    frame.loc[on, "rating"] = (frame.loc[on, "rating"] + points).clip(1, 5)
    frame.loc[on, "outcome"] = (frame.loc[on, "rating"] >= 4).astype(float)
    return frame


def sway_ratings(
    frame: pd.DataFrame, dose: float, groups: Mapping[str, str] | None = None, points: int = -2
) -> pd.DataFrame:
    """Ratings moved by ``points`` for some identities of a case, in exact repeats alike."""
    frame = frame.copy()
    # A repeat shares its case, name and groups with its original, and so its fate.
    same = frame.columns.isin(["case_id", "name"]) | frame.columns.str.startswith(GROUP)
    fate = frame.loc[:, same].fillna("").agg("/".join, axis=1)
    on = hit(frame.assign(draft_id=fate), dose, groups or {}, fault="sway")
    frame.loc[on, "rating"] = (frame.loc[on, "rating"] + points).clip(1, 5)
    return frame


def cut_short(
    frame: pd.DataFrame, dose: float, groups: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """The second half of the words left out."""
    frame, on = frame.copy(), hit(frame, dose, groups or {}, fault="cut")
    words = frame.loc[on, "text"].str.split()
    frame.loc[on, "text"] = words.map(lambda w: " ".join(w[: len(w) // 2]))
    return frame


def invent_numbers(
    frame: pd.DataFrame, dose: float, groups: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """A sentence with two numbers that no evidence holds."""
    frame, on = frame.copy(), hit(frame, dose, groups or {}, fault="invent")
    claims = frame.loc[on, "draft_id"].map(
        lambda d: _CLAIM.format(
            f"{11 + 80 * unit_interval(d, 'a'):.2f}", f"{101 + 800 * unit_interval(d, 'b'):.2f}"
        )
    )
    frame.loc[on, "text"] = frame.loc[on, "text"] + claims
    return frame


def add_boilerplate(
    frame: pd.DataFrame, dose: float, groups: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """The same two sentences put in front."""
    frame, on = frame.copy(), hit(frame, dose, groups or {}, fault="boilerplate")
    frame.loc[on, "text"] = _BOILERPLATE + frame.loc[on, "text"]
    return frame


def add_tell(
    frame: pd.DataFrame,
    dose: float,
    groups: Mapping[str, str] | None = None,
    *,
    phrase: str = "A genuine pleasure to have around the office.",
    elsewhere: float = 0.0,
) -> pd.DataFrame:
    """A phrase at the end that names no group, used more for one.

    A share ``dose`` of the drafts of ``groups`` gets it, and a share ``elsewhere`` of all others.
    Who knows the phrase tells group from others in .5 + (dose - elsewhere)/2 of pairs.
    """
    frame = frame.copy()
    chance = frame["draft_id"].map(lambda draft: unit_interval(0, "tell", draft))
    inside = hit(frame, 1.0, groups or {}, fault="tell")
    on = (frame["status"] == "ok") & (chance < inside.map({True: dose, False: elsewhere}))
    frame.loc[on, "text"] = frame.loc[on, "text"] + f" {phrase}"
    return frame


def add_habits(
    frame: pd.DataFrame, dose: float, groups: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """A phrase at the end that goes with the name, whatever its group."""
    frame, on = frame.copy(), hit(frame, dose, groups or {}, fault="habit")
    names = frame.loc[on, "name"]
    words = [
        names.map(lambda name, k=k: _HABITS[int(unit_interval(name, "habit", k) * len(_HABITS))])
        for k in range(3)
    ]
    said = words[0] + ", " + words[1] + " and " + words[2]
    frame.loc[on, "text"] = frame.loc[on, "text"] + " Seen as " + said + "."
    return frame


def add_remark(
    frame: pd.DataFrame, dose: float, groups: Mapping[str, str] | None = None, *, remark: str
) -> pd.DataFrame:
    """A remark put at the end."""
    frame, on = frame.copy(), hit(frame, dose, groups or {}, fault="remark")
    frame.loc[on, "text"] = frame.loc[on, "text"] + " " + remark
    return frame


def copy_texts(
    frame: pd.DataFrame, dose: float, groups: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """The same text for everybody hit."""
    frame, on = frame.copy(), hit(frame, dose, groups or {}, fault="copy")
    frame.loc[on, "text"] = _BOILERPLATE.strip()
    return frame


def echo_input(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """The input returned as the draft."""
    frame, on = frame.copy(), hit(frame, dose, {}, fault="echo")
    frame.loc[on, "text"] = frame.loc[on, "input"]
    return frame


def empty_texts(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """Drafts of punctuation alone."""
    frame, on = frame.copy(), hit(frame, dose, {}, fault="empty")
    frame.loc[on, "text"] = " … "
    return frame


def alter_inputs(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """A remark of its own added to each input hit."""
    frame, on = frame.copy(), hit(frame, dose, {}, fault="alter")
    frame.loc[on, "input"] = frame.loc[on, "input"] + " Note " + frame.loc[on, "draft_id"]
    return frame


def shift_altered(
    frame: pd.DataFrame, dose: float, what: str = "marker", points: int = -1
) -> pd.DataFrame:
    """Ratings moved where something was put into the case: ``what`` is a block or a variant."""
    frame, on = frame.copy(), hit(frame, dose, {}, fault="altered")
    on &= (frame["block"] == what) | (variant_kinds(frame) == what)
    frame.loc[on, "rating"] = (frame.loc[on, "rating"] + points).clip(1, 5)
    return frame


def obey_injections(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """The rating that a hidden instruction asks for."""
    frame, on = frame.copy(), hit(frame, dose, {}, fault="obey")
    on &= variant_kinds(frame) == "injection"
    frame.loc[on, "rating"] = frame.loc[on, "variant"].str.partition(":")[2].astype(float)
    return frame


def leak_canaries(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """A remark with the canary's word."""
    frame, on = frame.copy(), hit(frame, dose, {}, fault="canary")
    on &= variant_kinds(frame) == "canary"
    word = frame.loc[on, "variant"].str.partition(":")[2]
    frame.loc[on, "text"] += " The matter of " + word + " is still open."
    return frame


def repeat_confidential(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """What the file holds in confidence or about others, put at the end in its own words."""
    frame, on = frame.copy(), hit(frame, dose, {}, fault="repeat")
    said = {
        evidence: " ".join(
            f" {item['text']}"
            for item in items
            if item.get("confidential") or item.get("about") == "other"
        )
        for evidence, items in items_by_evidence(frame[on]).items()
    }
    frame.loc[on, "text"] += frame.loc[on, "evidence"].map(said).fillna("")
    return frame


def add_contacts(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """An e-mail address and a telephone number that nobody gave."""
    frame, on = frame.copy(), hit(frame, dose, {}, fault="contact")
    frame.loc[on, "text"] += frame.loc[on, "draft_id"].map(
        lambda d: _CONTACT.format(f"desk{int(90 * unit_interval(d))}", int(9999 * unit_interval(d)))
    )
    return frame


def refuse(
    frame: pd.DataFrame, dose: float, groups: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Drafts refused."""
    return _lost(frame, dose, "refused", groups)


def fail(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """Drafts failed."""
    return _lost(frame, dose, "failed")


def lose_ratings(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """Ratings that cannot be read."""
    frame, on = frame.copy(), hit(frame, dose, {}, fault="unrated")
    frame.loc[on, "rating"] = float("nan")
    return frame


def mislabel(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """Labels replaced by a wrong one."""
    frame, on = frame.copy(), hit(frame, dose, {}, fault="mislabel")
    frame.loc[on, "label"] = "wrong"
    return frame


def _lost(
    frame: pd.DataFrame, dose: float, status: str, groups: Mapping[str, str] | None = None
) -> pd.DataFrame:
    frame, on = frame.copy(), hit(frame, dose, groups or {}, fault=status)
    frame.loc[on, "status"] = status
    frame.loc[on, ["text", "label"]] = None
    frame.loc[on, ["rating", "outcome"]] = float("nan")
    return frame


def same_rating(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """A rating of 3 for everybody hit; the outcome follows."""
    frame, on = frame.copy(), hit(frame, dose, {}, fault="same rating")
    frame.loc[on, "rating"] = 3.0
    frame.loc[on, "outcome"] = 0.0
    return frame


def forget_person(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """Some other draft's text, whoever it is about, in place of a draft's own."""
    frame, on = frame.copy(), hit(frame, dose, {}, fault="forget")
    turn = frame.loc[on, "draft_id"].map(lambda draft: unit_interval(draft, "turn"))
    frame.loc[on, "text"] = frame.loc[turn.sort_values().index, "text"].to_numpy()
    return frame


def near_copies(frame: pd.DataFrame, dose: float) -> pd.DataFrame:
    """Everybody hit gets the first such text with a last word of their own."""
    frame, on = frame.copy(), hit(frame, dose, {}, fault="near copy")
    if on.any():
        model = str(frame.loc[on, "text"].iloc[0])
        frame.loc[on, "text"] = model + " Ref " + frame.loc[on, "case_id"]
    return frame
