"""What is OpenSearch's own: its mapping, what is too long for it, its errors, its patience, and the names of its indexes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from searchkit import engines
from searchkit.analysis import Analyzer
from searchkit.engines.base import Engine, Page, Sort
from searchkit.engines.cluster import Cluster as Place
from searchkit.engines.cluster import read_cluster, write_cluster
from searchkit.errors import ClusterError, IndexCorrupt, IndexTooNew, SearchkitError, Unsupported
from searchkit.fields import FIELDS, Form, Kind, physical
from searchkit.query.lower import Context, lower
from searchkit.query.parser import parse
from searchkit.query.plan import All, Plan
from tests.conformance.asking import ANALYZER, TODAY, article, ask, ids
from tests.conformance.conftest import Cluster, build, missing, node, place_on_cluster
from tests.conftest import cannot_run, needed
from tests.engines.between import Answer, Between

needed("opensearchpy")
opensearch_: Any = engines.load("opensearch")

ARTICLES = [article(f"{n}", f"oil price {'rose ' * n}", date=f"2019-02-{n + 1:02}") for n in range(6)]


def plan(engine: Engine, query: str) -> Plan:
    return lower(parse(query), Context(engine, ANALYZER, TODAY))


def put(engine: Engine, *articles: Any) -> None:
    with engine.writer() as writer:
        writer.add(writer.preparer(articles))
        writer.commit()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were waited between attempts, which are not spent."""
    waited: list[float] = []
    for module in ("client", "bulk"):
        monkeypatch.setattr(f"searchkit.engines.opensearch_.{module}.time.sleep", waited.append)
    return waited


def elsewhere(folder: Path, url: str) -> Place:
    """Let an engine's folder name another address."""
    place = read_cluster(folder).changed(url=url)
    write_cluster(folder, place)
    return place


def make(folder: Path) -> Engine:
    engine: Engine = opensearch_.create(folder, Analyzer())
    return engine


def reopened(folder: Path) -> Engine:
    engine: Engine = opensearch_.open(folder, Analyzer())
    return engine


# What the index is


def test_the_mapping_is_made_from_the_table_of_fields_and_only_the_article_is_stored(tmp_path: Path) -> None:
    place = place_on_cluster(tmp_path)
    put(make(tmp_path), article("a", "Oil prices rose", title="Oil"))
    mapping = node().request("GET", f"/{place.index}/_mapping")[place.index]["mappings"]
    for field in FIELDS:
        for form in field.forms:
            kind = mapping["properties"][physical(field.name, form)]["type"]
            assert kind == ("keyword" if form is Form.WHOLE or field.kind is Kind.KEYWORD else "text")
    assert mapping["dynamic"] == "strict"
    (hit,) = node().request("GET", f"/{place.index}/_search")["hits"]["hits"]
    assert set(hit["_source"]) == {"article"}


def test_others_find_articles_on_their_map(tmp_path: Path) -> None:
    from searchkit.article import Place as Where

    place = place_on_cluster(tmp_path)
    where = [Where("Suva", latitude=-18.1, longitude=178.4), Where("nowhere", latitude=95.0, longitude=0.0)]
    put(make(tmp_path), *(article(str(n), place=each) for n, each in enumerate(where)))
    box = {"geo_bounding_box": {"place": {"top": -10, "left": 170, "bottom": -20, "right": 180}}}
    found = node().request("POST", f"/{place.index}/_search", {"query": box})["hits"]["hits"]
    assert [hit["_id"] for hit in found] == ["0"]


