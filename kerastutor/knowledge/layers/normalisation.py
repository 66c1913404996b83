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
    ),
    layer(
        "LayerNormalization",
        {"axis": -1, "epsilon": 0.001, "center": True, "scale": True, "rms_scaling": False},
        regularised="beta gamma",
        owns="weights",
        shows="axis scale",
    ),
    layer(
        "GroupNormalization",
        {"groups": 32, "axis": -1, "epsilon": 0.001, "center": True, "scale": True},
        regularised="beta gamma",
        owns="weights",
        shows="axis scale",
    ),
    layer(
        "RMSNormalization",
        {"axis": -1, "epsilon": 1e-06},
        call="x",
        owns="weights",
        shows="axis",
    ),
    layer(
        "UnitNormalization",
        {"axis": -1},
        shows="axis",
    ),
)
