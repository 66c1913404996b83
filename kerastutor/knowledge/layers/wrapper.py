"""Layers around a layer."""

from functools import partial

from kerastutor.knowledge.layers.entry import REQUIRED, LayerFacts, entry

layer = partial(entry, "wrapper")

LAYERS: tuple[LayerFacts, ...] = (
    layer(
        "TimeDistributed",
        {"layer": REQUIRED},
        call="inputs training mask",
        owns="weights",
        shows="layer",
    ),
    layer(
        "Bidirectional",
        {"layer": REQUIRED, "merge_mode": "concat", "backward_layer": None},
        call="sequences initial_state mask training",
        owns="weights",
        shows="layer merge_mode",
    ),
    layer(
        "SpectralNormalization",
        {"layer": REQUIRED, "power_iterations": 1},
        call="inputs training",
        owns="weights",
        shows="layer",
    ),
    layer(
        "Wrapper",
        {"layer": REQUIRED},
        owns="weights",
        shows="layer",
    ),
)
