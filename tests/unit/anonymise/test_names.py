"""Who is named: every form of a name, and nothing that only looks like one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govern.sources.anonymise.clean import clean, fold, key
from govern.sources.anonymise.index import NameIndex, edits
from govern.sources.anonymise.pseudonyms import Pseudonyms
from govern.sources.anonymise.roster import from_names, name_key, person
from govern.sources.anonymise.words import common_words

STAFF = ("Ana Torres", "José Núñez", "Mary-Jane Smith-Jones", "Will Grant", "Grace O'Brien")

CASES = {
    "a full name": ("We thank Ana Torres here.", "We thank <g0> <f0> here."),
    "a first name": ("We thank Ana here.", "We thank <g0> here."),
    "a surname with a title": ("Ms. Torres led.", "Ms. <f0> led."),
    "a possessive": ("Ana's and Torres’ work", "<g0>'s and <f0>’ work"),
    "reversed with a comma": ("Torres, Ana", "<f0>, <g0>"),
    "capitals": ("ANA TORRES led it", "<G0> <F0> led it"),
    "small letters": ("we saw ana torres lead", "we saw <g0> <f0> lead"),
    "accents left out": ("Jose Nunez led.", "<g1> <f1> led."),
    "accents composed otherwise": ("Jose\u0301 Nu\u0301n\u0303ez led.", "<g1> <f1> led."),
    "HTML entities": ("Jos&eacute;&nbsp;N&uacute;&#241;ez led.", "<g1> <f1> led."),
    "entities escaped twice": ("Jos&amp;eacute; led.", "<g1> led."),
    "a zero-width space": ("A\u200bna To\u200brres led.", "<g0> <f0> led."),
    "a soft hyphen": ("Tor\u00adres led.", "<f0> led."),
    "a line break between": ("Ana\nTorres led.", "<g0>\n<f0> led."),
    "a Windows line break between": ("Ana\r\nTorres led.", "<g0>\n<f0> led."),
    "a hyphenated line break": ("Tor-\nres led.", "<f0> led."),
    "two blanks between": ("Ana  Torres led.", "<g0>  <f0> led."),
    "full-width letters": ("Ａｎａ led.", "<g0> led."),
    "a hyphenated name": ("Mary-Jane Smith-Jones led.", "<g2> <f2> led."),
    "half a hyphenated name": ("Ms Smith and Jane led.", "Ms <f2> and <g2> led."),
    "a non-breaking hyphen": ("Mary\u2011Jane led.", "<g2> led."),
    "an initial": ("A. Torres led.", "{0}. <f0> led."),
    "a middle name nobody listed": ("Ana Lucia Torres led.", "<g0> <f0> led."),
    "a middle initial": ("Ana M. Torres led.", "<g0> <f0> led."),
    "an apostrophe in the name": ("O’Brien and OBrien led.", "<f4> and <f4> led."),
    "punctuation around": ("(Ana), “Ana”; *Ana* /Ana/ Ana.", "(<g0>), “<g0>”; *<g0>* /<g0>/ <g0>."),
    "underscores and digits": ("see ana_torres2 and Ana2", "see <g0>_<f0>2 and <g0>2"),
    "a user name": ("ask anatorres or atorres", "ask <g0><f0> or <g0><f0>"),
    "a hashtag": ("#AnaTorres #SmithJones", "#<g0><f0> #<f2>"),
    "a family": ("The Torreses and the O'Briens", "The <f0> and the <f4>"),
    "an escaped link": ("Ana%20Torres", "<g0>%20<f0>"),
    "camel case": ("ask AnaTorres now", "ask <g0><f0> now"),
    "a misspelt surname": ("Ms Tores led; Torrse too.", "Ms <f0> led; <f0> too."),
    "a misspelt full name": ("Ana Torers led.", "<g0> <f0> led."),
    "markup": ("<b>Ana</b><br>Torres", "<b><g0></b>\n<f0>"),
}


@pytest.mark.parametrize("what", CASES)
def test_a_name_is_replaced_when_it_is_written_as(what, rewrite, engine):
    text, expected = CASES[what]
    initial = engine(*STAFF).pseudonyms.of(0).given[0]

    assert expected.replace("{0}", initial) == rewrite(text, *STAFF)


SHORT = ("Li Ng", "Bo Day", "Jean-Luc de la Cruz", "Soo Kim")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We met the Ngs and the Days.", "We met the <f0> and the <f1>."),
        ("In those days kids did it.", "In those days kids did it."),
        ("J.-L. de la Cruz and J-L Cruz led.", "{2}. <f2> and {2} <f2> led."),
    ],
)
def test_short_surnames_in_the_plural_and_joined_initials(text, expected, rewrite, engine):
    initial = engine(*SHORT).pseudonyms.of(2).given[0]

    assert expected.replace("{2}", initial) == rewrite(text, *SHORT)


def test_dotted_initials_of_whom_the_text_is_about_need_no_list(rewrite, engine):
    called = engine(*STAFF).pseudonyms.of(0)
    initials = f"{called.given[0]}{called.family[0]}"
    text = "A.T. led the U.S. team, and A. T. rested. J.N. did not."

    assert f"{initials} led the U.S. team, and {initials} rested. J.N. did not." == rewrite(
        text, *STAFF, subject=0
    )
    assert text == rewrite(text, *STAFF)


UNTOUCHED = (
    "The analysis of banana sales in Anaheim took analysts a week.",
    "Will you review it? It will be done. Will the plan hold?",
    "We grant that grace under pressure is rare. Grace under pressure!",
    "A torrent of mail; tortoises; granted, ungracious, willing, goodwill.",
    "Anatomy manuals and Anaheim grants.",
)


@pytest.mark.parametrize("text", UNTOUCHED)
def test_a_name_inside_a_word_and_a_word_that_is_a_name_elsewhere_stay(text, rewrite):
    assert text == rewrite(text, *STAFF)


WORDS = {
    "We saw Will lead.": "We saw <g0> lead.",
    "Will will lead, and will win.": "<g0> will lead, and will win.",
    "Will Grant will grant it.": "<g0> <f0> will grant it.",
    "will Grant's plan work": "will <f0>'s plan work",
    "Mr Grant led. The grant was paid.": "Mr <f0> led. The grant was paid.",
    "WILL GRANT LED": "<G0> <F0> LED",
    "In May May left.": "In May <g1> left.",
    "On 3 May we met; May 2024 was busy.": None,
    "Mark the date. Mark led.": "Mark the date. <g2> led.",
    "We ask that Mark mark it.": "We ask that <g2> mark it.",
    "Rich detail was given by Rich.": None,
}


@pytest.mark.parametrize("text", WORDS)
def test_names_that_are_words_are_told_apart(text, rewrite):
    shown = rewrite(text, "Will Grant", "May Lin", "Mark Rich")

    if WORDS[text] is not None:
        assert WORDS[text] == shown
    elif "May" in text:
        assert "<g1>" not in shown
    else:
        assert shown.endswith("given by <f2>.")


def test_a_person_is_called_the_same_all_through_and_two_are_called_differently(engine):
    made = engine("Ana Torres", "Ben Torres")
    one, two = made.anonymise(["Ana and Ben. Ana Torres, Ben Torres.", "Torres, Ana"], [None, None])
    ana, ben = made.pseudonyms.of(0), made.pseudonyms.of(1)

    assert f"{ana.given} and {ben.given}. {ana.full}, {ben.full}." == one.text
    assert f"{ana.family}, {ana.given}" == two.text
    assert ana.family != ben.family


def test_a_shared_first_name_means_the_subject_of_the_text(rewrite):
    assert "<g1> led." == rewrite("Ana led.", "Ana Torres", "Ana Lopez", subject=1)


def test_a_shared_first_name_means_who_is_named_in_full_nearby(rewrite):
    text = "Ana Lopez came. Ana led."

    assert "<g1> <f1> came. <g1> led." == rewrite(text, "Ana Torres", "Ana Lopez")


def test_a_name_that_could_be_two_peoples_is_replaced_all_the_same(rewrite):
    shown = rewrite("Ana led, and Ana won.", "Ana Torres", "Ana Lopez")

    assert "Ana" not in shown
    assert re.fullmatch(r"(\w+) led, and \1 won\.", shown)


def test_particles_go_with_the_surname(rewrite):
    text = "Ana de la Cruz, Ms de la Cruz, Ms Cruz; the la Scala visit"

    assert "<g0> <f0>, Ms <f0>, Ms <f0>; the la Scala visit" == rewrite(text, "Ana de la Cruz")


def test_a_surname_with_particles_is_found_run_together():
    people = from_names(["Ana de la Cruz"], 0)

    assert {"anadelacruz", "anacruz", "acruz"} <= set(NameIndex(people).exact)


def test_a_name_that_is_also_a_user_name_may_be_misspelt():
    """Amara Rashid's user name is rashida."""
    index = NameIndex(from_names(["Rashida Torres", "Amara Rashid"], 0))

    assert {0: "given"} == dict(index.look_up("rashdia").people)


