"""The command group: imports a command only when it is asked for, so that `harness info` loads no browser code."""

from __future__ import annotations

import difflib
import importlib
import sys
from typing import Any

import click

from harness.errors import HarnessError, OutputExistsError
from harness.version import __version__

# command -> (module below harness.cli, what it does); the module holds a click command named `command`.
COMMANDS = {
    "run": ("run", "Run a Playwright program unchanged and record every context it opens."),
    "record": ("record", "Record a journey function, or a person at a URL."),
    "view": ("view", "Open a recording, or a directory of them, in the viewer."),
    "info": ("info", "Say what is in a recording."),
    "ls": ("ls", "List the recordings of a directory."),
    "diff": ("diff", "Name the first step at which two recordings part."),
    "prune": ("prune", "Delete old recordings of a directory; says which before it does."),
    "index": ("index", "Write index.html, a static list, into a directory of recordings."),
    "verify": ("verify", "Check every checksum and event of a recording."),
    "recover": ("recover", "Save what can be read of a damaged recording."),
    "scan": ("scan", "Look for secrets in recordings and exports."),
    "redact": ("redact", "Write a recording without the secrets in it."),
    "export": ("export", "Write a recording in another form."),
    "import": ("import_events", "Make a recording of an array of rrweb events."),
    "pack": ("pack", "Let the recordings of a directory share their assets."),
    "unpack": ("unpack", "Undo pack: each recording holds all its assets again."),
    "install": ("install", "Get a browser."),
    "doctor": ("doctor", "Say what is set up and what is missing."),
    "demo": ("demo", "Record the demo shop and write recordings/demo.replay and demo.html."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are run; their one-line helps stand in `COMMANDS`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"harness.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            raise click.UsageError(f"no such command: {args[0]}" + (f"; did you mean {near[0]}?" if near else ""), ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, what) for name, (_, what) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="harness")
def group() -> None:
    """Record a browser run, see it again."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; a HarnessError becomes one line on stderr and exit status 2."""
    try:
        status: Any = group.main(args=arguments, prog_name="harness", standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        click.echo(f"harness: {_in_one_line(error)}", err=True)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("harness: interrupted", err=True)
        sys.exit(130)
    except OutputExistsError as error:
        click.echo(f"harness: {error.on_command_line}", err=True)
        sys.exit(2)
    except HarnessError as error:
        click.echo(f"harness: {error}", err=True)
        sys.exit(2)


def _in_one_line(error: click.ClickException) -> str:
    """Return what is wrong with the command line, where, and what tells more."""
    message = " ".join(error.format_message().split()).rstrip(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    where = "" if context is None or context.parent is None else f"{context.info_name}: "
    path = "harness" if context is None else context.command_path
    return f"{where}{message[:1].lower()}{message[1:]}; `{path} --help` lists what there is"
