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
        says="Applies one layer to every step of a sequence, with the same weights each time.",
        link="recurrent_layers/time_distributed/",
    ),
    layer(
        "Bidirectional",
        {"layer": REQUIRED, "merge_mode": "concat", "backward_layer": None},
        call="sequences initial_state mask training",
        owns="weights",
        shows="layer merge_mode",
        says="Runs a recurrent layer forwards and a twin of it backwards over the sequence and joins both.",
        link="recurrent_layers/bidirectional/",
    ),
    layer(
        "SpectralNormalization",
        {"layer": REQUIRED, "power_iterations": 1},
        call="inputs training",
        owns="weights",
        shows="layer",
        says="Wraps a layer and keeps the size of its weights under control, as GANs need.",
        link="preprocessing_layers/numerical/spectral_normalization/",
    ),
    layer(
        "Wrapper",
        {"layer": REQUIRED},
        owns="weights",
        shows="layer",
        says="The base of layers that hold another layer.",
        link="base_layer/",
    ),
)
