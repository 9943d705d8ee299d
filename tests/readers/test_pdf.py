"""PDF files: text, paragraphs, what the file says about itself, and files that are broken or hostile."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import logging
import sys
import textwrap
import warnings
import zlib
from collections.abc import Callable, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.readers import pdf
from searchkit.readers.base import Skip
from searchkit.readers.pdf_text import Line, LineCollector, rebuild
from tests.conftest import MORE, within

from .support import MakeSource, assert_fit_for_an_index, name_of, read_list

DAY = dt.date(2019, 2, 19)
PLUS_TWO = dt.timezone(dt.timedelta(hours=2))
STORY = (
    "Dozens of trucks arrived in eastern Syria on Tuesday to evacuate the last hundreds of civilians from the village, "
    "which is now surrounded. Nobody knows how many have left it since the fighting began."
)


def make_pdf(
    *pages: Sequence[tuple[str, str]], title: str = "", author: str = "", date: str = "", encrypt: object = None
) -> bytes:
    """A file with pages of paragraphs, each with the name of its style."""
    from reportlab.lib.styles import getSampleStyleSheet  # type: ignore[import-untyped]
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]
    from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate  # type: ignore[import-untyped]

    class Dated(Canvas):  # type: ignore[misc]
        def __init__(self, *args: object, **kwargs: object) -> None:
            super().__init__(*args, **{**kwargs, "invariant": 1})
            if date:
                self.setDateFormatter(lambda *_: date)

    styles = getSampleStyleSheet()
    flow: list[object] = []
    for page in pages:
        flow += [Paragraph(text, styles[style]) for style, text in page]
        flow.append(PageBreak())
    file = io.BytesIO()
    SimpleDocTemplate(file, title=title or None, author=author or None, encrypt=encrypt).build(
        flow[:-1], canvasmaker=Dated
    )
    return file.getvalue()


def make_lines(*lines: tuple[float, float, str]) -> bytes:
    """A file of one page with texts at these places, 10 points high."""
    from reportlab.pdfgen.canvas import Canvas

    file = io.BytesIO()
    canvas = Canvas(file, invariant=1)
    canvas.setFont("Helvetica", 10)
    for left, base, text in lines:
        canvas.drawString(left, base, text)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def make_raw(
    content: bytes, resources: bytes = b"<</Font<</F 5 0 R>>>>", extra: Sequence[bytes] = (), info: bytes = b""
) -> bytes:
    """A file of one page, written object by object (ISO 32000-1, section 7.5)."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/Lang(en-GB)>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources " + resources + b">>",
        b"<</Filter/FlateDecode/Length %d>>stream\n" % len(packed := zlib.compress(content)) + packed + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *extra,
    ]
    data = b"%PDF-1.4\n"
    places = []
    for number, written in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n" % number + written + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<</Size %d/Root 1 0 R/Info<<%s>>>>" % (len(objects) + 1, info)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return data + head + table + trailer + b"\nstartxref\n%d\n%%%%EOF" % len(data)


ReadPdf = Callable[..., Article]


@pytest.fixture
def read_pdf(make_source: MakeSource) -> ReadPdf:
    """Reads a file as the one article that it is."""

    def read(content: bytes, name: str = "story.pdf") -> Article:
        results = read_list(pdf, make_source(content, name))
        assert_fit_for_an_index(results)
        (article,) = results
        assert isinstance(article, Article)
        return article

    return read


def test_reads_title_text_author_and_date(read_pdf: ReadPdf) -> None:
    content = make_pdf(
        [("Title", "Trucks leave the village"), ("Normal", f"BEIRUT (AP) — {STORY}"), ("Normal", STORY)],
        title="Trucks leave",
        author="Jane Doe",
        date="D:20190219103000+02'00'",
    )
    article = read_pdf(content)
    assert (article.id, article.title, article.byline) == ("story.pdf", "Trucks leave", "Jane Doe")
    assert article.body == f"Trucks leave the village\n\nBEIRUT (AP) — {STORY}\n\n{STORY}"
    assert (article.date, article.time, article.date_source) == (DAY, dt.time(10, 30, tzinfo=PLUS_TWO), "metadata")
    assert article.extra == {"pages": 1, "date_field": "CreationDate"}


