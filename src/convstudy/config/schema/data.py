"""Data sets of the config."""

from typing import Annotated, Any, Literal

from convstudy.config.fields import (
    Exactly,
    FileName,
    Paragraph,
    Settings,
    Share,
    Text,
    Title,
    Unique,
    absent,
    default,
    needed,
)


class Normalise(Settings):
    """Per channel, pixels from 0 to 1; without it, mean and std of the training set."""

    mean: list[Share] = needed(min_length=1)
    std: list[Annotated[Share, needed(gt=0)]] = needed(min_length=1)


class Checksums(Settings):
    """Of one file; it is compared with all that are given."""

    md5: str = absent("32 digits 0 to f", pattern="^[0-9a-f]{32}$")
    sha256: str = absent("64 digits 0 to f", pattern="^[0-9a-f]{64}$")


class Torchvision(Settings):
    """A class of torchvision.datasets in place of files."""

    name: str
    arguments: dict[str, Any] = default({}, "of its constructor")
    train: dict[str, Any] = absent("those of the training set alone, such as {split: train}")
    test: dict[str, Any] = absent("those of the test set alone")


class Generator(Settings):
    """Images that are made up, in place of files."""

    name: Literal["digits", "shapes"]
    train_images: int = needed(ge=10, le=1_000_000)
    test_images: int = needed(ge=10, le=1_000_000)
    seed: int = default(0, ge=0)


class Dataset(Settings):
    """A data set: its format, where it is from and how it is read.

    Keys that came after the first prepared data are `absent`, so that these stay as they are.
    """

    title: Title
    about: Paragraph = absent("what else a reader of the report has to know of these images")
    format: Literal["idx", "cifar10", "image_folder", "npz", "torchvision"]
    normalise: Normalise = absent()
    # Others are resized to it.
    image_size: list[Annotated[int, needed(ge=4, le=1024)]] = absent(
        "[height, width]; image_folder and torchvision only", min_length=2, max_length=2
    )
    colour: bool = default(True, "image_folder and torchvision only; false reads grey")
    folder: Text = absent("a plain folder in place of files")
    ignore: list[Text] = absent("patterns of files that nobody wants, as '*.txt'", min_length=1)
    background: str = absent("of transparent images; '#ffffff'", pattern="^#[0-9a-fA-F]{6}$")
    test_share: float = absent("of data without a test set, by class; fixed", gt=0, lt=1)
    allow_duplicates: bool = absent("accept more than 1 % of test images in the training set")
    first_label: Annotated[Literal[0, 1], Exactly] = absent("of the first class; idx and npz only")
    transpose: bool = absent("sets images upright that are stored sideways; idx only")
    classes: Annotated[list[Title], Unique] = absent(
        "names of the labels, in their order; idx, npz and torchvision only", min_length=2
    )
    mirrors: list[Text] = default([])
    files: dict[FileName, Checksums] = default({})
    torchvision: Torchvision = absent()
    generator: Generator = absent()
