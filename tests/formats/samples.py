"""One small sound file of every format, each with two articles (or one, where a file is an article)."""

from __future__ import annotations

import bz2
import email.message
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Callable

_TITLES = ("Harbour bridge reopens after floods", "Council votes on the new tram line")
_TEXTS = (
    "The bridge over the harbour reopened on Tuesday, three weeks after the floods.\n\nEngineers said that it was safe.",
    "The council voted by a narrow margin for a tram line to the northern suburbs.\n\nWork begins in spring.",
)
_DATES = ("2019-02-19T08:30:00+01:00", "2019-02-20T18:00:00+01:00")
_RECORDS = [
    {"id": f"n{number}", "headline": title, "text": text, "published": date, "url": f"https://news.example/{number}"}
    for number, (title, text, date) in enumerate(zip(_TITLES, _TEXTS, _DATES, strict=True), 1)
]


def _markup(text: str) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n\n"))


def _json_lines() -> bytes:
    return "".join(json.dumps(record) + "\n" for record in _RECORDS).encode()


def _json_array() -> bytes:
    return json.dumps({"articles": _RECORDS}, indent=1).encode()


def _csv() -> bytes:
    rows = ['"{}","{}","{}"'.format(r["headline"], r["text"], r["published"]) for r in _RECORDS]
    return ("title,body,date\n" + "\n".join(rows) + "\n").encode()


def _tsv() -> bytes:
    rows = ["\t".join((r["headline"], r["text"].replace("\n", " "), r["published"])) for r in _RECORDS]
    return ("title\tbody\tdate\n" + "\n".join(rows) + "\n").encode()


def _html() -> bytes:
    text = _markup(" ".join([_TEXTS[0]] * 4).replace("safe. The", "safe.\n\nThe"))
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>{_TITLES[0]}</title>'
        f'<meta property="article:published_time" content="{_DATES[0]}"></head>'
        f"<body><nav><a href='/'>Home</a></nav><article><h1>{_TITLES[0]}</h1>{text}</article></body></html>"
    ).encode()


def _warc() -> bytes:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    class Writer(WARCWriter):  # type: ignore[misc]
        _create_temp_file = staticmethod(io.BytesIO)  # its own is left open

    out = io.BytesIO()
    writer = Writer(out, gzip=True)
    for number in (1, 2):
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(
                f"https://news.example/{number}",
                "response",
                payload=io.BytesIO(_html()),
                http_headers=headers,
                warc_headers_dict={
                    "WARC-Date": "2020-01-01T00:00:00Z",
                    "WARC-Record-ID": f"<urn:uuid:00000000-0000-0000-0000-00000000000{number}>",
                },
            )
        )
    return out.getvalue()


def _rss() -> bytes:
    items = "".join(
        f"<item><title>{r['headline']}</title><guid>{r['url']}</guid><pubDate>Tue, 19 Feb 2019 08:30:00 +0100</pubDate>"
        f"<description><![CDATA[{_markup(r['text'])}]]></description></item>"
        for r in _RECORDS
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>The Gazette</title>{items}</channel></rss>'.encode()
    )


def _atom() -> bytes:
    entries = "".join(
        f"<entry><id>{r['url']}</id><title>{r['headline']}</title><updated>{r['published']}</updated>"
        f"<content type='html'><![CDATA[{_markup(r['text'])}]]></content></entry>"
        for r in _RECORDS
    )
    feed = '<feed xmlns="http://www.w3.org/2005/Atom"><title>The Gazette</title><id>x</id>'
    return f'<?xml version="1.0"?>{feed}<updated>{_DATES[0]}</updated>{entries}</feed>'.encode()


def _nitf() -> bytes:
    return (
        f'<?xml version="1.0"?><nitf><head><docdata><date.issue norm="20190219T083000+0100"/></docdata></head><body><body.head>'
        f"<hedline><hl1>{_TITLES[0]}</hl1></hedline></body.head><body.content>{_markup(_TEXTS[0])}</body.content></body></nitf>"
    ).encode()


def _newsml() -> bytes:
    items = "".join(
        f'<newsItem guid="tag:news.example,2019:{r["id"]}" version="1"><itemMeta><itemClass qcode="ninat:text"/></itemMeta>'
        f"<contentMeta><contentCreated>{r['published']}</contentCreated><headline>{r['headline']}</headline></contentMeta>"
        f'<contentSet><inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><body>'
        f"{_markup(r['text'])}</body></html></inlineXML></contentSet></newsItem>"
        for r in _RECORDS
    )
    message = '<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>'
    return f'<?xml version="1.0"?>{message}{items}</itemSet></newsMessage>'.encode()