@pytest.mark.parametrize(
    "title",
    [
        *("Microsoft Word - trucks.doc", "trucks_final.docx", "Untitled", "(unspecified)", "untitled-2", "", "story"),
        *("Story.PDF", "Layout 1", "PowerPoint Presentation", "12/34"),
    ],
)
def test_a_title_that_a_program_gave_is_none(read_pdf: ReadPdf, title: str) -> None:
    content = make_pdf([("Title", "Trucks leave the village"), ("Normal", f"BEIRUT (AP) — {STORY}")], title=title)
    article = read_pdf(content)
    assert (article.title, article.dateline, article.body) == ("Trucks leave the village", "BEIRUT", STORY)


@pytest.mark.parametrize("title", ["Documents of the war", "The page turns", "1984 and after", "Word - and deed"])
def test_a_title_that_a_person_gave_is_kept(read_pdf: ReadPdf, title: str) -> None:
    assert read_pdf(make_pdf([("Normal", STORY)], title=title)).title == title


def test_a_headline_that_repeats_the_title_is_not_read_twice(read_pdf: ReadPdf) -> None:
    content = make_pdf([("Title", "Trucks leave"), ("Normal", f"BEIRUT (AP) — {STORY}")], title="Trucks Leave.")
    article = read_pdf(content)
    assert (article.title, article.dateline, article.body) == ("Trucks Leave.", "BEIRUT", STORY)


def test_without_title_and_headline_the_first_sentence_stands_in(read_pdf: ReadPdf) -> None:
    article = read_pdf(make_pdf([("Normal", "It ended. " + STORY)]))
    assert (article.title, article.title_derived) == ("It ended.", True)


@pytest.mark.parametrize("written", ["19 February 2019", "Tuesday, February 19, 2019", "2019-02-19"])
def test_a_date_among_the_first_lines_goes_before_the_files(read_pdf: ReadPdf, written: str) -> None:
    content = make_pdf(
        [("Title", "Trucks leave"), ("Normal", written), ("Normal", f"BEIRUT (AP) — {STORY}")], date="D:20240301"
    )
    article = read_pdf(content)
    assert (article.date, article.date_source, article.extra["date_field"]) == (DAY, "header", "first lines")
    assert (article.dateline, article.body) == ("BEIRUT", STORY)


def test_a_date_in_a_sentence_is_not_the_articles(read_pdf: ReadPdf) -> None:
    content = make_pdf([("Normal", f"19 February 2019 was a Tuesday. {STORY}")], date="D:20240301120000Z")
    article = read_pdf(content)
    assert (article.date, article.time, article.date_source) == (
        dt.date(2024, 3, 1),
        dt.time(12, tzinfo=dt.UTC),
        "metadata",
    )


@pytest.mark.parametrize(
    ("written", "date", "time"),
    [
        ("D:20190219", DAY, dt.time()),
        ("20190219103000", DAY, dt.time(10, 30)),
        ("D:20190219103000-05'30'", DAY, dt.time(10, 30, tzinfo=dt.timezone(-dt.timedelta(hours=5, minutes=30)))),
        ("Tue Feb 19 10:30:00 2019", DAY, dt.time(10, 30)),
        ("D:201902", None, None),
        ("D:20190299000000", None, None),
        ("D:20190219103000+99'99'", DAY, None),
    ],
)
def test_reads_dates_as_pdf_writes_them(
    read_pdf: ReadPdf, written: str, date: dt.date | None, time: dt.time | None
) -> None:
    info = b"/CreationDate(%s)" % written.encode()
    article = read_pdf(make_raw(b"BT /F 10 Tf (Some news.) Tj ET", info=info))
    assert article.date == date
    if time is not None:
        assert article.time == time


def test_the_path_says_the_date_where_the_file_does_not(read_pdf: ReadPdf) -> None:
    article = read_pdf(make_raw(b"BT /F 10 Tf (Some news.) Tj ET"), "2019-02-19-trucks.pdf")
    assert (article.date, article.date_source, article.language) == (DAY, "path", "en-gb")


