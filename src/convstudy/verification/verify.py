"""`convstudy verify`: compute a finished study again, and say what was held against what.

From checkpoints and images to the page: predictions and counts of each network, tables, claims,
figures, layer checks, the report. Needs nothing of the config: `report.json`, written with the
report, has what was asked for. What takes as long as a training is left to --thorough, and what no
file can show (a training itself, times) to the checksums of the records.
"""

import argparse
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from convstudy.errors import StudyError
from convstudy.files import digest, read_json
from convstudy.report.record import record_of
from convstudy.sealed import fault_of_seal
from convstudy.statistics.records import Record
from convstudy.statistics.summarise import check_all, expectations
from convstudy.verification import tables, written
from convstudy.verification.findings import Findings

Study = dict[str, Any]

_PARTS = (
    *("report", "runs", "analysis", "drawn", "confusion", "errors", "grids"),
    *("files", "data", "written"),
)


def main(argv: list[str]) -> None:
    description = __doc__.splitlines()[0]
    parser = argparse.ArgumentParser(prog="convstudy verify", description=description)
    parser.add_argument("results", type=Path, help="results/<scale>")
    parser.add_argument("--report", type=Path, default=Path("report.md"), help="and its page")
    parser.add_argument("--data", type=Path, default=Path("data/prepared"))
    parser.add_argument("--raw", type=Path, default=Path("data/raw"))
    parser.add_argument("--templates", type=Path, default=Path("workflow/templates"))
    parser.add_argument("--locale", type=Path, default=Path("workflow/locale"))
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes side by side")
    parser.add_argument(
        "--thorough", action="store_true", help="all test images, and the training sets too"
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
    found.faults += _files(study, options)
    if found.faults:
        return
    records, faulty = check_all(results / "runs", expectations(study["runs"]))
    found.faults += [f"{folder}: {line}" for folder, said in faulty.items() for line in said]
    if found.faults:
        return
    _say_what_records_vouch_for(records, study, found)
    found.faults += tables.contradictions(study, results, records)
    if found.faults:
        return
    found.again.append("summary, comparisons, claims, confusion, errors and grids, from the runs")
    found.faults += written.contradictions(
        study, results, options.data, options.report, options.templates, options.locale
    )
    page = options.report.with_suffix(".html")
    found.again.append(f"{options.report}{f' and {page}' * page.is_file()}, to the last letter")
    if not page.is_file():
        found.open.append(f"{page}: there is none")
    if not found.faults:
        _in_processes(study, options, records, found)


def _in_processes(
    study: Study, options: argparse.Namespace, records: dict[Path, Record], found: Findings
) -> None:
    """What takes time: networks, figures, layers, images."""
    # PyTorch and matplotlib are only imported once everything cheaper has proved good.
    from convstudy.verification import again, images, networks

    words = options.locale / f"{study['report']['language']}.po"
    made = [*again.of_study(study, options.results, options.data, words)]
    described = [options.data / f"{name}.json" for name in study["data"]]
    one = partial(networks.of_run, data=options.data, thorough=options.thorough)
    with _pool(options.jobs) as pool:
        runs = pool.map(one, records, chunksize=4)
        files = pool.map(again.compare, made, chunksize=4)
        about = pool.map(images.contradictions, described)
        ran = [*runs]
        for said in (*(run.faults for run in ran), *files, *about):
            found.faults += said
    _say_what_networks_gave(ran, options, found)
    names = sorted({_kind(each.path) for each in made})
    found.again.append(f"{len(made)} files made again by their own commands: {', '.join(names)}")
    found.again.append("checksum, counts, mean and deviation of the images, from the tensors")
    for description in described:
        for path, same in images.sources(description, options.raw):
            if same is None:
                found.open.append(f"{path}: the raw file is not here")
            elif not same:
                found.faults.append(f"{path} is not the file that {description} was made from")


def _pool(jobs: int) -> ProcessPoolExecutor:
    # Not forked: threads of PyTorch do not survive that.
    return ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_one_thread)


def _one_thread() -> None:
    """As in the jobs that made these files."""
    import torch

    torch.set_num_threads(1)


def _kind(path: Path) -> str:
    if path.suffix == ".png":
        return "figures"
    in_run = path.parent.name.startswith("seed")
    return path.name if in_run else f"{path.parent.name}/*{path.suffix}"


def _say_what_records_vouch_for(records: dict[Path, Record], study: Study, found: Findings) -> None:
    found.again.append(f"config, code, files and predictions of {len(records)} runs")
    found.digests += [
        "of each run: times, memory, learning curves, environment (seal of metrics.json)",
        f"{len(study['files'])} files that the report was made from (report.json)",
    ]
    if "timing.json" in study["files"]:
        found.digests.append("timing.json: times cannot be measured again to the same numbers")


def _say_what_networks_gave(ran: list[Any], options: argparse.Namespace, found: Findings) -> None:
    least, most = min(run.images for run in ran), max(run.images for run in ran)
    count = f"{least}" if least == most else f"{least} to {most}"
    found.again.append(
        f"parameters, MACs and classes of {len(ran)} networks; their logits of {count} test images"
    )
    elsewhere = sum(not run.exact for run in ran)
    if elsewhere:
        found.open.append(
            f"the last bits of {elsewhere} networks: they were trained on another machine, number "
            "of threads or version of PyTorch, so values were compared up to rounding"
        )
    if options.thorough:
        found.again.append("accuracy and loss on the whole training set, from the weights")
    else:
        found.digests.append(
            "accuracy and loss on the training set, and the other test images' logits "
            "(--thorough computes them)"
        )
    found.open.append("that the weights come from the training that is on record: train again")


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
            yield f"{path} is missing"
        elif digest(path) != sha256:
            yield f"{path} was changed after the report was made"
        elif _is_sealed(path) and (said := fault_of_seal(read_json(path))):
            yield f"{path} {said}"


def _is_sealed(path: Path) -> bool:
    sealed = ("metrics.json", "frequency.json", "timing.json")
    return path.name in sealed or path.parent.name in ("layers", "prepared")
