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
    ),
    layer(
        "SpatialDropout1D",
        {"rate": REQUIRED},
        call="inputs training",
        owns="randomness",
        shows="rate",
    ),
    layer(
        "SpatialDropout2D",
        {"rate": REQUIRED, "data_format": "channels_last"},
        call="inputs training",
        owns="randomness",
        shows="rate",
    ),
    layer(
        "SpatialDropout3D",
        {"rate": REQUIRED, "data_format": "channels_last"},
        call="inputs training",
        owns="randomness",
        shows="rate",
    ),
    layer(
        "GaussianDropout",
        {"rate": REQUIRED},
        call="inputs training",
        owns="randomness",
        shows="rate",
    ),
    layer(
        "AlphaDropout",
        {"rate": REQUIRED, "noise_shape": None},
        call="inputs training",
        owns="randomness",
        shows="rate",
    ),
    layer(
        "GaussianNoise",
        {"stddev": REQUIRED},
        call="inputs training",
        owns="randomness",
        shows="stddev",
    ),
    layer(
        "ActivityRegularization",
        {"l1": 0.0, "l2": 0.0},
    ),
)
