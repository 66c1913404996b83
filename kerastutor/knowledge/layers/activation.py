"""Activation functions as layers of their own."""

from functools import partial

from kerastutor.knowledge.layers.entry import REQUIRED, LayerFacts, entry

layer = partial(entry, "activation")

LAYERS: tuple[LayerFacts, ...] = (
    layer(
        "Activation",
        {"activation": REQUIRED},
        shows="activation",
    ),
    layer(
        "ReLU",
        {"max_value": None, "negative_slope": 0.0, "threshold": 0.0},
    ),
    layer(
        "LeakyReLU",
        {"negative_slope": 0.3},
    ),
    layer(
        "PReLU",
        {"shared_axes": None},
        regularised="alpha",
        owns="weights",
    ),
    layer(
        "ELU",
        {"alpha": 1.0},
    ),
    layer(
        "Softmax",
        {"axis": -1},
        call="inputs mask",
        shows="axis",
    ),
)