@pytest.mark.parametrize(
    "id",
    ["ü" * 400, "a" * 513, "a" * 40_000, "\udcff" * 300, "/ %?#&+\\\"'", "..", "_search", "𝄞" * 128, "\U0010f123"],
    ids=lambda id: f"{id[:2]!a}×{len(id)}",
)
def test_any_id_can_be_found_got_replaced_and_removed(tmp_path: Path, id: str) -> None:
    engine = build("opensearch-1", tmp_path, [article(id, "first", path=id, url=id), article("other")])
    assert ids(engine, "first") == {id}
    put(engine, article(id, "second", path=id, url=id))
    engine.reload()
    assert engine.get([id])[0] is not None
    assert engine.count() == 2
    assert ids(engine, "second") == {id}
    from searchkit.analysis import keyword_term
    from searchkit.query.plan import Term

    for field in ("id", "path", "url"):
        asked = Term(field, Form.EXACT, keyword_term(id))
        assert [found for found, _ in engine.search(asked, Sort.NEWEST, Page(9)).hits] == [id]
    assert ids(engine, "path:*") == {id}  # by what the index lists
    with engine.writer() as writer:
        writer.delete([id])
        writer.commit()
    engine.reload()
    assert ids(engine, "*") == {"other"}


def test_the_longest_words_are_found_whole(tmp_path: Path) -> None:
    long, longer = "𐐨" * 126, "𐐨" * 128 + "zz"
    held = [article("a", f"{long} oil"), article("b", f"{longer} oil"), article("c", "a" + "𐐨" * 127)]
    oracle, engine = build("memory", tmp_path, held), build("opensearch-1", tmp_path / "c", held)
    for query in (long, longer, f'"{long} oil"', f'"oil {longer}"~3', f'"{long}"', "a" + "𐐨" * 127, "oil"):
        assert ids(engine, query) == ids(oracle, query) != set(), query
        assert dict(ask(engine, query).hits) == pytest.approx(dict(ask(oracle, query).hits), rel=1e-3)


def test_stems_are_listed_too(tmp_path: Path) -> None:
    held = [article("a", "evacuations evacuate oil"), article("b", "evacuated")]
    oracle, engine = build("memory", tmp_path, held), build("opensearch-1", tmp_path / "c", held)
    for prefix in ("", "e", "o", "x"):
        found = list(engine.terms("text", Form.STEM, prefix))
        assert found == list(oracle.terms("text", Form.STEM, prefix))


def test_more_terms_and_values_than_a_page_holds_are_all_listed_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = [article(f"{n}", f"w{n % 23} {'é' * (n % 5)}x", section=f"S{n % 9}", date="2019-02-19") for n in range(60)]
    held += [article(f"u{n}", "w") for n in range(4)]
    oracle, engine = build("memory", tmp_path, held), build("opensearch-3", tmp_path / "c", held)
    monkeypatch.setattr("searchkit.engines.opensearch_.counts._PAGE", 5)
    monkeypatch.setattr("searchkit.engines.opensearch_.counts._MOST_BUCKETS", 6)
    monkeypatch.setattr("searchkit.engines.opensearch_.vocabulary._FEW", 2)
    for prefix in ("w", "w1", "", "e", "zz"):
        assert list(engine.terms("text", Form.EXACT, prefix)) == list(oracle.terms("text", Form.EXACT, prefix)), prefix
        engine.reload()
    fields = ("section", "topic")
    assert engine.counts(All(), fields, True) == oracle.counts(All(), fields, True)


# Reading


def test_a_search_and_all_that_is_asked_after_it_are_one_request(tmp_path: Path, between: Between) -> None:
    folder = tmp_path / "c"
    build("opensearch-1", folder, ARTICLES).close()
    elsewhere(folder, between.url)
    engine = reopened(folder)
    ask(engine, "rose")  # measures what scores are multiplied by
    engine.reload()
    between.asked.clear()
    found = ask(engine, 'oil "oil price"', limit=3)
    assert all(engine.get([id for id, _ in found.hits]))
    assert engine.count() == 6
    assert engine.doc_freq("text", Form.STEM, "oil") == engine.doc_freq("text", Form.EXACT, "price") == 6
    assert [path.partition("?")[0].rpartition("/")[2] for _, path in between.asked] == ["_msearch"]


