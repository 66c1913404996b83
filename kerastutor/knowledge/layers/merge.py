"""Layers that make one tensor of several."""

from functools import partial

from kerastutor.knowledge.layers.entry import REQUIRED, LayerFacts, entry

layer = partial(entry, "merge")

LAYERS: tuple[LayerFacts, ...] = (
    layer(
        "Add",
        {},
    ),
    layer(
        "Subtract",
        {},
    ),
    layer(
        "Multiply",
        {},
    ),
    layer(
        "Average",
        {},
    ),
    layer(
        "Maximum",
        {},
    ),
    layer(
        "Minimum",
        {},
    ),
    layer(
        "Concatenate",
        {"axis": -1},
        shows="axis",
    ),
    layer(
        "Dot",
        {"axes": REQUIRED, "normalize": False},
    ),
)
