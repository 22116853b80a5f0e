"""A seeded corpus of reviews about invented people, with every mention and pattern marked.

A text is put together from pieces; a planted piece carries its kind. The places are those in
the cleaned text, since that is what gets replaced.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from govern.sources.anonymise.clean import clean

GIVEN = """Amara Beatriz Cédric Dagny Elif Fionnuala Gustavo Henrike Ingrid José Kateryna Leopold
Małgorzata Nadezhda Olabisi Przemek Quentin Renée Siobhán Thandiwe Ursula Valentina Wolfgang Xiomara
Yevgenia Zoltán Mark Grace Will May Rich Hope Frank Dawn April Faith Ana Li Jo Bo Eva Ivo Katherine
William Margaret Robert Elizabeth Michael Christopher Jennifer Samantha Benjamin Mary-Jane Jean-Luc
Anne-Sophie Alessandro Bronwyn Chidinma Desmond Esperanza Farrukh Giuliana Hyacinth Ismael Jacinta
Kwabena Lorenzo Mireille Nikolai Octavia Philippa Rashida Stellan Tobias Umberto Vanessa Winifred"""
FAMILY = """Abernathy Björklund Çelik Dąbrowski Echeverría Fitzgerald García Hoffmann Ivanova
Jørgensen Kowalczyk Lindqvist Müller Nguyen Oyelaran Papadopoulos Quispe Rasmussen Schröder
Takahashi Underhill Vasquez Wojciechowski Yamamoto Zubiri Young Black King Baker Long Price Banks
Wood Ng Wu
Ho O'Brien O'Connell D'Angelo McAllister MacIntyre Smith-Jones Lloyd-Hughes García-Ruiz Torres Smith
Jones Okonkwo Petrov Delacroix Whitcombe Harrington Castellanos Mukherjee Abdullahi Srinivasan
Thistlewood Featherstone Blankenship Carmichael Dunleavy Eastwick Fairweather Gildersleeve"""
PARTICLED = ("de la Cruz", "van der Berg", "von Hartmann", "da Silva", "bin Rashid", "De Luca")

PLAIN = """The quarter closed with fewer open issues than the one before.
Will you please note that the analysis covered every branch in the region.
Reports may be late when the vendor changes a format, and that was handled well.
Under pressure the team kept its grace and its good humour.
There is a mark of quality on everything that left the desk.
Rich detail in each memo helped new staff to find their way.
In May the office moved, and since April the new system has been live.
Long hours were rare, and the price of each delay was known.
Customers in the north praised the clear letters they were sent.
The banana stand at the fair raised 1,250 dollars for the food bank.
About 45% of calls were answered within 30 seconds, up from 38% in 2022.
Hope is no plan, but this plan gave people hope.
Budget use stayed at $1,200,000 against a target of $1,350,000.
Faith in the process came back after the audit from 2019-2021.
Young people joined the team and were trained with patience.
The dawn shift needs better cover, and we should frankly say so.
Version 2.4.1 shipped in Q3 with 12 fixes and no new defect.
Stock was counted 3/4 of the way through the week, 24/7 cover included.
A king size effort went into the migration of 4,500 records.
Managers will mark the goal as met, and black ink will be used.
Every analyst wrote a summary, banks were called, and wood was ordered.
Marketing asked for a shorter page, which was ready a day early.""".splitlines()
MENTION = """{} led the review of the credit files.
Feedback from {} was specific and kind.
We saw {} take on the night shift without complaint.
The client thanked {} twice.
{}'s work on the ledger was careful.
Without {}’s notes we would have missed it.
It was {}, not the vendor, who found the fault.
In the second half {} trained two colleagues.
Next year {} should write more of the reports.
"Ask {}," said the auditor, and that was right.
I paired with {} (and learned a lot).
{} has the trust of the whole floor.""".splitlines()
SETTINGS = """The claim was sent on {date} and settled fast.
It began on {date}.
Write to {email} for the file.
The page is at {url} for now.
Reach the desk at {phone} on weekdays.
Their social security number {ssn} was in the mail by mistake.
The insurance number on file is {nino}.
Money went to {iban} late.
The card {card} was blocked.
Account number {account} was closed in error.
Visits took place at {address} every week.
The server at {ip} was slow.""".splitlines()
MONTHS = (
    "January February March April May June July August September October November December".split()
)
STREETS = "Oak Ridge|High|Mill|Station|Queen Anne|Harbour|Maple|St. Mark's".split("|")


@dataclass(frozen=True)
class Employee:
    given: str
    family: str
    nickname: str | None = None
    initials: str | None = None

    @property
    def full(self) -> str:
        return f"{self.given} {self.family}"


@dataclass
class Planted:
    """A raw text, and the marked places of its cleaned form: start, end, kind, form."""

    subject: int
    raw: str
    cleaned: str
    marks: list[tuple[int, int, str, str]] = field(default_factory=list)


def people(count: int, rng: random.Random) -> list[Employee]:
    given, family = GIVEN.split(), [*FAMILY.split(), *PARTICLED]
    pairs = [(g, f) for g in given for f in family]
    return [
        Employee(
            g,
            f,
            nickname=rng.choice(["Zib", "Tolly", "Quill", "Binx"]) if rng.random() < 0.1 else None,
            initials=f"{g[0]}{f[0]}".upper() + "X" if rng.random() < 0.1 else None,
        )
        for g, f in rng.sample(pairs, count)
    ]


def _misspelt(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[:at] + word[at] + word[at:]
    if kind == 2:
        return word[:at] + rng.choice("aeiorst") + word[at + 1 :]
    return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :] if at > 1 else word + word[-1]


def _plain(text: str) -> str:
    table = str.maketrans("éèáííóúüöäøçąłñÉ", "eeaiioouoaocalnE"[:16])
    return text.translate(table)


_FORMS = (
    "full first first first last title reversed initial upper lower misspelt_full misspelt broken "
    "hidden entity plain nickname initials double_space user"
).split()


def mention(one: Employee, rng: random.Random) -> tuple[str, str]:
    """One way to name somebody, and which; forms a name does not have fall back to the full one."""
    form = rng.choice(_FORMS)
    given, family = one.given, one.family
    wordy = {"mark", "grace", "will", "may", "rich", "hope", "frank", "dawn", "april", "faith"}
    wordy |= {"young", "black", "king", "baker", "long", "price", "banks", "wood"}
    is_wordy = bool({given.lower(), family.lower()} & wordy) or min(len(given), len(family)) < 3
    long = [w for w in (given, family) if len(w) >= 5 and w.isalpha() and w.lower() not in wordy]
    ways = {
        "full": one.full,
        "first": given,
        "last": family,
        "title": f"{rng.choice(['Mr', 'Ms.', 'Dr'])} {family}",
        "reversed": f"{family}, {given}",
        "initial": f"{given[0]}. {family}",
        "upper": one.full.upper(),
        "lower": None if is_wordy else one.full.lower(),
        "misspelt": _misspelt(rng.choice(long), rng) if long else None,
        "misspelt_full": f"{_misspelt(given, rng)} {family}" if given in long else None,
        "broken": f"{given}\n{family}",
        "hidden": f"{given[:2]}\u200b{given[2:]} {family}",
        "entity": one.full.replace("é", "&eacute;").replace(" ", "&nbsp;"),
        "plain": _plain(one.full),
        "nickname": one.nickname,
        "initials": one.initials,
        "double_space": f"{given}  {family}",
        "user": f"{given}{family}".replace(" ", "")
        if given.isalpha() and family.isalpha()
        else None,
    }
    found = ways[form]
    return (found, form) if found else (one.full, "full")


def _luhn(digits: str) -> str:
    for last in "0123456789":
        total = 0
        for n, digit in enumerate(reversed(digits + last)):
            value = int(digit) * (2 if n % 2 else 1)
            total += value - 9 if value > 9 else value
        if total % 10 == 0:
            return digits + last
    raise AssertionError


def _iban(rng: random.Random) -> str:
    account = "".join(rng.choices("0123456789", k=18))
    check = 98 - int(account + "131400") % 97
    plain = f"DE{check:02d}{account}"
    return plain if rng.random() < 0.5 else " ".join(plain[i : i + 4] for i in range(0, 22, 4))


def pattern(kind: str, rng: random.Random) -> str:
    """One invented instance of a kind."""
    d = lambda n: "".join(rng.choices("0123456789", k=n))  # noqa: E731
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(2019, 2025)
    name = MONTHS[month - 1]
    number, street = rng.randint(1, 4999), rng.choice(STREETS)
    area, line = rng.randint(201, 989), rng.randint(200, 999)
    card = _luhn("4" + d(14))
    options = {
        "date": [
            f"{year}-{month:02d}-{day:02d}",
            f"{month}/{day}/{year}",
            f"{day:02d}.{month:02d}.{year}",
            f"{day} {name} {year}",
            f"{name} {day}, {year}",
            f"{name[:3]} {day}",
            f"the {day}th of {name}",
            f"{month:02d}/{day:02d}/{year % 100:02d}",
        ],
        "email": [
            f"{rng.choice(['info', 'a.b', 'desk+x'])}{d(2)}@mail.example.{t}"
            for t in ("com", "org", "co.uk")
        ],
        "url": [
            f"https://files.example.com/{d(4)}/a?b={d(2)}",
            f"http://intranet.example.org/x-{d(3)}",
            f"www.example.net/team{d(2)}",
            f"portal{d(2)}.example.com/login",
        ],
        "phone": [
            f"({area}) {line}-{d(4)}",
            f"{area}-{line}-{d(4)}",
            f"+1 {area} {line} {d(4)}",
            f"+44 20 7946 0{d(3)}",
            f"{area}.{line}.{d(4)}",
            f"+49 30 {d(7)}",
            f"020 7946 0{d(3)}",
        ],
        "ssn": [f"{rng.randint(100, 665)}-{rng.randint(10, 99)}-{rng.randint(1000, 9999)}"],
        "nino": [f"AB {d(2)} {d(2)} {d(2)} C", f"JG{d(6)}A"],
        "iban": [_iban(rng)],
        "card": [
            card,
            " ".join(card[i : i + 4] for i in range(0, 16, 4)),
            "-".join(card[i : i + 4] for i in range(0, 16, 4)),
        ],
        "account": [d(8), d(10), f"{d(4)}-{d(4)}", f"PX-{d(6)}"],
        "address": [
            f"{number} {street} Street",
            f"{number} {street} Ave, Springfield, IL 6{d(4)}",
            f"Flat {rng.randint(1, 9)}, {rng.randint(1, 200)} {street} Road, Leeds LS1 4AP",
            f"P.O. Box {d(4)}",
        ],
        "ip": [
            f"10.{rng.randint(0, 255)}.{rng.randint(0, 255)}.{rng.randint(1, 254)}",
            f"2001:db8::{d(3)}f",
        ],
    }
    return rng.choice(options[kind])


def corpus(
    texts: int, *, staff: int = 120, seed: int = 20260131
) -> tuple[list[Employee], list[Planted]]:
    """Invented staff and reviews of them."""
    rng = random.Random(seed)
    known = people(staff, rng)
    return known, [_text(known, rng) for _ in range(texts)]


def _text(known: list[Employee], rng: random.Random) -> Planted:
    subject = rng.randrange(len(known))
    sentences = [(s, None) for s in rng.sample(PLAIN, 7)]
    sentences += [
        (s, subject if rng.random() < 0.6 else rng.randrange(len(known)))
        for s in rng.sample(MENTION, 6)
    ]
    sentences += [(s, None) for s in rng.sample(SETTINGS, 3)]
    rng.shuffle(sentences)
    made = Planted(subject, "", "")
    for template, who in sentences:
        before, brace, rest = template.partition("{")
        _add(made, before)
        if brace:
            kind, _, after = rest.partition("}")
            if who is None:
                _add(made, pattern(kind, rng), kind, kind)
            else:
                text, form = mention(known[who], rng)
                _add(made, text, "name", form)
            _add(made, after)
        _add(made, rng.choice([" ", " ", " ", "\n", "\r\n"]))
    return made


def _add(made: Planted, piece: str, kind: str = "", form: str = "") -> None:
    cleaned = clean(piece)
    if kind:
        start = len(made.cleaned)
        made.marks.append((start, start + len(cleaned), kind, form))
    made.raw += piece
    made.cleaned += cleaned