def test_what_a_cluster_does_not_give_by_its_place_is_reached_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = [article(f"{n:03}", "oil " * (n % 4 + 1), date="2019-02-19" if n % 3 else None) for n in range(130)]
    place = place_on_cluster(tmp_path / "c", 3)
    engine, oracle = make(tmp_path / "c"), build("memory", tmp_path, held)
    put(engine, *held)
    node().request("PUT", f"/{place.index}/_settings", {"index": {"max_result_window": 20}})
    monkeypatch.setattr("searchkit.engines.opensearch_.finding.WINDOW", 20)
    monkeypatch.setattr("searchkit.engines.opensearch_.finding._PART", 7)
    monkeypatch.setattr("searchkit.engines.opensearch_.reading._FIRST", 5)
    monkeypatch.setattr("searchkit.engines.opensearch_.reading._MOST", 20)
    for sort in Sort:
        for query in ("oil", "*"):
            wanted = [id for id, _ in ask(oracle, query, sort).hits]
            pages = [(10, 0), (10, 15), (10, 25), (30, 35), (10, 20), (10, 125), (10, 300), (1000, 0)]
            for limit, offset in pages:
                found = ask(engine, query, sort, limit, offset)
                assert [id for id, _ in found.hits] == wanted[offset : offset + limit], (sort, query, limit, offset)
                assert found.total == 130
    assert len(list(engine.scan())) == 130


def test_words_near_each_other_score_by_date_too_and_too_many_are_an_error_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = [article(f"{n:02}", f"oil of price{n} " + "oil x " * (n % 5), date="2019-02-19") for n in range(30)]
    oracle, engine = build("memory", tmp_path, held), build("opensearch-3", tmp_path / "c", held)
    for sort in Sort:
        found, wanted = ask(engine, '"of oil"~3 OR x', sort), ask(oracle, '"of oil"~3 OR x', sort)
        assert dict(found.hits) == pytest.approx(dict(wanted.hits), rel=1e-3)
    monkeypatch.setattr("searchkit.engines.opensearch_.near.MAX_READ", 10)
    with pytest.raises(Unsupported, match="add a rarer word"):
        ask(engine, '"of oil"~3')
    assert ids(engine, '"of oil"~3 price7') == {"07"}
    assert len(ask(engine, '"of oil"~3', Sort.NEWEST, limit=5).hits) == 5
    assert ask(engine, '-"of oil"~3').total == 0


def test_scores_of_opensearch_3_have_no_constant_factor() -> None:
    from searchkit.engines.opensearch_.finding import _part

    parts = [("idf, computed as", 0.5), ("tf, computed as", 0.25)]
    details = [{"value": value, "description": name, "details": []} for name, value in parts]
    inner = {"value": 0.125, "description": "score(freq=1.0), computed as boost * idf * tf", "details": details}
    whole = {"value": 0.125, "description": "weight(key:a in 0)", "details": [inner]}
    assert whole["value"] / (_part(whole, "idf") * _part(whole, "tf")) == 1.0  # type: ignore[operator]


# Errors


