"""Layers that change the shape, not the values."""

from functools import partial

from kerastutor.knowledge.layers.entry import REQUIRED, LayerFacts, entry

layer = partial(entry, "reshape")

LAYERS: tuple[LayerFacts, ...] = (
    layer(
        "Flatten",
        {"data_format": "channels_last"},
        says="Lays all numbers of an example out in one row.",
        link="reshaping_layers/flatten/",
    ),
    layer(
        "Reshape",
        {"target_shape": REQUIRED},
        shows="target_shape",
        says="Gives the numbers of an example another shape, in the same order.",
        link="reshaping_layers/reshape/",
    ),
    layer(
        "Permute",
        {"dims": REQUIRED},
        shows="dims",
        says="Exchanges the axes of an example.",
        link="reshaping_layers/permute/",
    ),
    layer(
        "RepeatVector",
        {"n": REQUIRED},
        shows="n",
        says="Repeats a vector n times and so makes a sequence of it.",
        link="reshaping_layers/repeat_vector/",
    ),
    layer(
        "Cropping1D",
        {"cropping": [1, 1]},
        shows="cropping",
        says="Cuts steps off both ends of a sequence.",
        link="reshaping_layers/cropping1_d/",
    ),
    layer(
        "Cropping2D",
        {"cropping": [[0, 0], [0, 0]], "data_format": "channels_last"},
        shows="cropping",
        says="Cuts rows and columns off the edges of an image.",
        link="reshaping_layers/cropping2_d/",
    ),
    layer(
        "Cropping3D",
        {"cropping": [[1, 1], [1, 1], [1, 1]], "data_format": "channels_last"},
        shows="cropping",
        says="Cuts slices off the faces of a volume.",
        link="reshaping_layers/cropping3_d/",
    ),
    layer(
        "UpSampling1D",
        {"size": 2},
        shows="size",
        says="Repeats every step of a sequence.",
        link="reshaping_layers/up_sampling1_d/",
    ),
    layer(
        "UpSampling2D",
        {"size": [2, 2], "data_format": "channels_last", "interpolation": "nearest"},
        shows="size",
        says="Makes an image larger by repeating rows and columns, or by interpolating.",
        link="reshaping_layers/up_sampling2_d/",
    ),
    layer(
        "UpSampling3D",
        {"size": [2, 2, 2], "data_format": "channels_last"},
        shows="size",
        says="Makes a volume larger by repeating slices, rows and columns.",
        link="reshaping_layers/up_sampling3_d/",
    ),
    layer(
        "ZeroPadding1D",
        {"padding": [1, 1], "data_format": "channels_last"},
        shows="padding",
        says="Adds zeros at both ends of a sequence.",
        link="reshaping_layers/zero_padding1_d/",
    ),
    layer(
        "ZeroPadding2D",
        {"padding": [[1, 1], [1, 1]], "data_format": "channels_last"},
        shows="padding",
        says="Adds rows and columns of zeros around an image.",
        link="reshaping_layers/zero_padding2_d/",
    ),
    layer(
        "ZeroPadding3D",
        {"padding": [[1, 1], [1, 1], [1, 1]], "data_format": "channels_last"},
        shows="padding",
        says="Adds slices of zeros around a volume.",
        link="reshaping_layers/zero_padding3_d/",
    ),
)
