"""Layers whose inside the tutor cannot see."""

from functools import partial

from kerastutor.knowledge.layers.entry import REQUIRED, LayerFacts, entry

layer = partial(entry, "custom")

LAYERS: tuple[LayerFacts, ...] = (
    layer(
        "Lambda",
        {"function": REQUIRED, "output_shape": None, "mask": None, "arguments": {}},
        call="inputs mask training",
        shows="function output_shape",
    ),
    layer(
        "Layer",
        {},
        owns="weights",
    ),
    layer(
        "TFSMLayer",
        {"filepath": REQUIRED, "call_endpoint": "serve", "call_training_endpoint": None},
        call="inputs training",
        owns="weights",
    ),
    layer(
        "JaxLayer",
        {"call_fn": REQUIRED, "init_fn": None, "params": None, "state": None},
        call="inputs training",
        owns="weights",
    ),
    layer(
        "FlaxLayer",
        {"module": REQUIRED, "method": None, "variables": None},
        call="inputs training",
        owns="weights",
    ),
    layer(
        "TorchModuleWrapper",
        {"module": REQUIRED, "output_shape": None},
        owns="weights",
        shows="output_shape",
    ),
)
