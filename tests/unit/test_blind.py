"""Texts that must not say who they are about."""

from __future__ import annotations

import pytest

from govern.text.blind import blinded


@pytest.mark.parametrize(
    ("text", "name", "hidden"),
    [
        ("Sung-Ho kept his word.", "Sung-Ho", "Employee kept ‹pronoun› word."),
        ("SUNG-HO'S files", "Sung-Ho", "Employee'S files"),
        ("Ana Ruiz saw Ruiz's files.", "Ana Ruiz", "Employee saw Employee's files."),
        ("José und Jose\u0301", "José", "Employee und Employee"),
        ("Mark beat the mark.", "Mark", "Employee beat the mark."),
        ("Marks for Mark", "Mark", "Marks for Employee"),
        ("Mrs. Ruiz, a mother", "Ruiz", "‹group›. Employee, a ‹group›"),
        ("Nobody is named here.", None, "Nobody is named here."),
    ],
)
def test_a_name_is_masked_where_it_is_one(text: str, name: str | None, hidden: str):
    assert hidden == blinded(text, name=name)


def test_numbers_and_punctuation_stay():
    said = "She took 4.9 days (target: 4), i.e. 22.5% more; $1,200 in all."

    assert "‹pronoun›" + said[3:] == blinded(said, name="Ada")


def test_words_for_groups_are_masked_in_any_case():
    assert "The only ‹group› on a ‹group› team" == blinded(
        "The only Black on a white team", name=None, group_words=["black", "white"]
    )


def test_one_text_about_two_people_is_one_text():
    about = "{n} said {they} would, and {n}'s clients thanked {them}."
    texts = {
        blinded(about.format(n=name, they=they, them=them), name=name)
        for name, they, them in [
            ("Aisha", "she", "her"),
            ("Sung-Ho", "he", "him"),
            ("Ana María", "they", "them"),
        ]
    }

    assert 1 == len(texts)
