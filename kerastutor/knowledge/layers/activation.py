"""Activation functions as layers of their own."""

from functools import partial

from kerastutor.knowledge.layers.entry import REQUIRED, LayerFacts, entry

layer = partial(entry, "activation")

LAYERS: tuple[LayerFacts, ...] = (
    layer(
        "Activation",
        {"activation": REQUIRED},
        shows="activation",
        says="Applies an activation function to every number.",
        link="core_layers/activation/",
    ),
    layer(
        "ReLU",
        {"max_value": None, "negative_slope": 0.0, "threshold": 0.0},
        says="Keeps positive numbers and turns negative ones into zero, with an optional slope and ceiling.",
        link="activation_layers/relu/",
    ),
    layer(
        "LeakyReLU",
        {"negative_slope": 0.3},
        says="Like ReLU, but negative numbers shrink instead of becoming zero, so that they still pass a gradient.",
        link="activation_layers/leaky_relu/",
    ),
    layer(
        "PReLU",
        {"shared_axes": None},
        regularised="alpha",
        owns="weights",
        says="A leaky ReLU that learns the slope for negative numbers.",
        link="activation_layers/prelu/",
    ),
    layer(
        "ELU",
        {"alpha": 1.0},
        says="Keeps positive numbers and bends negative ones smoothly towards a lower limit.",
        link="activation_layers/elu/",
    ),
    layer(
        "Softmax",
        {"axis": -1},
        call="inputs mask",
        shows="axis",
        says="Turns numbers into shares that are positive and sum to one along an axis: class probabilities.",
        link="activation_layers/softmax/",
    ),
)
