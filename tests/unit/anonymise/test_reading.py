"""Bad input: one clear message with the row, and never a cell of it."""

from __future__ import annotations

import json
import tracemalloc
from datetime import date

import pandas as pd
import pytest

from govern.errors import InputError
from govern.sources.anonymise.columns import check_header, read_columns
from govern.sources.anonymise.phrases import read_phrases
from govern.sources.anonymise.reading import read_rows
from govern.sources.anonymise.roster import read_roster
from govern.sources.anonymise.survey import roster_mismatch, survey

SECRET = "Zibbelina"
HEAD = "text,who,id\n"


def rows(path, **more):
    return [
        (number, row)
        for chunk in read_rows(path, chunk_rows=more.pop("chunk_rows", 2), **more)
        for number, row in zip(chunk.numbers, chunk.rows, strict=True)
    ]


def refused(path, **more):
    with pytest.raises(InputError) as caught:
        rows(path, **more)
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(caught.value.__cause__)
    return str(caught.value)


def written(tmp_path, data, name="reviews.csv"):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_utf_8_and_utf_16_with_its_mark_are_read_alike(tmp_path, encoding):
    path = written(tmp_path, f"{HEAD}Zoë,José,1\n".encode(encoding))

    assert [(2, {"text": "Zoë", "who": "José", "id": "1"})] == rows(path)


def test_windows_1252_is_named_with_its_line_and_read_when_asked(tmp_path):
    path = written(tmp_path, f"{HEAD}fine,a,1\n{SECRET} José,b,2\n".encode("cp1252"))

    said = refused(path)
    assert "line 3 is not UTF-8" in said
    assert "--encoding cp1252" in said
    assert f"{SECRET} José" == rows(path, encoding="cp1252")[1][1]["text"]


def test_one_encoding_is_for_all_files_that_are_not_in_utf_8(tmp_path):
    for encoding in ("cp1252", "utf-8"):
        roster = written(tmp_path, "name\nJosé Zoë\n".encode(encoding), "roster.csv")
        products = written(tmp_path, "Café\n".encode(encoding), "products.txt")
        reviews = written(tmp_path, f"{HEAD}Zoë,a,1\n".encode(encoding))

        assert "jose zoe" == read_roster(roster, "cp1252")[0].full
        assert ["Café"] == read_phrases(products, "cp1252")
        assert "Zoë" == rows(reviews, encoding="cp1252")[0][1]["text"]
    plain = written(tmp_path, "name\nAna\n", "roster.csv")
    assert "ana" == read_roster(plain, "utf-16-le")[0].full
    wide = written(tmp_path, f"{HEAD}Zoe,a,1\n".encode("utf-16-le"))
    assert "Zoe" == rows(wide, encoding="utf-16-le")[0][1]["text"]
    said = "bytes that the encoding does not have"
    assert said in refused(written(tmp_path, HEAD.encode() + b"\x81,a,1\n"), encoding="cp1252")
    with pytest.raises(InputError, match=said):
        read_phrases(written(tmp_path, b"Caf\x81\n", "products.txt"), "cp1252")


def test_utf_16_without_a_mark_is_named(tmp_path):
    assert "UTF-16" in refused(written(tmp_path, HEAD.encode("utf-16-le")))


def test_an_unknown_encoding_is_an_error(tmp_path):
    assert "unknown encoding" in refused(written(tmp_path, HEAD), encoding="klingon")


def test_mixed_line_ends_and_line_breaks_in_cells_are_rows_as_a_spreadsheet_counts(tmp_path):
    path = written(tmp_path, 'text,who,id\r\n"a\r\nb",x,1\nc,x,2\r"d\n\ne",x,3\r\n')

    assert [(2, "a\r\nb"), (3, "c"), (4, "d\n\ne")] == [(n, r["text"]) for n, r in rows(path)]


def test_semicolons_and_tabs_separate_too(tmp_path):
    for mark in ";\t":
        path = written(tmp_path, f"{HEAD}a,b,1\n".replace(",", mark))
        assert {"text": "a", "who": "b", "id": "1"} == rows(path)[0][1]


