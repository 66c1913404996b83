"""Layers that make images and sequences smaller."""

from functools import partial

from kerastutor.knowledge.layers.entry import REQUIRED, LayerFacts, entry

layer = partial(entry, "pooling")

LAYERS: tuple[LayerFacts, ...] = (
    layer(
        "MaxPooling1D",
        {"pool_size": [2], "strides": None, "padding": "valid", "data_format": "channels_last"},
        shows="pool_size",
    ),
    layer(
        "MaxPooling2D",
        {"pool_size": [2, 2], "strides": None, "padding": "valid", "data_format": "channels_last"},
        shows="pool_size",
    ),
    layer(
        "MaxPooling3D",
        {"pool_size": [2, 2, 2], "strides": None, "padding": "valid", "data_format": "channels_last"},
        shows="pool_size",
    ),
    layer(
        "AveragePooling1D",
        {"pool_size": REQUIRED, "strides": None, "padding": "valid", "data_format": "channels_last"},
        shows="pool_size",
    ),
    layer(
        "AveragePooling2D",
        {"pool_size": REQUIRED, "strides": None, "padding": "valid", "data_format": "channels_last"},
        shows="pool_size",
    ),
    layer(
        "AveragePooling3D",
        {"pool_size": REQUIRED, "strides": None, "padding": "valid", "data_format": "channels_last"},
        shows="pool_size",
    ),
    layer(
        "GlobalMaxPooling1D",
        {"data_format": "channels_last", "keepdims": False},
    ),
    layer(
        "GlobalMaxPooling2D",
        {"data_format": "channels_last", "keepdims": False},
    ),
    layer(
        "GlobalMaxPooling3D",
        {"data_format": "channels_last", "keepdims": False},
    ),
    layer(
        "GlobalAveragePooling1D",
        {"data_format": "channels_last", "keepdims": False},
        call="inputs mask",
    ),
    layer(
        "GlobalAveragePooling2D",
        {"data_format": "channels_last", "keepdims": False},
    ),
    layer(
        "GlobalAveragePooling3D",
        {"data_format": "channels_last", "keepdims": False},
    ),
    layer(
        "AdaptiveMaxPooling1D",
        {"output_size": REQUIRED, "data_format": "channels_last"},
        shows="output_size",
    ),
    layer(
        "AdaptiveMaxPooling2D",
        {"output_size": REQUIRED, "data_format": "channels_last"},
        shows="output_size",
    ),
    layer(
        "AdaptiveMaxPooling3D",
        {"output_size": REQUIRED, "data_format": "channels_last"},
        shows="output_size",
    ),
    layer(
        "AdaptiveAveragePooling1D",
        {"output_size": REQUIRED, "data_format": "channels_last"},
        shows="output_size",
    ),
    layer(
        "AdaptiveAveragePooling2D",
        {"output_size": REQUIRED, "data_format": "channels_last"},
        shows="output_size",
    ),
    layer(
        "AdaptiveAveragePooling3D",
        {"output_size": REQUIRED, "data_format": "channels_last"},
        shows="output_size",
    ),
)
