"""Mail: single messages and mailboxes, sound, broken and hostile."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import mailbox
import tracemalloc
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searchkit.article import Article
from searchkit.errors import SourceError
from searchkit.readers import eml, mail, mbox, mime
from searchkit.readers.base import Options, Skip, Source
from tests.conftest import MORE, within

from .support import MakeSource, assert_fit_for_an_index, name_of, read_list

DAY = dt.date(2019, 2, 19)
PLUS_TWO = dt.timezone(dt.timedelta(hours=2))

FIELDS = """\
From: Jane Doe <jane@news.example>
Date: Tue, 19 Feb 2019 10:30:00 +0200
Subject: Trucks leave the village
Message-ID: <1@news.example>
MIME-Version: 1.0
"""
TEXT = "Dozens of trucks left on Tuesday.\n"
PLAIN = f"{FIELDS}\n{TEXT}"

MIXED = f"""{FIELDS}Content-Type: multipart/mixed; boundary="outer"

This is a message in MIME format.
--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=utf-8

{TEXT}
--inner
Content-Type: text/html; charset=utf-8

<p>Dozens of <b>trucks</b> left, in HTML.</p>
--inner--
--outer
Content-Type: application/pdf; name="report.pdf"
Content-Disposition: attachment; filename="=?utf-8?q?r=C3=A9sum=C3=A9.pdf?="
Content-Transfer-Encoding: base64

QUJD
--outer
Content-Type: message/rfc822

From: Bob <bob@news.example>
Subject: The first report

It was forwarded.
--outer
Content-Type: text/plain
Content-Disposition: attachment; filename*=utf-8''n%C3%B6te.txt

This is not searched.
--outer--
The epilogue is not read.
"""

MAILBOX = f"""\
From jane@news.example Tue Feb 19 10:30:00 2019
{FIELDS}
{TEXT}
>From here on the road is closed.
>>From there too.
From the village, nothing is heard.

From bob@news.example Wed Feb 20 08:00:00 2019
Subject: A second message

Its text.

