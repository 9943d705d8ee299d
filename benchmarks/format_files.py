"""The articles of the big corpus, written in every format that is read: a file, or a folder of files, for each."""

from __future__ import annotations

import base64
import csv
import email.message
import email.utils
import gzip
import html
import io
import json
import mailbox
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from benchmarks import corpus


@dataclass(frozen=True, slots=True)
class Story:
    """An article of the corpus, with its paragraphs apart."""

    number: int
    title: str
    published: str  # ISO 8601
    dateline: str
    paragraphs: list[str]

    @property
    def url(self) -> str:
        return f"https://news.example/{self.published[:10].replace('-', '/')}/{self.number}"


def stories(articles: int) -> Iterator[Story]:
    """The first so many articles of the big corpus."""
    number = 0
    for path in sorted(corpus.big(max(articles, corpus.FILE)).glob("*.jsonl")):
        for line in path.read_bytes().splitlines():
            number += 1
            if number > articles:
                return
            story = orjson.loads(line)
            yield Story(number, story["title"], story["published"], story["dateline"], story["text"].split("\n\n"))


def page(story: Story, image: int = 0) -> str:
    """A web page as publishers serve them: metadata, navigation, the story, other headlines; and an image of so many bytes."""
    other = "".join(f'<li><a href="/{n}">Other story number {n}</a></li>' for n in range(25))
    data = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": story.title,
            "datePublished": story.published, "author": {"@type": "Person", "name": "Ann Reporter"}}  # fmt: skip
    text = "".join(f"<p>{html.escape(paragraph)}</p>\n" for paragraph in story.paragraphs)
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(story.title)} - The Gazette</title>'
        f'<meta property="og:title" content="{html.escape(story.title)}"><meta property="og:site_name" content="The Gazette">'
        f'<meta property="article:published_time" content="{story.published}"><link rel="canonical" href="{story.url}">'
        f'<script type="application/ld+json">{json.dumps(data)}</script><style>p {{ margin: 0 }}</style></head><body>'
        f"<header><nav><ul>{other}</ul></nav></header><main><article><h1>{html.escape(story.title)}</h1>"
        f"<time datetime='{story.published}'>{story.published[:10]}</time>\n{text}{_image(story, image)}</article></main>"
        f"<aside><h2>Most read</h2><ul>{other}</ul></aside><footer><p>The Gazette, all rights reserved</p></footer></body></html>"
    )


def _image(story: Story, size: int) -> str:
    """One that is written into the page, and cannot be packed."""
    data = base64.b64encode(random.Random(story.number).randbytes(size)).decode()
    return f'<img alt="" src="data:image/jpeg;base64,{data}">' if size else ""


def json_lines(target: Path, articles: int) -> None:
    """One object a line."""
    with target.with_suffix(".jsonl").open("w", encoding="utf-8") as out:
        for story in stories(articles):
            out.write(json.dumps(_record(story), ensure_ascii=False) + "\n")


def _record(story: Story) -> dict[str, Any]:
    return {"id": str(story.number), "headline": story.title, "published": story.published, "url": story.url,
            "dateline": story.dateline, "text": "\n\n".join(story.paragraphs)}  # fmt: skip


