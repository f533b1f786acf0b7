"""Data sets of the config."""

from typing import Annotated, Any, Literal

from pydantic import Field

from convstudy.config.fields import Exactly, FileName, Settings, Share, Text, Title, Unique, absent


class Normalise(Settings):
    """Per channel, pixels from 0 to 1; without it, mean and std of the training set."""

    mean: list[Share] = Field(min_length=1)
    std: list[Annotated[float, Field(gt=0, le=1)]] = Field(min_length=1)


class Checksums(Settings):
    """Of one file; it is compared with all that are given."""

    md5: str = absent(pattern="^[0-9a-f]{32}$")
    sha256: str = absent(pattern="^[0-9a-f]{64}$")


class Torchvision(Settings):
    """A class of torchvision.datasets in place of files."""

    name: str
    arguments: dict[str, Any] = Field({}, description="of its constructor")
    train: dict[str, Any] = absent("those of the training set alone, {split: train}")
    test: dict[str, Any] = absent("those of the test set alone")


class Generator(Settings):
    """Images that are made up, in place of files."""

    name: Literal["digits", "shapes"]
    train_images: int = Field(ge=10, le=1_000_000)
    test_images: int = Field(ge=10, le=1_000_000)
    seed: int = Field(0, ge=0)


class Dataset(Settings):
    """A data set: its format, where it is from and how it is read.

    Keys that came after the first prepared data have no default, so that these stay as they are.
    """

    title: Title
    format: Literal["idx", "cifar10", "image_folder", "npz", "torchvision"]
    normalise: Normalise = absent()
    image_size: list[Annotated[int, Field(ge=4, le=1024)]] = absent(
        min_length=2,
        max_length=2,
        description="[height, width] of the images of an image_folder or of torchvision; others "
        "are resized to it",
    )
    colour: bool = Field(True, description="image_folder and torchvision only; false reads grey")
    folder: Text = absent("a plain folder in place of files")
    ignore: list[Text] = absent(
        min_length=1,
        description="patterns of files of an image folder that nobody wants, such as '*.txt'",
    )
    background: str = absent(
        pattern="^#[0-9a-fA-F]{6}$",
        description="what shows through transparent images of a folder; white, '#ffffff', unless "
        "given",
    )
    test_share: float = absent(
        gt=0,
        lt=1,
        description="of data without a test set, by class; the same images in every run",
    )
    allow_duplicates: bool = absent(
        "accept more than 1 % of test images that are training images too; false unless given",
    )
    first_label: Annotated[Literal[0, 1], Exactly] = absent(
        "that of the first class; idx and npz only"
    )
    transpose: bool = absent("sets images upright that are stored sideways; idx only")
    classes: Annotated[list[Title], Unique] = absent(
        min_length=2,
        description="names of the labels, in their order; idx, npz and torchvision only",
    )
    mirrors: list[Text] = Field([], description="addresses laid out <mirror>/<file>")
    files: dict[FileName, Checksums] = Field({})
    torchvision: Torchvision = absent()
    generator: Generator = absent()
