"""What the rules of data.smk need to know of data sets: files, mirrors, options."""

import hashlib

from convstudy.config.torchvision_sets import LISTED, is_generated
from convstudy.datasets.listing import content_digest

FETCHED = [name for name, dataset in STUDY.datasets.items() if dataset["files"]]
BY_TORCHVISION = [name for name, dataset in STUDY.datasets.items() if "torchvision" in dataset]
GENERATED = {
    kind: [n for n, d in STUDY.datasets.items() if d.get("generator", {}).get("name") == kind]
    for kind in ("digits", "shapes")
}
# What the tensors depend on beside the files; formats read them.
OPTIONS = (
    *("image_size", "colour", "folder", "classes", "ignore", "background"),
    *("test_share", "allow_duplicates", "first_label", "transpose", "torchvision"),
)
# Generators write the official files of their format.
GENERATED_FILES = {
    "digits": [
        "train-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte.gz",
        "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz",
    ],
    "shapes": ["cifar-10-python.tar.gz"],
}

# Mirrors change where a file comes from, not what it is. What a shell line takes from the config is
# expanded there without being tracked, so a new mirror reruns nothing. (Other names of ours are not
# known there where a Snakefile of the user's uses this workflow as a module.)
# A mirror of the user's comes first, laid out <dataset>/<file> or, but for torchvision's, flat.
_own = config["data_mirror"]
config["every_mirror"] = canonical_json(
    {
        name: [f"{_own}/{name}", _own][: 1 if "torchvision" in dataset else 2] * bool(_own)
        + dataset["mirrors"]
        for name, dataset in STUDY.datasets.items()
    }
)


def folder_of(dataset):
    """The user's own folder of images, `~` spelt out; None for a data set of files."""
    folder = STUDY.datasets[dataset].get("folder")
    return folder and str(Path(folder).expanduser())


def listing(dataset, folder):
    """Checksum of all that lies in a folder; what was hashed is kept for the next dry run."""
    if not Path(folder).is_dir():
        raise WorkflowError(f"{folder} is not a folder. Check datasets.{dataset}.folder.")
    kept = f"{hashlib.sha256(os.path.abspath(folder).encode()).hexdigest()}.json"
    try:
        return content_digest(Path(folder), Path(".snakemake/convstudy/listing", kept))
    except StudyError as error:
        raise WorkflowError(str(error)) from None


# Here and not where a job asks: Snakemake puts a traceback around what fails there.
LISTINGS = {name: listing(name, folder) for name in STUDY.datasets if (folder := folder_of(name))}


def raw_files(dataset):
    """The files under data/raw that a data set is prepared from.

    Of one of torchvision's nobody knows them before they are there: then they are listed. The
    user's own folder is none: its listing is in the slice, and Snakemake would take braces in its
    name for wildcards.
    """
    one = STUDY.datasets[dataset]
    if "torchvision" in one or one.get("folder"):
        return []
    names = one["files"] or GENERATED_FILES[one["generator"]["name"]]
    return [f"data/raw/{dataset}/{name}" for name in names]


def with_checksums(files):
    """Raw files and the small files beside them that hold their checksums."""
    return [*files, *(f"{file}.sha256" for file in files)]


def checksums_of(dataset):
    """By these a change of raw files is seen; a folder's listing is in the slice instead."""
    if dataset in BY_TORCHVISION:
        return [f"data/raw/{dataset}/{LISTED}"]
    return [f"{file}.sha256" for file in raw_files(dataset)]


def preparation(dataset):
    """All of the config that the prepared tensors depend on."""
    one, folder = STUDY.datasets[dataset], folder_of(dataset)
    files = [folder] if folder else raw_files(dataset) or checksums_of(dataset)
    return {
        "dataset": dataset,
        "title": one["title"],
        "format": one["format"],
        "generated": is_generated(one),
        "files": one["files"] or {Path(file).name: {} for file in files},
        "options": {key: one[key] for key in OPTIONS if key in one},
        "generator": one.get("generator"),
        "listing": LISTINGS.get(dataset),
    }


def modules_of_data(dataset):
    """Modules that preparation reaches by name: the format's, and the generator's."""
    one = STUDY.datasets[dataset]
    modules = [f"convstudy.datasets.formats.{one['format']}"]
    if "generator" in one:
        modules += [
            COMMANDS["generate"],
            f"convstudy.datasets.generators.{one['generator']['name']}",
        ]
    return modules
