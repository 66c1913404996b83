"""Layers that keep activations in a steady range."""

from functools import partial

from kerastutor.knowledge.layers.entry import LayerFacts, entry

layer = partial(entry, "normalisation")

LAYERS: tuple[LayerFacts, ...] = (
    layer(
        "BatchNormalization",
        {
            "axis": -1,
            "momentum": 0.99,
            "epsilon": 0.001,
            "center": True,
            "scale": True,
            "renorm": False,
            "renorm_clipping": None,
            "renorm_momentum": 0.99,
            "synchronized": False,
        },
        call="inputs training mask",
        regularised="beta gamma",
        owns="weights",
        shows="axis scale",
        says=(
            "Scales each channel to mean 0 and variance 1 over the batch, then learns a scale and "
            "shift. In inference it uses the averages gathered in training."
        ),
        link="normalization_layers/batch_normalization/",
    ),
    layer(
        "LayerNormalization",
        {"axis": -1, "epsilon": 0.001, "center": True, "scale": True, "rms_scaling": False},
        regularised="beta gamma",
        owns="weights",
        shows="axis scale",
        says="Scales each example to mean 0 and variance 1 over its own features, then learns a scale and shift.",
        link="normalization_layers/layer_normalization/",
    ),
    layer(
        "GroupNormalization",
        {"groups": 32, "axis": -1, "epsilon": 0.001, "center": True, "scale": True},
        regularised="beta gamma",
        owns="weights",
        shows="axis scale",
        says="Scales groups of channels of each example to mean 0 and variance 1, whatever the batch size.",
        link="normalization_layers/group_normalization/",
    ),
    layer(
        "RMSNormalization",
        {"axis": -1, "epsilon": 1e-06},
        call="x",
        owns="weights",
        shows="axis",
        says="Divides each example by the root mean square of its features, then learns a scale.",
        link="normalization_layers/",
    ),
    layer(
        "UnitNormalization",
        {"axis": -1},
        shows="axis",
        says="Scales each vector to length one.",
        link="normalization_layers/unit_normalization/",
    ),
)