def _ninjs() -> bytes:
    r = _RECORDS[0]
    item = {"uri": r["url"], "headline": r["headline"], "versioncreated": r["published"], "body_text": r["text"]}
    return json.dumps(item).encode()


def _reuters() -> bytes:
    stories = "".join(
        f'<REUTERS NEWID="{number}">\n<DATE>26-FEB-1987 15:01:01.79</DATE>\n<TEXT>&#2;\n<TITLE>{title}</TITLE>\n'
        f"<DATELINE>    OSLO, Feb 26 - </DATELINE><BODY>{text}\n Reuter\n&#3;</BODY></TEXT>\n</REUTERS>\n"
        for number, (title, text) in enumerate(zip(_TITLES, _TEXTS, strict=True), 1)
    )
    return f'<!DOCTYPE lewis SYSTEM "lewis.dtd">\n{stories}'.encode()


def _trec() -> bytes:
    return "".join(
        f"<DOC>\n<DOCNO> GZ-{number:04} </DOCNO>\n<HEAD>{title}</HEAD>\n<DATE>February 19, 2019</DATE>\n"
        f"<TEXT>\n{text}\n</TEXT>\n</DOC>\n"
        for number, (title, text) in enumerate(zip(_TITLES, _TEXTS, strict=True), 1)
    ).encode()


def _message(number: int) -> bytes:
    message = email.message.EmailMessage()
    message["Subject"] = _TITLES[number]
    message["From"] = "The Gazette <news@news.example>"
    message["Date"] = "Tue, 19 Feb 2019 08:30:00 +0100"
    message["Message-ID"] = f"<{number}@news.example>"
    message.set_content(_TEXTS[number])
    message.add_alternative(_markup(_TEXTS[number]), subtype="html")
    return message.as_bytes()


def _mbox() -> bytes:
    return b"".join(b"From news@news.example Tue Feb 19 08:30:00 2019\n" + _message(n) + b"\n" for n in (0, 1))


def _pdf() -> bytes:
    from reportlab.pdfgen import canvas

    out = io.BytesIO()
    page = canvas.Canvas(out, invariant=True)
    page.setTitle(_TITLES[0])
    for row, line in enumerate(_TEXTS[0].split("\n")):
        page.drawString(72, 720 - 16 * row, line)
    page.save()
    return out.getvalue()


def _text() -> bytes:
    return f"date 2019-02-19 OSLO, Norway — {_TEXTS[0]}\n".encode()


def _markdown() -> bytes:
    return f"---\ntitle: {_TITLES[0]}\ndate: 2019-02-19\n---\n\n{_TEXTS[0]}\n".encode()


def _zst() -> bytes:
    import zstandard

    return zstandard.ZstdCompressor().compress(_json_lines())


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("2019/a.txt", _text())
        packed.writestr("b.jsonl", _json_lines())
    return out.getvalue()


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as packed:
        for name, data in (("2019/a.txt", _text()), ("b.jsonl", _json_lines())):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            packed.addfile(member, io.BytesIO(data))
    return out.getvalue()


SAMPLES: dict[str, tuple[Callable[[], bytes], int]] = {
    "lines.jsonl": (_json_lines, 2),
    "array.json": (_json_array, 2),
    "ninjs.json": (_ninjs, 1),
    "table.csv": (_csv, 2),
    "table.tsv": (_tsv, 2),
    "page.html": (_html, 1),
    "crawl.warc.gz": (_warc, 2),
    "feed.rss": (_rss, 2),
    "feed.atom": (_atom, 2),
    "nitf.xml": (_nitf, 1),
    "newsml.xml": (_newsml, 2),
    "wire.sgm": (_reuters, 2),
    "trec.sgml": (_trec, 2),
    "letter.eml": (lambda: _message(0), 1),
    "box.mbox": (_mbox, 2),
    "page.pdf": (_pdf, 1),
    "story.txt": (_text, 1),
    "story.md": (_markdown, 1),
    "lines.jsonl.gz": (lambda: gzip.compress(_json_lines(), mtime=0), 2),
    "lines.jsonl.bz2": (lambda: bz2.compress(_json_lines()), 2),
    "lines.jsonl.xz": (lambda: lzma.compress(_json_lines()), 2),
    "lines.jsonl.zst": (_zst, 2),
    "all.zip": (_zip, 3),
    "all.tar.gz": (_tar, 3),
}
"""For each file name what makes its bytes, and how many articles they hold."""
