"""`convstudy COMMAND …`: find the command's entry module, run it, turn faults into one line.

The dispatcher does no work of its own and imports nothing that a command does not need. It is
therefore outside the code fingerprints (see `convstudy.fingerprint`), which it holds each command
to: `--code` is what a caller believes that it runs.
"""

import argparse
import importlib
import logging
import sys
import traceback
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from convstudy import loaded
from convstudy.errors import StudyError

# One entry module per command; its `main(argv)` is all that the dispatcher knows of it.
COMMANDS = {
    "new": "convstudy.new",
    "fetch": "convstudy.datasets.fetch",
    "fetch-torchvision": "convstudy.datasets.fetch_torchvision",
    "generate": "convstudy.datasets.generate",
    "prepare": "convstudy.datasets.prepare",
    "inspect": "convstudy.evaluation.inspection",
    "train": "convstudy.training.train",
    "activations": "convstudy.evaluation.activations",
    "frequency": "convstudy.evaluation.frequency",
    "timing": "convstudy.training.timing",
    "check-layer": "convstudy.evaluation.check_layer",
    "summarise": "convstudy.statistics.summarise",
    "errors": "convstudy.statistics.errors",
    "mistakes": "convstudy.evaluation.mistakes",
    "analyse": "convstudy.statistics.analyse",
    "draw": "convstudy.figures.draw",
    "report": "convstudy.report.render",
    "html": "convstudy.report.html",
    "pdf": "convstudy.report.pdf",
    "docx": "convstudy.report.docx",
    "tables": "convstudy.report.tables",
    "checklists": "convstudy.report.checklists",
    "verify": "convstudy.verification.verify",
}


def main(argv: list[str] | None = None) -> None:
    """Run one command; exit with status 1 and one line on the screen if it fails."""
    loaded.watch()  # before a module is imported that a fingerprint counts
    parser = argparse.ArgumentParser(prog="convstudy", description="Run one step of the study.")
    parser.add_argument("--log", type=Path, help="write progress and tracebacks to this file")
    parser.add_argument("--code", help="the fingerprint that the command's code has to have")
    parser.add_argument("--uses", default="", help="modules that it imports by name: one,another")
    parser.add_argument("command", choices=COMMANDS, metavar="command", help=", ".join(COMMANDS))
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="see: convstudy COMMAND --help")
    options = parser.parse_args(argv)
    try:
        _log_to(options.log)
    except Exception as error:  # the first thing that is written: a full disk shows here
        _report(error, options.command, log=None)
        raise SystemExit(1) from None
    try:
        with _gpu(options.arguments):
            _run(options)
    except KeyboardInterrupt:
        print(f"convstudy {options.command}: stopped by SIGINT.", file=sys.stderr)
        raise SystemExit(130) from None
    except Exception as error:
        _report(error, options.command, options.log)
        raise SystemExit(1) from None


def _run(options: argparse.Namespace) -> None:
    arguments = options.arguments
    if options.code is not None:
        loaded.check(
            options.code, COMMANDS[options.command], *filter(None, options.uses.split(","))
        )
        if options.command == "train":  # it writes down which code it is: what was asked for
            arguments = [*arguments, "--code", options.code]
    importlib.import_module(COMMANDS[options.command]).main(arguments)


def _gpu(arguments: list[str]) -> AbstractContextManager[object]:
    """A GPU of its own for a command that may compute on one; which one it is changes no result."""
    if "--device" not in arguments or "cpu" in arguments:
        return nullcontext()
    from convstudy import gpus  # only here: other commands need no locks

    return gpus.take()


def _log_to(path: Path | None) -> None:
    if path is None:
        handler: logging.Handler = logging.StreamHandler(sys.stderr)
    else:
        from convstudy.files import writing  # only here: see `main`

        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            handler = logging.FileHandler(path, "w", "utf-8")
    logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[handler])
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a log that cannot be written must not litter the screen


def _report(error: Exception, command: str, log: Path | None) -> None:
    """One line for the screen; the traceback goes to the log, or to the screen if there is none."""
    expected = _in_words(error)
    first_line = str(error).strip().partition("\n")[0]
    said = expected or f"{type(error).__name__}: {first_line}"
    if log is not None:
        if not isinstance(error, StudyError) or error.__cause__:
            logging.error("%s", traceback.format_exc())
        # As on the screen, where Snakemake prints a lot after it: it looks for this line again.
        logging.error("convstudy %s: %s", command, said)
        said += f"\n  log: {log}"
    elif not expected:
        said = traceback.format_exc()
    print(f"convstudy {command}: {said}", file=sys.stderr)


def _in_words(error: Exception) -> str | None:
    """What is wrong with an input or with a file of the machine; None for a fault of our own."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error) if isinstance(error, StudyError) else None
