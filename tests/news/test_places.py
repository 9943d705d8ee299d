"""Names of countries, states and cities, and the tables that complete pycountry's."""

from __future__ import annotations

import pycountry
import pytest

from searchkit.news import cities, places


@pytest.mark.parametrize(
    ("name", "display", "code"),
    [
        ("Syria", "Syria", "SY"),
        ("SYRIA", "Syria", "SY"),
        ("Syrian Arab Republic", "Syria", "SY"),
        ("Russia", "Russia", "RU"),
        ("Russian Federation", "Russia", "RU"),
        ("South Korea", "South Korea", "KR"),
        ("North Korea", "North Korea", "KP"),
        ("Iran", "Iran", "IR"),
        ("Bolivia", "Bolivia", "BO"),
        ("Turkey", "Turkey", "TR"),
        ("Türkiye", "Turkey", "TR"),
        ("Vietnam", "Vietnam", "VN"),
        ("Viet Nam", "Vietnam", "VN"),
        ("Laos", "Laos", "LA"),
        ("Ivory Coast", "Ivory Coast", "CI"),
        ("Cote d’Ivoire", "Ivory Coast", "CI"),
        ("U.K.", "United Kingdom", "GB"),
        ("Britain", "United Kingdom", "GB"),
        ("United States of America", "United States", "US"),
        ("U.S.", "United States", "US"),
        ("the Netherlands", "Netherlands", "NL"),
        ("St. Lucia", "Saint Lucia", "LC"),
        ("Trinidad & Tobago", "Trinidad and Tobago", "TT"),
        ("Guinea Bissau", "Guinea-Bissau", "GW"),
        ("Yemen", "Yemen", "YE"),
        ("Burma", "Burma", "BU"),
        ("Zaire", "Zaire", "ZR"),
        ("USSR", "Soviet Union", "SU"),
        ("Yugoslavia", "Yugoslavia", "YU"),
        ("Czechoslovakia", "Czechoslovakia", "CS"),
        ("East Germany", "East Germany", "DD"),
        ("West Germany", "West Germany", None),
        ("Sikkim", "Sikkim", None),
    ],
)
def test_knows_a_country_by_any_of_its_names(name: str, display: str, code: str | None) -> None:
    assert places.country(name) == places.Country(display, code)


@pytest.mark.parametrize("name", ["", "Syri", "Atlantis", "x" * 100_000, "—"])
def test_knows_no_other_country(name: str) -> None:
    assert places.country(name) is None
    assert places.region(name) is None
    assert cities.city(name) is None
    assert not cities.is_place(name)


@pytest.mark.parametrize(
    ("name", "within", "display", "code"),
    [
        ("Mo.", None, "Missouri", "US"),
        ("N.Y.", None, "New York", "US"),
        ("D.C.", None, "District of Columbia", "US"),
        ("W. Va.", None, "West Virginia", "US"),
        ("Tex.", None, "Texas", "US"),
        ("CALIF", None, "California", "US"),
        ("B.C.", None, "British Columbia", "CA"),
        ("Newfoundland", None, "Newfoundland and Labrador", "CA"),
        ("Northern Ireland", None, "Northern Ireland", "GB"),
        ("New South Wales", None, "New South Wales", "AU"),
        ("Gaza Strip", None, "Gaza Strip", "PS"),
        ("Kerala", None, None, "IN"),
        ("Punjab", "PK", None, "PK"),
    ],
)
def test_knows_a_region_by_name_and_abbreviation(name: str, within: str | None, display: str | None, code: str) -> None:
    found = places.region(name, within)
    assert found is not None
    assert (found.name, found.country.code) == (display, code)


def test_does_not_guess_between_countries_that_share_a_region_name() -> None:
    assert places.region("Punjab") is None
    assert places.region("Texas", "BR") is None
    assert cities.is_place("Punjab")


@pytest.mark.parametrize(
    ("name", "region", "code"),
    [
        ("ST LOUIS", "Missouri", "US"),
        ("Zürich", None, "CH"),
        ("Peking", None, "CN"),
        ("Nairobi", None, "KE"),
        ("Buenos Aires", None, "AR"),
    ],
)
def test_knows_the_cities_that_stand_alone(name: str, region: str | None, code: str) -> None:
    found = cities.city(name)
    assert found is not None
    assert (found.region, found.country.code) == (region, code)


@pytest.mark.parametrize("name", ["Norfolk", "Boise", "Center", "Knox", "San Juan", "Bahrain", "Portland"])
def test_takes_no_zone_for_a_city_that_may_be_another(name: str) -> None:
    assert cities.city(name) is None


def test_every_table_entry_is_in_the_list_it_completes() -> None:
    current = {c.alpha_2 for c in pycountry.countries}
    gone = {c.alpha_2 for c in pycountry.historic_countries}
    states = {s.name for s in pycountry.subdivisions if s.country_code in ("US", "CA")}
    assert set(places._EVERYDAY) <= current
    assert set(cities._FOREIGN_CITIES.values()) <= current
    assert set(places._TERRITORIES.values()) <= current
    assert {code for _, code, _ in places._HISTORIC if code} <= gone - current
    for table in (cities._US_CITIES, places._US_ABBREVIATIONS, places._CANADIAN_ABBREVIATIONS):
        assert set(table.values()) <= states


def test_every_country_of_today_answers_to_its_display_name() -> None:
    found = {c.alpha_2: places.country(c.name) for c in pycountry.countries}
    for code, country in found.items():
        assert country is not None
        assert country.code == code
        assert places.country(country.name) == country
    assert len({c.name for c in found.values() if c}) == len(found)
