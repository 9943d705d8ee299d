"""Timelines, facets and words that set articles apart, through the archive, on each engine that users have."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import searchkit
from searchkit.distinctive import log_likelihood
from searchkit.errors import QueryError, SearchkitError


def story(id: str, text: str, date: str = "", **more: str) -> str:
    return json.dumps({"id": id, "title": f"Story {id}", "body": text} | ({"date": date} if date else {}) | more)


NEWS = [
    *(story(f"quiet{n}", f"Rain fell on day {n}.", f"2019-{n // 28 + 1:02}-{n % 28 + 1:02}") for n in range(200)),
    *(
        story(
            f"quake{n}", "An earthquake shook the city; aftershocks and rubble.", f"2019-03-{n + 1:02}", section="World"
        )
        for n in range(12)
    ),
    story("old", "An earthquake was remembered.", "2019-01-05", section="History", language="en-us"),
    story("undated", "An earthquake, some day.", section="World", language="en"),
]


@pytest.fixture(scope="module", params=["whoosh", "tantivy"])
def archive(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[searchkit.Archive]:
    folder: Path = tmp_path_factory.mktemp("counting")
    (folder / "news.jsonl").write_text("\n".join(NEWS) + "\n", encoding="utf-8")
    with searchkit.create(folder / "index", engine=request.param) as archive:
        assert archive.index([folder / "news.jsonl"], jobs=1).added == len(NEWS)
        yield archive


def test_a_timeline_counts_every_match_and_shows_gaps_as_zeros(archive: searchkit.Archive) -> None:
    found = archive.timeline("earthquake", by="month")
    assert [interval.label for interval in found.intervals] == ["2019-01", "2019-02", "2019-03"]
    (series,) = found.series
    assert series.counts == (1, 0, 12)
    assert (series.total, series.undated) == (14, 1)


def test_several_queries_share_one_scale(archive: searchkit.Archive) -> None:
    found = archive.timeline(["earthquake", "rain"], by="month")
    assert [len(series.counts) for series in found.series] == [len(found.intervals)] * 2
    assert [sum(series.counts) for series in found.series] == [13, 200]


def test_a_share_is_of_all_articles_of_the_interval(archive: searchkit.Archive) -> None:
    (series,) = archive.timeline("earthquake", by="month", share=True).series
    assert series.shares == (1 / 29, 0.0, 12 / 40)


def test_what_is_nowhere_dated_has_no_intervals(archive: searchkit.Archive) -> None:
    found = archive.timeline("earthquake date:missing")
    assert (found.intervals, found.series[0].undated) == ((), 1)


def test_the_size_is_chosen_to_fit(archive: searchkit.Archive) -> None:
    assert archive.timeline("*").by == "week"
    assert archive.timeline("*", since="2019-03").by == "week"
    assert archive.timeline("*", since="2019-03", until="2019-03").by == "day"


def test_peaks_are_named_with_the_words_that_mark_them(archive: searchkit.Archive) -> None:
    (series,) = archive.timeline("earthquake", by="month", peaks=True).series
    assert series.peaks is not None
    (peak,) = series.peaks
    assert (peak.first, peak.last, peak.count) == (2, 2, 12)
    assert {"aftershocks", "rubble"} <= set(peak.words)
    assert "earthquake" not in peak.words


def test_intervals_that_there_are_not_are_refused(archive: searchkit.Archive) -> None:
    with pytest.raises(ValueError, match="fortnight"):
        archive.timeline("rain", by="fortnight")


def test_a_mistake_in_a_query_is_said(archive: searchkit.Archive) -> None:
    with pytest.raises(QueryError):
        archive.timeline(["rain", "date:2019-13"])


def test_facets_count_every_match(archive: searchkit.Archive) -> None:
    section, year, language = archive.facets("earthquake", ["section", "year", "lang"]).facets
    assert (section.values, section.without) == ((("World", 13), ("History", 1)), 0)
    assert (year.values, year.without) == ((("2019", 13),), 1)
    assert (language.name, language.values, language.without) == ("language", (("en", 2),), 12)


def test_a_facet_says_how_many_values_are_not_shown(archive: searchkit.Archive) -> None:
    (section,) = archive.facets("*", ["section"], limit=1).facets
    assert (section.values, section.distinct, section.without) == ((("World", 13),), 2, 200)


def test_filters_narrow_facets(archive: searchkit.Archive) -> None:
    assert archive.facets("earthquake", ["section"], until="2019-02").total == 1


def test_a_facet_that_there_is_not_is_refused(archive: searchkit.Archive) -> None:
    with pytest.raises(SearchkitError, match="the facets are country"):
        archive.facets("rain", ["colour"])


def test_places_are_counted_by_country_region_and_city(tmp_path: Path) -> None:
    for name, line in (("a", "PARIS, Texas"), ("b", "PARIS"), ("c", "MOSUL, Iraq"), ("d", "MOSUL, Iraq")):
        (tmp_path / f"{name}.txt").write_text(f"date 2019-02-19 {line} — It rained.\n", encoding="utf-8")
    with searchkit.create(tmp_path / "index") as archive:
        archive.index([tmp_path], jobs=1)
        country, region, city = archive.facets("*", ["country", "region", "city"]).facets
    assert country.values == (("Iraq", 2), ("France", 1), ("United States", 1))
    assert region.values == (("Nineveh, Iraq", 2), ("Texas, United States", 1), ("Île-de-France, France", 1))
    assert city.values == (
        ("Mosul, Nineveh, Iraq", 2),
        ("Paris, Texas, United States", 1),
        ("Paris, Île-de-France, France", 1),
    )


def test_words_that_set_matches_apart_are_those_of_their_story(archive: searchkit.Archive) -> None:
    found = archive.terms("earthquake")
    assert (found.total, found.sample) == (14, 14)
    words = [term.word for term in found.terms]
    assert {"aftershocks", "rubble", "shook"} <= set(words)
    assert not {"rain", "story", "earthquake"} & set(words)
    assert [term.score for term in found.terms] == sorted((term.score for term in found.terms), reverse=True)


def test_every_article_is_set_apart_by_nothing(archive: searchkit.Archive) -> None:
    assert archive.terms("*").terms == ()


def test_the_log_likelihood_is_dunnings() -> None:
    # His table of bigrams (1993, section 5): "the swiss" 110 times, "the" before other words 2,442, and so on.
    assert log_likelihood(110, 110 + 2442, 111, 111 + 29114) == pytest.approx(270.72, abs=0.5)
    assert log_likelihood(1, 100, 50, 100) == 0.0


def test_days_are_civil_days_whatever_the_hour(archive: searchkit.Archive) -> None:
    found = archive.timeline("remembered", by="day")
    assert found.intervals[0].first == dt.date(2019, 1, 5)


@pytest.mark.parametrize("engine", ["whoosh", "tantivy"])
@pytest.mark.parametrize(
    ("today", "ids"), [("2024-02-29", {"leap"}), ("2023-02-28", {"one", "other"}), ("2023-07-01", set())]
)
def test_on_this_day_is_the_day_and_month_of_any_year(
    engine: str, today: str, ids: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = {"one": "1902-02-28", "other": "2019-02-28", "leap": "2016-02-29", "never": ""}
    (tmp_path / "a.jsonl").write_text("\n".join(story(id, "Rain.", date) for id, date in days.items()))
    monkeypatch.setattr("searchkit.searching.today", lambda _: dt.date.fromisoformat(today))
    with searchkit.create(tmp_path / "index", engine=engine) as archive:
        archive.index([tmp_path], jobs=1)
        found = archive.search("rain", on_this_day=True)
        assert {hit.id.partition("#")[2] for hit in found} == ids
        assert found.total == len(ids)
        assert all(hit.score for hit in found)
        assert archive.search("rain", on_this_day=True, sort="oldest").total == len(ids)


def placed(folder: Path, datelines: dict[str, str]) -> searchkit.Archive:
    for name, line in datelines.items():
        (folder / f"{name}.txt").write_text(f"date 2019-02-19 {line} — It rained.\n", encoding="utf-8")
    archive = searchkit.create(folder / "index")
    archive.index([folder], jobs=1)
    return archive


def test_a_country_lies_in_the_middle_of_its_articles_cities(tmp_path: Path) -> None:
    lines = {"a": "DAMASCUS, Syria", "b": "DAMASCUS, Syria", "c": "ALEPPO, Syria", "d": "AL-OMAR OIL FIELD BASE, Syria"}
    with placed(tmp_path, lines) as archive:
        (country,) = archive.places("*").places
        cities = {each.place.city: each for each in archive.places("*", "city").places}
    assert (str(country.place), country.count) == ("Syria", 4)
    damascus, aleppo = cities["Damascus"].place, cities["Aleppo"].place
    assert cities["Damascus"].count == 2
    assert None not in (damascus.latitude, aleppo.latitude, country.place.latitude)
    assert damascus.latitude < country.place.latitude < aleppo.latitude  # type: ignore[operator]
    assert country.place.latitude == pytest.approx((2 * damascus.latitude + aleppo.latitude) / 3, abs=0.01)  # type: ignore[operator]
    assert cities["Al-Omar Oil Field Base"].place.latitude is None


def test_the_middle_of_places_on_both_sides_of_the_date_line_is_near_it(tmp_path: Path) -> None:
    with placed(tmp_path, {"a": "SUVA, Fiji", "b": "APIA, Samoa", "c": "LABASA, Fiji"}) as archive:
        found = {each.place.code: each for each in archive.places("*").places}
    assert {"FJ", "WS"} == set(found)
    assert abs(found["FJ"].place.longitude or 0) > 178


def test_places_that_are_not_there_are_counted_apart(archive: searchkit.Archive) -> None:
    found = archive.places("*", "city", limit=1)
    assert sum(each.count for each in archive.places("*", "city", limit=None).places) + found.without == found.total
    assert len(found.places) <= 1


def test_places_are_counted_by_country_region_or_city_only(archive: searchkit.Archive) -> None:
    with pytest.raises(ValueError, match="country, region, city, and not by 'continent'"):
        archive.places("*", "continent")
    with pytest.raises(ValueError, match="limit"):
        archive.places("*", limit=0)