def test_umlauts_may_be_written_out(rewrite):
    assert "<f0> and <f0> and <f0>" == rewrite("Müller and Mueller and Muller", "Eva Müller")


def test_initials_count_only_where_they_are_listed(rewrite):
    people = [person(0, "Jo Smith", initials=["JS"]), person(1, "Ana Torres")]
    shown = rewrite("JS and J.S. met AT, at nine; js stays.", people=people)

    assert "JS" not in shown
    assert "J.S." not in shown
    assert shown.endswith("met AT, at nine; js stays.")


def test_listed_initials_may_have_accents(rewrite):
    shown = rewrite("WÇX and W.Ç.X. met.", people=[person(0, "Will Çelik", initials=["WÇX"])])

    assert "X" not in shown.replace("<", "")


def test_short_forms_are_known_and_the_rosters_own_too(rewrite):
    people = from_names(["Elizabeth Torres"], 0)
    listed = person(1, "Umberto Quispe", nicknames=["zib"])

    assert "<g0>, <g0> and <g1>" == rewrite("Liz, Beth and Zib", people=[*people, listed])


def test_a_user_name_on_the_roster_is_a_name_and_a_small_number_is_not(rewrite):
    people = [person(0, "Ana Torres", ids=["nitat", "17"]), person(1, "Ben Lopez", ids=["e4711"])]

    assert ((), ("e4711",)) == (people[0].codes, people[1].codes)
    assert "nitat" not in rewrite("ask nitat at 17", people=people)


