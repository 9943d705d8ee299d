"""Writing sessions on every engine: what is committed is there, whole; what is not is not."""

from __future__ import annotations

import datetime as dt

import pytest

from searchkit.article import Article, Place
from searchkit.engines.base import Engine
from searchkit.fields import Form
from tests.conformance.asking import article, ids
from tests.conformance.conftest import MakeEngine

FULL = Article(
    id="2019/ü#1",
    title="Headline — “quoted”",
    body="First paragraph.\n\nSecond\tparagraph, ünïcode 𝄞 and e\u0301.",
    title_derived=False,
    date=dt.date(2019, 2, 19),
    time=dt.time(12, 30, 5, tzinfo=dt.timezone(dt.timedelta(hours=2))),
    date_source="header",
    dateline="BEIRUT",
    place=Place("Beirut", None, "Lebanon", "LB", 33.9, 35.5),
    byline="By A",
    section="World",
    topics=("a", "b c"),
    language="en",
    publisher="P",
    url="https://x.org/?a=1&b=2",
    path="/x/ü.txt",
    extra={"places": ["lebanon"], "deep": {"n": [1, None, True]}},
)


def put(engine: Engine, *articles: Article) -> None:
    with engine.writer() as writer:
        writer.add(writer.preparer(articles))
        writer.commit()
    engine.reload()


def test_a_stored_article_comes_back_as_it_was(make_engine: MakeEngine) -> None:
    bare = Article(id="bare", title="t", body="")
    engine = make_engine([FULL, bare])
    assert engine.get(["2019/ü#1", "missing", "bare"]) == [FULL, None, bare]
    assert sorted(engine.scan(), key=lambda a: a.id) == [FULL, bare]


def test_an_id_that_is_no_text_comes_back_as_it_was(make_engine: MakeEngine) -> None:
    odd = article("caf\udce9.txt", "words", path="caf\udce9.txt")
    engine = make_engine([odd])
    assert engine.get([odd.id]) == [odd]
    assert ids(engine, "words") == {odd.id}


def test_an_article_replaces_the_one_with_its_id(make_engine: MakeEngine) -> None:
    engine = make_engine([article("a", "old words"), article("b", "old friends")])
    put(engine, article("a", "new words"))
    assert engine.count() == 2
    assert ids(engine, "old") == {"b"}
    assert ids(engine, "new") == {"a"}
    assert ids(engine, "*") == {"a", "b"}
    assert ids(engine, "-new") == {"b"}


def test_replacing_within_one_session_counts_once(make_engine: MakeEngine) -> None:
    engine = make_engine([])
    with engine.writer() as writer:
        writer.add(writer.preparer([article("a", "first")]))
        writer.add(writer.preparer([article("a", "second")]))
        writer.commit()
    engine.reload()
    assert engine.count() == 1
    assert ids(engine, "first") == set()
    assert ids(engine, "second") == {"a"}


def test_ids_that_differ_in_case_are_different(make_engine: MakeEngine) -> None:
    engine = make_engine([article("A", "upper"), article("a", "lower")])
    put(engine, article("a", "changed"))
    assert ids(engine, "upper") == {"A"}
    assert engine.count() == 2


def test_deleted_articles_are_gone_and_others_stay(make_engine: MakeEngine) -> None:
    engine = make_engine([article(f"{n}", f"word{n} shared") for n in range(10)], batch=4)
    with engine.writer() as writer:
        writer.delete(["3", "7", "not there"])
        writer.commit()
    engine.reload()
    assert engine.count() == 8
    assert ids(engine, "shared") == {"0", "1", "2", "4", "5", "6", "8", "9"}
    assert engine.get(["3"]) == [None]
    assert ids(engine, "-word1") == {"0", "2", "4", "5", "6", "8", "9"}
    assert "3" not in {found.id for found in engine.scan()}


def test_an_article_that_was_deleted_can_come_back(make_engine: MakeEngine) -> None:
    engine = make_engine([article("a", "first"), article("b", "other")])
    for word in ("second", "third"):
        with engine.writer() as writer:
            writer.delete(["a"])
            writer.commit()
        engine.reload()
        assert engine.count() == 1
        put(engine, article("a", word))
        assert ids(engine, word) == {"a"}
        assert engine.count() == 2


