"""XML is read safely: nothing multiplies, nothing is fetched, and no text is lost to what is wrong with it."""

from __future__ import annotations

import gzip
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.errors import SourceError
from searchkit.readers import xml_
from searchkit.readers.base import Skip, Source
from searchkit.readers.xml_ import Element, block, line, read_elements, root_name
from tests.conftest import within

from .support import MakeSource


def read(source: Source) -> list[Element | Skip]:
    return list(read_elements(source, "nitf|item", "item"))


def one(make_source: MakeSource, content: str | bytes) -> Element:
    (found,) = read(make_source(content, "a.xml"))
    assert isinstance(found, Element)
    return found


def text_of(make_source: MakeSource, content: str | bytes) -> str:
    return block(one(make_source, content).root)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"<nitf>", "nitf"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <rss> -->\n<nitf version='1'>", "nitf"),
        (b"<!DOCTYPE nitf SYSTEM 'nitf.dtd'><nitf/>", "nitf"),
        (b"<!DOCTYPE nitf [<!ENTITY a '<rss>'>\n<!ENTITY b 'x'>\n]><ap:nitf xmlns:ap='u'>", "nitf"),
        ("\ufeff<?xml version='1.0' encoding='UTF-16'?><nitf>".encode("utf-16-le"), "nitf"),
        (b"<nitf", "nitf"),
        (b"<!-- never closed <nitf>", ""),
        (b"Prose with a <nitf> in it", ""),
        (b"", ""),
    ],
)
def test_the_root_is_found_behind_all_that_may_stand_before_it(head: bytes, name: str) -> None:
    assert root_name(head) == name


TENFOLD = "&l{0};" * 10
LAUGHS = "".join(f"<!ENTITY l{n} '{TENFOLD.format(n - 1)}'>" for n in range(1, 30))
ATTRIBUTES = " ".join(f"a{n}='1'" for n in range(100_000))
ATTACKS = {
    "billion laughs": f'<!DOCTYPE nitf [<!ENTITY l0 "lol">{LAUGHS}]><nitf><p>before &l29; after</p></nitf>',
    "laughs in an attribute": f'<!DOCTYPE nitf [<!ENTITY l0 "lol">{LAUGHS}]><nitf><p a="&l29;">before after</p></nitf>',
    "quadratic blow-up": (
        f'<!DOCTYPE nitf [<!ENTITY a "{"x" * 100_000}">]><nitf><p>before {"&a;" * 20_000} after</p></nitf>'
    ),
    "laughs in parameters": (
        '<!DOCTYPE nitf [<!ENTITY % a "x"><!ENTITY % b "%a;%a;%a;"><!ENTITY % c "%b;%b;%b;">%c;]>'
        "<nitf><p>before after</p></nitf>"
    ),
    "a document type inside": '<nitf><!DOCTYPE nitf [<!ENTITY a "lol">]><p>before &a; after</p></nitf>',
    "a million levels": f"<nitf><p>before {'<b>' * 300_000}x{'</b>' * 300_000} after</p></nitf>",
    "a million levels without an end": f"<nitf><p>before after {'<b>' * 300_000}x</nitf>",
    "a hundred thousand attributes": f"<nitf><p {ATTRIBUTES}>before after</p></nitf>",
    "a long name": f"<nitf><{'p' * 2_000_000}>before after</nitf>",
    "stray ends": f"<nitf><p>before after{'</x>' * 300_000}</p></nitf>",
    "open tags": f"<nitf><p>before after</p>{'<' * 1_000_000}</nitf>",
    "open comments": f"<nitf><p>before after</p>{'<!--' * 300_000}</nitf>",
    "open sections": f"<nitf><p>before after</p>{'<![CDATA[' * 200_000}</nitf>",
    "ampersands": f"<nitf><p>before after {'&' * 1_000_000}</p></nitf>",
}