def test_a_common_word_is_no_misspelling(rewrite):
    """Each is one edit from a name on the roster."""
    text = "Brain work, a marina, the carol, jason's reason, the market, a line manager."

    assert text.replace("jason", "<g1>") == rewrite(
        text, "Brian Karol", "Jason Markey", "Marina Lane"
    ).replace("<g2>", "marina")


def test_pseudonyms_are_no_roster_names_nor_words():
    people = from_names(
        [f"{g} {f}" for g in ("Corema", "Albeth", "Ana") for f in ("Belamont", "Li")], 0
    )
    index = NameIndex(people)
    made = Pseudonyms(people, index, secret=b"s")
    words = {w.lower() for n in range(6) for w in made.of(n).full.split()}

    assert set() == words & set(index.exact)
    assert set() == words & common_words()
    assert 12 == len(words)


def test_another_secret_gives_other_pseudonyms_and_another_order():
    people = from_names([f"Ana{'xyzuvw'[n]}o Torres" for n in range(6)], 0)
    index = NameIndex(people)
    one, two = (Pseudonyms(people, index, secret=s) for s in (b"1", b"2"))

    assert [one.of(n) for n in range(6)] != [two.of(n) for n in range(6)]
    assert [one.id_of(n) for n in range(6)] != [two.id_of(n) for n in range(6)]


def test_five_thousand_people_have_five_thousand_pseudonyms():
    people = [person(n, f"Given{n:05d} Family{n:05d}") for n in range(3)]
    many = [person(n, "Zed Zedson") for n in range(5_000)]
    made = Pseudonyms(many, NameIndex(people), secret=b"s")

    assert 5_000 == len({made.of(n).full for n in range(5_000)})


def test_a_name_is_parsed_as_people_write_it():
    assert "ana torres" == name_key("Dr. Ana Torres Jr.") == name_key("TORRES, Ána")
    assert ("de", "la", "cruz") == person(0, "Ana María de la Cruz").family


@given(st.text(max_size=200))
def test_the_key_is_as_long_as_the_clean_text_and_cleaning_is_done_after_once(text):
    cleaned = clean(text)

    assert len(cleaned) == len(key(cleaned))
    assert "\u200b" not in cleaned
    assert "\r" not in cleaned


@given(st.text(st.characters(categories=["L", "N", "P", "Z"]), max_size=60))
def test_a_name_among_any_punctuation_is_found(text):
    """Metamorphic: whatever stands around it, as long as no letter touches it."""
    people = from_names(["Katarzyna Wojcik"], 0)
    index = NameIndex(people)
    from govern.sources.anonymise.mentions import find_mentions

    whole = clean(f"{text} Katarzyna {text}")
    spans = find_mentions(whole, key(whole), index, Pseudonyms(people, index, secret=b"s"))
    covered = {n for s in spans for n in range(s.start, s.end)}

    for match in re.finditer("katarzyna", key(whole)):
        assert set(range(*match.span())) <= covered


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_edits_are_the_same_both_ways_and_zero_only_for_equals(one, other):
    assert edits(one, other) == edits(other, one)
    assert (edits(one, other) == 0) == (one == other)


def test_a_swap_of_neighbours_is_one_edit():
    assert 1 == edits("jhon", "john")
    assert 3 == edits("kitten", "sitting")


def test_folding_keeps_no_accent():
    assert "jose nunez" == fold(" José  Núñez ".replace("  ", " "))