def test_a_cluster_that_is_away_is_an_error_and_never_nothing_found(tmp_path: Path, between: Between) -> None:
    folder = tmp_path / "c"
    build("opensearch-1", folder, ARTICLES).close()
    elsewhere(folder, between.url)
    engine = reopened(folder)
    assert ids(engine, "oil")
    between.close()
    with pytest.raises(ClusterError, match=r"cannot be reached.*see that it runs"):
        ask(engine, "price")
    with pytest.raises(ClusterError, match=between.url):
        reopened(folder)
    elsewhere(folder, f"{between.url},{node().urls[0]}")
    assert ids(reopened(folder), "oil")  # the other address answers


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((200, {"version": {"number": "8.11.0"}, "tagline": "You Know, for Search"}), r"no OpenSearch.*8\.11\.0"),
        ((200, {"version": {"number": "1.3.20", "distribution": "opensearch"}}), r"runs OpenSearch 1\.3\.20.*2\.4"),
        ((200, b"<html>Welcome</html>"), "no OpenSearch"),
        (
            (401, {"error": {"reason": "Unauthorized"}, "status": 401}),
            "wants to know who asks.*SEARCHKIT_OPENSEARCH_USER",
        ),
        (
            (403, {"error": {"type": "security_exception", "reason": "no permissions for [x]"}}),
            r"does not allow.*for \[x\]",
        ),
        ((503, {"error": {"reason": "no cluster manager"}}), "cannot answer now.*no cluster manager"),
        (
            (429, {"error": {"type": "cluster_block_exception", "reason": "blocked by: [read-only]"}}),
            "lets nobody write: .*read-only.*make room",
        ),
        ((418, {"error": {"reason": "a teapot"}}), "refuses.*a teapot"),
    ],
)
def test_what_is_no_cluster_for_us_says_what_it_is(
    tmp_path: Path, between: Between, waits: list[float], answer: Answer, message: str
) -> None:
    place_on_cluster(tmp_path)
    elsewhere(tmp_path, between.url)
    between.answers = lambda *_: answer
    for do in (make, reopened):
        with pytest.raises(ClusterError, match=message):
            do(tmp_path)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"_shards": {"failed": 1, "total": 3, "failures": [{"reason": {"reason": "lost"}}]}}, "1 of 3 shards.*lost"),
        ({"timed_out": True}, "took too long"),
    ],
)
def test_a_part_of_the_answer_is_an_error(tmp_path: Path, between: Between, answer: Any, message: str) -> None:
    build("opensearch-3", tmp_path, ARTICLES).close()
    elsewhere(tmp_path, between.url)
    engine = reopened(tmp_path)
    hits = {"hits": {"total": {"value": 0}, "hits": []}}
    between.answers = lambda _, path, body: (
        (200, {"responses": [answer | hits] * 9} if "msearch" in path else answer | hits) if "search" in path else None
    )
    for do in (lambda: ask(engine, "oil"), engine.count, lambda: ask(engine, "oi*"), lambda: list(engine.scan())):
        with pytest.raises(ClusterError, match=message):
            do()


def test_an_error_of_one_of_several_searches_is_an_error(tmp_path: Path, between: Between, waits: list[float]) -> None:
    build("opensearch-1", tmp_path, ARTICLES).close()
    elsewhere(tmp_path, between.url)
    engine = reopened(tmp_path)
    failing = [3]

    def answers(method: str, path: str, body: bytes) -> Answer:
        if "_msearch" not in path or not failing[0]:
            return None
        failing[0] -= 1
        busy = {"error": {"type": "rejected", "reason": "queue is full"}, "status": 429}
        return 200, {"responses": [busy, busy, busy, busy]}

    between.answers = answers
    assert ids(engine, "oil price")  # busy three times
    assert waits == [0.1, 0.3, 1.0]
    failing[0] = 99
    engine.reload()
    with pytest.raises(ClusterError, match="queue is full"):
        ask(engine, "oil")


def test_an_index_that_is_gone_is_named(tmp_path: Path) -> None:
    engine = build("opensearch-1", tmp_path, ARTICLES)
    place = read_cluster(tmp_path)
    node().request("DELETE", f"/{place.index}")
    for do in (lambda: ask(engine, "oil"), lambda: reopened(tmp_path), lambda: list(engine.scan())):
        with pytest.raises(IndexCorrupt, match=rf"{place.index} is not on the cluster.*--rebuild"):
            do()
    with pytest.raises(IndexCorrupt, match="not on the cluster"):
        put(engine, article("a"))  # and none is made by the way
    place_on_cluster(tmp_path)


def test_a_query_of_too_many_words_says_so(tmp_path: Path) -> None:
    engine = build("opensearch-1", tmp_path, [article(f"{n}", f"w{n % 13}x{n}") for n in range(1300)])
    with pytest.raises(ClusterError, match="more words than the cluster"):
        ask(engine, " OR ".join(f"w{n}*" for n in range(13)))


@pytest.mark.parametrize("url", ["http://me:hush@127.0.0.1:9", "https://me@localhost:9200"])
def test_a_password_in_the_address_is_refused_and_not_repeated(tmp_path: Path, url: str) -> None:
    place_on_cluster(tmp_path)
    elsewhere(tmp_path, url)
    with pytest.raises(ClusterError, match="SEARCHKIT_OPENSEARCH_PASSWORD") as raised:
        reopened(tmp_path)
    assert "hush" not in str(raised.value)


