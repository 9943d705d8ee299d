"""What the tests of indexing share: files to index, and what an index holds."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from searchkit import Archive

_WORDS = ("oil", "grain", "trade", "budget", "election", "harbour", "strike", "flood", "treaty", "copper")


def write(path: Path, text: str) -> Path:
    """Write a file, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def write_stories(folder: Path, texts: Mapping[str, str]) -> Path:
    """Write one article a file; the text is the headline, which also gives the body a word of its own."""
    for name, text in texts.items():
        write(folder / name, story(text))
    return folder


def story(text: str) -> str:
    """A small article with a date."""
    return f"date 2019-02-19 BEIRUT, Lebanon — {text} was in the news.\n\nMore about it tomorrow.\n"


def reuters(numbers: Iterable[int], word: str = "cocoa") -> str:
    """A file of the Reuters collection with these stories. Which words a story holds depends on its number alone."""
    return '<!DOCTYPE lewis SYSTEM "lewis.dtd">\n' + "".join(_reuters_story(number, word) for number in numbers)


def _reuters_story(number: int, word: str) -> str:
    words = " ".join(_WORDS[number * step % len(_WORDS)] for step in range(1, 2 + number % 7))
    return (
        f'<REUTERS NEWID="{number}">\n<DATE>{1 + number % 28}-MAR-1987 {number % 24:02}:00:00.00</DATE>\n<TOPICS></TOPICS>\n'
        f"<TEXT>&#2;\n<TITLE>{word.upper()} REPORT {number}</TITLE>\n<DATELINE>    LONDON, March 2 - </DATELINE><BODY>"
        f"The {word} market was quiet on the day of report {number}.\n    Also in the news: {words}.\n Reuter\n"
        "&#3;</BODY></TEXT>\n</REUTERS>\n"
    )


def set_time(path: Path, seconds_later: int) -> None:
    """Move the time at which a file was last written."""
    status = path.stat()
    later = status.st_mtime_ns + seconds_later * 1_000_000_000
    os.utime(path, ns=(later, later))


def rewrite(path: Path, text: str) -> None:
    """Change a file so that its time tells, however fast the test runs."""
    write(path, text)
    set_time(path, 10)


def ids(archive: Archive, query: str = "*") -> list[str]:
    """The ids that a query finds, sorted; one that is there twice is given twice."""
    return sorted(hit.id for hit in archive.search(query, limit=None, snippets=0))


def generations(index: Path) -> list[str]:
    """The generations in an index folder."""
    return sorted(path.name for path in (index / "generations").iterdir())


COUNTING = """
import os, signal

calls = 0

def count(*_):
    global calls
    calls += 1
    if calls == kill_at:
        os.kill(os.getpid(), signal.SIGKILL)

def counted(function):
    def call(*arguments, **more):
        count()
        result = function(*arguments, **more)
        count()
        return result
    return call

def count_calls(owner, *names):
    for name in names:
        setattr(owner, name, counted(getattr(owner, name)))

FILES = ("fsync", "replace", "rename", "unlink", "remove", "rmdir", "mkdir")
"""
"""The beginning of a script that kills itself at its ``kill_at``-th moment, which it has to set: as abrupt as being killed by
another process. ``count`` is such a moment; a function that is ``counted`` has one before and one after it.
"""