def test_xmp_goes_before_the_document_information(read_pdf: ReadPdf) -> None:
    from pypdf import PdfReader, PdfWriter

    xmp = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
    <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="uuid:1"
    xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
    <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Trucks leave</rdf:li></rdf:Alt></dc:title>
    <dc:creator><rdf:Seq><rdf:li>Jane Doe</rdf:li><rdf:li>A. Reporter</rdf:li></rdf:Seq></dc:creator>
    <xmp:CreateDate>2019-02-19T00:30:00+02:00</xmp:CreateDate></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""
    writer = PdfWriter(
        clone_from=PdfReader(
            io.BytesIO(make_pdf([("Normal", STORY)], title="Other", author="Other", date="D:20240301"))
        )
    )
    writer.xmp_metadata = xmp.encode()
    file = io.BytesIO()
    writer.write(file)
    article = read_pdf(file.getvalue())
    assert (article.title, article.byline, article.date) == ("Trucks leave", "Jane Doe, A. Reporter", DAY)
    assert (article.time, article.extra["date_field"]) == (dt.time(0, 30, tzinfo=PLUS_TWO), "xmp:CreateDate")


def test_joins_pages_without_their_running_lines(read_pdf: ReadPdf) -> None:
    from reportlab.pdfgen.canvas import Canvas

    lines = textwrap.wrap(STORY, 28)
    file = io.BytesIO()
    canvas = Canvas(file, invariant=1)
    canvas.setTitle("Trucks leave")
    for number in range(4):
        canvas.setFont("Helvetica", 8)
        canvas.drawString(70, 800, f"The Daily Sample, page {number + 1}")
        canvas.setFont("Helvetica", 10)
        for place, text in enumerate(lines[number * 2 : number * 2 + 2]):
            canvas.drawString(70, 760 - 12 * place, text)
        canvas.drawString(280, 40, str(number + 1))
        canvas.showPage()
    canvas.save()
    article = read_pdf(file.getvalue())
    assert article.body == STORY
    assert article.extra == {"pages": 4, "date_field": "CreationDate"}


def test_joins_hyphenated_words_but_not_compounds(read_pdf: ReadPdf) -> None:
    lines = ["The so-called village was evacu-", "ated by the so-", "called army with its \ufb01re -", "and its flags."]
    article = read_pdf(make_lines(*((70, 700 - 12 * n, line.replace("\ufb01", "fi")) for n, line in enumerate(lines))))
    assert article.body.replace("\n", " ") == (
        "The so-called village was evacuated by the so-called army with its fire - and its flags."
    )


def line(text: str, base: float, left: float = 70, size: float = 10) -> Line:
    return Line(text, left, base, size)


WIDE = "a line that is as wide as the column"


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ([line(WIDE, 700), line("The End. It is", 688), line("over", 676)], f"{WIDE} The End. It is over"),
        ([line(WIDE, 700), line(WIDE, 688), line("Next", 670)], f"{WIDE} {WIDE}\n\nNext"),
        ([line(WIDE, 700), line(WIDE, 688), line("Next", 676, left=85)], f"{WIDE} {WIDE}\n\nNext"),
        ([line("Headline", 700, size=14), line(WIDE, 686)], f"Headline\n\n{WIDE}"),
        ([line(WIDE, 700), line("ends here.", 688), line("Next one", 676)], f"{WIDE} ends here.\n\nNext one"),
        ([line(WIDE, 700), line("One", 688), line("Two", 676)], f"{WIDE} One\nTwo"),
        ([line(WIDE, 100), line(WIDE, 700, left=300)], f"{WIDE} {WIDE}"),
        ([line("It ends.", 100), line(WIDE, 700, left=300)], f"It ends.\n\n{WIDE}"),
        ([line(f"{WIDE}.", 100), line("Next", 700, left=300)], f"{WIDE}.\n\nNext"),
        ([line("The o\ufb03ce", 700)], "The office"),
        ([Line("evacu\xad"), Line("ation")], "evacuation"),
        ([], ""),
    ],
)
def test_paragraphs_are_found_by_where_lines_stand(lines: list[Line], text: str) -> None:
    assert rebuild([lines]) == text


def test_what_is_repeated_on_few_pages_is_text() -> None:
    pages = [[line("Header", 800), line(f"Text {n}.", 700), line("Text.", 688)] for n in range(2)]
    assert rebuild(pages).count("Header") == 2
    assert rebuild([*pages, *pages]).count("Header") == 0


