"""Reuters-21578: stories from SGML, and the whole collection where it is at hand."""

from __future__ import annotations

import datetime as dt
import gzip
import re
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.readers import reuters
from searchkit.readers.base import Options, Skip, Source
from tests.conftest import within

from .support import MakeSource, assert_fit_for_an_index, only_article, read_list

DATA = Path(__file__).parents[3] / "shared" / "data" / "reuters21578"

STORY = b"""<REUTERS TOPICS="YES" LEWISSPLIT="TRAIN" CGISPLIT="TRAINING-SET" OLDID="5544" NEWID="1">
<DATE>26-FEB-1987 15:01:01.79</DATE>
<TOPICS><D>cocoa</D><D>coffee</D></TOPICS>
<PLACES><D>el-salvador</D><D>usa</D></PLACES>
<PEOPLE><D>volcker</D></PEOPLE>
<ORGS></ORGS>
<EXCHANGES><D>nyse</D></EXCHANGES>
<COMPANIES></COMPANIES>
<UNKNOWN>
&#5;&#5;&#5;C T
&#22;&#22;&#1;f0704&#31;reute
u f BC-BAHIA-COCOA-REVIEW   02-26 0105</UNKNOWN>
<TEXT>&#2;
<TITLE>BAHIA COCOA &lt;BCC>
REVIEW</TITLE>
<AUTHOR>    By Janie Gabbett, Reuters</AUTHOR>
<DATELINE>    SALVADOR, Feb 26 - </DATELINE><BODY>Showers continued throughout the week in
the Bahia cocoa zone, R&amp;D alleviating the dr&#127;ought since early
January, a spokesman of the Comissaria Smith said in a review.
    The dry period means the temporao will be late this year.
 Reuter
&#3;</BODY></TEXT>
</REUTERS>
"""
HEAD = b'<!DOCTYPE lewis SYSTEM "lewis.dtd">\n'


def one(source: Source) -> Article:
    return only_article(reuters, source)


def story(*changes: tuple[bytes, bytes]) -> bytes:
    """STORY with replacements, each of which must apply."""
    result = STORY
    for old, new in changes:
        assert old in result
        result = result.replace(old, new)
    return result


def body_of(make_source: MakeSource, body: bytes) -> str:
    start, end = STORY.index(b"Showers"), STORY.index(b"</BODY>")
    return one(make_source(STORY[:start] + body + STORY[end:], "a.sgm")).body


def test_reads_a_story_with_all_its_parts(make_source: MakeSource) -> None:
    article = one(make_source(HEAD + STORY, "reut2-000.sgm"))
    assert article.id == "reut2-000.sgm#1"
    assert (article.title, article.title_derived) == ("BAHIA COCOA <BCC> REVIEW", False)
    assert (article.date, article.date_source) == (dt.date(1987, 2, 26), "metadata")
    assert article.time == dt.time(15, 1, 1, 790_000)
    assert article.dateline == "SALVADOR"
    assert article.place is not None
    assert article.place.city == "Salvador"
    assert article.byline == "Janie Gabbett"
    assert article.topics == ("cocoa", "coffee")
    assert article.extra == {"places": ["el-salvador", "usa"], "people": ["volcker"], "exchanges": ["nyse"]}
    assert (article.publisher, article.language) == ("Reuters", "en")
    assert article.body == (
        "Showers continued throughout the week in the Bahia cocoa zone, R&D alleviating the drought since early January, "
        "a spokesman of the Comissaria Smith said in a review.\n\n"
        "The dry period means the temporao will be late this year."
    )


def test_reads_gzip_with_the_suffix_dropped_from_ids(make_source: MakeSource) -> None:
    article = one(make_source(gzip.compress(STORY), "x/a.sgm.gz"))
    assert (article.id, article.path) == ("x/a.sgm#1", "x/a.sgm.gz")


@pytest.mark.parametrize(
    ("written", "day", "clock", "note"),
    [
        (" 2-MAR-1987 08:22:57.75", (1987, 3, 2), dt.time(8, 22, 57, 750_000), None),
        ("  1-APR-1987  11:00:00", (1987, 4, 1), dt.time(11), None),
        ("19-MAR-1987 06:17:22.36&#9;&#9;&#9;RM", (1987, 3, 19), dt.time(6, 17, 22, 360_000), None),
        ("31-MAR-1987 605:12:19.12", (1987, 3, 31), None, "the time 605:12:19.12 is impossible and was left out"),
        (
            "26-FEB-1987 1666666666666666665:01:01.79",
            (1987, 2, 26),
            None,
            "the time 1666666666666666665:01:01.79 is impossible and was left out",
        ),
        ("31-MAR-1987", (1987, 3, 31), None, None),
        ("31-FEB-1987 10:00:00", None, None, "31-FEB-1987 is no day of the calendar"),
        ("31-XXX-1987 10:00:00", None, None, "31-XXX-1987 is no day of the calendar"),
        ("yesterday&#2;", None, None, '"yesterday" is no date'),
        ("", None, None, None),
    ],
)
def test_reads_dates_with_junk_and_impossible_times(
    make_source: MakeSource, written: str, day: tuple[int, int, int] | None, clock: dt.time | None, note: str | None
) -> None:
    article = one(make_source(story((b"26-FEB-1987 15:01:01.79", written.encode())), "a.sgm"))
    assert article.date == (dt.date(*day) if day else None)
    assert article.time == clock
    assert article.extra.get("date_note") == note
    assert article.date_source == ("metadata" if day else None)


