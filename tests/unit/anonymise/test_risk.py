"""What is left: classes, rare facts, leaks, links; and the mapping that is not."""

from __future__ import annotations

import json
import stat

import numpy as np
import pandas as pd
import pytest

from govern.errors import InputError, IntegrityError
from govern.sources.anonymise.engine import Anonymised
from govern.sources.anonymise.generalise import generalise, measure
from govern.sources.anonymise.groups import small_cells
from govern.sources.anonymise.index import NameIndex
from govern.sources.anonymise.leaks import LeakScan
from govern.sources.anonymise.linkage import attack
from govern.sources.anonymise.mapping import read_mapping, write_mapping
from govern.sources.anonymise.problems import row_words
from govern.sources.anonymise.rare import RareFacts
from govern.sources.anonymise.roster import from_names


def table(**columns):
    n = len(next(iter(columns.values())))
    return pd.DataFrame({"row": range(2, n + 2), "person": range(n), **columns})


def coarse(frame, *, k=2, l=1, most=0.0, quasi=("quasi.a",), groups=()):  # noqa: E741
    return generalise(frame, groups=list(groups), quasi=list(quasi), k=k, l=l, most_suppressed=most)


def test_k_counts_people_and_not_their_reviews():
    """Six rows, but the class of x is one person six times."""
    frame = table(**{"quasi.a": ["x"] * 6}).assign(person=0)

    assert (1, None) == measure(frame, ["quasi.a"])


def test_numbers_become_bands_of_whole_numbers():
    frame = table(**{"quasi.a": [str(n) for n in range(40)]})
    found = coarse(frame, k=5)

    assert found.k >= 5
    assert "0–4" in set(found.table["quasi.a"])
    assert "bands of 5" == found.levels["quasi.a"]


def test_dates_become_quarters_then_years():
    days = [f"2023-{month:02d}-10" for month in (1, 2, 3, 4, 5, 6)]
    frame = table(**{"quasi.a": days})

    assert {"2023 Q1", "2023 Q2"} == set(coarse(frame, k=3).table["quasi.a"])
    assert {"2023"} == set(coarse(frame, k=4).table["quasi.a"])


def test_rare_categories_become_other():
    frame = table(**{"quasi.a": ["x"] * 4 + ["y", "z"]})

    assert ["x"] * 4 + ["other"] * 2 == coarse(frame).table["quasi.a"].tolist()


def test_a_column_that_cannot_help_says_nothing_any_more():
    frame = table(**{"quasi.a": ["x", "y", "z"]})

    assert ["other"] * 3 == coarse(frame, k=3).table["quasi.a"].tolist()


def test_few_rows_are_left_out_before_all_are_blurred():
    frame = table(**{"quasi.a": ["x"] * 10 + ["y"] * 9 + ["z"]})
    found = coarse(frame, most=0.05)

    assert (21,) == found.suppressed
    assert {"x", "y"} == set(found.table["quasi.a"])


def test_a_class_of_one_rating_is_not_diverse():
    """All of y were rated 5: whoever knows that a person is y knows the rating."""
    frame = table(**{"quasi.a": ["x"] * 4 + ["y"] * 4, "rating": [1.0, 2, 3, 4, 5, 5, 5, 5]})
    found = coarse(frame, l=2)

    assert 5 == found.l
    assert 1 == found.table["quasi.a"].nunique()


def test_no_columns_at_all_is_one_class():
    assert 3 == coarse(table(x=[1, 2, 3]), quasi=()).k


@pytest.mark.parametrize("seed", range(5))
def test_whatever_comes_k_holds_or_the_rows_are_gone(seed):
    rng = np.random.default_rng(seed)
    n = 200
    frame = table(
        **{
            "quasi.a": rng.integers(0, 60, n).astype(str),
            "quasi.b": rng.choice(list("uvwxyz"), n, p=[0.5, 0.3, 0.1, 0.05, 0.03, 0.02]),
            "group.g": rng.choice(["f", "m"], n),
            "rating": rng.integers(1, 6, n).astype(float),
        }
    )
    found = coarse(frame, k=4, l=2, most=0.05, quasi=("quasi.a", "quasi.b"), groups=("group.g",))

    assert found.k >= 4
    assert found.l >= 2
    assert len(found.suppressed) <= 10
    assert len(found.table) + len(found.suppressed) == n


def test_small_cells_of_groups_are_refused_by_row_and_not_by_value():
    frame = table(**{"group.g": ["f"] * 5 + ["m"] * 5 + ["rare"]})
    [problem] = small_cells(frame, ["group.g"], k=5)

    assert (12,) == problem.rows
    assert "rare" not in problem.sentence()


def test_small_cells_of_crossed_groups_are_refused_too():
    frame = table(**{"group.g": list("fffmmm"), "group.h": list("xxyxxx")})

    assert [(4,)] == [
        p.rows for p in small_cells(frame, ["group.g", "group.h"], k=1 + 1) if "×" in p.why
    ]