def test_text_that_pypdf_shows_nobody_is_not_lost() -> None:
    collector = LineCollector()
    collector.see("Shown\n", [1, 0, 0, 1, 0, 0], [1, 0, 0, 1, 70, 700], None, 10)
    assert [line.text for line in collector.finished("Shown\nand  hidden")] == ["Shown", "and hidden"]


def test_places_that_are_no_numbers_are_no_fault() -> None:
    collector = LineCollector()
    for size in (float("nan"), float("inf"), 1e308, -10):
        collector.see("Text\n", [1e200, 0, 0, 1e200, 0, 0], [1e200, 0, 0, 1e200, 70, 700], None, size)
    assert rebuild([collector.finished("Text\n" * 4)]).split() == ["Text"] * 4


def test_pictures_of_text_are_a_skip_that_says_what_to_do(make_source: MakeSource) -> None:
    (skip,) = read_list(pdf, make_source(make_raw(b"0 0 100 100 re f"), "scan.pdf"))
    assert isinstance(skip, Skip)
    assert (skip.where, skip.kind) == ("whole file", "empty")
    assert "ocrmypdf" in skip.reason


def test_pages_without_text_are_counted(read_pdf: ReadPdf) -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(make_pdf([("Normal", STORY)]))))
    writer.add_blank_page(100, 100)
    file = io.BytesIO()
    writer.write(file)
    article = read_pdf(file.getvalue())
    assert (article.body, article.extra["pages"], article.extra["pages_without_text"]) == (STORY, 2, 1)


def encryption(password: str) -> object:
    from reportlab.lib.pdfencrypt import StandardEncryption  # type: ignore[import-untyped]

    return StandardEncryption(password, ownerPassword="owner", canPrint=0, strength=128)


def test_a_file_that_needs_a_password_is_an_error(make_source: MakeSource) -> None:
    source = make_source(make_pdf([("Normal", STORY)], encrypt=encryption("secret")), "secret.pdf")
    with pytest.raises(SourceError, match="take its password off") as caught:
        read_list(pdf, source)
    assert caught.value.kind == "encrypted"


def test_a_file_that_is_encrypted_without_a_password_is_read(read_pdf: ReadPdf) -> None:
    assert read_pdf(make_pdf([("Normal", STORY)], encrypt=encryption(""))).body == STORY


