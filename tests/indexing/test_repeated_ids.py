"""Two articles of one file with the same id are both kept, in every format, and a report says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchkit import Archive, Noted, Skipped

REUTERS = '<REUTERS NEWID="7"><DATE>26-FEB-1987</DATE><TEXT><TITLE>{0}</TITLE><BODY>{0}.</BODY></TEXT></REUTERS>\n'
FILES = {
    "mail.mbox": "From a@example.org Mon Feb 18 10:00:00 2019\nMessage-ID: <7@example.org>\nSubject: {0}\n\n{0}.\n\n",
    "wire.sgm": REUTERS,
    "ap.trec": "<DOC><DOCNO> AP7 </DOCNO><HEAD>{0}</HEAD><TEXT>{0}.</TEXT></DOC>\n",
    "feed.rss": "<item><guid>7</guid><title>{0}</title><description>{0}.</description></item>",
    "nitf.xml": '<nitf><head><title>{0}</title><docdata><doc-id id-string="7"/></docdata></head>'
    "<body><body.content><p>{0}.</p></body.content></body></nitf>",
    "g2.xml": '<newsItem guid="7"><contentMeta><headline>{0}</headline></contentMeta>'
    "<contentSet><inlineData>{0}.</inlineData></contentSet></newsItem>",
    "lines.jsonl": '{{"id": "7", "title": "{0}", "text": "{0}."}}\n',
}
AROUND = {
    "wire.sgm": '<!DOCTYPE lewis SYSTEM "lewis.dtd">\n{}',
    "feed.rss": '<rss version="2.0"><channel><title>News</title>{}</channel></rss>',
    "nitf.xml": "<wrapper>{}</wrapper>",
    "g2.xml": "<newsMessage><itemSet>{}</itemSet></newsMessage>",
}


@pytest.mark.parametrize("name", FILES)
def test_the_second_article_with_an_id_is_kept_under_another_and_noted(
    archive: Archive, tmp_path: Path, name: str
) -> None:
    stories = "".join(FILES[name].format(word) for word in ("Amber", "Basalt", "Cobalt"))
    file = tmp_path / "news" / name
    file.parent.mkdir()
    file.write_text(AROUND.get(name, "{}").format(stories))
    remarks: list[Skipped | Noted] = []
    summary = archive.index([file.parent], remark=remarks.append)
    assert (summary.added, summary.skipped) == (3, ())
    (first,) = (hit.id for hit in archive.search("amber").hits)
    noted = {(one.path, one.kind, one.id, one.new_id) for one in remarks if isinstance(one, Noted)}
    assert noted == {(str(file), "duplicate id", first, f"{first}.{ordinal}") for ordinal in (2, 3)}
    assert [hit.id for hit in archive.search("basalt").hits] == [f"{first}.2"]