def csv_file(target: Path, articles: int) -> None:
    """With a header."""
    with target.with_suffix(".csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, _record(next(stories(1))))
        writer.writeheader()
        writer.writerows(map(_record, stories(articles)))


def pages(target: Path, articles: int) -> None:
    """A folder of pages."""
    target.mkdir()
    for story in stories(articles):
        (target / f"{story.number}.html").write_text(page(story), encoding="utf-8")


def warc(target: Path, articles: int, image: int = 0) -> None:
    """A .warc.gz, by warcio."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    with target.with_suffix(".warc.gz").open("wb") as out:
        writer = WARCWriter(out, gzip=True)
        for story in stories(articles):
            headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            body = io.BytesIO(page(story, image).encode())
            writer.write_record(
                writer.create_warc_record(story.url, "response", payload=body, http_headers=headers,
                                          warc_headers_dict={"WARC-Date": "2020-01-01T00:00:00Z"})
            )  # fmt: skip


def feed(target: Path, articles: int) -> None:
    """RSS 2.0 files of 100 entries."""
    target.mkdir()
    entries: list[str] = []

    def write(number: int) -> None:
        (target / f"{number}.rss").write_text(
            '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>The Gazette</title>'
            f"<link>https://news.example/</link><description>News</description>{''.join(entries)}</channel></rss>",
            encoding="utf-8",
        )
        entries.clear()

    for story in stories(articles):
        text = html.escape("".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in story.paragraphs))
        date = email.utils.format_datetime(_moment(story))
        entries.append(
            f"<item><title>{html.escape(story.title)}</title><link>{story.url}</link><guid>{story.url}</guid>"
            f"<pubDate>{date}</pubDate><description>{text}</description></item>"
        )
        if len(entries) == 100:
            write(story.number)
    if entries:
        write(0)


def _moment(story: Story) -> Any:
    import datetime as dt

    return dt.datetime.fromisoformat(story.published)


def nitf(target: Path, articles: int) -> None:
    """A folder of NITF 3.6 files."""
    target.mkdir()
    for story in stories(articles):
        text = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in story.paragraphs)
        norm = story.published.replace("-", "").replace(":", "")
        (target / f"{story.number}.xml").write_text(
            f'<?xml version="1.0" encoding="utf-8"?><nitf><head><title>{html.escape(story.title)}</title><docdata>'
            f'<doc-id id-string="{story.number}"/><date.issue norm="{norm}"/></docdata></head><body><body.head><hedline>'
            f"<hl1>{html.escape(story.title)}</hl1></hedline><dateline><location>{html.escape(story.dateline)}</location></dateline>"
            f"</body.head><body.content>{text}</body.content></body></nitf>",
            encoding="utf-8",
        )


def newsml(target: Path, articles: int) -> None:
    """One NewsML-G2 message."""
    with target.with_suffix(".xml").open("w", encoding="utf-8") as out:
        out.write(
            '<?xml version="1.0" encoding="utf-8"?><newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>'
        )
        for story in stories(articles):
            text = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in story.paragraphs)
            out.write(
                f'<newsItem guid="tag:news.example,2020:{story.number}" version="1"><itemMeta><itemClass qcode="ninat:text"/>'
                f"<versionCreated>{story.published}</versionCreated></itemMeta><contentMeta>"
                f"<contentCreated>{story.published}</contentCreated><headline>{html.escape(story.title)}</headline></contentMeta>"
                '<contentSet><inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><body>'
                f"{text}</body></html></inlineXML></contentSet></newsItem>"
            )
        out.write("</itemSet></newsMessage>")


def trec(target: Path, articles: int) -> None:
    """One file of documents as on the TREC disks."""
    with target.with_suffix(".sgml").open("w", encoding="utf-8") as out:
        for story in stories(articles):
            text = "\n".join(f"<P>\n{html.escape(paragraph, quote=False)}\n</P>" for paragraph in story.paragraphs)
            out.write(
                f"<DOC>\n<DOCNO> GZ-{story.number:08} </DOCNO>\n<HEAD>{html.escape(story.title, quote=False)}</HEAD>\n"
                f"<DATE>{story.published[:10]}</DATE>\n<TEXT>\n{text}\n</TEXT>\n</DOC>\n"
            )


def mbox(target: Path, articles: int) -> None:
    """One mailbox, by the standard library."""
    box = mailbox.mbox(target.with_suffix(".mbox"))
    for story in stories(articles):
        message = email.message.EmailMessage()
        message["Subject"] = story.title
        message["From"] = "The Gazette <news@news.example>"
        message["Date"] = email.utils.format_datetime(_moment(story))
        message["Message-ID"] = f"<{story.number}@news.example>"
        message.set_content("\n\n".join(story.paragraphs), cte="quoted-printable")
        box.add(message)
    box.close()


def packed(target: Path, articles: int) -> None:
    """JSON lines, with gzip."""
    plain = target.with_name("plain")
    json_lines(plain, articles)
    source = plain.with_suffix(".jsonl")
    target.with_suffix(".jsonl.gz").write_bytes(gzip.compress(source.read_bytes(), 6))
    source.unlink()


WRITERS: dict[str, tuple[Callable[[Path, int], None], int]] = {
    "JSON lines": (json_lines, 20_000),
    "JSON lines, gzip": (packed, 20_000),
    "CSV": (csv_file, 20_000),
    "TREC": (trec, 20_000),
    "mbox": (mbox, 2_000),
    "RSS": (feed, 2_000),
    "NITF": (nitf, 5_000),
    "NewsML-G2": (newsml, 5_000),
    "HTML": (pages, 500),
    "WARC": (warc, 500),
}
"""For each format what writes it, and how many articles are enough."""
