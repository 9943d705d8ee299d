"""The dateline parser: what is a dateline, what is none, and what it means."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searchkit.article import Place
from searchkit.news.dateline import Dateline, parse_dateline, parse_place
from tests.conftest import within


def us(city: str, state: str) -> Place:
    return Place(city, state, "United States", "US")


SALVADOR = Place("Salvador")
SAO_PAULO = Place("Sao Paulo", None, "Brazil", "BR")
BEIRUT = Place("Beirut", None, "Lebanon", "LB")
LONDON = Place("London", None, "United Kingdom", "GB")
OSLO = Place("Oslo", None, "Norway", "NO")
NEW_YORK = us("New York", "New York")
WASHINGTON = us("Washington", "District of Columbia")
SYRIA = Place("Al-Omar Oil Field Base", None, "Syria", "SY")

# Dateline and dash, what is printed, the place, the agency, the day.
READ: list[tuple[str, str, Place, str | None, tuple[int, int] | None]] = [
    ("AL-OMAR OIL FIELD BASE, Syria — ", "AL-OMAR OIL FIELD BASE, Syria", SYRIA, None, None),
    ("SALVADOR, Feb 26 - ", "SALVADOR", SALVADOR, None, (2, 26)),
    ("    SALVADOR, Feb 26 - ", "SALVADOR", SALVADOR, None, (2, 26)),
    ("\ufeffSALVADOR, Feb 26 -\n    ", "SALVADOR", SALVADOR, None, (2, 26)),
    ("****SALVADOR, Feb 26 - ", "SALVADOR", SALVADOR, None, (2, 26)),
    ("NEW YORK, March 2 - ", "NEW YORK", NEW_YORK, None, (3, 2)),
    ("NEW YORK, March 2 -", "NEW YORK", NEW_YORK, None, (3, 2)),
    ("NEW YORK, MARCH 2- ", "NEW YORK", NEW_YORK, None, (3, 2)),
    ("NEW YORK, APril 31 - ", "NEW YORK", NEW_YORK, None, None),
    ("NEW YORK March 2 - ", "NEW YORK", NEW_YORK, None, (3, 2)),
    ("NEW YORK, Macrh 2 - ", "NEW YORK", NEW_YORK, None, None),
    ("NEW YORK, April - ", "NEW YORK", NEW_YORK, None, None),
    ("New York, March 2 - ", "New York", NEW_YORK, None, (3, 2)),
    ("WASHINGTON (AP) — ", "WASHINGTON", WASHINGTON, "AP", None),
    ("WASHINGTON (AP) _ ", "WASHINGTON", WASHINGTON, "AP", None),
    ("WASHINGTON (AP)-", "WASHINGTON", WASHINGTON, "AP", None),
    ("Washington (Reuters Health) – ", "Washington", WASHINGTON, "Reuters Health", None),
    ("WASHINGTON, March 9, Reuter - ", "WASHINGTON", WASHINGTON, "Reuter", (3, 9)),
    ("WASHINGTON, D.C. March 9 - ", "WASHINGTON, D.C.", WASHINGTON, None, (3, 9)),
    ("BEIRUT, Lebanon (Reuters) – ", "BEIRUT, Lebanon", BEIRUT, "Reuters", None),
    ("BEIRUT (AP), Feb. 26, 1984 -- ", "BEIRUT", BEIRUT, "AP", (2, 26)),
    ("BEIRUT, Sunday, Feb. 26 (UPI) — ", "BEIRUT", BEIRUT, "UPI", (2, 26)),
    ("LONDON, Tuesday — ", "LONDON", LONDON, None, None),
    ("LONDON, 26 February 1987 — ", "LONDON", LONDON, None, (2, 26)),
    ("SAO PAULO, Brazil, Jan. 5 (SK) --", "SAO PAULO, Brazil", SAO_PAULO, "SK", (1, 5)),
    ("OSLO, Norway – Jan. 5, 2021 – ", "OSLO, Norway", OSLO, None, (1, 5)),
    ("OSLO, Norway, Jan. 5, 2021 /PRNewswire/ -- ", "OSLO, Norway", OSLO, "PRNewswire", (1, 5)),
    ("ST. LOUIS, Mo. — ", "ST. LOUIS, Mo.", us("St. Louis", "Missouri"), None, None),
    ("YORK, Pa., March 9 - ", "YORK, Pa.", us("York", "Pennsylvania"), None, (3, 9)),
    ("HONG KONG — ", "HONG KONG", Place("Hong Kong", None, "Hong Kong", "HK"), None, None),
    ("LONDON/PARIS — ", "LONDON/PARIS", Place("London/Paris"), None, None),
    ("PARIS/LYON, France — ", "PARIS/LYON, France", Place("Paris/Lyon", None, "France", "FR"), None, None),
    ("ABOARD USS NIMITZ — ", "ABOARD USS NIMITZ", Place("Aboard USS Nimitz"), None, None),
    ("UNITED NATIONS — ", "UNITED NATIONS", Place("United Nations"), None, None),
    ("RIO de JANEIRO — ", "RIO de JANEIRO", Place("Rio de Janeiro", None, "Brazil", "BR"), None, None),
    ("McALLEN, Texas — ", "McALLEN, Texas", us("McAllen", "Texas"), None, None),
    ("SÃO PAULO — ", "SÃO PAULO", Place("São Paulo", None, "Brazil", "BR"), None, None),
    ("BRASÍLIA — ", "BRASÍLIA", Place("Brasília"), None, None),
    ("N'DJAMENA — ", "N'DJAMENA", Place("N'Djamena", None, "Chad", "TD"), None, None),
    (
        "COX'S BAZAR, Bangladesh — ",
        "COX'S BAZAR, Bangladesh",
        Place("Cox's Bazar", None, "Bangladesh", "BD"),
        None,
        None,
    ),
    (
        "GRONINGEN, the Netherlands — ",
        "GRONINGEN, the Netherlands",
        Place("Groningen", None, "Netherlands", "NL"),
        None,
        None,
    ),
    ("GROZNY — ", "GROZNY", Place("Grozny"), None, None),
    ("GROZNY, Chechnya — ", "GROZNY, Chechnya", Place("Grozny", "Chechnya"), None, None),
    ("WINSTON-SALEM, N.C.—", "WINSTON-SALEM, N.C.", us("Winston-Salem", "North Carolina"), None, None),
]


@pytest.mark.parametrize(("text", "printed", "place", "agency", "day"), READ, ids=[row[0].strip() for row in READ])
def test_reads_the_dateline_and_finds_where_the_story_begins(
    text: str, printed: str, place: Place, agency: str | None, day: tuple[int, int] | None
) -> None:
    story = "Dozens of trucks arrived — again — on Tuesday."
    assert parse_dateline(text + story) == Dateline(printed, place, agency, day, len(text))


@pytest.mark.parametrize("story", ["Prices 12 - or more", "1987 – what a year", "April - cruel", "Tuesday - rain"])
def test_leaves_what_only_resembles_a_date_to_the_story(story: str) -> None:
    found = parse_dateline(f"LONDON, Feb. 26 — {story}")
    assert found is not None
    assert found.end == len("LONDON, Feb. 26 — ")


@pytest.mark.parametrize("text", [row[0] for row in READ if row[4] is not None])
def test_needs_no_story_after_a_dated_dateline(text: str) -> None:
    found = parse_dateline(text)
    assert found is not None
    assert found.end == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n ",
        "—",
        "- -- — –",
        ", — The",
        "(AP) — The president said.",
        "A",
        "The minister - who resigned - said nothing.",
        "TOKYO stocks rose - and fell again.",
        "OPEC -- the cartel -- said.",
        "OPEC -- The cartel said on Monday that OPEC would meet.",
        "Paris — the city of light — wakes early.",
        "PARIS — the city of light — wakes early.",
        "Damascus, Syria — Dozens of trucks arrived.",
        "Apple (AAPL) — Shares rose.",
        "Meeting on Tuesday, Feb. 26 - The board agreed.",
        "In London, Feb. 26 - a day of rain - nothing moved.",
        "tokyo (AP) — The yen rose.",
        "WINSTON-SALEM grows.",
        "LONDON The pound rose.",
        "BREAKING — The minister resigned.",
        "NEWS ANALYSIS — What the vote means.",
        "UPDATE 2 - Dollar falls.",
        "U.S.S.R. — The union ended.",
        "WAR IN EUROPE — Germany invades.",
        "STOCKS FALL - INVESTORS FLEE\n\nThe markets fell.",
        "MANY THOUSANDS FLEE COAST — Storm nears.",
        "U.S. — The dollar fell.",
        "OK — The plan works.",
        "TUE, APR 07 - Prices",
        "APRIL 11 - Prices",
        "MAR8  --     --",
        "us        7.8015 - 7.8020",
        "COPPER GRADE A -",
        "HEADLINE WITHOUT A DASH\nLONDON — The pound rose.",
        "東京 — 株価",
        "LONDON" + " " * 156 + "— The pound rose.",
    ],
)
def test_takes_no_sentence_headline_or_table_for_a_dateline(text: str) -> None:
    assert parse_dateline(text) is None


@pytest.mark.parametrize(
    ("printed", "place"),
    [
        ("", Place()),
        (" , ; ", Place()),
        ("Damascus, Syria", Place("Damascus", None, "Syria", "SY")),
        ("  Damascus ,\n Syria ", Place("Damascus", None, "Syria", "SY")),
        ("LONDON", LONDON),
        ("London", LONDON),
        ("Springfield, Ill.", us("Springfield", "Illinois")),
        ("Springfield, ILL", us("Springfield", "Illinois")),
        ("Moscow", Place("Moscow", None, "Russia", "RU")),
        ("Moscow, Idaho", us("Moscow", "Idaho")),
        ("Paris, Texas", us("Paris", "Texas")),
        ("Paris, TX", us("Paris", "Texas")),
        ("Paris, Texas, USA", us("Paris", "Texas")),
        ("Toronto, Ontario, Canada", Place("Toronto", "Ontario", "Canada", "CA")),
        ("Manila", Place("Manila", None, "Philippines", "PH")),
        ("Georgia", Place(country="Georgia", code="GE")),
        ("Tbilisi, Georgia", Place("Tbilisi", None, "Georgia", "GE")),
        ("Atlanta, Georgia", us("Atlanta", "Georgia")),
        ("Savannah, Georgia, United States", us("Savannah", "Georgia")),
        ("Texas", Place(None, "Texas", "United States", "US")),
        ("Scotland", Place(None, "Scotland", "United Kingdom", "GB")),
        ("Somerset", Place("Somerset")),
        ("Miss.", Place("Miss.")),
        ("Kuwait", Place(country="Kuwait", code="KW")),
        ("Kuwait City", Place("Kuwait City", None, "Kuwait", "KW")),
        ("Singapore", Place("Singapore", None, "Singapore", "SG")),
        ("SHEFFIELD, England", Place("Sheffield", "England", "United Kingdom", "GB")),
        ("KOCHI, Kerala", Place("Kochi", "Kerala", "India", "IN")),
        ("LAHORE, Punjab, Pakistan", Place("Lahore", "Punjab", "Pakistan", "PK")),
        ("LAHORE, Punjab", Place("Lahore", "Punjab")),
        ("Leningrad, U.S.S.R.", Place("Leningrad", None, "Soviet Union", "SU")),
        ("RANGOON, Burma", Place("Rangoon", None, "Burma", "BU")),
        ("MUNICH, Bavaria, West Germany", Place("Munich", "Bavaria", "West Germany", None)),
        ("LONDON/MANCHESTER", Place("London/Manchester")),
        ("TOKYO/TOKYO", Place("Tokyo/Tokyo", None, "Japan", "JP")),
        ("ABOARD THE USS COLE, Yemen", Place("Aboard the USS Cole", "Yemen")),
        ("United Nations, New York", Place("United Nations")),
        ("GEORGETOWN, GRAND CAYMAN, Somewhere", Place("Georgetown", "Grand Cayman, Somewhere")),
    ],
)
def test_understands_a_printed_place(printed: str, place: Place) -> None:
    assert parse_place(printed) == place


@pytest.mark.parametrize(
    ("printed", "city"),
    [
        ("ST. JOHN'S", "St. John's"),
        ("COEUR D'ALENE", "Coeur d'Alene"),
        ("O’FALLON", "O’Fallon"),
        ("L'AQUILA", "L'Aquila"),
        ("SANA'A", "Sana'a"),
        ("MCALLEN", "McAllen"),
        ("PORT-AU-PRINCE", "Port-au-Prince"),
        ("DAR ES SALAAM", "Dar es Salaam"),
        ("DEIR AL-ZOUR", "Deir al-Zour"),
        ("AL-OMAR", "Al-Omar"),
        ("THE HAGUE", "The Hague"),
        ("KING OF PRUSSIA", "King of Prussia"),
        ("LE HAVRE/LES ULIS", "Le Havre/Les Ulis"),
        ("U.S. NAVAL BASE", "U.S. Naval Base"),
        ("ELMENDORF AFB", "Elmendorf AFB"),
        ("DİYARBAKIR", "Diyarbakir"),
        ("ÅRHUS", "Århus"),
        ("eThekwini", "eThekwini"),
        ("Port-Au-Prince", "Port-Au-Prince"),
    ],
)
def test_writes_capitals_as_running_text_and_leaves_the_rest(printed: str, city: str) -> None:
    assert parse_place(f"{printed}, Nowhere").city == city


# Of letters that make no word which a name has not ("FROM"), nor a month.
CAPITALS = st.from_regex(r"[BKRÉÖ]{4,9}([ -][BKRÉÖ]{4,9}){0,2}", fullmatch=True)


@given(st.text())
@example("A\x1c— A")
@example("ſ — A")
@example("DŽ — ǅ")
@example("A, , — B")
@example("/ABC/ —")
def test_never_raises_and_stays_within_any_text(text: str) -> None:
    check_laws(text)


@given(
    st.lists(
        st.sampled_from(["LONDON", "St. ", "d'", "Feb", "26", ",", " ", "(AP)", "/", "—", "--", "-", "–", "a", "\n"])
    )
)
def test_never_raises_on_pieces_of_datelines(pieces: list[str]) -> None:
    check_laws("".join(pieces))


def check_laws(text: str) -> None:
    assert isinstance(parse_place(text), Place)
    found = parse_dateline(text)
    if found is not None:
        assert 0 < found.end <= len(text)
        assert found.printed
        assert found.printed in text[: found.end]
        assert found.place == parse_place(found.printed)


@given(
    CAPITALS,
    st.sampled_from(["Syria", "Brazil", "South Korea", "Texas", "Ill."]),
    st.sampled_from([" — ", " – ", " -- ", " - ", "—"]),
    st.text(),
)
@example("BBBB", "Syria", " — ", "1 - ")
def test_reads_any_city_in_capitals_before_a_country(city: str, country: str, dash: str, story: str) -> None:
    found = parse_dateline(f"{city}, {country}{dash}Story {story}")
    assert found is not None
    assert found.printed == f"{city}, {country}"
    assert found.place.country is not None
    assert found.place.city is not None
    assert found.place.city.casefold() == city.casefold()
    assert found.end == len(f"{city}, {country}{dash}")


@pytest.mark.parametrize(
    "unit", ["A", "A, ", "(", "A (", ")", "A/", "A-", "- ", "—", "St. ", "d'", " ", "Feb 2, ", "A."]
)
def test_takes_linear_time_on_long_input(unit: str) -> None:
    # A quadratic pass over 300,000 characters would take minutes; a linear one takes milliseconds.
    text = unit * (300_000 // len(unit))
    with within(20):
        parse_dateline(text)
        parse_dateline(f"LONDON{text} — The")
        parse_place(text)


def test_does_not_import_pycountry_before_the_first_place() -> None:
    code = "import sys, searchkit.news.dateline; sys.exit('pycountry' in sys.modules or 'tzdata' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
