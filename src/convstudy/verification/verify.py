"""`convstudy verify`: compute a finished study again, and say what was held against what.

From checkpoints and images to the page: predictions and counts of each network, tables, claims,
figures, layer checks, the report. Needs nothing of the config: `report.json`, written with the
report, has what was asked for. What takes as long as a training is left to --thorough, and what no
file can show (a training itself, times) to the checksums of the records.
"""

import argparse
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from convstudy import engine, loaded
from convstudy.errors import StudyError
from convstudy.files import digest, read_json
from convstudy.report.record import record_of
from convstudy.sealed import fault_of_seal
from convstudy.statistics.ledger import NAME
from convstudy.statistics.summarise import check_all, expectations
from convstudy.verification import tables, written
from convstudy.verification.findings import (
    Findings,
    say_what_is_not_used,
    say_what_networks_gave,
    say_what_records_vouch_for,
    say_what_tables_follow,
)

log = logging.getLogger(__name__)

Study = dict[str, Any]

_PARTS = (
    *("report", "runs", "analysis", "drawn", "errors"),
    *("files", "data", "written"),
)

_LEFT_OUT = "predictions.npz is missing"  # of samples


def main(argv: list[str]) -> None:
    description = __doc__.splitlines()[0]
    parser = argparse.ArgumentParser(prog="convstudy verify", description=description)
    parser.add_argument("results", type=Path, help="results/<scale>")
    parser.add_argument("--report", type=Path, default=Path("report.md"), help="and its page")
    parser.add_argument("--data", type=Path, default=Path("data/prepared"))
    parser.add_argument("--raw", type=Path, default=Path("data/raw"))
    parser.add_argument("--templates", type=Path, default=engine.part("templates"))
    parser.add_argument("--locale", type=Path, default=engine.part("locale"))
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes side by side")
    parser.add_argument(
        "--thorough", action="store_true", help="all test images, and the training sets too"
    )
    parser.add_argument(
        "--sample", action="store_true", help="weights, predictions and images may be left out"
    )
    options = parser.parse_args(argv)
    study = _study(options.results, options.report)
    found = Findings()
    try:
        verify(study, options, found)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        found.faults.append(f"{record_of(options.report)} does not fit its files ({error!r})")
    if found.faults:
        lines = "".join(f"\n  - {line}" for line in found.faults)
        raise StudyError(
            f"{options.report} and {options.results} do not belong together:{lines}\n"
            "  Delete those of these files that are there. `make report` makes them again; or name "
            "them as targets of snakemake."
        )
    print(f"{options.report} is the report that {options.results} gives.\n{found.spelt()}")


def verify(study: Study, options: argparse.Namespace, found: Findings) -> None:
    """Each stage from the files before it; what was changed is not computed with."""
    results = options.results
    found.faults += [*_files(study, options), *_ledger(options)]
    if found.faults:
        return
    say_what_is_not_used(results / "runs", study["runs"], found)
    records, faulty = check_all(results / "runs", expectations(study["runs"]))
    found.faults += [
        f"{folder}: {line}"
        for folder, said in faulty.items()
        for line in said
        if not (options.sample and line == _LEFT_OUT)
    ]
    if found.faults:
        return
    say_what_records_vouch_for(len(records), study, found)
    found.faults += tables.contradictions(study, results, records, options.sample)
    if found.faults:
        return
    say_what_tables_follow(options, found)
    found.faults += written.contradictions(
        study, results, options.data, options.report, options.templates, options.locale
    )
    page = options.report.with_suffix(".html")
    found.again.append(f"{options.report}{f' and {page}' * page.is_file()}, to the last letter")
    if not page.is_file():
        found.open.append(f"{page}: there is none")
    # PyTorch and matplotlib are only imported once everything cheaper has proved good.
    for stage in (_networks_and_figures,) if options.sample else (_images, _networks_and_figures):
        if not found.faults:
            stage(study, options, found)


def _images(study: Study, options: argparse.Namespace, found: Findings) -> None:
    from convstudy.verification import images

    for description in [options.data / f"{name}.json" for name in study["data"]]:
        found.faults += images.contradictions(description)
        for path, said in images.sources(description, options.raw):
            if said:
                found.faults.append(said)
            elif not path.exists():
                found.open.append(f"{path}: the raw file is not here")
    found.again.append("checksum, counts, mean and deviation of the images, from the tensors")


