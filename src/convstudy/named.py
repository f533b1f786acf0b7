"""What a network's name in the config stands for; looked up by the rules and by the training."""

PACKAGE = "convstudy"
LIBRARIES = ("torchvision", "timm")


def network(name: str) -> tuple[str, str]:
    """Module and function (or class) that build the network `name`.

    `resnet` is our own, `networks.tiny` the function tiny of the study's networks.py, and
    `torchvision/resnet18` a network of that library.
    """
    library, of_library, _ = name.partition("/")
    if of_library:
        return f"{PACKAGE}.models.of_{library}", "build"
    module, own, function = name.rpartition(".")
    return (module, function) if own else (f"{PACKAGE}.models.{name}", "build")


def is_ours(name: str) -> bool:
    """Whether it is a network of this package."""
    return not set(name) & {".", "/"}