@pytest.mark.parametrize(
    "sign_off",
    [
        " Reuter\n&#3;",
        " REUTER\n&#3;",
        " reuter...\n",
        "REUTER^M\n&#3;",
        " REUTERS\n",
        " REUITER\n",
        "REUTER\n Reuter\n",
        " More\n&#3;",
    ],
)
def test_the_sign_off_goes(make_source: MakeSource, sign_off: str) -> None:
    assert body_of(make_source, f"It rained.\n{sign_off}".encode()) == "It rained."


def test_a_sign_off_on_the_last_line_goes(make_source: MakeSource) -> None:
    assert body_of(make_source, b"It rained. REUTER\n&#3;") == "It rained."
    assert body_of(make_source, b"It rained.    REUTER11:43/VB\n&#3;") == "It rained."


def test_reuters_as_a_word_stays(make_source: MakeSource) -> None:
    assert body_of(make_source, b"It rained, he told Reuters.\n Reuter\n&#3;") == "It rained, he told Reuters."
    assert body_of(make_source, b"Reuter shares rose more.") == "Reuter shares rose more."


def test_control_characters_are_gone_however_they_are_written(make_source: MakeSource) -> None:
    assert (
        body_of(make_source, b"a&#2;b \x01c &#x1F;d\x7f &#127;e &#0; &#xD800; f\x93g\x94")
        == "ab  c d e \ufffd \ufffd f“g”"
    )


def test_the_code_page_is_no_guess(make_source: MakeSource) -> None:
    article = one(make_source(story((b"Showers", b"Caf\xe9 showers")), "a.sgm"))
    assert article.body.startswith("Café showers")
    assert "encoding" not in article.extra


def test_entities_are_decoded_once(make_source: MakeSource) -> None:
    assert body_of(make_source, b"AT&T &amp;lt; &lt;IBM> &unknown; &") == "AT&T &lt; <IBM> &unknown; &"


def test_tables_keep_their_lines(make_source: MakeSource) -> None:
    body = body_of(
        make_source,
        b"Shr 34 cts vs 14 cts\n    Net 5,5 mln vs 2.1 mln\n    Year\n MAY     123.5   122.9\n JUN     1.0     2.0\n",
    )
    assert body.splitlines() == [
        "Shr 34 cts vs 14 cts",
        "Net 5,5 mln vs 2.1 mln",
        "Year",
        " MAY     123.5   122.9",
        " JUN     1.0     2.0",
    ]


def test_what_is_no_dateline_stays_in_the_text(make_source: MakeSource) -> None:
    article = one(make_source(story((b"    SALVADOR, Feb 26 - ", b" us        7.8015 - ")), "a.sgm"))
    assert (article.dateline, article.place) == (None, None)
    assert article.body.startswith("us        7.8015 - Showers")
    weather = one(make_source(story((b"SALVADOR, Feb 26 - ", b"PEORIA, April 7 - Clear/39 degrees - ")), "a.sgm"))
    assert weather.dateline == "PEORIA"
    assert weather.body.startswith("Clear/39 degrees - Showers")


def test_a_dateline_may_end_in_the_body(make_source: MakeSource) -> None:
    article = one(
        make_source(story((b"SALVADOR, Feb 26 - </DATELINE><BODY>", b"LONDON</DATELINE><BODY> (Reuters) - ")), "a.sgm")
    )
    assert article.dateline == "LONDON"
    assert article.body.startswith("Showers")


def test_datelines_that_differ_in_a_digit_are_not_mixed_up(make_source: MakeSource) -> None:
    content = b"".join(
        story((b'NEWID="1"', b'NEWID="%d"' % number), (b"SALVADOR, Feb 26", b"CAMP %d, Cuba, Feb 26" % number))
        for number in (5, 7)
    )
    first, second = read_list(reuters, make_source(content, "a.sgm"))
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert "7" not in (first.dateline or "")
    assert "5" not in (second.dateline or "")
    assert "1" not in (first.dateline or "")


