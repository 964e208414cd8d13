"""`harness run`: a Playwright program, unchanged, with every browser context it opens recorded."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import click

from harness.cli.fidelity import check_fidelity
from harness.cli.options import recording_options
from harness.cli.own_traceback import print_own_traceback
from harness.errors import HarnessError, UsageError


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option(
    "-o", "--output", "directory", default="recordings", show_default=True, help="Directory of the recordings."
)
@click.option("-m", "module", is_flag=True, help="PROGRAM is a module, as with python -m.")
@recording_options
@click.argument("program")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(directory: str, module: bool, program: str, arguments: tuple[str, ...], **options: object) -> None:
    """Run PROGRAM with ARGUMENTS and record every browser context it opens.

    The exit status is the program's own.
    """
    from harness.capture.autorecord import AutoRecorder
    from harness.capture.options import RecordingOptions

    target = Path(directory)
    if target.exists() and not target.is_dir():
        raise UsageError(f"{directory}: not a directory; give another with -o")
    if not module and not Path(program).is_file():
        raise UsageError(f"{program}: no such program; give a Python file, or -m and a module")
    name = program if module else Path(program).stem
    recorder = AutoRecorder(target, name, RecordingOptions(**options))  # type: ignore[arg-type]
    with recorder.recording():
        status, error = _execute(program, list(arguments), module=module)
    recorder.finish("passed" if status == 0 else "failed", error)
    _report([session.path for session in recorder.sessions])
    if options["check"]:
        _check([session.path for session in recorder.sessions if session.path.exists()])
    sys.stdout.flush()
    raise SystemExit(status)


def _execute(program: str, arguments: list[str], *, module: bool) -> tuple[int, str | None]:
    """Run the program as Python itself would; return its exit status and the text of the error that ended it."""
    sys.argv = [program, *arguments]
    try:
        if module:
            sys.path.insert(0, str(Path.cwd()))
            runpy.run_module(program, run_name="__main__", alter_sys=True)
        else:
            sys.path.insert(0, str(Path(program).resolve().parent))
            runpy.run_path(program, run_name="__main__")
    except SystemExit as end:
        return _exit_status(end), None
    except BaseException as error:
        print_own_traceback(error)
        text = f"{type(error).__name__}: {error}"
        return (130 if isinstance(error, KeyboardInterrupt) else 1), text
    return 0, None


def _exit_status(end: SystemExit) -> int:
    """Return what Python makes of a SystemExit: None is 0, an integer itself, anything else is printed and is 1."""
    if end.code is None:
        return 0
    if isinstance(end.code, int):
        return end.code
    print(end.code, file=sys.stderr)
    return 1


def _check(paths: list[Path]) -> None:
    """Compare the replays with the pages; what that brings changes nothing about the program's exit status."""
    for path in paths:
        try:
            check_fidelity(path)
        except HarnessError as error:
            click.echo(f"harness: {error}", err=True)


def _report(paths: list[Path]) -> None:
    """Say on stderr what was recorded: standard output belongs to the program."""
    paths = [path for path in paths if path.exists()]
    if not paths:
        click.echo("harness: no browser context was opened, so nothing was recorded", err=True)
        return
    for path in paths:
        click.echo(f"harness: recorded {path} ({path.stat().st_size / 1000:.0f} kB)", err=True)
    click.echo(f"harness: see it with: harness view {paths[-1] if len(paths) == 1 else paths[0].parent}", err=True)