def test_fine_grained_groups_are_refused():
    frame = table(**{"group.age": [str(n // 5) for n in range(100)]})

    assert any("20 values" in p.why for p in small_cells(frame, ["group.age"], k=5))


def rare(*texts, people=None):
    facts = RareFacts()
    for n, text in enumerate(texts):
        facts.take(text, [], row=n, person=people[n] if people else n)
    return [(f.row, texts[f.row][f.start : f.end], f.kind) for f in facts.flags()]


def test_a_phrase_in_one_persons_reviews_alone_is_flagged():
    found = rare(
        "She led the Helios Bridge move.",
        "He led the move of the Main Office.",
        "At the Main Office.",
    )

    assert [(0, "Helios Bridge", "capitalised")] == found


def test_two_reviews_of_one_person_do_not_make_a_fact_common():
    assert 2 == len(rare("the Helios move", "our Helios move", people=[1, 1]))


def test_rare_numbers_are_flagged_but_years_and_small_ones_are_not():
    found = rare("Raised $48,317 in 2024 over 12 weeks.", "Nothing.")

    assert [(0, "$48,317", "number")] == found


def test_the_first_word_of_a_sentence_is_no_fact():
    assert [] == rare("Careful work. Steady too.", "x")


def test_replaced_places_are_no_facts():
    facts = RareFacts()
    facts.take("We saw Corivik lead.", [(7, 14)], row=1, person=1)

    assert [] == facts.flags()


def scan(text, *names, words=(), codes=()):
    return LeakScan(NameIndex(from_names(names, 0)), words=words, codes=codes).scan(text)


LEAKS = [
    "We saw Torres.",
    "torres2",
    "x_Torres_y",
    "T\u200borres",
    "T&oacute;rres",
    "Tórres",
    "A n a  T o r r e s",
    "A*n*a*T*o*r*r*e*s",
    "We saw Will.",
    "WILL and Torres",
]


@pytest.mark.parametrize("text", LEAKS)
def test_the_scan_finds_a_name_that_was_left(text):
    assert scan(text, "Ana Torres", "Will Grant")[0]


def test_the_scan_does_not_take_words_or_labels_for_names():
    text = "Will it be granted? The will to win. Torrents of [email], [phone], [address]."

    assert [] == scan(text, "Ana Torres", "Will Grant", "Eva Email", "Phil Phone")[0]


def test_words_kept_as_words_are_shown_to_a_person():
    text = "Will it do? It will."

    assert ([], [(0, 4)]) == scan(text, "Will Grant")


def test_the_scan_finds_roster_ids_and_listed_words():
    assert scan("see e77.", "Ana Torres", codes=["e77"])[0]
    assert scan("our zephyrium", "Ana Torres", words=["zephyrium"])[0]


def linked(texts, people):
    made = [Anonymised(t, t, ()) for t in texts]
    return attack(made, rows=list(range(len(texts))), people=people, roles=["r"] * len(texts))


def test_an_untouched_text_finds_its_own_original():
    found = linked([f"word{n} thing{n} common" for n in range(30)], list(range(30)))

    assert 1.0 == found.own.share
    assert pytest.approx(1 / 30) == found.own.chance
    assert found.person.share is None


def test_two_texts_of_a_person_that_share_a_story_are_linked():
    texts = [f"story{n // 2} common {'abcdefgh'[n % 8]}" for n in range(40)]
    found = linked(texts, [n // 2 for n in range(40)])

    assert 1.0 == found.person.share
    assert pytest.approx(1 / 39) == found.person.chance
    assert pytest.approx(1.0) == found.person.excess
    assert 40 == len(found.person.rows)


def test_texts_that_share_nothing_of_a_person_link_no_better_than_chance():
    rng = np.random.default_rng(1)
    texts = [" ".join(rng.choice(list("abcdefghijklmnopqrstuvw"), 12)) for _ in range(200)]
    found = linked(texts, [n // 2 for n in range(200)])

    assert abs(found.person.excess) < 0.05


def test_too_few_texts_are_not_assessable():
    assert linked(["a", "b"], [1, 1]).person.excess is None


def test_the_mapping_is_encrypted_and_comes_back(tmp_path):
    path = tmp_path / "mapping.json"
    write_mapping(path, {"people": ["Ana Torres"]}, passphrase="correct horse")
    raw = path.read_text()

    assert "Ana" not in raw
    assert 2**17 == json.loads(raw)["kdf"]["n"]
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert {"people": ["Ana Torres"]} == read_mapping(path, passphrase="correct horse")
    with pytest.raises(IntegrityError):
        read_mapping(path, passphrase="wrong")


def test_a_changed_mapping_is_noticed(tmp_path):
    path = tmp_path / "mapping.json"
    write_mapping(path, {}, passphrase="correct horse")
    document = json.loads(path.read_text())
    document["sealed"] = (
        "A" + document["sealed"][1:]
        if document["sealed"][0] != "A"
        else "B" + document["sealed"][1:]
    )
    path.write_text(json.dumps(document))

    with pytest.raises(IntegrityError):
        read_mapping(path, passphrase="correct horse")


def test_a_mapping_is_neither_open_nor_written_over(tmp_path):
    path = tmp_path / "mapping.json"
    with pytest.raises(InputError, match="empty"):
        write_mapping(path, {}, passphrase=" ")
    assert not path.exists()
    path.write_text("mine")
    with pytest.raises(InputError, match="cannot be written"):
        write_mapping(path, {}, passphrase="x")
    with pytest.raises(InputError, match="expected an encrypted mapping"):
        read_mapping(path, passphrase="x")


def test_many_rows_are_shortened():
    assert "row 3" == row_words([3])
    assert row_words(range(1, 30)).endswith("12 and 17 more")
