"""Parts of the world, codes and changed names."""

from __future__ import annotations

import pycountry
import pytest

from searchkit.analysis import Analyzer
from searchkit.news import places
from searchkit.news.regions import _ALIASES, _REGIONS, _RENAMED, widened

ANALYZER = Analyzer("english")
CODES = {country.alpha_2 for country in pycountry.countries} | {"XK"}  # Kosovo's, which ISO leaves to its users
GONE = {country.alpha_2 for country in pycountry.historic_countries}


def test_a_part_of_the_world_means_its_countries() -> None:
    assert {"SY", "IQ", "IL"} <= set(widened("middle east")[1])
    assert "FR" not in widened("middle east")[1]
    assert widened("eu") == widened("european union")


def test_renamed_places_know_each_other() -> None:
    assert widened("burma") == (("myanmar",), ("BU", "MM"))
    assert widened("peiping") == (("peking", "beijing"), ())


@pytest.mark.parametrize(
    ("former", "today"),
    [
        ("bombay", "mumbai"), ("calcutta", "kolkata"), ("madras", "chennai"), ("bangalore", "bengaluru"),
        ("nanking", "nanjing"), ("chungking", "chongqing"), ("saigon", "ho chi minh city"), ("rangoon", "yangon"),
        ("dacca", "dhaka"), ("leningrad", "saint petersburg"), ("petrograd", "saint petersburg"),
        ("stalingrad", "volgograd"), ("gorky", "nizhny novgorod"), ("sverdlovsk", "yekaterinburg"), ("kiev", "kyiv"),
        ("lvov", "lviv"), ("lemberg", "lviv"), ("kharkov", "kharkiv"), ("tiflis", "tbilisi"), ("alma ata", "almaty"),
        ("frunze", "bishkek"), ("constantinople", "istanbul"), ("angora", "ankara"), ("danzig", "gdansk"),
        ("breslau", "wroclaw"), ("konigsberg", "kaliningrad"), ("pressburg", "bratislava"),
        ("leopoldville", "kinshasa"), ("stanleyville", "kisangani"), ("elisabethville", "lubumbashi"),
        ("lourenco marques", "maputo"),
    ],
)  # fmt: skip
def test_a_city_s_former_name_is_known(former: str, today: str) -> None:
    assert widened(former) == ((today,), ())


@pytest.mark.parametrize("name", ["paris", "mumbai", "birmingham", "london", "zzyzx"])
def test_a_name_of_today_means_itself(name: str) -> None:
    assert widened(name) == ((), ())


def test_two_letters_may_be_a_code() -> None:
    assert widened("sy") == ((), ("SY",))
    assert widened("paris") == ((), ())


@pytest.mark.parametrize("region", _REGIONS)
def test_every_code_is_a_country_s(region: str) -> None:
    codes = _REGIONS[region].split()
    assert set(codes) <= CODES | GONE
    assert len(codes) == len(set(codes))


def test_every_country_lies_in_one_continent() -> None:
    continents = ("africa", "asia", "europe", "north america", "south america", "oceania")
    found = [code for name in continents for code in _REGIONS[name].split()]
    assert len(found) == len(set(found))
    antarctic_and_islands = {"AQ", "BV", "CX", "GS", "HM", "TF"}
    assert CODES - set(found) <= antarctic_and_islands


def test_names_are_written_as_terms_are() -> None:
    for name in [*_REGIONS, *_ALIASES, *(name for names, _ in _RENAMED for name in names)]:
        assert " ".join(ANALYZER.sought(name)) == name


def test_no_name_of_a_country_holds_a_word_that_is_another_s_code() -> None:
    for country in pycountry.countries:
        found = places.country(country.name)
        assert found is not None
        if found.name == "U.S. Virgin Islands":  # which are of the United States
            continue
        for word in ANALYZER.sought(found.name):
            assert word.upper() not in CODES | GONE, found.name
