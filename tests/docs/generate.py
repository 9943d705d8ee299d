"""Bring the outputs that the pages show up to date: ``python -m tests.docs.generate [PAGE…]``.

Every command of every page is run, in order and in a fresh folder for each page, and an output that is no longer what is
shown is replaced. One with ``…`` in it is never replaced but named, and the exit status is 1: somebody has to look.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.docs import running
from tests.docs.pages import PAGES, ROOT, blocks, read, scripts

MAKES_ITS_INDEX = {"README.md"}
"""Pages that begin without an index, since they show how one is made."""


def refreshed(text: str, folder: Path) -> tuple[str, list[str]]:
    """A page with its outputs up to date, and the commands whose shortened outputs have to be looked at."""
    changes: list[tuple[int, int, str]] = []
    stale = []
    for block in blocks(text):
        if block.language == "console":
            for command in running.commands(block.text):
                shown = running.run(command.line, folder)
                if running.matches(shown, command):
                    continue
                if "…\n" in command.output.replace(" ", "") or "[…]" in command.output:
                    stale.append(f"$ {command.line}\n{shown}")
                else:
                    changes.append((block.start + command.start, block.start + command.end, shown))
    for script, output in scripts(text):
        shown = running.run_python(script.text, folder)
        if not running.matches(shown, running.Command("", output.text, 0, 0)):
            changes.append((output.start, output.start + len(output.text), shown))
    for start, end, shown in sorted(changes, reverse=True):
        text = text[:start] + "".join(f"{line.rstrip()}\n" for line in shown.splitlines()) + text[end:]
    return text, stale


def main(pages: list[str]) -> int:
    """Refresh these pages, or all."""
    status = 0
    with tempfile.TemporaryDirectory() as name:
        for number, page in enumerate(pages or PAGES):
            folder = running.make_folder(Path(name) / str(number), page not in MAKES_ITS_INDEX)
            text, stale = refreshed(read(page), folder)
            (ROOT / page).write_text(text, encoding="utf-8")
            for item in stale:
                sys.stderr.write(f"{page}: look at\n{item}\n")
                status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