def _networks_and_figures(study: Study, options: argparse.Namespace, found: Findings) -> None:
    """What takes time, in processes side by side."""
    from convstudy.verification import again, networks

    words = options.locale / f"{study['report']['language']}.po"
    made = [*again.of_study(study, options.results, options.data, words)]
    if options.sample:
        made = [one for one in made if one.path.is_file() and not _is_of_images(one)]
    folders = [
        options.results / "runs" / name / f"seed{seed}"
        for name, one in study["runs"].items()
        for seed in one["seeds"]
        if not options.sample
    ]
    lost = [path for folder in folders if not (path := folder / "checkpoint.pt").is_file()]
    if lost:
        found.faults += [f"{path} is missing" for path in lost]
        return
    of_run = partial(networks.of_run, data=options.data, thorough=options.thorough)
    tasks: list[Callable[[], Any]] = [partial(of_run, folder) for folder in folders]
    tasks += [partial(again.compare, one) for one in made]
    log.info(
        "Records and tables agree. Computing %d runs and %d files again.",
        len(folders),
        len(made),
    )
    results = side_by_side(tasks, options.jobs)
    runs, files = results[: len(folders)], results[len(folders) :]
    for said in (*(run.faults for run in runs), *files):
        found.faults += said
    if runs:
        say_what_networks_gave(runs, options, found)
    names = sorted({_kind(each.path) for each in made})
    found.again.append(f"{len(made)} files made again by their own commands: {', '.join(names)}")


def side_by_side(tasks: Sequence[Callable[[], Any]], jobs: int) -> list[Any]:
    """Results in order, from so many processes; PyTorch computes on one thread in each."""
    if jobs == 1:
        _as_in_jobs()
        return [task() for task in tasks]
    # Not forked: threads of PyTorch do not survive that.
    context = get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_as_in_jobs) as pool:
        return [*pool.map(_run, tasks, chunksize=2)]


def _run(task: Callable[[], Any]) -> Any:
    return task()


def _as_in_jobs() -> None:
    """As in the jobs that made these files; with the study's own modules, as `convstudy` has."""
    import torch

    loaded.watch()

    torch.set_num_threads(1)


def _is_of_images(made: Any) -> bool:
    """Made from weights or images, which samples leave out."""
    return made.path.stem in ("activations", "frequency", "kernels", "mistakes")


def _kind(path: Path) -> str:
    if path.suffix == ".png":
        return "figures"
    in_run = path.parent.name.startswith("seed")
    return path.name if in_run else f"{path.parent.name}/*{path.suffix}"


def _study(results: Path, report: Path) -> Study:
    path = record_of(report)
    remedy = f"with the config of that study: snakemake --cores 1 {report} {path}"
    if not path.is_file():
        raise StudyError(
            f"{path} is missing: no report was finished. Name both as targets, {remedy}"
        )
    study = read_json(path)
    if not isinstance(study, dict) or not all(isinstance(study.get(one), dict) for one in _PARTS):
        raise StudyError(
            f"{path} is not what the rule `report` writes. Delete it and name it as a target, "
            f"{remedy}"
        )
    if said := fault_of_seal(study):
        raise StudyError(f"{path} {said}. Delete it and name it as a target, {remedy}")
    if Path(str(study.get("results"))).name != results.name:
        raise StudyError(
            f"{report} was made from {study.get('results')}, not from {results}. Verify that, or "
            f"make the report again, {remedy}"
        )
    return study


def _files(study: Study, options: argparse.Namespace) -> Iterator[str]:
    """Files that the report was made from and that are missing or others now; seals that differ."""
    wanted = {options.results / name: sha256 for name, sha256 in study["files"].items()}
    wanted |= {options.data / f"{name}.json": sha256 for name, sha256 in study["data"].items()}
    for path, sha256 in wanted.items():
        if not path.is_file():
            if not (options.sample and path.suffix == ".npz"):
                yield f"{path} is missing"
        elif digest(path) != sha256:
            yield f"{path} was changed after the report was made"
        elif _is_sealed(path) and (said := fault_of_seal(read_json(path))):
            yield f"{path} {said}"


def _ledger(options: argparse.Namespace) -> Iterator[str]:
    """Whether the looks on record are those by which the claims were decided."""
    path, claims = options.results / NAME, options.results / "claims.json"
    remedy = f"Put it back from a copy; or delete it and {claims}: earlier looks are unknown then"
    if not path.is_file():
        yield f"{path} is missing. {remedy}"
    elif digest(path) != read_json(claims).get("ledger"):
        yield f"{path} is not the ledger that {claims} was decided with. {remedy}"


def _is_sealed(path: Path) -> bool:
    sealed = ("metrics.json", "frequency.json", "timing.json")
    return path.name in sealed or path.parent.name in ("layers", "prepared")
