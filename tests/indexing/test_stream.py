"""Standard input is a source under a name: its articles are added or replaced by their ids, and none is removed."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from pathlib import Path

import pytest

import searchkit
from searchkit import Archive, Progress, SearchkitError
from searchkit.indexing.stream import spooled

from .support import ids, reuters, story, write_stories


def _lines(*records: object) -> io.BytesIO:
    return io.BytesIO("".join(json.dumps(record) + "\n" for record in records).encode())


def _record(title: str, id: object = None) -> dict[str, object]:
    return {"title": title, "text": f"{title} was in the news.", **({} if id is None else {"id": id})}


def test_json_lines_are_read_with_ids_of_their_own(archive: Archive) -> None:
    summary = archive.index([], stream=_lines(_record("Amber", 1), _record("Basalt", "b/2")))
    assert (summary.added, summary.files_read, summary.total) == (2, 1, 2)
    assert ids(archive) == ["stdin#1", "stdin#b/2"]
    assert archive.show("stdin#1").path == "-"


def test_what_has_no_id_gets_one_from_its_content(archive: Archive) -> None:
    archive.index([], stream=_lines(_record("Amber"), _record("Basalt")))
    archive.index([], stream=_lines(_record("Cobalt"), _record("Amber")))
    assert len(ids(archive)) == 3
    assert len(ids(archive, "amber")) == len(ids(archive, "cobalt")) == 1


def test_a_second_stream_adds_and_replaces_by_id_and_removes_nothing(archive: Archive) -> None:
    archive.index([], stream=_lines(_record("Amber", 1), _record("Basalt", 2), _record("Cobalt")))
    summary = archive.index([], stream=_lines(_record("Beryl", 2), _record("Dolomite", 3)))
    assert (summary.added, summary.updated, summary.removed, summary.total) == (1, 1, 0, 4)
    assert ids(archive, "beryl") == ["stdin#2"]
    assert ids(archive, "basalt") == []


def test_ids_that_are_the_places_of_their_records_are_their_own(archive: Archive) -> None:
    archive.index([], stream=_lines(*(_record(f"Amber {number}", number) for number in range(1, 4))))
    archive.index([], stream=_lines(_record("Agate", 3)))
    assert ids(archive) == ["stdin#1", "stdin#2", "stdin#3"]
    assert ids(archive, "agate") == ["stdin#3"]


def test_two_articles_of_a_stream_with_one_id_are_both_kept(archive: Archive) -> None:
    archive.index([], stream=_lines(_record("Amber", 1), _record("Agate", 1)))
    assert ids(archive) == ["stdin#1", "stdin#1~2"]


def test_streams_under_other_names_do_not_meet(archive: Archive) -> None:
    archive.index([], stream=_lines(_record("Amber", 1)), name="agency one")
    archive.index([], stream=_lines(_record("Basalt", 1)), name="agency two")
    assert ids(archive) == ["agency one#1", "agency two#1"]
    assert [(source.path, source.id) for source in archive.sources(under="-")] == [
        ("-", "agency one"),
        ("-", "agency two"),
    ]


def test_a_stream_and_paths_may_be_read_together(archive: Archive, articles: Path) -> None:
    summary = archive.index([articles], stream=_lines(_record("Dolomite", 1)))
    assert (summary.added, summary.files_read) == (4, 4)
    assert next(archive.sources()).path == "-"


def test_what_is_broken_is_skipped_and_the_rest_goes_on(archive: Archive) -> None:
    summary = archive.index([], stream=io.BytesIO(b'nonsense\n{"title": "Amber"}\n{"id": 4}\n'))
    assert [(skipped.path, skipped.where) for skipped in summary.skipped] == [("-", "line 1"), ("-", "line 3")]
    assert summary.added == 1


def test_an_empty_stream_is_named_among_what_failed(archive: Archive) -> None:
    summary = archive.index([], stream=io.BytesIO())
    assert [skipped.kind for skipped in summary.skipped] == ["empty"]
    assert [source.id for source in archive.sources(failed=True)] == ["stdin"]
    archive.index([], stream=_lines(_record("Amber")))
    assert list(archive.sources(failed=True)) == []


def test_a_fault_of_the_reader_does_not_cost_the_run(
    archive: Archive, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("x")

    monkeypatch.setattr("searchkit.indexing.stream.json_records", fail)
    summary = archive.index([articles], stream=_lines(_record("Amber")))
    assert [skipped.kind for skipped in summary.skipped] == ["fault"]
    assert summary.added == 3


def test_a_stream_may_be_compressed(archive: Archive) -> None:
    archive.index([], stream=io.BytesIO(gzip.compress(_lines(_record("Amber", 1)).getvalue())))
    assert ids(archive) == ["stdin#1"]


def test_another_format_can_be_chosen_and_is_kept_for_the_name(archive: Archive) -> None:
    archive.index([], stream=io.BytesIO(story("Amber").encode()), input_format="text", name="desk")
    archive.index([], stream=io.BytesIO(story("Basalt").encode()), name="desk")
    assert len(ids(archive, "amber")) == len(ids(archive, "basalt")) == 1
    assert all(id.startswith("desk#") for id in ids(archive))
    (source,) = archive.sources()
    assert (source.format, source.input_format, source.state) == ("text", "text", "read")


def test_the_format_can_be_found_out(archive: Archive) -> None:
    archive.index([], stream=io.BytesIO(reuters([1, 2]).encode()), input_format="auto")
    assert len(ids(archive, "cocoa")) == 2
    assert [source.format for source in archive.sources()] == ["reuters"]


def test_numbers_in_a_table_are_ids_where_somebody_says_so(archive: Archive) -> None:
    archive.index([], stream=io.BytesIO(b"id,title,text\n1,Amber,Found.\n2,Basalt,Lost.\n"), input_format="csv")
    archive.index([], stream=io.BytesIO(b"id,title,text\n1,Cobalt,Found.\n"))
    assert len(ids(archive)) == 3
    table = b"nr,title,text\n1,Dolomite,Found.\n"
    for content in (table, table.replace(b"Dolomite", b"Diorite")):
        archive.index([], stream=io.BytesIO(content), input_format="csv", fields={"nr": "id"}, name="desk")
    assert ids(archive, "diorite OR dolomite") == ["desk#1"]


def test_the_files_of_an_archive_keep_their_names(archive: Archive) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("2019/a.txt", story("Amber"))
    archive.index([], stream=io.BytesIO(packed.getvalue()), input_format="auto")
    assert ids(archive) == ["stdin/2019/a.txt"]


def test_what_fields_are_can_be_chosen(archive: Archive) -> None:
    archive.index([], stream=_lines({"hed": "Amber", "nr": 7, "text": "x"}), fields={"hed": "title", "nr": "id"})
    archive.index([], stream=_lines({"hed": "Basalt", "nr": 8, "text": "x"}))
    assert ids(archive, "title:amber") == ["stdin#7"]
    assert ids(archive, "title:basalt") == ["stdin#8"]


def test_articles_of_a_stream_are_never_gone(archive: Archive, articles: Path) -> None:
    archive.index([articles], stream=_lines(_record("Dolomite", 1)))
    summary = archive.index([articles], prune=True)
    assert (summary.removed, summary.gone, summary.total) == (0, (), 4)


@pytest.mark.parametrize("prune", [False, True])
def test_a_rebuild_keeps_the_articles_of_streams(archive: Archive, articles: Path, prune: bool) -> None:
    archive.index([articles], stream=_lines(_record("Dolomite", 1), _record("Emerald")))
    before = ids(archive)
    summary = archive.index([], rebuild=True, prune=prune)
    assert ids(archive) == before
    assert (summary.gone, summary.total) == ((), 5)
    (source,) = archive.sources(under="-")
    assert (source.state, source.articles) == ("read", 2)
    assert archive.index([articles]).files_read == 0


def test_a_rebuild_with_a_stream_keeps_what_the_stream_does_not_have(archive: Archive, articles: Path) -> None:
    archive.index([articles], stream=_lines(_record("Dolomite", 1), _record("Emerald", 2)))
    archive.index([articles], rebuild=True, stream=_lines(_record("Diorite", 1)))
    assert ids(archive, "diorite") == ["stdin#1"]
    assert ids(archive, "emerald") == ["stdin#2"]


def test_an_index_of_streams_alone_can_be_rebuilt(archive: Archive) -> None:
    archive.index([], stream=_lines(_record("Amber", 1)))
    assert archive.index([], rebuild=True).total == 1
    assert ids(archive, "amber") == ["stdin#1"]


def test_an_article_of_a_stream_can_be_taken_down(archive: Archive) -> None:
    archive.index([], stream=_lines(_record("Amber", 1), _record("Basalt", 2)))
    archive.remove(["stdin#1"])
    archive.index([], stream=_lines(_record("Amber", 1)))
    assert ids(archive) == ["stdin#2"]
    archive.remove(["stdin#1"], undo=True)
    archive.index([], stream=_lines(_record("Amber", 1)))
    assert ids(archive) == ["stdin#1", "stdin#2"]


def test_the_name_of_a_file_cannot_be_that_of_a_stream(archive: Archive, tmp_path: Path) -> None:
    archive.index([write_stories(tmp_path / "news", {"stdin": "Amber"})])
    with pytest.raises(SearchkitError, match=r"'stdin' is the id of a file .* searchkit index - --name NAME"):
        archive.index([], stream=_lines(_record("Basalt", 1)))
    assert ids(archive) == ["stdin"]
    archive.index([], stream=_lines(_record("Basalt", 1)), name="pipe")
    assert ids(archive) == ["pipe#1", "stdin"]


def test_a_file_of_the_name_of_a_stream_gets_another_id(archive: Archive, tmp_path: Path) -> None:
    archive.index([], stream=_lines(_record("Basalt", 1)))
    archive.index([write_stories(tmp_path / "news", {"stdin": "Amber"})])
    assert ids(archive) == ["news/stdin", "stdin#1"]


@pytest.mark.parametrize("name", ["", "a/b", "a#b", " a", "a\n", "x" * 101])
def test_a_name_that_cannot_be_is_an_error(archive: Archive, name: str) -> None:
    with pytest.raises(SearchkitError, match="a name cannot be"):
        archive.index([], stream=_lines(_record("Amber")), name=name)


def test_a_slow_stream_keeps_nobody_from_writing(archive: Archive, articles: Path, tmp_path: Path) -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            with searchkit.open(tmp_path / "index") as other:
                other.index([articles], wait=0)
            return super().read(size)

    archive.index([], stream=Slow(_lines(_record("Dolomite", 1)).getvalue()))
    assert len(archive) == 4


def test_a_stream_is_held_on_disk_and_opened_as_often_as_need_be() -> None:
    content = os.urandom(3 << 20)
    with spooled(io.BytesIO(content), "stdin") as stream:
        source = stream.source()
        with source.open() as one, source.open() as two:
            assert one.read(1000) == two.read(1000) == content[:1000]
            one.seek(2 << 20)
            assert two.read() == content[1000:]
            assert one.read(10) == content[2 << 20 : (2 << 20) + 10]
        assert stream.size == len(content)


def _lose_the_notes(index: Path) -> None:
    for file in index.glob("generations/*/sources.db*"):
        file.unlink()


@pytest.mark.parametrize("with_files", [False, True])
def test_articles_of_a_stream_outlive_the_loss_of_the_notes(
    archive: Archive, articles: Path, tmp_path: Path, with_files: bool
) -> None:
    paths = [articles] if with_files else []
    archive.index(paths, stream=_lines(_record("Dolomite", 1), _record("Emerald")), name="desk")
    archive.close()
    _lose_the_notes(tmp_path / "index")
    with searchkit.open(tmp_path / "index", damaged=True) as again:
        assert again.verify(repair=True).whole
        assert len(again) == 2 + 3 * with_files
        (source,) = again.sources(under="-")
        assert (source.id, source.state, source.articles) == ("desk", "read", 2)
        again.index([], stream=_lines(_record("Diorite", 1)), name="desk")
        assert ids(again, "diorite") == ["desk#1"]
        assert again.index([], rebuild=True).total == 2 + 3 * with_files


def test_what_a_stream_gave_and_is_lost_is_struck_off_by_a_repair(archive: Archive) -> None:
    archive.index([], stream=_lines(_record("Amber", 1), _record("Basalt", 2)))
    with archive._live.engine.writer() as writer:
        writer.delete(["stdin#1"])
        writer.commit()
    archive.reload()
    assert not archive.verify().whole
    assert archive.verify(repair=True).whole
    assert ids(archive) == ["stdin#2"]


def test_a_stream_that_was_cut_off_can_be_sent_again(archive: Archive) -> None:
    def interrupt(progress: Progress) -> None:
        if progress.phase == "committing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive.index([], stream=_lines(_record("Amber", 1)), progress=interrupt)
    assert not archive.verify().whole
    archive.index([], stream=_lines(_record("Amber", 1)))
    assert archive.verify().whole
    assert ids(archive) == ["stdin#1"]


def test_a_large_stream_begins_on_the_engine_for_large_archives(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchkit.indexing.growth.GROWTH_THRESHOLD", 1)
    records = [_record("Amber " * 200, number) for number in range(20)]
    assert archive.index([], stream=_lines(*records)).notices == ()
    assert archive.stats().engine == "tantivy"


def test_the_file_that_holds_a_stream_goes(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = tmp_path / "held"
    held.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(held))
    archive.index([], stream=_lines(_record("Amber")))
    assert list(held.iterdir()) == []