def test_a_flash_has_a_title_and_no_body(make_source: MakeSource) -> None:
    flash = (
        b'<REUTERS NEWID="7"><DATE>26-FEB-1987 15:01:01.79</DATE><TEXT TYPE="BRIEF">&#2;\n'
        b"******<TITLE>OIL RISES\n</TITLE>%s\n&#3;\n</TEXT></REUTERS>"
    )
    for placeholder in (b"Blah blah blah.", b""):
        article = one(make_source(flash % placeholder, "a.sgm"))
        assert (article.title, article.body) == ("OIL RISES", "")
    assert one(make_source(flash % b"But it fell later.", "a.sgm")).body == "But it fell later."


def test_an_unstructured_story_is_its_own_body(make_source: MakeSource) -> None:
    content = (
        b'<REUTERS NEWID="7"><DATE>7-APR-1987 10:00:00</DATE><TEXT TYPE="UNPROC">&#2;\n'
        b"RUBBER - APRIL 07\n JAN   9.5   9.6\n Reuter\n&#3;\n</TEXT></REUTERS>"
    )
    article = one(make_source(content, "a.sgm"))
    assert (article.title, article.title_derived) == ("RUBBER - APRIL 07", True)
    assert article.body == "RUBBER - APRIL 07\n JAN   9.5   9.6"


def test_a_missing_title_is_derived(make_source: MakeSource) -> None:
    article = one(make_source(story((b"<TITLE>BAHIA COCOA &lt;BCC>\nREVIEW</TITLE>", b"")), "a.sgm"))
    assert article.title_derived
    assert article.title.startswith("Showers continued throughout the week")


def test_a_story_with_nothing_but_a_date_comes_in(make_source: MakeSource) -> None:
    content = (
        b'<REUTERS NEWID="7"><DATE> 3-APR-1987 07:09:06.48</DATE><TEXT TYPE="UNPROC">&#2;\n&#3;\n\n</TEXT></REUTERS>'
    )
    article = one(make_source(content, "a.sgm"))
    assert (article.title, article.title_derived, article.body) == (reuters.UNTITLED, True, "")


def test_a_story_with_nothing_at_all_is_skipped(make_source: MakeSource) -> None:
    assert read_list(reuters, make_source(b'<REUTERS NEWID="7"></REUTERS>', "a.sgm")) == [
        Skip("story 1", "it has no date, no title and no text", "empty")
    ]


def test_a_story_without_a_number_gets_its_ordinal(make_source: MakeSource) -> None:
    content = STORY + story((b' NEWID="1"', b"")) + story((b'NEWID="1"', b'NEWID="junk"'))
    assert [
        result.id for result in read_list(reuters, make_source(content, "a.sgm")) if isinstance(result, Article)
    ] == [
        "a.sgm#1",
        "a.sgm#2",
        "a.sgm#3",
    ]


def test_two_stories_never_share_an_id(make_source: MakeSource) -> None:
    results = read_list(reuters, make_source(STORY * 3 + story((b'NEWID="1"', b"")), "a.sgm"))
    assert_fit_for_an_index(results)
    assert len(results) == 4


def test_a_story_without_an_end_is_skipped_and_the_rest_goes_on(make_source: MakeSource) -> None:
    second = story((b'NEWID="1"', b'NEWID="2"'))
    results = read_list(reuters, make_source(story((b"</REUTERS>", b"")) + second, "a.sgm"))
    assert results[0] == Skip("story 1", "it does not end before the next one begins", "broken")
    assert isinstance(results[1], Article)
    assert results[1].id == "a.sgm#2"


def test_a_story_that_never_ends_is_bounded(make_source: MakeSource) -> None:
    endless = b'<REUTERS NEWID="1"><TEXT>' + b"x" * (20 << 20) + b"</REUTERS>" + story((b'NEWID="1"', b'NEWID="2"'))
    source = make_source(endless, "a.sgm")
    del endless
    tracemalloc.start()
    try:
        skip, article = read_list(reuters, source)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert isinstance(skip, Skip)
    assert "within 1024 kB" in skip.reason
    assert isinstance(article, Article)
    assert peak < 8 << 20


