"""Everything that was skipped or noted is handed on as it happens; a summary keeps the first ones and counts the rest."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from searchkit import Archive, Noted, Progress, Skipped
from searchkit.indexing.remarks import MOST_KEPT, Remarks

from .support import reuters, write, write_stories


def _write_broken(folder: Path, number: int) -> None:
    lines = "".join(f"broken {line}\n" for line in range(number))
    write(folder / "a.jsonl", '{"title": "Amber", "text": "It was found."}\n' + lines)


def test_a_summary_keeps_the_first_thousand_and_counts_all(archive: Archive, tmp_path: Path) -> None:
    _write_broken(tmp_path / "news", MOST_KEPT + 234)
    (tmp_path / "news" / "b.txt").touch()
    summary = archive.index([tmp_path / "news"])
    assert len(summary.skipped) == MOST_KEPT
    assert summary.skipped_total == MOST_KEPT + 235
    assert list(summary.skipped_kinds.items()) == [("broken", MOST_KEPT + 234), ("empty", 1)]


def test_every_remark_is_handed_on(archive: Archive, tmp_path: Path) -> None:
    _write_broken(tmp_path / "news", MOST_KEPT + 234)
    remarks: list[Skipped | Noted] = []
    archive.index([tmp_path / "news"], remark=remarks.append)
    assert [remark.where for remark in remarks if isinstance(remark, Skipped)] == [
        f"line {line + 2}" for line in range(MOST_KEPT + 234)
    ]


def test_remarks_come_as_they_happen_and_before_a_run_is_cut_off(archive: Archive, tmp_path: Path) -> None:
    write(tmp_path / "news" / "a.txt", "")
    write_stories(tmp_path / "news", {"b.txt": "Basalt"})
    remarks: list[Skipped | Noted] = []

    def interrupt(progress: Progress) -> None:
        if progress.phase == "committing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive.index([tmp_path / "news"], progress=interrupt, remark=remarks.append)
    assert [(Path(remark.path).name, remark.kind) for remark in remarks] == [("a.txt", "empty")]


def test_an_error_of_who_takes_a_remark_ends_the_run_and_is_no_fault_of_a_reader(
    archive: Archive, tmp_path: Path
) -> None:
    write(tmp_path / "news" / "a.txt", "")

    def fail(remark: Skipped | Noted) -> None:
        raise OSError("mine")

    with pytest.raises(OSError, match="mine"):
        archive.index([tmp_path / "news"], remark=fail)


def test_a_file_in_an_archive_is_named_by_itself(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    with zipfile.ZipFile(tmp_path / "news" / "dump.zip", "w") as made:
        made.writestr("2019/a.jsonl", '{"title": "Amber", "text": "Found."}\nbroken\n')
        made.writestr("2019/b.txt", "")
    summary = archive.index([tmp_path / "news"])
    assert [(skipped.member, skipped.where) for skipped in summary.skipped] == [
        ("2019/a.jsonl", "line 2"),
        ("2019/b.txt", "whole file"),
    ]


@pytest.mark.parametrize(
    ("where", "member", "place"),
    [
        ("line 3", "", "line 3"),
        ("", "", ""),
        ("member a/b.txt", "a/b.txt", ""),
        ("member a/b.txt, line 3", "a/b.txt", "line 3"),
        ("member a/b.txt, whole file", "a/b.txt", "whole file"),
        ("member a.json, record 3, item 4", "a.json", "record 3, item 4"),
        ("member Paris, France.txt, story 17", "Paris, France.txt", "story 17"),
        ("member Paris, France.txt", "Paris, France.txt", ""),
        ("member a.trec, document FT911-3", "a.trec", "document FT911-3"),
        ("member a.zip, member b.txt, line 3", "a.zip/b.txt", "line 3"),
        ("member line\nbreak.txt, line 3", "line\nbreak.txt", "line 3"),
    ],
)
def test_a_place_is_told_from_the_member_before_it(where: str, member: str, place: str) -> None:
    remarks = Remarks(None)
    remarks.skip("a.zip", where, "is broken", "broken")
    assert (remarks.skipped[0].member, remarks.skipped[0].where) == (member, place)


def test_an_article_that_was_kept_under_another_id_is_noted(archive: Archive, tmp_path: Path) -> None:
    write_stories(tmp_path / "wire", {"week.sgm#1": "Amber"})
    file = write(tmp_path / "wire" / "week.sgm", reuters([1]))
    remarks: list[Skipped | Noted] = []
    summary = archive.index([file.parent], remark=remarks.append)
    (noted,) = remarks
    assert isinstance(noted, Noted)
    assert (noted.path, noted.kind, noted.id, noted.new_id) == (
        f"{file}#1", "duplicate id", "week.sgm#1", "week.sgm#1~2",
    )  # fmt: skip
    assert (summary.added, summary.skipped_total) == (2, 0)


def test_an_article_that_its_reader_kept_under_another_id_is_noted_too(archive: Archive, tmp_path: Path) -> None:
    line = '{"id": "x", "title": "Amber", "text": "Found."}\n'
    file = write(tmp_path / "wire" / "a.jsonl", line + line.replace("Amber", "Agate"))
    remarks: list[Skipped | Noted] = []
    archive.index([file], remark=remarks.append)
    (noted,) = remarks
    assert isinstance(noted, Noted)
    assert (noted.kind, noted.id) == ("duplicate id", "a.jsonl#x")
    assert archive.show(str(noted.new_id)).title == "Agate"


def test_files_that_are_gone_are_counted_and_the_first_thousand_named(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("searchkit.indexing.remarks.MOST_KEPT", 2)
    folder = write_stories(tmp_path / "news", {f"{number}.txt": "Amber" for number in range(5)})
    archive.index([folder])
    for number in range(4):
        (folder / f"{number}.txt").unlink()
    remarks: list[Skipped | Noted] = []
    summary = archive.index([folder], remark=remarks.append)
    assert (len(summary.gone), summary.gone_total) == (2, 4)
    assert [(remark.kind, Path(remark.path).name) for remark in remarks] == [("gone", f"{n}.txt") for n in range(4)]
    assert remarks[0].reason == "is no longer there; its articles stay in the index"
    remarks.clear()
    assert archive.index([folder], prune=True, remark=remarks.append).removed == 4
    assert {remark.reason for remark in remarks} == {"is no longer there; its articles are removed"}
    assert archive.index([folder]).gone_total == 0
