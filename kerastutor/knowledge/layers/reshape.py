"""Layers that change the shape, not the values."""

from functools import partial

from kerastutor.knowledge.layers.entry import REQUIRED, LayerFacts, entry

layer = partial(entry, "reshape")

LAYERS: tuple[LayerFacts, ...] = (
    layer(
        "Flatten",
        {"data_format": "channels_last"},
    ),
    layer(
        "Reshape",
        {"target_shape": REQUIRED},
        shows="target_shape",
    ),
    layer(
        "Permute",
        {"dims": REQUIRED},
        shows="dims",
    ),
    layer(
        "RepeatVector",
        {"n": REQUIRED},
        shows="n",
    ),
    layer(
        "Cropping1D",
        {"cropping": [1, 1]},
        shows="cropping",
    ),
    layer(
        "Cropping2D",
        {"cropping": [[0, 0], [0, 0]], "data_format": "channels_last"},
        shows="cropping",
    ),
    layer(
        "Cropping3D",
        {"cropping": [[1, 1], [1, 1], [1, 1]], "data_format": "channels_last"},
        shows="cropping",
    ),
    layer(
        "UpSampling1D",
        {"size": 2},
        shows="size",
    ),
    layer(
        "UpSampling2D",
        {"size": [2, 2], "data_format": "channels_last", "interpolation": "nearest"},
        shows="size",
    ),
    layer(
        "UpSampling3D",
        {"size": [2, 2, 2], "data_format": "channels_last"},
        shows="size",
    ),
    layer(
        "ZeroPadding1D",
        {"padding": [1, 1], "data_format": "channels_last"},
        shows="padding",
    ),
    layer(
        "ZeroPadding2D",
        {"padding": [[1, 1], [1, 1]], "data_format": "channels_last"},
        shows="padding",
    ),
    layer(
        "ZeroPadding3D",
        {"padding": [[1, 1], [1, 1], [1, 1]], "data_format": "channels_last"},
        shows="padding",
    ),
)
