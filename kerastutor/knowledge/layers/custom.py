"""Layers whose inside the tutor cannot see."""

from functools import partial

from kerastutor.knowledge.layers.entry import REQUIRED, LayerFacts, entry

layer = partial(entry, "custom")

LAYERS: tuple[LayerFacts, ...] = (
    layer(
        "Lambda",
        {"function": REQUIRED, "output_shape": None, "mask": None, "arguments": None},
        call="inputs mask training",
        shows="function output_shape",
        says="Wraps any function as a layer. Nobody can look inside, so it is compared by its code.",
        link="core_layers/lambda/",
    ),
    layer(
        "Layer",
        {},
        owns="weights",
        says="The base class of all layers: alone it returns what it is given.",
        link="base_layer/",
    ),
    layer(
        "TFSMLayer",
        {"filepath": REQUIRED, "call_endpoint": "serve", "call_training_endpoint": None},
        call="inputs training",
        owns="weights",
        says="Runs a TensorFlow SavedModel as one layer.",
        link="backend_specific_layers/tfsm_layer/",
    ),
    layer(
        "JaxLayer",
        {"call_fn": REQUIRED, "init_fn": None, "params": None, "state": None},
        call="inputs training",
        owns="weights",
        says="Runs a JAX function as one layer.",
        link="backend_specific_layers/jax_layer/",
    ),
    layer(
        "FlaxLayer",
        {"module": REQUIRED, "method": None, "variables": None},
        call="inputs training",
        owns="weights",
        says="Runs a Flax module as one layer.",
        link="backend_specific_layers/flax_layer/",
    ),
    layer(
        "TorchModuleWrapper",
        {"module": REQUIRED, "output_shape": None},
        owns="weights",
        shows="output_shape",
        says="Runs a PyTorch module as one layer.",
        link="backend_specific_layers/torch_module_wrapper/",
    ),
)
