"""What is recent counts more, on every engine: the oracle's scores and order, and never another set."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from searchkit.article import Article
from searchkit.engines.base import Engine, Found, Page, Sort
from searchkit.engines.recency import LEAST, Recency
from searchkit.query.lower import Context, lower
from searchkit.query.parser import parse
from tests.conformance.asking import ANALYZER, TODAY, article
from tests.conformance.conftest import EMBEDDED, ON_CLUSTER, MakeEngine, build
from tests.conftest import MORE

WORDS = ["oil", "price", "rose", "fell", "the", "gas"]
QUERIES = [
    "oil",
    "oil price",
    "oil OR gas OR rose",
    "oil -gas",
    '"oil price"',
    "pric*",
    "gas OR date:2019",
    "the^3 gas",
]
MONTH = Recency(TODAY.toordinal(), 30.0)
PART = 1e-4
"""Tantivy counts in single precision: what differs by less is a tie."""


def ask(engine: Engine, query: str, recency: Recency | None = MONTH, limit: int = 1000, offset: int = 0) -> Found:
    plan = lower(parse(query), Context(engine, ANALYZER, TODAY))
    return engine.search(plan, Sort.RELEVANCE, Page(limit, offset), recency)


def ids(found: Found) -> list[str]:
    return [id for id, _ in found.hits]


def drawn(seed: int, count: int) -> list[Article]:
    """Articles of the last days, of years ago, of the future and of no day; many of them alike."""
    rng = random.Random(seed)
    made = []
    for number in rng.sample(range(count), count):
        ago = rng.choice([0, 0, rng.randint(-40, 40), rng.randint(0, 400), rng.randint(0, 9000)])
        day = None if rng.random() < 0.1 else (TODAY - dt.timedelta(ago)).isoformat()
        made.append(article(f"{number:04}", " ".join(rng.choices(WORDS, k=rng.randint(1, 9))), date=day))
    return made


def same(found: Found, oracle: Found) -> None:
    """Both hold the same articles with the same scores, in the same order but where the scores are next to equal."""
    assert found.total == oracle.total
    assert dict(found.hits) == pytest.approx(dict(oracle.hits), rel=PART)
    place = {id: rank for rank, id in enumerate(ids(found))}
    for (first, better), (second, worse) in pairwise(oracle.hits):
        assert place[first] < place[second] or better <= worse * (1 + PART)


def test_a_score_halves_with_each_half_life(make_engine: MakeEngine) -> None:
    dates = ["2019-03-15", "2019-02-13", "2019-01-14"]
    engine = make_engine([article(f"{number}", "oil", date=date) for number, date in enumerate(dates)])
    (_, plain), *_ = ask(engine, "oil", None).hits
    assert ids(ask(engine, "oil")) == ["0", "1", "2"]
    assert [score for _, score in ask(engine, "oil").hits] == pytest.approx([plain, plain / 2, plain / 4], rel=PART)


def test_what_is_dated_in_the_future_is_as_good_as_of_today(make_engine: MakeEngine) -> None:
    engine = make_engine(
        [
            article("b", "oil", date="2019-03-15"),
            article("a", "oil", date="2031-01-01"),
            article("c", "oil", date="9999-12-31"),
        ]
    )
    assert ask(engine, "oil") == ask(engine, "oil", None)


def test_nothing_falls_below_a_thousandth_and_the_undated_stand_there(make_engine: MakeEngine) -> None:
    engine = make_engine(
        [
            article("undated", "oil oil oil"),
            article("old", "oil oil rose", date="1000-01-01"),
            article("older", "oil rose fell", date="0001-01-01"),
            article("ten", "oil rose fell gas", date="2018-05-19"),
            article("new", "oil " + "rose " * 50, date="2019-03-15"),
        ]
    )
    plain, found = dict(ask(engine, "oil", None).hits), ask(engine, "oil")
    assert ids(found) == ["new", "undated", "old", "older", "ten"]
    assert all(score == pytest.approx(plain[id] * LEAST, rel=PART) for id, score in found.hits[1:])


def test_ties_are_in_the_order_of_ids(make_engine: MakeEngine) -> None:
    dates = ["2019-03-01", None, "2019-02-01", "1990-01-01"]
    held = [article(f"{n:03}", "the same words", date=dates[n % 4]) for n in reversed(range(400))]
    engine = make_engine(held, 90)
    new, middle = [f"{n:03}" for n in range(0, 400, 4)], [f"{n:03}" for n in range(2, 400, 4)]
    old = [f"{n:03}" for n in range(1, 400, 2)]
    assert ids(ask(engine, "words")) == new + middle + old
    assert ids(ask(engine, "words", limit=5, offset=198)) == [*middle[-2:], *old[:3]]
    assert ids(ask(engine, "words", limit=3, offset=350)) == old[150:153]


def test_where_nothing_scores_ids_decide_as_ever(make_engine: MakeEngine) -> None:
    engine = make_engine(drawn(0, 50))
    assert ask(engine, "date:2019") == ask(engine, "date:2019", None)


@pytest.mark.parametrize("half_life", [1.0, 30.0, 1e4])
def test_the_best_are_the_oracles_and_pages_are_parts_of_the_whole(
    make_engine: MakeEngine, tmp_path: Path, half_life: float
) -> None:
    held = drawn(7, 240)
    engine, oracle = make_engine(held, 70), build("memory", tmp_path, held)
    recency = Recency(TODAY.toordinal(), half_life)
    for query in ("oil", "oil price", "gas OR rose"):
        whole = ask(engine, query, recency)
        same(whole, ask(oracle, query, recency))
        assert set(ids(whole)) == set(ids(ask(engine, query, None)))
        for limit, offset in [(1, 0), (10, 0), (10, 10), (50, 25), (7, 60), (10, 2000)]:
            page = ask(engine, query, recency, limit, offset)
            assert page == Found(whole.total, whole.hits[offset : offset + limit]), (query, limit, offset)


given_anything = given(
    seed=st.integers(0, 10_000),
    count=st.integers(0, 40),
    half_life=st.floats(0.5, 20_000),
    first=st.sampled_from([0, 1, 5]),
    limit=st.integers(1, 12),
)


@pytest.mark.parametrize("name", EMBEDDED)
@settings(max_examples=40 * MORE)
@given_anything
def test_every_page_is_the_oracles(name: str, seed: int, count: int, half_life: float, first: int, limit: int) -> None:
    agree(name, seed, count, half_life, first, limit)


@pytest.mark.parametrize("name", ON_CLUSTER)
@settings(max_examples=5 * MORE)
@given_anything
def test_every_page_of_a_cluster_is_the_oracles(
    name: str, seed: int, count: int, half_life: float, first: int, limit: int
) -> None:
    agree(name, seed, count, half_life, first, limit)


def agree(name: str, seed: int, count: int, half_life: float, first: int, limit: int) -> None:
    held = drawn(seed, count)
    recency = Recency(TODAY.toordinal(), half_life)
    # Tantivy looks for files to remove in a thread of its own, and may hold a lock file a moment longer.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, pytest.MonkeyPatch.context() as patch:
        # So few that a search of Tantivy's has to go on.
        patch.setattr("searchkit.engines.tantivy_.recent._FIRST", first)
        engine, oracle = build(name, Path(folder) / "engine", held, 15), build("memory", Path(folder), held)
        for query in QUERIES:
            wanted = ask(oracle, query, recency)
            pages = [ask(engine, query, recency, limit, offset) for offset in range(0, count + 1, limit)]
            same(Found(pages[0].total, tuple(hit for page in pages for hit in page.hits)), wanted)
        engine.close()


@given(half_life=st.floats(0.5, 100_000), factor=st.floats(0, 1), near=st.integers(-2, 2))
def test_since_is_the_first_day_that_has_a_factor(half_life: float, factor: float, near: int) -> None:
    recency = Recency(5_000_000, half_life)
    since = recency.since(factor)
    assert (since is None) == (recency.factor(None) >= factor)
    if since is not None:
        day = since + near
        assume(abs(recency.factor(day) / factor - 1) > 1e-12)
        assert (day >= since) == (recency.factor(day) >= factor)