@pytest.mark.parametrize("name", list(ATTACKS))
def test_an_attack_is_quick_and_bounded(make_source: MakeSource, name: str) -> None:
    content = ATTACKS[name]
    source = make_source(content, "a.xml")
    with within(5):
        texts = [block(found.root) for found in read(source) if isinstance(found, Element)]
    assert sum(map(len, texts)) <= 2 * len(content)
    assert "lollol" not in "".join(texts)
    assert any("before" in text and "after" in text for text in texts)


@pytest.mark.parametrize(
    "content",
    [
        '<!DOCTYPE nitf [<!ENTITY x SYSTEM "{uri}">]><nitf><p>before &x; after</p></nitf>',
        '<!DOCTYPE nitf [<!ENTITY x SYSTEM "{uri}">]><nitf><p a="&x;">before after</p></nitf>',
        '<!DOCTYPE nitf [<!ENTITY % x SYSTEM "{dtd}"> %x;]><nitf><p>before &taken; after</p></nitf>',
        '<!DOCTYPE nitf SYSTEM "{dtd}"><nitf><p>before &taken; after</p></nitf>',
        '<!DOCTYPE nitf PUBLIC "-//IPTC//DTD NITF 3.6//EN" "{dtd}"><nitf><p>before &taken; after</p></nitf>',
        '<nitf xmlns:xi="http://www.w3.org/2001/XInclude"><p>before <xi:include href="{uri}" parse="text"/> after</p></nitf>',
        '<?xml-stylesheet href="{uri}"?><nitf><?include {uri}?><p>before after</p></nitf>',
    ],
)
def test_no_other_file_is_read(make_source: MakeSource, tmp_path: Path, content: str) -> None:
    (tmp_path / "secret").write_text("SECRET")
    (tmp_path / "secret.dtd").write_text('<!ENTITY taken "SECRET">')
    uris = {"uri": (tmp_path / "secret").as_uri(), "dtd": (tmp_path / "secret.dtd").as_uri()}
    found = one(make_source, content.format(**uris))
    assert "SECRET" not in block(found.root)
    assert not [value for node in found.root.iter() for value in node.attrib.values() if "SECRET" in value]
    assert block(found.root).startswith("before")
    assert block(found.root).endswith("after")


def test_entities_of_a_dtd_lose_no_text(make_source: MakeSource) -> None:
    content = "<nitf><p>Caf&eacute;&nbsp;&mdash; &amp;lt; &lt;b&gt; &#233;&#xE9; &#147;so&#148; &house; AT&T &#1;&#0;x</p></nitf>"
    found = one(make_source, content)
    assert line(found.root) == "Café — &lt; <b> éé “so” &house; AT&T \ufffdx"
    assert found.notes == {}


def test_entities_in_attributes_are_decoded(make_source: MakeSource) -> None:
    root = one(
        make_source, '<nitf a="&eacute;&quot;&house;&QUOT;"/><nitf></nitf>'.replace("/><nitf></nitf>", "></nitf>")
    ).root
    assert root.get("a") == 'é"&house;"'


def test_a_section_is_taken_as_it_is(make_source: MakeSource) -> None:
    root = one(make_source, "<nitf><p><![CDATA[a & b &house; <i>]]></p><p>c & d</p></nitf>").root
    assert root[0].text == "a & b &house; <i>"
    assert root[1].text == "c & d"


@pytest.mark.parametrize(
    "content",
    [
        "<?xml version='1.0' encoding='UTF-16'?><nitf><p>Café</p></nitf>".encode("utf-16"),
        "<?xml version='1.0' encoding='UTF-16'?><nitf><p>Café</p></nitf>".encode("utf-16-be"),
        "<nitf><p>Café</p></nitf>".encode("utf-16-le"),
        "\ufeff<nitf><p>Café</p></nitf>".encode("utf-32-be"),
        "\ufeff<?xml version='1.0'?><nitf><p>Café</p></nitf>".encode(),
        "<?xml version='1.0' encoding='iso-8859-1'?><nitf><p>Café</p></nitf>".encode("latin-1"),
        "<?xml version='1.0' encoding='windows-1251'?><nitf><p>Café</p></nitf>".encode(),
    ],
)
def test_the_encoding_is_found(make_source: MakeSource, content: bytes) -> None:
    found = one(make_source, content)
    assert line(found.root) == "Café"
    assert found.notes == {}


