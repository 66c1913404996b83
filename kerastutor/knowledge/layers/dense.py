"""Fully connected layers."""

from functools import partial

from kerastutor.knowledge.layers.entry import REQUIRED, LayerFacts, entry

layer = partial(entry, "dense")

LAYERS: tuple[LayerFacts, ...] = (
    layer(
        "Dense",
        {"units": REQUIRED, "activation": "linear", "use_bias": True},
        call="inputs training",
        regularised="kernel bias",
        owns="weights",
        shows="units activation",
    ),
    layer(
        "EinsumDense",
        {"equation": REQUIRED, "output_shape": REQUIRED, "activation": "linear", "bias_axes": None},
        call="inputs training",
        regularised="kernel bias",
        owns="weights",
        shows="activation equation output_shape",
    ),
    layer(
        "Identity",
        {},
    ),
)