def test_cells_that_begin_like_formulas_are_text(tmp_path):
    path = written(tmp_path, f"{HEAD}=1+1,a,1\n+2,b,2\n-3,c,3\n@d,d,4\n")

    assert ["=1+1", "+2", "-3", "@d"] == [r["text"] for _, r in rows(path)]


BROKEN = {
    "a row of other width": (f"{HEAD}{SECRET},b\n", "row 2: 2 cells, the header has 3"),
    "a quote that is not closed": (f'{HEAD}"{SECRET},b,1\n', "row 2: no CSV"),
    "a doubled column": (f"text,text\n{SECRET},b\n", "column 2 has the same name"),
    "nothing": ("", "is empty"),
    "an empty header": (",,\n1,2,3\n", "first row is empty"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_broken_csv_is_refused_with_its_row(tmp_path, what):
    data, said = BROKEN[what]

    assert said in refused(written(tmp_path, data))


def test_broken_json_lines_are_refused_with_their_row(tmp_path):
    good = json.dumps({"text": SECRET})
    for bad in ('{"text": "' + SECRET, f'"{SECRET}"', "[1]"):
        assert "row 2" in refused(written(tmp_path, f"{good}\n{bad}\n", "reviews.jsonl"))


def test_what_is_no_workbook_or_parquet_is_refused(tmp_path):
    assert "expected an XLSX workbook" in refused(written(tmp_path, SECRET, "a.xlsx"))
    assert "expected Parquet" in refused(written(tmp_path, SECRET, "a.parquet"))
    assert "expected .csv" in refused(written(tmp_path, SECRET, "a.doc"))
    assert "no such file" in refused(tmp_path / "none.csv")


def test_all_four_kinds_give_the_same_rows(tmp_path):
    table = pd.DataFrame(
        {"text": ["=A1+1", "two"], "n": [1.0, 2.5], "day": [date(2024, 3, 1), None]}
    )
    expected = [
        {"text": "=A1+1", "n": "1", "day": "2024-03-01"},
        {"text": "two", "n": "2.5", "day": None},
    ]
    table.to_excel(tmp_path / "t.xlsx", index=False)
    table.to_parquet(tmp_path / "t.parquet")
    lines = [
        json.dumps({"text": r["text"], "n": r["n"], "day": str(r["day"]) if r["day"] else None})
        for r in table.to_dict("records")
    ]
    (tmp_path / "t.jsonl").write_text("\n".join(lines))
    (tmp_path / "t.csv").write_text("text,n,day\n=A1+1,1,2024-03-01\ntwo,2.5,\n")

    for kind in ("csv", "xlsx", "parquet", "jsonl"):
        assert expected == [r for _, r in rows(tmp_path / f"t.{kind}")], kind


def test_a_large_file_is_read_in_chunks_of_bounded_memory(tmp_path):
    """8 MB in rows of 1 kB: no more than some chunks of 100 rows at a time."""
    path = tmp_path / "large.csv"
    with path.open("w") as stream:
        stream.write("text,who\n")
        stream.writelines(f"{'word ' * 200},somebody\n" for _ in range(8_000))
    tracemalloc.start()
    done = [chunk.done for chunk in read_rows(path, chunk_rows=100)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert 80 == len(done)
    assert done == sorted(done)
    assert 1.0 == done[-1]
    assert peak < 3_000_000


def test_the_header_of_the_file_is_not_shown():
    columns = read_columns("text=review,name=who")

    with pytest.raises(InputError, match="no column review, who") as caught:
        check_header(columns, [SECRET, "x"], "f.csv")
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("text=a", "needs name="),
        ("name=a", "needs text="),
        ("text=a,name=b,shoe=c", "unknown role 'shoe'"),
        ("text=a,name=b,group.=c", "unknown role"),
        ("text=a,text=b,name=c", "given twice"),
        ("text", "expected role=column"),
    ],
)
def test_columns_that_make_no_sense_are_refused(asked, said):
    with pytest.raises(InputError, match=said):
        read_columns(asked)


def roster_of(tmp_path, *names):
    return read_roster(written(tmp_path, "name\n" + "".join(f"{n}\n" for n in names), "roster.csv"))


def surveyed(tmp_path, body, asked="text=text,name=who,id=id", roster=("Ana Torres", "Ben Lopez")):
    path = written(tmp_path, HEAD + body)
    return survey(
        path,
        read_columns(asked),
        roster_of(tmp_path, *roster),
        chunk_rows=2,
        encoding=None,
        tick=lambda _share: None,
    )


def test_ids_that_stand_twice_are_an_error_with_both_rows(tmp_path):
    with pytest.raises(InputError, match="rows 2, 4: the id"):
        surveyed(tmp_path, "a,Ana Torres,7\nb,Ben Lopez,8\nc,Ana Torres,7\n")


def test_a_row_without_a_name_is_an_error_with_its_row(tmp_path):
    with pytest.raises(InputError, match="row 3: no name"):
        surveyed(tmp_path, "a,Ana Torres,7\nb,,8\n")


def test_a_rating_that_is_no_number_is_an_error_without_its_text(tmp_path):
    with pytest.raises(InputError, match="row 2: the rating") as caught:
        surveyed(tmp_path, f"a,Ana Torres,{SECRET}\n", "text=text,name=who,rating=id")
    assert SECRET not in str(caught.value)


def test_rows_without_text_are_counted_and_left_out(tmp_path):
    found = surveyed(tmp_path, " ,Ana Torres,7\nb,Ben Lopez,8\n")

    assert (2,) == found.without_text
    assert [3] == found.table["row"].tolist()


def test_names_match_the_roster_however_they_are_written(tmp_path):
    found = surveyed(
        tmp_path,
        'a,ANA  TORRES,7\nb,"Tórres, Ana",8\nc,Dr Ben M. Lopez,9\n',
        roster=("Ana Torres", "Ben M. Lopez"),
    )

    assert [0, 0, 1] == found.table["person"].tolist()
    assert () == found.unlisted


def test_a_roster_that_does_not_match_is_a_problem_with_its_rows(tmp_path):
    found = surveyed(tmp_path, "a,Zoe Quispe,7\nb,Ben Lopez,8\nc,Zoe Quispe,9\n")

    [problem] = roster_mismatch(found, most=0.5)
    assert (2, 4) == problem.rows
    assert "Quispe" not in problem.sentence()
    assert [] == roster_mismatch(found, most=0.7)


def test_people_who_are_not_on_the_roster_are_protected_like_the_rest(tmp_path):
    found = surveyed(tmp_path, "a,Zoe Quispe,7\nb,Ben Lopez,8\n")

    assert "zoe quispe" == found.people[2].full


def test_a_roster_may_be_first_and_last_with_nicknames_and_ids(tmp_path):
    path = written(
        tmp_path,
        "Employee ID;First name;Surname;Also;Nicknames\nE77;Ana;de la Cruz;x;Nita | Annie\n",
    )
    [ana] = read_roster(path)

    assert (("ana",), ("de", "la", "cruz"), ("e77",)) == (ana.given, ana.family, ana.ids)
    assert {"nita", "annie"} <= set(ana.nicknames)
    assert "ana" not in repr(ana).lower()


def test_a_roster_without_names_is_an_error(tmp_path):
    with pytest.raises(InputError, match="needs a column `name`") as caught:
        read_roster(written(tmp_path, f"{SECRET},x\na,b\n"))
    assert SECRET not in str(caught.value)
    with pytest.raises(InputError, match="row 3: no name"):
        read_roster(written(tmp_path, "name,x\nAna,b\n,c\n"))
    with pytest.raises(InputError, match="names nobody"):
        read_roster(written(tmp_path, "name,x\n"))


def test_a_list_of_products_without_a_line_is_an_error(tmp_path):
    with pytest.raises(InputError, match="names nothing"):
        read_phrases(written(tmp_path, "# none\n\n", "products.txt"))