def test_an_encryption_that_needs_a_library_says_which(
    make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pypdf
    from pypdf.errors import DependencyError

    def decrypt(self: pypdf.PdfReader, password: str) -> None:
        raise DependencyError("cryptography>=3.1 is required for AES algorithm")

    monkeypatch.setattr(pypdf.PdfReader, "decrypt", decrypt)
    source = make_source(make_pdf([("Normal", STORY)], encrypt=encryption("")), "aes.pdf")
    with pytest.raises(SourceError, match=r"pip install 'pypdf\[crypto\]'") as caught:
        read_list(pdf, source)
    assert caught.value.kind == "missing extra"


def test_without_pypdf_the_error_says_what_to_install(make_source: MakeSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)
    with pytest.raises(SourceError, match=r"pip install 'searchkit\[pdf\]'") as caught:
        read_list(pdf, make_source(make_raw(b""), "story.pdf"))
    assert caught.value.kind == "missing extra"


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4\n", b"%PDF-1.4\n%%EOF", b"no PDF", b"%PDF-" + b"\0" * 1000])
def test_a_file_that_is_broken_is_an_error(make_source: MakeSource, content: bytes) -> None:
    with pytest.raises(SourceError, match="damaged beyond what pypdf can read") as caught:
        read_list(pdf, make_source(content, "story.pdf"))
    assert caught.value.kind == "broken"


def test_a_broken_cross_reference_table_is_no_loss(read_pdf: ReadPdf) -> None:
    content = make_pdf([("Normal", STORY)])
    start = content.rindex(b"startxref\n") + 10
    assert read_pdf(content[:start] + b"17\n%%EOF\n").body == STORY
    assert read_pdf(content.replace(b" 00000 n", b" 00001 n")).body == STORY


def test_a_page_that_cannot_be_read_costs_no_other(make_source: MakeSource, monkeypatch: pytest.MonkeyPatch) -> None:
    import pypdf

    real = pypdf.PageObject.extract_text

    def extract_text(self: pypdf.PageObject, **visitors: object) -> str:
        text = real(self, **visitors)  # type: ignore[arg-type]
        if "Second" in text:
            raise RecursionError("maximum recursion depth exceeded")
        return text

    monkeypatch.setattr(pypdf.PageObject, "extract_text", extract_text)
    content = make_pdf([("Normal", "First. " + STORY)], [("Normal", "Second.")], [("Normal", "Third.")])
    article, skip = read_list(pdf, make_source(content, "story.pdf"))
    assert isinstance(article, Article)
    assert article.body.endswith("Third.")
    assert skip == Skip("page 2", "RecursionError: maximum recursion depth exceeded", "broken")
    with pytest.raises(SourceError, match="none of its pages can be read: RecursionError"):
        read_list(pdf, make_source(make_pdf([("Normal", "Second.")]), "story.pdf"))


def test_a_file_that_takes_too_long_gives_the_pages_before(
    make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]

    class Clock:
        @staticmethod
        def thread_time() -> float:
            now[0] += 25
            return now[0]

    monkeypatch.setattr(pdf, "time", Clock)
    content = make_pdf(*([("Normal", f"Page {n}.")] for n in range(9)))
    article, skip = read_list(pdf, make_source(content, "story.pdf"))
    assert isinstance(article, Article)
    assert article.body == "Page 0.\n\nPage 1."
    assert article.extra["incomplete"] == "page 3 takes too long to read"
    assert skip == Skip("page 3", "takes too long to read: what comes after it was left out", "too large")


def test_a_page_that_takes_too_long_is_left_in_the_middle(
    make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    class Clock:
        @staticmethod
        def thread_time() -> float:
            seen.append(1)
            return len(seen) * 25.0

    monkeypatch.setattr(pdf, "time", Clock)
    source = make_source(make_raw(b"BT /F 10 Tf " + b"(a) Tj " * 10_000), "story.pdf")
    with pytest.raises(SourceError, match="none of its pages can be read: takes too long") as caught:
        read_list(pdf, source)
    assert caught.value.kind == "too large"
    assert len(seen) < 10


def test_a_text_that_is_too_long_gives_the_pages_before(
    make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "LONGEST_TEXT", 200)
    article, skip = read_list(pdf, make_source(make_pdf(*[[("Normal", STORY)]] * 5), "story.pdf"))
    assert isinstance(article, Article)
    assert article.body.count("Dozens") == 2
    assert isinstance(skip, Skip)
    assert (skip.where, skip.kind) == ("page 2", "too large")


def test_a_file_beyond_the_limit_is_an_error(make_source: MakeSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "LIMIT", 1 << 20)
    with pytest.raises(SourceError, match="larger than 1 MB") as caught:
        read_list(pdf, make_source(make_raw(b"") + b"\n" * (1 << 20), "story.pdf"))
    assert caught.value.kind == "too large"


def test_reads_a_compressed_file(make_source: MakeSource) -> None:
    (article,) = read_list(pdf, make_source(gzip.compress(make_pdf([("Normal", STORY)])), "story.pdf.gz"))
    assert isinstance(article, Article)
    assert (article.id, article.body) == ("story.pdf", STORY)


def test_pypdf_says_nothing_of_its_own(
    make_source: MakeSource, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    content = make_pdf([("Normal", STORY)])
    start = content.rindex(b"startxref\n") + 10
    source = make_source(content[:start] + b"17\n%%EOF\n", "story.pdf")
    level = logging.getLogger("pypdf").level
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        read_list(pdf, source)
    assert (caplog.records, caught, capfd.readouterr().err) == ([], [], "")
    assert logging.getLogger("pypdf").level == level


def test_pdf_is_recognised_by_its_content(make_source: MakeSource) -> None:
    content = make_pdf([("Normal", STORY)])
    for name in ("story.pdf", "story", "story.txt"):
        assert name_of(make_source(content, name)) == "pdf"
    assert name_of(make_source(gzip.compress(content), "story.pdf.gz")) == "pdf"
    assert name_of(make_source(b"\n\njunk\n" + content, "story.pdf")) == "pdf"
    assert name_of(make_source(b"The mark is %PDF-1.4\n", "story.txt")) == "text"
    assert name_of(make_source(b"Some news.\n", "story.pdf")) is None


LONG = 1 << 18
FORMS = [
    b"<</Type/XObject/Subtype/Form/BBox[0 0 1 1]/Resources<</XObject<</X %d 0 R>>>>/Length 70>>stream\n" % (number + 1)
    + b"/X Do " * 10
    + b"\nendstream"
    for number in range(6, 12)
]


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.4\n" + b" " * LONG + b"\nstartxref\n5\n%%EOF",
        b"%PDF-1.4\n" + b"1 " * LONG + b"\nstartxref\n5\n%%EOF",
        b"%PDF-1.4\n" + b"1 0 obj\n" * (LONG // 8) + b"\nstartxref\n5\n%%EOF",
        b"%PDF-1.4\n1 0 obj\n" + b"<<" * LONG + b"\nstartxref\n9\n%%EOF",
        b"%PDF-1.4\ntrailer\n<</Root " + b"[" * LONG + b"\nstartxref\n9\n%%EOF",
        make_raw(b"BT /F 9 Tf " + b"(a)Tj " * (LONG // 6)),
        make_raw(b"BT /F 9 Tf " + b"1 0 0 1 5 5 Tm (a) Tj " * (LONG // 22)),
        make_raw(b"BT /F 9 Tf (" + b"a" * LONG + b") Tj"),
        make_raw(b"q " * (LONG // 2)),
        make_raw(b"[" * LONG),
        make_raw(b"(" * LONG),
        make_raw(b" " * (100 << 20)),
        make_raw(b"/X Do " * 50, b"<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>", FORMS),
        make_raw(b"BT /F 9 Tf (a) Tj").replace(b"/Kids[3 0 R]", b"/Kids[2 0 R]"),
        make_raw(b"BT /F 9 Tf (a) Tj").replace(b"/Count 1", b"/Count 999999999"),
        make_raw(b"BT /F 9 Tf (a) Tj").replace(b"/Kids[3 0 R]", b"/Kids[" + b"3 0 R " * 2000 + b"]"),
        make_raw(b"BT /F 9 Tf (a) Tj").replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev 9"),
        make_raw(b"BT /F 9 Tf (a) Tj", info=b"/Title " + b"(" * 900 + b")" * 900 + b"/Author[1 2]/CreationDate 7"),
    ],
)  # fmt: skip
def test_takes_time_in_proportion(make_source: MakeSource, content: bytes) -> None:
    source = make_source(content, "story.pdf")
    with within(12):
        try:
            results = read_list(pdf, source)
        except SourceError:
            results = []
    assert_fit_for_an_index(results)


@pytest.fixture(scope="module")
def sound() -> list[bytes]:
    """Files to be mutated: one with compressed streams, one in plain bytes, one encrypted."""
    return [
        make_pdf([("Title", "Trucks leave"), ("Normal", STORY)], [("Normal", STORY)], title="T", date="D:20190219"),
        make_raw(b"BT /F 10 Tf 70 700 Td (Some news.) Tj 0 -12 Td (More.) ' ET", info=b"/Title(News)/Author(Jane)"),
        make_pdf([("Normal", STORY)], encrypt=encryption("")),
    ]


PIECES = [b"[", b"<<", b">>", b"(", b"/", b"0 R", b"99999999999", b"-1", b"endobj", b"stream\n", b"\0", b"%", b"2 0 R"]


@settings(
    max_examples=200 * MORE,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_a_mutated_file_is_never_a_fault(make_source: MakeSource, sound: list[bytes], data: st.DataObject) -> None:
    content = data.draw(st.sampled_from(sound))
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.integers(0, 12)))
        content = content[:start] + data.draw(st.one_of(st.binary(max_size=6), st.sampled_from(PIECES))) + content[end:]
    try:
        results = read_list(pdf, make_source(content, "story.pdf"))
    except SourceError:
        return
    assert_fit_for_an_index(results)
