"""How far an index run has come: one line, written over, on a terminal; a line now and then where there is none."""

from __future__ import annotations

import math
import time
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

from searchkit.render import characters, words
from searchkit.render.terminal import columns, is_terminal

if TYPE_CHECKING:
    from searchkit.reports import Progress

_REDRAW = 0.1
_LINE_EVERY = 10.0
_CLEAR = "\r\x1b[K"


class ProgressLine:
    """Called with each :class:`~searchkit.results.Progress`. A context manager: leaving it leaves a clean line."""

    def __init__(self, out: TextIO, quiet: bool = False) -> None:
        self._out = out
        self._live = not quiet and is_terminal(out)
        self._phase = ""
        # On a terminal the first line comes at once; in a log, a short run says nothing but its summary.
        self._next = math.inf if quiet else 0.0 if self._live else time.monotonic() + _LINE_EVERY

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._live:
            self._write(_CLEAR)

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        turned = self._live and progress.phase != self._phase
        if now < self._next and not turned:
            return
        self._phase = progress.phase
        self._next = now + (_REDRAW if self._live else _LINE_EVERY)
        line = describe(progress)
        if self._live:
            # The last column stays free: a full line would make some terminals go to the next one.
            self._write(_CLEAR + characters.fit(line, (columns(self._out) or 80) - 1))
        else:
            self._write(line + "\n")

    def _write(self, text: str) -> None:
        # Nobody may be reading any more; that is no reason to stop indexing.
        with suppress(OSError):
            self._out.write(text)
            self._out.flush()


def describe(progress: Progress) -> str:
    """ "reading: 1,234 articles, 1.2 of 4.8 MB, 3,400 articles/s, 12 s left"."""
    parts = [words.count(progress.articles, "article")]
    if progress.total_bytes:
        parts.append(f"{words.size(min(progress.bytes, progress.total_bytes))} of {words.size(progress.total_bytes)}")
    if progress.seconds > 0:
        parts.append(f"{round(progress.articles / progress.seconds):,} articles/s")
    if progress.phase == "reading" and progress.seconds > 0 and 0 < progress.bytes < progress.total_bytes:
        left = progress.seconds * (progress.total_bytes - progress.bytes) / progress.bytes
        # Whole seconds: a guess with tenths would promise more than it knows.
        parts.append(f"{words.duration(max(1.0, float(round(left)))).replace('.0', '')} left")
    return f"{progress.phase}: {', '.join(parts)}"
