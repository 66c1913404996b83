"""Layers that act in training only, against overfitting."""

from functools import partial

from kerastutor.knowledge.layers.entry import REQUIRED, LayerFacts, entry

layer = partial(entry, "regularisation")

LAYERS: tuple[LayerFacts, ...] = (
    layer(
        "Dropout",
        {"rate": REQUIRED, "noise_shape": None},
        call="inputs training",
        owns="randomness",
        shows="rate",
        says=(
            "In training it zeroes a random share of the numbers, so that the network relies on no "
            "single one. Otherwise it does nothing."
        ),
        link="regularization_layers/dropout/",
    ),
    layer(
        "SpatialDropout1D",
        {"rate": REQUIRED},
        call="inputs training",
        owns="randomness",
        shows="rate",
        says="Dropout of whole channels of a sequence instead of single numbers.",
        link="regularization_layers/spatial_dropout1_d/",
    ),
    layer(
        "SpatialDropout2D",
        {"rate": REQUIRED, "data_format": "channels_last"},
        call="inputs training",
        owns="randomness",
        shows="rate",
        says="Dropout of whole channels of an image instead of single numbers.",
        link="regularization_layers/spatial_dropout2_d/",
    ),
    layer(
        "SpatialDropout3D",
        {"rate": REQUIRED, "data_format": "channels_last"},
        call="inputs training",
        owns="randomness",
        shows="rate",
        says="Dropout of whole channels of a volume instead of single numbers.",
        link="regularization_layers/spatial_dropout3_d/",
    ),
    layer(
        "GaussianDropout",
        {"rate": REQUIRED},
        call="inputs training",
        owns="randomness",
        shows="rate",
        says="In training it multiplies each number by a random factor around one.",
        link="regularization_layers/gaussian_dropout/",
    ),
    layer(
        "AlphaDropout",
        {"rate": REQUIRED, "noise_shape": None},
        call="inputs training",
        owns="randomness",
        shows="rate",
        says="Dropout that keeps mean and variance, made for networks with the selu activation.",
        link="regularization_layers/alpha_dropout/",
    ),
    layer(
        "GaussianNoise",
        {"stddev": REQUIRED},
        call="inputs training",
        owns="randomness",
        shows="stddev",
        says="In training it adds a little random noise to each number.",
        link="regularization_layers/gaussian_noise/",
    ),
    layer(
        "ActivityRegularization",
        {"l1": 0.0, "l2": 0.0},
        says="Passes its input on and adds a penalty for large values to the loss.",
        link="regularization_layers/activity_regularization/",
    ),
)
