"""The command line: one module a command, imported when it runs, so that ``--help`` costs little more than click."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module

import click

_COMMANDS: dict[str, str] = {
    "index": "Read articles into the index, new and changed ones only.",
    "watch": "Index what arrives in folders, until it is stopped.",
    "query": "Find articles, best first.",
    "timeline": "Count what a query finds over time.",
    "facets": "Count what a query finds by country, section, year and more.",
    "places": "Count where what a query finds was filed from.",
    "terms": "List the words that set what a query finds apart.",
    "show": "Show one whole article.",
    "remove": "Take articles down for good, or lift a take-down.",
    "stats": "Say what the index holds.",
    "sources": "List what was read from where, and what failed.",
    "convert": "Put the index on another engine.",
    "verify": "Say whether the index is whole, and repair it.",
    "fields": "List the fields that can be searched.",
}
"""Every command with its line in the help; the module of the same name here has it as ``command``."""

_HELP = """\
Search an archive of news articles.

Read a folder of articles once, then ask:

\b
  searchkit index articles
  searchkit query evacuation
  searchkit query 'evacuat* location:syria since:2019-02'

The index is the folder given by --index, else by SEARCHKIT_INDEX, else ./index.
"""

_EPILOG = """\
Exit status: 0 something was found, or done; 1 nothing was found, no article has the id, (index --strict) a file was
skipped, or (verify) the index is not whole; 2 an error; 130 interrupted. A pipe that is closed early is no error.

"searchkit COMMAND --help" tells what a command does.
"""


class _Commands(click.Group):
    """A group that knows its commands by name, and imports the one that runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"{__name__}.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in _COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            from searchkit.cli.mistakes import unknown_command

            raise click.UsageError(unknown_command(args[0], list(_COMMANDS)), ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from searchkit import __version__

        click.echo(f"searchkit {__version__}")
        ctx.exit()


group = _Commands(
    "searchkit",
    help=_HELP,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
    params=[
        click.Option(
            ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_print_version,
            help="Show the version and exit.",
        )
    ],
)  # fmt: skip


def main() -> None:
    """Run the command line of this process, and exit with its status."""
    if "_SEARCHKIT_COMPLETE" in os.environ:
        group.main(prog_name="searchkit")
    # Looking for garbage while modules load, and among them once more when Python exits, finds nothing and is a sixth of
    # the time that a short query takes.
    gc.set_threshold(50_000)
    status = run(sys.argv[1:])
    gc.freeze()
    sys.exit(status)


def run(args: list[str]) -> int:
    """Run one command line and give its exit status. What goes wrong is said on stderr; nothing is raised."""
    try:
        # click's own main() would say "Aborted!", and end with 1 where a pipe was closed.
        with group.make_context("searchkit", args) as ctx:
            status = group.invoke(ctx) or 0
        # Here, and not when Python exits, since only here can something be done about an error.
        sys.stdout.flush()
        return status
    except click.exceptions.Exit as exit:
        return exit.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except BrokenPipeError:
        _forget_stdout()
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        from searchkit.cli.mistakes import report

        status = report(error)
        try:
            sys.stdout.flush()
        except OSError:
            _forget_stdout()
        return status


def _forget_stdout() -> None:
    # What is still buffered would be written again when Python exits, and fail again, loudly.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