def test_what_was_not_committed_is_discarded_after_an_error(make_engine: MakeEngine) -> None:
    engine = make_engine([article("a", "old")])

    def fail() -> None:
        with engine.writer() as writer:
            writer.add(writer.preparer([article("b", "committed")]))
            writer.commit()
            writer.add(writer.preparer([article("c", "lost")]))
            writer.delete(["a"])
            raise RuntimeError("the reader broke")

    with pytest.raises(RuntimeError, match="the reader broke"):
        fail()
    engine.reload()
    assert ids(engine, "*") == {"a", "b"}
    put(engine, article("d", "after"))
    assert ids(engine, "*") == {"a", "b", "d"}
    assert engine.check() == []


def test_an_open_engine_sees_a_commit_after_reloading_or_at_once_as_it_says(make_engine: MakeEngine) -> None:
    engine = make_engine([article("a", "one")])
    seen = {"a", "b"} if engine.capabilities.follows else {"a"}
    with engine.writer() as writer:
        writer.add(writer.preparer([article("b", "two")]))
        assert ids(engine, "*") == {"a"}
        writer.commit()
        assert ids(engine, "*") == seen
    assert ids(engine, "*") == seen
    engine.reload()
    assert ids(engine, "*") == {"a", "b"}


def test_many_small_sessions_leave_one_whole_index(make_engine: MakeEngine) -> None:
    engine = make_engine([])
    for number in range(60):
        put(engine, article(f"{number % 25}", f"version{number} text", date="2019-02-19"))
    assert engine.count() == 25
    latest = {f"{number % 25}": number for number in range(60)}
    assert {found.id: found.body for found in engine.scan()} == {
        id: f"version{number} text" for id, number in latest.items()
    }
    assert ids(engine, "version59") == {"9"}
    assert ids(engine, "version3") == set()
    assert ids(engine, '"version58 text"') == {"8"}
    assert engine.check() == []


def test_positions_survive_deletions_and_merges(make_engine: MakeEngine) -> None:
    engine = make_engine([])
    for number in range(40):
        put(engine, article(f"{number % 20}", f"oil oil price of oil price{number % 20} oil shock{number}"))
    engine.reload()
    for number in range(20):
        assert ids(engine, f'"price{number} oil shock{number + 20}"') == {f"{number}"}
        assert ids(engine, f'"oil price{number} oil"') == {f"{number}"}
        assert ids(engine, f'"oil shock{number}"') == set()
    assert ids(engine, '"oil oil price"') == {f"{number}" for number in range(20)}
    assert ids(engine, '"price oil oil"') == set()


def test_positions_survive_when_half_of_a_batch_goes(make_engine: MakeEngine) -> None:
    engine = make_engine([article(f"{n}", "so " * n + f"oil gas oil price{n} oil") for n in range(12)])
    with engine.writer() as writer:
        writer.delete([f"{n}" for n in range(0, 12, 2)])
        writer.commit()
    engine.reload()
    for number in range(1, 12, 2):
        assert ids(engine, f'"oil price{number} oil"') == {f"{number}"}
        assert ids(engine, f'"gas oil price{number}"') == {f"{number}"}
    assert ids(engine, '"so oil gas oil"') == {f"{n}" for n in range(1, 12, 2)}


def test_terms_are_sorted_and_counted(make_engine: MakeEngine) -> None:
    engine = make_engine([article("a", "beta alpha beta évacué"), article("b", "beta gamma evacuate")], batch=1)
    assert list(engine.terms("text", Form.EXACT)) == [
        ("alpha", 1),
        ("beta", 2),
        ("evacuate", 1),
        ("evacue", 1),
        ("gamma", 1),
    ]
    assert list(engine.terms("text", Form.EXACT, "evacu")) == [("evacuate", 1), ("evacue", 1)]
    assert list(engine.terms("text", Form.EXACT, "zz")) == []
    assert engine.doc_freq("text", Form.STEM, "evacu") == 1
    assert engine.doc_freq("text", Form.EXACT, "beta") == 2
    assert engine.doc_freq("text", Form.EXACT, "nowhere") == 0
    assert engine.doc_freqs("text", Form.EXACT, ["beta", "nowhere", "beta"]) == [2, 0, 2]
    assert engine.doc_freqs("text", Form.EXACT, []) == []
