"""Sound files of every format are read whole; broken ones are read as far as they go, or reported, and never in silence."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

import searchkit

from .samples import SAMPLES

PIECES = (
    b"\x00",
    b"\xff\xfe",
    b"<",
    b">",
    b"&",
    b'"',
    b"{",
    b"]",
    b"\n\n",
    b"From ",
    b"</",
    b"\xed\xa0\x80",
    b"\r",
    b"%",
    b"0" * 40,
)


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def _headless(data: bytes, rng: random.Random) -> bytes:
    return data[rng.randrange(1, len(data)) :]


def _flipped(data: bytes, rng: random.Random) -> bytes:
    broken = bytearray(data)
    for _ in range(rng.randint(1, 20)):
        broken[rng.randrange(len(broken))] ^= 1 << rng.randrange(8)
    return bytes(broken)


def _with_junk(data: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(data))
        data = data[:at] + rng.choice(PIECES) * rng.randint(1, 3) + data[at:]
    return data


def _with_a_hole(data: bytes, rng: random.Random) -> bytes:
    first, last = sorted((rng.randrange(len(data)), rng.randrange(len(data))))
    return data[:first] + data[last:]


def _twice_over(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + data


def _zeroed(data: bytes, rng: random.Random) -> bytes:
    first = rng.randrange(len(data))
    length = min(rng.randint(1, 300), len(data) - first)
    return data[:first] + bytes(length) + data[first + length :]


def _in_utf_16(data: bytes, rng: random.Random) -> bytes:
    del rng
    return data.decode("latin-1").encode("utf-16")


def _empty(data: bytes, rng: random.Random) -> bytes:
    del data
    return b" \n" * rng.randrange(3)


WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _cut, _headless, _flipped, _with_junk, _with_a_hole, _twice_over, _zeroed, _in_utf_16, _empty
)  # fmt: skip


def broken_files(folder: Path) -> list[Path]:
    """Each sample, broken in each way."""
    made = []
    for name, (make, _) in SAMPLES.items():
        for way in WAYS:
            path = folder / f"{way.__name__.strip('_')}-{name}"
            path.write_bytes(way(make(), random.Random(f"{name}/{way.__name__}")))
            made.append(path)
    return made


@pytest.mark.parametrize("name", list(SAMPLES))
def test_a_sound_file_is_read_whole(tmp_path: Path, name: str) -> None:
    make, articles = SAMPLES[name]
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / name).write_bytes(make())
    with searchkit.create(tmp_path / "index") as archive:
        summary = archive.index([tmp_path / "news"], jobs=1)
        assert (summary.total, list(summary.skipped)) == (articles, [])
        assert archive.search("date:missing").total == 0
        assert archive.search("(harbour AND engineers) OR (council AND spring)").total == articles


def test_every_broken_file_is_read_or_reported(tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    files = broken_files(folder)
    assert len(files) > 200
    with searchkit.create(tmp_path / "index") as archive:
        summary = archive.index([folder], jobs=1)
        found = {hit.path for hit in archive.search("*", limit=None)}
    reported = {skipped.path for skipped in summary.skipped}
    read = {
        name
        for name in (path.name for path in files)
        if any(path == name or path.startswith(f"{name}/") for path in found)
    }
    assert [path.name for path in files if str(path) not in reported and path.name not in read] == []
    assert [skipped for skipped in summary.skipped if skipped.kind == "fault"] == []
    assert all(skipped.reason and skipped.kind for skipped in summary.skipped)
    assert len(read) > 100
