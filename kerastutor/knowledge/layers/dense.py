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
        says="Every output is a weighted sum of all inputs plus a bias, then an activation: the fully connected layer.",
        link="core_layers/dense/",
    ),
    layer(
        "EinsumDense",
        {"equation": REQUIRED, "output_shape": REQUIRED, "activation": "linear", "bias_axes": None},
        call="inputs training",
        regularised="kernel bias",
        owns="weights",
        shows="activation equation output_shape",
        says="A dense layer whose weighted sum is spelled as an einsum equation, for tensors with many axes.",
        link="core_layers/einsum_dense/",
    ),
    layer(
        "Identity",
        {},
        says="Returns what it is given. Useful as a placeholder or to give a tensor a name.",
        link="core_layers/identity/",
    ),
)
