"""YAML without surprises: what is read, what is refused, and where it stands."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError

from govern.errors import DatasetError, PolicyError
from govern.strict_yaml import MOST_CHARACTERS, MOST_LEVELS, explain, load


def read(text: str, first_line: int = 1) -> dict[str, Any]:
    return load(text, where="p.md", error=PolicyError, first_line=first_line)


def test_a_plain_mapping_is_read():
    text = "a: 1\nb: [x, 'y', \"z\"]\nc:\n  d: 2.5\n  e: true\n  f: null\n  g: 2026-11-21\n"

    assert {
        "a": 1,
        "b": ["x", "y", "z"],
        "c": {"d": 2.5, "e": True, "f": None, "g": date(2026, 11, 21)},
    } == read(text)


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "NO", "1:30", "12e03x"])
def test_words_stay_words(word: str):
    """Norway is a country: YAML 1.1 read NO as false and 1:30 as 90."""
    assert {"a": word} == read(f"a: {word}")


def test_leading_zeros_do_not_make_octal():
    assert {"a": 10} == read("a: 010")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: &x 1\nb: *x", 1, "aliases, anchors and tags"),
        ("a: 1\nb: *x", 2, "aliases, anchors and tags"),
        ("a: 1\nb: &x 1", 2, "aliases, anchors and tags"),
        ("a: !!python/object/apply:os.system [ls]", 1, "aliases, anchors and tags"),
        ("a: 1\nb: !!str 2", 2, "aliases, anchors and tags"),
        ("a: ! 2", 1, "aliases, anchors and tags"),
        ("a: 1\n<<: {a: 2}", 2, "merge keys"),
        ("%YAML 1.1\n---\na: no", 1, "directives"),
        ("%TAG ! tag:x,2026:\n---\na: 1", 1, "directives"),
        ("a: 1\nb: 2\na: 3", 3, 'duplicate key "a"'),
        ("a:\n  b: 1\n  b: 1", 3, 'duplicate key "b"'),
        ("{a: 1, a: 2}", 1, 'duplicate key "a"'),
        ("a: 1\n---\nb: 2", 2, "another document"),
        ("a: [1,\nb: 2", 2, "not valid YAML"),
        ("a: 1\n b: 2", 2, "not valid YAML"),
        ("a: 'x", 1, "not valid YAML"),
        ("a: 1\n\tb: 2", 2, "not valid YAML"),
        ("{[[]]: {}, {}: 1}", 1, "not valid YAML"),
    ],
)
def test_what_could_surprise_is_refused_with_its_line(text: str, line: int, message: str):
    with pytest.raises(PolicyError, match=rf"^p\.md:{line}: .*{message}"):
        read(text)


@pytest.mark.parametrize(
    "text", ["a: \0", "a: 2026-13-45", "a: 0x_", "a: " + "9" * 5_000, "a: 2026-01-01T25:00:00Z"]
)
def test_values_that_cannot_be_read_are_no_crash(text: str):
    with pytest.raises(PolicyError, match=r"^p\.md:1: not valid YAML"):
        read(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "NoneType"),
        ("# only a remark", "NoneType"),
        ("- a\n- b", "list"),
        ("just words", "str"),
        ("12", "int"),
    ],
)
def test_what_is_no_mapping_is_refused_by_its_kind(text: str, found: str):
    with pytest.raises(PolicyError, match=rf"^p\.md:1: expected a mapping, found {found}$"):
        read(text)


def test_lines_count_from_where_the_block_stands_in_its_file():
    """The block begins on line 40, the doubled key is its third line."""
    with pytest.raises(PolicyError, match=r"^p\.md:42: "):
        read("a: 1\nb: 2\na: 3", first_line=40)


def test_lines_of_refused_tokens_and_of_no_mapping_are_counted_too():
    for text, line in (("a: 1\nb: *x", 41), ("- a", 40)):
        with pytest.raises(PolicyError, match=rf"^p\.md:{line}: "):
            read(text, first_line=40)


def test_the_error_is_the_one_asked_for():
    with pytest.raises(DatasetError):
        load("- a", where="d.yaml", error=DatasetError)


def test_a_billion_laughs_are_refused_at_the_first():
    bomb = "a: &a [lol, lol]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(9)
    )
    with pytest.raises(PolicyError, match=r"^p\.md:1: YAML aliases"):
        read(bomb)


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 100_000,
        "a: " + "{a: " * 100_000,
        "- " * 100_000,
        "\n".join(" " * i + "a:" for i in range(1_000)),
        "a: " + "[" * 60 + "]" * 60,
    ],
)
def test_deep_nesting_is_refused_at_once(text: str):
    """Scanned to the end, a hundred thousand brackets take over a minute."""
    with pytest.raises(PolicyError, match=f"nested deeper than {MOST_LEVELS} levels"):
        read(text)


def test_as_deep_as_allowed_is_read():
    """The mapping is one level; the list levels opened and closed before do not count."""
    deep = "[" * (MOST_LEVELS - 1) + "]" * (MOST_LEVELS - 1)

    assert {"a", "b"} == set(read(f"a: {deep}\nb: {deep}"))


def test_a_large_document_is_refused_unread():
    with pytest.raises(PolicyError, match=r"p\.md: 1000001 characters of YAML, at most 1000000"):
        read("#" * (MOST_CHARACTERS + 1))


def test_a_quoted_merge_sign_is_a_string():
    assert {"a": "<<"} == read("a: '<<'")


@given(
    text=st.text(
        st.sampled_from([*"ab:-[]{},?|>'\"#&*!%@`~<=. \n\t0x1_+", "é", "\u2028", "\ufeff", "\\"]),
        max_size=30,
    )
)
@settings(derandomize=True, deadline=None, max_examples=300)
def test_any_text_is_a_mapping_or_one_error_with_its_file(text: str):
    try:
        found = read(text)
    except PolicyError as err:
        assert str(err).startswith("p.md:")  # noqa: PT017
    else:
        assert isinstance(found, dict)


class Thing(BaseModel):
    """Something with a number and no other field."""

    model_config = ConfigDict(extra="forbid")

    number: int
    inner: dict[str, int] = {}


def why(**given_: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        Thing.model_validate(given_)
    return explain(caught.value)


def test_problems_are_explained_field_by_field():
    found = why(number="many", other=1)

    assert "number: Input should be a valid integer" in found
    assert "found 'many'; other: Extra inputs are not permitted, found 1" in found


def test_a_missing_field_shows_no_input():
    assert "number: Field required" == why()


def test_a_nested_problem_names_its_path():
    assert why(number=1, inner={"a": "x"}).startswith("inner.a: ")


def test_a_long_input_is_cut():
    assert len(why(number="x" * 1_000)) < 200
