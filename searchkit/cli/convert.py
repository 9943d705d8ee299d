"""``searchkit convert``: put the index on another engine."""

from __future__ import annotations

import sys
from typing import Any

import click

from searchkit.cli.options import HELP, cluster_options, index_option, open_archive, stdout, wait_option


@click.command("convert", context_settings=HELP)
@click.option(
    "--engine", type=click.Choice(["whoosh", "tantivy", "opensearch"]), required=True, help="The engine to go to."
)
@cluster_options
@wait_option
@click.option("--quiet", is_flag=True, help="Say nothing.")
@index_option
def command(engine: str, cluster: dict[str, Any], wait: float, quiet: bool, index: str) -> int:
    """Rewrite the index for another engine, from the articles that it holds: no source file is read. The old one can be
    searched until the new one takes its place, and the answers stay the same.

    opensearch is a cluster at --url; user and password, or an API key, come from the environment
    (SEARCHKIT_OPENSEARCH_USER, _PASSWORD or _PASSWORD_FILE, _API_KEY or _API_KEY_FILE).

    The index stays on that engine, whatever its size; "searchkit index --engine auto" lets it choose again.

    Exit status: 0, also where there was nothing to do, 2 for an error.
    """
    from searchkit.render import conversion
    from searchkit.render.progress import ProgressLine

    with open_archive(index) as archive, ProgressLine(sys.stderr, quiet) as progress:
        done = archive.convert(engine, wait=wait, progress=progress, **cluster)
    if not quiet:
        conversion.write_text(done, stdout(for_people=True))
    return 0