"""

ReadMail = Callable[..., Article]


@pytest.fixture
def read_mail(make_source: MakeSource) -> ReadMail:
    """Reads a message as the one article that it is."""

    def read(content: bytes | str, name: str = "story.eml") -> Article:
        results = read_list(eml, make_source(content, name))
        assert_fit_for_an_index(results)
        (article,) = results
        assert isinstance(article, Article)
        return article

    return read


def message(*fields: str, body: str = TEXT) -> str:
    return "\n".join(["Subject: Trucks leave", *fields, "", body])


def test_reads_the_fields_of_a_message(read_mail: ReadMail) -> None:
    article = read_mail(PLAIN)
    assert (article.id, article.title, article.body) == ("story.eml", "Trucks leave the village", TEXT.strip())
    assert (article.date, article.time, article.date_source) == (DAY, dt.time(10, 30, tzinfo=PLUS_TWO), "metadata")
    assert (article.byline, article.publisher) == ("Jane Doe", None)
    assert article.extra == {"from": "jane@news.example", "message_id": "1@news.example", "date_field": "Date"}


def test_reads_what_pythons_own_library_writes(read_mail: ReadMail) -> None:
    written = EmailMessage()
    written["From"] = "Jané Doe <jane@news.example>"
    written["Subject"] = (
        "Ein sehr langer Titel über die Überschwemmung, der auf mehr als eine Zeile gefaltet werden muß"
    )
    written["Date"] = dt.datetime(2019, 2, 19, 10, 30, tzinfo=PLUS_TWO)
    written.set_content("Zwölf Lastwagen fuhren ab.\n", charset="iso-8859-1", cte="quoted-printable")
    written.add_alternative("<p>Zwölf <b>Lastwagen</b></p>", subtype="html")
    written.add_attachment(b"ABC", maintype="image", subtype="png", filename="фото.png")
    article = read_mail(written.as_bytes())
    assert (article.title, article.byline, article.body) == (
        written["Subject"],
        "Jané Doe",
        "Zwölf Lastwagen fuhren ab.",
    )
    assert (article.date, article.extra["attachments"]) == (DAY, ["фото.png"])


def test_prefers_plain_text_names_attachments_and_reads_forwarded_messages(read_mail: ReadMail) -> None:
    article = read_mail(MIXED)
    assert article.body == (
        "Dozens of trucks left on Tuesday.\n\n"
        "From: Bob <bob@news.example>\nSubject: The first report\n\n"
        "It was forwarded."
    )
    assert article.extra["attachments"] == ["résumé.pdf", "nöte.txt"]


def test_reads_html_where_there_is_no_plain_text(read_mail: ReadMail) -> None:
    article = read_mail(message("Content-Type: text/html", body="<p>One &amp; two.</p><p>Three\nfour.</p>"))
    assert article.body == "One & two.\n\nThree four."


def test_a_plain_text_that_only_points_to_the_html_is_passed_over(read_mail: ReadMail) -> None:
    long = "<p>" + "Dozens of trucks left the village. " * 20 + "</p>"
    parts = f"--b\n\nView this in HTML.\n--b\nContent-Type: text/html\n\n{long}\n--b--\n"
    article = read_mail(message("Content-Type: multipart/alternative; boundary=b", body=parts))
    assert article.body.startswith("Dozens of trucks left the village. Dozens")


def test_joins_the_lines_of_a_wire_text(read_mail: ReadMail) -> None:
    lines = (
        "BEIRUT (AP) - Dozens of trucks arrived in eastern Syria on Tuesday to\n"
        "evacuate the last hundreds of civilians from the village, which is now\n"
        "surrounded.\n\n-- \nJane Doe\nThe Foreign Desk\n"
    )
    article = read_mail(message(body=lines))
    assert article.dateline == "BEIRUT"
    assert article.body == (
        "Dozens of trucks arrived in eastern Syria on Tuesday to evacuate the last hundreds of civilians from the "
        "village, which is now surrounded.\n\n--\nJane Doe\nThe Foreign Desk"
    )


def test_joins_flowed_lines_and_keeps_the_signature(read_mail: ReadMail) -> None:
    body = "Dozens of trucks \nleft on Tuesday. \nMore will follow.\nA line.\n>> quoted \n>> twice\n> once\n \n>From\n-- \nJane\n"
    article = read_mail(message("Content-Type: text/plain; format=flowed", body=body))
    assert (
        article.body
        == "Dozens of trucks left on Tuesday. More will follow.\nA line.\n>> quoted twice\n> once\n\n> From\n-- \nJane"
    )


def test_flowed_lines_of_a_language_without_spaces_are_joined_without_them(read_mail: ReadMail) -> None:
    fields = "Content-Type: text/plain; format=flowed; delsp=yes; charset=utf-8"
    assert read_mail(message(fields, body="週二， \n數十輛卡車離開。\n")).body == "週二，數十輛卡車離開。"


def test_a_quoted_paragraph_keeps_its_mark_before_it(read_mail: ReadMail) -> None:
    quoted = (
        "> Dozens of trucks arrived in eastern Syria on Tuesday to evacuate the\n"
        "> last hundreds of civilians from the village, which is surrounded.\n"
        ">\n"
        "> Nobody knows more than that.\n"
        "I do.\n"
    )
    assert read_mail(message(body=quoted)).body == (
        "> Dozens of trucks arrived in eastern Syria on Tuesday to evacuate the last hundreds of civilians from the "
        "village, which is surrounded.\n\n> Nobody knows more than that.\n\nI do."
    )


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("quoted-printable", b"Caf=C3=A9s =61re=\n closed."),
        ("BASE64", b"Q2Fmw6lzIGFy\nZSBjbG9zZWQu"),
        ("base64", b"Q2Fmw6lzIGFyZSBj!bG9zZWQu\n=="),
        ("8bit", "Cafés are closed.".encode()),
        ("x-unknown", "Cafés are closed.".encode()),
    ],
)
def test_reads_transfer_encodings(read_mail: ReadMail, encoding: str, body: bytes) -> None:
    fields = f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n"
    article = read_mail(b"Subject: Trucks\n" + fields.encode() + body)
    assert article.body.replace("\n", "") == "Cafés are closed."


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [
        ("koi8-r", "koi8-r"),
        ("windows-1251", "cp1251"),
        ("utf-16", "utf-16"),
        ('"UTF-8"', "utf-8"),
        ("us-ascii", "utf-8"),
        ("x-nobody-knows", "utf-8"),
        ("idna", "utf-8"),
        ("rot13", "utf-8"),
        ("a\0b", "utf-8"),
        ("", "utf-8"),
    ],
)
def test_reads_charsets_those_that_do_not_exist_too(read_mail: ReadMail, charset: str, encoding: str) -> None:
    text = "Десятки грузовиков уехали во вторник."
    head = f"Subject: Trucks\nContent-Type: text/plain; charset={charset}\n\n".encode()
    assert read_mail(head + text.encode(encoding)).body == text


def test_latin_1_is_read_as_windows_1252(read_mail: ReadMail) -> None:
    head = b"Subject: Trucks\nContent-Type: text/plain; charset=iso-8859-1\n\n"
    assert read_mail(head + b"\x93Caf\xe9s\x94").body == "“Cafés”"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("=?utf-8?Q?Caf=C3=A9s_closed?=", "Cafés closed"),
        ("=?utf-8?b?Q2Fmw6lz?= closed", "Cafés closed"),
        ("=?utf-8?b?Q2Fmww==?=\n =?utf-8?b?qXMgYXJl?= closed", "Cafés are closed"),
        ("=?utf-8?q?Caf=C3?= =?utf-8?q?=A9s?=", "Cafés"),
        ("=?utf-8?q?Caf?= =?iso-8859-1?q?=E9s?=", "Cafés"),
        ("=?iso-8859-1*en?q?Caf=E9s?=", "Cafés"),
        ("=?x-unknown?q?Caf=C3=A9s?=", "Cafés"),
        ("=?utf-8?b?Q2Fmw6lzQ?=", "Cafés"),
        ("=?utf-8?x?Cafe?=", "=?utf-8?x?Cafe?="),
        ("Cafés closed", "Cafés closed"),
        ("Trucks\n leave\n\tthe village", "Trucks leave the village"),
    ],
)
def test_reads_encoded_and_folded_titles(read_mail: ReadMail, written: str, read: str) -> None:
    assert read_mail(f"Subject: {written}\nFrom: x@news.example\n\n{TEXT}").title == read


def test_reads_titles_in_raw_latin_1(read_mail: ReadMail) -> None:
    assert read_mail(b"Subject: Les caf\xe9s ferm\xe9s\n\nTexte.").title == "Les cafés fermés"


@pytest.mark.parametrize(
    ("written", "byline", "address"),
    [
        ("Jane Doe <jane@news.example>", "Jane Doe", "jane@news.example"),
        ('"Doe, Jane" <jane@news.example>', "Doe, Jane", "jane@news.example"),
        ("Doe, Jane <jane@news.example>", "Doe, Jane", "jane@news.example"),
        ("jane@news.example (Jane Doe)", "Jane Doe", "jane@news.example"),
        ("jane at news.example (Jane Doe)", "Jane Doe", None),
        ("=?utf-8?q?D=C3=B6e=2C_J=2E?= <jane@news.example>", "Döe, J.", "jane@news.example"),
        ("jane@news.example", None, "jane@news.example"),
        ("A <a@news.example>, B <b@news.example>", "A, B", "a@news.example, b@news.example"),
        ("Jane Doe", "Jane Doe", None),
        ("Jane <jane@news.example", "Jane", "jane@news.example"),
    ],
)
def test_reads_the_author(read_mail: ReadMail, written: str, byline: str | None, address: str | None) -> None:
    article = read_mail(message(f"From: {written}"))
    assert (article.byline, article.extra.get("from")) == (byline, address)


@pytest.mark.parametrize(
    ("fields", "publisher"),
    [
        (['List-Id: "The Daily Sample" <daily.news.example>'], "The Daily Sample"),
        (["List-Id: <daily.news.example>"], "daily.news.example"),
        (["Organization: The Wire"], "The Wire"),
        (["List-Unsubscribe: <mailto:x@news.example>"], "The Morning Brief"),
        ([], None),
    ],
)
def test_the_publisher_is_the_list_or_the_organisation(
    read_mail: ReadMail, fields: list[str], publisher: str | None
) -> None:
    assert read_mail(message("From: The Morning Brief <x@news.example>", *fields)).publisher == publisher


def test_reads_the_other_fields(read_mail: ReadMail) -> None:
    article = read_mail(
        message(
            "Keywords: Syria, evacuations",
            "Content-Language: en-GB, en",
            "Archived-At: <https://lists.news.example/1>",
            "In-Reply-To: <0@news.example>",
            "Newsgroups: clari.world",
        )
    )
    assert (article.topics, article.language, article.url) == (
        ("Syria", "evacuations"),
        "en-gb",
        "https://lists.news.example/1",
    )
    assert article.extra == {"in_reply_to": "0@news.example", "newsgroups": "clari.world"}


def test_without_a_date_the_first_server_says_when_it_came(read_mail: ReadMail) -> None:
    last = "Received: from b by c; Wed, 20 Feb 2019 12:00:00 +0000"
    first = "Received: from a by b\n\tfor <x@news.example>; Tue, 19 Feb 2019 10:30:00 +0200"
    article = read_mail(message(last, first))
    assert (article.date, article.time) == (DAY, dt.time(10, 30, tzinfo=PLUS_TWO))
    assert article.extra["date_field"] == "Received"


@pytest.mark.parametrize("written", ["yesterday", "Tue, 99 Feb 2019", "()", ",,,", "=?x?q?y?=", "1" * 5000, ":" * 3000])
def test_a_date_that_is_none_costs_nothing_else(read_mail: ReadMail, written: str) -> None:
    article = read_mail(message(f"Date: {written}"))
    assert (article.date, article.body) == (None, TEXT.strip())


@pytest.mark.parametrize(
    "line",
    [
        "Content-Type: text/plain; charset*0*=x''%; charset*1=y; charset*1*=z",
        'Content-Type: multipart/mixed; boundary*=x"; boundary*2=',
        "Content-Type: ;;;=;",
        "Content-Type: text/plain; charset*=utf-8'",
        "Content-Disposition: attachment; filename*=nobody''%FF\"",
        "From: " + "(" * 3000,
        "From: <<<>>>,;:",
        "To: =?utf-8?q?=00?= <\udcff@>",
        "Message-ID: ",
        "Received: ;",
        "List-Id: <",
    ],
)
def test_broken_fields_cost_nothing_else(read_mail: ReadMail, line: str) -> None:
    body = message(line).encode("utf-8", "surrogateescape")
    article = read_mail(body)
    assert article.title == "Trucks leave"
    assert (article.body + str(article.extra)).count("Dozens of trucks") or article.extra["attachments"]


def test_a_line_among_the_fields_that_is_none_is_passed_over(read_mail: ReadMail) -> None:
    article = read_mail(f"Subject: Trucks leave\nthis is no field\nDate: Tue, 19 Feb 2019 10:30:00 +0200\n\n{TEXT}")
    assert (article.title, article.date, article.body) == ("Trucks leave", DAY, TEXT.strip())


def test_a_text_without_an_empty_line_before_it_is_read(read_mail: ReadMail) -> None:
    article = read_mail(f"Subject: Trucks leave\n{TEXT}\nMore.")
    assert (article.title, article.body) == ("Trucks leave", "Dozens of trucks left on Tuesday.\n\nMore.")


@pytest.mark.parametrize("boundary", ["", "; boundary=", "; boundary=wrong", '; boundary="outer'])
def test_parts_are_found_where_the_boundary_is_wrong(read_mail: ReadMail, boundary: str) -> None:
    content = MIXED.replace('; boundary="outer"', boundary).replace("boundary=inner", "boundary=other")
    article = read_mail(content)
    assert article.body.startswith("Dozens of trucks left on Tuesday.\n\nFrom: Bob")
    assert article.extra["attachments"] == ["résumé.pdf", "nöte.txt"]


def test_a_message_that_is_cut_off_gives_what_is_there(read_mail: ReadMail) -> None:
    article = read_mail(MIXED[: MIXED.index("trucks left on")])
    assert article.body == "Dozens of"


def test_the_messages_of_a_digest_are_read(read_mail: ReadMail) -> None:
    digest = "--b\n\nSubject: One\n\nFirst.\n--b\n\nSubject: Two\n\nSecond.\n--b--\n"
    article = read_mail(message("Content-Type: multipart/digest; boundary=b", body=digest))
    assert article.body == "Subject: One\n\nFirst.\n\nSubject: Two\n\nSecond."


def test_parts_in_parts_are_read_to_a_bounded_depth(read_mail: ReadMail) -> None:
    body = "--b0\n\nAt the top.\n" + "".join(
        f"--b{n}\nContent-Type: multipart/mixed; boundary=b{n + 1}\n\n--b{n + 1}\n\nDepth {n}.\n" for n in range(400)
    )
    article = read_mail(message("Content-Type: multipart/mixed; boundary=b0", body=body))
    assert article.body.startswith("At the top.\n\nDepth 0.\n\nDepth 1.")


def test_more_parts_than_any_message_has_are_reported(read_mail: ReadMail) -> None:
    body = "".join(f"--b\n\nPart {n}.\n" for n in range(1200))
    article = read_mail(message("Content-Type: multipart/mixed; boundary=b", body=body))
    assert article.body.count("Part") == 999
    assert article.extra["incomplete"] == "it has more than 1,000 parts"


def test_a_title_alone_is_an_article(read_mail: ReadMail) -> None:
    article = read_mail("Subject: Trucks leave\n")
    assert (article.title, article.body) == ("Trucks leave", "")


@pytest.mark.parametrize("content", ["", "From: x@news.example\n\n", "Subject: \n\n  \n"])
def test_a_message_without_title_and_text_is_a_skip(make_source: MakeSource, content: str) -> None:
    assert read_list(eml, make_source(content, "a.eml")) == [
        Skip("whole file", "it has neither a title nor a text", "empty")
    ]


def test_a_title_is_derived_from_the_text(read_mail: ReadMail) -> None:
    article = read_mail(f"From: x@news.example\n\n{TEXT}")
    assert (article.title, article.title_derived) == (TEXT.strip(), True)


def test_whatever_fails_is_held_to_the_message(make_source: MakeSource, monkeypatch: pytest.MonkeyPatch) -> None:
    real = mime.content_of

    def content_of(fields: mime.Fields, body: bytes) -> object:
        if b"second" in fields.raw("subject").encode():
            raise AttributeError("no such thing")
        return real(fields, body)

    monkeypatch.setattr(mail, "content_of", content_of)
    first, second = read_list(mbox, make_source(MAILBOX, "news.mbox"))
    assert isinstance(first, Article)
    assert second == Skip("message 2", "cannot be read: AttributeError: no such thing", "broken")


def test_apple_mails_notes_are_no_part_of_the_message(read_mail: ReadMail) -> None:
    content = f"{len(PLAIN)}\n{PLAIN}<?xml version='1.0'?><plist>notes</plist>\n"
    article = read_mail(content, "1.emlx")
    assert (article.title, article.body) == ("Trucks leave the village", TEXT.strip())


def test_gives_what_could_be_unpacked_of_a_damaged_message(make_source: MakeSource) -> None:
    results = eml.read(make_source(gzip.compress(PLAIN.encode())[:-9], "a.eml.gz"), Options())
    assert isinstance(next(results), Article)
    with pytest.raises(SourceError, match="incomplete"):
        list(results)


def test_a_message_beyond_the_limit_is_an_error(make_source: MakeSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eml, "LONGEST_MESSAGE", 1 << 20)
    with pytest.raises(SourceError, match="larger than 1 MB with its attachments") as caught:
        read_list(eml, make_source(PLAIN + "x" * (1 << 20), "a.eml"))
    assert caught.value.kind == "too large"


def test_reads_a_mailbox(make_source: MakeSource) -> None:
    first, second = read_list(mbox, make_source(MAILBOX, "news.mbox"))
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.id, first.title) == ("news.mbox#1@news.example", "Trucks leave the village")
    assert first.body.split("\n\n") == [
        "Dozens of trucks left on Tuesday.",
        "From here on the road is closed.",
        "> From there too.",
        "From the village, nothing is heard.",
    ]
    assert (second.id, second.title, second.body) == ("news.mbox#2", "A second message", "Its text.")
    # A message without a date is of the day that it came into the mailbox.
    assert (second.date, second.extra) == (dt.date(2019, 2, 20), {"date_field": "From line"})
    assert_fit_for_an_index([first, second])


@pytest.mark.parametrize(
    "line",
    [
        "From - Tue Feb 19 10:30:00 2019",
        "From MAILER-DAEMON Tue Feb  9 10:30:00 2019 +0200",
        "From jane at news.example  Tue Feb 19 10:30:00 2019",
        "From jane@news.example Tue, 19 Feb 2019 10:30:00 +0200",
        "From jane@news.example",
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_knows_the_lines_that_mail_programs_write(make_source: MakeSource, line: str, end: str) -> None:
    content = "\n".join([line, PLAIN, line, message(), ""]).replace("\n", end)
    source = make_source(content, "news.mbox")
    assert mbox.recognises(content.encode()[:4096], source)
    results = read_list(mbox, source)
    assert [result.title for result in results if isinstance(result, Article)] == [
        "Trucks leave the village",
        "Trucks leave",
    ]


def test_reads_what_pythons_own_mailbox_writes(make_source: MakeSource, tmp_path: Path) -> None:
    path = tmp_path / "written.mbox"
    written = mailbox.mbox(path)
    for number in range(20):
        one = EmailMessage()
        one["Subject"] = f"Story {number}"
        one.set_content(f"From the text of {number}.\n\nFrom x@news.example Tue Feb 19 10:30:00 2019\nAlso: text.\n")
        written.add(one)
    written.close()
    results = read_list(mbox, Source(path, "written.mbox", "written.mbox"))
    assert [result.title for result in results if isinstance(result, Article)] == [f"Story {n}" for n in range(20)]
    assert all(isinstance(result, Article) and result.body.endswith("Also: text.") for result in results)


@pytest.mark.parametrize("size", [1, 2, 7, 100, 1000])
def test_messages_are_the_same_whatever_the_chunks(
    make_source: MakeSource, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    source = make_source(MAILBOX * 5, "news.mbox")
    whole = read_list(mbox, source)
    assert len(whole) == 10

    def in_chunks(source: Source) -> object:
        file = io.BytesIO(source.path.read_bytes())
        return iter(lambda: file.read(size), b"")

    monkeypatch.setattr(mbox, "read_chunks", in_chunks)
    assert read_list(mbox, source) == whole


def test_a_message_id_that_comes_twice_makes_two_articles(make_source: MakeSource) -> None:
    results = read_list(mbox, make_source(MAILBOX * 2, "news.mbox"))
    assert [result.id for result in results if isinstance(result, Article)] == [
        "news.mbox#1@news.example",
        "news.mbox#2",
        "news.mbox#1@news.example.3",
        "news.mbox#4",
    ]


def test_a_message_that_is_too_large_costs_no_other(make_source: MakeSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mbox, "LONGEST_MESSAGE", 1 << 20)
    large = "From - Tue Feb 19 10:30:00 2019\nSubject: Large\n\n" + "x" * 79 * (3 << 14) + "\n\n"
    source = make_source(MAILBOX + large + MAILBOX, "news.mbox")
    tracemalloc.start()
    *_, skip, _, last = read_list(mbox, source)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 << 20
    assert skip == Skip("message 3", "is larger than 1 MB with its attachments", "too large")
    assert isinstance(last, Article)


def test_memory_holds_one_message(make_source: MakeSource) -> None:
    one = f"From - Tue Feb 19 10:30:00 2019\n{PLAIN}{('x' * 79 + chr(10)) * 50}\n" * 100
    source = make_source(one * 40, "news.mbox")
    count = 0
    tracemalloc.start()
    for _ in mbox.read(source, Options()):
        count += 1
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 4000
    assert source.path.stat().st_size > 16 << 20
    # The chunk, what is left of the last one, and the hashes of four thousand ids.
    assert peak < 6 << 20


def test_what_stands_before_the_first_message_is_reported(make_source: MakeSource) -> None:
    skip, *articles = read_list(mbox, make_source("A note.\n" + MAILBOX, "news.mbox"))
    assert skip == Skip("before the first message", "it belongs to no message", "broken")
    assert len(articles) == 2


def test_the_folders_own_note_is_no_article(make_source: MakeSource) -> None:
    note = "From x Tue Feb 19 10:30:00 2019\nSubject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\nX-IMAP: 1\n\nText.\n"
    skip, *_ = read_list(mbox, make_source(note + MAILBOX, "news.mbox"))
    assert isinstance(skip, Skip)
    assert skip.kind == "empty"


@pytest.mark.parametrize("content", ["", "Some news.\n", "From here on, no mail.\n"])
def test_a_file_without_messages_is_no_mailbox(make_source: MakeSource, content: str) -> None:
    with pytest.raises(SourceError, match="no mailbox") as caught:
        read_list(mbox, make_source(content, "news.mbox"))
    assert caught.value.kind == "broken"


def test_gives_the_messages_before_the_damage_of_a_gzip_file(make_source: MakeSource) -> None:
    results = mbox.read(make_source(gzip.compress((MAILBOX * 2000).encode())[:-9], "news.mbox.gz"), Options())
    assert isinstance(next(results), Article)
    with pytest.raises(SourceError, match="incomplete"):
        list(results)


@pytest.mark.parametrize("name", ["news.mbox", "news", "Inbox", "2019-February.txt"])
def test_mailboxes_are_recognised_by_their_content(make_source: MakeSource, name: str) -> None:
    assert name_of(make_source(MAILBOX, name)) == "mbox"
    assert name_of(make_source(gzip.compress(MAILBOX.encode()), name + ".gz")) == "mbox"


@pytest.mark.parametrize("name", ["story.eml", "STORY.EML", "1.emlx", "1.", "1550570400.M1P2.host:2,S", "story"])
def test_messages_are_recognised(make_source: MakeSource, name: str) -> None:
    content = f"{len(PLAIN)}\n{PLAIN}" if name.endswith("emlx") else PLAIN
    assert name_of(make_source(content, name)) == "eml"


def test_a_message_that_begins_with_the_line_of_a_mailbox_is_one(make_source: MakeSource) -> None:
    assert name_of(make_source("Received: from a\n by b\n" + PLAIN, "story")) == "eml"
    assert name_of(make_source(">From jane Tue Feb 19 10:30:00 2019\n" + PLAIN, "story.eml")) == "eml"


@pytest.mark.parametrize(
    "content",
    [
        f"title: Trucks leave\ndate: 2019-02-19\nlocation: BEIRUT\nsource: The Wire\n\n{TEXT}",
        f"date: 2019-02-19\nsubject: Trucks\nfrom: The Wire\nto: all\n\n{TEXT}",
        f"From here on: nothing.\nNote: this is text.\n\n{TEXT}",
        f"From Tuesday to Wednesday\n\n{TEXT}",
        f"Subject: Trucks\n\n{TEXT}",
        TEXT,
    ],
)
@pytest.mark.parametrize("name", ["story.txt", "story"])
def test_texts_are_no_mail(make_source: MakeSource, content: str, name: str) -> None:
    assert name_of(make_source(content, name)) == "text"


def test_a_page_that_a_browser_saved_is_no_mail(make_source: MakeSource) -> None:
    assert not eml.recognises(PLAIN.encode(), make_source(PLAIN, "page.mhtml"))


def test_a_file_without_fields_is_no_mail_whatever_its_name(make_source: MakeSource) -> None:
    assert not eml.recognises(TEXT.encode(), make_source(TEXT, "story.eml"))


LONG = 1 << 19


@pytest.mark.parametrize(
    "content",
    [
        "a:\n" * (LONG // 3),
        "Subject: " + "=?a?q?" * (LONG // 6),
        "Subject: a\n" + " b\n" * (LONG // 3),
        "From: " + "(" * LONG + "\n\ntext",
        "From: " + "a,<" * LONG + "\n\ntext",
        "Content-Type: text/plain" + ';"' * LONG + "\n\ntext",
        "Content-Type: multipart/mixed; boundary=a\n\n" + "--a\n" * (LONG // 4),
        "Content-Type: multipart/mixed; boundary=a\n\n" + "\n" * LONG,
        "Content-Type: multipart/mixed\n\n" + ("--a" + " " * 400 + "\n") * (LONG // 400),
        "Content-Type: multipart/mixed; boundary=a\n\n" + "--a\nContent-Type: multipart/mixed; boundary=a\n\n" * (LONG // 50),
        "Content-Type: message/rfc822\n\n" * (LONG // 30),
        "Content-Type: text/html\n\n" + "<a " * (LONG // 3),
        "Content-Type: text/plain; format=flowed\n\n" + "> \n" * (LONG // 3),
        "Subject: a\n\n" + "> a\n>> b\n" * (LONG // 9),
        "Content-Transfer-Encoding: base64\n\n" + "=" * LONG,
        "From a@b.example\n" * (LONG // 17),
        "From Mon Mon Mon\n" * (LONG // 17),
        ("From a Tue Feb 19 10:30:00 2019\nSubject: x\n\n") * (LONG // 46),
    ],
)  # fmt: skip
def test_takes_time_in_proportion(make_source: MakeSource, content: str) -> None:
    source = make_source(content, "news.eml")
    with within(12):
        for reader in (eml, mbox):
            assert reader.recognises(content.encode()[:4096], source) in (True, False)
            try:
                results = read_list(reader, source)
            except SourceError:
                continue
            assert_fit_for_an_index(results)


PIECES = [
    b"\n",
    b"\r\n",
    b"\n\n",
    b":",
    b"--outer",
    b"--inner--",
    b"=?utf-8?b?",
    b"?=",
    b"\xff",
    b"\0",
    b";",
    b'"',
    b"\nFrom ",
]


@settings(max_examples=200 * MORE, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_mutated_mail_is_never_a_fault(make_source: MakeSource, data: st.DataObject) -> None:
    content = data.draw(st.sampled_from([PLAIN, MIXED, MAILBOX, MAILBOX + MIXED])).encode()
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.integers(0, 40)))
        content = (
            content[:start] + data.draw(st.one_of(st.binary(max_size=10), st.sampled_from(PIECES))) + content[end:]
        )
    assert_fit_for_an_index(read_list(eml, make_source(content, "news.eml")))
    try:
        results = read_list(mbox, make_source(content, "news.mbox"))
    except SourceError:
        return
    assert_fit_for_an_index(results)


@settings(max_examples=100 * MORE, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from(["from", "date", "subject", "content-type", "list-id", "received"]))
def test_any_bytes_in_a_field_cost_nothing_else(make_source: MakeSource, value: bytes, name: str) -> None:
    value = value.replace(b"\n", b"").replace(b"\r", b"")
    content = b"Keywords: kept\n" + name.encode() + b": " + value + b"\nArchived-At: <https://a.example>\n\nText.\n"
    (article,) = read_list(eml, make_source(content, "a.eml"))
    assert_fit_for_an_index([article])
    if isinstance(article, Article):
        assert (article.topics, article.url) == (("kept",), "https://a.example")


@settings(max_examples=50 * MORE, deadline=None)
@given(st.text())
def test_encoded_words_come_back_as_they_were(text: str) -> None:
    from email.header import Header

    from searchkit.readers.mime import decode_words

    text = " ".join(text.encode("utf-8", "replace").decode().split())
    written = Header(text, "utf-8", maxlinelen=40).encode().replace("\n", "")
    assert " ".join(decode_words(written).split()) == text
