"""Layers that make one tensor of several."""

from functools import partial

from kerastutor.knowledge.layers.entry import REQUIRED, LayerFacts, entry

layer = partial(entry, "merge")

LAYERS: tuple[LayerFacts, ...] = (
    layer(
        "Add",
        {},
        says="Adds tensors of one shape, number by number: where a shortcut joins again.",
        link="merging_layers/add/",
    ),
    layer(
        "Subtract",
        {},
        says="Subtracts the second tensor from the first, number by number.",
        link="merging_layers/subtract/",
    ),
    layer(
        "Multiply",
        {},
        says="Multiplies tensors of one shape, number by number, as a gate does.",
        link="merging_layers/multiply/",
    ),
    layer(
        "Average",
        {},
        says="Takes the mean of several tensors, number by number.",
        link="merging_layers/average/",
    ),
    layer(
        "Maximum",
        {},
        says="Keeps the larger of several tensors, number by number.",
        link="merging_layers/maximum/",
    ),
    layer(
        "Minimum",
        {},
        says="Keeps the smaller of several tensors, number by number.",
        link="merging_layers/minimum/",
    ),
    layer(
        "Concatenate",
        {"axis": -1},
        shows="axis",
        says="Puts tensors side by side along an axis; all other axes must agree.",
        link="merging_layers/concatenate/",
    ),
    layer(
        "Dot",
        {"axes": REQUIRED, "normalize": False},
        says="Takes the dot product of two tensors along chosen axes: how alike two vectors are.",
        link="merging_layers/dot/",
    ),
)