def test_an_encoding_that_is_guessed_is_noted(make_source: MakeSource) -> None:
    found = one(make_source, "<nitf><p>Café</p></nitf>".encode("latin-1"))
    assert line(found.root) == "Café"
    assert found.notes == {"encoding": "windows-1252 (guessed)"}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<nitf><body><p>one</b></p></i><p>two</p></body></nitf>", "one\n\ntwo"),
        ("<nitf><body><p>one<p>two</body></nitf>", "one\n\ntwo"),
        ("<nitf><body><p>one<br>two</p><p>three</body></nitf>", "one\ntwo\n\nthree"),
        ("<nitf><p>5 < 6 and <7></p><p>two</p></nitf>", "5 < 6 and <7>\n\ntwo"),
        ("<nitf><p a=b c>one</p><p>two</p></nitf>", "one\n\ntwo"),
        ("<nitf><p a='1' a='2' b=\"'3\">one</p><p>two</p></nitf>", "one\n\ntwo"),
        ("<nitf><p>one</p><p>two", "one\n\ntwo"),
        ("<nitf></x><p><![CDATA[5 < 6 <7>]]></p><!-- <p> --><p>two</p></nitf>", "5 < 6 <7>\n\ntwo"),
        ("<nitf><p>one</p><![CDATA[two &eacute; &amp; three</nitf>", "one\n\n<![CDATA[two é & three"),
    ],
)
def test_damaged_xml_loses_no_text_and_is_noted(make_source: MakeSource, content: str, text: str) -> None:
    found = one(make_source, content)
    assert block(found.root) == text
    assert "read as far as it goes" in found.notes["xml_note"] or "the file ends before" in found.notes["xml_note"]


def test_line_breaks_without_an_end_are_not_nested(make_source: MakeSource) -> None:
    text = text_of(make_source, f"<nitf><p>one{'<br>two' * 500}</p></nitf>")
    assert text.split("\n") == ["one", *["two"] * 500]


def test_attributes_without_quotes_keep_their_values(make_source: MakeSource) -> None:
    root = one(make_source, "<nitf a=b c d='\"' a=\"2\" e='&eacute;&amp;'>x</nitf>").root
    assert dict(root.attrib) == {"a": "b", "d": '"', "e": "é&"}


def test_what_is_nested_too_deeply_keeps_its_text(make_source: MakeSource) -> None:
    text = text_of(make_source, f"<nitf>{'<b>' * 1000}deep{'</b>' * 1000}<p>after</p></nitf>")
    assert text == "deep\n\nafter"


def test_prefixes_and_namespaces_are_left_out(make_source: MakeSource) -> None:
    found = one(make_source, "<x:list xmlns:x='u'><x:nitf><x:p y:a='1'>one</x:p><p xmlns='v'>two</p></x:nitf></x:list>")
    assert [node.tag for node in found.root.iter()] == ["nitf", "p", "p"]
    assert found.notes == {}


def test_one_broken_element_costs_no_other(make_source: MakeSource) -> None:
    huge = "x" * (11 << 20)
    results = read(make_source(f'<all><item>one</item><item a="{huge}"></item><item>three</item></all>', "a.xml"))
    assert [line(found.root) for found in results if isinstance(found, Element)] == ["one", "three"]
    assert [(found.where, found.kind) for found in results if isinstance(found, Skip)] == [("item 2", "broken")]


