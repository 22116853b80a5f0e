"""The drafts frame: what it holds, what it refuses, and that it survives the disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from govern.errors import FrameError
from govern.frames import (
    NUMBERS,
    TEXT,
    Memory,
    Texts,
    build,
    check,
    coded,
    evidence_items,
    group_attributes,
    items_by_evidence,
    main_block,
    read,
    require,
    variant_kinds,
    write,
)


def row(draft: str = "d1", **more: Any) -> dict[str, Any]:
    return {"draft_id": draft, "case_id": f"case of {draft}", **more}


def full() -> pd.DataFrame:
    main, noise = {"block": "main", "status": "ok"}, {"block": "noise", "status": "ok"}
    return build(
        [
            row("d1", text="Ana led.", rating=4, gold_rating=3, evidence='[{"id":1}]', **main),
            row("d2", name="Zoë", error="no", **main | {"status": "refused"}),
            row("d3", text="Fine", rating="2.0", repeat=1, label="a", **noise),
        ]
    )


def test_two_columns_are_enough_and_the_rest_is_absent_or_by_default():
    frame = build([row()])
    [found] = frame.to_dict("records")

    assert [*TEXT, *NUMBERS] == list(frame.columns)
    assert ("none", "main", "review", 0.0, "ok") == tuple(
        found[c] for c in ("marker", "block", "use_case", "repeat", "status")
    )
    assert frame[["text", "rating", "gold_rating", "evidence", "name"]].isna().all(axis=None)


def test_groups_come_last_in_their_order():
    frame = build([row(**{"group.team": "x", "rating": 3, "group.age": 40})])

    assert ["team", "age"] == group_attributes(frame)
    assert ["group.team", "group.age"] == list(frame.columns[-2:])
    assert "40" == frame["group.age"].iloc[0]


def test_a_frame_can_be_built_from_a_table_and_leaves_it_alone():
    table = pd.DataFrame([row("d1", rating="4"), row("d2", rating="")], index=[7, 7])
    frame = build(table)

    assert [0, 1] == list(frame.index)
    assert 4.0 == frame["rating"].iloc[0]
    assert pd.isna(frame["rating"].iloc[1])
    assert ["draft_id", "case_id", "rating"] == list(table.columns)


def test_ids_become_text_and_numbers_become_numbers():
    frame = build([{"draft_id": 1, "case_id": 20, "rating": "3", "outcome": True}])

    assert ("1", "20", 3.0, 1.0) == tuple(
        frame[c].iloc[0] for c in ("draft_id", "case_id", "rating", "outcome")
    )


def test_building_twice_changes_nothing():
    pd.testing.assert_frame_equal(full(), build(full()))


def test_no_rows_make_an_empty_frame():
    assert (0, len(TEXT + NUMBERS)) == build([]).shape


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([row(ratng=3)], r"unknown column\(s\) ratng; a drafts frame has .*group\.<attribute>"),
        ([row(rating="four")], r"column rating, row 1: expected a number, found 'four'"),
        ([row(), row("d2", latency_s="1s")], r"column latency_s, row 2: .*found '1s'"),
        ([{"draft_id": "d1"}], r"row 1 \(draft d1\): column case_id is empty; 1 row"),
        ([{"case_id": "c"}], r"column draft_id is empty"),
        ([row(""), row("d2")], r"row 1 \(draft \): column draft_id is empty"),
        ([row("d1", case_id="")], r"column case_id is empty"),
        ([row(), row("d2", status=None)], r"column status is empty"),
        ([row(), row("d2", block="noise")], r"row 1 \(draft d1\): column block is empty"),
        (
            [row(**{"group.team": "x"}), row("d2", **{"group.team": None})],
            r"row 2 \(draft d2\): column group\.team is empty",
        ),
        ([row(**{"group.team": ""})], r"column group\.team is empty"),
        ([row(), row(), row()], r"row 2 \(draft d1\): draft_id occurs twice; 2 row"),
        ([row(status="done")], r"status is none of ok, refused, failed"),
        ([row(block="Marker")], r"block is none of main, noise, marker, control, variant"),
        ([row(variant="")], r"column variant is empty"),
        ([row(rating=0)], r"rating is outside 1 to 5"),
        ([row(rating=5.01)], r"rating is outside 1 to 5"),
        ([row(gold_rating=6)], r"gold_rating is outside 1 to 5"),
        ([row(outcome="inf")], r"column outcome is infinite"),
        ([row(latency_s=float("-inf"))], r"column latency_s is infinite"),
        ([row(status="refused", text="Sorry")], r"a draft that is not ok has content"),
        ([row(status="failed", rating=3)], r"a draft that is not ok has content"),
        ([row(status="failed", label="x")], r"a draft that is not ok has content"),
    ],
)
def test_what_is_no_drafts_frame_is_refused_with_its_row(rows: list[dict[str, Any]], message: str):
    with pytest.raises(FrameError, match=message):
        build(rows)


def test_the_ends_of_the_rating_scale_are_ratings():
    assert [1.0, 5.0] == list(build([row(rating=1), row("d2", rating=5)])["rating"])


def test_a_missing_column_is_named():
    with pytest.raises(FrameError, match=r"not a drafts frame: column\(s\) text, outcome absent"):
        check(full().drop(columns=["text", "outcome"]))


def test_numbers_kept_as_text_are_refused_not_compared():
    with pytest.raises(FrameError, match="column rating: expected numbers, found str"):
        check(full().assign(rating="3"))


def test_a_measure_names_the_columns_it_lacks():
    require(full(), "rating", "text")
    with pytest.raises(FrameError, match=r"the measure needs column\(s\) group.a, group.b"):
        require(full(), "rating", "group.a", "group.b")


def test_the_kind_of_a_variant_stands_before_the_colon():
    frame = build([row(variant="injection:5"), row("d2", variant="order")])

    assert ["injection", "order"] == list(variant_kinds(frame))
    assert variant_kinds(frame.iloc[:0]).empty


def test_evidence_is_that_of_the_bare_case_whatever_stands_first():
    told, bare = '[{"id": "E2"}]', '[{"id": "E1"}]'
    frame = build(
        [
            {"draft_id": "d1", "case_id": "c", "block": "variant", "evidence": told},
            {"draft_id": "d2", "case_id": "c", "block": "main", "evidence": bare},
        ]
    )

    assert {"c": [{"id": "E1"}]} == evidence_items(frame)
    assert {told, bare} == set(items_by_evidence(frame))


def test_exact_repeats_are_no_part_of_the_main_block():
    assert ["d1", "d2"] == list(main_block(full())["draft_id"])


def test_evidence_is_read_once_for_each_case_that_has_any():
    rows = [
        row("d1", case_id="c", evidence='[{"id": 1}]'),
        row("d2", case_id="c", evidence='[{"id": 1}]'),
        row("d3", case_id="e"),
    ]

    assert {"c": [{"id": 1}]} == evidence_items(build(rows))


def test_a_frame_survives_the_disk(tmp_path: Path):
    write(full(), tmp_path / "drafts.parquet")

    pd.testing.assert_frame_equal(full(), read(tmp_path / "drafts.parquet"))
    assert ["drafts.parquet"] == [p.name for p in tmp_path.iterdir()]


def test_a_frame_from_before_there_were_citations_is_read_without_any(tmp_path: Path):
    full().drop(columns="citations").to_parquet(tmp_path / "drafts.parquet", index=False)

    assert read(tmp_path / "drafts.parquet")["citations"].isna().all()


def test_an_empty_frame_survives_the_disk(tmp_path: Path):
    write(build([]), tmp_path / "drafts.parquet")

    assert read(tmp_path / "drafts.parquet").empty


def test_the_same_frame_has_the_same_digest_and_another_has_not(tmp_path: Path):
    paths = [tmp_path / name for name in ("a.parquet", "b.parquet", "c.parquet")]
    other = full().assign(latency_s=1.0)
    first, second, third = (
        write(frame, path) for frame, path in zip([full(), full(), other], paths, strict=True)
    )

    assert first == second
    assert first != third
    assert 64 == len(first)


def test_writing_what_was_read_gives_the_same_digest(tmp_path: Path):
    first = write(full(), tmp_path / "a.parquet")

    assert first == write(read(tmp_path / "a.parquet"), tmp_path / "b.parquet")


@pytest.mark.parametrize("data", [b"", b"draft_id,case_id\n1,2\n", b"PAR1" + b"\0" * 40 + b"PAR1"])
def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path, data: bytes):
    path = tmp_path / "drafts.parquet"
    path.write_bytes(data)

    with pytest.raises(FrameError, match=r"drafts\.parquet: expected a Parquet drafts frame"):
        read(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(FrameError, match="expected a Parquet drafts frame"):
        read(tmp_path / "none.parquet")


def test_a_parquet_file_of_something_else_is_refused(tmp_path: Path):
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "other.parquet")

    with pytest.raises(FrameError, match="not a drafts frame"):
        read(tmp_path / "other.parquet")


def test_the_main_block_of_the_same_frame_is_in_the_same_memory():
    frame = full()

    assert Memory(main_block(frame)["text"]) == Memory(main_block(frame)["text"])


@pytest.mark.parametrize(("column", "value"), [("text", "Ana lost."), ("rating", 1.0)])
def test_the_main_block_of_a_frame_changed_in_place_is_the_changed_one(column, value):
    frame = full()
    main_block(frame)
    frame.loc[0, column] = value

    assert value == main_block(frame)[column].iloc[0]


def test_changing_a_main_block_changes_neither_the_frame_nor_the_next_one():
    frame = full()
    for one in (frame, frame[frame["block"] == "main"]):
        main = main_block(one)
        main.loc[0, "text"] = "other"

        assert "Ana led." == one["text"].iloc[0] == main_block(one)["text"].iloc[0]


@pytest.mark.parametrize("dtype", ["str", "object"])
def test_texts_are_equal_by_what_they_say_and_by_which_are_missing(dtype):
    said = pd.Series(["a", "bc", None, ""], dtype=dtype)
    others = (["ab", "c", None, ""], ["a", "bc", "", ""], ["a", "bc", None], ["bc", "a", None, ""])

    assert Texts(said) == Texts(said.copy()) == Texts(pd.concat([said[:1], said[1:]]))
    assert Texts(said[1:3]) == Texts(pd.Series(["bc", None], dtype="str"))
    assert not any(Texts(said) == Texts(pd.Series(other, dtype=dtype)) for other in others)


def test_codes_stand_for_values_in_order_and_missing_is_none_of_them():
    code, levels = coded(pd.Series(["b", None, "a", "b"], dtype="str"))

    assert ([1, -1, 0, 1], ["a", "b"]) == (list(code), list(levels))
