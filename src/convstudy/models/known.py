"""The networks that there are: name in config.yaml → module whose `build` makes it.

A table of its own, for the reason that `convstudy.models` gives.
"""

MODELS = {
    "fully_connected": "convstudy.models.fully_connected",
    "layered_cnn": "convstudy.models.layered_cnn",
    "resnet": "convstudy.models.resnet",
    "simple_cnn": "convstudy.models.simple_cnn",
    "vgg": "convstudy.models.vgg",
    "whitened_cnn": "convstudy.models.whitened_cnn",
}