def test_memory_does_not_grow_with_the_file(make_source: MakeSource) -> None:
    source = make_source(b"".join(story((b'NEWID="1"', b'NEWID="%d"' % n)) for n in range(15_000)), "a.sgm")
    assert source.path.stat().st_size > 10 << 20
    tracemalloc.start()
    try:
        count = sum(1 for _ in reuters.read(source, Options()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 15_000
    assert peak < 4 << 20


def test_a_file_that_ends_within_a_story_gives_the_others(make_source: MakeSource) -> None:
    results = read_list(reuters, make_source(STORY + story((b'NEWID="1"', b'NEWID="2"'))[:300], "a.sgm"))
    assert isinstance(results[0], Article)
    assert results[1:] == [Skip("story 2", "the file ends before the story does", "broken")]


def test_a_truncated_gzip_file_gives_its_stories_and_then_an_error(make_source: MakeSource) -> None:
    content = b"".join(story((b'NEWID="1"', b'NEWID="%d"' % n), (b"Showers", b"%d" % (n * 7919))) for n in range(500))
    results = reuters.read(make_source(gzip.compress(content)[:-500], "a.sgm.gz"), Options())
    read: list[Article | Skip] = []
    with pytest.raises(SourceError, match="incomplete"):
        read.extend(results)
    assert sum(isinstance(result, Article) for result in read) > 100


def test_a_file_without_a_story_is_an_error(make_source: MakeSource) -> None:
    with pytest.raises(SourceError, match="no <REUTERS> element"):
        read_list(reuters, make_source(HEAD + b"<REUTER", "a.sgm"))


@pytest.mark.parametrize("size", [1, 7, 8, 9, 64])
def test_stories_are_found_across_chunks(make_source: MakeSource, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    def small_chunks(source: Source) -> list[bytes]:
        data = source.path.read_bytes()
        return [data[start : start + size] for start in range(0, len(data), size)]

    monkeypatch.setattr(reuters, "read_chunks", small_chunks)
    source = make_source(HEAD + STORY + b"\n junk <REUTER\n" + story((b'NEWID="1"', b'NEWID="2"')), "a.sgm")
    assert [result.id for result in read_list(reuters, source) if isinstance(result, Article)] == ["a.sgm#1", "a.sgm#2"]


@pytest.mark.parametrize(
    "unit", [b"<TITLE>", b"<D>", b"<A", b"&", b"\n", b"\n REUTER", b" ", b".", b"<TEXT", b"<REUTERS ", b"<BODY>"]
)
@pytest.mark.parametrize("tag", [b"<BODY>", b"<DATELINE>", b"<AUTHOR>", b"<TITLE>", b""])
def test_repetition_takes_no_time(make_source: MakeSource, unit: bytes, tag: bytes) -> None:
    content = (
        b'<REUTERS NEWID="1">\n<DATE>26-FEB-1987</DATE><TEXT>' + tag + unit * (500_000 // len(unit)) + b"x</REUTERS>"
    )
    with within(5):
        read_list(reuters, make_source(content, "a.sgm"))


SPLICES = st.sampled_from(
    [
        b"<",
        b">",
        b"&",
        b"&#",
        b"&#xD800;",
        b"</BODY>",
        b"<BODY>",
        b"<REUTERS ",
        b"</REUTERS>",
        b"\x00",
        b"\xff",
        b"NEWID=",
        b"<D>",
        b"\n",
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_any_bytes_give_articles_and_skips(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(HEAD + STORY * 2)
    for _ in range(data.draw(st.integers(0, 12))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.sampled_from([0, 0, 1, 3, 50])))
        content[start:end] = data.draw(st.one_of(SPLICES, st.binary(max_size=8)))
    path = tmp_path / "fuzz"
    path.write_bytes(data.draw(st.sampled_from([bytes(content), gzip.compress(bytes(content))[: len(content) // 3]])))
    try:
        assert_fit_for_an_index(read_list(reuters, Source(path, "fuzz.sgm", "fuzz.sgm")))
    except SourceError:
        return


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_between_the_tags_give_an_article_or_a_skip(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "fuzz"
    path.write_bytes(b"<REUTERS " + data + b"</REUTERS>")
    assert_fit_for_an_index(read_list(reuters, Source(path, "fuzz.sgm", "fuzz.sgm")))


@pytest.fixture(scope="module")
def collection() -> list[Article | Skip]:
    if not DATA.is_dir():
        pytest.skip(f"the Reuters-21578 collection is not at {DATA}")
    return [
        result
        for path in sorted(DATA.glob("*.sgm.gz"))
        for result in reuters.read(Source(path, path.name, path.name.removesuffix(".gz")), Options())
    ]


def test_the_whole_collection_comes_in(collection: list[Article | Skip]) -> None:
    articles = [result for result in collection if isinstance(result, Article)]
    assert len(articles) == len(collection) == 14_000
    assert_fit_for_an_index(collection)
    assert articles[0].id == "reut2-000.sgm#1"
    assert articles[-1].id == "reut2-013.sgm#14000"
    assert all(article.date and article.date.year == 1987 and article.time for article in articles)
    sign_off = re.compile(r"\n\s*reuters?\W*\Z|\s(?-i:REUTER)\W*\Z", re.IGNORECASE)
    assert not [article.id for article in articles if sign_off.search(article.body)]
    assert not [article.id for article in articles if "Blah blah" in article.body or "&#" in article.body]
    assert sum(article.dateline is not None for article in articles) > 12_400
    assert sum(not article.title_derived for article in articles) == 13_595
    assert [article.id for article in articles if article.title == reuters.UNTITLED] == ["reut2-012.sgm#12793"]
