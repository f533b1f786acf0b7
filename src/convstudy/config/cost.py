"""What a training costs, counted from the config alone: no torch while Snakemake builds its DAG.

`convstudy.models.cost` counts the same from the network itself; a test holds both against each
other for every experiment of every scale.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

# Pixels and images of the official files, for data sets that are not prepared yet.
_OFFICIAL = {
    "idx": {"shape": [1, 28, 28], "train_images": 60_000, "test_images": 10_000},
    "cifar10": {"shape": [3, 32, 32], "train_images": 50_000, "test_images": 10_000},
}
# Of the training images of MNIST and the archive of CIFAR-10, as in workflow/catalogue.yaml.
_OFFICIAL_MD5 = {"f68b3c2dcbeaaa9fbdd348bbdeb94873", "c58f30108f718f92721af3b95e74349a"}
_CLASSES = 10
_FORWARD_AND_BACKWARD = 3  # a training step multiplies three times as often as an inference
FLOAT = 4  # bytes
_EVALUATION_BATCH = 250  # images, as convstudy.evaluation.predictions takes them

# Python, PyTorch and freed memory that is kept: 0.8 GB, and room for a heap with holes.
_PROCESS_MB = 2500
# Multiply-accumulates per second of one core: 7 to 50 billion were seen, by network and machine.
WORK_PER_SECOND = 10e9
# Of other networks: convolutions of single channels wait for memory (EfficientNet-B0: 3.3 billion).
_OF_OTHERS = 3e9
_START_MINUTES, _MOST_MINUTES = 10, 24 * 60


class Layer(NamedTuple):
    """One convolution or linear layer, for one image; or a whole network, counted as one."""

    values: int  # outputs
    macs: int
    parameters: int  # its normalisation's included


@dataclass(frozen=True)
class Cost:
    """What one run of an experiment asks for."""

    parameters: int
    macs: int  # of one image, forward
    work: int  # multiply-accumulates of the whole training and its evaluations
    bytes: int  # weights, gradients, optimizer, a saved state; activations; the images
    per_second: float = WORK_PER_SECOND

    def memory_mb(self, attempt: int) -> int:
        """To ask a scheduler for; a job that was killed for its memory asks for more."""
        return (_PROCESS_MB + self.bytes // 1_000_000) * attempt

    def minutes(self, attempt: int) -> int:
        """To ask a scheduler for: twice what a slow core takes, a day at most.

        Whoever needs longer is stopped there, and goes on from its state at the next attempt.
        """
        expected = self.work / self.per_second / 60
        return min((_START_MINUTES + int(2 * expected)) * attempt, _MOST_MINUTES)


def of_experiment(job: dict[str, Any], data: dict[str, Any], network: Layer | None = None) -> Cost:
    """Cost of a run, from its slice of the config and its data set: shape, classes, images.

    `network`: what one that is not ours counts, by `convstudy.config.inspected`.
    """
    count = _NETWORKS.get(job["model"]["name"], _unknown)
    layers = [network] if network else list(count(job["model"], data["shape"], data["classes"]))
    recipe = job["recipe"]
    train, test = (
        min(job[kind] or data[kind], data[kind]) for kind in ("train_images", "test_images")
    )
    parameters, macs, values = (
        sum(getattr(one, name) for one in layers) for name in ("parameters", "macs", "values")
    )
    batch = max(recipe["batch_size"], _EVALUATION_BATCH / _FORWARD_AND_BACKWARD)
    pixels = data["shape"][0] * data["shape"][1] * data["shape"][2]
    return Cost(
        parameters=parameters,
        macs=macs,
        work=work(macs, recipe["epochs"], train, test, recipe.get("views", 1)),
        # Of activations three copies: before and after the normalisation, and their gradients.
        # The images are bytes, and floats in a batch.
        bytes=int(FLOAT * (8 * parameters + 3 * batch * values) + pixels * (train + test)),
        per_second=_OF_OTHERS if network else WORK_PER_SECOND,
    )


def work(macs: int, epochs: int, train: int, test: int, views: int = 1) -> int:
    """Multiply-accumulates of training on `train` images, with an evaluation after each epoch.

    At the end both splits are looked at in `views` of each image.
    """
    looked_at = (epochs - 1 + views) * test + views * train
    return macs * (epochs * _FORWARD_AND_BACKWARD * train + looked_at)


def expected_data(dataset: dict[str, Any]) -> dict[str, Any]:
    """Shape, classes and images of a data set of the config that nobody has looked into yet.

    Of an image folder only the size of its images is known; the rest is that of CIFAR-10.
    """
    found = {"classes": _CLASSES, **_OFFICIAL.get(dataset["format"], _OFFICIAL["cifar10"])}
    if "image_size" in dataset:
        found["shape"] = [3 if dataset["colour"] else 1, *dataset["image_size"]]
    generator = dataset.get("generator", {})
    return found | {name: generator[name] for name in found.keys() & generator.keys()}


def is_known(dataset: dict[str, Any]) -> bool:
    """Whether shape and classes of `expected_data` are no guess: of official or generated files."""
    checksums = {one.get("md5") for one in dataset.get("files", {}).values()}
    return "generator" in dataset or not checksums.isdisjoint(_OFFICIAL_MD5)


def _linear(inputs: int, outputs: int) -> Layer:
    return Layer(outputs, inputs * outputs, (inputs + 1) * outputs)


def _convolution(
    inputs: int, outputs: int, kernel: int, size: tuple[int, int], extra: int = 1
) -> Layer:
    """`extra`: parameters per output channel beside the weights (bias, or scale and shift)."""
    weights, positions = inputs * outputs * kernel * kernel, size[0] * size[1]
    return Layer(outputs * positions, weights * positions, weights + extra * outputs)


def _fully_connected(model: dict[str, Any], shape: list[int], classes: int) -> Iterator[Layer]:
    inputs = shape[0] * shape[1] * shape[2]
    for units in (*model["hidden"], classes):
        yield _linear(inputs, units)
        inputs = units


def _simple_cnn(model: dict[str, Any], shape: list[int], classes: int) -> Iterator[Layer]:
    depth, height, width = shape
    for maps in model["channels"]:
        yield _convolution(depth, maps, model["kernel_size"], (height, width))
        depth, height, width = maps, height // 2, width // 2
    inputs = depth * height * width
    for units in ([model["hidden"]] if model.get("hidden") else []) + [classes]:
        yield _linear(inputs, units)
        inputs = units


def _resnet(model: dict[str, Any], shape: list[int], classes: int) -> Iterator[Layer]:
    depth, height, width = shape
    yield _convolution(depth, model["widths"][0], 3, (height, width), extra=2)
    depth = model["widths"][0]
    for number, maps in enumerate(model["widths"]):
        for block in range(2):
            stride = 2 if number and not block else 1
            before = height, width
            height, width = -(-height // stride), -(-width // stride)
            if model["block"] == "basic":
                wide = maps
                plan = [(depth, maps, 3, (height, width)), (maps, maps, 3, (height, width))]
            else:
                wide = 4 * maps
                plan = [(depth, maps, 1, before), (maps, maps, 3, (height, width))]
                plan += [(maps, wide, 1, (height, width))]
            if stride != 1 or depth != wide:
                plan += [(depth, wide, 1, (height, width))]  # the shortcut
            yield from (_convolution(*one, extra=2) for one in plan)
            depth = wide
    yield _linear(depth, classes)


def _vgg(model: dict[str, Any], shape: list[int], classes: int) -> Iterator[Layer]:
    depth, height, width = shape
    for widths in model["stages"]:
        for maps in widths:
            yield _convolution(depth, maps, 3, (height, width), extra=3)
            depth = maps
        height, width = height // 2, width // 2
    yield _linear(depth * height * width, classes)


def _layered_cnn(model: dict[str, Any], shape: list[int], classes: int) -> Iterator[Layer]:
    depth, height, width = shape
    for maps in model["channels"]:
        yield _convolution(depth, 2 * maps if model.get("gated") else maps, 3, (height, width))
        yield Layer(0, 0, 2 * maps)  # the normalisation
        if model.get("attention"):
            weights = maps * (maps // 4)
            yield from (Layer(maps // 4, weights, weights), Layer(maps, weights, weights))
        depth, height, width = maps, height // 2, width // 2
    yield _linear(depth * height * width, classes)


def _whitened_cnn(model: dict[str, Any], shape: list[int], classes: int) -> Iterator[Layer]:
    depth, (height, width) = 8 * shape[0], (size - 1 for size in shape[1:])
    first = _convolution(shape[0], depth, 2, (height, width))
    yield first._replace(parameters=depth) if model.get("whitening", True) else first
    for maps in model["widths"]:
        yield _convolution(depth, maps, 3, (height, width))
        depth, height, width = maps, height // 2, width // 2
        yield _convolution(depth, maps, 3, (height, width))
    yield Layer(classes, depth * classes, depth * classes)  # without bias


def _unknown(model: dict[str, Any], shape: list[int], classes: int) -> Iterator[Layer]:
    """A network that cannot be built where the study is planned asks for as much as ResNet-18."""
    return _resnet({"block": "basic", "widths": [64, 128, 256, 512]}, shape, classes)


_NETWORKS: dict[str, Callable[[dict[str, Any], list[int], int], Iterator[Layer]]] = {
    "fully_connected": _fully_connected,
    "simple_cnn": _simple_cnn,
    "resnet": _resnet,
    "vgg": _vgg,
    "layered_cnn": _layered_cnn,
    "whitened_cnn": _whitened_cnn,
}