@pytest.mark.parametrize("url", ["", "localhost:9200", "ftp://x", "http://", "http://x:port"])
def test_what_is_no_address_is_an_error(tmp_path: Path, url: str) -> None:
    place_on_cluster(tmp_path)
    elsewhere(tmp_path, url)
    with pytest.raises(ClusterError, match="no address of a cluster"):
        reopened(tmp_path)


# Writing


def test_an_index_that_may_only_be_read_is_an_error_that_says_why(tmp_path: Path) -> None:
    engine = build("opensearch-1", tmp_path, ARTICLES)
    index = read_cluster(tmp_path).index
    node().request("PUT", f"/{index}/_settings", {"index.blocks.read_only_allow_delete": True})
    with pytest.raises(ClusterError, match=r"lets nobody write.*read-only.*make room"):
        put(engine, article("new", "oil"))
    assert ids(engine, "oil") == {held.id for held in ARTICLES}
    node().request("PUT", f"/{index}/_settings", {"index.blocks.read_only_allow_delete": None})
    put(engine, article("new", "oil"))
    assert engine.get(["new"]) != [None]


def test_a_busy_cluster_is_asked_again_for_what_it_did_not_take(
    tmp_path: Path, between: Between, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchkit.engines.opensearch_.bulk.BYTES", 3000)
    place_on_cluster(tmp_path)
    elsewhere(tmp_path, between.url)
    engine = make(tmp_path)
    sent: list[int] = []

    def answers(method: str, path: str, body: bytes) -> Answer:
        if "_bulk" not in path:
            return None
        lines = body.splitlines()
        sent.append(len(lines))
        if len(sent) == 2:
            return 429, {"error": {"type": "rejected", "reason": "too much in flight"}, "status": 429}
        if len(sent) == 4 and len(lines) > 2:
            # Takes the first article, and has no room for the others.
            taken = b"\n".join([*lines[:2], b""])
            node().request("POST", path, taken.decode())
            full = {"index": {"status": 429, "error": {"type": "rejected", "reason": "queue is full"}}}
            return 200, {"errors": True, "items": [{"index": {"status": 201}}] + [full] * (len(lines) // 2 - 1)}
        return None

    between.answers = answers
    held = [article(f"{n}", "oil " * 40) for n in range(40)]
    put(engine, *held)
    engine.reload()
    assert ids(engine, "oil") == {each.id for each in held}
    assert len(sent) > 5
    assert len(waits) == 2


def test_a_cluster_that_stays_busy_is_an_error_in_the_end(tmp_path: Path, between: Between, waits: list[float]) -> None:
    place_on_cluster(tmp_path)
    elsewhere(tmp_path, between.url)
    engine = make(tmp_path)
    full = {"index": {"status": 429, "error": {"type": "rejected", "reason": "queue is full"}}}
    between.answers = lambda _, path, body: (200, {"errors": True, "items": [full]}) if "_bulk" in path else None
    with pytest.raises(ClusterError, match=r"stays too busy to take 1 articles in \(queue is full\)"):
        put(engine, article("a", "oil"))
    assert 60 < sum(waits) < 180


def test_an_article_that_is_refused_is_given_back_and_the_others_are_there(tmp_path: Path) -> None:
    place_on_cluster(tmp_path)
    engine = make(tmp_path)
    with engine.writer() as writer:
        writer.add(writer.preparer([article("good", "oil")]))
        writer._pending["bad"] = b'{"index":{"_id":"bad"}}\n{"day":"none"}\n'  # type: ignore[attr-defined]
        (refused,) = writer.commit()
    assert refused.id == "bad"
    assert "none" in refused.reason
    assert ids(engine, "*") == {"good"}


PRESSURE = (
    "rejected execution of {} operation [coordinating_and_primary_bytes=0, replica_bytes=0, all_bytes=0, "
    "{}_operation_bytes=95784966, max_coordinating_and_primary_bytes={}]"
)


def busy(stage: str, most: int) -> dict[str, object]:
    """What a node says that has no room for a request of 95 MB, of ``most`` bytes in all."""
    return {"type": "rejected_execution_exception", "reason": PRESSURE.format(stage, stage, most)}


@pytest.mark.parametrize(
    "answer",
    [
        (413, b""),
        (429, {"error": busy("coordinating", 51897958), "status": 429}),
        (200, {"errors": True, "items": [{"index": {"status": 429, "error": busy("primary", 51897958)}}]}),
    ],
)
def test_an_article_that_a_cluster_has_never_room_for_is_given_back_without_waiting(
    tmp_path: Path, between: Between, waits: list[float], answer: tuple[int, Any]
) -> None:
    place_on_cluster(tmp_path)
    elsewhere(tmp_path, between.url)
    engine = make(tmp_path)

    def answers(_: str, path: str, body: bytes) -> Answer:
        if "_bulk" not in path or b"giant" not in body:
            return None
        status, said = answer
        if status != 200:
            return status, said
        return status, said | {"items": said["items"] * (len(body.splitlines()) // 2)}

    between.answers = answers
    with engine.writer() as writer:
        writer.add(writer.preparer([article(f"{n}", "a giant" if n == 7 else "oil") for n in range(20)]))
        (refused,) = writer.commit()
    assert refused.id == "7"
    assert refused.reason.startswith("it is larger than the cluster takes; give its nodes more memory (")
    assert ids(engine, "*") == {f"{n}" for n in range(20) if n != 7}
    assert waits == []


def test_what_a_cluster_has_no_room_for_just_now_is_sent_again(
    tmp_path: Path, between: Between, waits: list[float]
) -> None:
    place_on_cluster(tmp_path)
    elsewhere(tmp_path, between.url)
    engine = make(tmp_path)
    between.answers = lambda _, path, body: (
        (429, {"error": busy("coordinating", 100_000_000), "status": 429})
        if "_bulk" in path and len(waits) < 2
        else None
    )
    put(engine, *ARTICLES)
    assert engine.count() == len(ARTICLES)
    assert len(waits) == 2


def test_an_article_that_is_not_removed_is_an_error(tmp_path: Path, between: Between) -> None:
    place_on_cluster(tmp_path)
    elsewhere(tmp_path, between.url)
    engine = make(tmp_path)
    put(engine, *ARTICLES)
    refusal = {"delete": {"status": 400, "error": {"type": "odd", "reason": "not today"}}}
    between.answers = lambda _, path, body: (200, {"errors": True, "items": [refusal]}) if "_bulk" in path else None
    with engine.writer() as writer:
        writer.delete(["3"])
        with pytest.raises(ClusterError, match=r"does not remove 3 \(not today\)"):
            writer.commit()


def test_the_last_of_several_changes_of_an_article_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("searchkit.engines.opensearch_.bulk.BYTES", 500)
    place_on_cluster(tmp_path, 3)
    engine = make(tmp_path)
    with engine.writer() as writer:
        for n in range(30):
            writer.add(writer.preparer([article(f"{k}", f"version{n}") for k in range(10)]))
            writer.delete([f"{n % 10}"])
        writer.commit()
    engine.reload()
    assert ids(engine, "version29") == {f"{k}" for k in range(9)}
    assert engine.count() == 9


def settings(place: Place) -> tuple[Any, Any]:
    held = node().request("GET", f"/{place.index}/_settings")[place.index]["settings"]["index"]
    return held.get("refresh_interval"), held["number_of_replicas"]


def test_an_index_has_its_copies_and_readers_once_it_is_filled(tmp_path: Path) -> None:
    place = place_on_cluster(tmp_path).changed(replicas=1)
    write_cluster(tmp_path, place)
    engine = make(tmp_path)
    assert settings(place) == ("-1", "0")
    with engine.writer() as writer:
        for n in range(3):
            writer.add(writer.preparer([article(f"{n}", "oil")]))
            writer.commit()
            assert settings(place) == ("-1", "0")
    assert settings(place) == (None, "1")
    with engine.writer() as writer:
        for n in range(3):
            writer.add(writer.preparer([article(f"{n}", "oil")]))
            writer.commit()
        assert settings(place)[0] == "-1"  # a session of many commits
    assert settings(place) == (None, "1")


@pytest.mark.parametrize("killed", [False, True])
def test_a_session_that_ends_early_leaves_no_index_resting(tmp_path: Path, killed: bool) -> None:
    place = place_on_cluster(tmp_path)
    engine = make(tmp_path)
    writer = engine.writer()
    writer.__enter__()
    writer.add(writer.preparer([article("a", "oil")]))
    writer.commit()
    writer.add(writer.preparer([article("b", "oil")]))
    if killed:
        assert settings(place)[0] == "-1"
        engine = reopened(tmp_path)
        put(engine, article("c"))
    else:
        writer.__exit__(RuntimeError, RuntimeError(), None)
    assert settings(place)[0] is None
    assert "b" not in ids(engine, "*")


# Names


def test_the_alias_moves_to_the_index_that_is_made_live(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    old = place_on_cluster(first)
    new = old.changed(index=old.alias + "-000002")
    write_cluster(second, new)
    put(make(first), article("old", "oil"))
    opensearch_.activate(first)
    assert reopened(first)._target == old.alias  # type: ignore[attr-defined]
    put(make(second), article("new", "oil"))
    assert set(node().request("GET", f"/_alias/{old.alias}")) == {old.index}
    opensearch_.activate(second)
    opensearch_.activate(second)
    assert set(node().request("GET", f"/_alias/{old.alias}")) == {new.index}
    assert ids(reopened(second), "oil") == {"new"}
    assert ids(reopened(first), "oil") == {"old"}  # by its own name
    with pytest.raises(ClusterError, match="already on the cluster"):
        make(second)
    for folder in (first, first, second):  # twice is no error
        opensearch_.discard(folder)
    with pytest.raises(IndexCorrupt, match="not on the cluster"):
        opensearch_.activate(second)


def test_what_a_killed_run_left_is_made_anew(tmp_path: Path) -> None:
    place_on_cluster(tmp_path)
    put(make(tmp_path), article("left", "oil"))
    assert make(tmp_path).count() == 0


@pytest.mark.parametrize("what", ["index", "alias", "alias of theirs"])
def test_nobody_elses_index_is_touched(tmp_path: Path, what: str) -> None:
    place = place_on_cluster(tmp_path)
    theirs = place.index if what == "index" else place.alias if what == "alias" else f"{place.alias}-theirs"
    aliases = {"aliases": {place.alias: {}}} if what == "alias of theirs" else {}
    node().request("PUT", f"/{theirs}", {"settings": {"number_of_replicas": 0}} | aliases)
    try:
        for do in (make, opensearch_.activate):
            with pytest.raises(ClusterError, match="searchkit did not make"):
                do(tmp_path)
        with pytest.raises(IndexCorrupt):
            reopened(tmp_path)
        opensearch_.discard(tmp_path)
        assert theirs in node().request("GET", f"/{theirs}")
    finally:
        node().request("DELETE", f"/{theirs}")


def test_an_index_of_a_newer_searchkit_is_refused(tmp_path: Path) -> None:
    engine = build("opensearch-1", tmp_path, [])
    place = read_cluster(tmp_path)
    meta = {"_meta": {"searchkit": {"alias": place.alias, "version": 99}}}
    node().request("PUT", f"/{place.index}/_mapping", meta)
    with pytest.raises(IndexTooNew, match="newer searchkit"):
        reopened(tmp_path)
    engine.close()


def test_it_says_how_large_it_is_and_that_it_is_whole(tmp_path: Path) -> None:
    engine = build("opensearch-3", tmp_path, ARTICLES)
    node().request("POST", f"/{read_cluster(tmp_path).index}/_flush")
    assert engine.size() > 1000
    assert engine.check() == []


# TLS and users


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    if why := missing(secure=True):
        cannot_run(why)
    with Cluster(tmp_path_factory.mktemp("secure"), nodes=1, secure=True) as cluster:
        yield cluster


@pytest.fixture
def folder(secure: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An engine's folder that names the secure cluster, and the environment of its user."""
    for name in [name for name in os.environ if name.startswith("SEARCHKIT_OPENSEARCH_")]:
        monkeypatch.delenv(name)
    assert secure.auth is not None
    monkeypatch.setenv("SEARCHKIT_OPENSEARCH_USER", secure.auth[0])
    monkeypatch.setenv("SEARCHKIT_OPENSEARCH_PASSWORD", secure.auth[1])
    write_cluster(tmp_path, Place(secure.urls[0], "secrets", "secrets-000001", 1, 0, str(secure.ca)))
    return tmp_path


def test_whoever_has_the_password_and_the_certificate_gets_in(
    folder: Path, secure: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert secure.auth is not None
    put(make(folder), *ARTICLES)
    file = folder / "password"
    file.write_text(f"{secure.auth[1]}\n")
    monkeypatch.delenv("SEARCHKIT_OPENSEARCH_PASSWORD")
    monkeypatch.setenv("SEARCHKIT_OPENSEARCH_PASSWORD_FILE", str(file))
    assert len(ids(reopened(folder), "oil")) == 6

    # What this user may do is read indexes, and not see which version the cluster has.
    monkeypatch.setenv("SEARCHKIT_OPENSEARCH_USER", "reader")
    with pytest.raises(ClusterError, match=r"does not allow this: no permissions for \[cluster:monitor/main\]"):
        reopened(folder)


def test_others_are_told_what_is_missing(folder: Path, secure: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    place = read_cluster(folder)

    def error() -> str:
        with pytest.raises(ClusterError) as raised:
            make(folder)
        return str(raised.value)

    monkeypatch.setenv("SEARCHKIT_OPENSEARCH_PASSWORD", "wrong")
    assert "does not know this user or password" in error()
    monkeypatch.delenv("SEARCHKIT_OPENSEARCH_PASSWORD")
    assert "SEARCHKIT_OPENSEARCH_PASSWORD_FILE" in error()
    monkeypatch.setenv("SEARCHKIT_OPENSEARCH_PASSWORD_FILE", str(folder / "none"))
    assert "cannot be read" in error()
    monkeypatch.delenv("SEARCHKIT_OPENSEARCH_PASSWORD_FILE")
    monkeypatch.delenv("SEARCHKIT_OPENSEARCH_USER")
    assert "wants to know who asks" in error()
    monkeypatch.setenv("SEARCHKIT_OPENSEARCH_API_KEY", "bm90OmE6a2V5")
    assert "does not know this user" in error()

    write_cluster(folder, place.changed(ca_file=None))
    assert "is not trusted" in error()
    assert "--ca-file" in error()
    write_cluster(folder, place.changed(ca_file=str(folder / "no.pem")))
    assert "no.pem cannot be read" in error()
    write_cluster(folder, place.changed(url=place.url.replace("127.0.0.1", "127.0.0.2")))
    assert "127.0.0.2" in error()
    write_cluster(folder, place.changed(url=place.url.replace("https", "http")))
    assert "https://" in error()
    write_cluster(folder, place.changed(url=node().urls[0].replace("http:", "https:")))
    assert "speaks TLS" in error()


def test_no_error_of_the_library_comes_through(tmp_path: Path, between: Between, waits: list[float]) -> None:
    build("opensearch-1", tmp_path, ARTICLES).close()
    elsewhere(tmp_path, between.url)
    engine = reopened(tmp_path)
    asked: list[Callable[[], object]] = [
        lambda: ask(engine, "oil"),
        lambda: ask(engine, "oil", limit=10, offset=20_000),
        lambda: engine.counts(All(), ("topic",), True),
        lambda: engine.get(["0", "x"]),
        lambda: list(engine.scan()),
        lambda: list(engine.terms("text", Form.EXACT, "o")),
        lambda: engine.doc_freq("text", Form.EXACT, "oil"),
        engine.check,
        engine.size,
        lambda: put(engine, article("a")),
        lambda: opensearch_.activate(tmp_path),
        lambda: opensearch_.discard(tmp_path),
    ]
    for answer in [
        (500, {"error": "odd"}),
        (404, {}),
        (200, b"not json"),
        (413, b""),
        (400, {"error": {"reason": "x"}}),
    ]:
        between.answers = lambda *_, made=answer: made  # type: ignore[misc]
        for do in asked:
            engine.reload()
            with pytest.raises(SearchkitError):
                do()
