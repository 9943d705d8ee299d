"""The page on the size of a cluster has the tables that its script makes, and its sentences agree with them."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from benchmarks import sizing
from benchmarks.sizing import ASSUMED, MEASURED, cluster, one_machine
from tests.docs.pages import read

PAGE = read("docs/sizing.md")


def test_the_tables_are_those_of_the_script() -> None:
    assert sizing.filled(PAGE) == PAGE, "python -m benchmarks.sizing --write brings the page up to date"


def test_every_figure_says_what_it_is() -> None:
    assert list(sizing.MEANINGS) == [field.name for field in fields(MEASURED)]
    assert list(sizing.REASONS) == [field.name for field in fields(ASSUMED)]


@pytest.mark.parametrize(("articles", "words"), sizing.CASES)
def test_a_cluster_keeps_to_what_is_recommended(articles: int, words: int) -> None:
    made = cluster(articles, words)
    copies = 1 + ASSUMED.replicas
    assert 10 <= made.copy_gb / made.shards <= 50
    assert made.shards % made.nodes == 0
    assert made.shards * copies / made.nodes <= 25 * made.heap_gb
    assert articles / made.shards < 2_147_483_519
    assert made.index_gb / made.nodes <= ASSUMED.node_memory_gb * ASSUMED.disk_per_memory
    assert made.query_core_seconds * ASSUMED.queries_per_second <= made.nodes * ASSUMED.node_cores * ASSUMED.busy


def test_ten_times_the_articles_are_ten_times_the_index_and_the_time() -> None:
    small, large = cluster(10**8, 130), cluster(10**9, 130)
    assert large.index_gb == pytest.approx(10 * small.index_gb)
    assert large.query_core_seconds == pytest.approx(10 * small.query_core_seconds)
    assert large.loading_days >= 9 * small.loading_days


def test_the_number_of_nodes_follows_what_is_asked_of_them() -> None:
    busy = cluster(10**9, 400, assumed=replace(ASSUMED, queries_per_second=50))
    assert busy.reason == "queries"
    assert busy.most_queries >= 100
    alone = cluster(10**7, 130, assumed=replace(ASSUMED, replicas=0))
    assert (alone.nodes, alone.shards, alone.reason) == (3, 3, "the fewest")


def test_what_the_page_says_of_one_machine_holds() -> None:
    gigabytes, hours, milliseconds = one_machine(10**7)
    assert gigabytes < 64
    assert hours < 1
    assert milliseconds < 100
    gigabytes, _, milliseconds = one_machine(10**8)
    assert gigabytes < 500
    assert milliseconds > 500
    a_word = MEASURED.index_bytes / MEASURED.words
    assert 1.2 < a_word / (MEASURED.tantivy_bytes / MEASURED.tantivy_words) < 1.5
