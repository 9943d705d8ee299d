"""The gazetteer: which places a name finds, in which order, and what is said of them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.news import gazetteer
from searchkit.news.gazetteer import Entry, find


def cities(name: str) -> list[Entry]:
    return [entry for entry in find(name) if entry.kind == "city"]


@pytest.mark.parametrize(
    ("name", "today", "code"),
    [
        ("Bombay", "Mumbai", "IN"),
        ("Calcutta", "Kolkata", "IN"),
        ("Rangoon", "Yangon", "MM"),
        ("Leningrad", "St. Petersburg", "RU"),
        ("Stalingrad", "Volgograd", "RU"),
        ("Saigon", "Ho Chi Minh City", "VN"),
        ("Peking", "Beijing", "CN"),
        ("Canton", "Guangzhou", "CN"),
        ("Constantinople", "Istanbul", "TR"),
        ("Leopoldville", "Kinshasa", "CD"),
        ("Fort-Lamy", "N'Djamena", "TD"),
        ("Danzig", "Gdansk", "PL"),
        ("Karl-Marx-Stadt", "Chemnitz", "DE"),
        ("New York City", "New York", "US"),
        ("Köln", "Cologne", "DE"),
        ("Makkah", "Mecca", "SA"),
    ],
)
def test_a_former_or_local_name_finds_the_city_as_an_alternate(name: str, today: str, code: str) -> None:
    found = [(entry.name, entry.code) for entry in find(name) if entry.alternate]
    assert found[0] == (today, code)


@pytest.mark.parametrize(
    ("name", "region", "code"),
    [
        ("Mumbai", "Maharashtra", "IN"),
        ("Yangon", "Yangon", "MM"),
        ("Mandalay", "Mandalay Region", "MM"),
        ("Naypyitaw", "Nay Pyi Taw", "MM"),
        ("New York", "New York", "US"),
        ("Cologne", "North Rhine-Westphalia", "DE"),
        ("Montreal", "Quebec", "CA"),
        ("Birmingham", "England", "GB"),
        ("Washington", "District of Columbia", "US"),
        ("Hong Kong", None, "HK"),
    ],
)
def test_a_city_has_its_region_and_country(name: str, region: str | None, code: str) -> None:
    first = cities(name)[0]
    assert (first.name, first.region, first.code, first.alternate) == (name, region, code, False)


def test_the_most_populous_city_of_a_name_comes_first() -> None:
    paris = cities("Paris")
    assert [(entry.region, entry.code) for entry in paris[:2]] == [("Île-de-France", "FR"), ("Texas", "US")]
    assert [(entry.region, entry.code) for entry in cities("Birmingham")[:2]] == [("England", "GB"), ("Alabama", "US")]
    assert [entry.code for entry in cities("Tripoli")[:2]] == ["LY", "LB"]


@pytest.mark.parametrize("name", ["Paris", "Tripoli", "Birmingham", "Santa Cruz", "Odessa", "Georgia", "Springfield"])
def test_primary_names_come_before_alternates_and_each_by_population(name: str) -> None:
    found = find(name)
    assert found
    assert list(found) == sorted(found, key=lambda entry: (entry.alternate, -entry.population))
    assert len({entry.id for entry in found}) == len(found)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("São Paulo", "SAO PAULO"),
        ("Łódź", "lodz"),
        ("Diyarbakır", "Diyarbakir"),
        ("Tromsø", "Tromso"),
        ("St. Louis", "Saint Louis"),
        ("The Hague", "Hague"),
        ("Port-au-Prince", "Port au Prince"),
        ("N'Djamena", "N’DJAMENA"),
        ("  Paris ", "Paris"),
    ],
)
def test_case_accents_and_punctuation_are_ignored(one: str, other: str) -> None:
    assert find(one)[0] == find(other)[0]


def test_an_accent_missing_does_not_make_an_alternate_name() -> None:
    assert not find("Tromso")[0].alternate


def test_a_region_has_its_towns_population_and_the_place_of_the_largest() -> None:
    (georgia,) = [entry for entry in find("Georgia") if entry.code == "US" and entry.kind == "region"]
    atlanta = cities("Atlanta")[0]
    assert georgia.region is None
    assert georgia.population > atlanta.population
    assert (georgia.latitude, georgia.longitude) == (atlanta.latitude, atlanta.longitude)


def test_a_city_and_a_region_of_one_name_are_both_found() -> None:
    assert {entry.kind for entry in find("New York") if entry.code == "US"} == {"city", "region"}


def test_a_city_keeps_the_number_that_geonames_gave_it() -> None:
    assert cities("Paris")[0].id == 2988507


@pytest.mark.parametrize(
    "name", ["", " ", "'", "the", "Xyzzy", "Москва", "\ud800", "\n", "\0", "\U0010ffff", "Paris\nLondon"]
)
def test_what_is_no_name_finds_nothing(name: str) -> None:
    assert find(name) == ()


def test_a_very_long_text_finds_nothing_and_is_not_cached() -> None:
    before = gazetteer._find.cache_info().currsize
    assert find("Paris " * 1_000_000) == ()
    assert gazetteer._find.cache_info().currsize == before


@given(st.text(max_size=100))
def test_any_text_can_be_looked_up(name: str) -> None:
    for entry in find(name):
        assert entry.name


def test_every_entry_is_well_formed_and_found_by_its_name() -> None:
    file = gazetteer._file()
    previous = ""
    for block in range(file.key_blocks):
        keys, ends, references = gazetteer._keys(block)
        assert keys[0] == file.first_key(block) > previous
        assert keys == sorted(set(keys))
        assert ends[-1] == len(references)
        assert all(start < end for start, end in pairwise(ends))
        previous = keys[-1]
        for entry in find(keys[0]) + find(keys[-1]):
            assert entry in find(entry.name) or entry.alternate
    for block in range(file.place_blocks):
        (ids, latitudes, longitudes, _, _), names = gazetteer._places(block)
        assert all(0 < number < 1 << 32 for number in ids)
        assert all(abs(each) <= 90 * gazetteer.SCALE for each in latitudes)
        assert all(abs(each) <= 180 * gazetteer.SCALE for each in longitudes)
        assert len(names) == len(ids)
        assert all(name and name == name.strip() for name in names)
    assert all(len(area.partition("\t")[0]) == 2 for area in gazetteer._areas())


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gazetteer.bin"
    path.write_bytes(b"skgazet0" + bytes(100))
    with pytest.raises(ValueError, match="make it again"):
        gazetteer._File(path)
