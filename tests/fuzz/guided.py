"""Fuzzing of every reader that is led by the lines it reaches (atheris, on libFuzzer), in a process of its own.

    python -m tests.fuzz.guided SECONDS FOLDER

The first byte chooses a file name, and with it nearly always the format; sound files of every format are what it begins with.
Ends with another status than 0 where something else comes out of a reader than articles, skips and its own error.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["searchkit.readers", "searchkit.news"], enable_loader_override=False):
    from searchkit.article import Article
    from searchkit.readers.base import Options, Source
    from searchkit.readers.compression import without_compression
    from searchkit.readers.reading import Reading
    from searchkit.readers.registry import FORMATS, load_reader

    for _name in FORMATS:
        load_reader(_name)

from tests.formats.samples import SAMPLES

NAMES = list(SAMPLES)
LONGEST = 20_000
SEED = 1987
LONG = 120
"""Seconds from which on a run goes its own way (seed 0); shorter ones begin alike, so that what they find is found again."""


def fuzz(seconds: int, folder: Path) -> None:
    """Does not return."""
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, (make, _) in enumerate(SAMPLES.values()):
        (corpus / str(number)).write_bytes(bytes([number]) + make()[: LONGEST - 1])

    def read(data: bytes) -> None:
        if not data:
            return
        name = NAMES[data[0] % len(NAMES)]
        path = folder / name
        path.write_bytes(data[1:])
        reading = Reading(Source(path, name, without_compression(name)), Options())
        for item in reading:
            if isinstance(item, Article):
                assert item.title, name
                assert Article.from_json(item.to_json()).title == item.title, name
            else:
                assert item.kind != "fault", (name, item.reason)
        assert reading.error is None or reading.error.kind != "fault", (name, reading.error)

    limits = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-rss_limit_mb=2000", "-timeout=60"]
    seed = f"-seed={SEED if seconds < LONG else 0}"
    atheris.Setup([sys.argv[0], *limits, seed, f"-artifact_prefix={folder}/found-", str(corpus)], read)
    atheris.Fuzz()


if __name__ == "__main__":
    fuzz(int(sys.argv[1]), Path(sys.argv[2]))
