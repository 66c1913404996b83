"""Where data enters a model."""

from functools import partial

from kerastutor.knowledge.layers.entry import REQUIRED, LayerFacts, entry

layer = partial(entry, "input")

LAYERS: tuple[LayerFacts, ...] = (
    layer(
        "Input",
        {
            "shape": REQUIRED,
            "dtype": "float32",
            "batch_size": None,
            "sparse": False,
            "ragged": False,
            "optional": False,
        },
        call="",
        says="The place where data enters: it computes nothing and says which shape each example has.",
        link="core_layers/input/",
    ),
)