def test_one_that_is_too_long_is_a_skip(make_source: MakeSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_, "LONGEST_ELEMENT", 1 << 20)
    content = f"<all><item>{'x ' * (2 << 20)}</item><item>two</item></all>"
    skip, found = read(make_source(content, "a.xml"))
    assert skip == Skip("item 1", "it does not end within 1024 kB: split it, or leave it out", "too large")
    assert isinstance(found, Element)
    assert not found.alone


def test_whether_there_is_another_is_known_before_the_first(make_source: MakeSource) -> None:
    assert one(make_source, "<nitf></nitf>").alone
    results = read(make_source("<a><nitf></nitf><nitf></nitf></a>", "a.xml"))
    assert [(found.ordinal, found.alone) for found in results if isinstance(found, Element)] == [(1, False), (2, False)]


def test_a_truncated_gzip_file_gives_what_it_has_and_then_an_error(make_source: MakeSource) -> None:
    content = f"<nitf><p>one {''.join(chr(97 + n * n % 26) for n in range(5000))}</p></nitf>"
    results = read_elements(make_source(gzip.compress(content.encode())[:-12], "a.xml.gz"), "nitf", "item")
    found = next(results)
    assert isinstance(found, Element)
    assert "one" in line(found.root)
    with pytest.raises(SourceError, match="incomplete"):
        next(results)


def test_a_file_without_one_is_an_error(make_source: MakeSource) -> None:
    with pytest.raises(SourceError, match="there is no item in it"):
        read(make_source("<rss></rss>", "a.xml"))


def test_memory_does_not_grow_with_the_file(make_source: MakeSource) -> None:
    item = f"<item><p>{'word ' * 200}</p></item>"
    source = make_source(f"<all>{item * 8000}</all>", "a.xml")
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_elements(source, "item", "item"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 8000
    assert peak < 4 << 20


def test_without_lxml_the_error_says_what_to_install(make_source: MakeSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lxml.etree", None)
    with pytest.raises(SourceError, match=r"searchkit\[xml\]") as caught:
        read(make_source("<nitf></nitf>", "a.xml"))
    assert caught.value.kind == "missing extra"


def test_blocks_are_paragraphs_and_rows_are_lines(make_source: MakeSource) -> None:
    content = """<nitf>loose <p>one
        <b>bold</b>, more</p>tail<ul><li>a</li><li>b</li></ul><table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>
        <pre>x
y</pre><script>no</script><!-- no --><?no no?></nitf>"""
    assert text_of(make_source, content) == "loose\n\none bold, more\n\ntail\n\na\nb\n\n1 2\n3\n\nx\ny"


def test_html_in_a_section_is_flattened(make_source: MakeSource) -> None:
    assert text_of(make_source, "<nitf><![CDATA[<p>one &amp; two</p><p>three</p>]]></nitf>") == "one & two\n\nthree"


PARTS = st.sampled_from(
    [
        *(
            "<nitf>",
            "</nitf>",
            "<p>",
            "</p>",
            "<p",
            "<",
            ">",
            "&",
            "&#0;",
            "&eacute;",
            "<![CDATA[",
            "]]>",
            "<!--",
            "-->",
        ),
        *(
            "<?",
            "?>",
            "<!DOCTYPE x [",
            "x",
            " ",
            '"',
            "a='",
            "\x00",
            "\ufffe",
            "é",
            "<x:y>",
            "<a:b:c>",
            "<1>",
            "</x:1>",
        ),
    ]
)


@given(st.lists(st.one_of(PARTS, st.text(max_size=5)), max_size=40))
def test_anything_between_the_tags_gives_an_element_or_a_skip(tmp_path: Path, parts: list[str]) -> None:
    path = tmp_path / "fuzz.xml"
    path.write_bytes(b"<nitf>" + "".join(parts).encode("utf-8", "surrogatepass") + b"</nitf>")
    for found in read(Source(path, "fuzz.xml", "fuzz.xml")):
        if isinstance(found, Element):
            block(found.root)
            # A reference that was left would be a node of its own, and its text lost.
            assert all(isinstance(node.tag, str) for node in found.root.iter())
